"""Other courses of a run that was played, each run from the last moment that it has in common with one that was run before.

Courses are a tree: what was given and taken up to a moment, and nothing else, says what the simulation is then. A command that is refused
leaves no trace in it, so that one which is refused and one which is not given lead to the same place. Checkpoints hang on that tree: of the
played run where its courses begin, and of a course where another one that is wanted leaves it. Whoever wants a course goes down the tree as
far as it is known, and may find at its end what another has come to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from engine.analysis.curve import step_to
from engine.analysis.debrief import AS_PLAYED, SHIFT_STEPS, Counterfactual, CounterfactualResult, Log, of_this_course, part_of
from engine.analysis.rehearsal import Rehearsal, wound_up
from engine.analysis.replay import in_order, restore, save
from engine.arguments import Sentence, phrase
from engine.commands import Command
from engine.firm.simulation import Simulation
from engine.market_time import STEPS_PER_MINUTE

KEPT_STEPS = 3 * STEPS_PER_MINUTE  # checkpoints of a course are no nearer to each other


class _Kept(NamedTuple):
    """A checkpoint at a step, of which itself nothing has been given, and the loss of every full minute before it."""

    step: int
    blob: bytes
    curve: list[list[int]]


@dataclass(eq=False)
class _Node:
    """Where a course is once certain commands have been taken. `after`: place and step of a command given next -> where that leads (here, if
    it was refused) and why it was refused; `ended`: loss at the horizon and the curve up to it, where nothing more is given.
    """

    kept: list[_Kept] = field(default_factory=list)
    after: "dict[tuple[int, int], tuple[_Node, Sentence]]" = field(default_factory=dict)
    ended: tuple[float, list[list[int]]] | None = None

    def keep(self, run: Rehearsal) -> None:
        """Hang a checkpoint here."""
        self.kept.append(_Kept(run.sim.now, save(run.sim), list(run.curve)))


class _Known(NamedTuple):
    """How far a course is known: the last checkpoint on its way, the node that it hangs on, and either where it ends, once that is known, or
    why something that was moved is refused.
    """

    kept: _Kept
    node: _Node
    ended: tuple[float, list[list[int]]] | None = None
    reason: Sentence = ""


class Replays:
    """Runs counterfactuals of a log. The played run goes on no further than has been asked for, so that the first answers do not wait for the
    last checkpoints. `prepare` is for one thread at a time, `outcome` of what is prepared for any number.
    """

    def __init__(self, log: Log) -> None:
        self.log = log
        self._ordered = in_order(log.commands)
        self._root = _Node()
        self._head, self._head_node = Rehearsal(Simulation(log.scenario, log.seed, noise=log.noise, start=log.start)), self._root
        self._root.keep(self._head)
        self._moments = self._beginnings()
        self._given: dict[Counterfactual, list[Command]] = {}
        self._spare: list[Simulation] = []  # no longer wanted: to become one takes half the time of making one

    def _beginnings(self) -> list[int]:
        """Where a counterfactual may begin, none nearer to the one before than KEPT_STEPS."""
        firsts = {max(self.log.start, first) for one in self.log.decisions for first in (one.first - SHIFT_STEPS, one.first)}
        found = [self.log.start]
        for step in sorted(firsts):
            if step >= found[-1] + KEPT_STEPS:
                found.append(step)
        return found

    def prepare(self, counterfactual: Counterfactual) -> None:
        """Take the played run to where this counterfactual begins."""
        first = self._first(counterfactual)
        for moment in self._moments:
            if self._head.sim.now < moment <= first:
                self._head_node, _ = _to(self._head, self._head_node, self._course(AS_PLAYED), moment)
                self._head_node.keep(self._head)

    def outcome(self, counterfactual: Counterfactual, others: Iterable[Counterfactual] = ()) -> CounterfactualResult:
        """What the day costs then. `others`: what will be asked for as well; a checkpoint is kept where one of them leaves this course."""
        if counterfactual.by < 0 and self._is_too_early(counterfactual):
            return CounterfactualResult(0.0, phrase("that part of the game had not begun"))
        self.prepare(counterfactual)
        course, moved = self._course(counterfactual), counterfactual.moved
        known = self._known(course, moved)
        if not known.reason and known.ended is None:
            known = self._run(known, course, moved, self._partings(course, others))
        if known.reason or known.ended is None:
            return CounterfactualResult(0.0, known.reason)
        loss, curve = known.ended
        begun = max(moment for moment in self._moments if moment <= self._first(counterfactual))
        return CounterfactualResult(loss, "", [minute for minute in curve if minute[0] > begun])

    def _known(self, course: Sequence[Command], moved: frozenset[int]) -> _Known:
        """Down the tree as far as it is known."""
        node, found = self._root, _Known(self._root.kept[0], self._root)
        for command in course:
            found = _latest(node, command.step, found)
            if (command.seq, command.step) not in node.after:
                return found
            node, reason = node.after[command.seq, command.step]
            if reason and command.seq in moved:
                return found._replace(reason=reason)
        return _latest(node, self.log.horizon.step, found)._replace(ended=node.ended)

    def _run(self, known: _Known, course: Sequence[Command], moved: frozenset[int], partings: Iterable[int]) -> _Known:
        """On from its last checkpoint to the horizon, or to where something that was moved is refused: nobody asks what such a day costs."""
        kept, node, end = known.kept, known.node, self.log.horizon.step
        run, last = Rehearsal(self._restored(kept.blob), curve=list(kept.curve)), kept.step
        for step in [one for one in partings if kept.step < one < end]:
            if step >= last + KEPT_STEPS:
                node, reason = _to(run, node, course, last := step, moved)
                if reason:
                    break
                node.keep(run)
        else:
            node, reason = _to(run, node, course, end, moved)
        if not reason:
            node, reason = _give(run, node, [one for one in course if one.step == end], moved)
        if not reason:
            node.ended = float(wound_up(run)["total"]), run.curve
        self._spare.append(run.sim)
        return known._replace(ended=node.ended, reason=reason)

    def _partings(self, course: list[Command], others: Iterable[Counterfactual]) -> list[int]:
        """The steps at which others leave this course, in order."""
        found = set()
        for other in others:
            theirs = self._course(other)
            pairs = zip(course, theirs, strict=False)
            alike = next((place for place, (one, their) in enumerate(pairs) if _place(one) != _place(their)), min(len(course), len(theirs)))
            if apart := course[alike : alike + 1] + theirs[alike : alike + 1]:
                found.add(min(one.step for one in apart))
        return sorted(found)

    def _course(self, counterfactual: Counterfactual) -> list[Command]:
        """The commands that are given then, up to the horizon, at the times that they have then."""
        if counterfactual not in self._given:
            log, moved, by = self.log, counterfactual.moved, counterfactual.by
            kept = [one for one in self._ordered if one.seq not in counterfactual.without]
            course = in_order(replace(one, step=one.step + by) if one.seq in moved else one for one in kept)
            self._given[counterfactual] = [one for one in course if one.step >= log.start and log.horizon.takes(one)]
        return self._given[counterfactual]

    def _first(self, counterfactual: Counterfactual) -> int:
        """The step of the first difference."""
        changed, by = counterfactual.without | counterfactual.moved, min(counterfactual.by, 0)
        first = min((one.step + by * (one.seq in counterfactual.moved) for one in self._ordered if one.seq in changed), default=self.log.horizon.step)
        return max(first, self.log.start)

    def _is_too_early(self, counterfactual: Counterfactual) -> bool:
        """Whether something would have been moved out of its evening or the game."""
        log, calendar = self.log, self.log.scenario.calendar
        moved = [(one, replace(one, step=one.step + counterfactual.by)) for one in self._ordered if one.seq in counterfactual.moved]
        return any(then.step < log.since or part_of(calendar, then) != part_of(calendar, one) for one, then in moved)

    def _restored(self, blob: bytes) -> Simulation:
        try:
            return restore(self.log.scenario, blob, into=self._spare.pop())
        except IndexError:
            return restore(self.log.scenario, blob)


def _latest(node: _Node, until: int, found: _Known) -> _Known:
    """The last checkpoint of this node up to a step, where it is later than the one found before."""
    later = [kept for kept in node.kept if found.kept.step <= kept.step <= until]
    return _Known(max(later, key=lambda kept: kept.step), node) if later else found


def _to(
    run: Rehearsal, node: _Node, course: Iterable[Command], until: int, moved: frozenset[int] = frozenset()
) -> tuple[_Node, Sentence]:
    """Go on to a step, of which itself nothing is given: see `_give`."""
    first = run.sim.now
    node, reason = _give(run, node, [one for one in course if first <= one.step < until], moved)
    if not reason:
        step_to(run.sim, until, run.curve)
    return node, reason


def _give(
    run: Rehearsal, node: _Node, commands: Iterable[Command], moved: frozenset[int] = frozenset()
) -> tuple[_Node, Sentence]:
    """Give commands, each at its step, and note where that leads to: the node, and why the first of `moved` was refused, with which it ends."""
    for command in commands:
        step_to(run.sim, command.step, run.curve)
        refusal = run.sim.submit(of_this_course(run.sim, command))
        reason = refusal.reason if refusal else ""
        node, _ = node.after.setdefault((command.seq, command.step), (node if reason else _Node(), reason))
        if reason and command.seq in moved:
            return node, reason
    return node, ""


def _place(command: Command) -> tuple[int, int]:
    return command.seq, command.step
