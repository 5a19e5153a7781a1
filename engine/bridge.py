"""What a team says to each other: the bridge's items, the risk manager's word, what was asked of an assistant, diagnoses.

State and acts that the day mixes in. None of it reaches the market: a run with all of it taken out trades the same.
"""

from typing import Any

from engine.commands import LEVERS, WORDS
from engine.market_time import OPEN

ITEMS = 60  # the bridge keeps its newest
# Fields that are remembered as they are (JSON-able).
MEMORY = ("words", "bridge", "posted")


class Bridge:
    """The team's talk. `acting`: the desk whose command is being judged or carried out."""

    now: int
    instant: bool
    acting: str

    def begin_bridge(self) -> None:
        """Nobody has said anything."""
        self.words: dict[str, dict[str, Any]] = {what: {"state": "open", "by": "", "step": -1} for what in WORDS}
        self.bridge: list[dict[str, Any]] = []
        self.posted = 0  # items so far: the newest one's id

    def post(self: Any, kind: str, title: str, lines: list[str] | None = None, desk: str | None = None) -> int:
        """Put an item on the bridge, in the name of the acting desk unless another is given; its id."""
        desk = self.acting if desk is None else desk
        self.posted += 1
        self.bridge.append({"id": self.posted, "step": self.now, "desk": desk, "kind": kind, "title": title, "lines": lines or [], "read": [desk]})
        del self.bridge[:-ITEMS]
        self.tell("bridge.posted", item=self.posted, desk=desk, posted=kind, title=title)
        return int(self.posted)

    # -- the risk manager's word

    def word_matters(self, what: str) -> bool:
        """Whether a lever needs the word at this time of day."""
        return what in WORDS and not (what == "release.copy" and self.now >= OPEN)

    def word_missing(self, what: str) -> str:
        """Why a lever may not be pulled for want of the risk manager's word, or "" when it may."""
        if self.instant or not self.word_matters(what) or self.words[what]["state"] == "given":
            return ""
        state = self.words[what]["state"]
        so_far = {"asked": "it was asked for and not given yet", "refused": "it was refused, ask again"}.get(state, "ask for it")
        return f"{LEVERS[what].label} needs the risk manager's word: {so_far}"

    def set_word(self: Any, what: str, state: str, desk: str | None = None) -> None:
        """Ask for, give or refuse the word for a lever."""
        desk = self.acting if desk is None else desk
        self.words[what] = {"state": state, "by": desk, "step": self.now}
        label = LEVERS[what].label
        says = {"asked": f"Asks for the word: {label}", "given": f"Gives the word: {label}", "refused": f"Refuses the word: {label}"}[state]
        self.tell(f"word.{state}", what=what, desk=desk)
        self.post("ask" if state == "asked" else "word", says, desk=desk)
