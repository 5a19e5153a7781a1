"""A barrier of the week in its other state, beside what was played: closed it saves the day, left open it does not, and the market is the same."""

from dataclasses import replace

import pytest

from engine import DESKS, Command, load_scenario, playbook, rehearse
from engine.analysis.barriers import BASE, barrier_counterfactuals, barrier_outcome
from engine.analysis.courses import Replays
from engine.analysis.debrief import Counterfactual, Log
from tests.days import WEEK, step_at
from tests.small import before
from tests.unit.test_injects import args

UNTIL = step_at("10:20")
SHIPPED = load_scenario("knight-2012")
TEN = [one.id for one in SHIPPED.barriers.slice]


def history() -> Log:
    """History's morning, its week before it."""
    commands = [replace(one, seq=seq) for seq, one in enumerate(playbook(SHIPPED, "history", 79), 1)]
    return Log(SHIPPED, 79, tuple(commands), before(UNTIL), since=0)


def weeks(*given: str) -> Log:
    """A team that plays what a plan of a barrier gives, and nothing else, from the week on."""
    from engine.analysis.playbook import barrier_plans

    plans = [one for one in barrier_plans(SHIPPED, 79) if one.barrier in given]
    commands = sorted((one for plan in plans for one in plan.commands), key=lambda one: one.step)
    named = tuple(replace(one, seq=seq) for seq, one in enumerate(commands, 1))
    return Log(SHIPPED, 79, named, before(UNTIL), start=WEEK, since=WEEK, closed=frozenset(given))


def test_each_barrier_is_asked_for_in_its_other_state_and_a_scenario_without_plans_has_none():
    keys = [one.key for one in barrier_counterfactuals(history())]
    assert keys == ["week", *(f"closed:{name}" for name in TEN)]
    with_cap = [one.key for one in barrier_counterfactuals(weeks("cap"))]
    assert "left:cap" in with_cap and "closed:cap" not in with_cap and len(with_cap) == len(keys)
    assert barrier_counterfactuals(Log(load_scenario("quiet-open"), 79, (), before(UNTIL))) == []


@pytest.mark.whole
def test_closed_beside_historys_morning_every_barrier_but_a_look_saves_most_of_it():
    log = history()
    played, week = Replays(log).outcome(Counterfactual("played")), barrier_outcome(log, BASE)
    with_week = dict(week.curve)
    apart = [abs(with_week[step] - usd) for step, usd in played.curve]
    assert apart and max(apart) < 10_000, "the same market, beside what the hours of the week cost"
    loss = {one.key: barrier_outcome(log, one) for one in barrier_counterfactuals(log)}
    assert week.loss_usd > 400e6
    for key, found in loss.items():
        assert found.reason == "" and (key == "week" or found.loss_usd < 0.1 * week.loss_usd), (key, found.loss_usd)


@pytest.mark.whole
@pytest.mark.parametrize("name", ["arrived", "reconcile", "cap"])
def test_left_open_a_barrier_that_held_lets_the_day_happen(name: str):
    log = weeks(name)
    held, left = barrier_outcome(log, BASE), barrier_outcome(log, Counterfactual(f"left:{name}"))
    assert held.loss_usd < 40e6 < 200e6 < left.loss_usd, (held.loss_usd, left.loss_usd)


@pytest.mark.whole
def test_where_nothing_runs_away_a_team_does_not_stop_and_what_a_facilitator_put_in_comes_all_the_same():
    at = step_at("09:45")
    stop = Command(1, at, "operator", "server.stop", {"server": 8})
    inject = Command(1, at, "facilitator", "inject.play", args("crash", server=3))
    kinds = [Log(SHIPPED, 79, (one,), before(UNTIL), since=0) for one in (stop, inject)]
    closed = [barrier_outcome(log, Counterfactual("closed:retired")).loss_usd for log in (Log(SHIPPED, 79, (), before(UNTIL), since=0), *kinds)]
    assert closed[1] == closed[0] != closed[2]


@pytest.mark.whole
def test_what_only_tells_is_worth_nothing_by_itself():
    run = rehearse(SHIPPED, 79, dict.fromkeys(DESKS, "competent"), since=WEEK, until=step_at("09:40"))
    refused = frozenset(command.seq for command, _ in run.refused)
    log = Log(SHIPPED, 79, tuple(run.commands), run.sim.moment, start=WEEK, since=WEEK, refused=refused, closed=frozenset({"checksum", "second"}))
    base, left = (barrier_outcome(log, one).loss_usd for one in (BASE, Counterfactual("left:checksum")))
    assert abs(left - base) < 50_000, "hours of hands, and no market"
