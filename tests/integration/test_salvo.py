"""Many who try at once, at two web processes: what is counted is counted once, by the broker, and nobody slips in between."""

import http.client
import sys
import threading
from collections import Counter
from urllib.parse import urlencode

import limits.storage.redis
import pytest

from game.models import Exercise, Holding, Player
from game.people import limiter
from tests.builders import eventually, new_exercise
from tests.integration.world import World, free_port

SECRET = "c" * 32


class Doors:
    """A world with two web processes, and an exercise whose seats are taken."""

    def __init__(self, world: World) -> None:
        assert world.manage("collectstatic", "--noinput", "-v", "0").returncode == 0
        self.world, self.ports = world, [world.port, free_port()]
        for number, port in enumerate(self.ports):
            web = ["daphne", "--port", str(port), "-v", "0", "game.asgi:application"]
            world.start(f"web-{number}", [sys.executable, "-m", *web], TRUSTED_PROXIES="127.0.0.1")
        for port in self.ports:
            eventually(lambda port=port: self.post(port, "/join/", "192.0.2.1", code="") == 400, 40, "the web process answers")

    def post(self, port: int, path: str, address: str, **form: str) -> int:
        """The status of a form sent from an address, which our proxy tells; 0 while nobody answers."""
        return self._sent(http.client.HTTPConnection("127.0.0.1", port, timeout=60), path, address, form)

    def _sent(self, line: http.client.HTTPConnection, path: str, address: str, form: dict[str, str]) -> int:
        head = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={SECRET}", "X-Forwarded-For": address}
        try:
            line.request("POST", path, urlencode({"csrfmiddlewaretoken": SECRET, **form}), head)
            return line.getresponse().status
        except OSError:
            return 0
        finally:
            line.close()

    def salvo(self, path: str, address: str, forms: list[dict[str, str]]) -> list[int]:
        """The answers to forms that are sent at once, every other one to the other process. The lines are open by then: hundreds that knock
        in the same moment are more than the kernel lets wait at a door, and it resets some.
        """
        answers, gate = [0] * len(forms), threading.Barrier(len(forms))
        lines = [http.client.HTTPConnection("127.0.0.1", self.ports[number % 2], timeout=60) for number in range(len(forms))]
        for line in lines:
            line.connect()

        def send(number: int) -> None:
            gate.wait()
            answers[number] = self._sent(lines[number], path, address, forms[number])

        threads = [threading.Thread(target=send, args=(number,)) for number in range(len(forms))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers


@pytest.fixture(scope="module")
def doors(django_db_blocker):
    from tests.integration.conftest import live

    with live("sqlite", django_db_blocker) as world:
        yield Doors(world)


def exercise_of(people: int, teams: int = 1) -> Exercise:
    exercise = new_exercise()
    for number in range(1, teams):
        exercise.add_team(f"T{number}")
    seats = [seat for team in exercise.teams.all() for seat in team.seats.all()]
    for number in range(people):
        player, _ = Player.enter(exercise, f"P{number}")
        seats[number].take(player)
    return exercise


def test_a_salvo_of_three_hundred_words_takes_no_seat_and_ten_of_them_are_answered(doors):
    exercise = exercise_of(12, teams=4)
    tokens = set(Player.objects.filter(exercise=exercise).values_list("token_hash", flat=True))
    forms = [{"code": exercise.code, "word": f"maple river word{chr(97 + n % 26)}{chr(97 + n // 26)}"} for n in range(300)]
    answers = Counter(doors.salvo("/join/", "203.0.113.1", forms))
    assert answers == {409: 10, 429: 290}
    right = Player.objects.filter(exercise=exercise).first().word
    assert doors.post(doors.ports[1], "/join/", "203.0.113.1", code=exercise.code, word=right) == 429, "a right one waits as well"
    assert set(Player.objects.filter(exercise=exercise).values_list("token_hash", flat=True)) == tokens
    assert doors.post(doors.ports[0], "/join/", "203.0.113.2", code=exercise.code, word=right) == 302, "elsewhere it does not"


def test_right_words_in_a_salvo_of_wrong_ones_are_let_in_before_the_tenth_wrong_one_or_not_at_all(doors):
    exercise = exercise_of(12, teams=4)
    words = list(Player.objects.filter(exercise=exercise).values_list("word", flat=True))
    forms = [{"code": exercise.code, "word": words[n // 10] if n % 10 == 9 else "maple river stone"} for n in range(120)]
    answers = doors.salvo("/join/", "203.0.113.3", forms)
    assert Counter(answers)[409] == 10 and Counter(answers)[302] <= 12 and Counter(answers)[429] >= 98
    assert doors.post(doors.ports[0], "/join/", "203.0.113.3", code=exercise.code, word=words[0]) == 429


def test_sixty_people_behind_one_address_come_in_at_once(doors):
    exercise = exercise_of(0, teams=20)
    answers = doors.salvo("/join/", "203.0.113.4", [{"code": exercise.code, "name": f"P{number}"} for number in range(60)])
    assert Counter(answers) == {302: 60}
    assert Holding.objects.filter(seat__team__exercise=exercise).values("seat").distinct().count() == 60, "each at a seat of their own"


def test_of_sixty_who_join_at_once_as_many_come_in_as_their_facilitator_lets(doors):
    exercise = exercise_of(0, teams=10)
    Exercise.objects.filter(pk=exercise.pk).update(joins_a_minute=20)
    answers = doors.salvo("/join/", "203.0.113.5", [{"code": exercise.code, "name": f"P{number}"} for number in range(60)])
    assert Counter(answers) == {302: 20, 429: 40} and exercise.players.count() == 20


def test_a_salvo_of_codes_finds_nothing(doors):
    exercise = exercise_of(0)
    forms = [{"code": f"{chr(65 + n % 8)}Z-Z{n:03}"[:6], "name": "x"} for n in range(100)]
    assert Counter(doors.salvo("/join/", "203.0.113.6", forms)) == {404: 30, 429: 70}
    assert doors.post(doors.ports[0], "/join/", "203.0.113.6", code=exercise.code, name="Eli") == 429
    assert not exercise.players.exists()


def test_a_clock_that_is_set_back_an_hour_keeps_nobody_waiting_for_one(doors, monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr(limits.storage.redis.time, "time", lambda: now[0])
    kind, who = limiter.WRONG_WORDS, "somebody"
    assert [limiter.take(kind, who) for _ in range(11)] == [True] * 10 + [False]
    now[0] -= 3600
    assert not limiter.free(kind, who) and not limiter.take(kind, who), "the window goes on where it was"
    now[0] += 59
    assert not limiter.free(kind, who)
    now[0] += 2
    assert limiter.free(kind, who) and limiter.take(kind, who), "and lasts no longer than one does"
    now[0] += 3600
    assert [limiter.take(kind, who) for _ in range(11)] == [True] * 10 + [False]


def test_while_the_broker_is_away_each_process_counts_for_itself(doors):
    exercise = exercise_of(1)
    word = Player.objects.get(exercise=exercise).word
    doors.world.kill("broker")
    wrong = [doors.post(doors.ports[0], "/join/", "203.0.113.8", code=exercise.code, word="maple river stone") for _ in range(12)]
    assert wrong == [409] * 10 + [429] * 2
    assert doors.post(doors.ports[0], "/join/", "203.0.113.9", code=exercise.code, word=word) == 302, "nobody is turned away for it"
    doors.world.start_broker()
    assert doors.post(doors.ports[0], "/join/", "203.0.113.8", code=exercise.code, word=word) == 302
