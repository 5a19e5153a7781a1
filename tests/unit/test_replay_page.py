"""The page that shows a desk as it was: to whom, from when, and what it is told of the run. Frames themselves: tests/integration."""

import json

import pytest
from django.test import Client

import engine
from game.debrief import replay_frames
from game.models import Exercise, Run
from tests import days
from tests.builders import finished_run, first_picture, new_exercise, new_facilitator

pytestmark = pytest.mark.django_db
UNTIL = days.step_at("09:52")


@pytest.fixture(scope="module")
def played():
    return engine.rehearse(engine.load_scenario("knight-2012"), 79, dict.fromkeys(engine.DESKS, "novice"), since=days.OPEN, until=UNTIL)


@pytest.fixture
def run(played):
    return finished_run(played, new_exercise(start_step=days.step_at("09:28"), title="Again"))


def address(run: Run, more: str = "") -> str:
    return f"/replay/{run.team.exercise.code}/{run.team_id}/{more}"


def scrubber(client: Client, run: Run, more: str = "") -> dict:
    page = client.get(address(run, more)).content.decode()
    return json.loads(page.split('<script id="replay" type="application/json">')[1].split("</script>")[0])


def test_everybody_sees_the_desk_that_the_address_names_at_the_moment_that_it_names(client, run):
    hello = first_picture(client, address(run, "?desk=operator&at=09:33:20"))["hello"]
    assert (hello["desk"], hello["watching"], hello["as_it_was"], hello["exercise"]["state"]) == ("operator", True, True, "running")
    found = scrubber(client, run, "?desk=operator&at=09:33:20")
    assert found["at"] == days.step_at("09:33:20") and found["address"] == address(run, "operator/frames.json")
    assert (found["from"], found["until"]) == (days.step_at("09:28"), UNTIL)
    assert [(label, speed) for _, _, label, speed in found["phases"]] == [("Pre-market", 30.0), ("Market open", 5.0)]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", "09:30"),
        ("08:00", "09:28"),
        ("18:45", "09:52"),
        ("27 Jul 18:30", "09:28"),
        ("x" * 90, "09:30"),
        ("%00", "09:30"),
        ("99999999999", "09:30"),
    ],
)
def test_a_moment_that_is_none_or_not_in_the_run_is_the_nearest_that_is(client, run, asked, shown):
    assert scrubber(client, run, f"?at={asked}")["at"] == days.step_at(shown)


def test_pins_are_decisions_and_what_happened_by_time(client, run, played):
    pins = scrubber(client, run)["pins"]
    assert [pin["step"] for pin in pins] == sorted(pin["step"] for pin in pins)
    assert {"decision", "moment"} == {pin["kind"] for pin in pins}
    first = next(event for event in played.events if event.kind == "mail.arrived" and engine.tell(played.sim.scenario, event.data["subject"]) == "BNET reject: Power Peg disabled")
    assert first.step < days.OPEN - 480, "it came before the run's start, when nobody of the team was there"
    assert not any(pin["text"].startswith("The first of these mails") for pin in pins)
    assert any(pin["text"] == "The opening bell." and pin["desk"] == "" and pin["at"] == "09:30:00" for pin in pins)
    decided = [one for one in replay_frames.log_of(run).decisions if one.first >= days.step_at("09:28")]
    assert decided and [pin["step"] for pin in pins if pin["kind"] == "decision"] == [one.first for one in decided]


def test_nothing_is_shown_before_the_end_nor_while_the_board_is_frozen_but_to_the_facilitator(client, run):
    erin = new_facilitator()
    exercise = run.team.exercise
    for changed in ({"state": "running"}, {"state": "ended", "frozen": {"board": {}}}):
        Exercise.objects.filter(pk=exercise.pk).update(facilitator=erin, **changed)
        assert client.get(address(run)).status_code == 404
        assert client.get(address(run, "risk/frames.json")).status_code == 404
    client.force_login(erin, "django.contrib.auth.backends.ModelBackend")
    assert client.get(address(run)).status_code == 200


def test_a_run_of_other_rules_says_so(client, run):
    Run.objects.filter(pk=run.pk).update(rules=None, played_by="0.9+other")
    page = client.get(address(run))
    assert page.status_code == 409 and "by engine 0.9+other" in page.content.decode()
    answer = client.get(address(run, "risk/frames.json"))
    assert answer.status_code == 409 and "0.9+other" in answer.json()["reason"]
    assert address(run) not in client.get(f"/result/{run.team.exercise.code}/").content.decode()


@pytest.mark.parametrize(
    ("asked", "status", "reason"),
    [
        ("facilitator/frames.json", 404, "nothing to replay"),
        ("risk/frames.json?from=x", 400, "whole numbers"),
        ("risk/frames.json?from=10&rate=7", 400, "rate is one of 1, 2, 5, 10, 30, 60"),
        ("risk/frames.json?from=999999999999999999999", 400, "from is a step"),
        ("risk/frames.json?from=24000", 202, "Retrying"),  # there is no broker here
    ],
)
def test_a_stretch_that_cannot_be_had_says_why(client, run, asked, status, reason):
    answer = client.get(address(run, asked))
    assert answer.status_code == status and reason in answer.json()["reason"]


def test_the_result_leads_there_from_every_decision_and_line_of_the_story(client, run):
    page = client.get(f"/result/{run.team.exercise.code}/").content.decode()
    assert f'href="{address(run)}"' in page
    assert f'href="{address(run)}?desk=&amp;at=09%3A30%3A00"' in page, "the bell's line of the story"
    given = (
        run.commands.exclude(kind="mail.open").filter(step__gte=days.OPEN).exclude(kind__in=[k for k, lever in engine.KINDS.items() if lever.talk])
    )
    assert given, "the beginners did something"
    assert f'desk={given[0].desk}&amp;at={days.clock(given[0].step).replace(":", "%3A")}"' in page


def test_a_stretch_holds_every_card_first_and_then_what_changed(played, run):
    reel = engine.Reel(replay_frames.log_of(run))
    found = json.loads(replay_frames.make(reel, "operator", "2012", days.OPEN, 10))
    steps = [step for step, _ in found["frames"]]
    assert steps == list(range(days.OPEN, days.OPEN + 10 * replay_frames.FRAMES, 10)) and found["until"] == UNTIL
    ((_, whole),) = json.loads(replay_frames.make(reel, "operator", "2012", days.OPEN + 150, 0))["frames"]
    together: dict = {}
    for _, cards in found["frames"]:
        together |= cards
    assert together == whole and len(found["frames"][1][1]) < len(whole) / 2


def test_only_the_facilitator_shows_the_room_a_moment_and_only_one_that_is_one(client, run):
    erin, exercise = new_facilitator(), run.team.exercise
    Exercise.objects.filter(pk=exercise.pk).update(facilitator=erin)
    there, sound = f"/facilitator/{exercise.code}/lead/", {"team": run.team_id, "desk": "risk", "step": days.OPEN, "rate": 10, "playing": 1}
    assert client.post(there, sound).status_code == 403
    client.force_login(erin, "django.contrib.auth.backends.ModelBackend")
    wrong = (
        ({"team": 999}, "no run"),
        ({"desk": "x"}, "Expected"),
        ({"step": "9" * 40}, "Expected"),
        ({"rate": 7}, "Expected"),
        ({"step": 999_999_999}, "A step is"),
    )
    for changed, reason in (*wrong, ({}, "broker is unavailable")):
        assert reason in client.post(there, sound | changed).json()["reason"], changed
    assert client.post(there, {"do": "stop"}).json() == {"reason": ""}
    assert client.get(f"/replay/{exercise.code}/led.json").json() == {"lead": None}


def test_who_follows_where_nobody_leads_is_at_the_bell(client, run):
    answer = client.get(f"/replay/{run.team.exercise.code}/follow/")
    assert answer.url == f"{address(run)}?desk=risk&at=09%3A30%3A00&follow=1"
    Exercise.objects.filter(pk=run.team.exercise_id).update(state="running")
    assert client.get(f"/replay/{run.team.exercise.code}/follow/").status_code == 404
