"""What assistants can be asked for: the menus, and that an assistant is found who may do it."""

import pytest

from engine import Command, Simulation, tell, told
from engine.analysis.rehearsal import told_sight, words_of
from engine.autopilots.assistant import SHOWS
from engine.autopilots.autopilot import autopilot, looks_at
from engine.events import DESKS
from engine.firm import routing
from engine.sights.menu import wishes
from tests.days import WEEK
from tests.small import begun, ok, small_scenario

MENUS = {
    ("deployer", "week"): [
        "Copy the new release to {server}", "Restart {server}", "Checksum {server}", "Have a second technician review the fleet",
        "Rehearse the rollback", "Test the old counter again", "Build the release without the dead code", "Write deploy automation",
        "Deploy the new release with the automation", "Plan a staged flag rollout",
    ],
    ("operator", "week"): [
        "Audit the inventory", "Write a procedure and drill it", "Page on mail with SMARS in it", "Build a dashboard of child orders",
        "Build a kill switch", "Build a hot standby",
    ],
    ("risk", "week"): [
        "Call the chief executive about caps", "Ask the brokers to follow a staged flag rollout", "Link account 33 to a gross cap",
        "Build an order rate cap", "Build a price collar", "Build a capital threshold", "Build a reconciliation in the router",
        "Agree in advance who may stop", "Arrange a credit line",
    ],
    ("deployer", "day"): [
        "Show us the fleet as recorded", "Checksum {server}", "Roll back {server}", "Copy the new release to {server}", "Restart {server}",
        "Compare the config of {server}", "Compare the reference data of {server}",
        "Load the recorded config on {server}", "Load the recorded reference data on {server}",
        "Have the flag cleared upstream", "Have the flag set again upstream",
        "Certify Birchmont for RLP", "Certify Harbor Lane for RLP", "Load the new symbols", "Have {broker} taken off the flag",
    ],
    ("operator", "day"): [
        "Read the log of {server}", "Look at the rates of {server}", "Search all logs for {text}", "Show us the firm's rates", "Stop {server}",
        "Restart {server}", "Stop all servers", "Disconnect SMARS at the exchanges",
        "Log on to NYSE", "Log on to ARCA", "Log on to BATS", "Fill in the capacity sheet",
        "Route around {exchange}", "Log on to {exchange} again", "Route to {exchange} again",
    ],
    ("risk", "day"): [
        "Show us what the position monitor says", "Cap account 33 at 25 million gross", "Lift the cap of account 33",
        "Flatten everything, patiently", "Ask the exchange to cancel erroneous executions",
        "Fill in the limits sheet", "Send out the locate list",
        "Hold the orders of {broker}", "Release the orders of {broker}", "Withdraw {symbols}", "Readmit {symbols}",
        "Approve: Roll back more than two servers", "Approve: Have the flag cleared upstream",
        "Approve: Deploy with the automation", "Approve: Stop more than two servers",
        "Approve: Start or restart more than two servers", "Approve: Stop all servers by hand",
        "Approve: Disconnect SMARS at the exchanges", "Approve: Copy a release",
    ],
}  # fmt: skip


def chosen(sim, name):
    """What a screen asks for beside servers."""
    one = {"broker": sim.scenario.brokers[0], "exchange": sim.scenario.exchanges[0], "symbols": list(sim.names[:1]), "text": sim.names[0]}
    return {name: one[name]} if name in one else {}


@pytest.mark.parametrize(("desk", "when"), MENUS)
def test_a_menu_is_in_the_levers_own_words_and_in_the_order_of_the_headings(desk, when):
    scenario = small_scenario()
    rows = told(scenario, wishes(scenario))[desk]["evening" if when == "week" else "day"]
    assert [row["words"] for row in rows] == MENUS[desk, when]


def test_nobody_is_asked_to_copy_to_every_server_at_once_or_to_build_a_release_that_there_is_not():
    small = small_scenario()
    whole = {row["kind"]: row["servers"] for row in wishes(small)["deployer"]["evening"]}
    assert (whole["release.copy"], whole["server.start"], whole["checksum.run"], whole["fleet.review"]) == ("some", "one", "any", "none")
    no_clean = small.fleet.model_copy(update={"release": tuple(one for one in small.fleet.release if one.build is None)})
    assert "release.build" not in [row["kind"] for row in wishes(small.model_copy(update={"fleet": no_clean}))["deployer"]["evening"]]


@pytest.mark.parametrize("start", [WEEK, 0])
@pytest.mark.parametrize("asker", DESKS)
def test_every_wish_is_taken_or_is_a_question_that_an_assistant_understands(asker, start):
    sim = Simulation(small_scenario(), 7, start=start)
    others = {desk: menus["evening" if start < 0 else "day"] for desk, menus in wishes(sim.scenario).items() if desk != asker}
    for seq, (desk, wish) in enumerate(((desk, wish) for desk, rows in others.items() for wish in rows), 1):
        args = {**wish["args"], **{"none": {}, "one": {"server": 1}}.get(wish["servers"], {"servers": [1]}), **chosen(sim, wish["chosen"])}
        if wish["kind"] == "bridge.say":
            question = tell(sim.scenario, args["text"]).lower()
            assert "?" in question and desk in question and any(word in question for word, _ in SHOWS[desk])
            assert sim.submit(Command(seq, sim.now, asker, "bridge.say", args)) is None
        else:
            assert sim.submit(Command(seq, sim.now, asker, "assistant.ask", {"desk": desk, "kind": wish["kind"], "args": args})) is None


# -- a player at one desk, assistants at the others


def play_on(sim, player, minutes):
    """The assistants at the other desks look, and do what they were asked for."""
    pilots = {desk: autopilot("assistant", desk, words_of(sim.scenario)) for desk in DESKS if desk != player}
    for _ in range(minutes * 12):
        if looks_at(sim.calendar, sim.now):
            for desk, pilot in pilots.items():
                for move in pilot(told_sight(sim, desk, "2012")):
                    sim.submit(Command(len(sim.events) + 1, sim.now, desk, *move))
        sim.step(20)


def ask(sim, player, desk, kind, **args):
    """Ask for what the assistant's menu has."""
    assert kind in [row["kind"] for row in wishes(sim.scenario)[desk]["day"]]
    ok(sim, player, "assistant.ask", desk=desk, kind=kind, args=args)


def after_the_bell():
    scenario = small_scenario()
    return begun(scenario, scenario.calendar.open + 240)


def test_an_operator_alone_has_a_broker_held_and_taken_off_the_flag_and_stocks_withdrawn_and_readmitted():
    sim = after_the_bell()
    broker, stock = sim.scenario.brokers[2], sim.names[1]
    ask(sim, "operator", "risk", "broker.hold", broker=broker)
    ask(sim, "operator", "risk", "stocks.withdraw", symbols=[stock])
    ask(sim, "operator", "deployer", "broker.unflag", broker=broker)
    play_on(sim, "operator", 6)
    assert (routing.broker_is_held(sim, broker), routing.is_unflagged(sim, broker)) == (True, True)
    assert routing.withdrawn_stocks(sim) == [stock]
    ask(sim, "operator", "risk", "broker.release", broker=broker)
    ask(sim, "operator", "risk", "stocks.readmit", symbols=[stock])
    play_on(sim, "operator", 3)
    assert not routing.broker_is_held(sim, broker)
    assert routing.withdrawn_stocks(sim) == []


def test_a_risk_manager_alone_has_an_exchange_avoided_logged_on_to_and_used_again_and_is_shown_what_the_logs_say():
    sim = after_the_bell()
    exchange = sim.scenario.exchanges[1]
    routing.stick(sim, exchange)
    ask(sim, "risk", "operator", "log.search", text=sim.scenario.brokers[0].lower())
    ask(sim, "risk", "operator", "exchange.avoid", exchange=exchange)
    ask(sim, "risk", "operator", "exchange.relogon", exchange=exchange)
    play_on(sim, "risk", 7)
    assert (routing.is_avoided(sim, exchange), routing.is_stuck(sim, exchange)) == (True, False)
    assert [item["desk"] for item in sim.bridge.items if item["kind"] == "pin"] == ["operator"]
    ask(sim, "risk", "operator", "exchange.resume", exchange=exchange)
    play_on(sim, "risk", 2)
    assert not routing.is_avoided(sim, exchange)


def test_what_needs_the_word_is_done_once_the_assistant_of_the_risk_manager_is_asked_to_give_it():
    sim = after_the_bell()
    ask(sim, "operator", "deployer", "flag.clear")
    play_on(sim, "operator", 1)
    assert sim.bridge.authorisations["flag.clear"]["state"] == "asked"
    ask(sim, "operator", "risk", "authorise.give", what="flag.clear")
    play_on(sim, "operator", 6)
    assert sim.machine.controls[0].flag_off
