"""What decisions were worth: the played run comes out bit for bit, what changed nothing is worth nothing, shares add up."""

from itertools import permutations

import pytest

from engine import Command, Simulation, load_scenario, phrase, replay, score, tell
from engine.analysis.courses import Replays
from engine.analysis.debrief import EXACT, Counterfactual, Log, alternatives, orders, pivotal, shares, subset, subsets
from tests.days import BELL_END, step_at
from tests.small import before, small_scenario

SMALL = small_scenario(3)


def given(*rows: tuple[str, str, str, dict]) -> tuple[Command, ...]:
    return tuple(Command(seq, step_at(at), desk, kind, args) for seq, (at, desk, kind, args) in enumerate(rows, 1))


STOPPED_LATE = given(
    ("09:31", "operator", "log.tail", {"server": 8}),
    ("09:32", "deployer", "release.rollback", {"servers": [1, 2]}),
    ("09:40", "operator", "server.stop", {"server": 8}),
    ("09:41", "operator", "server.stop", {"server": 8}),
    ("09:42", "operator", "bridge.say", {"text": "It has stopped."}),
)
LOG = Log(SMALL, 79, STOPPED_LATE, before(step_at("09:50")), refused=frozenset({4}))


@pytest.fixture(scope="module")
def replays() -> Replays:
    return Replays(LOG)


def test_only_what_can_change_the_market_is_a_decision_and_what_was_refused_is_none():
    assert [(one.number, one.kind, sorted(one.seqs)) for one in LOG.decisions] == [(1, "release.rollback", [2]), (2, "server.stop", [3])]


def test_a_decision_of_many_commands_is_one_and_those_of_two_evenings_are_two():
    copies = given(
        ("27 Jul 18:05", "deployer", "release.copy", {"servers": [1], "release": "smars-rlp"}),
        ("27 Jul 18:40", "deployer", "release.copy", {"servers": [2], "release": "smars-rlp"}),
        ("30 Jul 18:05", "deployer", "release.copy", {"servers": [3], "release": "smars-rlp"}),
    )
    assert [sorted(one.seqs) for one in Log(SMALL, 79, copies, before(BELL_END)).decisions] == [[1, 2], [3]]


def test_the_played_run_is_recomputed_to_the_cent_from_every_checkpoint(replays):
    whole = replay(SMALL, 79, STOPPED_LATE, before(step_at("09:50")))
    played = replays.outcome(Counterfactual("played"))
    for first in (2, 3, 1):
        again = replays.outcome(Counterfactual("again", moved=frozenset({first})))
        assert (again.loss_usd, again.reason) == (played.loss_usd, played.reason), "moved by nothing"
        shared = min(len(again.curve), len(played.curve))
        assert shared > 5 and again.curve[-shared:] == played.curve[-shared:], "and every minute of it"
    assert played.loss_usd >= score(whole)["total"], "what is down at the end counts as down to the close"


def test_a_decision_that_changed_nothing_is_worth_exactly_nothing(replays):
    played = replays.outcome(Counterfactual("played"))
    assert replays.outcome(Counterfactual("refused", frozenset({4}))) == played
    assert replays.outcome(Counterfactual("talk", frozenset({5}))) == played


@pytest.mark.whole
def test_the_stop_earlier_costs_less_and_later_more_and_without_it_most():
    log = Log(load_scenario("knight-2012"), 79, STOPPED_LATE[:3], before(step_at("09:50")))
    again = Replays(log)
    loss = {one.key: again.outcome(one).loss_usd for one in alternatives(log)}
    assert loss["earlier:2"] < loss["played"] < loss["later:2"] < loss["without:2"]
    assert loss["without:1"] < loss["played"], "rolling the good servers back was the mistake"


def test_what_could_not_have_been_done_then_says_why():
    commands = given(
        ("09:33", "risk", "authorise.give", {"what": "servers.stop_all"}),
        ("09:35", "operator", "servers.stop_all", {}),
    )
    log = Log(SMALL, 79, commands, before(step_at("09:45")), since=step_at("09:32"))
    found = {one.key: Replays(log).outcome(one).reason for one in alternatives(log)}
    assert found["earlier:1"] == phrase("that part of the game had not begun") and found["later:1"] == ""
    earlier = Log(SMALL, 79, commands, before(step_at("09:45")))
    assert "approval" in tell(SMALL, Replays(earlier).outcome(next(one for one in alternatives(earlier) if one.key == "earlier:1")).reason)


def test_an_answer_goes_to_its_own_call_however_the_calls_are_numbered_in_another_course():
    sim = Simulation(load_scenario("knight-2012"), 79)
    sim.step(step_at("09:43") - sim.now)
    call = next(one for one in sim.inbox.calls if one["state"] == "ringing" or one["step"] > step_at("09:30"))
    from engine.analysis.debrief import of_this_course

    answer = Command(1, sim.now, call["desk"], "call.answer", {"call": 999, "reply": call["replies"][0]})
    assert of_this_course(sim, answer).args["call"] == call["id"]


# -- shares


def additive(count: int) -> dict[frozenset[int], float]:
    """Each decision takes ten to the power of its place off the loss, and the first two overlap by four dollars."""
    loss = {}
    for taken in subsets(count, 79):
        avoided = sum(10.0**i for i in taken) - (4.0 if {0, 1} <= taken else 0.0)
        loss[taken] = 1e6 - avoided
    return loss


@pytest.mark.parametrize("count", [1, 2, EXACT, EXACT + 1, 8])
def test_shares_add_up_to_what_was_avoided(count):
    loss = additive(count)
    found = shares(count, 79, loss)
    assert sum(one.usd for one in found) == pytest.approx(loss[frozenset()] - loss[frozenset(range(count))])


def test_exact_shares_are_the_mean_over_all_orders():
    loss, count = additive(3), 3
    for i, found in enumerate(shares(count, 79, loss)):
        added = [loss[frozenset(order[: order.index(i)])] - loss[frozenset(order[: order.index(i) + 1])] for order in permutations(range(count))]
        assert found.usd == pytest.approx(sum(added) / len(added)) and found.error_usd == 0.0


def test_drawn_orders_are_the_seeds_and_a_decision_that_does_not_depend_on_the_others_has_no_error():
    assert orders(8, 79) == orders(8, 79) != orders(8, 80)
    assert all(order[::-1] in orders(8, 79) for order in orders(8, 79))
    found = shares(8, 79, additive(8))
    assert [round(one.usd) for one in found[2:]] == [10**i for i in range(2, 8)]
    assert max(one.error_usd for one in found) < 1e-6, "an order and its reverse share an overlap out evenly"


def test_only_the_largest_decisions_are_pivotal_and_none_that_is_worth_nothing():
    assert [one.number for one in pivotal(LOG, {1: 0.0, 2: 5.0})] == [2]
    assert pivotal(LOG, {}) == ()
    assert subset(LOG.decisions, frozenset({1})).without == frozenset({2})
