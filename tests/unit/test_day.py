"""A day as its desks live it, on few stocks: levers take hands and time, servers come and go, evidence says what is true."""

import json

import pytest

from engine import Command, Simulation, playbook, replay, restore, save, score, tell
from engine.analysis.record import beside_history, record
from engine.firm.clients import unserved
from engine.firm.trading_day import rlp_missing
from engine.firm.workload import free_hands
from engine.market.controls import REASONS
from engine.market.router import BEHAVIOURS
from engine.market.state import CLIENT, ERROR
from tests.days import BELL_END, CLOSE, END, OPEN
from tests.read import mails
from tests.read import seen as sight
from tests.small import before, begun, give, ring, settle, small_scenario

MINUTE = 240
SCENARIO = small_scenario(4, flow={"plain_bell_per_min": 240.0})


def at(step: int, *, instant: bool = False, scenario=SCENARIO, seed: int = 7) -> Simulation:
    return begun(scenario, step, seed, instant=instant)


def kinds(sim: Simulation) -> list[str]:
    return [event.kind for event in sim.take_events()]


def with_behaviour(name: str):
    """The legacy release does `name` with flagged orders, on every server."""
    old, new = SCENARIO.fleet.release[:2]
    release = (old.model_copy(update={"flag_set": name}), new.model_copy(update={"flag_set": name}))
    return SCENARIO.model_copy(update={"fleet": SCENARIO.fleet.model_copy(update={"release": release})})


def test_a_lever_holds_a_hand_for_its_time_and_then_takes_effect():
    sim = at(OPEN)
    assert give(sim, "operator", "server.stop", server=3) is None
    assert free_hands(sim, "operator") == 1
    sim.step(MINUTE - 1)
    assert sim.fleet[3].state == "running"
    sim.step(1)
    assert sim.fleet[3].state == "stopped"
    assert free_hands(sim, "operator") == 2


def test_without_a_free_hand_a_lever_is_refused_with_what_keeps_them_busy():
    sim = at(OPEN)
    settle(sim)
    for server in (1, 2):
        assert give(sim, "operator", "server.stop", server=server) is None
    assert "no hand free" in give(sim, "operator", "server.stop", server=3)
    assert "60 s left" in give(sim, "operator", "server.look", server=3)


def test_stopping_all_takes_four_minutes_with_two_hands_and_eight_with_one():
    two, one = at(OPEN), at(OPEN)
    settle(two)
    settle(one)
    give(two, "operator", "servers.stop_all")
    give(one, "operator", "server.start", server=1)
    give(one, "operator", "servers.stop_all")
    assert [work.end - OPEN for work in two.works] == [4 * MINUTE]
    assert [work.end - OPEN for work in one.works if work.kind == "servers.stop_all"] == [8 * MINUTE]
    assert "under way" in give(two, "operator", "servers.stop_all")


@pytest.mark.parametrize(
    ("desk", "kind", "args", "word"),
    [
        ("risk", "server.stop", {"server": 1}, "for the operator"),
        ("operator", "server.stop", {"server": 9}, "from 1 to 8"),
        ("operator", "server.stop", {}, "needs server"),
        ("operator", "server.stop", {"server": 1, "x": 2}, "no argument 'x'"),
        ("operator", "server.stop", [1], "expected an object"),
        ("operator", "nothing", {}, "no command"),
        ("deployer", "release.copy", {"servers": [1, 1], "release": "smars-rlp"}, "each server once"),
        ("deployer", "release.copy", {"servers": [], "release": "smars-rlp"}, "list of numbers"),
        ("deployer", "release.copy", {"servers": [1], "release": "smars-9"}, "smars-2003"),
        ("deployer", "flag.set", {}, "on already"),
        ("risk", "limit.set", {"gross_usd": -1}, "dollars"),
        ("risk", "collar.set", {"percent": 0}, "0.01 to 99"),
        ("risk", "position.flatten", {"symbols": ["NOPE"], "style": "passive"}, "list of symbols"),
        ("risk", "position.flatten", {"symbols": "all", "style": "fast"}, "passive or aggressive"),
        ("risk", "exchange.accept", {}, "has not called"),
        ("risk", "reconcile.on", {}, "never built"),
        ("operator", "killswitch.press", {}, "never built"),
        ("operator", "mail.open", {"mail": 10**6}, "has arrived"),
    ],
)
def test_a_refused_command_says_what_was_wrong_and_what_was_expected(desk, kind, args, word):
    sim = at(OPEN + 20)
    before = sim.digest()
    refusal = sim.submit(Command(1, sim.now, desk, kind, args))
    assert refusal is not None
    assert word in tell(sim.scenario, refusal.reason)
    assert sim.digest() == before


def test_a_command_stamped_for_another_step_is_the_callers_fault():
    with pytest.raises(ValueError, match="expected 0"):
        Simulation(SCENARIO, 7).submit(Command(1, 5, "operator", "servers.stop_all"))


def test_a_stopped_server_sends_nothing_and_what_rests_is_cancelled():
    sim = at(OPEN + 60, instant=True)
    n = sim.stale
    give(sim, "operator", "server.stop", server=n)
    rested = [(order.owner, order.live) for book in sim.machine.orders for order in book if order.live and order.owner]
    parents = {int(p.id) for s in range(4) for p in sim.machine.parents[s, : sim.machine.parent_count[s]]}
    assert all(owner in parents for owner, _ in rested)
    sent = int(sim.machine.counters[:, n].sum())
    sim.step(100)
    assert int(sim.machine.counters[:, n].sum()) == sent
    assert "stopped already" in give(sim, "operator", "server.stop", server=n)
    assert sim.monitoring.runaway == 0


def test_a_runaway_ends_when_its_server_stops_and_history_is_told():
    sim = at(OPEN + 60, instant=True)
    assert sim.monitoring.runaway >= 2
    give(sim, "operator", "server.stop", server=sim.stale)
    assert (sim.monitoring.runaway, sim.monitoring.contained) == (0, OPEN + 60)
    assert score(sim)["runaway"] == "contained"


@pytest.mark.parametrize("name", BEHAVIOURS[1:])
def test_each_behaviour_does_what_it_says(name):
    quiet = {"plain_premarket_per_min": 0.0, "plain_bell_per_min": 0.0, "premarket_flagged": 0, "flagged_per_min": 0.0}
    scenario = with_behaviour(name)
    scenario = scenario.model_copy(update={"flow": scenario.flow.model_copy(update=quiet), "sha256": name})
    sim = at(OPEN + 400, scenario=scenario)
    machine = sim.machine
    wanted = int(sim.arrivals["qty"][sim.arrivals["step"] < sim.now].sum())
    done = int((machine.bought + machine.sold).sum())
    left = int(machine.parent_count.sum())
    if name in ("route", "rlp"):
        assert (done, left) == (wanted, 0)
    elif name == "power_peg":
        assert done > 2 * wanted
        assert left == 16
    elif name == "miscount":  # thousands for ones: some hundreds of children each, and no end before the server's
        assert done > 10 * wanted
    elif name == "stall":
        assert (done, left) == (0, 16)
    elif name == "misprice":
        assert done >= wanted
        assert left == 0
    else:
        assert done > wanted
        assert left == 0


def test_each_control_rejects_a_clients_order_when_too_tight():
    for kind, args, reason in (
        ("limit.set", {"gross_usd": 1}, 1),
        ("rate.set", {"per_second": 1}, 2),
        ("collar.set", {"percent": 0.01}, 3),
        (None, {}, 4),
    ):
        sim = at(OPEN, instant=True)
        if kind:
            assert give(sim, "risk", kind, **args) is None
        else:
            sim.machine.controls["reconcile"] = 2  # the hole: orders sent are counted instead of executions
        sim.step(400)
        recent = sim.machine.recent
        clients = {int(row.id) for row in sim.arrivals if row.flagged == 0}
        hit = {int(child.parent) for row in recent for child in row if child.reason == reason}
        assert hit & clients, f"{kind or 'reconciliation'}: {REASONS[reason]}"


def test_reconciliation_lets_clients_pass_and_stops_a_runaway():
    sim = at(OPEN, instant=True)
    assert give(sim, "risk", "reconcile.on") is None
    sim.step(2400)
    assert sim.monitoring.runaway == 0
    assert sim.machine.fills[:, CLIENT].sum() > 0
    assert abs(score(sim)["trading"]) < 5_000


def test_disconnected_orders_wait_a_minute_and_go_back_to_the_client():
    sim = at(OPEN, instant=True)
    give(sim, "operator", "smars.disconnect")
    assert "disconnected" in give(sim, "operator", "smars.disconnect")
    sim.step(200)
    assert sim.machine.tally[0].waiting > 0
    assert sim.machine.tally[0].handed_back == 0
    sim.step(200)
    assert sim.machine.tally[0].handed_back > 0
    assert score(sim)["halting"] > 0
    give(sim, "operator", "server.start", server=4)
    sim.step(200)
    assert sim.machine.tally[0].waiting == 0


@pytest.mark.whole
def test_at_a_quarter_past_ten_the_exchanges_disconnect_what_still_sends_and_only_then():
    wild, tame = at(BELL_END - 20), at(BELL_END - 20)
    give(tame, "operator", "server.stop", server=tame.stale)
    tame.machine.parent_count[:] = 0
    for sim in (wild, tame):
        sim.monitoring.watch_runaway(sim.machine, sim.now)
        sim.step(20)
    assert "exchange.disconnected" in kinds(wild)
    assert score(wild)["penalties"] > score(tame)["penalties"]
    assert "exchange.disconnected" not in kinds(tame)


def test_a_checksum_a_copy_and_a_restart_find_and_mend_the_stale_server():
    sim = at(100)
    n = sim.stale
    give(sim, "deployer", "checksum.run", servers=[n])
    sim.step(10 * MINUTE)
    found = sim.records.checksums[-1]
    assert found["disk"] == found["process"] == SCENARIO.fleet.release[0].hash
    assert sim.records.fault_found
    settle(sim)
    give(sim, "deployer", "release.copy", servers=[n], release="smars-rlp")
    assert "being worked on" in give(sim, "deployer", "release.rollback", servers=[n])
    sim.step(15 * MINUTE)
    assert sim.fleet.hashes(n) == (SCENARIO.fleet.release[1].hash, SCENARIO.fleet.release[0].hash)
    give(sim, "operator", "server.start", server=n)
    assert sim.fleet.hashes(n)[1] == ""
    assert "starting already" in give(sim, "operator", "server.start", server=n)
    sim.step(5 * MINUTE)
    assert sim.fleet[n].running == "smars-rlp"
    assert rlp_missing(sim) == 0


def test_the_flag_cleared_upstream_stops_new_runaways_and_a_rollback_of_all_meets_the_queue():
    calm, wild = at(OPEN - 10, instant=True), at(OPEN - 10, instant=True)
    assert give(calm, "deployer", "flag.clear") is None
    for sim in (calm, wild):
        give(sim, "deployer", "release.rollback", servers=list(range(1, 9)))
        sim.step(40)
    assert calm.monitoring.runaway == 0
    assert wild.monitoring.runaway >= 16
    assert give(calm, "deployer", "flag.set") is None


@pytest.mark.whole
def test_the_exchange_cuts_the_firm_off_and_readmits_it_after_a_checksum():
    sim = at(OPEN + 200, instant=True)
    ring(sim, "exchange")
    assert give(sim, "risk", "exchange.accept") is None
    assert sim.exchanges.cut_off
    assert "already" in give(sim, "risk", "exchange.accept")
    sim.step(BELL_END + 3600 - sim.now)
    assert sim.exchanges.cut_off, "nobody has shown the exchange anything"
    give(sim, "deployer", "checksum.run", servers=[sim.stale])
    sim.step(20)
    assert not sim.exchanges.cut_off
    assert any(sim.fleet.sends(n) for n in range(1, 9))


@pytest.mark.whole
def test_busts_must_be_asked_for_in_time_and_cancel_what_was_far_from_the_open():
    sim = at(OPEN + 200, instant=True)
    sim.machine.far_qty[0, 0], sim.machine.far_cash[0, 0] = 100, -100 * 2_000_000
    sim.machine.position[0, ERROR] += 100
    sim.machine.cash[0, ERROR] -= 100 * 2_000_000
    assert give(sim, "risk", "exchange.bust") is None
    assert "reviewing already" in give(sim, "risk", "exchange.bust")
    before = score(sim)["reverted"]
    sim.step(30 * MINUTE)
    assert score(sim)["busts"] > 0
    assert "trades.busted" in kinds(sim)
    assert isinstance(before, float)
    sim.step(BELL_END + 7200 - sim.now)
    assert "too late" in give(sim, "risk", "exchange.bust")


def test_clients_that_route_away_take_a_part_of_the_flow_with_them_and_expect_the_rest_to_wait():
    sim = at(OPEN, instant=True)
    give(sim, "risk", "clients.route_away")
    give(sim, "operator", "servers.stop_all")
    sim.step(400)
    assert unserved(sim).told > 0
    assert unserved(sim).unserved == 0
    assert score(sim)["halting"] > 0


@pytest.mark.parametrize("style", ["passive", "aggressive"])
def test_flattening_works_the_monitors_position_off_outside_smars(style):
    sim = at(OPEN + 400, instant=True)
    give(sim, "operator", "servers.stop_all")
    sim.step(400)
    held = abs(sim.machine.position[:, ERROR]).sum()
    assert give(sim, "risk", "position.flatten", symbols="all", style=style) is None
    sim.step(1200)
    assert abs(sim.machine.position.sum(axis=1)).sum() < held
    assert sim.machine.counters[:, 0].sum() > 0


def test_a_log_tail_names_the_order_that_the_mail_names():
    sim = at(OPEN - 900)
    order, server, _, symbol = sim.records.refusals[-1]
    mail = next(mail for mail in mails(sim) if str(order) in mail["body"])
    assert "SMARS-" not in mail["body"]
    give(sim, "operator", "log.tail", server=server)
    give(sim, "operator", "mail.open", mail=mail["id"])
    sim.step(MINUTE)
    cards = sight(sim, "operator")
    assert any(str(order) in line["text"] for line in cards["log"]["lines"])
    assert str(mail["id"]) in sim.inbox.opened
    newest = cards["inbox"]["mails"][0]
    assert newest["body"] is None
    give(sim, "operator", "mail.open", mail=newest["id"])
    sim.step(MINUTE // 4)
    assert next(row for row in sight(sim, "operator")["inbox"]["mails"] if row["id"] == newest["id"])["body"]
    assert SCENARIO.names[symbol] in mail["body"]


def test_the_operators_cards_hold_no_money_no_release_and_no_truth():
    sim = at(OPEN + 240)
    give(sim, "operator", "server.look", server=sim.stale)
    give(sim, "operator", "log.tail", server=1)
    sim.step(2 * MINUTE)
    cards = sight(sim, "operator")
    assert cards["look"]["server"] == sim.stale
    assert cards["look"]["children_out"] > 0
    cards["inbox"] = cards["log"] = cards["controls"] = {}  # the controls are named: a gross cap is one of them
    text = json.dumps(cards)
    for word in ("usd", "pnl", "gross", "position", "2003", "rlp", "hash", "stale", "runaway", "power"):
        assert word not in text.lower(), word


def test_two_states_that_differ_in_what_the_operator_may_not_know_look_the_same():
    sim, other = at(400), at(400)
    other.fleet.copy(other.stale, "smars-rlp", 0)
    assert sight(sim, "operator") == sight(other, "operator")
    assert sight(sim, "facilitator")["truth"]["bad_servers"] == 1


def test_projector_and_facilitator_show_the_room_and_the_truth():
    sim = at(OPEN + 600)
    wall, truth = sight(sim, "projector"), sight(sim, "facilitator")["truth"]
    assert len(wall["tiles"]["moves_bp"]) == 4
    assert truth["runaway_parents"] == sim.monitoring.runaway > 0
    assert set(wall) == {"bell", "clock", "tiles", "loss", "headlines"}


@pytest.mark.whole
def test_the_day_ends_with_the_block_and_then_takes_no_command():
    sim = at(OPEN + 200)
    sim.step(CLOSE - sim.now - 1)
    gross = score(sim)["gross"]
    sim.step(END)
    assert sim.ended
    assert sim.now == END
    assert gross > 0
    assert score(sim)["gross"] == 0
    assert "block.sold" in kinds(sim)
    assert "over" in str(give(sim, "operator", "servers.stop_all"))


def test_a_record_stands_beside_history_and_survives_json():
    commands = playbook(SCENARIO, "history", 7)
    sim = replay(SCENARIO, 7, commands, before(OPEN + 480), progress=lambda step: None)
    found = json.loads(json.dumps(record(sim, playbook="history", wall_s=1.0, cpu_s=1.0)))
    assert found["emails_power_peg"] == 2
    assert next(row["key"] for row in beside_history(found)) == "parents"
    assert len(found["minute_path"]) == 2
    again = restore(SCENARIO, save(sim))
    assert again.digest() == found["digest"]


def test_reaching_a_limit_is_an_event():
    sim = at(OPEN + 20)
    sim.machine.books["drops"][0] = 3
    sim.step(20)
    assert "limit.reached" in kinds(sim)
