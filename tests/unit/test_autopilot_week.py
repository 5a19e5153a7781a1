"""Autopilots in the week: they plan from what is on their cards, hands run out, and nothing they do is refused."""

from functools import lru_cache
from typing import Any

import pytest

import engine
from engine import DESKS, Rehearsal, Simulation, autopilot, rehearse, words_of
from engine.autopilots.week import LOOK_TWICE, TAKE_IT_OUT, WRITE_IT_DOWN
from engine.market.state import market_digest
from tests.days import WEEK, step_at, told, week_step
from tests.read import seen as sight
from tests.small import give, small_scenario

SCENARIO = small_scenario(1)
WORDS = words_of(SCENARIO)
PLANS = (LOOK_TWICE, WRITE_IT_DOWN, TAKE_IT_OUT)
SEEDS = range(1, 13)


@lru_cache(maxsize=64)
def week(name: str, seed: int) -> Rehearsal:
    return rehearse(SCENARIO, seed, dict.fromkeys(DESKS, name), since=WEEK, until=0)


def plan(run: Rehearsal) -> str:
    said = next(item["title"] for item in run.sim.bridge.items if item["kind"] == "say")
    assert isinstance(said, dict) and said == WORDS.fill(said["say"])
    return said["say"]


def bad(sim: Simulation) -> list[int]:
    return [server.n for server in sim.fleet.servers if sim.fleet.defective(server.n)]


def used(run: Rehearsal, desk: str) -> float:
    """Hand-minutes a desk has spent in the week."""
    return run.sim.week.hand_steps[desk] / 240


@pytest.mark.parametrize("name", ["competent", "history", "novice", "assistant"])
def test_nothing_an_autopilot_does_in_the_week_is_refused(name):
    for seed in SEEDS:
        assert [(told(command.step, 0), command.desk, command.kind, reason) for command, reason in week(name, seed).refused] == []


def test_a_rehearsal_is_written_in_the_words_that_were_said():
    found = engine.rehearsed(SCENARIO, 2, dict.fromkeys(DESKS, "competent"), since=WEEK, until=0)
    (said,) = [command["args"]["text"] for command in found["commands"] if command["kind"] == "bridge.say"]
    assert said == engine.tell(SCENARIO, WORDS.fill(plan(week("competent", 2)))) and "{" not in said


@pytest.mark.parametrize("name", ["competent", "novice"])
def test_autopilots_read_the_weeks_cards_of_the_helped_too(name):
    for seed in (2, 3, 10):
        run = rehearse(SCENARIO, seed, dict.fromkeys(DESKS, name), since=WEEK, until=0, help_level="assisted")
        assert [(told(command.step, 0), command.desk, command.kind, reason) for command, reason in run.refused] == []


def test_a_second_autopilot_that_never_saw_the_week_gives_the_same_moves_in_it():
    run, sim = week("competent", 2), Simulation(SCENARIO, 2, start=WEEK)
    commands = {command.step: [] for command in run.commands}
    for command in run.commands:
        commands[command.step].append(command)
    while sim.now < 0:
        moves = [(desk, move) for desk in DESKS for move in autopilot("competent", desk, WORDS)(sight(sim, desk))]
        assert [(desk, move.kind, move.args) for desk, move in moves] == [
            (command.desk, command.kind, command.args) for command in commands.get(sim.now, [])
        ]
        for command in commands.get(sim.now, []):
            sim.submit(command)
        sim.step(engine.next_look(sim.calendar, sim.now) - sim.now)
    assert sim.digest() == run.sim.digest()


def test_what_a_competent_deployer_has_read_by_seven_decides_what_the_week_goes_to():
    plans = {seed: plan(week("competent", seed)) for seed in SEEDS}
    assert set(plans.values()) == set(PLANS)
    for seed, found in plans.items():
        sim = week("competent", seed).sim
        assert ("reviewed" in sim.week.facts, "automation" in sim.week.facts, "smars-rlp-clean" in sim.week.facts) == tuple(
            found == each for each in PLANS
        )
        if found != TAKE_IT_OUT:
            assert bad(sim) == [], "who looks twice, or lets a machine hash what the inventory lists, has a fleet"


def test_hands_run_out_for_a_competent_team_and_the_stale_server_stays_where_nobody_looked():
    missed = [seed for seed in SEEDS if bad(week("competent", seed).sim)]
    assert missed
    for seed in missed:
        run = week("competent", seed)
        assert (plan(run), bad(run.sim)) == (TAKE_IT_OUT, [run.sim.stale])
        assert run.sim.stale not in {found["server"] for found in run.sim.records.checksums}
        assert used(run, "deployer") > 800
        assert used(run, "operator") > 400


def test_a_competent_team_tests_what_it_trusts_most_and_not_all_it_builds():
    for seed in SEEDS:
        made = week("competent", seed).sim.safeguards.controls
        tested = [name for name, row in made.items() if row["tested"] is not None]
        assert tested, seed
        assert all(row["mended"] is None or row["tested"] is not None for row in made.values())
        assert set(tested) < set(made)


def test_a_novice_copies_and_restarts_checks_a_few_and_forgets_some():
    runs = [week("novice", seed) for seed in SEEDS]
    assert all(len({found["server"] for found in run.sim.records.checksums}) <= 4 for run in runs)
    assert all(server.reported == run.sim.fleet.target for run in runs for server in run.sim.fleet.servers)
    forgotten = [server.n for run in runs for server in run.sim.fleet.servers if server.installed != server.running]
    found = [run for run in runs if bad(run.sim) != [run.sim.stale]]
    assert forgotten
    assert found, "one of its few checksums has shown a stale server"
    assert sum(len(bad(run.sim)) for run in runs) > len(runs) / 2


def test_the_assistant_does_in_the_week_what_it_is_asked():
    sim = Simulation(SCENARIO, 3, start=WEEK)

    def moves(desk: str) -> list[tuple[str, dict[str, Any]]]:
        return [(move.kind, move.args) for move in autopilot("assistant", desk, WORDS)(sight(sim, desk)) if move.kind != "mail.open"]

    assert moves("deployer") == []
    asked = {
        "deployer": ("release.copy", {"servers": [1, 2], "release": "smars-rlp"}),
        "operator": ("killswitch.build", {}),
        "risk": ("chief.call", {}),
    }
    for desk, (kind, args) in asked.items():
        other = "operator" if desk != "operator" else "risk"
        assert give(sim, other, "assistant.ask", desk=desk, kind=kind, args=args) is None
        assert moves(desk)[:1] == [(kind, args)]
        assert give(sim, desk, kind, **args) is None
    sim.step(week_step(0, "20:00") - sim.now)
    assert [server.n for server in sim.fleet.servers if server.reported == "smars-rlp"] == [1, 2]


def test_an_untested_pager_that_is_silent_makes_the_operator_file_the_rejects_away():
    replies = [{"key": key, "text": ""} for key in ("blotter.clean", "blotter.page", "blotter.list")]
    pager = {"name": "mail.page", "label": "Paging on mails", "by": "operator", "built": True, "on": True, "tested": False, "hole": None}
    cards: dict[str, Any] = {
        **sight(Simulation(small_scenario(2), 7), "operator"),
        "clock": {"step": 5040, "date": "Wed 1 Aug", "clock": "08:21:00", "phase": "premarket"},
        "calls": {"calls": [{"id": 3, "at": "08:20:30", "state": "ringing", "replies": replies, "answer": None}]},
    }
    for row, alerts, expected in (
        (pager, [], "blotter.clean"),
        ({**pager, "tested": True}, [], "blotter.list"),
        (pager, [{"at": "08:02", "text": "Mail from smars-alerts: BNET reject: Power Peg disabled"}], "blotter.list"),
    ):
        cards |= {"controls": {"rows": [row]}, "alerts": {"alerts": alerts}}
        assert [move.args["reply"] for move in autopilot("competent", "operator", WORDS)(cards) if move.kind == "call.answer"] == [expected]


@pytest.mark.parametrize("seed", [7, 79])
def test_history_from_the_deployment_has_the_same_morning_as_history_from_eight(seed):
    until = step_at("10:20")
    both = [rehearse(small_scenario(2), seed, dict.fromkeys(DESKS, "history"), since=since, until=until) for since in (WEEK, 0)]
    given = [
        [
            (command.step, command.desk, command.kind, command.args)
            for command in run.commands
            if command.step >= 0 and command.kind not in ("mail.open", "call.answer")
        ]
        for run in both
    ]
    assert given[0] == given[1]
    assert [market_digest(both[0].sim.machine, s) for s in range(2)] == [market_digest(both[1].sim.machine, s) for s in range(2)]
    assert engine.score(both[0].sim)["trading"] == engine.score(both[1].sim)["trading"]
