"""Levers under way: what they take of a desk's hands and of the time."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.arguments import Args, Phrase, Sentence, phrase
from engine.commands import Command, Lever, Refused
from engine.firm.duties import slowed
from engine.firm.week import automated
from engine.market_time import PHASES, STEPS_PER_MINUTE, STEPS_PER_SECOND

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

LONG_MIN = 60  # on the day nothing that takes longer may be started


@dataclass(slots=True)
class Work:
    """A lever under way: it holds hands from `start` and takes effect at `end`; with `stages` server after server, `done` of them so far.

    `hands` by desk; `held`: the step at which a desk has its hands back, where that is before the end.
    """

    seq: int
    desk: str
    kind: str
    args: Args
    start: int
    end: int
    hands: dict[str, int]
    held: dict[str, int] = field(default_factory=dict)
    stages: int = 1
    done: int = 0

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Work":
        """From a checkpoint; hands were a number of the desk's own once."""
        hands = data["hands"]
        if not isinstance(hands, dict):
            hands = {data["desk"]: hands} if hands else {}
        return cls(**{**data, "hands": hands})

    @property
    def due(self) -> int:
        """The step at which its next stage takes effect."""
        return self.start + (self.end - self.start) * (self.done + 1) // self.stages

    def holds(self, desk: str, step: int) -> int:
        """Hands of a desk that it occupies at a step."""
        return self.hands.get(desk, 0) if step < self.held.get(desk, self.end) else 0

    def left_s(self, step: int) -> int:
        """Seconds of market time from a step until it takes effect."""
        return -(-(self.end - step) // STEPS_PER_SECOND)

    @property
    def left(self) -> Args:
        """Its arguments, with the servers alone that are still to be done."""
        return {**self.args, "servers": self.args["servers"][self.done :]} if self.stages > 1 else self.args


def schedule(sim: "Simulation", command: Command, lever: Lever, args: Args) -> Work:
    """Hands and time of a lever. Raises Refused when a desk has no hand free or the control was never built."""
    like = lever.like(sim, args) if lever.like else lever.kind
    numbers = sim.scenario.levers[like]
    if lever.expand:
        args = lever.expand(sim, args)
    if sim.instant:
        return Work(command.seq, command.desk, lever.kind, args, sim.now, sim.now, {})
    if numbers.only_built and lever.kind not in sim.safeguards.built:
        raise Refused("{lever}: there is none, it was never built", lever=lever.named(sim.scenario))
    if reason := not_before_open(sim, lever.kind):
        raise Refused("{lever}: {why}", lever=lever.named(sim.scenario), why=reason)
    hands = hands_for(sim, like, command.desk)
    for desk, wanted in hands.items():
        if free_hands(sim, desk) < wanted:
            raise Refused(why_no_hand(sim, desk, command.desk))
    if numbers.shared > 1:
        hands = {command.desk: min(numbers.shared, free_hands(sim, command.desk))}
    servers = len(args.get("servers", (0,)))
    minutes = lever.minutes(sim, args) if lever.minutes else minutes_of(sim, like, servers, sum(hands.values()))
    if numbers.automated is not None and automated(sim, args.get("servers", ())):
        minutes = numbers.automated
    steps = max(1, round(minutes * STEPS_PER_MINUTE)) if minutes else 0
    end = sim.now + steps
    stages = servers if sim.now < 0 and numbers.tonight else 1
    return Work(command.seq, command.desk, lever.kind, args, sim.now, end, hands, held_until(sim, like, end), stages)


def why_no_hand(sim: "Simulation", desk: str, giver: str) -> Phrase:
    """What keeps the hands of a desk, for the desk that would need one."""
    if desk != giver:
        return phrase("the {seat} has no hand free", seat=desk)
    works = [work for work in sim.works if work.holds(desk, sim.now)]
    kinds = sim.scenario.kinds
    busy = [phrase("{lever} ({seconds} s left)", lever=kinds[work.kind].named(sim.scenario), seconds=work.left_s(sim.now)) for work in works]
    back_at = sim.injects.back_at(giver, sim.now)
    busy += [] if back_at is None else [phrase("one is away until {until}", until=sim.calendar.hm(back_at))]
    return phrase("no hand free: {busy}", busy=busy)


def minutes_of(sim: "Simulation", kind: str, count: int = 1, hands: int = 1) -> float:
    """Minutes of market time that a lever takes when it is given now: for `count` servers, with `hands` hands where they share the work."""
    numbers = sim.scenario.levers[kind]
    minutes = numbers.minutes
    if sim.now < 0 and numbers.evening is not None:
        return sim.phone.pace.get(kind, numbers.evening) * (count if numbers.each else 1)
    if sim.now < sim.calendar.open and numbers.premarket is not None:
        minutes = numbers.premarket
    if numbers.built is not None and kind in sim.safeguards.built:
        minutes = numbers.built
    minutes = sim.phone.pace.get(kind, minutes)
    if sim.scenario.kinds[kind].informs and sim.day.help_level != "2012":
        minutes /= 2  # who is helped can afford to look once more; what is not asked for is not shown either way
    if sim.scenario.kinds[kind].stops and "drilled" in sim.week.facts:
        minutes /= 2
    if slowed(sim, kind):
        minutes *= 2
    if numbers.each:
        minutes *= count
    if numbers.all_minutes is not None and count > 1:
        minutes = numbers.all_minutes
    return minutes / max(hands, 1) if numbers.shared > 1 else minutes


def free_hands(sim: "Simulation", desk: str) -> int:
    """Hands of a desk that are not at work."""
    return max(hands_of(sim, desk) - sum(work.holds(desk, sim.now) for work in sim.works), 0)


def hands_of(sim: "Simulation", desk: str) -> int:
    """Hands of a desk, with those that were lent to it and without those that are not there."""
    hands = sim.scenario.hands
    own: int = getattr(hands.evening if sim.now < 0 else hands, desk, 0)
    return max(own + sim.phone.hands.get(desk, 0) - sim.injects.absent_hands(desk, sim.now), 0)


def not_now(sim: "Simulation", kind: str, like: str = "") -> Sentence:
    """Why a lever cannot be started in this phase at all, or "" when it can. `like`: the lever whose minutes it takes."""
    if sim.instant or sim.scenario.kinds[kind].talk:
        return ""
    numbers = sim.scenario.levers[kind]
    if sim.now < 0 and numbers.evening is None:
        return phrase("not on an evening of the week")
    if sim.now < 0 and numbers.built is not None and kind not in sim.safeguards.built:
        return phrase("there is none yet: on an evening it is built first, on the day it is put together in a hurry")
    if numbers.phases and sim.calendar.phase(sim.now) not in numbers.phases:
        return phrase("only in: {phases}", phases=[phrase(PHASES[name]) for name in numbers.phases])
    minutes = sim.scenario.levers[like or kind].minutes
    if sim.now >= 0 and minutes > LONG_MIN:
        return phrase("takes {minutes:g} minutes: from {since} on nothing longer than an hour is started", minutes=minutes, since=sim.calendar.hm(0))
    return ""


def not_before_open(sim: "Simulation", kind: str) -> Sentence:
    """Why a control cannot be set before the bell, or "" when it can: one that the week has not built is put together in a hurry, and
    nobody hurries before there is anything to see. Without that a cap of $25M at 08:00, lifted at 10:16, is right on most mornings.
    """
    unbuilt = sim.scenario.levers[kind].built is not None and kind not in sim.safeguards.built
    if sim.instant or not unbuilt or not 0 <= sim.now < sim.calendar.open:
        return ""
    return phrase("the week has not built it: from {since} on it is put together in a hurry", since=sim.calendar.hm(sim.calendar.open))


def hands_for(sim: "Simulation", kind: str, desk: str) -> dict[str, int]:
    """Hands that a lever takes now, by desk, the desk that gives it first; none where it is the telephone."""
    numbers = sim.scenario.levers[kind]
    if sim.now < 0 and numbers.evening_hands:
        return {str(other): hands for other, hands in numbers.evening_hands.items()}
    return {desk: numbers.hands} if numbers.hands else {}


def held_until(sim: "Simulation", kind: str, end: int) -> dict[str, int]:
    """Steps at which desks have their hands back, where that is before a lever's end."""
    if sim.now >= 0:
        return {}
    held = {
        desk: sim.now + round(minutes * STEPS_PER_MINUTE)
        for desk, minutes in sim.scenario.levers[kind].evening_held.items()
    }
    return {desk: step for desk, step in held.items() if step < end}
