"""Habits: one thing done whatever happens, and nothing else. None of them may be the best answer to every morning."""

from dataclasses import replace

from engine.analysis.balance import Beside, beside_ghost
from engine.analysis.curve import step_to
from engine.analysis.rehearsal import BEFORE, Rehearsal, play, rehearse, submit, wound_up
from engine.arguments import Args
from engine.autopilots.parts import like
from engine.commands import Command
from engine.events import DESKS
from engine.firm.simulation import Simulation
from engine.scenario.scenario import Scenario

_Habit = tuple[tuple[str, str, str, Args], ...]  # clock, desk, kind, arguments

_WORDS: _Habit = (
    ("08:00", "risk", "authorise.give", {"what": "smars.disconnect"}),
    ("08:00", "risk", "authorise.give", {"what": "servers.stop_all"}),
    ("08:00", "risk", "authorise.give", {"what": "server.start"}),
    ("08:00", "risk", "authorise.give", {"what": "flag.clear"}),
    ("08:00", "risk", "authorise.give", {"what": "release.rollback"}),
)
_OFF: _Habit = (*_WORDS, ("09:26", "operator", "smars.disconnect", {}))  # four minutes later it is half past nine
HABITS: dict[str, _Habit] = {
    "does nothing": (),
    "halts all at 09:30": _OFF,
    "halts all at 09:30, starts again at 10:15": (
        *_OFF,
        *((f"10:{15 + 5 * (n // 2)}", "operator", "server.start", Args(server=n + 1)) for n in range(8)),
    ),
    "never starts": (*_WORDS, ("08:00", "operator", "servers.stop_all", {})),
    "accepts the exchange's call": (("09:35", "risk", "exchange.accept", {}),),
    "takes the flag off": (*_WORDS, ("08:05", "deployer", "flag.clear", {}),),
    "rolls back at the bell": (*_WORDS, ("09:31", "deployer", "release.rollback", {"servers": [1, 2, 3, 4, 5, 6, 7, 8]}),),
    "caps account 33 at once": (("08:00", "risk", "limit.set", {"gross_usd": 2_000_000}),),
}


def week_of(scenario: Scenario, seed: int, name: str) -> list[Command]:
    """What an autopilot at all desks does in the week of a seed: [] for history, whose week a run of the day has behind it."""
    return [] if name == BEFORE else rehearse(scenario, seed, dict.fromkeys(DESKS, name), since=scenario.calendar.week, until=0).commands


def with_habit(scenario: Scenario, seed: int, week: list[Command], habit: _Habit, until: int | None = None) -> Rehearsal:
    """A run to step `until`: a week, then a habit and nothing else."""
    calendar = scenario.calendar
    day = [Command(0, calendar.step_at(like(calendar, clock)), desk, kind, args) for clock, desk, kind, args in habit]
    run = Rehearsal(Simulation(scenario, seed, start=scenario.calendar.week if week else 0))
    for seq, command in enumerate((*week, *day), 1):
        step_to(run.sim, command.step, run.curve)
        submit(run, replace(command, seq=seq))
    step_to(run.sim, scenario.calendar.horizon if until is None else until, run.curve)
    return run


def habits_beside(
    scenario: Scenario, seed: int, name: str = BEFORE, *, until: int | None = None, only: tuple[str, ...] = tuple(HABITS)
) -> dict[str, Beside]:
    """Habit (of those in `only`) -> its outcome on the market of a seed, after the week that an autopilot left behind; `competent` plays its own week
    where that is not history's."""
    week = week_of(scenario, seed, name)
    until = scenario.calendar.horizon if until is None else until
    ghost_usd = wound_up(play(scenario, BEFORE, seed, until=until))["total"]
    found = {
        habit: with_habit(scenario, seed, week, commands, until)
        for habit, commands in HABITS.items()
        if habit in only
    }
    since = scenario.calendar.week if week else 0
    found["competent"] = rehearse(scenario, seed, dict.fromkeys(DESKS, "competent"), since=since, until=until)
    return {habit: beside_ghost(wound_up(run), ghost_usd) for habit, run in found.items()}
