"""Experiments by real workers: two share them, a cancelled one stops at once, a killed worker loses no trial, a debrief goes first."""

import engine
from game.lab import trial_slots
from game.live import broker
from game.models import Experiment, Trial, experiments
from tests import days
from tests.builders import eventually, new_facilitator
from tests.integration.world import World


def begun(seeds: int, name: str = "erin", **values: object) -> Experiment:
    from django.contrib.auth.models import User

    who = User.objects.filter(username=name).first() or new_facilitator(name)
    chosen = {"title": "Nobody", "scenario": "knight-2012", "players": "nobody", "safeguards": ["clean"], "seeds": seeds, **values}
    return Experiment.begin(who, **chosen)


BRIEF = {"commands": [], "refused": [], "until": days.step_at("09:36"), "start": 0, "since": 0}  # nobody's morning, up to six minutes of it


def brief(seeds: int, **values: object) -> Experiment:
    """Trials of half a second: what is looked at is who runs them."""
    return begun(seeds, players=experiments.RECORDED, log=BRIEF, **values)


def held(experiment: Experiment) -> list[str]:
    return list(broker.client().keys(f"ob:lab:{experiment.pk}:*"))


def trials(experiment: Experiment, least: int = 1) -> int:
    """How many there are, once there are so many."""
    eventually(lambda: experiment.trials.count() >= least, 120, f"{least} trials are there")
    return experiment.trials.count()


def finished(experiment: Experiment) -> dict:
    eventually(lambda: Experiment.objects.get(pk=experiment.pk).state == "done", 180, "every trial is there")
    return experiments.experiment_state(Experiment.objects.get(pk=experiment.pk))


def test_two_experiments_share_the_workers_and_a_cancelled_one_stops_at_once(world):
    world.start_all("control")
    long = brief(60)
    trials(long, 2)
    short = brief(2, first_seed=501)
    told = finished(short)
    assert Experiment.objects.get(pk=long.pk).state == "running", "the short one did not wait for the long one"
    assert told["sides"]["with"]["never"] == 2 and told["sides"]["without"]["never"] == 0 and told["paired"]["better"] == 2
    assert trials(long) - 2 < 4 + 3 * trial_slots.LANES, "they took turns"

    long.cancel()
    eventually(lambda: not held(long), 30, "its trials are broken off")
    found = trials(long)
    finished(brief(2, first_seed=601, safeguards=[]))
    assert long.trials.count() == found < 120 and not held(long), "nothing was run of it meanwhile"
    assert experiments.experiment_state(Experiment.objects.get(pk=long.pk))["state"] == "cancelled"
    check_against_the_engine(short)


def check_against_the_engine(experiment: Experiment) -> None:
    row = experiment.trials.get(seed=501, side="with")
    assert row.found == engine.run_trial(experiment.plan(), 501, True)


def test_a_killed_worker_loses_no_trial_and_none_is_run_twice(world):
    world.start_all("control")
    experiment = brief(4)
    trials(experiment, 2)
    world.kill("control")
    kept = dict(experiment.trials.values_list("pk", "found"))
    assert held(experiment), "the worker had no time to let go"
    world.start_all("control")
    told = finished(experiment)
    rows = dict(Trial.objects.filter(experiment=experiment).values_list("pk", "found"))
    assert kept.items() <= rows.items() and len(rows) == 8 == told["done"] and told["faults"] == []


def test_a_debrief_goes_first_and_a_trial_that_fails_holds_nothing_up(world: World):
    world.start_all("control")
    experiment = begun(3)
    trials(experiment)
    broker.go_first(600_000)
    eventually(lambda: not held(experiment), 30, "it stands aside")
    before = experiment.trials.count()
    assert before < 6 and Experiment.objects.get(pk=experiment.pk).state == "running"
    Experiment.objects.filter(pk=experiment.pk).update(players="martians")
    broker.client().delete(broker.LAB_FIRST_KEY)
    told = finished(experiment)
    assert len(told["faults"]) == 6 - before and "KeyError" in told["faults"][0]
    Experiment.objects.filter(pk=experiment.pk).update(players="nobody")
    Experiment.objects.get(pk=experiment.pk).go_on()
    told = finished(experiment)
    assert told["faults"] == [] and told["done"] == 6
