"""What a decision was worth: the same market again without it, five minutes earlier, five minutes later; and each one's fair share.

Same seed, same orders, the other commands at their own times. Every run, the one that was played too, is taken to two hours after the bell
(or to where the played one was ended) and the rest of the way out is reckoned by formula, so that all are measured with one yardstick. What a
team did after that is part of no answer here.

Shares are Shapley values of the pivotal decisions: what each adds on the mean over all orders in which they could have been taken one by
one. They add up to the loss without any of them less the loss as played. Exact where all subsets can be run; else the mean over the
rotations of one drawn ring and their reverses, in which each decision has every place equally often and comes before each other one in
half of them. The standard error shown is that of as many independent pairs: of balanced ones the mean is nearer than that.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from math import factorial, sqrt
from typing import Any, NamedTuple

from engine.analysis.playbook import BarrierPlan, barrier_plans
from engine.analysis.replay import in_order
from engine.arguments import Sentence, phrase
from engine.commands import Command
from engine.events import DESKS
from engine.firm.simulation import Simulation
from engine.levers.shapes import fitting
from engine.market_time import EARLIEST, STEPS_PER_MINUTE, Calendar
from engine.moment import Moment
from engine.scenario.scenario import Scenario
from engine.scenario.wordings import reply_text

ANSWER = "call.answer"
SHIFT_STEPS = 5 * STEPS_PER_MINUTE
PIVOTAL = 6  # decisions that shares are reckoned for, the largest alone
EXACT = 5  # so many have all their subsets run
MOST_NAMED = 5  # stocks that a decision is told by


@dataclass(frozen=True)
class Log:
    """A run that was played: its market, its commands by place in the log, and the moment it had reached. Before the step
    `since` history played. `refused`: places of commands that were not carried out. `closed`: barriers of the week that stood at the bell."""

    scenario: Scenario
    seed: int
    commands: tuple[Command, ...]
    until: Moment
    noise: int | None = None
    start: int = 0
    since: int = EARLIEST
    refused: frozenset[int] = frozenset()
    closed: frozenset[str] = frozenset()

    @property
    def horizon(self) -> Moment:
        """The moment up to which runs are compared."""
        return min(self.until, Moment.before(self.scenario.calendar.horizon, self.commands))

    @cached_property
    def decisions(self) -> "tuple[Decision, ...]":
        """What changed the market or could have, by time: what a desk did of one kind in an evening, or in a phase of the day, is one."""
        found: dict[tuple[str, str, str], list[Command]] = {}
        calendar = self.scenario.calendar
        for command in in_order(self.commands):
            if command.seq not in self.refused and self.horizon.takes(command) and self._could_matter(command):
                part = calendar.phase(command.step) if command.step >= 0 else part_of(calendar, command)
                found.setdefault((command.desk, command.kind, part), []).append(command)
        ordered = sorted(found.values(), key=lambda commands: (commands[0].step, commands[0].seq))
        return tuple(Decision(number, tuple(commands)) for number, commands in enumerate(ordered, 1))

    @cached_property
    def plans(self) -> dict[str, BarrierPlan]:
        """The plan that closes each barrier of the week, by barrier."""
        return {one.barrier: one for one in barrier_plans(self.scenario, self.seed) if one.barrier}

    def _could_matter(self, command: Command) -> bool:
        if command.desk not in DESKS or command.step < self.since:
            return False
        if command.kind == ANSWER:
            return bool(self.scenario.evidence.acts.get(fitting(ANSWER, command.args).get("reply", ""), ()))
        found = self.scenario.kinds.get(command.kind)
        return found is not None and not found.talk and not found.informs


@dataclass(frozen=True)
class Decision:
    """One decision of a team: its number by time and its commands."""

    number: int
    commands: tuple[Command, ...]

    @property
    def kind(self) -> str:
        """The lever."""
        return self.commands[0].kind

    @property
    def first(self) -> int:
        """The step at which it was taken."""
        return self.commands[0].step

    @property
    def seqs(self) -> frozenset[int]:
        """Places of its commands in the log."""
        return frozenset(command.seq for command in self.commands)


def decision_words(scenario: Scenario, one: Decision) -> Sentence:
    """A decision as people read it."""
    first, evidence = one.commands[0], scenario.evidence
    if one.kind == ANSWER:
        replies = [(call.caller, reply.key) for call in evidence.calls for reply in call.replies]
        replies += [(inject.call.caller, reply.key) for inject in evidence.injects if inject.call for reply in inject.call.replies]
        caller, key = next((caller, key) for caller, key in replies if key == fitting(one.kind, first.args).get("reply"))
        return phrase("Answered {caller}: {reply}", caller=caller, reply={"text": reply_text(key), "values": {}})
    given = [fitting(command.kind, command.args, scenario.kinds) for command in one.commands]
    servers = sorted({n for args in given for n in args.get("servers", [args.get("server", 0)]) if n})
    hosts = ", ".join(scenario.fleet.name.format(n=n) for n in servers)
    where: Sentence = phrase("all servers") if 1 < len(servers) == scenario.fleet.servers else hosts
    release = given[0].get("release", "")
    duties: dict[str, Sentence] = {duty.id: duty.said() for duty in scenario.duty}
    named = [str(args[name]) for args in given for name in ("broker", "exchange", "duty") if name in args]
    stocks = [args["symbols"] for args in given if isinstance(args.get("symbols"), list)]
    named += [symbol for chosen in stocks for symbol in chosen if len(chosen) <= MOST_NAMED]
    what: Any = [duties.get(name, name) for name in dict.fromkeys(named)]
    lever, times = scenario.kinds[one.kind].named(scenario), len(one.commands)
    aim = [part for part in (where, release, what) if part]
    if aim:
        target = reduce(lambda whole, part: phrase("{aim}: {what}", aim=whole, what=part), aim)
        return phrase("{lever} ({target})", lever=lever, target=target)
    return phrase("{lever}, {count} times", lever=lever, count=times) if times > 1 and not servers else lever


class Counterfactual(NamedTuple):
    """Another course of a run: places of commands that are not given, and of those that are given `by` steps later (earlier below 0)."""

    key: str
    without: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()
    by: int = 0


class CounterfactualResult(NamedTuple):
    """Loss of a counterfactual in dollars; `reason`: why what was moved could not have been done then, and then there is no loss and no
    curve; `curve`: [step, loss in whole dollars] of every full minute from the first difference to the played run on, as the board shows it.
    """

    loss_usd: float
    reason: Sentence = ""
    curve: list[list[int]] = []


AS_PLAYED = Counterfactual("played")


def without(one: Decision) -> Counterfactual:
    """The run without a decision."""
    return Counterfactual(f"without:{one.number}", one.seqs)


def alternatives(log: Log) -> list[Counterfactual]:
    """The run as played, without each decision, without anything a desk did; and for levers earlier and later. What every decision was worth
    comes first: all that people wait for hangs on it."""
    nothing = Counterfactual("nothing", frozenset(command.seq for command in log.commands if command.desk in DESKS))
    found = [AS_PLAYED, *map(without, log.decisions), nothing]
    for one in log.decisions:
        if one.kind == ANSWER:
            continue  # a telephone is answered while it rings
        found += [
            Counterfactual(f"{word}:{one.number}", moved=one.seqs, by=by)
            for word, by in (("earlier", -SHIFT_STEPS), ("later", SHIFT_STEPS))
        ]
    return found


def part_of(calendar: Calendar, command: Command) -> str:
    """The evening or the phase in which it was given; the morning is one, for the bell keeps nobody from acting before it."""
    evening = calendar.evening_of(command.step)
    return "the day" if evening is None else f"evening {evening}"


def of_this_course(sim: Simulation, command: Command) -> Command:
    """An answer goes to the call that it is one to: calls are numbered as they ring, and in another course others have rung before."""
    if command.kind != ANSWER:
        return command
    reply = fitting(ANSWER, command.args).get("reply")
    found = [
        call["id"]
        for call in sim.inbox.calls
        if call["desk"] == command.desk and reply in call["replies"]
    ]
    return replace(command, args={**command.args, "call": found[-1]}) if found else command


# -- shares


def pivotal(log: Log, worth: Mapping[int, float]) -> tuple[Decision, ...]:
    """The decisions that shares are reckoned for, by time: the PIVOTAL largest by what the day costs without them (number -> dollars)."""
    largest = sorted(log.decisions, key=lambda one: (-abs(worth.get(one.number, 0.0)), one.number))[:PIVOTAL]
    return tuple(sorted((one for one in largest if worth.get(one.number, 0.0)), key=lambda one: one.number))


def orders(count: int, seed: int) -> list[tuple[int, ...]]:
    """Orders of `count` decisions in which they are taken one by one: the rotations of a ring drawn from the seed, each followed by its
    reverse."""
    ring = sorted(range(count), key=lambda one: hashlib.sha256(f"{seed} {one}".encode()).digest())
    rotations = [tuple(ring[turn:] + ring[:turn]) for turn in range(count)]
    return [order for one_way in rotations for order in (one_way, one_way[::-1])]


def subsets(count: int, seed: int) -> list[frozenset[int]]:
    """Which of `count` decisions are taken in the runs that shares need."""
    if count <= EXACT:
        return [frozenset(i for i in range(count) if mask >> i & 1) for mask in range(1 << count)]
    prefixes = {frozenset(order[:length]) for order in orders(count, seed) for length in range(count + 1)}
    return sorted(prefixes, key=lambda taken: (len(taken), sorted(taken)))


def subset(decisions: tuple[Decision, ...], taken: frozenset[int]) -> Counterfactual:
    """The run in which only these of the pivotal decisions are taken, and all the others. Some are alternatives under their own name."""
    left = [one for i, one in enumerate(decisions) if i not in taken]
    if not left:
        return AS_PLAYED
    if len(left) == 1:
        return without(left[0])
    return Counterfactual("taken:" + ",".join(str(decisions[i].number) for i in sorted(taken)), frozenset[int]().union(*(one.seqs for one in left)))


class Share(NamedTuple):
    """A decision's share of the losses avoided, in dollars, and the standard error of it (0 where it is exact)."""

    usd: float
    error_usd: float


def shares(count: int, seed: int, loss: Mapping[frozenset[int], float]) -> list[Share]:
    """Shapley shares of `count` decisions, of the losses of their `subsets`. They add up to loss[none] - loss[all]."""
    if count <= EXACT:
        return [Share(_exact(i, count, loss), 0.0) for i in range(count)]
    drawn = orders(count, seed)
    added = [
        [
            loss[frozenset(order[: order.index(i)])] - loss[frozenset(order[: order.index(i) + 1])]
            for order in drawn
        ]
        for i in range(count)
    ]
    return [Share(sum(values) / len(values), _error(values)) for values in added]


def _exact(i: int, count: int, loss: Mapping[frozenset[int], float]) -> float:
    total = 0.0
    for taken, before in loss.items():
        if i not in taken:
            weight = factorial(len(taken)) * factorial(count - len(taken) - 1) / factorial(count)
            total += weight * (before - loss[taken | {i}])
    return total


def _error(values: list[float]) -> float:
    """Of the mean over pairs of an order and its reverse, which are not independent."""
    pairs = [(one + other) / 2 for one, other in zip(values[::2], values[1::2], strict=True)]
    mean = sum(pairs) / len(pairs)
    return sqrt(sum((value - mean) ** 2 for value in pairs) / (len(pairs) - 1) / len(pairs))
