"""The arena: real programs on real sockets play a desk, and their mornings are measured beside those of autopilots and recorded runs."""

import csv
import importlib.util
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from websockets.sync.server import ServerConnection, serve

import engine
from game.management.commands.arena import interval

SPAN = ["--from", "09:29", "--until", "09:36", "--seeds", "1"]
SHORT = ["--from", "09:29", "--until", "09:30", "--seeds", "1"]


def example() -> Any:
    spec = importlib.util.spec_from_file_location("example_operator", settings.BASE_DIR / "static/examples/operator_bot.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def listening(program: Callable[[ServerConnection], None]) -> Iterator[str]:
    """The address of a program."""
    with serve(program, "localhost", 0, max_size=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://localhost:{server.socket.getsockname()[1]}/"
        server.shutdown()
    thread.join()


def arena(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("arena", "knight-2012", *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_example_looks_at_servers_and_is_measured_beside_an_autopilot_and_a_recorded_run(tmp_path):
    kept: list[dict[str, Any]] = []
    module = example()

    class Heard:
        """A line that keeps what goes over it."""

        def __init__(self, line: ServerConnection) -> None:
            self.line = line

        def __iter__(self) -> Iterator[str]:
            for text in self.line:
                kept.append(json.loads(text))
                yield str(text)

        def send(self, text: str) -> None:
            kept.append(json.loads(text))
            self.line.send(text)

    call_command(
        "rehearse", "knight-2012", "--seed", "1", "--from", "09:29", "--until", "09:36", "--bundle", str(tmp_path / "run.zip"), stdout=io.StringIO()
    )
    with listening(lambda line: module.answer_looks(Heard(line))) as address:
        lines = ["--seats", f"operator={address}", "--seats", "operator=autopilot:competent"]
        found = arena(*SPAN, *lines, "--recorded", str(tmp_path / "run.zip"), "--csv", str(tmp_path / "runs.csv"))
    given = [message["action"] for message in kept if message["t"] == "move" and message["action"]]
    assert len({move["args"]["server"] for move in given if move["kind"] == "server.look"}) > 1, "one server after the other"
    looks = [message for message in kept if message["t"] == "look"]
    assert kept[0]["t"] == "hello" and kept[-1]["t"] == "end" and "== what you can do now" in looks[0]["text"] and 0 in looks[0]["moves"]
    assert not {"seed", "reward"} & {key for message in kept for key in message}
    recorded, agent, pilot = found["runs"]
    assert agent["illegal"] == 0 and 0 < agent["detect"] < 6 and agent["loss_usd"] > 1e6 and 0 < agent["service"] <= 1
    assert agent["loss_usd"] != pilot["loss_usd"] and recorded["seed"] == 1 and recorded["loss_usd"] > 0
    with (tmp_path / "runs.csv").open() as file:
        assert [float(row["loss_usd"]) for row in csv.DictReader(file)] == [row["loss_usd"] for row in found["runs"]]


def test_the_example_finds_the_server_that_sends_too_much_and_stops_that_one_alone():
    """On a morning whose server is not the one of 2012."""
    env, bot = engine.Environment(engine.load_scenario("knight-2012"), start="09:29", end="09:48"), example().Operator()
    observations, _ = env.reset(seed=2)
    given = []
    while env.agents:
        bot.take(observations["operator"]["sight"])
        move = next(bot.moves(), None)
        given += [move] if move else []
        observations, _, _, _, infos = env.step({"operator": dict(zip(("kind", "args", "why"), move, strict=True))} if move else {})
        assert not infos["operator"]["refused"]
    stale, stopped = env.run().sim.stale, [args["server"] for kind, args, _ in given if kind == "server.stop"]
    assert stopped == [stale] and stale != 8
    assert {args["server"] for kind, args, _ in given if kind == "server.look"} == set(range(1, 9)), "it has looked at every one first"
    assert env.run().sim.fleet[stale].state != "running"
    assert [args["text"] for kind, args, _ in given if kind == "bridge.say"], "and it has said what it saw"


def test_illegal_moves_are_counted_and_the_run_goes_on():
    def wild(line: ServerConnection) -> None:
        for number, text in enumerate(line):
            if json.loads(text)["t"] == "look":
                line.send(["no JSON", '{"t": "move", "action": -1}', '{"t": "move", "action": 0}'][min(number - 1, 2)])

    with listening(wild) as address:
        found = arena(*SHORT, "--seats", f"operator={address}")
    assert found["runs"][0]["illegal"] == 2


@pytest.mark.parametrize(("player", "told"), [
    ("ws://localhost:1/", "no program listens there"), ("http://localhost/", "expected an address"), ("autopilot:nobody", "autopilot:NAME"),
    ("competent", "autopilot:NAME"),
])  # fmt: skip
def test_a_player_that_cannot_be_had_is_one_line(player, told):
    with pytest.raises(CommandError, match=told) as raised:
        arena(*SHORT, "--seats", f"operator={player}")
    assert raised.value.returncode == 2 and "\n" not in str(raised.value)


@pytest.mark.parametrize(("silent", "told"), [(False, "has hung up"), (True, "no move within 0.2 seconds")])
def test_a_program_that_dies_or_says_nothing_is_one_line_with_its_desk_and_time(silent, told):
    def dead(line: ServerConnection) -> None:
        line.recv()
        line.recv()
        if silent:
            list(line)

    with listening(dead) as address, pytest.raises(CommandError, match=told) as raised:
        arena(*SHORT, "--seats", f"operator={address}", "--deadline", "0.2")
    assert raised.value.returncode == 1 and f"operator={address} at 09:29" in str(raised.value)


def test_what_was_played_before_a_program_died_is_told(tmp_path):
    runs = iter((True, False))

    def dies_in_the_second(line: ServerConnection) -> None:
        lives = next(runs)
        for text in line:
            if json.loads(text)["t"] == "look" and lives:
                line.send('{"t": "move", "action": 0}')
            elif json.loads(text)["t"] == "look":
                return

    with listening(dies_in_the_second) as address, pytest.raises(CommandError, match="has hung up"):
        arena(*SHORT[:-1], "1-2", "--seats", f"operator={address}", "--csv", str(tmp_path / "runs.csv"))
    with (tmp_path / "runs.csv").open() as file:
        assert [row["seed"] for row in csv.DictReader(file)] == ["1"]


def test_an_interval_holds_its_mean_and_leaves_out_what_never_came():
    found = interval([1.0, 2.0, 3.0, 4.0, None])
    assert found["n"] == 4 and found["mean"] == 2.5 and 1.0 <= found["low"] < 2.5 < found["high"] <= 4.0
    assert interval([None])["mean"] is None and interval([2.0, 2.0])["low"] == 2.0
