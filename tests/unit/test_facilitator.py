"""The facilitator's pages: a new exercise from its form, and one exercise as it is looked at and driven."""

import pytest

import engine
from game.control.forms import TEAMS, NewExercise
from game.models import Exercise, FacilitatorLink, Seat
from game.ops.addresses import is_loopback
from game.sockets.pages import qr_svg
from tests import days
from tests.builders import first_picture, new_exercise, taken_seat

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def facilitator(client):
    client.post(f"/facilitator/{FacilitatorLink.issue()}/")
    return client


def created(facilitator, **fields: str) -> Exercise:
    answer = facilitator.post("/facilitator/new/", {"title": "Autumn", **fields})
    assert answer.status_code == 302, NewExercise({"title": "Autumn", **fields}).errors
    exercise = Exercise.objects.get()
    assert answer.headers["location"] == f"/facilitator/{exercise.code}/"
    return exercise


def test_a_title_is_enough(facilitator):
    exercise = created(facilitator)
    assert (exercise.scenario, exercise.start_step, exercise.help) == ("knight-2012", 0, "2012")
    assert exercise.seed != 79, "drawn: nobody knows it"
    assert (exercise.loss_counter, exercise.speeds, [team.name for team in exercise.teams.all()]) == ("delayed", {}, ["Cobalt"])
    assert {seat.autopilot for seat in Seat.objects.all()} == {"assistant"}


def test_everything_can_be_chosen(facilitator):
    exercise = created(
        facilitator, scenario="knight-2012", phase="10:15", teams="12", help="guided", loss_counter="hidden", seed_from="own", seed="5",
        speed_bell="2.5", speed_unwind="90", speed_premarket="", speed_block="120",
    )  # fmt: skip
    assert (exercise.seed, exercise.start_step, exercise.help, exercise.loss_counter) == (5, days.step_at("10:15"), "guided", "hidden")
    assert [team.name for team in exercise.teams.all()] == list(TEAMS) and len(set(TEAMS)) == 12
    assert exercise.speeds == {"bell": 2.5, "block": 120.0}, "what is the default stays the default"


def test_a_drawn_scenario_is_one_of_those_there_are_and_no_page_names_it_before_the_end(facilitator, client):
    exercise = created(facilitator, scenario="draw")
    assert exercise.drawn and exercise.scenario in engine.scenario_ids()
    pages = [f"/facilitator/{exercise.code}/", f"/projector/{exercise.code}/", f"/join/{exercise.code}/", f"/result/{exercise.code}/"]
    for page in pages:
        text = client.get(page).content.decode()
        assert not any(one in text for one in engine.scenario_ids()), page
    assert "a drawn scenario" in client.get(pages[0]).content.decode()
    exercise.start()
    exercise.end()
    assert exercise.scenario in client.get(pages[0]).content.decode()


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"phase": "27 Jul 18:00"}, days.WEEK),
        ({"phase": "09:28"}, days.step_at("09:28")),
        ({"start": "30 Jul 18:30"}, days.week_step(1, "18:30")),
        ({"start": " 27 Jul 18:30 "}, days.week_step(0, "18:30")),
        ({"start": "Fri 27 Jul 20:00"}, days.week_step(0, "20:00")),
        ({"start": "1 Aug 09:45"}, days.step_at("09:45")),
    ],
)
def test_it_can_begin_on_an_evening_of_the_week_in_the_morning_or_at_the_bell(facilitator, fields, start):
    exercise = created(facilitator, **fields)
    assert (exercise.start_step, exercise.first_step) == (start, days.WEEK if start < 0 else 0)
    exercise.start()
    assert [run.step for run in exercise.runs()] == [exercise.first_step], "history plays what lies before the start"


def test_a_time_of_ones_own_wins_over_the_phase_and_a_drawn_seed_over_a_typed_one(facilitator, monkeypatch):
    monkeypatch.setattr("game.models.secrets.randbelow", lambda _: 4711)
    exercise = created(facilitator, phase="08:00", start="09:45", seed_from="draw", seed="5")
    assert (exercise.start_step, exercise.seed) == (days.step_at("09:45"), 4711)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": ""}, "required"),
        ({"title": "x" * 81}, "at most 80"),
        ({"teams": "13"}, "less than or equal to 12"),
        ({"teams": "0"}, "greater than or equal to 1"),
        ({"teams": "many"}, "whole number"),
        ({"start": "7 o'clock"}, "is not a market time"),
        ({"start": "27 Jul"}, "with a date before it such as 27 Jul 18:30"),
        ({"start": "27 Jul 17:30"}, "is no time of an evening: expected 18:00 to 21:00"),
        ({"start": "28 Jul 18:30"}, "28 Jul is no evening of the week"),
        ({"start": "27 Jul x"}, "is not a market time"),
        ({"start": "1 Aug 07:00"}, "lies before the day"),
        ({"phase": "28 Jul 18:00"}, "not one of the available"),
        ({"start": "18:00"}, "The market closes at 16:00"),
        ({"planning_s": "601"}, "less than or equal to 600"),
        ({"move_s": "601"}, "less than or equal to 600"),
        ({"move_s": "a while"}, "whole number"),
        ({"seed_from": "own"}, "Type the seed"),
        ({"seed": "-1"}, "greater than or equal to 0"),
        ({"seed": "9" * 40}, "less than or equal to"),
        ({"speed_bell": "121"}, "less than or equal to 120"),
        ({"speed_bell": "nan"}, "number"),
        ({"scenario": "titanic"}, "not one of the available"),
        ({"help": "telepathy"}, "not one of the available"),
        ({"loss_counter": "loud"}, "not one of the available"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_beside_its_field_and_what_was_typed_stays(facilitator, fields, reason):
    page = facilitator.post("/facilitator/new/", {"title": "Autumn <i>", **fields})
    text = page.content.decode().replace("&#x27;", "'")
    assert page.status_code == 400 and reason in text and 'role="alert"' in text
    assert not Exercise.objects.exists()
    if "title" not in fields:
        assert 'value="Autumn &lt;i&gt;"' in text


def test_the_page_shows_address_code_and_picture_together_and_who_sits_where(facilitator):
    exercise = new_exercise(autopilot="assistant")
    taken_seat(exercise, name="Dana")
    page = facilitator.get(f"/facilitator/{exercise.code}/").content.decode()
    assert "testserver" in page and exercise.code in page and "<svg" in page.split("way-in")[1]
    state = first_picture(facilitator, f"/facilitator/{exercise.code}/")
    assert state["can"] == {"start": True, "pause": False, "keep": False, "resume": False, "drive": False, "retry": False}
    assert [(seat["desk"], seat["holders"], seat["autopilot"]) for seat in state["teams"][0]["seats"]] == [
        ("deployer", [], "assistant"), ("operator", ["Dana"], None), ("risk", [], "assistant"),
    ]  # fmt: skip
    assert exercise.code in facilitator.get("/facilitator/").content.decode()


def test_the_codes_picture_leads_to_the_join_page_with_the_code_filled_in(facilitator):
    exercise = new_exercise()
    way_in = qr_svg(f"http://testserver/join/{exercise.code}/")
    assert way_in in facilitator.get(f"/facilitator/{exercise.code}/").content.decode()
    assert "no-store" in facilitator.get(f"/projector/{exercise.code}/qr.svg").headers["cache-control"]
    assert way_in in facilitator.get(f"/projector/{exercise.code}/").content.decode()
    assert f'value="{exercise.code}"' in facilitator.get(f"/join/{exercise.code}/").content.decode()


def test_its_script_posts_and_gets_the_new_picture_or_the_reason(facilitator):
    exercise = new_exercise()
    address = f"/facilitator/exercise/{exercise.code}/"
    started = facilitator.post(address, {"do": "start"}, **JSON).json()
    assert started["reason"] == "" and started["state"]["state"] == "running" and started["state"]["next"] == "To the bell"
    refused = facilitator.post(address, {"do": "start"}, **JSON).json()
    assert "is running" in refused["reason"]
    facilitator.post(address, {"do": "advance"}, **JSON)
    exercise.refresh_from_db()
    assert exercise.advance_step == days.OPEN
    fast = facilitator.post(address, {"speed": "0.5"}, **JSON).json()
    assert fast["state"]["speed"] == 0.5 and fast["state"]["catching_up"]
    assert facilitator.post(address, {"do": "end"}, **JSON).json()["state"]["can"]["drive"] is False


def test_a_seat_is_freed_and_its_new_link_is_in_one_answer_only(facilitator):
    exercise = new_exercise(autopilot="assistant")
    seat, _ = taken_seat(exercise)
    path = f"/facilitator/seat/{seat.pk}/link/"
    link = {one["desk"]: one["link"] for one in facilitator.post(path, **JSON).json()["state"]["teams"][0]["seats"]}["operator"]
    assert link.startswith("http://testserver/seat/")
    assert link not in facilitator.get(f"/facilitator/{exercise.code}/").content.decode()
    freed = facilitator.post(path, {"do": "vacate"}, **JSON).json()["state"]["teams"][0]["seats"][1]
    assert (freed["holders"], freed["autopilot"]) == ([], "assistant")


@pytest.mark.parametrize("start", ["27 Jul 18:30", "08:00", "09:45", "15:59"])
def test_it_can_be_looked_at_in_every_phase(facilitator, start):
    exercise = created(facilitator, start=start)
    facilitator.post(f"/facilitator/exercise/{exercise.code}/", {"do": "start"})
    state = first_picture(facilitator, f"/facilitator/{exercise.code}/")
    assert state["phase"] and state["next"]
    assert facilitator.post(f"/facilitator/exercise/{exercise.code}/", {"do": "advance"}, **JSON).json()["reason"] == ""


def test_nobody_else_sees_it(client):
    exercise = new_exercise()
    assert client.get(f"/facilitator/{exercise.code}/").status_code == 403


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1:8000", True), ("localhost", True), ("[::1]:8000", True), ("192.168.1.7:8000", False), ("game.example", False)]
)
def test_an_address_that_no_phone_can_reach_is_known(host, alone):
    assert is_loopback(host) is alone
