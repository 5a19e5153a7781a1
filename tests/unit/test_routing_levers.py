"""Levers on brokers, exchanges and stocks, and the search over all logs: what they do, refuse and tell."""

import re

import pytest

from engine import Simulation
from engine.firm import routing
from engine.firm.server_ops import SEARCHED
from engine.market_time import STEPS_PER_MINUTE
from engine.sights.pins import log
from tests.days import OPEN
from tests.read import seen as sight
from tests.read import words
from tests.small import begun, give, ok, small_scenario

BUSY = small_scenario(4, flow={"plain_bell_per_min": 600.0})


def at(step: int = OPEN + 60, **how) -> Simulation:
    return begun(BUSY, step, **how)


def minutes(sim: Simulation, count: float) -> None:
    sim.step(int(count * STEPS_PER_MINUTE))


@pytest.mark.parametrize(
    ("desk", "kind", "args", "takes", "done"),
    [
        ("risk", "broker.hold", {"broker": "Harbor Lane"}, 1, lambda sim: routing.broker_is_held(sim, "Harbor Lane")),
        ("deployer", "broker.unflag", {"broker": "Oakline Retail"}, 5, lambda sim: routing.is_unflagged(sim, "Oakline Retail")),
        ("operator", "exchange.avoid", {"exchange": "ARCA"}, 1, lambda sim: routing.is_avoided(sim, "ARCA")),
    ],
)
@pytest.mark.parametrize("moment", [OPEN - 2400, OPEN + 60])
def test_each_takes_effect_after_its_minutes_before_the_bell_and_after(moment, desk, kind, args, takes, done):
    sim = at(moment)
    assert give(sim, desk, kind, **args) is None
    minutes(sim, takes - 0.25)
    assert not done(sim)
    assert "under way already" in (give(sim, desk, kind, **args) or "")
    minutes(sim, 0.25)
    assert done(sim)
    assert "already" in (give(sim, desk, kind, **args) or "")


def test_what_was_done_is_undone():
    sim = at(instant=True)
    stocks = [sim.names[1], sim.names[3]]
    for desk, kind, back, args in (
        ("risk", "broker.hold", "broker.release", {"broker": "Harbor Lane"}),
        ("risk", "stocks.withdraw", "stocks.readmit", {"symbols": stocks}),
        ("operator", "exchange.avoid", "exchange.resume", {"exchange": "BATS"}),
    ):
        before = sim.machine.controls.copy(), sim.machine.withdrawn.copy()
        assert give(sim, desk, back, **args), "nothing to undo yet"
        ok(sim, desk, kind, **args)
        assert (sim.machine.controls != before[0]).any() or (sim.machine.withdrawn != before[1]).any()
        ok(sim, desk, back, **args)
        assert (sim.machine.controls == before[0]).all() and (sim.machine.withdrawn == before[1]).all()


def test_logging_on_again_takes_three_minutes_and_ends_the_waiting():
    sim = at()
    routing.stick(sim, "NYSE")
    minutes(sim, 1)
    ok(sim, "operator", "exchange.relogon", exchange="NYSE")
    minutes(sim, 2.75)
    assert routing.is_stuck(sim, "NYSE")
    minutes(sim, 0.25)
    assert not routing.is_stuck(sim, "NYSE")


def test_the_last_exchange_is_not_avoided():
    sim = at()
    ok(sim, "operator", "exchange.avoid", exchange="NYSE")
    ok(sim, "operator", "exchange.avoid", exchange="ARCA")
    assert give(sim, "operator", "exchange.avoid", exchange="BATS") == "BATS is the last exchange that gets orders"
    minutes(sim, 1)
    assert give(sim, "operator", "exchange.avoid", exchange="BATS") == "BATS is the last exchange that gets orders"


@pytest.mark.parametrize(
    ("desk", "kind", "args", "reason"),
    [
        ("risk", "broker.hold", {"broker": "Nobody"}, "broker = 'Nobody': expected Birchmont Brokerage, Harbor Lane"),
        ("risk", "broker.hold", {"broker": 3}, "broker = '3': expected"),
        ("operator", "broker.hold", {"broker": "Harbor Lane"}, "only for the risk"),
        ("deployer", "broker.unflag", {}, "needs broker: a broker's name"),
        ("operator", "exchange.relogon", {"exchange": "LSE"}, "exchange = 'LSE': expected NYSE, ARCA, BATS"),
        ("risk", "stocks.withdraw", {"symbols": ["NOPE1"]}, "expected \"all\" or a list of symbols"),
        ("operator", "log.search", {"text": 7}, "text = '7': expected text"),
        ("operator", "log.search", {"text": "why?"}, "text = 'why?': expected an order's number, a stock such as"),
        ("operator", "log.search", {"text": "ord=100"}, "or a broker: Birchmont Brokerage, Harbor Lane"),
    ],
)
def test_what_is_refused_names_what_was_expected_and_changes_nothing(desk, kind, args, reason):
    sim = at()
    before = sim.digest()
    assert reason in (give(sim, desk, kind, **args) or "")
    assert sim.digest() == before


def searched(sim: Simulation, text: str) -> dict:
    """The operator's card when a search is over."""
    assert give(sim, "operator", "log.search", text=text) is None
    minutes(sim, 2)
    card = sight(sim, "operator")["log"]
    assert card["server"] == 0 and card["search"].casefold() == text.casefold()
    return card


def test_a_search_shows_the_lines_of_all_servers_about_a_stock_a_broker_or_an_order_and_no_other_line():
    sim = at()
    card = searched(sim, sim.names[2].lower())
    assert card["search"] == sim.names[2]
    assert card["lines"] and all(f" {sim.names[2]} " in line["text"] for line in card["lines"])
    assert len({line["text"].split()[0] for line in card["lines"]}) > 1, "of several servers"
    counts = [int(count) for count in re.findall(r"SMARS-\d (\d+)", card["says"])]
    assert card["says"].startswith(f"{sum(counts)} lines: ") and sum(counts) >= len(card["lines"])
    card = searched(sim, "prairie direct")
    assert card["search"] == "Prairie Direct"
    assert 0 < len(card["lines"]) <= SEARCHED and all(line["text"].endswith("from=Prairie Direct") for line in card["lines"])
    order = re.search(r"ord=(\d+)", card["lines"][-1]["text"])[1]
    brokers = {int(row.id): sim.scenario.brokers[row.broker - 1] for row in sim.arrivals}
    assert brokers[int(order)] == "Prairie Direct"
    card = searched(sim, order)
    assert all(f"ord={order} " in line["text"] and "from=Prairie Direct" in line["text"] for line in card["lines"])


def test_a_search_before_the_bell_takes_four_minutes_and_finds_whose_orders_were_refused_and_where():
    sim = at(OPEN - 20 * STEPS_PER_MINUTE)
    order, server, *_ = sim.records.refusals[-1]
    ok(sim, "operator", "log.search", text=str(order))
    minutes(sim, 3.75)
    assert sight(sim, "operator")["log"]["server"] is None
    minutes(sim, 0.25)
    card = sight(sim, "operator")["log"]
    assert card["says"] == f"1 line: SMARS-{server} 1."
    assert card["lines"][0]["text"].startswith(f"SMARS-{server} ") and f"from={routing.broker_of(sim, order)} refused" in card["lines"][0]["text"]
    assert sim.bridge.noticed == sim.now


def test_a_search_that_finds_nothing_says_so_and_can_be_pinned_like_any_log():
    sim = at()
    card = searched(sim, "999")
    assert card["lines"] == [] and card["says"] == "No log has a line of it."
    title, lines = words(sim, [*log(sim, 0)])
    assert title.startswith("Logs searched for 999 at ") and lines == ["No log has a line of it."]
    searched(sim, "Harbor Lane")
    title, lines = words(sim, [*log(sim, 0)])
    assert title.startswith("Logs searched for Harbor Lane at ") and lines[0].startswith(sight(sim, "operator")["log"]["says"][:20])
    ok(sim, "operator", "evidence.share", what="log", id=0)


def test_a_child_that_was_not_acknowledged_says_so_with_its_exchange():
    sim = at()
    routing.stick(sim, "BATS")
    minutes(sim, 1)
    card = searched(sim, "Birchmont Brokerage")
    lost = [line["text"] for line in card["lines"] if "not acknowledged" in line["text"]]
    assert lost and all(" BATS IOC sent, not acknowledged;" in text for text in lost)
    assert not any("rejected" in text for text in lost)


