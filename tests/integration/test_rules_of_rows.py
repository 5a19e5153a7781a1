"""The rules of a row hold for whoever writes it: here it is raw SQL, on SQLite and on PostgreSQL."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.db.models import CheckConstraint
from django.test import Client

from game import models
from game.views.observing import path_of
from tests import days
from tests.builders import new_exercise, taken_seat

pytestmark = pytest.mark.parametrize("database", ["sqlite", "postgresql"])
LATE, EARLY = days.END + 1, days.WEEK - 1
# Table -> rule -> updates of one good row that break it, a column or several each.
BREAKS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "exercise": {
        "an_exercise_is_named": [{"title": ""}, {"code": ""}, {"scenario": ""}],
        "an_exercise_stands_somehow": [{"state": "begun"}, {"loss_counter": "loud"}, {"help": "much"}, {"names": "all"}],
        "an_exercise_is_of_the_week": [{"start_step": EARLY}, {"advance_step": LATE}, {"first": LATE}],
        "an_exercise_waits_within_bounds": [{"planning_s": 601}, {"move_s": 601}, {"planning_s": 1_000}],
        "a_desk_has_places": [{"places": 0}, {"places": 61}],
        "a_door_lets_somebody_in": [{"joins_a_minute": 0}, {"joins_a_minute": 5001}],
        "an_exercises_speeds_within_bounds": [
            {"speeds": json.dumps({"bell": speed})} for speed in (-3, 0, 0.4, 121, 1e9, "fast", None, [1], {"a": 1}, True)
        ],
    },
    "team": {"a_team_is_named": [{"name": ""}], "a_team_has_a_place": [{"place": 0}]},
    "run": {
        "a_run_stands_somehow": [{"state": "lost"}],
        "a_run_is_of_the_week": [{"step": LATE}, {"step": EARLY}, {"advance_step": LATE}, {"start_step": EARLY}],
        "a_runs_speeds_within_bounds": [{"speeds": json.dumps({"unwind": 1000})}],
    },
    "checkpoint": {"a_checkpoint_is_of_the_week": [{"step": LATE}]},
    "command": {
        "a_stamp_is_whole": [{"state": "refused", "seq": 1}, {"state": "refused", "step": 5}],
        "who_waits_has_no_stamp": [{"state": "applied"}, {"seq": 1, "step": 5}, {"state": "odd"}],
        "a_command_is_of_the_week": [{"state": "stamped", "seq": 1, "step": LATE}],
        "a_command_is_somebodys": [{"desk": "projector"}, {"confidence": "very"}],
        "a_command_has_a_kind": [{"kind": ""}],
    },
    "event": {"an_event_is_of_the_week": [{"step": LATE}], "an_event_has_a_kind": [{"kind": ""}]},
    "ghost": {"a_ghost_has_a_market": [{"scenario": ""}]},
    "player": {"a_player_is_named": [{"name": ""}, {"name_key": ""}], "a_player_can_come_back": [{"word": ""}, {"token_hash": ""}]},
    "seat": {"a_seat_is_a_desk": [{"desk": "chief"}], "a_seat_is_ready_for_an_evening": [{"ready": 3}]},
    "planning": {"a_pause_is_of_an_evening": [{"evening": 3}]},
    "inject": {"an_inject_is_a_card_of_somebody": [{"card": ""}, {"by": ""}], "an_inject_is_of_the_week": [{"at": LATE}]},
    "message": {"a_message_says_something": [{"sender": ""}, {"text": ""}, {"by": ""}]},
    "note": {"a_note_says_something": [{"text": ""}], "a_note_is_of_the_week": [{"step": LATE}]},
    "deed": {"a_deed_is_somebodys": [{"by": ""}, {"text": ""}], "a_deed_is_of_the_week": [{"step": EARLY}]},
    "lesson": {"a_lesson_is_of_a_desk": [{"desk": "chief"}], "a_lesson_counts_to_five": [{"ready": 0}, {"useful": 6}]},
    "action": {"an_action_has_a_change_and_an_owner": [{"change": ""}, {"owner": ""}], "an_action_stands_somehow": [{"state": "lost"}]},
    "surveyquestion": {
        "a_question_asks_something": [{"text": ""}],
        "a_question_has_a_kind": [{"kind": "song"}],
        "a_question_is_asked_at_some_time": [{"before": False}],
    },
    "surveyreply": {"a_reply_is_of_a_time": [{"when": "never"}]},
    "observersheet": {"an_observation_is_somebodys": [{"observer": ""}]},
    "logentry": {
        "an_entry_says_something": [{"text": ""}],
        "an_entry_is_of_a_role_and_kind": [{"role": "chief"}, {"kind": "song"}],
        "an_entry_is_of_the_week": [{"step": LATE}],
    },
    "aide": {"an_aide_has_a_role": [{"role": "chief"}]},
    "fork": {"a_fork_has_a_source": [{"code": ""}, {"team": ""}], "a_fork_is_of_the_week": [{"since": LATE}]},
    "course": {"a_course_has_a_key": [{"key": ""}]},
    "experiment": {
        "an_experiment_is_named": [{"title": ""}, {"scenario": ""}, {"players": ""}],
        "an_experiment_stands_somehow": [{"state": "lost"}],
        "an_experiment_has_seeds": [{"seeds": 0}, {"seeds": 401}],
        "an_experiment_is_of_the_week": [{"since": LATE}],
    },
    "trial": {"a_trial_has_a_side": [{"side": "beside"}]},
    "defaults": {
        "the_defaults_play": [{"autopilot": "nobody"}],
        "there_is_one_row_of_defaults": [{"id": 2}],
        "somebody_may_play_alone": [{"plays_a_minute": 0}, {"solo_places": 0}, {"solo_places": 5001}],
    },
    "keptscenario": {"a_kept_scenario_is_named": [{"name": ""}, {"label": ""}]},
    "scenarioversion": {"a_version_has_a_key": [{"key": ""}, {"title": ""}]},
    "taughtcourse": {"a_taught_course_is_named": [{"title": ""}]},
    "cohort": {"a_cohort_is_named": [{"name": ""}]},
    "student": {"a_student_is_known": [{"name": ""}, {"ident": ""}, {"key": ""}]},
    "homework": {
        "homework_is_named": [{"title": ""}, {"scenario": ""}, {"zone": ""}],
        "homework_is_of_a_kind": [
            {name: "other"[:4]} for name in ("way", "desk", "autopilot", "start", "help", "pace", "late", "counts", "seeds")
        ],
        "homework_has_attempts": [{"attempts_most": 0}, {"attempts_most": 21}],
    },
    "attempt": {"an_attempt_is_somebodys": [{"team": "Amber"}, {"student_id": None}], "an_attempt_has_a_number": [{"number": 0}]},
    "apitoken": {"a_token_has_a_name_and_a_hash": [{"name": ""}, {"token_hash": ""}]},
    "webhook": {"a_webhook_has_an_address": [{"address": ""}, {"nonce": ""}]},
    "webhookdelivery": {
        "a_delivery_tells_something": [{"kind": ""}, {"key": ""}, {"body": ""}],
        "a_delivery_stands_somehow": [{"state": "lost"}],
    },
    "ltiplatform": {"a_platform_is_known": [{name: ""} for name in ("name", "issuer", "client", "login_url", "token_url", "keys_url")]},
    "ltikey": {"a_key_has_two_halves": [{"name": ""}, {"locked": ""}]},
    "ltilogin": {"a_login_is_kept_apart": [{"state_hash": ""}, {"browser_hash": ""}, {"nonce": ""}]},
    "ltilink": {"a_link_is_known": [{"deployment": ""}, {"resource": ""}]},
    "ltimember": {"a_member_has_a_subject": [{"subject": ""}]},
    "ltiscore": {"a_score_stands_somehow": [{"state": "lost"}], "a_score_is_of_a_hundred": [{"grade": -1}, {"grade": 101}]},
    "calendarentry": {
        "a_calendar_entry_is_named": [{"title": ""}],
        "a_calendar_entry_is_somebodys": [{"owner_id": None}],
    },
    "facilitatorlink": {"a_link_has_a_token": [{"token_hash": ""}]},
}
OURS = {rule.name for model in apps.get_app_config("game").get_models() for rule in model._meta.constraints if isinstance(rule, CheckConstraint)}


def one_row_each() -> None:
    """A good row in every table."""
    exercise = new_exercise(scenario="knight-2012")
    seat, _ = taken_seat(exercise)
    exercise.start()
    team, player = exercise.teams.get(), exercise.players.get()
    run = team.run
    run.commands.all().delete()
    models.Checkpoint.objects.create(run=run, step=0, seq=0, events=0, blob=b"")
    models.Command.objects.create(run=run, client_id="6f1a3c52-5d0e-4a53-9c6e-2c3f1d1f7a10", desk="risk", kind="limit.set")
    models.Event.objects.create(run=run, number=0, step=0, kind="a.b")
    models.Ghost.objects.create(scenario="knight-2012", seed=1, made_by="1")
    models.Planning.objects.create(exercise=exercise, evening=0, left_s=9.0)
    models.Inject.objects.create(exercise=exercise, card="rumour", by="erin")
    models.Message.objects.create(exercise=exercise, sender="Chief", text="Call me.", by="erin")
    models.Note.objects.create(exercise=exercise, step=0, text="Look at this")
    models.Deed.objects.all().delete()
    models.Deed.record(exercise, "paused everybody")
    models.Lesson.objects.create(player=player, team=team, desk="risk", ready=1, useful=5)
    models.Action.objects.create(team=team, change="Test the switch", owner="Eli", due="2027-01-15")
    models.SurveyQuestion.objects.create(exercise=exercise, text="Why?", before=True)
    models.SurveyReply.objects.create(player=player, when="before", values={"ready": 1})
    models.ObserverSheet.objects.create(team=team, observer="Kim", marks={})
    models.LogEntry.objects.create(team=team, step=0, role="scribe", kind="question", text="Who rang?")
    models.Aide.objects.create(team=team, player=player, role="scribe")
    models.Fork.objects.create(exercise=exercise, code="K7-M4Q", team="Cobalt", since=0, help="2012")
    models.Course.objects.create(run=run, key="same", loss_usd=0, made_by="1")
    user = User.objects.create_user("erin")
    models.ApiToken.objects.create(owner=user, name="rota", token_hash="1")
    webhook = models.Webhook.objects.create(owner=user, address="https://hooks.example/")
    models.WebhookDelivery.objects.create(webhook=webhook, kind="ping", key="ping", body="{}")
    models.CalendarEntry.objects.create(owner=user, title="x", begins=webhook.created)
    experiment = models.Experiment.objects.create(facilitator=user, title="One", scenario="knight-2012", players="nobody", made_by="1")
    models.Trial.objects.create(experiment=experiment, seed=1, side="with")
    brought = models.KeptScenario.objects.create(owner=user, name="ours", label="Ours")
    models.ScenarioVersion.objects.create(scenario=brought, number=1, title="Ours", files={}, by=user)
    course = models.TaughtCourse.objects.create(title="One", teacher=user)
    cohort = models.Cohort.objects.create(course=course, name="A")
    student = models.Student.objects.create(cohort=cohort, name="Dana", ident="7", key="7")
    homework = models.Homework.objects.create(cohort=cohort, title="One", scenario="knight-2012", deadline=exercise.created)
    attempt = models.Attempt.objects.create(homework=homework, student=student, number=1, exercise=exercise, begun=exercise.created)
    models.Participation.objects.create(attempt=attempt, student=student, player=player)
    at = "https://lms.example/"
    platform = models.LtiPlatform.objects.create(name="Moodle", issuer=at, client="1", login_url=at, token_url=at, keys_url=at)
    models.LtiKey.objects.create(number=1, name="1", public={}, locked="1")
    models.LtiLogin.begin(platform, exercise.created)
    link = models.LtiLink.objects.create(platform=platform, homework=homework, deployment="1", resource="1")
    member = models.LtiMember.objects.create(platform=platform, cohort=cohort, subject="42", student=student)
    models.LtiScore.objects.create(link=link, member=member, grade=50)
    models.Defaults.now()
    models.FacilitatorLink.issue()
    assert seat.team_id == team.pk


def update(table: str, values: dict[str, Any]) -> None:
    """Write past every method."""
    columns = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in values)
    which = " WHERE desk = 'risk'" if table == "seat" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE game_{table} SET {columns}{which}", list(values.values()))
        assert cursor.rowcount == 1, table


def test_a_raw_row_that_breaks_a_rule_is_refused_by_the_rules_name(world):
    one_row_each()
    tried = set()
    for table, rules in BREAKS.items():
        for rule, updates in rules.items():
            tried.add(rule)
            for values in updates:
                with pytest.raises(IntegrityError, match=rule):
                    update(table, values)
    assert tried == OURS, "every rule is tried"


def test_a_good_row_passes(world):
    one_row_each()
    update("exercise", {"speeds": json.dumps({"bell": 0.5, "unwind": 120}), "places": 60, "planning_s": 0})
    update("command", {"state": "applied", "seq": 1, "step": days.END})
    update("run", {"advance_step": None, "start_step": days.WEEK})
    update("lesson", {"ready": None, "useful": None})


def test_rows_from_before_the_rules_are_mended_and_what_cannot_be_is_named(world):
    new_exercise().start()
    connection.close()
    assert world.manage("migrate", "game", "0021", "--verbosity", "0").returncode == 0
    update("exercise", {"places": 0, "joins_a_minute": 0, "title": "", "speeds": json.dumps({"bell": -3, "unwind": 60, "block": "x"})})
    update("team", {"name": ""})
    update("seat", {"ready": 7})
    update("run", {"step": LATE})
    connection.close()

    refused = world.manage("migrate", "--verbosity", "0")
    run = models.Run.objects.only("pk").get()
    assert refused.returncode != 0
    assert f"game_run {run.pk}: Expected step from {days.WEEK} to {days.END}" in refused.stderr
    assert models.Exercise.objects.values_list("places", flat=True).get() == 0, "all or nothing"
    update("run", {"step": 5})
    connection.close()

    assert world.manage("migrate", "--verbosity", "0").returncode == 0
    mended = models.Exercise.objects.get()
    assert (mended.places, mended.joins_a_minute, mended.title, mended.speeds) == (1, 1, "An exercise", {"unwind": 60})
    assert models.Team.objects.get().name.startswith("Nameless")
    assert set(models.Seat.objects.values_list("ready", flat=True)) == {None}


def test_a_text_that_a_database_does_not_take_is_told_as_such_and_is_no_fault(world, database):
    taken_seat(new_exercise(facilitator=(erin := User.objects.create_superuser("erin"))))
    browser, team = Client(), models.Team.objects.get()
    program = Client(headers={"authorization": f"Bearer {models.ApiToken.issue(erin, 'rota')}"})
    # SQLite keeps a NUL, and finds nothing.
    assert browser.get(f"{path_of(team)}?observer=%00").status_code == (400 if database == "postgresql" else 200)
    assert program.get("/api/v1/exercises/%00").status_code == 404
