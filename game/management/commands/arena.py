"""`manage.py arena SCENARIO`: programs, autopilots and recorded runs, measured over the same mornings."""

import csv
import json
import random
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from websockets.exceptions import InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.uri import parse_uri

import engine
from game.management.commands.rehearse import DEFAULT, seeds_of

PROTOCOL = "opening-bell.arena.v1"
TIMES = (("detect", "detect"), ("localise", "localise"), ("right_cause", "cause"), ("mitigate", "mitigate"))
FIGURES = (
    ("prevented", "prevented", 1.0), ("loss_usd", "loss $M", 1e6), ("service", "service", 1.0), ("hurt", "hurt", 1.0), ("refused", "refused", 1.0),
    ("illegal", "illegal", 1.0),
)  # fmt: skip
RESAMPLES = 2000
SEATS = "a line-up: DESK=ws://HOST/... or DESK=autopilot:NAME, with commas between; other desks are competent. Again for each line-up"
Row = dict[str, Any]


class Command(BaseCommand):
    """A row a line-up: means over its runs, each with its 95 % confidence interval by bootstrap."""

    help = "Score programs, autopilots and recorded runs over seeds: times to detect, localise, find the cause and mitigate; dollars; service."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenario", help="a scenario's id, such as knight-2012")
        parser.add_argument("--seats", action="append", default=[], metavar="DESK=PLAYER,...", help=SEATS)
        parser.add_argument("--recorded", type=Path, action="append", default=[], metavar="FILE", help="an evidence bundle; again for more")
        parser.add_argument("--seeds", default="5", metavar="N or A-B", help="play seeds 1 to N, or A to B (default: 5)")
        parser.add_argument("--from", dest="since", default="08:00", metavar="HH:MM", help="they play from here on, history before (default: 08:00)")
        parser.add_argument("--until", metavar="HH:MM", help="where to stop (default: two hours after the bell); the rest is reckoned by formula")
        parser.add_argument("--deadline", type=float, default=120.0, metavar="SECONDS", help="how long a program may take for a move (default: 120)")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row a run to FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scenario = engine.load_scenario(options["scenario"])
        except engine.ScenarioError as error:
            raise CommandError(str(error), returncode=2) from None
        seeds = seeds_of({"seeds": options["seeds"], "seed": None, "noise": None})
        line_ups = [(text, _line_up(text)) for text in options["seats"] or ([] if options["recorded"] else [f"operator=autopilot:{DEFAULT}"])]
        since, until = _span(scenario.calendar, options["since"], options["until"])
        if options["deadline"] <= 0:
            raise CommandError(f"--deadline: {options['deadline']:g}: expected more than 0 seconds", returncode=2)
        logs = [_recorded(path, scenario) for path in options["recorded"]]
        if options["csv"] is not None:
            try:
                options["csv"].touch()
            except OSError as error:
                raise CommandError(f"--csv {options['csv']}: cannot be written: {error.strerror}", returncode=2) from None
        engine.warm(None, scenario.id)
        rows: list[Row] = []
        gone: CommandError | None = None
        for log in logs:
            rows.append({"player": "recorded", "seed": log.seed, **engine.measured(log), "refused": len(log.refused), "illegal": 0})
            self._count(len(rows), len(line_ups) * len(seeds) + len(logs))
        try:
            for name, seats in line_ups:
                for seed in seeds:
                    rows.append({"player": name, "seed": seed, **_game(scenario, seed, seats, since, until, options["deadline"])})
                    self._count(len(rows), len(line_ups) * len(seeds) + len(logs))
        except CommandError as problem:  # a program is gone: what was played until then has cost hours, it may be
            gone = problem
            if not rows:
                raise
        if options["csv"] is not None:
            with options["csv"].open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        found = [_summary(name, [row for row in rows if row["player"] == name]) for name in dict.fromkeys(row["player"] for row in rows)]
        if options["json"]:
            self.stdout.write(json.dumps({"scenario": scenario.id, "from": options["since"], "players": found, "runs": rows}))
        else:
            self._table(scenario, found)
        if gone:
            raise gone

    def _count(self, done: int, whole: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} of {whole} runs", ending="\n" if done == whole else "")

    def _table(self, scenario: engine.Scenario, found: Iterable[Mapping[str, Any]]) -> None:
        say = self.stdout.write
        say(f"{scenario.id}: means with 95 % confidence intervals; times in minutes from the bell, with how many runs came to that\n")
        for one in found:
            say(f"{one['player']}, {one['runs']} runs")
            for key, label in TIMES:
                say(f"  {label:<10}{_told(one[key], 1.0):<32}{one[key]['n']} of {one['runs']}")
            for key, label, unit in FIGURES:
                say(f"  {label:<10}{_told(one[key], unit)}")


def _told(figure: Mapping[str, Any], unit: float) -> str:
    if figure["mean"] is None:
        return "never"
    return f"{figure['mean'] / unit:.2f} ({figure['low'] / unit:.2f} to {figure['high'] / unit:.2f})"


def _summary(name: str, rows: Sequence[Row]) -> Row:
    return {"player": name, "runs": len(rows), **{key: interval([row[key] for row in rows]) for key in list(rows[0])[2:]}}


def interval(values: Iterable[float | None]) -> Row:
    """{mean, low, high, n} of the values that there are: 95 % by percentiles of RESAMPLES means, the same for the same values."""
    there = [value for value in values if value is not None]
    if not there:
        return {"mean": None, "low": None, "high": None, "n": 0}
    drawn = random.Random(len(there))
    means = [float(np.mean(drawn.choices(there, k=len(there)))) for _ in range(RESAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return {"mean": float(np.mean(there)), "low": float(low), "high": float(high), "n": len(there)}


def _game(scenario: engine.Scenario, seed: int, seats: Mapping[str, str], since: int, until: int, deadline: float) -> Row:
    """Play one morning and measure it. Raises CommandError."""
    pilots = {desk: player for desk, player in seats.items() if not _is_address(player)}
    if len(pilots) == len(seats):
        run = engine.rehearse(scenario, seed, pilots, since=since, until=until, live=True)
        return {**engine.measured(engine.rehearsed_bundle(run, since).log), "refused": len(run.refused), "illegal": 0}
    calendar, illegal = scenario.calendar, 0
    env = engine.Environment(scenario, seats=pilots, start=calendar.hm(since), end=calendar.hm(until))
    observations, infos = env.reset(seed=seed)
    with ExitStack() as lines:
        agents = {desk: Agent(lines, desk, seats[desk], scenario.id, deadline) for desk in env.agents}
        while env.agents:
            for desk, agent in agents.items():
                agent.show(env.text(desk), observations[desk], infos[desk]["refused"])
            actions = {desk: agent.move() for desk, agent in agents.items()}
            while True:
                try:
                    observations, _, _, _, infos = env.step(actions)
                    break
                except engine.BadAction as problem:
                    illegal += 1
                    actions[problem.desk] = None
        for agent in agents.values():
            agent.end()
    run = env.run()
    return {**engine.measured(engine.rehearsed_bundle(run, since).log), "refused": len(run.refused), "illegal": illegal}


class Agent:
    """A program that plays a desk. It is never told the seed, nor what a move was worth: a desk sees neither."""

    def __init__(self, lines: ExitStack, desk: str, address: str, scenario: str, deadline: float) -> None:
        self.desk, self.address, self.deadline, self.clock = desk, address, deadline, ""
        try:
            self.line: ClientConnection = lines.enter_context(connect(address, max_size=2**20, open_timeout=deadline))
        except (OSError, WebSocketException) as problem:
            raise CommandError(f"--seats: {desk}={address}: no program listens there ({problem})", returncode=2) from None
        self._send({"t": "hello", "protocol": PROTOCOL, "scenario": scenario, "desk": desk})

    def show(self, text: str, observation: engine.Observation, refused: str) -> None:
        """Send a look: its text, the cards, the numbers of the moves that there are now."""
        self.clock = observation["sight"]["clock"]["clock"]
        moves = np.flatnonzero(observation["action_mask"]).tolist()
        self._send({"t": "look", "text": text, "sight": observation["sight"], "moves": moves, "refused": refused})

    def move(self) -> Any:
        """The answer to a look, as Environment.step takes it; what cannot be read counts as illegal there."""
        try:
            text = self.line.recv(timeout=self.deadline)
        except TimeoutError:
            raise CommandError(f"{self._who()}: no move within {self.deadline:g} seconds (--deadline)", returncode=1) from None
        except WebSocketException:
            raise CommandError(f"{self._who()}: the program has hung up", returncode=1) from None
        try:
            answer = json.loads(text)
            return answer["action"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return {"kind": 'expected {"t": "move", "action": ...}'}

    def end(self) -> None:
        """Say that the run is over."""
        self._send({"t": "end"})

    def _send(self, message: Mapping[str, Any]) -> None:
        try:
            self.line.send(json.dumps(message))
        except WebSocketException:
            raise CommandError(f"{self._who()}: the program has hung up", returncode=1) from None

    def _who(self) -> str:
        return f"{self.desk}={self.address}{self.clock and f' at {self.clock}'}"


def _is_address(player: str) -> bool:
    return "://" in player


def _line_up(text: str) -> dict[str, str]:
    """Desk -> address or autopilot. Raises CommandError."""
    seats: dict[str, str] = {}
    for pair in text.split(","):
        desk, sign, player = pair.strip().partition("=")
        name = player.removeprefix("autopilot:")
        if not sign or desk not in engine.DESKS or desk in seats or not (_is_address(player) or (name != player and name in engine.AUTOPILOTS)):
            pilots = ", ".join(engine.AUTOPILOTS)
            expected = f"expected each of {', '.join(engine.DESKS)} once at most, as DESK=ws://HOST/... or DESK=autopilot:NAME, of {pilots}"
            raise CommandError(f"--seats: {pair!r}: {expected}", returncode=2)
        if _is_address(player):
            try:
                parse_uri(player)
            except (InvalidURI, ValueError):
                raise CommandError(f"--seats: {pair!r}: expected an address such as ws://localhost:9000/", returncode=2) from None
        seats[desk] = name
    return {desk: seats.get(desk, DEFAULT) for desk in engine.DESKS}


def _span(calendar: engine.Calendar, first: str, last: str | None) -> tuple[int, int]:
    try:
        since, until = calendar.step_at(first), calendar.horizon if last is None else calendar.step_at(last)
    except ValueError as error:
        raise CommandError(f"--from, --until: {error}", returncode=2) from None
    if since >= until:
        raise CommandError(f"--until is {calendar.hm(until)}: expected a time after --from, which is {first}", returncode=2)
    return since, until


def _recorded(path: Path, scenario: engine.Scenario) -> engine.Log:
    try:
        log = engine.unpack(path.read_bytes()).log
    except OSError as problem:
        raise CommandError(f"--recorded {path}: {problem.strerror or problem}", returncode=2) from None
    except engine.BundleError as problem:
        raise CommandError(f"--recorded {path.name}: {problem}", returncode=2) from None
    if log.scenario.id != scenario.id:
        raise CommandError(f"--recorded {path.name}: it is of {log.scenario.id}: expected a run of {scenario.id}", returncode=2)
    return log
