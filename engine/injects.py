"""What the facilitator adds to a run: injects that wait for their market step or their condition, and what they change while they last;
and what is said to desks in somebody's name.

State and acts that the day mixes in. All of it is in the state, so that a pause, another speed or a recovery can deliver nothing late,
early or twice. Ready injects are the scenario's (`injects.toml`); what they do are acts of the telephone (`phone.py`) and those below.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine import phone
from engine.events import DESKS
from engine.evidence import Alert, Call, Evidence, Mail
from engine.evidence_rules import fill
from engine.fleet import RUNNING, Fleet
from engine.market_time import clock
from engine.phone import act, number, words_of
from engine.scenario import Scenario
from engine.score import score
from engine.view import View

if TYPE_CHECKING:
    from engine.day import Day

WAITING = 40  # injects that wait at once
PLAYED = 200  # injects of a run
MESSAGES = 60  # in somebody's name, the newest
REPLIES = 20  # to one of them
FIRST_ID = 1_000_000  # of their mails and calls: far above any that the scenario sends by itself

# What a conditional inject waits for: the number that has to pass its limit. Judged every five seconds, on an evening every minute.
CONDITIONS: dict[str, Callable[["Day"], float]] = {
    "gross_usd": lambda sim: sim.gross_usd(),
    "loss_usd": lambda sim: score(sim)["total"],
    "runaway_parents": lambda sim: sim.runaway,
    "stopped_servers": lambda sim: sum(server.state != RUNNING for server in sim.fleet.servers),
    "mails_opened": lambda sim: len(sim.opened),
    "symptoms_noticed": lambda sim: sim.noticed is not None,
    "right_diagnoses": lambda sim: sim.diagnosed is not None,
}


@dataclass(slots=True)
class Deck:
    """Injects of a run; JSON-able fields. `waiting`: arguments of `inject.play`; `played`: [id, step]; `absent`: [desk, until];
    `delays`: [seconds, until]; `shy`: [percent, until]."""

    waiting: list[dict[str, Any]] = field(default_factory=list)
    played: list[list[int]] = field(default_factory=list)
    taken_back: list[int] = field(default_factory=list)
    sent: int = 0  # mails and calls so far
    absent: list[list[Any]] = field(default_factory=list)
    delays: list[list[int]] = field(default_factory=list)
    shy: list[list[int]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def known(self, number: int) -> bool:
        """Whether an inject of this number was ever given."""
        return number in self.taken_back or any(row["id"] == number for row in self.waiting) or self.played_at(number) is not None

    def played_at(self, number: int) -> int | None:
        """The step at which an inject was delivered."""
        return next((step for other, step in self.played if other == number), None)

    def next_step(self, now: int) -> list[int]:
        """The steps after `now` at which one is delivered."""
        return [row["at"] for row in self.waiting if row["when"] is None and row["at"] > now]


class Injects:
    """Delivers what the facilitator adds."""

    now: int
    scenario: Scenario
    fleet: Fleet
    evidence: Evidence
    headlines: list[dict[str, Any]]

    if TYPE_CHECKING:  # what other parts of the day do

        def tell(self, kind: str, audience: Any = None, **data: Any) -> None: ...
        def deliver(self, item: Any) -> None: ...
        def set_servers(self) -> None: ...
        def watch_runaway(self) -> None: ...

    def begin_injects(self) -> None:
        """Nothing was added."""
        self.deck = Deck()

    def injects_memory(self) -> dict[str, Any]:
        """What was added, JSON-able; empty for a run that nobody added anything to."""
        return {} if self.deck == Deck() else {"deck": asdict(self.deck)}

    def recall_injects(self, memory: dict[str, Any]) -> None:
        """Take back what `injects_memory` gave."""
        self.deck = Deck(**memory.get("deck", {}))

    # -- when

    def give_inject(self, row: dict[str, Any]) -> None:
        """Deliver an inject now, or let it wait for its step or its condition."""
        at, when = row["at"], row["when"]
        if when is None and (at is None or at <= self.now):
            self.play_inject(row)
        else:
            self.deck.waiting.append({**row, "at": self.now if at is None else at})

    def play_due(self) -> None:
        """Deliver what was given for this step, in the order of its numbers."""
        due = sorted((row for row in self.deck.waiting if row["when"] is None and row["at"] <= self.now), key=lambda row: (row["at"], row["id"]))
        for row in due:
            self.play_inject(row)

    def judge_injects(self: Any) -> None:
        """Deliver what waits for a condition that holds now."""
        found = [row for row in self.deck.waiting if row["when"] is not None and row["at"] <= self.now]
        for row in sorted(found, key=lambda row: int(row["id"])):
            if CONDITIONS[row["when"]["what"]](self) > row["when"]["above"]:
                self.play_inject(row)

    # -- what

    def play_inject(self: Any, row: dict[str, Any]) -> None:
        """Deliver an inject: do what it does, and say its words to the desks it goes to."""
        self.deck.waiting = [other for other in self.deck.waiting if other["id"] != row["id"]]
        self.deck.played.append([row["id"], self.now])
        text = self.scenario.evidence.inject(row["card"])
        for line in text.acts(row):
            do, args = phone.parse_act(line)
            do(self, *args)
        if text.does:  # what is only said is no reason to look at the market
            self.set_servers()
            self.watch_runaway()
        self.say_inject(text, row)
        self.tell("inject.delivered", tuple(row["desks"]), inject=row["id"], card=row["card"], title=text.title)

    def say_inject(self: Any, text: Any, row: dict[str, Any]) -> None:
        """The words of an inject, filled from the run as it stands, to those of its desks that they are for."""
        view = View(self, self.now)
        words = text.fill_in(row, fill(view, self.now, None).values)
        for mail in text.mail:
            for desk in mail.to(row["desks"]):
                subject, body = mail.subject.format_map(words), mail.body.format_map(words)
                self.deliver(Mail(self._number(), self.now, desk, mail.sender, subject, mail.group, body))
        for alert in text.alert:
            for desk in alert.to(row["desks"]):
                self.deliver(Alert(self.now, desk, alert.text.format_map(words)))
        call = text.call
        if text.rings:
            self.evidence.has_rung(text.rings, self.now)
            call = self.scenario.evidence.call(text.rings)
        if call is not None and call.desk in row["desks"]:
            opening = (text.opening or call.opening).format_map(words)
            replies = tuple((reply.key, reply.text) for reply in call.replies)
            self.deliver(Call(self._number(), self.now, call.desk, call.caller, call.number, opening, replies, call.ring_s))
        if text.headline:
            self.headlines.append({"step": self.now, "text": text.headline.format_map(words)})
            self.tell("headline", text=self.headlines[-1]["text"])

    def _number(self) -> int:
        self.deck.sent += 1
        return FIRST_ID + self.deck.sent

    # -- what lasts

    def absent_hands(self, desk: str) -> int:
        """Hands of a desk that are not there now."""
        return sum(other == desk and self.now < until for other, until in self.deck.absent)

    def back_at(self, desk: str) -> str:
        """When the next of them is back, as a clock; "" when nobody is missing."""
        return clock(min(until for other, until in self.deck.absent if other == desk and self.now < until)) if self.absent_hands(desk) else ""

    def figures_late_s(self) -> int:
        """Seconds by which the position monitor is later than it would be."""
        return sum(seconds for seconds, until in self.deck.delays if self.now < until)

    def end_of_shyness(self: Any) -> None:
        """Clients that a rumour has kept away come back."""
        if any(until <= self.now for _, until in self.deck.shy):
            self.deck.shy = [row for row in self.deck.shy if row[1] > self.now]
            phone.set_away(self)

    # -- in somebody's name

    def say_as(self, number: int, sender: str, desks: list[str], text: str) -> None:
        """A message to desks in somebody's name."""
        self.deck.messages.append({"id": number, "step": self.now, "from": sender, "desks": desks, "text": text, "replies": []})
        del self.deck.messages[:-MESSAGES]
        self.tell("persona.said", tuple(desks), message=number, sender=sender, text=text)

    def answer_message(self, number: int, desk: str, text: str) -> None:
        """What a desk says to that: the facilitator hears it, and nobody else."""
        self.message(number)["replies"].append({"step": self.now, "desk": desk, "text": text})
        self.tell("persona.replied", (desk,), message=number, desk=desk, text=text)

    def message(self, number: int) -> dict[str, Any]:
        """A message by its number. Raises StopIteration when there is none."""
        return next(row for row in self.deck.messages if row["id"] == number)


# -- acts, beside those of the telephone


@act(number(8))
def crash(sim: "Day", n: int) -> None:
    """A server's process ends, where there is one."""
    if n <= len(sim.fleet.servers) and sim.fleet[n].state == RUNNING:
        sim.stop_server(n)


@act(words_of(DESKS, 480))
def unavailable(sim: "Day", desk: str, minutes: int) -> None:
    """A hand of a desk is not there for that long; what is under way goes on."""
    sim.deck.absent.append([desk, phone.later(sim, minutes)])


@act(words_of(("60", "120", "180", "240"), 480))
def late_figures(sim: "Day", seconds: str, minutes: int) -> None:
    """The position monitor is that much later than it would be, for that long."""
    sim.deck.delays.append([int(seconds), phone.later(sim, minutes)])


@act(words_of(("5", "10", "20", "30", "40"), 480))
def shy(sim: "Day", percent: str, minutes: int) -> None:
    """A part of the clients' flow stays away for that long, and then comes back."""
    sim.deck.shy.append([int(percent), phone.later(sim, minutes)])
    phone.set_away(sim)
