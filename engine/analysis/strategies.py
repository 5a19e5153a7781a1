"""Strategies: playbooks that somebody thought of beforehand, played on the markets of many seeds. What a desk may not do then is skipped."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from engine.analysis.balance import quantiles
from engine.analysis.rehearsal import BEFORE, play, wound_up
from engine.firm.score import grade
from engine.scenario.scenario import Scenario


class StrategyOutcome(TypedDict):
    """What came of a playbook on the market of a seed; dollars are whole. `given`: its commands, `skipped`: those that were refused."""

    playbook: str
    seed: int
    loss_usd: int
    ghost_usd: int
    grade: float
    service_kept: float
    given: int
    skipped: int


class StrategySummary(TypedDict):
    """Of a playbook over seeds. `skipped`: the share of its commands that was refused."""

    playbook: str
    loss_usd: dict[str, float]
    grade: dict[str, float]
    service_kept: float
    skipped: float


def strategies(scenario: Scenario, seed: int, files: Iterable[Path], *, until: int | None = None) -> list[StrategyOutcome]:
    """Each playbook alone on the market of a seed, reckoned by formula from `until` on (default: the calendar's horizon). One with commands
    in the week begins there, any other with history's week behind it. Raises PlaybookError.
    """
    until = scenario.calendar.horizon if until is None else until
    ghost_usd = wound_up(play(scenario, BEFORE, seed, until=until))["total"]
    found: list[StrategyOutcome] = []
    for file in files:
        run = play(scenario, str(file), seed, until=until)
        score = wound_up(run)
        found.append(
            {
                "playbook": file.stem,
                "seed": seed,
                "loss_usd": round(score["total"]),
                "ghost_usd": round(ghost_usd),
                "grade": grade(score["total"], ghost_usd),
                "service_kept": score["service_kept"],
                "given": len(run.commands),
                "skipped": len(run.refused),
            }
        )
    return found


def strategy_summary(rows: list[StrategyOutcome]) -> StrategySummary:
    """Of one playbook's outcomes. Raises ValueError when there are none."""
    loss, grades = (quantiles([row[key] for row in rows]) for key in ("loss_usd", "grade"))
    given = sum(row["given"] for row in rows)
    return {
        "playbook": rows[0]["playbook"],
        "loss_usd": loss,
        "grade": grades,
        "service_kept": round(sum(row["service_kept"] for row in rows) / len(rows), 4),
        "skipped": round(sum(row["skipped"] for row in rows) / given, 4) if given else 0.0,
    }
