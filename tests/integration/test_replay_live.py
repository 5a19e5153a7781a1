"""What a page is shown of a run that has ended is what its desks were sent, by real workers: card by card, byte for byte."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

import redis

import engine
from game.debrief import shared_replay
from game.live.broker import cards_key, channel, client
from game.live.loudspeaker import Cards, read_hash, unpack
from game.live.words import reader_of
from game.models import Run
from tests import days
from tests.builders import eventually, finished_run, new_exercise, taken_seat
from tests.integration.test_crash import end, give
from tests.integration.world import World


class Screens:
    """Three screens that keep every picture they were sent: step -> desk -> card -> JSON text."""

    def __init__(self, url: str, run_id: int) -> None:
        self.pictures: dict[str, dict[int, dict[str, str]]] = {desk: {} for desk in engine.DESKS}
        self._desks = {channel(run_id, desk): desk for desk in engine.DESKS}
        self._pubsub = redis.Redis.from_url(url, decode_responses=True).pubsub(ignore_subscribe_messages=True)
        self._pubsub.subscribe(*self._desks)
        self._done = threading.Event()
        self._ear = threading.Thread(target=self._listen, args=(run_id,), daemon=True)
        self._ear.start()

    def _listen(self, run_id: int) -> None:
        shown = {desk: {name: content for name, (_, content) in self._now(run_id, desk).items()} for desk in engine.DESKS}
        while not self._done.is_set():
            message = self._pubsub.get_message(timeout=0.1)
            if message:
                desk, told = self._desks[message["channel"]], unpack(message["data"])
                shown[desk] |= {name: content for name, (_, content) in told.cards.items()}
                self.pictures[desk][told.step] = dict(shown[desk])

    @staticmethod
    def _now(run_id: int, desk: str) -> Cards:
        """What newcomers are shown."""
        return read_hash(client().hgetall(cards_key(run_id, desk))).cards

    def close(self) -> None:
        self._done.set()
        self._ear.join()


def fetched(world: World, run: Run, desk: str, first: int, rate: int = 0) -> str:
    """A stretch as the page gets it, with the seconds that took."""
    address = f"http://127.0.0.1:{world.port}/replay/{run.team.exercise.code}/{run.team_id}/{desk}/frames.json?from={first}&rate={rate}"
    for _ in range(20):
        with urllib.request.urlopen(address, timeout=30) as answer:
            if answer.status == 200:
                return answer.read().decode()
    raise AssertionError(f"no stretch of {desk} at {first}")


def differences(found: str, step: int, cards: dict[str, str], read: Callable[[str], str]) -> list[str]:
    """Which cards of a stretch of one frame are not, letter by letter, what the desk was sent; `read`: a card in words, as it is sent."""
    ((at, shown),) = json.loads(found)["frames"]
    assert at == step and set(shown) == set(cards)
    return [name for name, content in cards.items() if f'"{name}":{read(content)}' not in found]


def test_every_desk_is_shown_as_it_was_byte_for_byte(world):
    world.start_all("games-1", "control", "web")
    exercise = new_exercise(start_step=days.step_at("09:29"), speeds={"premarket": 20, "bell": 20}, autopilot="novice")
    taken_seat(exercise)
    exercise.start()
    run = Run.objects.select_related("team__exercise").get(team__exercise=exercise)
    screens = Screens(world.broker_url, run.pk)
    eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=days.step_at("09:31")).exists(), 90, "the market is open")
    give(run, "server.stop", server=8)
    eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=days.step_at("09:36")).exists(), 60, "some minutes were played")
    run = Run.objects.select_related("team__exercise").get(pk=end(run).pk)
    screens.close()
    for desk, pictures in screens.pictures.items():
        steps = sorted(step for step in pictures if step >= exercise.start_step)
        assert len(steps) > 20, desk
        for step in [*steps[::-4], *steps[-3:]]:  # backwards: no frame is the next one
            assert differences(fetched(world, run, desk, step), step, pictures[step], reader_of(run).card) == [], f"{desk} at {days.clock(step)}"
    late = [pictures for step, pictures in screens.pictures["risk"].items() if step > days.step_at("09:33")]
    assert any('"late_s":0' not in cards["pnl"] for cards in late), "the position monitor was late, and is shown so"


def test_a_killed_worker_of_replays_is_followed_by_another(world):
    world.start_all("games-1", "control", "web")
    exercise = new_exercise(start_step=days.step_at("09:29"), speeds={"bell": 60})
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=days.step_at("09:40")).exists(), 90, "some minutes were played")
    run = Run.objects.select_related("team__exercise").get(pk=end(run).pk)
    before = fetched(world, run, "operator", days.step_at("09:33"))
    world.kill("control")
    world.start_all("control")
    assert fetched(world, run, "operator", days.step_at("09:33")) == before, "what was made is kept for a while"
    redis.Redis.from_url(world.broker_url).flushdb()
    assert fetched(world, run, "operator", days.step_at("09:33")) == before, "and made again"


def status(world: World, address: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{world.port}{address}", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_the_room_sees_the_team_that_its_facilitator_shows_as_long_as_that_lasts_and_no_other(world):
    world.start_all("control", "web")
    played = engine.rehearse(engine.load_scenario("knight-2012"), 79, dict.fromkeys(engine.DESKS, "history"), until=days.step_at("08:20"))
    exercise = new_exercise()
    exercise.add_team("Amber")
    shown, other = (finished_run(played, exercise, team) for team in ("Cobalt", "Amber"))
    stretches = [f"/replay/{exercise.code}/{run.team_id}/operator/frames.json?from=2000" for run in (shown, other)]
    assert [status(world, one) for one in stretches] == [404, 404], "a team's result is its own"
    shared_replay.lead(shown.team.exercise, str(shown.team_id), "operator", str(days.step_at("08:10")), "10", playing=True)
    assert [status(world, one) in (200, 202) for one in stretches] == [True, False]
    with urllib.request.urlopen(f"http://127.0.0.1:{world.port}/replay/{exercise.code}/led.json", timeout=30) as answer:
        lead = json.load(answer)["lead"]
    assert (lead["team"], lead["desk"], lead["step"], lead["rate"], lead["playing"]) == (shown.team_id, "operator", days.step_at("08:10"), 10, True)
    assert json.loads(fetched(world, shown, "operator", lead["step"]))["frames"][0][0] == lead["step"]
    shared_replay.stop(shown.team.exercise)
    assert [status(world, one) for one in stretches] == [404, 404]
