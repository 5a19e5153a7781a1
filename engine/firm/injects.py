"""What the facilitator adds to a run: injects that wait for their market step or their condition, and what they change while they last;
and what is said to desks in somebody's name.

All of it is in the state, so that a pause, another speed or a recovery can deliver nothing late,
early or twice. Ready injects are the scenario's (`injects.toml`); what they do are acts (`acts.py`), carried out by `phone.py` and below.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from engine.arguments import Args, Play, SaidText, typed
from engine.evidence.evidence import Alert, Call, Mail
from engine.evidence.telling import said
from engine.evidence.words import fill
from engine.firm import inbox, phone, server_ops
from engine.firm.clients import set_away
from engine.firm.fleet import RUNNING
from engine.firm.phone import act
from engine.firm.score import gross_usd, score
from engine.firm.view import View
from engine.scenario.evidence_models import CallText
from engine.scenario.inject_texts import InjectCall, InjectText

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

MOST_WAITING = 40  # injects that wait at once
PLAYED = 200  # injects of a run
_MESSAGES = 60  # in somebody's name, the newest
REPLIES = 20  # to one of them
FIRST_ID = 1_000_000  # of their mails and calls: far above any that the scenario sends by itself

# What a conditional inject waits for: the number that has to pass its limit. Judged every five seconds, on an evening every minute.
CONDITIONS: dict[str, Callable[["Simulation"], float]] = {
    "gross_usd": lambda sim: gross_usd(sim.machine),
    "loss_usd": lambda sim: score(sim)["total"],
    "runaway_parents": lambda sim: sim.monitoring.runaway,
    "stopped_servers": lambda sim: sum(server.state != RUNNING for server in sim.fleet.servers),
    "mails_opened": lambda sim: len(sim.inbox.opened),
    "symptoms_noticed": lambda sim: sim.bridge.noticed is not None,
    "right_diagnoses": lambda sim: sim.bridge.diagnosed is not None,
}


class Answer(TypedDict):
    """What a desk has said to a message."""

    step: int
    desk: str
    text: str


_Sender = TypedDict("_Sender", {"from": str})


class Message(_Sender):
    """What was said in somebody's name."""

    id: int
    step: int
    desks: list[str]
    text: str
    replies: list[Answer]


@dataclass(slots=True)
class Injects:
    """Injects of a run; JSON-able fields. `waiting`: arguments of `inject.play`; `played`: [id, step]; `absent`: [desk, until];
    `delays`: [seconds, until]; `shy`: [percent, until]."""

    waiting: list[Play] = field(default_factory=list)
    played: list[list[int]] = field(default_factory=list)
    taken_back: list[int] = field(default_factory=list)
    sent: int = 0  # mails and calls so far
    absent: list[list[Any]] = field(default_factory=list)
    delays: list[list[int]] = field(default_factory=list)
    shy: list[list[int]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Injects":
        """What `to_dict` gave."""
        return cls(**data)

    # -- when

    def known(self, number: int) -> bool:
        """Whether an inject of this number was ever given."""
        return number in self.taken_back or any(row["id"] == number for row in self.waiting) or self.played_at(number) is not None

    def played_at(self, number: int) -> int | None:
        """The step at which an inject was delivered."""
        return next((step for other, step in self.played if other == number), None)

    def next_step(self, now: int) -> list[int]:
        """The steps after `now` at which one is delivered."""
        return [row["at"] for row in self.waiting if row["when"] is None and row["at"] > now]

    def due(self, now: int) -> list[Play]:
        """What was given for this step, in the order of its numbers."""
        found = [row for row in self.waiting if row["when"] is None and row["at"] <= now]
        return sorted(found, key=lambda row: (row["at"], row["id"]))

    def drop(self, number: int) -> None:
        """An inject does not wait any more."""
        self.waiting = [row for row in self.waiting if row["id"] != number]

    def next_number(self) -> int:
        """The number of the next mail or call that is sent."""
        self.sent += 1
        return FIRST_ID + self.sent

    # -- what lasts

    def absent_hands(self, desk: str, now: int) -> int:
        """Hands of a desk that are not there now."""
        return sum(other == desk and now < until for other, until in self.absent)

    def back_at(self, desk: str, now: int) -> int | None:
        """The step at which the next of them is back; None when nobody is missing."""
        return min(until for other, until in self.absent if other == desk and now < until) if self.absent_hands(desk, now) else None

    def figures_late_s(self, now: int) -> int:
        """Seconds by which the position monitor is later than it would be."""
        return sum(seconds for seconds, until in self.delays if now < until)

    # -- in somebody's name

    def message(self, number: int) -> Message:
        """A message by its number. Raises StopIteration when there is none."""
        return next(row for row in self.messages if row["id"] == number)


# -- when


def give_inject(sim: "Simulation", args: Args) -> None:
    """Deliver an inject now, or let it wait for its step or its condition."""
    at = sim.now if args["at"] is None else args["at"]
    row: Play = {
        "id": args["id"],
        "card": args["card"],
        "desks": args["desks"],
        "server": args["server"],
        "minutes": args["minutes"],
        "text": typed(args),
        "at": at,
        "when": args["when"],
    }
    if row["when"] is None and at <= sim.now:
        play_inject(sim, row)
    else:
        sim.injects.waiting.append(row)


def play_due(sim: "Simulation") -> None:
    """Deliver what was given for this step."""
    for row in sim.injects.due(sim.now):
        play_inject(sim, row)


def judge_injects(sim: "Simulation") -> None:
    """Deliver what waits for a condition that holds now."""
    for row in sorted((row for row in sim.injects.waiting if row["at"] <= sim.now), key=lambda row: row["id"]):
        when = row["when"]
        if when is not None and CONDITIONS[when["what"]](sim) > when["above"]:
            play_inject(sim, row)


# -- what


def play_inject(sim: "Simulation", row: Play) -> None:
    """Deliver an inject: do what it does, and say its words to the desks it goes to."""
    sim.injects.drop(row["id"])
    sim.injects.played.append([row["id"], sim.now])
    text = sim.scenario.evidence.inject(row["card"])
    phone.carry_out(sim, text.acts(row))
    if text.does:  # what is only said is no reason to look at the market
        server_ops.set_servers(sim)
        sim.monitoring.watch_runaway(sim.machine, sim.now)
    say_inject(sim, text, row)
    title = said(sim.scenario.evidence.wordings, f"inject:{text.id}.title", {})
    sim.tell("inject.delivered", tuple(row["desks"]), inject=row["id"], card=row["card"], title=title)


def say_inject(sim: "Simulation", text: InjectText, row: Play) -> None:
    """The words of an inject, filled from the run as it stands, to those of its desks that they are for."""
    wordings, values = sim.scenario.evidence.wordings, fill(View(sim, sim.now), sim.now, None).values
    values |= {"server": row["server"], "minutes": row["minutes"]}

    def words(part: str) -> SaidText:
        return said(wordings, f"inject:{text.id}.{part}", values)

    if text.text:
        values["text"] = row["text"] or words("text")
    for place, mail in enumerate(text.mail):
        for desk in mail.to(row["desks"]):
            subject, body = words(f"mail.{place}.subject"), words(f"mail.{place}.body")
            inbox.deliver(sim, Mail(sim.injects.next_number(), sim.now, desk, mail.sender, subject, mail.group, body))
    for place, alert in enumerate(text.alert):
        for desk in alert.to(row["desks"]):
            inbox.deliver(sim, Alert(sim.now, desk, words(f"alert.{place}")))
    call: InjectCall | CallText | None = text.call
    if text.rings:
        sim.evidence.has_rung(text.rings, sim.now)
        call = sim.scenario.evidence.call(text.rings)
    if call is not None and call.desk in row["desks"]:
        own = text.opening or text.call
        opening = words("opening") if own else said(wordings, f"call:{text.rings}.opening", values)
        replies = tuple(reply.key for reply in call.replies)
        inbox.deliver(sim, Call(sim.injects.next_number(), sim.now, call.desk, call.caller, call.number, opening, replies, call.ring_s))
    if text.headline:
        inbox.headline(sim, words("headline"))


def end_of_shyness(sim: "Simulation") -> None:
    """Clients that a rumour has kept away come back."""
    if any(until <= sim.now for _, until in sim.injects.shy):
        sim.injects.shy = [row for row in sim.injects.shy if row[1] > sim.now]
        set_away(sim)


# -- in somebody's name


def say_as(sim: "Simulation", number: int, sender: str, desks: list[str], text: str) -> None:
    """A message to desks in somebody's name."""
    messages = sim.injects.messages
    messages.append({"id": number, "step": sim.now, "from": sender, "desks": desks, "text": text, "replies": []})
    del messages[:-_MESSAGES]
    sim.tell("persona.said", tuple(desks), message=number, sender=sender, text=text)


def answer_message(sim: "Simulation", number: int, desk: str, text: str) -> None:
    """What a desk says to that: the facilitator hears it, and nobody else."""
    sim.injects.message(number)["replies"].append({"step": sim.now, "desk": desk, "text": text})
    sim.tell("persona.replied", (desk,), message=number, desk=desk, text=text)


# -- acts, beside those of the telephone


@act
def crash(sim: "Simulation", n: int) -> None:
    """A server's process ends, where there is one."""
    if n <= len(sim.fleet.servers) and sim.fleet[n].state == RUNNING:
        server_ops.stop_server(sim, n)


@act
def unavailable(sim: "Simulation", desk: str, minutes: int) -> None:
    """A hand of a desk is not there for that long; what is under way goes on."""
    sim.injects.absent.append([desk, phone.later(sim, minutes)])


@act
def late_figures(sim: "Simulation", seconds: str, minutes: int) -> None:
    """The position monitor is that much later than it would be, for that long."""
    sim.injects.delays.append([int(seconds), phone.later(sim, minutes)])


@act
def shy(sim: "Simulation", percent: str, minutes: int) -> None:
    """A part of the clients' flow stays away for that long, and then comes back."""
    sim.injects.shy.append([int(percent), phone.later(sim, minutes)])
    set_away(sim)
