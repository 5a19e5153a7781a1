"""Habits: one thing done whatever happens, and nothing else. None of them may be the best answer to every morning.

They lie in habits.toml beside this file, and belong to no scenario: what is asked of one is what all of them come to on its mornings.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.analysis.balance import Beside, beside_ghost
from engine.analysis.curve import step_to
from engine.analysis.playbook import commands_of, playbook, tables_of
from engine.analysis.rehearsal import BEFORE, Rehearsal, play, rehearse, submit, wound_up
from engine.commands import Command
from engine.events import DESKS
from engine.firm.simulation import Simulation
from engine.scenario.scenario import Scenario

FILE = Path(__file__).with_name("habits.toml")
_OWN = "own"  # a habit's commands are all that is done in the week


@dataclass(frozen=True, slots=True)
class Routine:
    """One thing done. `week`: the playbook of the week that comes before it, _OWN, or "" where history's lies behind the morning; `knows`:
    whether it is told which server is concerned, as nobody is who plays."""

    id: str
    label: str
    week: str
    knows: bool
    rows: tuple[dict[str, Any], ...]

    def commands(self, scenario: Scenario, seed: int) -> list[Command]:
        """What is done on the morning of a seed, by time, numbered from 1. Raises PlaybookError."""
        before = playbook(scenario, self.week, seed) if self.week not in ("", _OWN) else []
        found = [*before, *commands_of(scenario, seed, f"{FILE.name}: {self.id}", list(self.rows))]
        found.sort(key=lambda command: command.step)
        return [replace(command, seq=seq) for seq, command in enumerate(found, 1)]


class HabitOutcome(Beside):
    """What came of a habit or of `competent`: in plain words what was done, how many commands it gave (`refused` of them were skipped), and
    the share of client orders served."""

    label: str
    given: int
    refused: int
    service_kept: float


@lru_cache(maxsize=1)
def habits() -> tuple[Routine, ...]:
    """All that there are, in the order of their file."""
    rows = tables_of(FILE)["habit"]
    return tuple(
        Routine(row["id"], row["label"], row.get("week", ""), any("stale" in command.get("args", {}).values() for command in row["command"]),
              tuple(row["command"]))
        for row in rows
    )  # fmt: skip


def habits_for(scenario: Scenario, week: str = BEFORE) -> list[Routine]:
    """Those that can be played on a scenario's mornings, after the week of `week`: a week of their own only where there is one to be played
    and nobody else plays it."""
    evenings = {*scenario.calendar.before, scenario.calendar.today}
    open_week = week == BEFORE and not scenario.faults.deck
    return [
        habit
        for habit in habits()
        if (open_week or not habit.week)
        and all(row["at"].date() in evenings for row in habit.rows if isinstance(row["at"], datetime.datetime))
    ]


def week_of(scenario: Scenario, seed: int, name: str) -> list[Command]:
    """What an autopilot at all desks does in the week of a seed: [] for history, whose week a run of the day has behind it."""
    return [] if name == BEFORE else rehearse(scenario, seed, dict.fromkeys(DESKS, name), since=scenario.calendar.week, until=0).commands


def with_habit(scenario: Scenario, seed: int, week: list[Command], habit: Routine, until: int | None = None) -> Rehearsal:
    """A run to step `until`: a week, then a habit and nothing else."""
    since = scenario.calendar.week if week or habit.week else 0
    run = Rehearsal(Simulation(scenario, seed, start=since))
    for seq, command in enumerate((*week, *habit.commands(scenario, seed)), 1):
        step_to(run.sim, command.step, run.curve)
        submit(run, replace(command, seq=seq))
    step_to(run.sim, scenario.calendar.horizon if until is None else until, run.curve)
    return run


def habits_beside(
    scenario: Scenario, seed: int, name: str = BEFORE, *, until: int | None = None, only: Collection[str] | None = None
) -> dict[str, HabitOutcome]:
    """Routine (of those in `only`) -> its outcome on the market of a seed, after the week that an autopilot left behind; and `competent`, where
    it is among them, who plays its own week where that is not history's."""
    week = week_of(scenario, seed, name)
    until = scenario.calendar.horizon if until is None else until
    ghost_usd = wound_up(play(scenario, BEFORE, seed, until=until))["total"]
    found = {
        habit.id: _outcome(habit.label, with_habit(scenario, seed, week, habit, until), ghost_usd)
        for habit in habits_for(scenario, name)
        if only is None or habit.id in only
    }
    if only is None or "competent" in only:
        since = scenario.calendar.week if week else 0
        run = rehearse(scenario, seed, dict.fromkeys(DESKS, "competent"), since=since, until=until)
        found["competent"] = _outcome("competent at all desks", run, ghost_usd)
    return found


def _outcome(label: str, run: Rehearsal, ghost_usd: float) -> HabitOutcome:
    score = wound_up(run)
    return {
        "label": label,
        **beside_ghost(score, ghost_usd),
        "service_kept": score["service_kept"],
        "given": len(run.commands),
        "refused": len(run.refused),
    }
