"""Experiments by real workers: two share them, a cancelled one stops at once, a killed worker loses no trial, a debrief goes first."""

import engine
from game.lab import previews, trial_slots
from game.live import broker, senders
from game.models import Experiment, KeptScenario, Trial, experiments
from game.views.scenarios import read
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


def test_a_preview_whose_worker_was_killed_is_sent_for_again_by_the_page_that_waits(world, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(senders, "preview_seed", lambda version, seed: sent.append(seed))
    lines = b'id = "ours"\ntitle = "Ours"\nbased_on = "quiet-open"\ndefault_seed = 1\n'
    _, ours = read(engine.Folder("ours", {"scenario.toml": lines}))
    assert ours is not None
    version = KeptScenario.keep(new_facilitator("kim"), ours)
    version.ask_preview()
    previews.send_for(version)
    for second in range(int(previews.PATIENCE_S)):
        previews.look_after(version, float(second))
    assert sent == [1], "somebody may be at it"
    previews.heard(version)
    for second in range(int(previews.PATIENCE_S), 2 * int(previews.PATIENCE_S)):
        previews.look_after(version, float(second))
    assert sent == [1], "who is at it was heard of"
    for second in range(2 * int(previews.PATIENCE_S), 3 * int(previews.PATIENCE_S)):
        previews.look_after(version, float(second))
    assert sent == [1, 1]
    version.keep_preview(1, {})
    version.stop_preview("it cannot be played")
    version.refresh_from_db()
    previews.look_after(version, 10_000.0)
    assert sent == [1, 1], "what stopped waits for the button"
