"""The controls lab's engine: the same experiment gives the same numbers, a seed's two sides are the same market, and a set works in the machine."""

from functools import cache

import numpy as np
import pytest

from engine import Command, Log, Plan, Stopped, distribution, lab_safeguards, load_scenario, run_trial
from engine.analysis.lab import BARS, LEAST_USD, SMALL_USD, bins
from engine.analysis.playbook import PlaybookError
from engine.levers import LEVERS
from engine.scenario.folders import Folder
from tests.days import OPEN, WEEK, step_at
from tests.small import before, small_scenario

SMALL = small_scenario(3)
NOVICE = {"operator": "novice"}  # one desk is looked at in a third of the time
EVERY = tuple(one.id for one in lab_safeguards(SMALL, 1))


@cache
def unguarded(seed: int) -> dict:
    """A market of nobody's, and nothing put in place: the other side of every set that history's morning is played with."""
    return run_trial(Plan(SMALL, (), {}), seed, False)


def test_the_same_experiment_gives_the_same_numbers():
    plan = Plan(SMALL, ("rate", "paging"), NOVICE)
    assert run_trial(plan, 5, True) == (once := run_trial(plan, 5, True))
    assert once != run_trial(plan, 6, True)


@pytest.mark.parametrize("since", [WEEK, 0, OPEN])
def test_an_empty_set_differs_by_exactly_nothing(since):
    plan = Plan(SMALL, (), NOVICE, since)
    assert run_trial(plan, 3, True) == run_trial(plan, 3, False)


@pytest.mark.parametrize("closes", ["clean", "automation", "checksum", "counter"])
def test_what_closes_the_fleet_lets_nothing_run_away(closes):
    found, alone = run_trial(Plan(SMALL, (closes,), {}), 4, True), unguarded(4)
    assert found["runaway"] == "never" and found["unplaced"] == []
    assert alone["runaway"] == "contained" and alone["trading_usd"] > 100 * abs(found["trading_usd"])


@pytest.mark.whole
@pytest.mark.parametrize("closes", ["clean", "automation", "checksum"])
def test_after_historys_week_it_does_too(closes):
    found = run_trial(Plan(load_scenario("knight-2012"), (closes,), {"deployer": "history"}, WEEK), 4, True)
    assert (found["runaway"], found["unplaced"]) == ("never", [])


def test_everything_at_once_can_be_put_in_place_and_lets_nothing_run_away():
    for since in (WEEK, 0, OPEN):
        found = run_trial(Plan(SMALL, EVERY, NOVICE, since), 2, True)
        assert (found["runaway"], found["unplaced"]) == ("never", [])


@pytest.mark.parametrize("name", ["limit", "reconcile", "rate", "collar", "threshold", "reflex"])
def test_every_control_of_the_router_makes_the_loss_smaller(name):
    assert run_trial(Plan(SMALL, (name,), {}), 1, True)["trading_usd"] < 0.9 * unguarded(1)["trading_usd"]


def test_an_alarm_that_nobody_answers_saves_nothing_and_costs_its_hands():
    guarded, alone = run_trial(Plan(SMALL, ("paging",), {}), 1, True), unguarded(1)
    assert guarded["trading_usd"] == alone["trading_usd"]
    assert guarded["loss_usd"] - alone["loss_usd"] == pytest.approx(300), "an hour to write it"


def test_what_was_never_tested_may_have_its_hole_which_the_seed_draws():
    tested, built = (Plan(SMALL, ("limit",), {}, tested=whole) for whole in (True, False))
    losses = [(run_trial(tested, seed, True)["trading_usd"], run_trial(built, seed, True)["trading_usd"]) for seed in range(5)]
    holed = [built > 10 * tested for tested, built in losses]
    assert any(holed) and not all(holed)
    assert all(built == tested for (tested, built), hole in zip(losses, holed, strict=True) if not hole)


def test_a_market_of_its_own_seed_has_the_same_orders_and_another_noise():
    plan = Plan(SMALL, (), {}, market=79)
    first, other = run_trial(plan, 1, False), run_trial(plan, 2, False)
    assert first["loss_usd"] != other["loss_usd"] and first["runaway"] == other["runaway"]


STOPPED = Log(
    SMALL,
    79,
    (
        Command(1, step_at("09:31"), "operator", "server.stop", {"server": 8}),
        Command(2, step_at("09:32"), "operator", "server.stop", {"server": 99}),
        Command(3, step_at("09:33"), "risk", "call.answer", {"call": 1, "reply": "exchange.callback"}),
    ),
    before(step_at("09:50")),
    since=step_at("09:28"),
    refused=frozenset({2}),
)


def test_a_recorded_run_is_given_again_and_what_is_refused_elsewhere_is_counted():
    own = run_trial(Plan(SMALL, (), log=STOPPED), 79, False)
    assert own["commands"] == 2, "what was refused when it was played is not given"
    assert own["refused"] == {LEVERS["call.answer"].label: 1}, "no such call has rung"
    stale = {seed: run_trial(Plan(SMALL, (), log=STOPPED), seed, False)["loss_usd"] for seed in (79, 80)}
    assert stale[79] < stale[80], "another server is stale there"


def test_a_recorded_run_meets_a_set_from_where_it_began():
    plan = Plan(SMALL, ("limit",), log=STOPPED)
    assert run_trial(plan, 80, True)["trading_usd"] < run_trial(plan, 80, False)["trading_usd"]
    assert plan.begins == step_at("09:28")


def test_a_trial_that_nobody_wants_any_more_is_broken_off():
    asked = []
    with pytest.raises(Stopped):
        run_trial(Plan(SMALL, (), NOVICE), 1, False, lambda: asked.append(1) or len(asked) < 5)
    assert len(asked) == 5


def test_quiet_open_has_the_same_safeguards_and_every_lever_of_them_is_one():
    assert [one.id for one in lab_safeguards(load_scenario("quiet-open"), 1)] == list(EVERY)
    for one in lab_safeguards(load_scenario("knight-2012"), 1):
        rows = [*one.begin, *one.morning, *(command for _, command in one.answer)]
        assert rows and one.text.endswith(".") and all(row.kind in LEVERS for row in rows)
        assert bool(one.alerted) == bool(one.answer)


def test_a_wrong_safeguard_says_where():
    wrong = ('[[safeguard]]\nid = "x"\ngroup = "g"\nlabel = "l"\ntext = "t."\nbegin = [{ desk = "risk", kind = "bonus" }]\n')
    small = SMALL.model_copy(update={"files": Folder("small", {"lab.toml": wrong.encode()})})
    with pytest.raises(PlaybookError, match=r"lab.toml: x: begin 1: kind = 'bonus': expected one of"):
        lab_safeguards(small, 1)


# -- the distribution


def outcome(usd: float, runaway: str = "contained") -> dict:
    return {"loss_usd": usd, "trading_usd": usd, "runaway": runaway, "commands": 3, "refused": {"Stop a server": 1}, "unplaced": []}


RNG = np.random.default_rng(7)
LOSSES = {"without": RNG.normal(450e6, 20e6, 40), "with": RNG.lognormal(10, 2, 40)}


def test_quantiles_means_and_errors_are_numpys():
    found = distribution({seed: {side: outcome(LOSSES[side][seed]) for side in LOSSES} for seed in range(40)})
    for side, losses in LOSSES.items():
        told = found["sides"][side]
        wanted = np.percentile(losses, [0, 5, 25, 50, 75, 95, 100])
        assert [told[name] for name in ("least", "p5", "p25", "median", "p75", "p95", "most")] == pytest.approx(wanted.tolist())
        assert told["mean"] == pytest.approx(losses.mean()) and told["error"] == pytest.approx(losses.std(ddof=1) / 40**0.5)
        assert told["worst_seed"] == losses.argmax() and told["trials"] == 40 and told["refused"] == {"Stop a server": 40}
    saved = LOSSES["without"] - LOSSES["with"]
    assert found["paired"]["mean"] == pytest.approx(saved.mean()) and found["paired"]["error"] == pytest.approx(saved.std(ddof=1) / 40**0.5)
    assert (found["paired"]["better"], found["paired"]["worse"]) == ((saved > 0).sum(), (saved < 0).sum())


def test_pairs_are_seeds_with_both_sides_and_a_single_one_has_no_error():
    found = distribution({1: {"without": outcome(5e6), "with": outcome(1e6)}, 2: {"without": outcome(9e6)}})
    assert found["paired"] == {"pairs": 1, "mean": 4e6, "error": None, "median": 4e6, "better": 1, "worse": 0}
    assert found["sides"]["without"]["trials"] == 2


def test_seeds_in_which_nothing_ran_away_and_those_as_good_as_without_a_loss_are_counted():
    rows = {1: outcome(10, "never"), 2: outcome(SMALL_USD, "never"), 3: outcome(SMALL_USD - 1)}
    found = distribution({seed: {"without": row} for seed, row in rows.items()})["sides"]["without"]
    assert (found["never"], found["small"]) == (2, 2)


def test_before_the_first_trial_there_is_nothing():
    assert distribution({}) == {"sides": {"without": None, "with": None}, "paired": None, "bins": None}


@pytest.mark.parametrize(
    "losses",
    [
        {"without": [450e6, 440e6, 460e6], "with": [1_000.0, 3_000.0, 2e6]},
        {"without": [450e6, 440e6, 460e6], "with": [390e6]},
        {"without": [5.0], "with": []},
        {"without": [0.0, 0.0], "with": [0.0]},
        {"without": [-300.0, 4e8], "with": [-2.5, 7.0]},
        {"without": [999.99, 1_000.0], "with": [1e9] * 30},
    ],
)
def test_ranges_are_shared_and_hold_every_seed(losses):
    found = bins(losses)
    edges = found["edges"]
    assert edges == sorted(set(edges)) and len(edges) <= BARS + 2
    everything = [*losses["without"], *losses["with"]]
    assert edges[0] <= min(everything) and max(everything) < edges[-1]
    for side, values in losses.items():
        assert found["counts"][side] == [sum(low <= loss < high for loss in values) for low, high in zip(edges, edges[1:], strict=False)]


def test_ranges_grow_only_where_losses_lie_far_apart():
    far = bins({"without": LOSSES["without"].tolist(), "with": LOSSES["with"].tolist()})
    near = bins({"without": LOSSES["without"].tolist(), "with": (LOSSES["without"] * 0.9).tolist()})
    assert far["grows"] and not near["grows"]
    assert len({round(high - low) for low, high in zip(near["edges"], near["edges"][1:], strict=False)}) == 1
    assert LEAST_USD in far["edges"] or far["edges"][0] > 0
