"""The controls lab: a scenario over many seeds, with a set of safeguards and without it, and how the losses are distributed.

A seed is run twice on the same market, so that what differs is what the set did. Safeguards are put in place where the experiment begins,
by the desks' own levers and at once, and charged at the hands and the price they take in the week: what they do they do in the machine.
Who plays are autopilots, nobody, or the commands of a run that was played, given again at their own times. Runs end at 11:30 (or where the
recorded one did), getting out by formula, as in a debrief.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import TypedDict

import numpy as np

from engine.analysis.balance import LINE_UPS
from engine.analysis.debrief import Log, of_this_course
from engine.analysis.playbook import Safeguard, lab_safeguards
from engine.analysis.rehearsal import Rehearsal, rehearse, submit, wound_up
from engine.analysis.replay import in_order
from engine.commands import Command
from engine.evidence.telling import tell
from engine.firm.inbox import has_alerted
from engine.firm.simulation import Simulation
from engine.levers.shapes import fitting
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.scenario import Scenario

SIDES = ("without", "with")
PLAYERS: dict[str, dict[str, str]] = {"nobody": {}, **LINE_UPS}
SMALL_USD = 100_000  # less is as good as nothing on such a day
_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
BARS = 20  # at most, of equal width
SKEW = 20  # where the upper tenth is so many times the lower one, ranges grow with the loss
LEAST_USD = 1_000  # the end of the first range that grows
Going = Callable[[], bool]


class _Trial(TypedDict):
    """What came of one seed, with the set or without. `refused`: lever's label -> times; `unplaced`: why something could not be put in place."""

    loss_usd: float
    trading_usd: float
    runaway: str
    noticed_at: str | None
    contained_at: str | None
    commands: int
    refused: dict[str, int]
    unplaced: list[str]


class LabSide(TypedDict):
    """All trials of one side: quantiles of the loss, its mean with the standard error, and how many never had a runaway or lost little."""

    trials: int
    least: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    most: float
    mean: float
    error: float | None
    never: int
    small: int
    worst_seed: int
    commands: int
    refused: dict[str, int]
    unplaced: list[str]


class Paired(TypedDict):
    """What the set saved on the same market."""

    pairs: int
    mean: float
    error: float | None
    median: float
    better: int
    worse: int


class Bins(TypedDict):
    """Ranges of dollars, whether they grow with the loss, and how many seeds of each side fall into them."""

    edges: list[float]
    grows: bool
    counts: dict[str, list[int]]


class Distribution(TypedDict):
    """What came of the trials so far; a side without trials is None."""

    sides: dict[str, LabSide | None]
    paired: Paired | None
    bins: Bins | None


class Stopped(Exception):
    """A trial was broken off: nobody wants it any more."""


@dataclass(frozen=True)
class Plan:
    """An experiment. `safeguards`: ids; `seats`: desk -> autopilot from `since` on, history before; or `log`: a recorded run instead.

    `tested`: every control was tested and mended; else each may have its hole, which the seed draws. `market`: the seed of all trials,
    which then redraw the market's noise alone: the same orders, the same stale server.
    """

    scenario: Scenario
    safeguards: tuple[str, ...]
    seats: Mapping[str, str] = field(default_factory=dict)
    since: int = 0
    tested: bool = True
    market: int | None = None
    log: Log | None = None

    @property
    def begins(self) -> int:
        """The step at which the safeguards are in place."""
        return self.since if self.log is None else self.log.since


def run_trial(plan: Plan, seed: int, guarded: bool, going: Going | None = None) -> _Trial:
    """One seed with the set or without: dollars, when it was contained, and what was refused. Raises Stopped once `going` says no.

    loss_usd, trading_usd, runaway, noticed_at, contained_at, commands, refused {lever's label: times}, unplaced [reasons].
    """
    market, noise = (seed, None) if plan.market is None else (plan.market, seed)
    hook = _Set(plan, market, guarded, going)
    if plan.log is None:
        run = rehearse(plan.scenario, market, dict(plan.seats), noise=noise, since=plan.since, until=plan.scenario.calendar.horizon, before=hook)
    else:
        run = _again(plan.scenario, market, noise, plan.log, hook)
    found = wound_up(run)
    theirs = [(command, reason) for command, reason in run.refused if command.seq not in hook.own]
    return {
        "loss_usd": found["total"],
        "trading_usd": found["trading"],
        "runaway": found["runaway"],
        "noticed_at": found["noticed_at"],
        "contained_at": found["contained_at"],
        "commands": len(run.commands) - len(hook.own),
        "refused": dict(Counter(tell(plan.scenario, plan.scenario.kinds[command.kind].named(plan.scenario)) for command, _ in theirs)),
        "unplaced": [tell(plan.scenario, reason) for command, reason in run.refused if command.seq in hook.own],
    }


class _Set:
    """Has its turn at every look: puts the set in place, and answers its alerts."""

    def __init__(self, plan: Plan, seed: int, guarded: bool, going: Going | None) -> None:
        self.plan, self.going = plan, going
        self.chosen = [one for one in lab_safeguards(plan.scenario, seed) if one.id in plan.safeguards] if guarded else []
        self.own: set[int] = set()  # places of its commands in the log
        self.begun = self.dawned = False
        self.heard: dict[str, int] = {}  # safeguard -> step at which its alert was heard
        self.answered: Counter[str] = Counter()

    def __call__(self, run: Rehearsal) -> None:
        """Raises Stopped."""
        if self.going is not None and not self.going():
            raise Stopped
        if not self.begun and run.sim.now >= self.plan.begins:
            self.begun = True
            self._place(run, [one.begin for one in self.chosen])
        if not self.dawned and run.sim.now >= max(self.plan.begins, 0):
            self.dawned = True
            self._place(run, [one.morning for one in self.chosen])
        for one in self.chosen:
            self._answer(run, one)

    def _place(self, run: Rehearsal, sets: list[tuple[Command, ...]]) -> None:
        """Carry these out now; what two safeguards have in common once."""
        sim, there, given = run.sim, set(run.sim.safeguards.controls), list[Command]()
        sim.instant = True
        for commands in sets:
            wanted = [command for command in commands if not any(_same(command, other) for other in given)]
            for command in wanted:
                if self._give(run, command):
                    _charge(sim, command)
            given += wanted
        for name in [name for name in sim.safeguards.controls if name not in there and self.plan.tested]:
            row, args = sim.safeguards.controls[name], {"control": name}
            for kind in ("control.test", "control.mend") if row["hole"] else ("control.test",):
                if self._give(run, command := Command(0, 0, row["desk"], kind, args)):
                    _charge(sim, command)
        sim.instant = False

    def _give(self, run: Rehearsal, command: Command) -> bool:
        seq = len(run.commands) + 1
        self.own.add(seq)
        submit(run, replace(command, seq=seq, step=run.sim.now))
        return not (run.refused and run.refused[-1][0].seq == seq)

    def _answer(self, run: Rehearsal, one: Safeguard) -> None:
        """Give what is due since the alert."""
        sim = run.sim
        if not one.answer or sim.now < 0:
            return
        if one.id not in self.heard:
            if not has_alerted(sim, one.alerted):
                return
            self.heard[one.id] = sim.now
        for after, command in one.answer[self.answered[one.id] :]:
            if sim.now < self.heard[one.id] + after * STEPS_PER_MINUTE:
                return
            self.answered[one.id] += 1
            self._give(run, command)


def _same(one: Command, other: Command) -> bool:
    return (one.desk, one.kind, one.args) == (other.desk, other.kind, other.args)


def _charge(sim: Simulation, command: Command) -> None:
    """What was put in place at once costs what it costs in the week."""
    numbers, args = sim.scenario.levers[command.kind], fitting(command.kind, command.args, sim.scenario.kinds)
    kind = sim.scenario.kinds[command.kind].like
    if kind is not None:
        numbers = sim.scenario.levers[kind(sim, args)]
    minutes = numbers.minutes if numbers.evening is None else numbers.evening
    if command.kind == "release.build":
        minutes = sim.fleet.releases[args["release"]].build or 0
    times = len(args.get("servers", (0,))) if numbers.each else 1
    sim.day.hand_steps += round(sum(count * times * held for _, count, held in numbers.held(command.desk, minutes)) * STEPS_PER_MINUTE)


def _again(scenario: Scenario, seed: int, noise: int | None, log: Log, hook: _Set) -> Rehearsal:
    """A recorded run's commands on another market, each at its own step; the hook has its turn every minute. What was refused when it was
    played is not given."""
    run = Rehearsal(Simulation(scenario, seed, noise=noise, start=log.start))
    sim = run.sim
    end = log.horizon.step
    waiting = [one for one in in_order(log.commands) if one.seq not in log.refused and log.horizon.takes(one)][::-1]

    def give(command: Command) -> None:
        sim.step(command.step - sim.now)
        submit(run, replace(of_this_course(sim, command), seq=len(run.commands) + 1))

    while sim.now < end:
        hook(run)
        minute = min(sim.now + STEPS_PER_MINUTE, end)
        while waiting and waiting[-1].step < minute:
            give(waiting.pop())
        sim.step(minute - sim.now)
    while waiting:
        give(waiting.pop())
    return run


# -- the distribution


def distribution(found: Mapping[int, Mapping[str, _Trial]]) -> Distribution:
    """What came of the trials so far, of seed -> side -> outcome: {sides {side: ...}, paired, bins}; a side without trials is None."""
    losses = {side: [float(row[side]["loss_usd"]) for _, row in sorted(found.items()) if side in row] for side in SIDES}
    pairs = [
        (float(row["without"]["loss_usd"]), float(row["with"]["loss_usd"]))
        for _, row in sorted(found.items())
        if len(row) == len(SIDES)
    ]
    rows = {side: [(seed, row[side]) for seed, row in sorted(found.items()) if side in row] for side in SIDES}
    return {"sides": {side: _side(rows[side], losses[side]) for side in SIDES}, "paired": _paired(pairs), "bins": bins(losses)}


def _side(rows: list[tuple[int, _Trial]], losses: list[float]) -> LabSide | None:
    if not rows:
        return None
    refused: Counter[str] = Counter()
    for _, row in rows:
        refused.update(row["refused"])
    least, p5, p25, median, p75, p95, most = (float(np.quantile(losses, part)) for part in _QUANTILES)
    return {
        "trials": len(rows),
        "least": least,
        "p5": p5,
        "p25": p25,
        "median": median,
        "p75": p75,
        "p95": p95,
        "most": most,
        "mean": float(np.mean(losses)),
        "error": _error(losses),
        "never": sum(row["runaway"] == "never" for _, row in rows),
        "small": sum(loss < SMALL_USD for loss in losses),
        "worst_seed": max(rows, key=lambda row: (row[1]["loss_usd"], -row[0]))[0],
        "commands": sum(row["commands"] for _, row in rows),
        "refused": dict(refused.most_common()),
        "unplaced": sorted({reason for _, row in rows for reason in row["unplaced"]}),
    }


def _paired(pairs: list[tuple[float, float]]) -> Paired | None:
    """What the set saved on the same market, seed by seed: mean and its standard error, and in how many it was better and worse."""
    if not pairs:
        return None
    saved = [without - guarded for without, guarded in pairs]
    return {
        "pairs": len(pairs),
        "mean": float(np.mean(saved)),
        "error": _error(saved),
        "median": float(np.median(saved)),
        "better": sum(usd > 0 for usd in saved),
        "worse": sum(usd < 0 for usd in saved),
    }


def _error(values: list[float]) -> float | None:
    """Standard error of a mean; None of a single value."""
    return float(np.std(values, ddof=1)) / sqrt(len(values)) if len(values) > 1 else None


def bins(losses: Mapping[str, list[float]]) -> Bins | None:
    """Ranges of dollars that both sides share, and how many seeds of each fall into them: {edges, grows, counts {side: [...]}}.

    Of equal round width; where losses lie far apart (`grows`) ranges end at 1, 2, 5, 10 ... thousand dollars, or those without a runaway
    would all be one bar. A range holds what is from its lower edge to below its upper one.
    """
    everything = sorted(loss for values in losses.values() for loss in values)
    if not everything:
        return None
    low, high = float(np.quantile(everything, 0.1)), float(np.quantile(everything, 0.9))
    grows = high > SKEW * max(low, LEAST_USD)
    edges = _growing(everything[0], everything[-1]) if grows else _even(everything[0], everything[-1])
    counts = {side: np.histogram(values, bins=[*edges[:-1], np.inf])[0].tolist() for side, values in losses.items()}
    return {"edges": edges, "grows": grows, "counts": counts}


def _nice(at_least: float) -> float:
    """The next of 1, 2, 5, 10 ... that is not smaller."""
    scale = 10.0 ** np.floor(np.log10(at_least))
    return float(next(step * scale for step in (1, 2, 5, 10) if step * scale >= at_least * (1 - 1e-9)))


def _even(least: float, most: float) -> list[float]:
    width = _nice(max((most - least) / (BARS - 2), 1.0))
    first = np.floor(least / width)
    return [float(width * (first + i)) for i in range(int(np.floor(most / width) - first) + 2)]


def _growing(least: float, most: float) -> list[float]:
    """0 (or below, where something was earned) and up to the first edge above the most."""
    edges = [min(0.0, float(np.floor(least)))]
    step = float(LEAST_USD)
    while edges[-1] <= most:
        edges.append(step)
        step = _nice(step * 1.5)
    first = max(i for i, edge in enumerate(edges) if edge <= least)
    return edges[first:]
