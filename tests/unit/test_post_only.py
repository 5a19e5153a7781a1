"""Brokers who have meant something else by the flag for years: what they get, what they complain of, and when they leave."""

import pytest

from engine import Simulation, score
from engine.evidence.telling import tell
from engine.firm import bridge, post_only
from engine.firm.brokers_today import told_of_brokers
from engine.market.arrivals import FIRST_ORDER
from engine.market_time import STEPS_PER_MINUTE
from tests.days import OPEN, step_at
from tests.small import begun, give, heard
from tests.unit.test_faults import ANY, only

POST = only("overloaded-flag")
SEED = 5
LEAVES = step_at(next(text.leaves for text in ANY.faults.fault if text.id == "overloaded-flag"))


def at(moment: str) -> Simulation:
    return begun(POST, step_at(moment), SEED, instant=True)


def names(sim: Simulation) -> list[str]:
    return [sim.scenario.brokers[n - 1] for n in sorted(sim.fault.brokers)]


def test_nothing_of_it_shows_before_the_bell_and_no_hash_differs():
    sim = at("09:29")
    assert sim.machine.tally[0].posted == 0 and post_only.unhappy(sim) == names(sim)
    assert len({sim.fleet.hashes(n) for n in range(1, 9) if not sim.fleet[n].agreed}) == 1
    assert not any(sim.fleet.defective(n) for n in range(1, 9))


def test_they_trade_as_on_a_morning_on_which_nothing_is_wrong():
    mine, other = at("09:40"), begun(only("nothing"), step_at("09:40"), SEED, instant=True)
    for name in ("market", "books", "orders", "position", "cash", "flows", "counters"):
        assert getattr(mine.machine, name).tobytes() == getattr(other.machine, name).tobytes(), name
    assert mine.machine.tally[0].posted > 0 == other.machine.tally[0].posted
    about = {text.subject for text in POST.evidence.mails if "brokers_unhappy >= 1" in text.when or "brokers_unhappy >= 2" in text.when}
    assert subjects(mine) & about and subjects(mine) - subjects(other) <= about
    assert all("Power Peg" in subject for subject in subjects(other) - subjects(mine)), "the mails of a forgotten host"


def subjects(sim: Simulation) -> set[str]:
    return {tell(sim.scenario, mail["subject"]) for mail in sim.inbox.mails.values()}


def test_they_complain_of_orders_that_the_logs_have_as_executed():
    sim = at("09:37")
    told = told_of_brokers(sim)
    first, second = int(str(told["their_order"]())), int(str(told["other_order"]()))
    assert told["unhappy_broker"]() == names(sim)[0] and told["unhappy_other"]() == names(sim)[1]
    for order, broker in ((first, names(sim)[0]), (second, names(sim)[1])):
        row = sim.arrivals[order - FIRST_ORDER]
        assert row["flagged"] == 1 and sim.scenario.brokers[int(row["broker"]) - 1] == broker
    assert give(sim, "operator", "log.search", text=str(first)) is None
    assert {line["broker"] for line in sim.records.tails["lines"]} == {names(sim)[0]}
    assert sim.bridge.noticed == sim.now, "who has read it has noticed"


def test_who_opens_their_complaint_has_noticed_and_who_opens_another_mail_has_not():
    sim = at("09:37")
    theirs = [mail for mail in sim.inbox.mails.values() if "their_order" in mail["body"]["values"] and mail["desk"] == "operator"]
    others = [mail for mail in sim.inbox.mails.values() if "their_order" not in mail["body"]["values"] and mail["desk"] == "operator"]
    assert theirs and others
    for mail in others[-3:]:
        assert give(sim, "operator", "mail.open", mail=mail["id"]) is None
    assert sim.bridge.noticed is None
    assert give(sim, "operator", "mail.open", mail=theirs[0]["id"]) is None
    assert sim.bridge.noticed == sim.now


def test_at_ten_who_still_has_the_flag_leaves_and_costs_what_is_not_served():
    sim = at("09:40")
    assert give(sim, "deployer", "broker.unflag", broker=names(sim)[0]) is None
    sim.step(LEAVES - sim.now)
    assert heard(sim, "broker.left") == [{"broker": names(sim)[1]}] and post_only.departed(sim) == names(sim)[1:]
    left, arrived = int(sim.machine.tally[0].left), sim.cursor
    sim.step(10 * STEPS_PER_MINUTE)
    number = sim.scenario.brokers.index(names(sim)[1]) + 1
    expected = (sim.arrivals["broker"][arrived : sim.cursor] == number).sum()
    assert int(sim.machine.tally[0].left) - left == expected > 0
    assert score(sim)["client_harm"] > 0 and score(sim)["service_kept"] < 1


@pytest.mark.parametrize("kind", ["each", "all"])
def test_nobody_leaves_once_their_orders_come_without_it(kind):
    sim = at("09:40")
    if kind == "all":
        assert give(sim, "risk", "authorise.give", what="flag.clear") is None
        assert give(sim, "deployer", "flag.clear") is None
    for name in names(sim) if kind == "each" else ():
        assert give(sim, "deployer", "broker.unflag", broker=name) is None
    posted = int(sim.machine.tally[0].posted)
    sim.step(LEAVES + STEPS_PER_MINUTE - sim.now)
    assert post_only.departed(sim) == [] == post_only.unhappy(sim) and int(sim.machine.tally[0].posted) == posted
    assert heard(sim, "broker.left") == [] and sim.machine.tally[0].left == 0


def test_either_of_the_two_is_the_right_place_and_a_guess_at_a_third_is_not():
    sim = at("09:37")
    assert bridge.right(sim) == tuple(("order-flag", f"broker {n}") for n in sim.fault.brokers)


def test_a_rollback_wakes_power_peg_for_everybody():
    sim = at("09:37")
    assert give(sim, "deployer", "release.rollback", servers=list(range(1, 9))) is None
    sim.step(2 * STEPS_PER_MINUTE)
    assert sim.monitoring.runaway > 20 and sim.now > OPEN
