"""What a desk can do, numbered: each number is a lever with arguments, and which of them can be given now stands on the desk's own cards.

Number 0 is to wait. The numbers of a desk are the same in every run of a scenario, and so is what most of them mean ("server.stop" of server 3);
where the run decides what there is (mails, calls, bids), a number is a place among what is on the screen, the newest first. A command is never
tried to find out whether it would be taken: a refusal would tell more than the screen does.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arguments import judged
from engine.autopilots.parts import Eyes, Move, Words
from engine.commands import Lever
from engine.firm.bridge import CLAIM, PINS
from engine.firm.places import PLACES
from engine.scenario.scenario import Scenario

WAIT = 0
_MAILS, _CALLS, _REPLIES, _PINNED, _OFFERS = 12, 3, 6, 8, 4  # places there are for what the run decides
_FREE = frozenset(("text", "match", "message", "args", "id"))  # arguments that somebody words: such a lever is given by name and never by number
# Figures of a lever that takes any number: enough to play by, and any other is given by name.
_FIGURES: dict[str, tuple[float, ...]] = {
    "limit.set": (0, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 1_000_000_000),
    "threshold.set": (0, 1_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000),
    "rate.set": (0, 1, 2, 5, 10, 20, 50),
    "dashboard.alert": (0, 1, 2, 5, 10, 20, 50),
    "collar.set": (1, 2, 5, 10, 20),
    "hold.set": (0, 500, 1_000, 2_000, 5_000, 10_000),
    "parents.hold": (0, 500, 1_000, 2_000, 5_000, 10_000),
    "ramp.set": (0, 1, 10, 100),
}
Chosen = Mapping[str, Any]
Now = Callable[[Eyes], Sequence[Chosen]]


class Numbers(NamedTuple):
    """The numbers of one lever: from `first` on, `size` of them; what they stand for now is `of(eyes)`, or `fixed` in every run."""

    lever: Lever
    first: int
    size: int
    fixed: Sequence[Chosen]
    of: Now | None


class Catalogue:
    """The numbered moves of a desk in a scenario: `size` of them, those of a lever beside each other."""

    def __init__(self, scenario: Scenario, desk: str, words: Words) -> None:
        self.scenario, self.desk, self.words = scenario, desk, words
        self.rows: list[Numbers] = []
        self.by_name: list[Lever] = []  # levers whose arguments are worded
        self.size = 1
        for kind, lever in scenario.kinds.items():
            if desk not in lever.desks:
                continue
            found = _choices(scenario, desk, kind, lever)
            if found is None:
                self.by_name.append(lever)
                continue
            count, fixed, of = found
            self.rows.append(Numbers(lever, self.size, count, fixed, of))
            self.size += count

    def eyes(self, sight: Any) -> Eyes:
        """A look at one moment's cards, their texts in words."""
        return Eyes(self.desk, sight, self.words)

    def mask(self, eyes: Eyes) -> npt.NDArray[np.int8]:
        """1 for every number that can be given now and 0 for the rest; (size,), int8."""
        found = np.zeros(self.size, np.int8)
        found[WAIT] = 1
        allowed = {row["kind"]: row for row in eyes.sight["levers"]["levers"] if row["allowed"]}
        for row in self.rows:
            kind = row.lever.kind
            if not row.lever.talk and kind not in allowed:
                continue
            chosen = row.of(eyes) if row.of else row.fixed
            count = min(len(chosen), row.size)
            found[row.first : row.first + count] = 1
            if not row.lever.talk and allowed[kind]["alone"] is not None:
                for place in range(count):
                    found[row.first + place] = not eyes.lacks_word(Move(kind, judged(chosen[place])))
        return found

    def move(self, eyes: Eyes, number: int) -> Move | None:
        """What a number stands for now; None where it stands for nothing, or is to wait. Raises IndexError beyond the last."""
        if not 0 <= number < self.size:
            raise IndexError(number)
        for row in self.rows:
            if row.first <= number < row.first + row.size:
                chosen = row.of(eyes) if row.of else row.fixed
                place = number - row.first
                return Move(row.lever.kind, judged(chosen[place])) if place < len(chosen) else None
        return None

    def named(self, eyes: Eyes) -> list[Lever]:
        """Levers that can be given now, and by name alone."""
        there = {"plan.add": "plan" in eyes.sight, "plan.drop": "plan" in eyes.sight, "persona.reply": bool(eyes.sight["messages"]["messages"])}
        return [lever for lever in self.by_name if (there.get(lever.kind, True) if lever.talk else eyes.allowed(lever.kind))]


def _choices(scenario: Scenario, desk: str, kind: str, lever: Lever) -> tuple[int, Sequence[Chosen], Now | None] | None:
    """How many numbers a lever has, and what they stand for; None where its arguments are worded."""
    if kind in _ON_SCREEN:
        count, of = _ON_SCREEN[kind](scenario, desk)
        return count, (), of
    if kind.startswith("plan.") or _FREE & lever.args.keys():
        return None
    fixed: list[Chosen] = [{}]
    for name in lever.args:
        values = _values(scenario, desk, kind, name)
        if values is None:
            return None
        fixed = [{**chosen, name: value} for chosen in fixed for value in values]
    return len(fixed), fixed, None


def _values(scenario: Scenario, desk: str, kind: str, name: str) -> Sequence[Any] | None:
    """What an argument may be, whatever a run has come to; None where that cannot be listed."""
    servers = [*range(1, scenario.fleet.servers + 1)]
    known: dict[str, Callable[[], Sequence[Any]]] = {
        "server": lambda: servers,
        "servers": lambda: [*([n] for n in servers), servers],
        "broker": lambda: scenario.brokers,
        "exchange": lambda: scenario.exchanges,
        "symbol": lambda: scenario.names,
        "symbols": lambda: ["all", *([one] for one in scenario.names)],
        "style": lambda: ("passive", "aggressive"),
        "duty": lambda: [duty.id for duty in scenario.duty if duty.desk == desk],
    }
    if kind in _FIGURES:
        return _FIGURES[kind]
    return known[name]() if name in known else None


# -- what the run decides


def _mails(scenario: Scenario, desk: str) -> tuple[int, Now]:
    return _MAILS, lambda eyes: [{"mail": mail["id"]} for mail in eyes.mails(read=False)[: -_MAILS - 1 : -1]]


def _calls(scenario: Scenario, desk: str) -> tuple[int, Now]:
    def of(eyes: Eyes) -> list[Chosen]:
        ringing = [call for call in eyes.sight["calls"]["calls"] if call["state"] == "ringing"]
        return [{"call": call["id"], "reply": reply["key"]} for call in ringing[:_CALLS] for reply in call["replies"][:_REPLIES]]

    return _CALLS * _REPLIES, of


def _pins(scenario: Scenario, desk: str) -> tuple[int, Now]:
    def of(eyes: Eyes) -> list[Chosen]:
        others = [item for item in eyes.bridge(kind="pin") if item["desk"] != desk and desk not in item["read"]]
        return [{"pin": item["id"]} for item in others[: -_PINNED - 1 : -1]]

    return _PINNED, of


def _shared(scenario: Scenario, desk: str) -> tuple[int, Now]:
    """Of what there are many, the newest; of the rest, what is on the screen."""
    kinds = [what for owner, what in PINS if owner == desk]

    def of(eyes: Eyes) -> list[Chosen]:
        rows = {
            "mail": [mail["id"] for mail in eyes.mails(read=True)[: -_MAILS - 1 : -1]],
            "call": [call["id"] for call in eyes.sight["calls"]["calls"] if call["answer"] is not None][-_CALLS:],
            "alert": [*range(min(len(eyes.alerts), _PINNED))],
            "checksum": [row["n"] for row in eyes.hosts if row["checksum"]],
            "config": [row["n"] for row in eyes.hosts if row["config"]],
            "data": [row["n"] for row in eyes.hosts if row["data"]],
            "log": [0] if eyes.log or eyes.found else [],
            "look": [0] if eyes.look else [],
            "dashboard": [0] if eyes.operator and eyes.operator["dashboard"]["built"] else [],
        }
        return [{"what": what, "id": number} for what in kinds for number in rows.get(what, [0])]

    return _MAILS + _CALLS + _PINNED + 3 * scenario.fleet.servers + len(kinds), of


def _words(scenario: Scenario, desk: str, *states: str) -> tuple[int, Now]:
    count = sum(1 for lever in scenario.kinds.values() if lever.word)
    return count, lambda eyes: [{"what": word["what"]} for word in eyes.authorisations if word["state"] in states]


def _diagnoses(scenario: Scenario, desk: str) -> tuple[int, Now]:
    """Every cause at every place, on what this desk has seen last."""
    count = len(scenario.diagnosis.cause) * sum(len(kind.places(scenario)) for kind in PLACES.values())

    def of(eyes: Eyes) -> list[Chosen]:
        card, seen = eyes.sight["diagnosis"], [one["id"] for one in eyes.seen[:CLAIM]]
        causes = sorted(cause["id"] for cause in card["causes"])  # the card's order is each run's own
        return [{"cause": cause, "place": place["id"], "evidence": seen} for cause in causes for place in card["places"]]

    return count, of


def _items(ticked: bool) -> Callable[[Scenario, str], tuple[int, Now]]:
    def made(scenario: Scenario, desk: str) -> tuple[int, Now]:
        def of(eyes: Eyes) -> list[Chosen]:
            card = eyes.sight.get("checklist")
            return [{"item": item["id"]} for item in card["items"] if (item["ticked"] is not None) is ticked] if card else []

        return 2 * _PINNED, of

    return made


def _own_controls(scenario: Scenario, desk: str) -> tuple[int, Now]:
    return 2 * _PINNED, lambda eyes: [{"control": row["name"]} for row in eyes.controls if row["built"] and row["by"] == desk]


def _releases(scenario: Scenario, desk: str) -> tuple[int, Now]:
    return len(scenario.fleet.release) + 1, lambda eyes: [{"release": release["name"]} for release in eyes.releases]


def _copies(scenario: Scenario, desk: str) -> tuple[int, Now]:
    servers = [*range(1, scenario.fleet.servers + 1)]
    wholes = [*([n] for n in servers), servers]

    def of(eyes: Eyes) -> list[Chosen]:
        return [{"servers": some, "release": release["name"]} for release in eyes.releases for some in wholes]

    return (len(scenario.fleet.release) + 1) * len(wholes), of


def _builds(scenario: Scenario, desk: str) -> tuple[int, Now]:
    return len(scenario.fleet.release), lambda eyes: [{"release": name} for name in (eyes.deployer["releases"]["to_build"] if eyes.deployer else ())]


def _bids(scenario: Scenario, desk: str) -> tuple[int, Now]:
    return _OFFERS, lambda eyes: [{"bid": bid["id"]} for bid in eyes.bids if bid["state"] == "open"][:_OFFERS]


def _offers(scenario: Scenario, desk: str) -> tuple[int, Now]:
    return _OFFERS, lambda eyes: [{"offer": offer["id"]} for offer in (eyes.block["capital"]["offers"] if eyes.block else ())][:_OFFERS]


def _found(scenario: Scenario, desk: str) -> tuple[int, Now]:
    """A search for a broker or a stock; for an order it is given by name."""
    fixed = [{"text": name} for name in (*scenario.brokers, *scenario.names)]
    return len(fixed), lambda eyes: fixed


_ON_SCREEN: dict[str, Callable[[Scenario, str], tuple[int, Now]]] = {
    "automation.deploy": _releases,
    "authorise.ask": lambda scenario, desk: _words(scenario, desk, "open", "refused"),
    "authorise.give": lambda scenario, desk: _words(scenario, desk, "open", "asked", "refused"),
    "authorise.refuse": lambda scenario, desk: _words(scenario, desk, "open", "asked", "given"),
    "block.take": _bids,
    "call.answer": _calls,
    "capital.raise": _offers,
    "check.tick": _items(ticked=False),
    "check.untick": _items(ticked=True),
    "control.mend": _own_controls,
    "control.test": _own_controls,
    "diagnosis.declare": _diagnoses,
    "evidence.share": _shared,
    "log.search": _found,
    "mail.open": _mails,
    "pin.read": _pins,
    "release.build": _builds,
    "release.copy": _copies,
}
