"""Pages as a browser gets them (without a broker: they paint what the rows know)."""

import json
import re
import uuid

import pytest
from django.test import Client

from game.models import Command, Event, Exercise, FacilitatorLink, Ghost, Run, Seat
from tests import days
from tests.builders import new_exercise

pytestmark = pytest.mark.django_db


@pytest.fixture
def exercise() -> Exercise:
    exercise = new_exercise(title="Autumn class", start_step=days.step_at("09:28"))
    exercise.start()
    return exercise


@pytest.fixture
def facilitator(client):
    client.post(f"/facilitator/{FacilitatorLink.issue()}/")
    return client


def first_of(page) -> dict:
    """What the page paints from."""
    found = re.search(r'<script id="first" type="application/json">(.*?)</script>', page.content.decode(), re.S)
    assert found
    return json.loads(found[1])


def test_the_start_page_tells_a_stranger_no_code_and_knows_one_however_it_is_typed(client, exercise, django_user_model):
    page = client.get("/").content.decode()
    assert "Autumn class" not in page and exercise.code not in page
    staff = Client()
    staff.force_login(django_user_model.objects.create_user("stella", is_staff=True))
    assert f"/projector/{exercise.code}/" in staff.get("/").content.decode()
    assert client.post("/join/", {"code": exercise.code, "watch": "yes"}).headers["location"] == f"/projector/{exercise.code}/"
    typed = exercise.code.lower().replace("-", "")
    assert client.post("/join/", {"code": typed, "name": "Dana"}).headers["location"] == "/desk/"
    wrong = client.post("/join/", {"code": "ZZ-ZZZ"})
    assert wrong.status_code == 404 and "There is no exercise ZZ-ZZZ." in wrong.content.decode()


def test_the_wall_paints_whole_from_its_own_page(client, exercise):
    first = first_of(client.get(f"/projector/{exercise.code}/"))
    told = {"code": exercise.code, "title": "Autumn class", "state": "running", "speed": 30.0, "reason": "", "planning": None, "upgrade": None, "waits": None, "begins": None}
    assert first["hello"]["exercise"] == told
    assert {"clock", "board", "curve", "join", "state"} <= set(first["cards"])
    assert first["cards"]["clock"]["d"]["clock"] == "08:00:00", "it is run from the start at full speed"
    assert "<svg" in first["cards"]["join"]["d"]["qr_svg"] and "style=" not in first["cards"]["join"]["d"]["qr_svg"]


def test_a_seats_link_gives_the_desk_once(client, exercise):
    seat = Seat.objects.get(team__exercise=exercise, desk="operator")
    token = seat.issue_link()
    for look in (client.get, Client().get, client.head):
        assert look(f"/seat/{token}/").status_code == 200, "a look spends nothing"
    assert "Take the seat" in client.get(f"/seat/{token}/").content.decode() and not seat.holders
    taken = client.post(f"/seat/{token}/")
    assert taken.headers["location"] == "/desk/operator/"
    cookie = taken.cookies["player"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert client.get("/desk/").headers["location"] == "/desk/operator/"
    first = first_of(client.get("/desk/operator/"))
    assert (first["hello"]["desk"], first["hello"]["seat"]) == ("operator", seat.pk)
    assert {one["desk"]: one["autopilot"] for one in first["hello"]["seats"]} == {"deployer": "history", "operator": None, "risk": "history"}
    assert client.post(f"/seat/{token}/").headers["location"] == client.get(f"/seat/{token}/").headers["location"] == "/desk/", "who holds the seat is led to it"
    client.cookies.clear()
    again = client.post(f"/seat/{token}/")
    assert again.status_code == 403 and "This link has been used" in again.content.decode()


def test_without_a_seat_there_is_no_desk(client):
    page = client.get("/desk/")
    assert page.status_code == 403 and "has no seat" in page.content.decode()


@pytest.mark.parametrize("path", ["/facilitator/", "/facilitator/wrong-token/"])
def test_the_facilitators_pages_open_by_their_link_only(client, path):
    page = client.get(path)
    assert page.status_code == 403 and "manage.py" in page.content.decode()


@pytest.mark.parametrize("path", ["/facilitator/new/", "/facilitator/exercise/K7-M4Q/", "/facilitator/seat/1/link/"])
def test_nobody_else_can_act_as_the_facilitator(client, path):
    assert client.post(path, {"do": "end"}).status_code == 403
    assert client.get(path).status_code == 405


def test_the_facilitator_starts_pauses_resumes_sets_the_speed_and_ends(facilitator):
    facilitator.post("/facilitator/new/", {"title": "Evening", "start": "09:28", "loss_counter": "hidden"})
    exercise = Exercise.objects.get(title="Evening")
    address = f"/facilitator/exercise/{exercise.code}/"
    for form, state in (({"do": "start"}, "running"), ({"do": "pause"}, "paused"), ({"do": "resume"}, "running")):
        facilitator.post(address, form)
        exercise.refresh_from_db()
        assert exercise.state == state
    facilitator.post(address, {"speed": "10"})
    facilitator.post(address, {"do": "advance", "to": "09:29"})
    exercise.refresh_from_db()
    assert exercise.speed_at(exercise.step) == 10 and exercise.advance_step == days.step_at("09:29")
    facilitator.post(address, {"do": "end"})
    exercise.refresh_from_db()
    assert exercise.state == "ended"


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"do": "pause"}, "is lobby"),
        ({"speed": "1000"}, "from 0.5 to 120"),
        ({"speed": "fast"}, "number"),
        ({"do": "advance", "to": "7 o'clock"}, "is not a market time"),
        ({"do": "fly"}, "Unknown action"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(facilitator, form, reason):
    exercise = new_exercise()
    page = facilitator.post(f"/facilitator/exercise/{exercise.code}/", form, follow=True)
    assert reason in page.content.decode().replace("&#x27;", "'")


def test_a_new_link_to_a_seat_is_shown_once(facilitator, exercise):
    seat = Seat.objects.get(team__exercise=exercise, desk="risk")
    page = facilitator.post(f"/facilitator/seat/{seat.pk}/link/", follow=True).content.decode()
    link = re.search(r"http://testserver/seat/[\w-]+/", page)
    assert link
    assert link[0] not in facilitator.get("/facilitator/").content.decode()
    assert facilitator.post(link[0]).headers["location"] == "/desk/risk/"


def test_the_result_waits_for_the_end_and_then_measures_against_history(client, exercise):
    before = client.get(f"/result/{exercise.code}/")
    assert before.context["final"] is False and before.context["teams"] == []
    score = {"total": 38_200_000.0, "trading": 38_000_000.0, "halting": 200_000.0, "contained_at": "09:33:00"}
    Run.objects.filter(team__exercise=exercise).update(state="ended", step=days.END, score=score)
    run = Run.objects.get(team__exercise=exercise)
    Event.objects.create(run=run, number=1, step=21_600, kind="market.opened")
    Event.objects.create(run=run, number=2, step=22_000, kind="smars.disconnected")
    told = [{"at": "10:15:00", "desk": "operator", "text": "Had SMARS disconnected at the exchanges."}]
    Ghost.objects.create(scenario="knight-2012", seed=79, made_by="1", curve=[[21600, 0]], score={"total": 457_600_000.0}, story=told)
    for seq, kind in enumerate(("mail.open", "mail.open", "server.stop"), start=1):
        given = {"kind": kind, "args": {"server": 8} if kind == "server.stop" else {"mail": seq}, "state": "applied", "step": 21_600 + seq}
        Command.objects.create(run=run, desk="operator", seq=seq, client_id=uuid.uuid4(), **given)
    exercise.end()
    answer = client.get(f"/result/{exercise.code}/")
    assert "Had SMARS disconnected at the exchanges." in answer.content.decode() and "The opening bell." in answer.content.decode()
    team = answer.context["teams"][0]
    assert team["avoided_usd"] == 419_400_000 and team["share_avoided"] == 0.9165
    assert team["grade"] == pytest.approx(40.1, abs=0.2)
    assert team["moments"][2] == {"label": "Contained", "at": "09:33:00", "of": "3.0 min after the bell"}
    assert team["story"][0]["text"] == "The opening bell."
    assert [d["label"] for d in team["decisions"]] == ["Stop a server: SMARS-8"]
    assert team["opened"] == [["operator", 2]] and "Not listed, mails opened by people: operator 2." in answer.content.decode()


@pytest.mark.parametrize("path", ["/nowhere/", "/projector/ZZ-ZZZ/", "/result/ZZ-ZZZ/"])
def test_a_wrong_address_has_a_sentence_and_a_way_out(client, path):
    page = client.get(path)
    assert page.status_code == 404
    assert 'href="/"' in page.content.decode()


def test_every_page_forbids_inline_script_and_names_this_hosts_socket(client, exercise):
    for path in ("/", f"/projector/{exercise.code}/", f"/result/{exercise.code}/", "/desk/", "/nowhere/"):
        page = client.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "connect-src 'self' ws://testserver" in policy and "require-trusted-types-for 'script'" in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert " style=" not in page.content.decode() and not re.search(r"<script(?![^>]*(src=|application/json))", page.content.decode())
