"""One thing done whatever happens is the best answer to some morning, and to no other."""

import io
import json
from functools import lru_cache

import pytest
from django.core.management import call_command

from engine import HabitOutcome, habits_beside, habits_for, load_scenario
from engine.analysis.habits import habits
from tests.days import step_at
from tests.small import small_scenario

MORNINGS = (("knight-2012", 79, "history"), ("quiet-open", 79, "history"), ("knight-2012", 7, "novice"))
TRIED = ("nothing", "off-at-0930", "never-start", "accept-the-call", "cap-2-at-0800")
UNTIL = step_at("10:20")


@lru_cache(maxsize=8)
def beside(scenario: str, seed: int, week: str) -> dict[str, HabitOutcome]:
    return habits_beside(load_scenario(scenario), seed, week, until=UNTIL, only=(*TRIED, "competent"))


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
@pytest.mark.parametrize("habit", ["off-at-0930", "never-start"])
def test_stopping_everything_costs_its_price_where_nothing_is_wrong(habit):
    quiet = beside(*MORNINGS[1])
    assert quiet["nothing"]["loss_usd"] < 10_000
    assert quiet[habit]["loss_usd"] > 1_000_000
    assert quiet[habit]["grade"] < quiet["competent"]["grade"]


@pytest.mark.whole
def test_the_exchanges_offer_is_a_penalty_and_comes_late():
    found = beside(*MORNINGS[0])
    assert found["accept-the-call"]["penalties"] >= 5_000_000
    assert found["accept-the-call"]["loss_usd"] > 10 * found["competent"]["loss_usd"]


@pytest.mark.parametrize("scenario_id", ["knight-2012", "quiet-open", "any-morning"])
def test_every_habit_is_a_list_of_commands_that_exist(scenario_id):
    scenario = load_scenario(scenario_id)
    for habit in habits_for(scenario):
        commands = habit.commands(scenario, 5)
        assert len(commands) >= len(habit.rows)
        assert [command.step for command in commands] == sorted(command.step for command in commands)
        assert habit.week or all(command.step >= 0 for command in commands), habit.id


def test_a_week_of_its_own_is_played_where_there_is_one_and_nobody_else_plays_it():
    offered = {name: [habit.id for habit in habits_for(load_scenario(name))] for name in ("knight-2012", "any-morning")}
    after_novices = [habit.id for habit in habits_for(load_scenario("knight-2012"), "novice")]
    assert offered["knight-2012"] == [habit.id for habit in habits()]
    assert offered["any-morning"] == after_novices == [habit.id for habit in habits() if not habit.week]
    assert "week-automation" not in after_novices


def test_the_command_prints_every_habit_beside_competent(monkeypatch):
    def small(scenario, seed, week, only):
        return habits_beside(small_scenario(1), seed, week, until=step_at("08:01"), only=only)

    monkeypatch.setattr("engine.habits_beside", small)
    monkeypatch.setattr("game.management.cores.cpu_count", lambda: 1)  # so that the small one is played
    chosen = [habit for habit in habits() if habit.id in TRIED]
    monkeypatch.setattr("engine.habits_for", lambda scenario, week: chosen)
    out = io.StringIO()
    call_command("rehearse", "quiet-open", "--habits", "--json", stdout=out, stderr=io.StringIO())
    assert list(json.loads(out.getvalue())) == [*(habit.id for habit in chosen), "competent"]
    out = io.StringIO()
    call_command("rehearse", "quiet-open", "--habits", stdout=out, stderr=io.StringIO())
    assert [line.split("  ")[0] for line in out.getvalue().splitlines()[2:]] == [*(habit.label for habit in chosen), "competent at all desks"]
