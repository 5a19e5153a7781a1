"""The week's safeguards, each built as the game builds it: what it does on the day, what its hole leaves of it, what it costs clients."""

from typing import Any

import numpy as np
import pytest

from engine import Simulation, restore, save, score
from engine.evidence.telling import told
from engine.firm import bridge, safeguards, server_ops
from engine.firm.safeguards import CONTROLS
from engine.firm.workload import free_hands, minutes_of
from engine.market.state import ERROR, ORDERS
from engine.market.unwind import block_cost
from tests.days import OPEN, WEEK
from tests.read import seen as sight
from tests.read import words
from tests.small import give, heard, ok, small_scenario, until

SCENARIO = small_scenario(4, flow={"queued_flagged": 64, "rate_sd": 0.1})
SEED = 7
NEW = "smars-rlp"


def week(seed: int = SEED) -> Simulation:
    return Simulation(SCENARIO, seed, start=WEEK)


def does(sim: Simulation, desk: str, kind: str, **args: Any) -> None:
    """Give a lever and wait for it."""
    ok(sim, desk, kind, **args)
    sim.step(sim.works[-1].end - sim.now)


def alerts(sim: Simulation, desk: str) -> list[str]:
    return [alert["text"] for alert in words(sim, sim.inbox.alerts) if alert["desk"] == desk]


def day(name: str = "", *, hole: bool = False, seed: int = SEED) -> Simulation:
    """The morning with history's fleet, and one control that was built in the week, with its hole or without."""
    sim = Simulation(SCENARIO, seed)
    if name:
        safeguards.build(sim, name)
        sim.safeguards.controls[name]["hole"] = hole
    return sim


def bell(sim: Simulation, minutes: float = 3) -> Simulation:
    sim.step(OPEN + round(minutes * 240) - sim.now)
    return sim


def gross(sim: Simulation) -> float:
    return float(score(sim)["gross"])


def harm(sim: Simulation) -> float:
    return float(score(sim)["client_harm"])


# -- building


def test_caps_need_the_chief_executives_word_and_the_linked_one_is_in_force_when_it_is_built():
    sim = week()
    for kind in ("limit.link", "rate.build", "threshold.build"):
        before = sim.digest()
        assert "chief executive" in (give(sim, "risk", kind) or "")
        assert sim.digest() == before
    does(sim, "risk", "chief.call")
    assert "already" in (give(sim, "risk", "chief.call") or "")
    ok(sim, "risk", "limit.link")
    until(sim, "30 Jul 18:20")
    assert sight(sim, "risk")["limits"]["gross_cap_usd"] == 2_000_000
    assert ("limit" in sim.safeguards.built, "limit.set" in sim.safeguards.built) == (True, True)
    does(sim, "risk", "limit.set", gross_usd=30_000_000)
    assert sight(sim, "risk")["limits"]["gross_cap_usd"] == 30_000_000
    row = next(row for row in sight(sim, "risk")["controls"]["rows"] if row["name"] == "limit")
    assert (row["built"], row["on"]) == (True, True)


def test_one_telephone_takes_one_call_at_a_time():
    sim = week()
    ok(sim, "risk", "brokers.call")
    assert "telephone" in (give(sim, "risk", "chief.call") or "")
    sim.step(20 * 240)
    ok(sim, "risk", "chief.call")


def test_a_reconciliation_takes_hands_of_two_desks_and_is_on_when_it_stands():
    sim = week()
    ok(sim, "risk", "reconcile.build")
    assert (free_hands(sim, "risk"), free_hands(sim, "deployer")) == (0, 1)
    until(sim, "30 Jul 19:00")
    assert (free_hands(sim, "risk"), free_hands(sim, "deployer")) == (1, 1), "the risk manager has the hand back an hour earlier"
    until(sim, "30 Jul 20:00")
    assert sight(sim, "risk")["limits"]["reconcile"]
    assert sim.week.hand_steps == {"deployer": 300 * 240, "operator": 0, "risk": 240 * 240}


def test_a_control_that_was_not_built_cannot_be_set_on_an_evening():
    sim = week()
    assert "built first" in (give(sim, "risk", "rate.set", per_second=1) or "")
    assert "never built" in (give(sim, "risk", "threshold.set", usd=1) or "")
    shown = {row["kind"] for row in sight(sim, "risk")["levers"]["levers"]}
    assert {"limit.link", "rate.build", "chief.call", "credit.line"} <= shown
    assert not shown & {"rate.set", "threshold.set", "hold.set"}


@pytest.mark.parametrize("name", ["limit", "rate", "collar", "reconcile", "threshold", "hold", "dashboard", "killswitch", "mail.page", "standby"])
def test_every_hole_is_told_by_a_test_and_the_machine_is_whole_after_mending(name):
    made = CONTROLS[name]
    sim = week(next(seed for seed in range(60) if _holed(seed, name)))
    safeguards.build(sim, name)
    if name in ("limit", "rate", "collar", "hold"):
        safeguards.set_dial(sim, name, 7)
    if name == "reconcile":
        safeguards.set_dial(sim, name, 1)
    before = sim.machine.controls.copy()
    ok(sim, made.desk, "control.test", control=name)
    sim.step(60 * 240)
    row = next(row for row in sight(sim, made.desk)["controls"]["rows"] if row["name"] == name)
    assert row["tested"] and row["hole"]
    sim.acting = made.desk
    ok(sim, made.desk, "control.mend", control=name)
    until(sim, "31 Jul 20:59")
    assert sim.safeguards.holes == []
    dialled = name in ("limit", "rate", "collar", "hold", "reconcile")
    assert (sim.machine.controls != before).any() == dialled


def _holed(seed: int, name: str) -> bool:
    sim = week(seed)
    safeguards.build(sim, name)
    return sim.safeguards.has_hole(name)


# -- caps


def test_a_linked_cap_holds_the_runaway_and_turns_clients_away_when_it_is_tight():
    free, capped, linked_wrong = day(), day("limit"), day("limit", hole=True)
    for sim in (capped, linked_wrong):
        safeguards.set_dial(sim, "limit", 100_000)
    for sim in (free, capped, linked_wrong):
        bell(sim)
    assert gross(capped) < gross(free) / 3
    assert gross(linked_wrong) == gross(free), "it counts another account's exposure"
    assert sight(linked_wrong, "risk")["limits"]["gross_cap_usd"] == 100_000, "and shows what was set"
    assert harm(capped) > harm(free)


def test_a_rate_cap_slows_the_runaway_and_its_hole_lets_ten_times_as_much_pass():
    one, holed, free = day("rate"), day("rate", hole=True), day()
    for sim in (one, holed):
        safeguards.set_dial(sim, "rate", 1)
    for sim in (one, holed, free):
        bell(sim)
    sent = [int(sim.machine.sent[:, ERROR].sum()) for sim in (one, holed, free)]
    assert sent[0] < sent[1] <= sent[2]
    assert sent[1] > 3 * sent[0]


def test_a_collar_measured_from_the_best_quote_never_bites():
    whole, holed = day("collar"), day("collar", hole=True)
    for sim in (whole, holed):
        safeguards.set_dial(sim, "collar", 0.1)
        bell(sim)
    assert int(whole.machine.counters[:, 1:, 2].sum()) > 100 * int(holed.machine.counters[:, 1:, 2].sum())
    assert sight(holed, "risk")["limits"]["collar_percent"] == 0.1


def test_reconciliation_leaves_nothing_to_lose_and_the_hole_gives_clients_up():
    whole, holed = day("reconcile"), day("reconcile", hole=True)
    for sim in (whole, holed):
        safeguards.set_dial(sim, "reconcile", 1)
        bell(sim, 6)
    assert "on already" in (give(whole, "risk", "reconcile.on") or "")
    parents = int(whole.machine.tally[0].power_peg)
    assert parents > 0
    assert int(np.abs(whole.machine.position[:, ERROR]).sum()) <= parents * 500
    assert harm(holed) > harm(whole)


# -- the capital threshold


def test_the_threshold_stops_all_order_entry_until_it_is_set_anew():
    sim = day("threshold")
    safeguards.set_threshold(sim, 600_000)
    bell(sim, 2)
    assert heard(sim, "threshold.tripped")[0]["threshold_usd"] == 600_000
    assert heard(sim, "threshold.tripped")[0]["used_usd"] > 600_000
    assert sim.monitoring.runaway == 0
    children = int(sim.machine.sent.sum())
    down = sim.clients.down["bell"]
    bell(sim, 3)
    assert int(sim.machine.sent.sum()) == children
    assert sim.clients.down["bell"] - down == 8 * 240, "every server counts"
    assert any("stopped" in text for text in alerts(sim, "risk"))
    assert {row["state"] for row in sight(sim, "operator")["servers"]["servers"]} == {"disconnected"}
    assert sight(sim, "risk")["limits"]["shut"]
    assert "stopped all order entry" in (give(sim, "risk", "position.flatten", symbols="all", style="passive") or "")
    again = restore(SCENARIO, save(sim))
    does(sim, "risk", "threshold.set", usd=100_000)
    assert sim.safeguards.shut is not None, "more than that is in use"
    does(sim, "risk", "threshold.set", usd=0)
    assert sim.safeguards.shut is None
    bell(sim, 6)
    assert int(sim.machine.sent.sum()) > children
    assert again.safeguards.shut is not None


def test_a_threshold_with_a_hole_takes_shorts_off_longs():
    whole, holed = day("threshold"), day("threshold", hole=True)
    for sim in (whole, holed):
        bell(sim)
    assert safeguards.capital_in_use(whole) > safeguards.capital_in_use(holed)


def test_a_threshold_too_tight_stops_a_firm_whose_fleet_is_whole():
    sim = day("threshold")
    for server in sim.fleet.servers:
        sim.fleet.copy(server.n, NEW, 0)
        server_ops.start_server(sim, server.n)
    server_ops.set_servers(sim)
    safeguards.set_threshold(sim, 20_000)
    bell(sim, 5)
    assert sim.machine.tally[0].power_peg == 0
    assert harm(sim) > 50_000


# -- large parents


def test_parents_above_a_size_wait_for_a_person_and_some_clients_do_not_wait_that_long():
    free, held, holed = day(), day("hold"), day("hold", hole=True)
    for sim in (held, holed):
        safeguards.set_dial(sim, "hold", 100)
    for sim in (free, held, holed):
        bell(sim, 4)
    arrived = [int(sim.machine.counters[:, 1:, 4].sum()) for sim in (free, held, holed)]
    assert arrived[1] < arrived[0] == arrived[2]
    assert harm(held) > harm(free)
    assert int(held.machine.tally[0].power_peg) < int(free.machine.tally[0].power_peg)


def test_a_hold_is_set_as_it_is_built_and_can_be_lifted():
    sim = week()
    does(sim, "risk", "parents.hold", shares=5_000)
    assert sight(sim, "risk")["limits"]["hold_shares"] == 5_000
    does(sim, "risk", "hold.set", shares=0)
    assert sim.machine.controls[0].hold_shares == 0


# -- words and credit


@pytest.mark.parametrize(("desk", "kind"), [("risk", "stop.preauthorise"), ("operator", "drill.run")])
def test_stopping_needs_no_word_where_it_was_settled_beforehand(desk, kind):
    sim = week()
    does(sim, desk, kind)
    bell(sim, 1)
    assert sim.bridge.authorisations["servers.stop_all"]["state"] == sim.bridge.authorisations["smars.disconnect"]["state"] == "given"
    assert bridge.authorisation_missing(sim, "release.copy") == "" and sim.bridge.authorisations["release.copy"]["state"] == "open"
    ok(sim, "operator", "servers.stop_all")


def test_a_drill_halves_the_levers_that_stop():
    sim = week()
    does(sim, "operator", "drill.run")
    assert sim.week.hand_steps == {"deployer": 0, "operator": 150 * 240, "risk": 60 * 240}
    bell(sim, 1)
    assert [minutes_of(sim, kind) for kind in ("server.stop", "servers.stop_all", "smars.disconnect", "server.start")] == [0.5, 4.0, 2.0, 5.0]


def test_a_credit_line_softens_the_forced_sale_and_costs_its_fee():
    sim = week()
    does(sim, "risk", "credit.line")
    assert sim.week.prices_usd == 250_000
    credit, billion = safeguards.credit_hc(sim), 10**13
    assert credit == 500_000_000 * 10_000
    assert block_cost(SCENARIO, 4 * billion, credit) < block_cost(SCENARIO, 4 * billion) - billion // 100
    assert block_cost(SCENARIO, billion // 1000, credit) == block_cost(SCENARIO, billion // 1000), "a small block sells better than that"
    costs = []
    for line in (False, True):
        other = Simulation(SCENARIO, SEED)
        if line:
            other.week.facts["credit"] = 0
        bell(other, 1)
        other.machine.position[0, ERROR] = 30_000_000
        until(other, "18:41")
        costs.append((score(other)["liquidation"], other.evening.last["cost_hc"]))
    assert costs[1] < costs[0]


# -- the dashboard


def test_the_dashboard_shows_a_runaway_within_five_seconds_and_alerts_once_a_server():
    sim = day("dashboard")
    assert sight(day(), "operator")["dashboard"]["built"] is False
    does(sim, "operator", "dashboard.alert", per_second=4)
    bell(sim, 1 / 12)
    card = sight(sim, "operator")["dashboard"]
    assert (card["built"], card["per_second"], card["as_of"]) == (True, 4, "09:30:05")
    stale = card["servers"][sim.stale - 1]
    assert stale["children_per_s"] == max(row["children_per_s"] for row in card["servers"])
    bell(sim, 1)
    stale = sight(sim, "operator")["dashboard"]["servers"][sim.stale - 1]
    assert any(parent["executed"] > parent["shares"] for parent in stale["parents"])
    paged = [text for text in alerts(sim, "operator") if "children a second" in text and f"SMARS-{sim.stale}" in text]
    assert len(paged) == 1
    assert sim.inbox.alerts[[alert["text"] for alert in words(sim, sim.inbox.alerts)].index(paged[0])]["step"] <= OPEN + 20 * 3
    ok(sim, "operator", "evidence.share", what="dashboard", id=0)
    assert any(f"SMARS-{sim.stale}: {stale['children_per_s']:,}" in line for line in told(sim.scenario, sim.bridge.items[-1]["lines"]))
    assert sim.bridge.noticed == sim.now
    card, rates = sight(sim, "operator")["dashboard"], sim.gauges.flow_rates()
    assert [row["name"] for row in card["brokers"]] == list(sim.scenario.brokers)
    assert [row["orders_per_s"] for row in card["brokers"]] == [round(float(rate), 1) for rate in rates[1 : len(card["brokers"]) + 1, ORDERS]]
    out = sum(row["children_per_s"] for row in card["exchanges"])
    assert len(card["exchanges"]) == 3 and out == pytest.approx(sight(sim, "operator")["rates"]["children_out"], abs=0.2) and out > 1
    assert any(line.startswith("NYSE: ") and "executions a second" in line for line in told(sim.scenario, sim.bridge.items[-1]["lines"]))
    assert "dashboard" not in str(sight(sim, "risk")["limits"])
    assert restore(SCENARIO, save(sim)).digest() == sim.digest()


def test_a_dashboard_with_a_hole_never_hears_of_one_server():
    seed = next(seed for seed in range(200) if _unseen_is_stale(seed))
    sim = day("dashboard", hole=True, seed=seed)
    sim.safeguards.settings["dashboard"] = 4
    bell(sim, 1)
    row = sight(sim, "operator")["dashboard"]["servers"][sim.stale - 1]
    assert (row["children_per_s"], row["parents"]) == (0, [])
    assert not [text for text in alerts(sim, "operator") if f"SMARS-{sim.stale}:" in text]


def _unseen_is_stale(seed: int) -> bool:
    sim = day("dashboard", hole=True, seed=seed)
    return bool(safeguards.unseen_server(sim) == sim.stale)


# -- the kill switch and the pager


def test_a_kill_switch_stops_all_in_ten_seconds_but_for_the_server_its_hole_leaves_out():
    assert "never built" in (give(day(), "operator", "killswitch.press") or "")
    for hole, left in ((False, 0), (True, 1)):
        sim = bell(day("killswitch", hole=hole), 1)
        ok(sim, "operator", "killswitch.press")
        sim.step(41)
        up = [server.n for server in sim.fleet.servers if server.state == "running"]
        assert up == ([safeguards.unwired_server(sim)] if hole else [])
        assert len(up) == left


@pytest.mark.parametrize("hole", [False, True])
def test_a_paging_rule_of_the_week_turns_the_rejects_into_alerts_unless_it_misses_their_sender(hole):
    sim = week()
    for moment, servers in (("27 Jul 18:00", [1, 2, 3, 4]), ("30 Jul 18:00", [5, 6, 7, 8])):
        until(sim, moment)
        ok(sim, "deployer", "release.copy", servers=servers, release=NEW)
    ok(sim, "operator", "mail.page", match="Power Peg")
    until(sim, "31 Jul 18:00")
    for n in range(1, 9, 2):
        for server in (n, n + 1):
            ok(sim, "deployer", "server.start", server=server)
        sim.step(10 * 240)
    assert "mail.page" in sim.safeguards.built
    sim.safeguards.controls["mail.page"]["hole"] = hole
    sim.step(OPEN - sim.now)
    assert sim.records.refusals
    paged = [text for text in alerts(sim, "operator") if "Power Peg" in text]
    assert bool(paged) is not hole
