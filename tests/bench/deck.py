"""The deck's proof: line-ups and habits on the same mornings, as the deck deals them, and the bounds that they are held to.

Losses are to the close, by formula from 10:45 on where nothing changes any more; the ghost is nobody. A habit's command that cannot be
given is skipped and counted, and one of which more than half is skipped counts in no bound. What breaks a bound is listed as a failure.
"""

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from os import cpu_count
from statistics import mean
from typing import Any

import engine
from tests.days import step_at

SCENARIO, SEEDS, UNTIL = "any-morning", 50, "10:45"
MOSTLY = 0.5  # a habit of which more is skipped was not played
COMPETENT = ("all competent", 75.0, 50.0)  # mean, and on every fault
NOVICE = ("all novice", 35.0, 60.0)
GAP = 10.0  # points between competent and the best habit
MOST = 70.0  # of any habit on the mean
# The first with which a habit's name begins: no more than this on the mean.
MOST_OF = (
    ("never-start", 20.0), ("nothing", 35.0), ("away-and-off-all-day", 30.0), ("check-all-and-mend", 55.0), ("cap-", 65.0),
    ("stop-all", 65.0), ("off-", 65.0), ("disconnect", 65.0), ("flag-off-and", 65.0),
)  # fmt: skip


def of_seed(seed: int) -> dict[str, Any]:
    """Everything on one morning: {fault, rows {name: {grade, skipped, service_kept, loss_usd}}}."""
    deck, until = engine.load_scenario(SCENARIO), step_at(UNTIL)
    names = [habit.id for habit in engine.habits_for(deck)]
    rows = {
        name: {"grade": row["grade"], "skipped": row["refused"] / max(row["given"], 1), "service": row["service_kept"], "loss_usd": row["loss_usd"]}
        for name, row in engine.habits_beside(deck, seed, until=until, only=names).items()
    }
    line_ups = {name: engine.LINE_UPS[name] for name in (COMPETENT[0], NOVICE[0])}
    played = engine.outcomes(deck, seed, line_ups, until=until)
    rows |= {name: {"grade": row["grade"], "skipped": 0.0, "loss_usd": row["loss_usd"]} for name, row in played.items()}
    return {"fault": played[COMPETENT[0]]["fault"], "rows": rows}


def most_of(name: str) -> float:
    """The bound of a habit."""
    return next((most for part, most in MOST_OF if name.startswith(part)), MOST)


def broken(means: dict[str, dict[str, float]], faults: dict[str, dict[str, float]]) -> list[str]:
    """Every bound that does not hold, in words. `means`: name -> {grade, skipped}; `faults`: fault -> {line-up: mean grade}."""
    counted = {name: row["grade"] for name, row in means.items() if name not in engine.LINE_UPS and row["skipped"] <= MOSTLY}
    found = [f"{name}: {grade} is above {most_of(name)}" for name, grade in counted.items() if grade > most_of(name)]
    competent, novice = means[COMPETENT[0]]["grade"], means[NOVICE[0]]["grade"]
    if competent < COMPETENT[1]:
        found.append(f"competent: {competent} is below {COMPETENT[1]}")
    found += [f"competent on {name}: {row[COMPETENT[0]]} is below {COMPETENT[2]}" for name, row in faults.items() if row[COMPETENT[0]] < COMPETENT[2]]
    if not NOVICE[1] <= novice <= NOVICE[2]:
        found.append(f"novice: {novice} is not between {NOVICE[1]} and {NOVICE[2]}")
    best = max(counted, key=lambda name: counted[name])
    if competent - counted[best] < GAP:
        found.append(f"{best}: {counted[best]} is less than {GAP} below competent")
    return found


def run(args: Any) -> dict[str, Any]:
    """Means over the mornings of `--sample` seeds (from 1 on; 50 without), best first, and by fault for the line-ups."""
    engine.warm(None, SCENARIO)
    seeds = range(1, (args.sample or SEEDS) + 1)
    with ProcessPoolExecutor(cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        mornings = list(pool.map(of_seed, seeds))
    names = mornings[0]["rows"]
    means = {name: _mean(morning["rows"][name] for morning in mornings) for name in names}
    means = dict(sorted(means.items(), key=lambda one: (one[1]["skipped"] > MOSTLY, -one[1]["grade"])))
    by_fault = {}
    for fault in sorted({morning["fault"] for morning in mornings}):
        dealt = [morning["rows"] for morning in mornings if morning["fault"] == fault]
        grade_of = partial(_grade, dealt)
        by_fault[fault] = {"mornings": len(dealt), COMPETENT[0]: grade_of(COMPETENT[0]), NOVICE[0]: grade_of(NOVICE[0])}
    failures = broken(means, by_fault)
    return {"seeds": len(seeds), "means": means, "faults": by_fault, **({"failures": failures} if failures else {})}


def _grade(mornings: Iterable[dict[str, Any]], name: str) -> float:
    return round(mean(rows[name]["grade"] for rows in mornings), 1)


def _mean(rows: Iterable[dict[str, Any]]) -> dict[str, float]:
    kept = list(rows)
    return {key: round(mean(row[key] for row in kept), 0 if key == "loss_usd" else 3 if key != "grade" else 1) for key in kept[0]}
