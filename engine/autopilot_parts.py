"""What every autopilot is made of: the move it makes, and one desk's sight put as questions.

Nothing here remembers: what a desk did before stands on its cards, so another worker may take over at any moment and the
same commands come out.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from engine.market_time import EVENINGS

# Kinds that take neither a hand nor time.
TALK = (
    "bridge.say",
    "evidence.share",
    "pin.read",
    "authorise.ask",
    "authorise.give",
    "authorise.refuse",
    "assistant.ask",
    "diagnosis.declare",
    "call.answer",
    "stock.watch",
)
REJECT = "Power Peg disabled"
ORDER = re.compile(r"\b\d{3,}\b")

EARLIER = tuple(evening[4:] for evening in EVENINGS)
DAYS = len(EARLIER)
START = f"{EARLIER[0]} 00:00"


class Move(NamedTuple):
    """A command an autopilot gives: `confidence` is one of CONFIDENCES or None, `why` is for the debrief."""

    kind: str
    args: dict[str, Any]
    confidence: str | None = None
    why: str = ""


def seconds(clock: str) -> int:
    """Seconds since midnight of "HH:MM" or "HH:MM:SS", below 0 with the date of an earlier day; fractions are dropped.

    "now" is later than all, "" (never) before.
    """
    if clock in ("", "now"):
        return 86_400 if clock else -10 * 86_400
    *day, clock = clock.rsplit(" ", 1)
    hours, minutes, *rest = clock.split(".")[0].split(":")
    before = DAYS - EARLIER.index(day[0][:6]) if day else 0
    return int(hours) * 3600 + int(minutes) * 60 + (int(rest[0]) if rest else 0) - before * 86_400


class Eyes:
    """One desk's sight at one moment."""

    def __init__(self, desk: str, sight: dict[str, Any]) -> None:
        self.desk, self.sight = desk, sight
        self.clock = str(sight["clock"]["clock"])
        date = str(sight["clock"].get("date", ""))[4:]
        self.today = seconds(f"{date} 00:00") if date in EARLIER else 0
        self.now = self.at(self.clock)  # since midnight of the day, below 0 in the week
        self.phase = str(sight["clock"]["phase"])

    def card(self, name: str) -> dict[str, Any]:
        """A card, empty where this desk has none of that name."""
        found: dict[str, Any] = self.sight.get(name) or {}
        return found

    def rows(self, name: str, key: str) -> list[dict[str, Any]]:
        """A list on a card, empty where there is none."""
        found: list[dict[str, Any]] = self.card(name).get(key) or []
        return found

    def at(self, clock: str) -> int:
        """A moment as it stands on a card, seconds since midnight of the day: without a date it is today's."""
        return seconds(clock) + (0 if " " in clock or clock == "now" else self.today)

    def past(self, clock: str) -> bool:
        """Whether the day's clock has reached "HH:MM" or "HH:MM:SS"; never in the week before."""
        return self.now >= seconds(clock)

    @property
    def evening(self) -> int | None:
        """The evening of the week: 0, 1, 2, or None on the day."""
        found = self.card("week").get("evening")
        return None if found is None else int(found)

    def past_tonight(self, clock: str) -> bool:
        """Whether an evening's clock has reached "HH:MM"; never on the day."""
        return self.phase == "deployment" and self.now - self.today >= seconds(clock)

    def ago(self, clock: str) -> int:
        """Seconds since a moment on a card."""
        return self.now - self.at(clock)

    # -- hands and levers

    @property
    def free(self) -> int:
        """Hands that are not at work."""
        return int(self.card("work").get("free", 0))

    def busy(self, kind: str, target: str = "") -> bool:
        """Whether a lever of this kind (at that target) is under way."""
        return any(task["kind"] == kind and target in task["target"] for task in self.rows("work", "tasks"))

    def done(self, kind: str, since: str = START, target: str = "") -> list[dict[str, Any]]:
        """The desk's own commands of a kind from a moment on that were not refused, newest first."""
        first = self.at(since)
        return [
            row
            for row in self.rows("done", "rows")
            if row["kind"] == kind and row["state"] != "refused" and self.at(row["at"]) >= first and target in row["target"]
        ]

    def lever(self, kind: str) -> dict[str, Any]:
        """A lever's row, empty where the desk does not have it now."""
        return next((row for row in self.rows("levers", "levers") if row["kind"] == kind), {})

    def allowed(self, kind: str) -> bool:
        """Whether a lever may be given now, as its row says."""
        return bool(self.lever(kind).get("allowed"))

    def may(self, move: Move) -> bool:
        """Whether a move would be taken: talk always; a lever when its row allows it and nothing like it is under way."""
        return move.kind in TALK or self.allowed(move.kind)

    # -- talk

    def word(self, what: str) -> str:
        """State of the risk manager's word: open, asked, given or refused."""
        return str(next((row["state"] for row in self.rows("words", "words") if row["what"] == what), "open"))

    def bridge(self, since: str = START, kind: str = "", desk: str = "") -> list[dict[str, Any]]:
        """Items of the bridge from a moment on, of a kind and a desk where these are named, oldest first."""
        first = self.at(since)
        return [
            item
            for item in self.rows("bridge", "items")
            if self.at(item["at"]) >= first and kind in ("", item["kind"]) and desk in ("", item["desk"])
        ]

    def said(self, text: str) -> bool:
        """Whether this desk has said that on the bridge."""
        return any(item["title"] == text for item in self.bridge(kind="say", desk=self.desk))

    def pinned(self, words: str, since: str = START) -> bool:
        """Whether this desk has shared something from a moment on whose title has these words."""
        return any(words in item["title"] for item in self.bridge(since, "pin", self.desk))

    # -- evidence

    def mails(self, read: bool | None = None) -> list[dict[str, Any]]:
        """Mails on the card, oldest first; all of them, or only those read or not read."""
        return [mail for mail in reversed(self.rows("inbox", "mails")) if read is None or mail["read"] is read]

    def ringing(self) -> dict[str, Any] | None:
        """The call that waits for an answer."""
        return next((call for call in self.rows("calls", "calls") if call["state"] == "ringing"), None)


Habit = Callable[[Eyes], Move | None]


def say(eyes: Eyes, text: str) -> Move | None:
    """Say something on the bridge, once."""
    return None if eyes.said(text) else Move("bridge.say", {"text": text})


def open_mail(eyes: Eyes, mail: dict[str, Any], why: str = "") -> Move:
    """Open a mail."""
    return Move("mail.open", {"mail": mail["id"]}, None, why)


def pick_up(after_s: int, *replies: str, every: bool = True) -> Habit:
    """The habit of answering a call once it has rung for so long: with the first of its replies that is among `replies`, else the last;
    without `every` a call that has none of them rings out.
    """

    def habit(eyes: Eyes) -> Move | None:
        call = eyes.ringing()
        if call is None or eyes.ago(call["at"]) < after_s:
            return None
        keys = [reply["key"] for reply in call["replies"]]
        found = next((key for key in keys if key in replies), keys[-1] if every else None)
        return Move("call.answer", {"call": call["id"], "reply": found}) if found else None

    return habit
