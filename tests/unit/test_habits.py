"""One thing done whatever happens is the best answer to some morning, and to no other."""

import io
import json
from functools import lru_cache
from typing import Any

import pytest
from django.core.management import call_command

from engine import habits_beside, load_scenario
from engine.analysis.habits import HABITS
from tests.days import step_at
from tests.small import small_scenario

MORNINGS = (("knight-2012", 79, "history"), ("quiet-open", 79, "history"), ("knight-2012", 7, "novice"))
TRIED = ("does nothing", "halts all at 09:30", "never starts", "accepts the exchange's call", "caps account 33 at once")
UNTIL = step_at("10:20")


@lru_cache(maxsize=8)
def beside(scenario: str, seed: int, week: str) -> dict[str, dict[str, Any]]:
    return habits_beside(load_scenario(scenario), seed, week, until=UNTIL, only=TRIED)


def grades(habit: str) -> list[float]:
    return [beside(*morning)[habit]["grade"] for morning in MORNINGS]


@pytest.mark.whole
def test_no_habit_has_the_best_grade_on_the_record_in_a_quiet_morning_and_after_a_random_week():
    best = [max(TRIED, key=lambda habit, at=at: grades(habit)[at]) for at in range(len(MORNINGS))]
    assert len(set(best)) > 1
    for habit in TRIED:
        assert sum(grades(habit)) < sum(grades("competent")), habit
        assert any(mine < other for mine, other in zip(grades(habit), grades("competent"), strict=True)), habit


@pytest.mark.whole
@pytest.mark.parametrize("habit", ["halts all at 09:30", "never starts"])
def test_stopping_everything_costs_its_price_where_nothing_is_wrong(habit):
    quiet = beside(*MORNINGS[1])
    assert quiet["does nothing"]["loss_usd"] < 10_000
    assert quiet[habit]["loss_usd"] > 1_000_000
    assert quiet[habit]["grade"] < quiet["competent"]["grade"]


@pytest.mark.whole
def test_the_exchanges_offer_is_a_penalty_and_comes_late():
    found = beside(*MORNINGS[0])
    assert found["accepts the exchange's call"]["penalties"] >= 5_000_000
    assert found["accepts the exchange's call"]["loss_usd"] > 10 * found["competent"]["loss_usd"]


def test_the_command_prints_every_habit_beside_competent(monkeypatch):
    monkeypatch.setattr("engine.habits_beside", lambda scenario, seed, week: habits_beside(small_scenario(1), seed, week, until=step_at("08:10")))
    out = io.StringIO()
    call_command("rehearse", "quiet-open", "--habits", "--json", stdout=out, stderr=io.StringIO())
    assert list(json.loads(out.getvalue())) == [*HABITS, "competent"]
    out = io.StringIO()
    call_command("rehearse", "quiet-open", "--habits", stdout=out, stderr=io.StringIO())
    assert [line.split("  ")[0] for line in out.getvalue().splitlines()[1:]] == [*HABITS, "competent"]
