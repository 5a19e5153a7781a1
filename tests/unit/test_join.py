"""The ways in, as a browser without script gets them: every wrong turn has a sentence and a way out."""

import re

import pytest
from django.test import Client

from game.live import run_store
from game.models import Defaults, Exercise, Player, Seat
from tests import days
from tests.builders import new_exercise

pytestmark = pytest.mark.django_db


def come(exercise: Exercise, name: str, **more: str) -> Client:
    """A browser that joins."""
    client = Client()
    client.last = client.post("/join/", {"code": exercise.code, "name": name, **more})
    return client


def seats_of(exercise: Exercise, name: str) -> list[str]:
    return [str(seat) for seat in Player.objects.get(exercise=exercise, name=name).seats]


def text_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).replace("&#x27;", "'")


def test_teams_fill_evenly_and_desks_in_the_order_in_which_they_are_missed_most():
    exercise = new_exercise()
    exercise.add_team("Amber")
    for number in range(6):
        assert come(exercise, f"P{number}").last.headers["location"] == "/lobby/"
    assert [seats_of(exercise, f"P{number}")[0] for number in range(6)] == [
        "Cobalt operator", "Amber operator", "Cobalt risk", "Amber risk", "Cobalt deployer", "Amber deployer",
    ]  # fmt: skip


def test_the_codes_address_fills_the_code_and_puts_the_caret_in_the_name(client):
    exercise = new_exercise()
    page = client.get(f"/join/{exercise.code.lower()}/").content.decode()
    assert f'value="{exercise.code}"' in page
    assert re.search(r'<input[^>]*id="name"[^>]* autofocus', page) and not re.search(r'<input[^>]*id="code"[^>]* autofocus', page)
    assert re.search(r'<input[^>]*id="code"[^>]* autofocus', client.get("/join/").content.decode())


def test_a_wrong_code_keeps_what_was_typed_and_says_so(client):
    for page in (client.post("/join/", {"code": "zz-zzz", "name": "Dana"}), client.get("/join/zz-zzz/")):
        assert page.status_code == 404 and "There is no exercise zz-zzz." in text_of(page)
        assert 'value="zz-zzz"' in page.content.decode()
    assert client.post("/join/", {"name": "Dana"}).status_code == 400


def test_the_same_name_twice_is_offered_the_resume_word_or_another_name():
    exercise = new_exercise()
    come(exercise, "Dana")
    page = come(exercise, "dana").last
    assert page.status_code == 409 and "The name dana is taken" in text_of(page)
    assert "<details" in page.content.decode() and 'class="lost" open' in page.content.decode()
    assert exercise.players.count() == 1


def test_the_same_browser_sending_its_form_twice_stays_one_player():
    exercise = new_exercise()
    dana = come(exercise, "Dana")
    assert dana.post("/join/", {"code": exercise.code, "name": " Dana"}).headers["location"] == "/lobby/"
    assert exercise.players.count() == 1
    assert "You are Dana here already." in text_of(dana.get(f"/join/{exercise.code}/"))


def test_a_full_exercise_offers_to_share_a_seat_or_to_watch():
    exercise = new_exercise(places=2)
    for name in ("Ana", "Ben", "Eli"):
        come(exercise, name)
    page = come(exercise, "Fay").last
    assert page.status_code == 409 and "Every seat is taken" in text_of(page) and f"/projector/{exercise.code}/" in page.content.decode()
    assert exercise.players.count() == 3, "nobody came in yet"
    chosen = Seat.objects.get(team__exercise=exercise, desk="risk")
    assert come(exercise, "Fay", seat=str(chosen.pk)).last.headers["location"] == "/lobby/"
    assert seats_of(exercise, "Fay") == ["Cobalt risk"]
    assert "no room left" in text_of(come(exercise, "Gus", seat=str(chosen.pk)).last)
    assert "no room left" in text_of(come(exercise, "Gus", seat="999999").last)


def test_an_ended_exercise_leads_to_its_result():
    exercise = new_exercise()
    exercise.start()
    exercise.end()
    for page in (come(exercise, "Dana").last, Client().get(f"/join/{exercise.code}/")):
        assert "This exercise has ended." in text_of(page) and f"/result/{exercise.code}/" in page.content.decode()
    assert exercise.players.count() == 0


def test_a_late_joiner_goes_straight_to_the_desk():
    exercise = new_exercise()
    come(exercise, "Ana")
    exercise.start()
    late = come(exercise, "Ben")
    assert late.last.headers["location"] == "/desk/"
    assert late.get("/desk/", follow=True).redirect_chain == [("/desk/risk/", 302)]


def test_a_resume_word_works_on_another_device_and_the_first_one_is_told_where_its_seat_is():
    exercise = new_exercise()
    first = come(exercise, "Dana")
    word = Player.objects.get(name="Dana").word
    assert word in first.get("/lobby/").content.decode()
    second = come(exercise, "", word=f" {word.capitalize()} ")
    assert second.last.headers["location"] == "/lobby/" and "Dana" in text_of(second.get("/lobby/"))
    page = first.get("/lobby/")
    assert page.status_code == 403 and "opened in another browser" in text_of(page) and 'href="/join/"' in page.content.decode()


def test_a_stale_page_gets_a_sentence_and_the_way_back(client):
    strict = Client(enforce_csrf_checks=True, headers={"referer": "http://testserver/join/K7-M4Q/", "host": "testserver"})
    page = strict.post("/join/", {"code": "K7-M4Q", "name": "Dana"})
    assert page.status_code == 403 and "sent no cookie" in text_of(page) and 'href="/join/K7-M4Q/"' in page.content.decode()
    strict.cookies["csrftoken"] = "c" * 32
    stale = strict.post("/join/", {"code": "K7-M4Q", "name": "Dana", "csrfmiddlewaretoken": "d" * 32})
    assert stale.status_code == 403 and "open too long" in text_of(stale)
    other = strict.post("/join/", {"csrfmiddlewaretoken": "c" * 32}, headers={"origin": "https://play.example"})
    assert "came from https://play.example" in text_of(other) and "TRUSTED_PROXIES" in text_of(other) and "http://testserver" in text_of(other)
    foreign = Client(enforce_csrf_checks=True, headers={"referer": "http://elsewhere.example/x/"}).post("/join/", {})
    assert 'href="/"' in foreign.content.decode() and "elsewhere" not in foreign.content.decode()


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 25, "x" * 5000, "<script>alert(1)</script>!!"])
def test_a_bad_name_is_answered_beside_its_field(name):
    exercise = new_exercise()
    page = come(exercise, name).last
    assert page.status_code == 409 and 'id="name-error"' in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_a_name_is_shown_escaped_and_with_its_own_direction():
    exercise = new_exercise()
    page = come(exercise, "<b>שלום").get("/lobby/").content.decode()
    assert "<b>שלום" not in page and '<span dir="auto">&lt;b&gt;שלום</span>' in page


def test_a_seat_is_changed_while_it_is_free():
    exercise = new_exercise()
    exercise.add_team("Amber")
    dana = come(exercise, "Dana")
    come(exercise, "Eli")
    seat = {str(seat): seat.pk for seat in Seat.objects.filter(team__exercise=exercise)}
    assert dana.post("/lobby/seat/", {"take": seat["Amber deployer"]}).headers["location"] == "/lobby/"
    assert seats_of(exercise, "Dana") == ["Amber deployer"]
    assert "Eli has that seat" in text_of(dana.post("/lobby/seat/", {"take": seat["Amber operator"]}, follow=True))
    dana.post("/lobby/seat/", {"also": seat["Amber risk"]})
    assert seats_of(exercise, "Dana") == ["Amber deployer", "Amber risk"]
    dana.post("/lobby/seat/", {"leave": seat["Amber deployer"]})
    assert seats_of(exercise, "Dana") == ["Amber risk"]
    assert "only seat" in text_of(dana.post("/lobby/seat/", {"leave": seat["Amber risk"]}, follow=True))
    for bad in ("999999", "x", "9" * 30, ""):
        assert dana.post("/lobby/seat/", {"take": bad}).status_code == 302
    assert seats_of(exercise, "Dana") == ["Amber risk"]
    exercise.start()
    dana.post("/lobby/seat/", {"take": seat["Cobalt deployer"]})
    assert seats_of(exercise, "Dana") == ["Amber risk"]


def test_the_lobby_shows_ones_own_brief_the_others_in_a_line_and_a_start_that_says_why_not():
    exercise = new_exercise()
    page = text_of(come(exercise, "Dana").get("/lobby/"))
    assert "you run the eight servers" in page and "you install the software" not in page
    assert "Knows releases and copies." in page and exercise.code in page
    assert "The facilitator starts the exercise." in page
    exercise.start()
    assert Client().get("/lobby/").status_code == 403


def test_the_lobby_leads_on_when_the_exercise_has_begun_or_ended():
    exercise = new_exercise()
    dana = come(exercise, "Dana")
    exercise.start()
    assert dana.get("/lobby/").headers["location"] == "/desk/"
    exercise.end()
    assert dana.get("/lobby/").headers["location"] == f"/result/{exercise.code}/"


@pytest.mark.parametrize(("desk", "held"), [("all", ["deployer", "operator", "risk"]), ("risk", ["risk"])])
def test_one_tap_makes_a_game_whose_player_owns_its_time(client, desk, held):
    assert client.post("/play/", {"desk": desk}).headers["location"] == "/lobby/"
    exercise = Exercise.objects.get()
    assert (exercise.owner.name, exercise.help, exercise.start_step) == ("You", "assisted", 0)
    assert [seat.desk for seat in exercise.owner.seats] == held
    assert set(run_store.pilots(exercise.teams.get().pk).values()) <= {"assistant"}
    assert client.post("/lobby/start/").headers["location"] == "/desk/"
    exercise.refresh_from_db()
    assert exercise.state == "running"
    assert client.get(f"/desk/{held[-1]}/").status_code == 200
    assert exercise.code not in Client().get("/").content.decode(), "a game for one is not on show"


@pytest.mark.parametrize(("start", "step"), [("27 Jul 18:00", days.WEEK), ("08:00", 0), ("09:28", days.step_at("09:28"))])
def test_a_game_for_one_begins_with_the_week_the_morning_or_the_bell(client, start, step):
    assert f'value="{start}"' in client.get("/").content.decode()
    client.post("/play/", {"desk": "all", "start": start})
    assert Exercise.objects.get().start_step == step
    assert client.get("/lobby/").status_code == 200


def test_a_game_for_one_cannot_begin_at_any_time(client):
    page = client.post("/play/", {"desk": "all", "start": "27 Jul 03:00"})
    assert page.status_code == 409 and "Choose where to start" in text_of(page) and not Exercise.objects.exists()


def test_nobody_else_starts_or_joins_a_game_for_one(client):
    client.post("/play/", {"desk": "all"})
    exercise = Exercise.objects.get()
    page = come(exercise, "Dana").last
    assert page.status_code == 409 and "This is a solo game" in text_of(page)
    other = come(new_exercise(), "Eli")
    assert "The facilitator starts the exercise." in text_of(other.post("/lobby/start/", follow=True))
    assert client.post("/play/", {"desk": "throne"}).status_code == 409


def test_each_game_for_one_is_on_a_market_of_its_own_on_one_of_the_mornings_that_have_a_door():
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post("/play/", {"desk": "all", "morning": "knight-2012"})
    seeds = set(Exercise.objects.values_list("seed", flat=True))
    assert len(seeds) == 2 and 79 not in seeds
    page = Client().post("/play/", {"desk": "all", "morning": "quiet-open"})
    assert page.status_code == 409 and "Choose one of the mornings offered." in text_of(page)


def test_a_machine_holds_so_many_games_for_one(client):
    Defaults.objects.update_or_create(pk=1, defaults={"solo_places": 1})
    client.post("/play/", {"desk": "all"})
    client.post("/lobby/start/")
    page = Client().post("/play/", {"desk": "all"})
    assert page.status_code == 409 and "Try again in a few minutes" in text_of(page)


def test_the_desk_of_another_is_refused_with_the_way_to_ones_own():
    exercise = new_exercise()
    dana = come(exercise, "Dana")
    page = dana.get("/desk/risk/")
    assert page.status_code == 403 and "This is not your desk." in text_of(page) and 'href="/desk/operator/"' in page.content.decode()
    assert dana.get("/desk/throne/").status_code == 403
    assert Client().get("/desk/operator/").status_code == 403


def test_the_form_says_what_is_recorded_who_sees_it_and_for_how_long(client, settings):
    exercise = new_exercise()

    def page() -> str:
        return client.get(f"/join/{exercise.code}/").content.decode()

    assert "Recorded: your name, and what you do and write at your desk." in page() and "until the facilitator deletes it" in page()
    settings.KEEP_DAYS, settings.KEEP = 180, "results"
    assert "180 days after the end only the result stays, without names." in page()
    settings.KEEP = "nothing"
    assert "It is deleted 180 days after the end." in page()
    Defaults.objects.update_or_create(pk=1, defaults={"recorded": "Ask <Judith> in room 4."})
    assert "Ask &lt;Judith&gt; in room 4." in page() and "Recorded:" not in page()
