"""What a desk's cards say is true of the machine, and no card says more than its desk may see."""

import json

import pytest

from engine import DESKS, KINDS, Simulation, load_scenario, rehearse, score, tell
from engine.market.state import EXECUTIONS
from engine.sights.parts import INBOX
from tests.days import BELL_END, BELL_FROM, BELL_TO, BLOCK, CLOSE, END, OPEN, step_at, told
from tests.engine_builders import at_open, quiet_scenario
from tests.read import seen as sight
from tests.small import begun, give, ring, settle, small_scenario

MINUTE = 240
SCENARIO = small_scenario(2, flow={"plain_bell_per_min": 120.0})
QUIET = quiet_scenario(queued=0)


def card(sim: Simulation, name: str, desk: str = "operator") -> dict:
    return sight(sim, desk)[name]


def states(sim: Simulation) -> dict[int, str]:
    return {row["n"]: row["state"] for row in card(sim, "servers")["servers"]}


@pytest.mark.parametrize(
    ("step", "phase", "label", "is_open"),
    [
        (0, "premarket", "Pre-market", False),
        (OPEN - 1, "premarket", "Pre-market", False),
        (OPEN, "bell", "Market open", True),
        (BELL_END, "unwind", "Unwind", True),
        (CLOSE - 1, "unwind", "Unwind", True),
        (BLOCK, "block", "After the close", False),
        (END, "ended", "Ended", False),
    ],
)
def test_the_clock_names_the_phase_and_whether_the_market_is_open(step, phase, label, is_open):
    sim = Simulation(QUIET, 7)
    sim.now = step
    found = card(sim, "clock")
    assert (found["step"], found["phase"], found["phase_label"], found["open"]) == (step, phase, label, is_open)


def test_a_server_shows_its_state_and_what_is_being_done_to_it():
    sim = begun(QUIET, 400)
    assert set(states(sim).values()) == {"running"}
    give(sim, "operator", "server.stop", server=2)
    give(sim, "operator", "server.start", server=5)
    sim.step(20)
    rows = {row["n"]: row for row in card(sim, "servers")["servers"]}
    assert (rows[2]["state"], rows[5]["state"], rows[1]["work"]) == ("running", "starting", None)
    assert rows[2]["work"] == {"kind": "server.stop", "label": "Stop a server", "left_s": 55}
    assert rows[5]["work"]["kind"] == "server.start"
    assert rows[5]["name"] == "SMARS-5"
    sim.step(MINUTE)
    assert states(sim)[2] == "stopped"
    assert {row["n"]: row["work"] for row in card(sim, "servers")["servers"]}[2] is None


@pytest.mark.parametrize("level", ["assisted", "guided"])
def test_with_help_every_server_shows_the_rates_a_look_would(level):
    sim = at_open(SCENARIO, 2 * MINUTE)
    assert {row["rates"] for row in card(sim, "servers")["servers"]} == {None}
    rows = sight(sim, "operator", level)["servers"]["servers"]
    assert sum(row["rates"]["parents_in"] for row in rows) > 0
    for row in rows:
        give(sim, "operator", "server.look", server=row["n"])
        look = card(sim, "look")
        assert row["rates"] == {key: look[key] for key in ("parents_in", "children_out", "executions", "rejects")}


def test_a_deployers_work_on_a_server_is_not_on_the_operators_cards():
    sim = begun(QUIET, 400)
    settle(sim)
    before = card(sim, "servers")
    assert give(sim, "deployer", "release.copy", servers=[3], release="smars-rlp") is None
    assert card(sim, "servers") == before
    assert card(sim, "work")["tasks"] == []


def test_disconnected_and_cut_off_look_the_same_on_running_servers_and_stopped_ones_stay_stopped():
    by_hand, by_exchange = at_open(QUIET), at_open(QUIET)
    give(by_hand, "operator", "smars.disconnect")
    ring(by_exchange, "exchange")
    give(by_exchange, "risk", "exchange.accept")
    for sim in (by_hand, by_exchange):
        assert set(states(sim).values()) == {"disconnected"}
        give(sim, "operator", "server.stop", server=4)
        assert states(sim)[4] == "stopped"


def test_a_task_says_what_it_is_aimed_at_and_how_long_it_takes():
    sim = begun(QUIET, OPEN + 10)
    give(sim, "operator", "server.stop", server=2)
    sim.step(3)
    work = card(sim, "work")
    assert (work["hands"], work["free"]) == (2, 1)
    (task,) = work["tasks"]
    assert (task["kind"], task["label"], task["target"]) == ("server.stop", "Stop a server", "SMARS-2")
    assert (task["started"], task["total_s"], task["left_s"]) == ("09:30:02", 60, 60), "a second that has begun counts"
    sim.step(1)
    assert card(sim, "work")["tasks"][0]["left_s"] == 59
    sim.step(MINUTE)
    assert card(sim, "work") == {"hands": 2, "free": 2, "tasks": []}


def test_a_task_on_a_mail_names_its_subject_and_one_on_everything_names_nothing():
    sim = begun(small_scenario(2), OPEN)
    newest = card(sim, "inbox")["mails"][0]
    assert give(sim, "operator", "mail.open", mail=newest["id"]) is None
    assert card(sim, "work")["tasks"][0]["target"] == newest["subject"]
    other = begun(QUIET, 400)
    settle(other)
    give(other, "operator", "servers.stop_all")
    assert card(other, "work")["tasks"][0]["target"] == ""


def lever_rows(sim: Simulation) -> dict[str, dict]:
    """Rows of the levers that aim at nothing in particular."""
    return {row["kind"]: row for row in card(sim, "levers")["levers"] if not KINDS[row["kind"]].args}


def test_a_lever_is_shown_as_the_engine_would_judge_it():
    """Whatever the card says, giving the command does."""

    def agree(sim: Simulation) -> dict[str, str]:
        rows = lever_rows(sim)
        for kind, row in rows.items():
            probe = Simulation(QUIET, 7)
            probe.remember(json.loads(json.dumps(sim.memory())))
            refusal = give(probe, "operator", kind)
            assert row["allowed"] == (refusal is None), f"{kind}: card {row}, engine {refusal}"
            assert row["allowed"] == (row["reason"] == "")
        return {kind: tell(sim.scenario, row["reason"]) for kind, row in rows.items()}

    sim = begun(QUIET, 400)
    assert all("needs the risk manager's approval: ask for it" in reason for reason in agree(sim).values())
    settle(sim)
    assert agree(sim) == {"servers.stop_all": "", "smars.disconnect": ""}
    give(sim, "operator", "server.stop", server=1)
    give(sim, "operator", "server.stop", server=2)
    assert agree(sim) == {"servers.stop_all": "no hand free", "smars.disconnect": ""}, "the phone takes no hand"
    sim.step(MINUTE)
    give(sim, "operator", "servers.stop_all")
    assert agree(sim) == {"servers.stop_all": "under way already", "smars.disconnect": ""}
    sim.step(10 * MINUTE)
    assert "stopped already" in agree(sim)["servers.stop_all"]


def test_a_disconnect_is_judged_by_what_is_still_connected():
    sim = at_open(QUIET)
    give(sim, "operator", "smars.disconnect")
    row = lever_rows(sim)["smars.disconnect"]
    assert (row["allowed"], row["dangerous"]) == (False, True)
    assert "disconnected" in tell(sim.scenario, row["reason"])


def test_a_kill_switch_is_no_lever_until_it_was_built():
    sim = Simulation(QUIET, 7)
    assert "killswitch.press" not in lever_rows(sim)
    sim.safeguards.built.add("killswitch.press")
    assert lever_rows(sim)["killswitch.press"]["allowed"]


def test_the_inbox_holds_the_newest_mails_of_its_desk_and_counts_the_rest():
    sim = Simulation(QUIET, 7)
    for n in range(1, INBOX + 6):
        sim.inbox.mails[n] = {"id": n, "desk": "operator", "step": n, "sender": "a", "subject": f"s{n}", "group": "machines", "body": f"b{n}"}
    sim.inbox.mails[999] = {"id": 999, "desk": "risk", "step": 0, "sender": "a", "subject": "not yours", "group": "people", "body": "x"}
    sim.inbox.opened["85"] = 0
    box = card(sim, "inbox")
    assert (box["total"], box["unread"], len(box["mails"])) == (85, 84, INBOX)
    assert [mail["id"] for mail in box["mails"]] == list(range(85, 5, -1))
    assert [mail["body"] for mail in box["mails"][:2]] == ["b85", None]
    assert [mail["read"] for mail in box["mails"][:2]] == [True, False]
    assert "not yours" not in json.dumps(box)
    sim.inbox.opened |= {"3": 1, "1": 2}
    sim.inbox.mails[86] = sim.inbox.mails[85] | {"id": 86}
    assert [mail["id"] for mail in card(sim, "inbox")["mails"]] == [*range(86, 6, -1), 3, 1], "what was opened stays, however much comes"


def test_alerts_are_the_desks_own_newest_first_and_twelve_at_most():
    sim = Simulation(QUIET, 7)
    sim.inbox.alerts = [{"desk": "operator", "step": n * MINUTE, "text": f"t{n}"} for n in range(14)] + [{"desk": "risk", "step": 0, "text": "theirs"}]
    alerts = card(sim, "alerts")["alerts"]
    assert [alert["text"] for alert in alerts] == [f"t{n}" for n in range(13, 1, -1)]
    assert alerts[0]["at"] == "08:13"


def test_nothing_asked_for_is_nothing_shown():
    sim = Simulation(QUIET, 7)
    assert card(sim, "log") == {"server": None, "at": None, "lines": []}
    assert card(sim, "look") == {"server": None}


def test_rates_and_chart_are_the_gauges_own():
    sim = at_open(SCENARIO, 3 * MINUTE)
    rates, chart = card(sim, "rates"), card(sim, "chart")
    assert rates["executions"] == round(sim.gauges.per_s(EXECUTIONS), 1) > 0
    assert chart["every_s"] == 5
    assert len(chart["children"]) == len(chart["executions"]) == 360
    assert chart["from"] == "09:03:00"
    assert chart["children"][-1] > 0
    assert chart["children"][0] == 0


def test_the_wall_shows_paused_stocks_by_their_place():
    sim = at_open(SCENARIO, 20)
    sim.machine.market["paused_until"][1] = sim.now + 1
    assert card(sim, "tiles", "projector")["paused"] == [1]
    sim.step(1)
    assert card(sim, "tiles", "projector")["paused"] == []


def test_the_walls_loss_is_the_score_and_its_headlines_are_the_last_twelve():
    sim = at_open(SCENARIO, 2 * MINUTE)
    sim.inbox.headlines = [{"step": OPEN + n * MINUTE, "text": str(n)} for n in range(15)]
    wall = sight(sim, "projector")
    assert wall["loss"] == {"clock": "09:32:00", "loss_usd": round(score(sim)["total"])}
    assert [item["text"] for item in wall["headlines"]["items"]] == [str(n) for n in range(3, 15)]
    assert wall["headlines"]["items"][0]["at"] == "09:33"


def test_the_facilitator_counts_bad_servers_that_still_send_and_servers_that_are_down():
    sim = at_open(SCENARIO, 40)
    truth = card(sim, "truth", "facilitator")
    assert (truth["bad_servers"], truth["down_servers"]) == (1, 0)
    give(sim, "operator", "server.stop", server=sim.stale)
    truth = card(sim, "truth", "facilitator")
    assert (truth["bad_servers"], truth["down_servers"], truth["runaway_parents"]) == (0, 1, 0)
    assert truth["loss_usd"] == round(score(sim)["total"])


@pytest.mark.parametrize("desk", ["operator", "projector", "facilitator"])
def test_every_card_is_plain_json(desk):
    sim = at_open(SCENARIO, MINUTE)
    give(sim, "operator", "server.look", server=1)
    give(sim, "operator", "log.tail", server=1)
    cards = sight(sim, desk)
    assert json.loads(json.dumps(cards, allow_nan=False)) == cards


def test_a_desk_without_a_sight_sees_nothing():
    with pytest.raises(KeyError):
        sight(Simulation(QUIET, 7), "visitor")


def test_the_thirty_seconds_at_the_bell_are_the_same_on_every_screen_and_nothing_at_another_time():
    sim = Simulation(small_scenario(4), 79)
    sim.step(BELL_FROM - 1)
    assert all(sight(sim, desk)["bell"] == {"on": False} for desk in (*DESKS, "projector"))
    sim.step(1)
    seen = [sight(sim, desk)["bell"] for desk in (*DESKS, "projector")]
    assert seen[0] == {"on": True, "left_s": 15, "opened": 0, "of": 4, "shares": 0} and seen.count(seen[0]) == 4
    sim.step(OPEN + 40 - sim.now)
    assert (sight(sim, "risk")["bell"]["left_s"], sight(sim, "risk")["bell"]["opened"]) == (0, 4)
    sim.step(BELL_TO - sim.now)
    assert sight(sim, "deployer")["bell"] == {"on": False}


@pytest.mark.whole
@pytest.mark.parametrize("name", ["competent", "assistant"])
def test_a_card_that_was_shown_stays_as_it_was_whatever_the_run_does_next(name):
    """What is told is what differs from what was told: a card that shares a list with the state never differs from itself."""
    held: dict[tuple[str, str], tuple[dict, str]] = {}

    def watch(sim: Simulation, sights: dict[str, dict[str, dict]]) -> None:
        for desk, cards in sights.items():
            for card_name, content in cards.items():
                before, text = held.get((desk, card_name), ({}, "{}"))
                assert json.dumps(before) == text, f"{card_name} of the {desk} has changed since it was shown, before {told(sim.now, 0)}"
                held[desk, card_name] = content, json.dumps(content)

    run = rehearse(load_scenario("knight-2012"), 79, dict.fromkeys(DESKS, name), until=step_at("09:50"), watch=watch)
    assert len(held) > 20 and {"pin.read", "call.answer"} <= {command.kind for command in run.commands}
