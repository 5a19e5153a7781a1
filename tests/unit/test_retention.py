"""What is old is deleted, as the house has set it: all of it, or all but its results; what goes on is never touched."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

import engine
from game.debrief import replay_frames
from game.debrief.bundles import has_one
from game.models import (
    Action,
    Command,
    Deed,
    Event,
    Exercise,
    Finished,
    Lesson,
    LogEntry,
    Note,
    ObserverSheet,
    RuleBroken,
    Run,
    SurveyReply,
    contents,
)
from game.models.experiments import RECORDED, Experiment
from game.ops import retention
from tests import played
from tests.builders import finished_run, new_exercise, new_facilitator, taken_seat
from tests.read import everywhere

pytestmark = pytest.mark.django_db


def aged(exercise, days: int):
    then = timezone.now() - timedelta(days=days)
    Exercise.objects.filter(pk=exercise.pk).update(created=then, started_at=then, **({"ended_at": then} if exercise.state == "ended" else {}))
    exercise.refresh_from_db()
    return exercise


def purge(capsys, *arguments: str) -> str:
    call_command("purge", *arguments)
    return capsys.readouterr().out


@pytest.fixture
def old(client):
    """An exercise that ended 200 days ago, with somebody at its desk who has written in all places."""
    exercise = new_exercise(title="Long ago", start_step=engine.Calendar.of().open - 480)
    taken_seat(exercise, "operator", name="Wilhelmina")
    run = finished_run(played.rehearsed("novice", since="09:28", until="09:40"), exercise)
    run.commands.exclude(desk="facilitator").update(by="Wilhelmina", why="Wilhelmina thinks so")
    player = exercise.players.get()
    Note.objects.create(exercise=exercise, step=0, text="Wilhelmina was quick", by="erin")
    Deed.record(exercise, "sits down", by="Wilhelmina")
    Lesson.objects.create(player=player, team=run.team, desk="operator", surprised="That Wilhelmina was right", ready=4)
    SurveyReply.objects.create(player=player, when="later", values={"ready": 2, "q1": "That Wilhelmina was right"})
    ObserverSheet.objects.create(team=run.team, observer="Wilhelmina", marks={"share-early": {"mark": "seen", "note": "Wilhelmina said it first"}})
    LogEntry.objects.create(team=run.team, step=0, role="scribe", by="Wilhelmina", kind="question", text="Did Wilhelmina ring?")
    Action.objects.create(team=run.team, change="Ask Wilhelmina first", owner="Wilhelmina", due="2027-01-15")
    return aged(Exercise.objects.get(pk=exercise.pk), 200)


def rows(exercise) -> dict[str, int]:
    return {model.__name__: model.objects.filter(run__team__exercise=exercise).count() for model in (Event, Command)}


def test_a_dry_run_says_what_would_go_and_deletes_nothing(old, capsys):
    before = rows(old)
    said = purge(capsys, "--older-than", "180d", "--dry-run")
    assert rows(old) == before and before["Event"] > 20
    assert "1 ended before" in said and f"{before['Event']:,} events" in said and "Nothing was deleted." in said


def test_results_stay_readable_and_what_makes_them_replayable_goes(old, capsys, client):
    run = Run.objects.get(team__exercise=old)
    staff = new_facilitator(staff=True)
    client.force_login(staff, "django.contrib.auth.backends.ModelBackend")
    address = f"/result/{old.code}/"
    before = client.get(address)
    assert before.status_code == 200, address
    figures = before.context["teams"][0]
    said = purge(capsys, "--older-than", "180d", "--keep", "results")
    assert "done" in said and "1 names of players" in said
    run.refresh_from_db()
    assert run.log_deleted and not has_one(run) and not run.commands.exclude(kind__in=retention.PUT_DOWN).exists()
    assert set(run.events.values_list("kind", flat=True)) <= set(retention.ASKED_OF)
    page = client.get(address)
    kept = page.context["teams"][0]
    assert page.status_code == 200 and "Its log was deleted on" in page.content.decode()
    for same in ("loss_usd", "grade", "story", "ledger", "first", "moments", "fate", "parts"):
        assert kept[same] == figures[same], same
    assert "Its log was deleted on" in replay_frames.refusal(run)
    bundle = client.get(f"/facilitator/{old.code}/{run.team_id}/bundle.zip")
    assert bundle.status_code == 409 and "Its log was deleted on" in bundle.content.decode()
    assert everywhere("wilhelmina") == []
    assert old.players.get().name == "Player 1" and Lesson.objects.get().ready == 4 and not Lesson.objects.get().surprised
    assert not Note.objects.exists() and not Deed.objects.exists()
    again = purge(capsys, "--older-than", "180d", "--keep", "results")
    assert "To be deleted: nothing." in again


def test_of_nothing_nothing_stays(old, capsys):
    purge(capsys, "--older-than", "180d", "--keep", "nothing")
    assert not Exercise.objects.exists() and not Run.objects.exists() and not Finished.objects.exists()


@pytest.mark.parametrize("state", ["running", "paused"])
def test_what_goes_on_is_never_touched(state, capsys):
    exercise = new_exercise()
    exercise.start()
    Exercise.objects.update(state=state)
    aged(Exercise.objects.get(), 400)
    assert "To be deleted: nothing." in purge(capsys, "--older-than", "1d", "--keep", "nothing")
    assert Exercise.objects.exists()


def test_an_exercise_whose_runs_are_still_being_scored_stays(old, capsys):
    Run.objects.update(state="running")
    purge(capsys, "--older-than", "180d", "--keep", "nothing")
    assert Exercise.objects.exists()


def test_what_was_played_lately_stays(old, capsys):
    purge(capsys, "--older-than", "201d", "--keep", "nothing")
    assert Exercise.objects.exists()


def test_a_lobby_goes_unless_it_is_planned_or_somebody_came_lately(capsys):
    empty, planned, visited = (aged(new_exercise(title=title), 200) for title in ("Empty", "Planned", "Visited"))
    Exercise.objects.filter(pk=planned.pk).update(planned_for=timezone.now() + timedelta(days=3))
    taken_seat(visited)
    purge(capsys, "--older-than", "180d")
    assert set(Exercise.objects.values_list("title", flat=True)) == {"Planned", "Visited"}
    assert not Exercise.objects.filter(pk=empty.pk).exists()


def test_an_experiment_keeps_what_it_found_and_loses_the_log(old, capsys):
    run = Run.objects.get(team__exercise=old)
    Run.objects.update(rules=engine.RULES)
    experiment = Experiment.begin(new_facilitator(), run, title="Again", seeds=1, safeguards=[])
    assert experiment.players == RECORDED and experiment.log["commands"]
    purge(capsys, "--older-than", "180d", "--keep", "results")
    experiment.refresh_from_db()
    assert experiment.state == "cancelled" and not experiment.log["commands"]
    with pytest.raises(RuleBroken, match="was deleted"):
        experiment.again()


def test_a_result_that_cannot_be_put_down_keeps_its_log(old, capsys, monkeypatch):
    monkeypatch.setattr(contents, "here", lambda scenario_id: None)
    monkeypatch.setattr(contents, "_kept", lambda sha256: engine.load_scenario("gone"))
    before = rows(old)
    said = purge(capsys, "--older-than", "180d", "--keep", "results")
    assert "its log stays" in said and "1 could not be deleted" in said and rows(old) == before
    assert not Run.objects.get().log_deleted


@pytest.mark.parametrize(("typed", "told"), [("soon", "'soon'"), ("0d", "'0d'"), ("-3", "'-3'"), ("99999d", "'99999d'"), (None, "is missing")])
def test_an_age_that_is_none_is_refused(typed, told):
    with pytest.raises(CommandError, match="expected a number of days") as refused:
        call_command("purge", *([f"--older-than={typed}"] if typed else []))
    assert told in str(refused.value) and refused.value.returncode == 2


def test_what_is_set_is_applied(old, settings):
    settings.KEEP_DAYS, settings.KEEP = 180, "nothing"
    for name, days in (("erin", 31), ("dana", 29)):
        attempt = AccessAttempt.objects.create(username=name, failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=timezone.now() - timedelta(days=days))
    retention.apply()
    assert not Exercise.objects.exists() and AccessAttempt.objects.get().username == "dana"


def test_without_a_setting_nothing_that_was_played_is_deleted(old, settings):
    assert settings.KEEP_DAYS is None
    Session.objects.create(session_key="over", session_data="", expire_date=timezone.now() - timedelta(days=1))
    retention.apply()
    assert Run.objects.get().happened.count() > 20 and not Session.objects.exists()
