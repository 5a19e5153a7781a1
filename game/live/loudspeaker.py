"""What the clock tells the screens of a run: the cards that changed, each whole, with a version.

A message is text: the step and when it was published (Unix seconds, for the frames' age alone); a line `=name version json` a card; a line
`!json` a message that is passed on as it is (JSON never holds a raw line end). So a listener builds a frame from pieces without reading them.
"""

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import orjson

import engine
from game.live.broker import BROKER_GONE, cards_key, channel, client

Cards = dict[str, tuple[int, str]]  # name -> version, JSON text


class Unpacked(NamedTuple):
    """One message, taken apart."""

    step: int
    cards: Cards
    notes: list[str]
    at: float = 0.0  # when it was published; 0: that is not known


def to_json(content: Any) -> str:
    """Compact JSON, by a library that takes a sixth of the time of Python's own: a card is written at every other beat.

    It writes NaN as null and says nothing: that no card holds one is up to the tests. Raises TypeError for what is no JSON, numbers beyond
    64 bits, and text that is no Unicode.
    """
    return orjson.dumps(content).decode()


def pack(step: int, cards: Cards, notes: Iterable[str] = ()) -> str:
    """The text of a message."""
    lines = [f"{step} {time.time():.3f}", *(f"={name} {version} {text}" for name, (version, text) in cards.items())]
    return "\n".join([*lines, *(f"!{note}" for note in notes)])


def unpack(text: str) -> Unpacked:
    """The parts of a message. Raises ValueError for text that is none."""
    head, *lines = text.split("\n")
    step, _, at = head.partition(" ")
    cards: Cards = {}
    notes = []
    for line in lines:
        if line.startswith("!"):
            notes.append(line[1:])
        else:
            name, version, content = line[1:].split(" ", 2)
            cards[name] = (int(version), content)
    return Unpacked(int(step), cards, notes, float(at or 0.0))


FULL_NOTE = '{"t":"full"}'  # the run stands before a full disk


def say_full(run_id: int) -> None:
    """Let the control room know: a broker whose own disk is full passes this on all the same."""
    with suppress(*BROKER_GONE):
        client().publish(channel(run_id, "facilitator"), pack(engine.EARLIEST, {}, [FULL_NOTE]))


def read_hash(found: Mapping[Any, Any]) -> Unpacked:
    """The latest cards as they lie in the broker's hash."""
    step = int(found.get("", engine.EARLIEST))  # nothing was told yet: at the very beginning
    cards = {}
    for name, value in found.items():
        if name:
            version, content = value.split(" ", 1)
            cards[name] = (int(version), content)
    return Unpacked(step, cards, [])


class Loudspeaker:
    """Remembers what each desk was told last, and tells it what is new."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._last: dict[tuple[str, str], object] = {}
        self._versions: dict[tuple[str, str], int] = {}
        self.unheard: set[str] = set()  # desks that nobody listened to when they were told last

    def take_over(self, desks: Iterable[str]) -> int:
        """Go on from the versions the last owner reached; returns the furthest step anybody was shown. Raises BROKER_GONE."""
        furthest = engine.EARLIEST
        for desk in desks:
            found = client().hgetall(cards_key(self.run_id, desk))
            told = read_hash(found)
            furthest = max(furthest, told.step) if found else furthest
            for name, (version, _) in told.cards.items():
                self._versions[desk, name] = max(version, self._versions.get((desk, name), 0))
        return furthest

    def forget(self) -> None:
        """Tell everything again, with new versions: the broker may have lost its last second."""
        self._last.clear()

    def tell(self, step: int, sights: Mapping[str, Mapping[str, object]], notes: dict[str, list[str]]) -> None:
        """Publish what changed to every desk in one round trip; to one that is in `notes` also where nothing has. Raises BROKER_GONE (then
        nothing counts as told)."""
        before = dict(self._last)
        pipe = client().pipeline(transaction=False)
        order: list[str] = []  # whom each answer is about; "" where it says nothing
        written: dict[str, tuple[object, str]] = {}  # a card that several desks have alike becomes text once
        for desk, cards in sights.items():
            changed: Cards = {}
            for name, content in cards.items():
                if self._last.get((desk, name)) != content:
                    self._last[desk, name] = content
                    version = max(step, self._versions.get((desk, name), -1) + 1)
                    self._versions[desk, name] = version
                    if name not in written or written[name][0] != content:
                        written[name] = (content, to_json(content))
                    changed[name] = (version, written[name][1])
            stored: dict[Any, Any] = {name: f"{version} {text}" for name, (version, text) in changed.items()}
            pipe.hset(cards_key(self.run_id, desk), mapping={"": str(step), **stored})
            order.append("")
            if changed or desk in notes:
                pipe.publish(channel(self.run_id, desk), pack(step, changed, notes.get(desk, ())))
                order.append(desk)
        try:
            answers = dict(zip(order, pipe.execute(), strict=True))
        except BaseException:
            self._last = before
            raise
        told = {desk for desk in order if desk}
        self.unheard = (self.unheard - told) | {desk for desk in told if not answers[desk]}
