"""The clearing house's calls by day: when one comes, what meets it, and what an unmet one means at night."""

import pytest
from pydantic import ValidationError

from engine import Simulation, load_scenario, restore, save, score, sight, story, told
from engine.market.positions import gross_hc, prices_hc
from engine.market.state import ERROR
from engine.scenario.deposit_texts import Deposit
from tests.days import step_at
from tests.small import small_scenario

DEPOSIT = load_scenario("any-morning").deposit
assert DEPOSIT is not None
ASKED = small_scenario(4, flow={"plain_bell_per_min": 0.0, "premarket_flagged": 0, "queued_flagged": 0}).model_copy(update={"deposit": DEPOSIT})
NOON, LATEST = step_at("12:00"), step_at("13:30")


def holding(usd: int, *, scenario=ASKED, at: int = NOON - 1) -> Simulation:
    """A run just before noon, whose firm has bought for so much at today's prices."""
    sim = Simulation(scenario, 7)
    sim.step(at - sim.now)
    hold(sim, usd)
    return sim


def hold(sim: Simulation, usd: int) -> None:
    """From now on this much is held, and nothing won or lost with it."""
    machine, prices = sim.machine, prices_hc(sim.machine)
    shares = usd * 10_000 // len(prices) // prices
    machine.cash[:, ERROR] += (machine.position[:, ERROR] - shares) * prices
    machine.position[:, ERROR] = shares


def alerts(sim: Simulation) -> list[str]:
    return [row["text"] for row in sight(sim, "risk")["inbox"]["alerts"]]


def kinds(sim: Simulation) -> list[str]:
    return [event.kind for event in sim.take_events() if event.kind.startswith("deposit.")]


def test_whoever_holds_little_is_not_called() -> None:
    sim = holding(100_000_000)
    sim.step(LATEST - sim.now)
    assert kinds(sim) == []


def test_what_is_held_is_called_for_at_noon_and_the_call_says_how_much_less_will_do() -> None:
    sim = holding(2_000_000_000)
    sim.step(2)
    held, cash = gross_hc(sim.machine) // 10_000, sim.scenario.cash.start_usd
    (called,) = (event for event in sim.take_events() if event.kind == "deposit.called")
    assert called.audience == ("risk",)
    assert called.data["short_usd"] == pytest.approx(0.2 * held - cash, abs=15_000_000)  # and what was lost on the way to noon
    assert called.data["until"] == LATEST


def test_a_call_is_met_by_holding_less_in_time() -> None:
    sim = holding(2_000_000_000)
    sim.step(2)
    hold(sim, 500_000_000)
    sim.step(LATEST - sim.now)
    assert kinds(sim) == ["deposit.called", "deposit.judged"]
    assert score(sim)["capital"]["need_usd"] == 0
    assert score(sim)["survives"]


def test_what_was_not_met_is_to_be_raised_at_night_though_little_was_lost() -> None:
    sim = holding(2_000_000_000)
    sim.step(LATEST - sim.now)
    found = score(sim)
    assert found["trading"] < sim.scenario.cash.start_usd
    assert found["capital"]["deposit_usd"] == found["capital"]["need_usd"] > 0
    assert not found["survives"]


def test_without_it_the_firm_does_not_open_again_and_the_story_says_so() -> None:
    sim = holding(2_000_000_000)
    events = []
    while not sim.ended:
        sim.step(4000)
        events += sim.take_events()
    found = score(sim)
    assert found["fate"] == "failed"
    assert "deposit" in told(sim.scenario, story(events, sim.scenario, found))[-1]["text"]


def test_a_checkpoint_remembers_the_call() -> None:
    sim = holding(2_000_000_000)
    sim.step(2)
    again = restore(sim.scenario, save(sim))
    for run in (sim, again):
        run.step(LATEST - run.now)
    assert again.digest() == sim.digest()
    assert again.margin_calls.unmet_usd > 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"calls": ("09:00",)}, "expected a time after the open"),
        ({"calls": ("15:00",)}, "90 minutes or more before the close"),
        ({"called": "You are {short} short."}, "{short}: expected hm, less, missing"),
        ({"met": "{missing}"}, "expected nothing in braces"),
        ({"share": 0.0}, "greater than 0"),
    ],
)
def test_a_call_that_cannot_be_is_refused_with_what_was_expected(changed: dict[str, object], said: str) -> None:
    assert DEPOSIT is not None
    with pytest.raises(ValidationError) as raised:
        Deposit(**{**DEPOSIT.model_dump(), **changed})
    assert said in str(raised.value)
