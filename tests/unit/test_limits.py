"""How often something may be tried, and what becomes of whoever tries oftener. Without a broker: the one process here counts for itself."""

import pytest
from django.test import Client

from game.models import Deed, Defaults, Exercise, Player, Run
from game.people import limiter
from tests.builders import new_exercise, new_facilitator
from tests.unit.test_join import come, text_of

pytestmark = pytest.mark.django_db


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def wrong_words(exercise: Exercise, browser: Client, times: int) -> list[int]:
    form = {"code": exercise.code, "word": "maple river stone", "instead": "yes"}
    return [browser.post("/join/", form).status_code for _ in range(times)]


def test_after_ten_wrong_words_wrong_and_right_ones_wait_at_that_address_and_nowhere_else():
    exercise = new_exercise()
    come(exercise, "Dana")
    right = {"code": exercise.code, "word": Player.objects.get().word}
    thief = at("203.0.113.9")
    assert wrong_words(exercise, thief, 12) == [409] * 10 + [429] * 2
    page = thief.post("/join/", right)
    assert page.status_code == 429 and "Wait a minute" in text_of(page)
    assert at("203.0.113.10").post("/join/", right).headers["location"] == "/lobby/"


def test_a_right_word_is_not_delayed_in_the_browser_that_had_the_seat_before():
    exercise = new_exercise()
    dana = come(exercise, "Dana")
    word = Player.objects.get().word
    elsewhere = come(exercise, "", word=word)
    assert dana.get("/lobby/").status_code == 403 and elsewhere.get("/lobby/").status_code == 200
    wrong_words(exercise, Client(), 12)
    assert come(exercise, "", word=word).last.status_code == 429
    assert dana.post("/join/", {"code": exercise.code, "word": word}).headers["location"] == "/lobby/"
    assert wrong_words(exercise, dana, 1) == [429], "but there is nothing to guess with it"


def test_many_wrong_words_in_one_exercise_are_told_to_its_facilitator_once_a_minute_and_nobody_waits_for_it():
    exercise = new_exercise()
    come(exercise, "Dana")
    for number in range(5):
        wrong_words(exercise, at(f"203.0.113.{number}"), 9)
    told = [deed.text for deed in Deed.objects.filter(exercise=exercise, by="Somebody")]
    assert len(told) == 1 and "resume words" in told[0]
    assert at("203.0.113.99").post("/join/", {"code": exercise.code, "word": Player.objects.get().word}).status_code == 302
    assert Deed.objects.filter(by="Dana", text__contains="another browser").count() == 1, "and who came back by a word is told, too"


def test_no_code_is_found_by_trying_and_whoever_is_inside_does_not_wait():
    exercise = new_exercise(facilitator=new_facilitator("erin"))
    dana = come(exercise, "Dana")
    thief = Client()
    doors = ("/join/{}/", "/result/{}/", "/projector/{}/", "/projector/{}/qr.svg", "/result/{}/lessons.json", "/replay/{}/led.json", "/replay/{}/follow/")
    answers = [thief.get(doors[number % len(doors)].format(f"ZZ-Z{number:02}")).status_code for number in range(35)]
    assert answers == [404] * 30 + [429] * 5
    for door in doors:
        answer = thief.get(door.format(exercise.code))
        assert answer.status_code == 429 and answer["Retry-After"] == "60" and exercise.title not in text_of(answer), door
    assert thief.post("/join/", {"code": exercise.code, "name": "Eli"}).status_code == 429
    assert dana.get(f"/projector/{exercise.code}/").status_code == 200
    erin = Client()
    erin.force_login(exercise.facilitator)
    assert erin.get(f"/projector/{exercise.code}/").status_code == 200
    assert at("203.0.113.7").get(f"/join/{exercise.code}/").status_code == 200


def test_sixty_people_of_one_address_come_in_and_a_facilitator_lets_more_in():
    exercise = new_exercise(places=60)
    Exercise.objects.filter(pk=exercise.pk).update(joins_a_minute=3)
    desk, other = exercise.teams.get().seats.all()[:2]
    came = [come(exercise, f"P{number}", seat=str(desk.pk)).last.status_code for number in range(5)]
    assert came == [302, 302, 302, 429, 429]
    Exercise.objects.filter(pk=exercise.pk).update(joins_a_minute=120)
    assert [come(exercise, f"Q{number}", seat=str(other.pk)).last.status_code for number in range(60)] == [302] * 60


def test_a_browser_has_one_game_for_one_at_a_time(client):
    client.post("/play/", {"desk": "all", "start": "09:28"})
    first = Exercise.objects.get()
    asked = client.post("/play/", {"desk": "risk", "start": "08:00"})
    assert asked.status_code == 409 and "Continue the open game" in text_of(asked) and 'name="desk" value="risk"' in asked.content.decode()
    assert Exercise.objects.get() == first
    client.post("/lobby/start/")
    client.post("/play/", {"desk": "risk", "start": "08:00", "instead": "yes"})
    first.refresh_from_db()
    assert first.state == "ended" and Exercise.objects.exclude(pk=first.pk).get().state == "lobby"
    client.post("/play/", {"desk": "all", "start": "08:00", "instead": "yes"})
    assert Exercise.objects.filter(state="lobby").count() == 1, "one that was never started goes without a trace"


def test_an_address_begins_thirty_games_a_minute_and_plays_half_of_the_places_at_once():
    Defaults.objects.update_or_create(pk=1, defaults={"solo_places": 4, "plays_a_minute": 6})
    here = [at("203.0.113.9") for _ in range(7)]
    assert [browser.post("/play/", {"desk": "all"}).status_code for browser in here] == [302] * 6 + [429]
    started = [browser.post("/lobby/start/", follow=True) for browser in here[:3]]
    assert Exercise.objects.filter(state="running").count() == 2 and "Too many people from your network" in text_of(started[2])
    others = [at(f"203.0.113.{number}") for number in range(10, 13)]
    assert [browser.post("/play/", {"desk": "all"}).status_code for browser in others] == [302] * 3
    started = [browser.post("/lobby/start/", follow=True) for browser in others]
    assert Exercise.objects.filter(state="running").count() == 4 and "as many as this server can take" in text_of(started[2])


def test_a_game_for_one_has_its_result_in_its_browser_and_by_its_link_alone(client):
    client.post("/play/", {"desk": "all"})
    client.post("/lobby/start/")
    exercise = Exercise.objects.get()
    exercise.end()
    Run.objects.update(state="ended", score={"total": 1})
    address = f"/result/{exercise.code}/"
    own = client.get(address)
    link = own.content.decode().split('value="http://testserver/shared/')[1].split('"')[0]
    assert "Your day" in text_of(own)
    stranger = Client()
    assert link not in stranger.get(address).content.decode()
    team = exercise.teams.get().pk
    for part in ("worth.json", "course.json?key=run", "report.pdf", "debrief.json", "decisions.csv"):
        assert stranger.get(f"{address}{team}/{part}").status_code == 404, part
    assert stranger.get(f"/shared/{link}", follow=True).status_code == 200
    assert stranger.get(f"{address}{team}/debrief.json").status_code == 200
    client.post("/play/", {"desk": "all"})
    assert client.get(f"{address}{team}/debrief.json").status_code == 200, "also when the browser has begun another game"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_an_address_is_counted_as_the_network_it_stands_for(one, other, same):
    assert (limiter.address_of(one) == limiter.address_of(other)) is same
    assert one not in limiter.address_of(one)
