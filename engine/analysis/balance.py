"""The game's balance: line-ups of autopilots, or playbooks, on the same markets, seed after seed, each beside history's run.

Getting out is reckoned by formula: a run ends at the calendar's horizon; what is left of the position is marked as the score marks it, and
what is down then counts as down until the close.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from engine.analysis.idle_time import Waits, waits_of
from engine.analysis.rehearsal import BEFORE, SHARE_FROM_USD, play, rehearse, wound_up
from engine.events import DESKS
from engine.firm.score import Score, grade
from engine.market.faults import draw_fault
from engine.scenario.scenario import Scenario

_MOST = 0.95  # of history's loss: who avoids as much has planned well
_QUANTILES = (("least", 0.0), ("p10", 0.1), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p90", 0.9), ("most", 1.0))


class Beside(TypedDict):
    """What counts of a score beside history's loss on the same market; dollars are whole."""

    loss_usd: int
    ghost_usd: int
    share_avoided: float | None
    grade: float
    runaway: str
    contained_at: str | None
    noticed_at: str | None
    trading: int
    halting: int
    client_harm: int
    precautions: int
    penalties: int


class SeedOutcome(Beside):
    """The same of a line-up on the market of a seed, with what was wrong there and how often its commands were refused."""

    seed: int
    fault: str
    refused: int


class PlaybookOutcome(SeedOutcome):
    """The same of a playbook: its name, how many commands it gave (`refused` of them were skipped), and the share of client orders served."""

    playbook: str
    given: int
    service_kept: float


class Summary(TypedDict):
    """Of a line-up over seeds."""

    loss_usd: dict[str, float]
    grade: dict[str, float]
    most_avoided: float | None
    rows: list[SeedOutcome]


def _line_ups() -> dict[str, dict[str, str]]:
    found = {f"all {name}": dict.fromkeys(DESKS, name) for name in ("history", "novice", "competent")}
    return found | {f"competent {desk}": {**dict.fromkeys(DESKS, "novice"), desk: "competent"} for desk in DESKS}


LINE_UPS = _line_ups()


def beside_ghost(found: Score, ghost_usd: float) -> Beside:
    """What counts of a score beside history's loss on the same market; dollars are whole."""
    avoided = ghost_usd - found["total"]
    return {
        "loss_usd": round(found["total"]),
        "ghost_usd": round(ghost_usd),
        "share_avoided": round(avoided / ghost_usd, 4) if ghost_usd > SHARE_FROM_USD else None,
        "grade": grade(found["total"], ghost_usd, found["yardstick"]),
        "runaway": found["runaway"],
        "contained_at": found["contained_at"],
        "noticed_at": found["noticed_at"],
        "trading": round(found["trading"]),
        "halting": round(found["halting"]),
        "client_harm": round(found["client_harm"]),
        "precautions": round(found["precautions"]),
        "penalties": round(found["penalties"]),
    }


def outcomes(
    scenario: Scenario,
    seed: int,
    line_ups: dict[str, dict[str, str]],
    *,
    since: int = 0,
    until: int | None = None,
    help_level: str = "2012",
    live: bool = False,
) -> dict[str, SeedOutcome]:
    """Line-up -> its outcome on the market of a seed, after its name. `until` past the close: the day is played out. Raises AutopilotError."""
    until = scenario.calendar.horizon if until is None else until
    ghost_usd = wound_up(play(scenario, BEFORE, seed, since=since, until=until))["total"]
    fault = draw_fault(scenario, seed).text.id
    runs = (
        (name, rehearse(scenario, seed, seats, since=since, until=until, help_level=help_level, live=live))
        for name, seats in line_ups.items()
    )
    return {
        name: {"seed": seed, "fault": fault, **beside_ghost(wound_up(run), ghost_usd), "refused": len(run.refused)}
        for name, run in runs
    }


def waits_on_seed(
    scenario: Scenario, seed: int, line_ups: dict[str, dict[str, str]], *, since: int = 0, until: int, help_level: str = "2012"
) -> dict[str, dict[str, Waits]]:
    """Line-up -> desk -> how long it waits for something new in a game on the market of a seed. Raises AutopilotError."""
    runs = (
        (name, rehearse(scenario, seed, seats, since=since, until=until, help_level=help_level, live=True)) for name, seats in line_ups.items()
    )
    return {name: waits_of(scenario.calendar, run.events, since, until) for name, run in runs}


def playbook_outcomes(scenario: Scenario, seed: int, files: Iterable[Path], *, until: int | None = None) -> list[PlaybookOutcome]:
    """Each playbook alone on the market of a seed. One with commands in the week begins there, any other with history's week behind it.
    Raises PlaybookError.
    """
    until = scenario.calendar.horizon if until is None else until
    ghost_usd = wound_up(play(scenario, BEFORE, seed, until=until))["total"]
    found: list[PlaybookOutcome] = []
    for file in files:
        run = play(scenario, str(file), seed, until=until)
        score = wound_up(run)
        found.append(
            {
                "playbook": file.stem,
                "seed": seed,
                "fault": run.sim.fault.text.id,
                **beside_ghost(score, ghost_usd),
                "service_kept": score["service_kept"],
                "given": len(run.commands),
                "refused": len(run.refused),
            }
        )
    return found


def quantiles(values: list[float]) -> dict[str, float]:
    """Quantiles by name, each one of the values, and their mean. Raises ValueError when there are none."""
    if not values:
        raise ValueError("quantiles of nothing: expected at least one value")
    ordered = sorted(values)
    found = {name: ordered[round(part * (len(ordered) - 1))] for name, part in _QUANTILES}
    return {**found, "mean": round(sum(ordered) / len(ordered), 1)}


def summary(rows: Sequence[SeedOutcome]) -> Summary:
    """Of a line-up's or a playbook's outcomes: quantiles of loss and grade, and on which share of the seeds _MOST of history's loss was avoided."""
    shares = [row["share_avoided"] for row in rows if row["share_avoided"] is not None]
    return {
        "loss_usd": quantiles([row["loss_usd"] for row in rows]),
        "grade": quantiles([row["grade"] for row in rows]),
        "most_avoided": round(sum(share >= _MOST for share in shares) / len(shares), 3) if shares else None,
        "rows": sorted(rows, key=lambda row: row["seed"]),
    }
