"""The broker is killed by force and comes back knowing nothing: whatever was sent for, and was waiting or being worked at, is done all the
same, once. It keeps no file, so each thing that only it knew is lost here.
"""

from game.live.broker import client
from game.models import Course, Exercise, Experiment, Ghost, Run, Trial
from tests import days
from tests.builders import eventually, new_exercise
from tests.integration.conftest import forget_history
from tests.integration.test_crash import end
from tests.integration.test_lab_live import brief, finished, trials
from tests.integration.test_replay_live import fetched
from tests.integration.test_worth import asked, complete, played
from tests.integration.world import World


def forget(world: World) -> None:
    """Kill it, and start one that has never heard of anything. Workers write to the new one at once, hence a key that is nobody's."""
    client().set("ob:told", "once")
    world.kill("broker")
    assert not [path for path in world.state.rglob("*") if path.suffix in (".aof", ".rdb")], "it wrote no file"
    world.start_broker()
    assert client().get("ob:told") is None, "it has forgotten what it was told"


def test_an_experiment_goes_on_with_the_trials_that_are_missing(world):
    world.start_all("control")
    experiment = brief(6)
    trials(experiment, 2)
    kept = dict(experiment.trials.values_list("pk", "found"))
    forget(world)
    told = finished(experiment)
    rows = dict(Trial.objects.filter(experiment=experiment).values_list("pk", "found"))
    assert kept.items() <= rows.items() and len(rows) == 12 == told["done"] and told["faults"] == []
    assert Experiment.objects.get(pk=experiment.pk).state == "done"


def test_courses_of_a_debrief_are_sent_for_again_by_whoever_looks(world):
    world.start_all("games-1", "control", "web")
    run = played()
    asked(world, run)
    eventually(Course.objects.filter(run=run).exists, 90, "the first course is there")
    forget(world)
    kept = dict(Course.objects.filter(run=run).values_list("key", "loss_usd"))
    told = complete(world, run)
    assert kept.items() <= dict(Course.objects.filter(run=run).values_list("key", "loss_usd")).items()
    assert told["done"] == told["of"] and told["same"] is True


def test_the_ghost_of_an_exercise_is_played_though_nobody_remembers_having_sent_for_it(world):
    forget_history()
    exercise = new_exercise(start_step=days.step_at("09:29"), seed=80)  # the default seed's is kept
    exercise.start()
    world.start_all("control")
    eventually(lambda: client().keys(f"ob:ghost:{exercise.scenario}:{exercise.seed}:*"), 30, "a worker was sent for it")
    assert not Ghost.objects.exists()
    forget(world)
    ghost = eventually(lambda: Ghost.objects.filter(seed=exercise.seed).first(), 150, "history was played")
    assert ghost.score["total"] and Ghost.objects.count() == 1


def test_a_stretch_of_a_replay_is_made_again(world):
    world.start_all("games-1", "control", "web")
    exercise = new_exercise(start_step=days.step_at("09:29"), speeds={"bell": 60})
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=days.step_at("09:36")).exists(), 90, "some minutes were played")
    run = Run.objects.select_related("team__exercise").get(pk=end(run).pk)
    at = days.step_at("09:33")
    before = fetched(world, run, "operator", at)
    forget(world)
    assert fetched(world, run, "operator", at) == before
    assert fetched(world, run, "risk", at), "one that was never made is made"


def test_a_run_goes_on_turning_and_an_exercise_that_waits_begins(world):
    world.start_all("games-1", "control")
    exercise = new_exercise(start_step=days.step_at("09:29"), speeds={"premarket": 5, "bell": 5})
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: Run.objects.get(pk=run.pk).step > exercise.start_step, 60, "it turns")
    forget(world)
    shown = Run.objects.get(pk=run.pk).step
    eventually(lambda: Run.objects.get(pk=run.pk).step > shown + 100, 60, "it turns again")
    late = new_exercise(start_step=days.step_at("09:29"), title="Late")
    late.start()
    eventually(lambda: Run.objects.get(team__exercise=late).step > late.start_step, 60, "the next one turns too")
    assert Exercise.objects.filter(state="running").count() == 2
