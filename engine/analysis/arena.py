"""What a run comes to in the terms of the field: times to detect, to localise, to the right cause and to mitigate; dollars, service, and deeds
that hurt."""

from typing import TypedDict

from engine.analysis.account import localised
from engine.analysis.debrief import Log
from engine.analysis.lab import SMALL_USD
from engine.analysis.rehearsal import Rehearsal, minutes, wound_up
from engine.analysis.replay import replay
from engine.market_time import STEPS_PER_MINUTE


class Measures(TypedDict):
    """Of one run. Times are minutes from the opening bell, negative before it, None where it never came to that.

    `localise`: the first check that showed the fault where it sits, or a right diagnosis, which names the place; `right_cause` has the minutes
    that wrong diagnoses add. `prevented`: 1 where nothing ran away, so that there was nothing to mitigate. `service`: the share that was kept,
    0 to 1. `hurt`: decisions without which the day had cost at least SMALL_USD less.
    """

    detect: float | None
    localise: float | None
    right_cause: float | None
    mitigate: float | None
    prevented: int
    loss_usd: float
    service: float
    hurt: int


def measured(log: Log) -> Measures:
    """Measure a run up to its horizon, the rest of the day by formula. It is played again, once, and once without each of its decisions."""
    calendar = log.scenario.calendar
    run = _played(log, frozenset())
    found = wound_up(run)
    when = minutes(calendar, found)
    named = found["diagnosed_at"]
    steps = [localised(log.scenario, log.seed, run.events), None if named is None else calendar.step_at(named)]
    step = min((one for one in steps if one is not None), default=None)
    return {
        "detect": when["notice"]["minutes"],
        "localise": None if step is None else round((step - calendar.open) / STEPS_PER_MINUTE, 1),
        "right_cause": when["diagnose"]["minutes"],
        "mitigate": when["contain"]["minutes"],
        "prevented": int(found["runaway"] == "never"),
        "loss_usd": found["total"],
        "service": found["service_kept"],
        "hurt": sum(found["total"] - wound_up(_played(log, one.seqs))["total"] >= SMALL_USD for one in log.decisions),
    }


def _played(log: Log, without: frozenset[int]) -> Rehearsal:
    commands = [command for command in log.commands if command.seq not in without]
    sim = replay(log.scenario, log.seed, commands, log.horizon, noise=log.noise, start=log.start)
    return Rehearsal(sim, events=sim.take_events())
