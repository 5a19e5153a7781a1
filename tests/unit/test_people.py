"""What a facilitator does about people: another name, out, and the door."""

import pytest
from django.test import Client

from game.control import control_room
from game.models import Deed, Exercise, Player, RuleBroken, Stay
from tests.builders import new_exercise, new_facilitator
from tests.unit.test_join import come, text_of

pytestmark = pytest.mark.django_db


def act(exercise: Exercise, **form: str) -> None:
    control_room.change_room(exercise, form, "erin")


def test_a_person_is_renamed_and_no_two_have_one_name():
    exercise = new_exercise()
    dana, eli = come(exercise, "Dana"), come(exercise, "Eli")
    number = str(Player.objects.get(name="Dana").pk)
    act(exercise, do="person-rename", who=number, name="  Dr.   Dana ")
    assert "Dr. Dana" in text_of(dana.get("/lobby/")) and "Dr. Dana" in text_of(eli.get("/lobby/"))
    for name, reason in (("ELI", "The name ELI is taken"), ("", "Enter the name"), ("x" * 25, "too long")):
        with pytest.raises(RuleBroken, match=reason):
            act(exercise, do="person-rename", who=number, name=name)
    assert [deed.told()[1] for deed in Deed.objects.filter(by="erin")] == ["renamed Dana to Dr. Dana"]


def test_a_person_who_is_removed_has_no_seat_no_cookie_and_no_word_and_what_they_did_stays():
    exercise = new_exercise()
    dana, eli = come(exercise, "Dana"), come(exercise, "Eli")
    player = Player.objects.get(name="Dana")
    exercise.start()
    assert dana.get("/desk/operator/").status_code == 200
    act(exercise, do="person-remove", who=str(player.pk))
    assert dana.get("/desk/operator/").status_code == 403 and eli.get("/desk/", follow=True).status_code == 200
    assert come(exercise, "", word=player.word).last.status_code == 409, "the word opens nothing"
    assert dana.post("/join/", {"code": exercise.code, "word": player.word, "instead": "yes"}).status_code == 409
    assert Stay.objects.filter(player=player).exists() and not player.holdings.exists()
    assert exercise.teams.get().seats.get(desk="operator").pilot == "history"


def test_only_people_of_ones_own_exercise_are_touched():
    exercise, other = new_exercise(), new_exercise()
    come(other, "Dana")
    for number in (str(Player.objects.get().pk), "", "x", "9" * 30):
        for verb in ("person-rename", "person-remove"):
            with pytest.raises(RuleBroken, match="no such person"):
                act(exercise, do=verb, who=number, name="Z")
    assert Player.objects.get().name == "Dana" and Player.objects.get().holdings.exists()


def test_a_closed_door_keeps_newcomers_out_and_nobody_in_it_or_on_their_way_back():
    exercise = new_exercise(facilitator=new_facilitator("erin"))
    dana = come(exercise, "Dana")
    erin = Client()
    erin.force_login(exercise.facilitator)
    address = f"/facilitator/exercise/{exercise.code}/room/"
    told = erin.post(address, {"do": "door", "to": "closed"}, headers={"accept": "application/json"}).json()
    assert told["reason"] == "" and told["state"]["closed"] is True
    page = come(exercise, "Eli").last
    assert page.status_code == 409 and "The facilitator has closed the door" in text_of(page) and "The door is closed" in text_of(page)
    assert dana.get("/lobby/").status_code == 200
    assert come(exercise, "", word=Player.objects.get().word).last.status_code == 302
    link = exercise.teams.get().seats.get(desk="risk").issue_link()
    assert Client().post(f"/seat/{link}/").status_code == 302, "whom the facilitator gives a seat comes in"
    act(exercise, do="door", to="open")
    assert come(exercise, "Eli").last.status_code == 302
    with pytest.raises(RuleBroken, match="open or closed"):
        act(exercise, do="door", to="ajar")
    assert [deed.told()[1] for deed in Deed.objects.filter(by="erin")] == ["closed the door", "opened the door"]


def test_a_facilitator_lets_more_people_of_one_network_in():
    exercise = new_exercise()
    act(exercise, do="joins", most="600")
    exercise.refresh_from_db()
    assert exercise.joins_a_minute == 600
    for most in ("0", "-1", "5001", "many", ""):
        with pytest.raises(RuleBroken, match="whole number from 1 to 5000"):
            act(exercise, do="joins", most=most)


def test_a_browser_that_is_somebody_asks_before_it_becomes_somebody_else():
    exercise, other = new_exercise(title="Morning"), new_exercise(title="Evening")
    browser = come(exercise, "Dana")
    for form in ({"code": other.code, "name": "Eli"}, {"code": exercise.code, "name": "Eli"}, {"code": other.code, "word": "maple river stone"}):
        page = browser.post("/join/", form)
        assert page.status_code == 409 and "This browser is Dana" in text_of(page), form
    assert not Player.objects.filter(name="Eli").exists() and browser.get("/lobby/").status_code == 200
    page = browser.post("/play/", {"desk": "all"})
    assert page.status_code == 409 and "This browser is Dana" in text_of(page) and Exercise.objects.count() == 2
    assert browser.post("/join/", {"code": exercise.code, "name": "dana"}).headers["location"] == "/lobby/", "the same person is not asked"
    assert browser.post("/join/", {"code": other.code, "name": "Eli", "instead": "yes"}).headers["location"] == "/lobby/"
    assert "Evening" in text_of(browser.get("/lobby/"))
    word = Player.objects.get(name="Dana").word
    assert come(exercise, "", word=word).last.status_code == 302, "and the first one comes back by the word"


def test_a_seats_link_says_who_this_browser_is_elsewhere():
    exercise, other = new_exercise(title="Morning"), new_exercise(title="Evening")
    browser = come(exercise, "Dana")
    link = other.teams.get().seats.get(desk="risk").issue_link()
    assert "This browser is Dana" in text_of(browser.get(f"/seat/{link}/"))
