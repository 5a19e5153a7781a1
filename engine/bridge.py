"""What a team says to each other: the bridge's items, the risk manager's word, what was asked of an assistant, diagnoses.

State and acts that the day mixes in. None of it reaches the market: a run with all of it taken out trades the same.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.commands import LEVERS, WORDS, Command, target
from engine.events import DESKS
from engine.market_time import OPEN

if TYPE_CHECKING:
    from engine.simulation import Simulation

ITEMS = 60  # the bridge keeps its newest
LINES, WIDTH = 16, 200  # of a pin's text
DONE = 40  # commands a desk sees of its own
ASKS = 60
# Fields that are remembered as they are (JSON-able).
MEMORY = ("words", "bridge", "posted", "asks", "dones", "declared", "diagnosed", "noticed")

# (desk, what) -> what a desk shows of its own sight: (sim, number) -> (title, lines). Filled by `sight_pins`, which stands higher.
Shown = tuple[str, list[str]]
PINS: dict[tuple[str, str], Callable[["Simulation", int], Shown]] = {}


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
        self.asks: list[dict[str, Any]] = []  # what assistants were asked to do
        self.dones: dict[str, list[dict[str, Any]]] = {desk: [] for desk in DESKS}  # a desk's commands that were taken
        self.declared: list[dict[str, Any]] = []
        self.diagnosed: int | None = None  # step of the first right diagnosis
        self.noticed: int | None = None  # step at which the first symptom was opened or shared
        self.forget_aside()

    # -- beside the state: refused commands leave no trace in the digest, and are kept all the same for who gave them

    def forget_aside(self) -> None:
        """Nothing was refused."""
        self.refused: dict[str, list[dict[str, Any]]] = {desk: [] for desk in DESKS}
        self.asks_refused: list[int] = []

    def aside(self) -> dict[str, Any]:
        """What was refused, JSON-able."""
        return {"refused": self.refused, "asks": self.asks_refused}

    def recall_aside(self, found: dict[str, Any]) -> None:
        """Take back what `aside` gave."""
        self.refused, self.asks_refused = found["refused"], found["asks"]

    # -- the desks' own record of what they did

    def note_done(self: Any, command: Command, args: dict[str, Any]) -> None:
        """Keep a command that was taken, and close what was asked of this desk by it."""
        if not LEVERS[command.kind].talk:
            mine = self.dones[command.desk]
            mine.append({**_row(command), "step": self.now, "target": target(self, args)})
            del mine[:-DONE]
        ask = self.open_ask(command.desk, command.kind, args)
        if ask:
            ask["state"] = "done"

    def note_refused(self: Any, command: Command, reason: str) -> None:
        """Keep a command that was refused, beside the state."""
        if command.desk in self.refused and command.kind in LEVERS and not LEVERS[command.kind].talk:
            mine = self.refused[command.desk]
            mine.append({**_row(command), "step": self.now, "reason": reason})
            del mine[:-DONE]
        ask = self.open_ask(command.desk, command.kind, command.args)
        if ask and ask["id"] not in self.asks_refused:
            self.asks_refused.append(ask["id"])

    # -- assistants

    def open_ask(self, desk: str, kind: str, args: Any) -> dict[str, Any] | None:
        """The oldest open ask of a desk for that command."""
        return next((ask for ask in self.asks if ask["state"] == "open" and (ask["desk"], ask["kind"], ask["args"]) == (desk, kind, args)), None)

    def add_ask(self: Any, desk: str, kind: str, args: dict[str, Any]) -> None:
        """Ask the assistant at a desk for a command."""
        aim = target(self, args) or (LEVERS[args["what"]].label if args.get("what") in LEVERS else "")
        label = f"{LEVERS[kind].label}: {aim}" if aim else LEVERS[kind].label
        number = self.post("ask", f"Asks the {NAMES[desk]}: {label}")
        self.asks.append(
            {"id": number, "step": self.now, "from": self.acting, "desk": desk, "kind": kind, "args": args, "label": label, "state": "open"}
        )
        del self.asks[:-ASKS]
        self.tell("assistant.asked", ask=number, desk=self.acting, of=desk, asked=kind)

    # -- evidence

    def shown(self: Any, what: str, number: int) -> Shown:
        """What the acting desk shows. Cards are made anew for it: those that sights keep between looks depend on who looked when."""
        kept, self.kept = self.kept, {}
        try:
            return PINS[self.acting, what](self, number)
        finally:
            self.kept = kept

    # -- the ledger

    def notice(self: Any) -> None:
        """A symptom was opened or shared: the first one counts."""
        if self.noticed is None:
            self.noticed = self.now
            self.tell("symptom.noticed", desk=self.acting)

    def declare(self: Any, cause: str, server: int) -> None:
        """Keep a diagnosis; the first right one is the moment of diagnosis."""
        found = next(row for row in self.scenario.diagnosis.cause if row.id == cause)
        where = self.fleet.label(server) if server else ""
        self.declared.append({"step": self.now, "desk": self.acting, "cause": cause, "server": server})
        self.tell("diagnosis.declared", desk=self.acting, cause=cause, server=server)
        self.post("diagnosis", f"{found.label}: {where}" if where else found.label)
        right = cause == self.scenario.diagnosis.right and server == (self.stale if found.server else 0)
        if right and self.diagnosed is None:
            self.diagnosed = self.now

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
        return what in WORDS and (0 <= self.now < OPEN or (what != "release.copy" and self.now >= OPEN))

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


NAMES = {"deployer": "deployer", "operator": "operator", "risk": "risk manager"}


def _row(command: Command) -> dict[str, Any]:
    return {"seq": command.seq, "kind": command.kind, "confidence": command.confidence}


def cut(text: str) -> list[str]:
    """The lines of a longer text, as many and as long as a pin holds."""
    lines = [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in text.strip().splitlines() if line.strip()]
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], f"and {len(lines) - LINES + 1} more lines"]
