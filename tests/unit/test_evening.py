"""The evening: banks bid for what is left, one of them can be asked for better, and a loss beyond the cash needs somebody's capital."""

import pytest

from engine import Simulation, replay, restore, save, score
from engine.commands import Command
from engine.market.positions import marks
from engine.market.state import ERROR
from engine.market.unwind import discount_ppm
from engine.market_time import STEPS_PER_MINUTE
from tests.days import BLOCK, CLOSE, END
from tests.engine_builders import quiet_scenario
from tests.read import seen as sight
from tests.small import before, give

MINUTE = STEPS_PER_MINUTE
SCENARIO = quiet_scenario(2, queued=0)
MILLION = 10_000_000_000  # hundredths of a cent
CASH = 365_000_000


def evening(*, gross: int = 100, loss: int = 0, seed: int = 7, after: int = 0, instant: bool = False) -> Simulation:
    """At 18:30 and `after` minutes, with a position of about `gross` and a loss before its sale of `loss` million dollars."""
    sim = Simulation(SCENARIO, seed, instant=instant)
    sim.now = CLOSE - 4
    machine = sim.machine
    price = int(machine.market[0].reverted_256 * machine.symbols[0].tick_hc) >> 8
    machine.position[0, ERROR] = gross * MILLION // price
    machine.cash[0, ERROR] = -machine.position[0, ERROR] * price - loss * MILLION
    sim.step(4)
    assert sim.now == BLOCK
    sim.step(after * MINUTE)
    return sim


def card(sim: Simulation) -> dict:
    return sight(sim, "risk")["evening"]


def bids(sim: Simulation) -> dict[str, dict]:
    return {row["id"]: row for row in card(sim)["bids"]}


def kinds(sim: Simulation) -> list[str]:
    return [event.kind for event in sim.take_events()]


def test_until_half_past_six_the_card_is_closed_and_shows_no_figure():
    sim = Simulation(SCENARIO, 7)
    sim.machine.cash[0, ERROR] = -500 * MILLION
    sim.step(400)
    assert card(sim) == {
        "state": "closed",
        "bids": [],
        "capital": {"cash_usd": CASH, "loss_usd": 0, "need_usd": 0, "offers": [], "raised": None},
        "survives": None,
    }
    for kind, args in (("block.take", {"bid": "first"}), ("block.counter", {}), ("capital.raise", {"offer": "consortium"})):
        assert "18:30" in give(sim, "risk", kind, **args)


def test_the_first_bank_bids_three_points_above_the_formula_for_ten_minutes():
    sim = evening()
    formula = discount_ppm(SCENARIO, sim.evening.gross)
    (row,) = card(sim)["bids"]
    assert (row["id"], row["bank"], row["until"], row["state"]) == ("first", "UBS", "18:40", "open")
    assert row["discount_pct"] == pytest.approx(formula / 10_000 + 3, abs=0.01)
    assert row["cost_usd"] == pytest.approx(100e6 * (formula + 30_000) / 1e6, rel=0.001)
    sim.step(10 * MINUTE - 1)
    assert bids(sim)["first"]["state"] == "open"
    sim.step(1)
    assert {key: bid["state"] for key, bid in bids(sim).items()} == {"first": "gone", "second": "open"}
    assert bids(sim)["second"]["discount_pct"] == pytest.approx(formula / 10_000, abs=0.01)
    assert "that bid is gone" in give(sim, "risk", "block.take", bid="first")


def test_what_nobody_took_goes_to_the_last_bank_at_the_formula():
    sim = evening(after=29)
    before, gross = marks(sim.machine, SCENARIO), sim.evening.gross
    assert not sim.evening.sold
    sim.step(2 * MINUTE)
    assert (sim.ended, sim.now) == (True, END)
    assert marks(sim.machine, SCENARIO).mid == before.reverted - gross * discount_ppm(SCENARIO, gross) // 1_000_000
    assert bids(sim)["second"]["state"] == "taken"
    assert card(sim)["state"] == "sold"
    assert kinds(sim).count("block.sold") == 1


def test_a_bid_that_is_taken_sells_everything_at_once_at_its_price():
    sim = evening()
    bid = bids(sim)["first"]
    before, worth = score(sim), marks(sim.machine, SCENARIO).reverted / 10_000
    assert give(sim, "risk", "block.take", bid="first") is None
    assert not sim.machine.position[:, ERROR].any()
    found = card(sim)
    assert (found["state"], found["bids"][0]["state"], found["survives"]) == ("sold", "taken", True)
    assert score(sim)["trading"] == pytest.approx(bid["cost_usd"] - worth, abs=2)
    assert score(sim)["trading"] > before["trading"]
    assert "sold" in give(sim, "risk", "block.take", bid="first")
    sim.step(12 * MINUTE)
    assert [row["state"] for row in card(sim)["bids"]] == ["taken"], "nobody bids for what is gone"
    sim.step(60 * MINUTE)
    assert [event.data["bid"] for event in sim.take_events() if event.kind == "block.sold"] == ["first"]


def test_a_bank_that_has_not_bid_cannot_be_asked_and_a_bid_must_be_one_there_is():
    sim = evening()
    assert "no bid yet" in give(sim, "risk", "block.take", bid="second")
    assert "no bid yet" in give(sim, "risk", "block.counter")
    assert "expected first, second" in give(sim, "risk", "block.take", bid="third")
    assert "expected first, second" in give(sim, "risk", "block.take", bid=2)


def test_the_last_bank_improves_or_takes_back_half_a_point_as_the_seed_has_drawn():
    outcomes = {}
    for seed in range(12):
        sim = evening(seed=seed, after=10)
        before = bids(sim)["second"]
        assert give(sim, "risk", "block.counter") is None
        assert "under way" in give(sim, "risk", "block.counter")
        assert bids(sim)["second"] == before, "the bank thinks it over"
        sim.step(3 * MINUTE)
        after = bids(sim)["second"]
        outcomes[seed] = round(after["discount_pct"] - before["discount_pct"], 2)
        assert after["cost_usd"] == pytest.approx(sim.evening.gross / 10_000 * after["discount_pct"] / 100, rel=0.01)
        assert after["says"] == (SCENARIO.block.says_better if outcomes[seed] < 0 else SCENARIO.block.says_worse)
        assert "final" in give(sim, "risk", "block.counter")
    assert set(outcomes.values()) == {-0.5, 0.5}
    again = evening(seed=3, after=10, instant=True)
    formula = bids(again)["second"]["discount_pct"]
    give(again, "risk", "block.counter")
    assert round(bids(again)["second"]["discount_pct"] - formula, 2) == outcomes[3]


def test_a_block_sold_while_the_bank_thinks_stays_sold():
    sim = evening(after=10)
    cost, worth = bids(sim)["second"]["cost_usd"], marks(sim.machine, SCENARIO).reverted / 10_000
    give(sim, "risk", "block.counter")
    sim.step(MINUTE)
    assert give(sim, "risk", "block.take", bid="second") is None
    sim.step(5 * MINUTE)
    assert bids(sim)["second"]["cost_usd"] == cost
    assert score(sim)["trading"] == pytest.approx(cost - worth, abs=2)


def test_with_nothing_left_nobody_bids_and_the_firm_lives_on_its_own_cash():
    sim = evening(gross=0, loss=20)
    found = card(sim)
    assert (found["state"], found["bids"], found["survives"]) == ("sold", [], True)
    assert "no position left" in give(sim, "risk", "block.take", bid="first")
    assert "no capital is needed" in give(sim, "risk", "capital.raise", offer="consortium")
    sim.step(END - BLOCK)
    assert (score(sim)["fate"], score(sim)["survives"]) == ("own cash", True)
    assert score(sim)["trading"] == pytest.approx(20e6)
    assert score(sim)["capital"] == {"need_usd": 0, "deposit_usd": 0, "raised": None, "raised_usd": 0}


def test_a_loss_beyond_the_cash_needs_the_difference_and_without_it_the_firm_fails():
    sim = evening(gross=0, loss=458)
    found = card(sim)
    assert (found["capital"]["loss_usd"], found["capital"]["need_usd"], found["capital"]["cash_usd"]) == (458_000_000, 93_000_000, CASH)
    assert found["survives"] is None
    assert score(sim)["fate"] is None
    sim.step(END - BLOCK)
    assert (score(sim)["fate"], score(sim)["survives"], card(sim)["survives"]) == ("failed", False, False)


def test_raised_capital_rescues_the_firm_at_the_terms_of_the_moment():
    sim = evening(gross=0, loss=458)
    offer = card(sim)["capital"]["offers"][0]
    assert (offer["id"], offer["amount_usd"]) == ("consortium", 400_000_000)
    assert offer["stake_pct"] == pytest.approx(73, abs=0.5), "as in the record"
    assert give(sim, "risk", "capital.raise", offer="consortium") is None
    assert card(sim)["capital"]["raised"] is None
    sim.step(2 * MINUTE)
    found = card(sim)
    assert (found["capital"]["raised"], found["survives"], score(sim)["fate"]) == ("consortium", True, "rescued")
    assert score(sim)["capital"] == {"need_usd": 93_000_000, "deposit_usd": 0, "raised": "consortium", "raised_usd": 400_000_000}
    assert "already" in give(sim, "risk", "capital.raise", offer="bridge")
    raised = next(event for event in sim.take_events() if event.kind == "capital.raised")
    assert raised.audience == ("risk", "projector")
    assert raised.data["stake_pct"] == pytest.approx(offer["stake_pct"], abs=0.1)


def test_a_larger_loss_makes_every_offer_dearer():
    stakes = [[offer["stake_pct"] for offer in card(evening(gross=0, loss=loss))["capital"]["offers"]] for loss in (370, 400, 458, 520, 900)]
    for milder, harder in zip(stakes, stakes[1:], strict=False):
        assert all(less < more for less, more in zip(milder, harder, strict=True))
    assert all(stake < 100 for row in stakes for stake in row)


def test_an_offer_that_does_not_cover_what_is_missing_is_refused():
    sim = evening(gross=0, loss=600)
    reason = give(sim, "risk", "capital.raise", offer="bridge")
    assert "150,000,000" in reason and "235,000,000" in reason
    assert give(sim, "risk", "capital.raise", offer="rival") is None


def test_money_that_was_enough_for_one_bid_may_not_be_for_another():
    """The loss is not known before the block is sold."""
    sim = evening(gross=4000, loss=300)
    need = card(sim)["capital"]["need_usd"]
    assert 0 < need < 150_000_000
    give(sim, "risk", "capital.raise", offer="bridge")
    sim.step(3 * MINUTE)
    assert card(sim)["capital"]["raised"] == "bridge"
    assert card(sim)["survives"] is None, "the block is not sold"
    give(sim, "risk", "block.take", bid="first")
    assert score(sim)["capital"]["need_usd"] > 150_000_000
    sim.step(END - sim.now)
    assert score(sim)["fate"] == "failed"


def test_only_the_risk_manager_sells_and_raises():
    sim = evening(gross=100, loss=500)
    for desk in ("operator", "deployer"):
        assert "risk" in give(sim, desk, "block.take", bid="first")
        assert "risk" in give(sim, desk, "capital.raise", offer="rival")
        assert "evening" not in sight(sim, desk)


def test_nothing_trades_in_the_evening():
    sim = evening()
    market = sim.machine.market.copy()
    sim.step(25 * MINUTE)
    assert (sim.machine.market == market).all()


@pytest.mark.parametrize("cut", [0, 1, 9, 10, 12])
def test_an_evening_survives_a_checkpoint_wherever_it_is_cut(cut):
    def play(sim: Simulation, again: bool) -> Simulation:
        orders = {
            0: ("block.take", {"bid": "second"}),
            11: ("block.counter", {}),
            15: ("capital.raise", {"offer": "rival"}),
            20: ("block.take", {"bid": "second"}),
        }
        for minute in range(31):
            if minute in orders and not sim.ended:
                kind, args = orders[minute]
                sim.submit(Command(minute, sim.now, "risk", kind, args))
            if minute == cut and again:
                sim = restore(SCENARIO, save(sim))
            sim.step(MINUTE)
        return sim

    whole, cut_up = play(evening(gross=2000, loss=500), False), play(evening(gross=2000, loss=500), True)
    assert whole.digest() == cut_up.digest()
    assert score(whole) == score(cut_up)
    assert score(whole)["fate"] == "rescued"


@pytest.mark.whole
def test_a_replay_reaches_the_same_evening():
    scenario = quiet_scenario(1, behaviour="power_peg", queued=2)
    log = [
        Command(1, BLOCK + 40, "risk", "block.take", {"bid": "first"}),
        Command(2, BLOCK + 10 * MINUTE + 3, "risk", "block.counter", {}),
        Command(3, BLOCK + 20 * MINUTE, "risk", "block.take", {"bid": "second"}),
    ]
    one, other = replay(scenario, 7, log[1:], before(END)), Simulation(scenario, 7)
    while not other.ended:
        due = [command for command in log[1:] if command.step == other.now]
        for command in due:
            other.submit(command)
        nearest = [command.step for command in log[1:] if command.step > other.now]
        other.step(min([1777, *(step - other.now for step in nearest)]))
    assert one.digest() == other.digest()
    taken = replay(scenario, 7, log[:1], before(END))
    assert score(taken)["trading"] > score(one)["trading"]
