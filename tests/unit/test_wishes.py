"""What assistants can be asked for: the menus, and that an assistant is found who may do it."""

import pytest

from engine import Command, Simulation
from engine.autopilots.assistant import SHOWS
from engine.events import DESKS
from engine.sights.menu import wishes
from tests.days import WEEK
from tests.small import small_scenario

MENUS = {
    ("deployer", "week"): [
        "Copy the new release to {server}", "Restart {server}", "Checksum {server}", "Have a second technician review the fleet",
        "Rehearse the rollback", "Test the old counter again", "Build the release without the dead code", "Write deploy automation",
        "Deploy the new release with the automation", "Plan to raise the flag by and by",
    ],
    ("operator", "week"): [
        "Audit the inventory", "Write a procedure and drill it", "Page on mail with SMARS in it", "Build a dashboard of child orders",
        "Build a kill switch", "Build a hot standby",
    ],
    ("risk", "week"): [
        "Call the chief executive about caps", "Ask the brokers to follow a plan of the flag", "Link account 33 to a gross cap",
        "Build an order rate cap", "Build a price collar", "Build a capital threshold", "Build a reconciliation in the router",
        "Settle beforehand who may stop", "Arrange a credit line",
    ],
    ("deployer", "day"): [
        "Show us the fleet as recorded", "Checksum {server}", "Roll back {server}", "Copy the new release to {server}",
        "Compare the config of {server}", "Compare the reference data of {server}",
        "Load the recorded config on {server}", "Load the recorded reference data on {server}",
        "Certify Birchmont for RLP", "Certify Harbor Lane for RLP", "Load the new symbols",
    ],
    ("operator", "day"): [
        "Read the log of {server}", "Look at the rates of {server}", "Show us the firm's rates", "Stop {server}", "Stop all servers",
        "Log on to NYSE", "Log on to ARCA", "Log on to BATS", "Fill in the capacity sheet",
    ],
    ("risk", "day"): [
        "Give the word to stop all servers", "Give the word to disconnect SMARS", "Show us what the position monitor says",
        "Cap account 33 at 25 million gross", "Fill in the limits sheet", "Send out the locate list",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("desk", "when"), MENUS)
def test_a_menu_is_in_the_levers_own_words_and_in_the_order_of_the_headings(desk, when):
    rows = wishes(small_scenario())[desk]["evening" if when == "week" else "day"]
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
        args = {**wish["args"], **{"none": {}, "one": {"server": 1}}.get(wish["servers"], {"servers": [1]})}
        if wish["kind"] == "bridge.say":
            question = args["text"].lower()
            assert "?" in question and desk in question and any(word in question for word, _ in SHOWS[desk])
            assert sim.submit(Command(seq, sim.now, asker, "bridge.say", args)) is None
        else:
            assert sim.submit(Command(seq, sim.now, asker, "assistant.ask", {"desk": desk, "kind": wish["kind"], "args": args})) is None
