"""What is wrong on a morning: drawn whole from scenario and seed, each part by a key of its own, whatever anybody does.

The mechanisms are a closed set, and here is what each does. `stale-release`: a copy missed a server. `stale-process`: the file arrived there
and the process was not restarted. `mirror`: a forgotten host outside of the fleet mails rejects, and nothing else is wrong.
`defective-release`: the release that went live does not count fills for a few flagged orders. `market-wide`: another firm runs away.
`stale-config`: one server kept the config of a load test, sends some orders in children ten times too large and counts fills in thousands.
`broker-replay`: from a time of the day on one broker's gateway sends its last orders again and again. `stuck-sessions`: from a time on an
exchange acknowledges nothing until somebody logs on to it again. `stale-reference`: from some servers two stocks are quoted at half their
price. What begins at a time of the day is begun by `engine/firm/onsets.py`. `overloaded-flag`: two brokers have meant something else by the
flag for years, and leave for the day at a time (`engine/firm/post_only.py`). A fault may have a `beside`: a config that was left on a second
server.

Strength is how many flagged orders meet the fault, never which stocks they trade: the k-th that does trades what the k-th of the record did.
Place, strength and what is benign are drawn the same for every fault, so that two mornings of one seed which differ in their fault alone
look alike for as long as they should.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from engine.arguments import SaidText, Sentence, phrase
from engine.market.chance import FAULTS, FLEET, below, draw, draws
from engine.market.state import SYMBOL, RecordArray, records
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.fault_texts import BEGINS, MOST_QUOTED, FaultText
from engine.scenario.scenario import Scenario
from engine.scenario.wordings import fault_text

WHOLE = 4096  # all flagged orders, in the share of them that meets a fault
# What a draw of the stream decides.
_FAULT, _STRENGTH, _BEFORE, _MIRROR, _ITS_PLACE, _STOCKS, _LEANS, _AGREED, _AGREED_PLACE, _BROKERS, _EXCHANGE, _QUOTED, _MISREAD, _BESIDE = range(14)
_FINE = 1 << 20
_LEAN_256 = 40  # of 256 orders of others in a stock of market-wide, so many more are on one side


class DrawnOnset(NamedTuple):
    """What of a fault begins in the course of the day: when, where as it is written down, how strong, and the step at which it ends by itself."""

    step: int
    place: str
    strength: float
    until: int | None


@dataclass(frozen=True)
class Fault:
    """What was drawn. `place`: the server the draw fell on, and `brokers` those it fell on, whether or not the fault sits on one; `strength` as
    in `FaultText`."""

    text: FaultText
    seed: int
    place: int
    strength: float
    clean_before: bool
    mirrors: tuple[int, ...]  # whose turn of the round robin a forgotten host gets as well
    mirrored: int  # and of WHOLE of those orders, how many
    agreed: dict[str, tuple[int, str]]  # "config", "data" or "release" -> a server that has another on purpose
    brokers: tuple[int, ...] = ()  # two of them, where the scenario names any: with the second the first has about a third of the flow
    onset: DrawnOnset | None = None
    beside: int = 0  # the server with a second fault, 0 for none
    exchange: int = 0  # the one that the draw falls on, 0 where the scenario names none
    quoted: tuple[str, ...] = ()  # two of the most traded stocks, and
    misread: tuple[int, ...] = ()  # servers that would offer them at half their price

    @property
    def mechanism(self) -> str:
        """How it works."""
        return self.text.mechanism

    @property
    def servers(self) -> tuple[int, ...]:
        """The servers on which something is otherwise than on the rest."""
        one = (self.place,) if self.mechanism in ("stale-release", "stale-process", "stale-config") else ()
        first = self.misread if self.mechanism == "stale-reference" else one
        return (*first, self.beside) if self.beside else first

    @property
    def causes(self) -> dict[int, str]:
        """The cause that holds for each of them."""
        return {n: self.text.beside.cause if self.text.beside and n == self.beside else self.text.cause for n in self.servers}

    @property
    def old_config(self) -> tuple[int, str]:
        """The server with a config that was left, and that config; (0, "") where there is none."""
        if self.text.beside:
            return self.beside, self.text.beside.version
        return (self.place, self.text.version or "") if self.mechanism == "stale-config" else (0, "")

    @property
    def at_brokers(self) -> tuple[int, ...]:
        """The brokers who mean something else by the flag."""
        return self.brokers if self.mechanism == "overloaded-flag" else ()

    @cached_property
    def share(self) -> int:
        """Of WHOLE flagged orders, how many wake what a release should not do."""
        return WHOLE if self.mechanism in ("market-wide", "overloaded-flag", *BEGINS) else max(1, round(self.strength * WHOLE))

    @property
    def times(self) -> float:
        """How many times as much is traded in the stocks of another firm's runaway, by clients as well."""
        return self.strength if self.mechanism == "market-wide" else 1.0

    def stocks(self, count: int) -> "np.typing.NDArray[np.bool_]":
        """Of `count` stocks, those in which another firm runs away."""
        found = np.zeros(count, dtype=np.bool_)
        words = draws(self.seed, FAULTS, _STOCKS, count)
        found[np.lexsort((np.arange(count), words))[: self.text.stocks or 0]] = True
        return found

    def trade_more(self, symbols: RecordArray) -> RecordArray:
        """What others trade in each stock: `symbols` itself, or a copy in which another firm runs away until the exchange ends it."""
        if self.times == 1.0:
            return symbols
        found, mine = records(symbols.shape, SYMBOL), self.stocks(len(symbols))
        found[:] = symbols
        found["taker_bell"][mine] = found["taker_bell"][mine] * round(self.times * 256) >> 8
        sides = draws(self.seed, FAULTS, _LEANS, len(symbols)) >> np.uint64(63)
        found["lean_256"][mine] = np.where(sides == 1, _LEAN_256, -_LEAN_256)[mine]
        return found


    def lay_out(self, n: int, config: "_Held", data: "_Held") -> None:
        """Put on a server's disk what it has otherwise than the others, by mistake or on purpose."""
        for what, held in (("config", config), ("data", data)):
            at, version = self.agreed.get(what, (0, ""))
            if at == n:
                held.disk = held.agreed = version
        at, version = self.old_config
        if n == at:
            config.disk = version


class _Held(Protocol):
    """What a server has of its config or of its reference data."""

    disk: str
    agreed: str


def _agreed(scenario: Scenario, seed: int, place: int) -> dict[str, tuple[int, str]]:
    """What differs on purpose today, and on which server: never on the one where a fault would sit."""
    found, servers = {}, scenario.fleet.servers
    tickets_for = {
        "config": [version.name for version in scenario.config.version if version.ticket],
        "data": [version.name for version in scenario.data.version if version.ticket],
        "release": [scenario.fleet.hotfix.name] if scenario.fleet.hotfix else [],
    }
    for key, (what, tickets) in enumerate(tickets_for.items()):
        if tickets and below(seed, FAULTS, _AGREED, key, _FINE) < scenario.faults.benign.agreed * _FINE:
            at = (place + below(seed, FAULTS, _AGREED_PLACE, key, max(servers - 1, 1))) % servers + 1
            found[what] = (at, tickets[0])
    return found


def stale_server(scenario: Scenario, seed: int) -> int:
    """The server that the draw falls on: of the record, the one that the first manual copy missed."""
    named = scenario.fleet.stale_seeds.get(str(seed))
    return named if named and not scenario.faults.deck else below(seed, FLEET, 0, 0, scenario.fleet.servers) + 1


def draw_fault(scenario: Scenario, seed: int) -> Fault:
    """What is wrong on the morning of a seed."""
    faults, servers = scenario.faults, scenario.fleet.servers
    left = below(seed, FAULTS, _FAULT, 0, sum(text.weight for text in faults.fault))
    for text in faults.fault:
        left -= text.weight
        if left < 0:
            break
    place = stale_server(scenario, seed)
    mirrors = {place} if text.mechanism == "mirror" else set()
    if below(seed, FAULTS, _MIRROR, 0, _FINE) < faults.benign.mirror * _FINE:
        mirrors.add((place + below(seed, FAULTS, _ITS_PLACE, 0, max(servers - 1, 1))) % servers + 1)
    clean = below(seed, FAULTS, _BEFORE, 0, _FINE) < text.clean_before * _FINE
    strength = _strength(text.strength, seed)
    mirrored = strength if text.mechanism == "mirror" else _strength(faults.benign.strength, seed)
    brokers = _brokers(scenario, seed)
    agreed = _agreed(scenario, seed, place)
    exchange = below(seed, FAULTS, _EXCHANGE, 0, len(scenario.exchanges)) + 1 if scenario.exchanges else 0
    stocks = text.stocks or 2 if text.mechanism == "stale-reference" else 2
    quoted = _quoted(scenario, seed)[:stocks]
    misread = misread_hosts(seed, [n for n in range(1, servers + 1) if n != agreed.get("data", (0,))[0]], len(quoted))
    places = {"stuck-sessions": f"exchange {exchange}", "stale-reference": " ".join(["stocks", *sorted(quoted, key=scenario.names.index)])}
    onset = _onset(scenario, text, places.get(text.mechanism, f"broker {next(iter(brokers), 0)}"), strength) if text.onset else None
    beside = _beside(seed, place, agreed.get("config", (0,))[0], servers) if text.beside else 0
    return Fault(
        text, seed, place, strength, clean, tuple(sorted(mirrors)), round(mirrored * WHOLE), agreed, brokers, onset, beside, exchange, quoted, misread
    )


def _quoted(scenario: Scenario, seed: int) -> tuple[str, ...]:
    """The most traded stocks, those that the draw falls on first."""
    most = sorted(range(len(scenario.symbols)), key=lambda s: -scenario.symbols[s].adv_shares)[:MOST_QUOTED]
    return tuple(scenario.names[s] for s in sorted(most, key=lambda s: (draw(seed, FAULTS, _QUOTED, s), s)))


def misread_hosts(seed: int, able: list[int], stocks: int) -> tuple[int, ...]:
    """Servers, of those that are able, that are given the wrong reference data: three where two stocks are quoted by it, one where it is one,
    nine or all where it is five."""
    chosen = sorted(able, key=lambda n: (draw(seed, FAULTS, _MISREAD, n), n))[: max(2 * stocks - 1, 0)]
    return tuple(sorted(chosen))


def _beside(seed: int, place: int, agreed: int, servers: int) -> int:
    """The server of a second fault: neither that of the first nor one that has another config on purpose."""
    able = [n for n in range(1, servers + 1) if n not in (place, agreed)]
    return able[below(seed, FAULTS, _BESIDE, 0, len(able))] if able else 0


def _brokers(scenario: Scenario, seed: int) -> tuple[int, ...]:
    """The broker that the draw falls on, and the one with which it has as nearly as can be a third of the flow."""
    shares = [broker.share for broker in scenario.flow.broker]
    if len(shares) < 2:
        return tuple(range(1, len(shares) + 1))
    first = below(seed, FAULTS, _BROKERS, 0, len(shares))
    second = min((n for n in range(len(shares)) if n != first), key=lambda n: (round(abs(shares[first] + shares[n] - 1 / 3), 6), n))
    return first + 1, second + 1


def _onset(scenario: Scenario, text: FaultText, place: str, strength: float) -> DrawnOnset:
    """What of a fault begins in the course of the day, at this place."""
    step = scenario.calendar.step_at(str(text.onset))
    return DrawnOnset(step, place, strength, None if text.lasts_min is None else step + text.lasts_min * STEPS_PER_MINUTE)


def _strength(ends: tuple[float, float], seed: int) -> float:
    """A figure of the range, evenly on a logarithmic scale."""
    with localcontext() as context:
        context.prec = 30
        least, most = (Decimal(str(end)) for end in ends)
        part = Decimal(below(seed, FAULTS, _STRENGTH, 0, _FINE)) / _FINE
        return float(round(least * ((most / least).ln() * part).exp(), 6))


def fault_told(scenario: Scenario, seed: int) -> dict[str, Any]:
    """What was wrong, where and how strong, for the debrief: {id, story, epilogue}."""
    fault = draw_fault(scenario, seed)
    return {"id": fault.text.id, "story": fault_said(scenario, fault, "story"), "epilogue": fault_said(scenario, fault, "epilogue")}


def fault_said(scenario: Scenario, fault: Fault, part: Literal["story", "epilogue", "brief"]) -> SaidText:
    """A text that is told of a fault, with where it is and how strong."""
    text = fault_text(fault.text.id, part)
    values = _fault_values(scenario, fault)
    return {"text": text, "values": {name: values[name] for name in scenario.wording(text).names}}


def _fault_values(scenario: Scenario, fault: Fault) -> dict[str, Any]:
    name = scenario.fleet.name
    words: dict[str, Any] = {"server": name.format(n=fault.place), "one_in": f"{1 / fault.strength:.0f}", "times": f"{fault.strength:.1f}"}
    words["other"], words["servers"] = name.format(n=fault.beside), ", ".join(name.format(n=n) for n in fault.servers)
    words["where"] = _told_where(scenario, fault.onset.place) if fault.onset else ""
    words |= {"brokers": _both([scenario.brokers[n - 1] for n in fault.brokers]), "per_min": f"{fault.strength:,.0f}"}
    words["before"] = phrase("was clean") if fault.clean_before else phrase("had the same defect")
    return words


def _both(names: list[str]) -> Sentence:
    """One name, or two."""
    return phrase("{first} and {second}", first=names[0], second=names[1]) if len(names) == 2 else "".join(names)


def _told_where(scenario: Scenario, place: str) -> Sentence:
    """A place where something began, in words."""
    kind, _, rest = place.partition(" ")
    if kind == "stocks":
        return _both(rest.split())
    return (scenario.brokers if kind == "broker" else scenario.exchanges)[int(rest) - 1]
