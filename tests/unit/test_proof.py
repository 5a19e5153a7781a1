"""The deck's proof on one morning of each fault: what is done whatever happens, and what follows the evidence. `python -m tests.bench deck` plays fifty."""

from collections.abc import Mapping
from functools import lru_cache

import pytest

import engine
from engine.analysis.matrix import dealt
from tests.bench import deck
from tests.days import step_at

SEED, UNTIL = 2, step_at("10:16")
HABITS = ("stop-all-at-0931", "check-all-and-mend", "away-and-off-all-day")


@lru_cache(maxsize=1)
def grades() -> Mapping[str, Mapping[str, float]]:
    """Habit or line-up -> fault -> grade."""
    scenario = engine.load_scenario(deck.SCENARIO)
    found: dict[str, dict[str, float]] = {}
    for fault in scenario.faults.fault:
        one = dealt(scenario, fault.id)
        for name, row in engine.habits_beside(one, SEED, until=UNTIL, only=(*HABITS, "competent")).items():
            found.setdefault(name, {})[fault.id] = row["grade"]
    return found


def mean_of(name: str) -> float:
    """Over the deck, each fault by its weight in the draw."""
    weights = {fault.id: fault.weight for fault in engine.load_scenario(deck.SCENARIO).faults.fault}
    return sum(grades()[name][fault] * weight for fault, weight in weights.items()) / sum(weights.values())


@pytest.mark.whole
@pytest.mark.parametrize("habit", HABITS)
def test_what_is_done_whatever_happens_grades_no_better_than_its_bound(habit):
    assert mean_of(habit) <= deck.most_of(habit), grades()[habit]


@pytest.mark.whole
def test_who_follows_the_evidence_is_well_above_that_and_at_a_loss_on_no_fault():
    assert mean_of("competent") >= deck.COMPETENT[1], grades()["competent"]
    assert min(grades()["competent"].values()) >= deck.COMPETENT[2], grades()["competent"]
    assert mean_of("competent") - max(map(mean_of, HABITS)) >= deck.GAP


def means(**others: tuple[float, float]) -> dict[str, dict[str, float]]:
    grades = {"all competent": (86.0, 0.0), "all novice": (40.0, 0.0), "nothing": (20.0, 0.0), **others}
    return {name: {"grade": grade, "skipped": skipped} for name, (grade, skipped) in grades.items()}


@pytest.mark.parametrize(
    ("others", "fault", "said"),
    [
        ({}, 60.0, []),
        ({"never-start": (20.1, 0.0)}, 60.0, ["never-start: 20.1 is above 20.0"]),
        ({"rate-1-at-0931": (70.5, 0.0)}, 60.0, ["rate-1-at-0931: 70.5 is above 70.0"]),
        ({"rate-1-at-0800": (99.0, 0.9)}, 60.0, []),
        ({"flag-off-all-day": (70.0, 0.0), "all competent": (79.0, 0.0)}, 60.0, ["flag-off-all-day: 70.0 is less than 10.0 below competent"]),
        ({"all competent": (74.0, 0.0)}, 49.0, ["competent: 74.0 is below 75.0", "competent on a fault: 49.0 is below 50.0"]),
        ({"all novice": (61.0, 0.0)}, 60.0, ["novice: 61.0 is not between 35.0 and 60.0"]),
    ],
)
def test_the_bench_says_which_bound_does_not_hold(others, fault, said):
    assert deck.broken(means(**others), {"a fault": {"all competent": fault}}) == said
