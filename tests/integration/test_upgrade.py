"""Rules or data change under a run that goes on: it stands still until somebody decides, and its result says what became of it."""

import shutil
from pathlib import Path

import pytest
from django.test import Client

import engine
from engine.scenario import scenario as scenarios
from game.debrief.bundles import bundle_of
from game.models import Checkpoint, Exercise, RuleBroken, Run, ScenarioContent
from game.spoken import tell_row
from tests import days
from tests.builders import eventually, finished_run, first_picture, new_exercise, new_facilitator, taken_seat
from tests.integration.test_moments import heard, say
from tests.integration.turning import ended, forget, turn_once, turning

pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")


@pytest.fixture
def run(world) -> Run:
    """A run that has begun, and whose worker has handed it over."""
    exercise = new_exercise(start_step=days.step_at("09:29"), speeds={"premarket": 20, "bell": 20}, facilitator=new_facilitator())
    taken_seat(exercise)
    exercise.start()
    run = Run.objects.select_related("team__exercise").get(team__exercise=exercise)
    with turning(run):
        heard(run, say(run, "Here we go"))
    forget()
    return of(run)


def of(run: Run) -> Run:
    return Run.objects.select_related("team__exercise").get(pk=run.pk)


def other_rules(patch: pytest.MonkeyPatch) -> None:
    """The next version of the rules, in this process."""
    patch.setattr(engine, "RULES", engine.RULES + 1)
    patch.setattr("engine.analysis.bundle.RULES", engine.RULES)


def other_data(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """The scenarios with one sentence changed."""
    shutil.copytree(scenarios.SCENARIOS, folder / "scenarios")
    text = folder / "scenarios/knight-2012/scenario.toml"
    text.write_text(text.read_text().replace('title = "', 'title = "Another ', 1))
    patch.setattr(scenarios, "SCENARIOS", folder / "scenarios")
    scenarios.load_scenario.cache_clear()


@pytest.fixture
def room(run) -> Client:
    """The browser of whoever runs the exercise."""
    client = Client()
    client.force_login(run.team.exercise.facilitator, "django.contrib.auth.backends.ModelBackend")
    return client


def team_in(room: Client, run: Run) -> dict:
    """The team as the control room shows it."""
    return first_picture(room, f"/facilitator/{run.team.exercise.code}/")["teams"][0]


def press(room: Client, run: Run, verb: str) -> str:
    """Press a button of the team in the control room; why it could not be done, or ""."""
    address = f"/facilitator/exercise/{run.team.exercise.code}/"
    return room.post(address, {"do": verb, "team": run.team_id}, headers={"accept": "application/json"}).json()["reason"]


def test_a_run_is_begun_on_the_rules_and_the_data_that_are_here_and_the_data_is_kept_once(run):
    scenario = engine.load_scenario(run.team.exercise.scenario)
    assert (run.rules, run.content_id) == (engine.RULES, scenario.sha256)
    assert engine.read_scenario(scenario.id, ScenarioContent.objects.get().files).sha256 == scenario.sha256
    other = new_exercise()
    other.start()
    turn_once(Run.objects.get(team__exercise=other))
    assert ScenarioContent.objects.count() == 1


def test_under_other_rules_it_stands_still_and_the_facilitator_lets_it_play_on(run, room, monkeypatch):
    other_rules(monkeypatch)
    turn_once(run)
    stands = of(run)
    assert (stands.state, stands.may_play_on, stands.step) == ("standing", True, run.step)
    words = f"it was begun by rules {engine.RULES - 1}, and those here are {engine.RULES}"
    assert (team_in(room, run)["upgrade"], team_in(room, run)["can"]["play_on"]) == (words, True)
    assert not Run.to_turn().exists(), "no worker is sent for it"
    assert press(room, run, "play_on") == ""
    assert of(run).rules == engine.RULES
    with turning(run):
        heard(run, say(run, "And on"))
        Exercise.objects.get(pk=run.team.exercise_id).end()
        run = ended(run)
    note = tell_row(run.note)
    assert words in note and note.startswith("At 0") and not run.interrupted
    assert words in room.get(f"/result/{run.team.exercise.code}/").content.decode()
    assert bundle_of(run).notes == (note,) and bundle_of(run).rules == engine.RULES


def test_it_is_ended_as_it_stood_at_its_last_checkpoint_and_says_so_everywhere(run, room, monkeypatch):
    saved = Checkpoint.objects.get(run=run)
    with monkeypatch.context() as patch:
        other_rules(patch)
        turn_once(run)
        assert press(room, run, "end") == ""
        turn_once(run)
        run = of(run)
        assert (run.state, run.interrupted, run.rules) == ("ended", True, engine.RULES - 1)
        assert (run.step, run.seq, run.score) == (saved.step, saved.seq, saved.score)
        assert not Checkpoint.objects.exists()
        code = run.team.exercise.code
        assert "interrupted by an upgrade" in room.get(f"/result/{code}/").content.decode()
        assert "ended after an upgrade" in b"".join(room.get(f"/facilitator/{code}/debrief.json")).decode()
        bundle = engine.unpack(engine.pack(bundle_of(run)))
        assert (bundle.ended, bundle.rules) == ("interrupted by an upgrade", engine.RULES - 1)
        with pytest.raises(engine.OtherRules):
            engine.verify(bundle)
    assert engine.verify(bundle) == [], "the rules it was played by find the same"


def test_where_its_data_cannot_be_read_any_more_it_is_ended_and_told_in_the_words_that_are_here(run, room, monkeypatch):
    kept = ScenarioContent.objects.get(pk=run.content_id)
    files = {name: text.replace("[costs]", "[prices]") for name, text in kept.files.items()}
    ScenarioContent.objects.create(sha256="0" * 64, scenario=kept.scenario, files=files)
    Run.objects.filter(pk=run.pk).update(content="0" * 64)
    with monkeypatch.context() as patch:
        other_rules(patch)
        turn_once(run)
        team = team_in(room, run)
        assert team["upgrade"] and not team["can"]["play_on"], "nothing here could"
        assert press(room, run, "end") == ""
        turn_once(run)
        code = run.team.exercise.code
        page = room.get(f"/result/{code}/").content.decode()
        assert "interrupted by an upgrade" in page and "Here we go" in b"".join(room.get(f"/facilitator/{code}/debrief.json")).decode()


def test_what_the_dead_worker_wrote_behind_the_checkpoint_is_kept_and_counts_for_nothing(run, room, monkeypatch):
    saved = Checkpoint.objects.get(run=run)
    with turning(run):
        heard(run, say(run, "Behind it"))
    Checkpoint.objects.filter(run=run).delete()
    Checkpoint.objects.bulk_create([saved])
    forget()
    other_rules(monkeypatch)
    turn_once(run)
    Exercise.objects.get(pk=run.team.exercise_id).end()
    turn_once(run)
    run = of(run)
    assert run.seq == saved.seq < run.commands.count() and run.happened.count() == saved.events < run.events.count()
    page = room.get(f"/result/{run.team.exercise.code}/").content.decode()
    assert "Behind it" not in page and "Behind it" in str(list(run.commands.values_list("args", flat=True)))
    monkeypatch.undo()
    assert engine.verify(bundle_of(run)) == []


def test_a_checkpoint_that_cannot_be_read_leaves_the_end_alone(run, room, monkeypatch):
    Checkpoint.objects.filter(run=run).update(blob=b"of another layout")
    other_rules(monkeypatch)
    turn_once(run)
    assert (of(run).state, of(run).may_play_on) == ("standing", False)
    assert team_in(room, run)["can"]["play_on"] is False
    assert press(room, run, "play_on") == "Cobalt cannot continue: it can be ended here."
    with pytest.raises(RuleBroken):
        of(run).play_on()
    assert press(room, run, "end") == ""
    turn_once(run)
    assert (of(run).state, of(run).interrupted) == ("ended", True)


def test_under_other_data_it_goes_on_with_its_own(run, room, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        other_data(patch, tmp_path)
        turn_once(run)
        assert team_in(room, run)["upgrade"] == "the data of knight-2012 was changed"
        assert press(room, run, "play_on") == ""
        with turning(run):
            heard(run, say(run, "With what we began with"))
        forget()
        with turning(run):  # nobody is asked twice
            heard(run, say(run, "Still"))
            Exercise.objects.get(pk=run.team.exercise_id).end()
            run = ended(run)
        assert "the data of knight-2012 was changed" in tell_row(run.note)
        assert engine.verify(engine.unpack(engine.pack(bundle_of(run)))) == []
    scenarios.load_scenario.cache_clear()
    assert bundle_of(run).log.scenario.sha256 == engine.load_scenario("knight-2012").sha256


def test_who_plays_alone_is_asked_at_the_desk(world, monkeypatch):
    from game.live.control import in_words, state_of, state_of_run

    exercise = new_exercise(start_step=days.step_at("09:29"))
    exercise.start()
    run = Run.objects.select_related("team__exercise").get(team__exercise=exercise)
    with turning(run):
        eventually(lambda: Run.objects.get(pk=run.pk).step > exercise.start_step, 60, "it moves")
    forget()
    other_rules(monkeypatch)
    turn_once(run)
    run = of(run)
    told = in_words(state_of_run(run, state_of(exercise, run.step)))
    assert told["state"] == "paused" and told["reason"] == Run.UPGRADED
    assert told["upgrade"] == {"words": tell_row(run.reason), "may_play_on": True}


def test_a_fork_whose_source_was_played_by_other_rules_stands_still_too(world, monkeypatch):
    from game.control.schedule import branch_of
    from tests.played import rehearsed

    run = finished_run(rehearsed("novice"))
    Run.objects.filter(pk=run.pk).update(rules=engine.RULES)
    fork = branch_of(run, days.step_at("10:00"), new_facilitator("fay"))
    assert (fork.fork.rules, fork.fork.content_id) == (run.rules, run.content_id) and fork.fork.seq > 0
    fork.start()
    other_rules(monkeypatch)
    turn_once(Run.objects.get(team__exercise=fork))
    assert Run.objects.get(team__exercise=fork).state == "standing"
