"""What is due before the bell: what it takes, what follows where nobody did it, and who has none of it."""

import json

import pytest

from engine import (
    Command,
    Moment,
    Simulation,
    game_has,
    load_scenario,
    play,
    rehearse,
    replay,
    restore,
    save,
    score,
    sight,
    story,
    tell,
    told,
    wound_up,
)
from engine.analysis.debrief import Log, decision_words
from engine.events import DESKS
from engine.firm import duties, routing
from engine.firm.clients import unserved
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.duty_texts import Duty
from tests.days import OPEN, clock, step_at
from tests.small import begun, give, heard, ok, small_scenario, until

BUSY = small_scenario(4, flow={"plain_bell_per_min": 600.0, "premarket_flagged": 0, "queued_flagged": 0})
EVERY = tuple(duty.id for duty in BUSY.duty)


def morning(*left: str, scenario=BUSY, step: int = OPEN) -> Simulation:
    """A run at a step with every duty done but these."""
    sim = Simulation(scenario, 7)
    ok(sim, "facilitator", "duties.give")
    sim.duties.done = {one.id: 0 for one in scenario.duty if one.id not in left}
    sim.step(step - sim.now)
    return sim


def lists(*symbols: str):
    """The scenario whose new symbols are these."""
    return BUSY.model_copy(update={"duty": tuple(one.model_copy(update={"lists": symbols}) if one.lists else one for one in BUSY.duty)})


def minutes(sim: Simulation, count: float) -> None:
    sim.step(int(count * STEPS_PER_MINUTE))


def states(sim: Simulation, desk: str) -> dict[str, str]:
    return {row["id"]: row["state"] for row in sight(sim, desk)["duties"]["rows"]}


# -- to do them


def test_they_take_the_hand_minutes_that_the_data_say_and_leave_the_deployer_one_whole_fleet_check():
    whole = load_scenario("knight-2012")
    took = {desk: [one.minutes for one in whole.duty if one.desk == desk] for desk in DESKS}
    assert took == {"deployer": [20, 20, 20], "operator": [10, 10, 10, 20], "risk": [40, 30]}
    one_check = [whole.levers[kind].premarket * whole.fleet.servers for kind in ("checksum.run", "config.compare", "data.compare")]
    supply = whole.hands.deployer * OPEN // STEPS_PER_MINUTE
    left = supply - sum(took["deployer"])
    assert (supply, left - max(one_check)) == (180, 40) and left < sum(sorted(one_check)[:2])


def test_a_duty_is_open_then_under_way_then_done_and_what_is_not_done_at_the_bell_is_missed_and_can_be_done_late():
    sim = Simulation(BUSY, 7)
    assert states(sim, "risk") == {} and give(sim, "risk", "duty.do", duty="limits") == "all of it is done"
    ok(sim, "facilitator", "duties.give")
    assert states(sim, "risk") == {"limits": "open", "locates": "open"}
    ok(sim, "risk", "duty.do", duty="limits")
    assert states(sim, "risk")["limits"] == "under way"
    assert "no hand free" in give(sim, "risk", "duty.do", duty="locates")
    minutes(sim, 40)
    assert states(sim, "risk") == {"limits": "done", "locates": "open"}
    assert give(sim, "risk", "duty.do", duty="limits") == "that is done"
    assert give(sim, "risk", "duty.do", duty="symbols") == "that is another desk's to do"
    until(sim, clock(OPEN))
    assert states(sim, "risk") == {"limits": "done", "locates": "missed"}
    assert [row["item"] for row in heard(sim, "duty.missed")] == [one for one in EVERY if one != "limits"]
    ok(sim, "risk", "duty.do", duty="locates")
    minutes(sim, 30)
    assert states(sim, "risk")["locates"] == "done" and sim.machine.controls[0].unlocated_256 == 0


def test_the_card_says_what_each_takes_when_it_is_due_and_what_is_lost_otherwise():
    sim = morning(*EVERY, step=0)
    card = sight(sim, "operator")["duties"]
    assert card["by"] == "09:30" and len(card["rows"]) == 4
    assert all(row["minutes"] and row["label"] and row["otherwise"] for row in card["rows"])
    assert {row["id"] for desk in DESKS for row in sight(sim, desk)["duties"]["rows"]} == set(EVERY)
    ok(sim, "operator", "duty.do", duty="logon-arca")
    (task,) = sight(sim, "operator")["work"]["tasks"]
    assert (tell(sim.scenario, task["target"]), task["total_s"]) == ("Log on to ARCA", 600)


def test_they_are_given_once_and_only_before_the_day_has_begun():
    sim = Simulation(BUSY, 7)
    ok(sim, "facilitator", "duties.give")
    assert "already" in give(sim, "facilitator", "duties.give")
    late = begun(BUSY, OPEN)
    assert give(late, "facilitator", "duties.give") == "the day has begun without duties"
    assert "only for the facilitator" in give(Simulation(BUSY, 7), "risk", "duties.give")


# -- what follows


def served(*left: str, scenario=BUSY, step: int = OPEN + 10 * STEPS_PER_MINUTE) -> Simulation:
    return morning(*left, scenario=scenario, step=step)


def test_nothing_follows_where_all_of_it_is_done():
    money, plain = score(served()), score(begun(BUSY, OPEN + 10 * STEPS_PER_MINUTE))
    assert {**money, "precautions": 0, "total": 0} == {**plain, "precautions": 0, "total": 0}


def test_flagged_orders_of_a_broker_that_was_not_certified_are_refused_until_it_is():
    sim = served("certify-first")
    tally = sim.machine.tally[0]
    rows = sim.arrivals[: sim.cursor]
    bits = (rows["step"] >= OPEN) & (rows["flagged"] == 1) & (rows["broker"] == routing.broker_number(sim, "Birchmont Brokerage"))
    assert 0 < int(bits.sum()) == int(tally.refused)
    assert unserved(sim).rejected == unserved(served()).rejected + tally.refused
    ok(sim, "deployer", "duty.do", duty="certify-first")
    minutes(sim, 20)
    refused = int(sim.machine.tally[0].refused)
    minutes(sim, 10)
    assert int(sim.machine.tally[0].refused) == refused


@pytest.mark.kernels
def test_short_sales_are_refused_without_the_locate_list_and_nothing_else():
    two = OPEN + 2 * STEPS_PER_MINUTE
    sim = served("locates", step=two)
    rows = sim.arrivals[: sim.cursor]
    sells = int(((rows["step"] >= OPEN) & (rows["side"] < 0)).sum())
    assert 0.08 * sells < int(sim.machine.tally[0].refused) < 0.18 * sells
    assert int(served(step=two).machine.tally[0].refused) == 0


def test_an_exchange_that_nobody_logged_on_to_is_stuck_until_the_duty_is_done_and_a_new_session_is_no_way_round_it():
    sim = served("logon-bats")
    assert routing.is_stuck(sim, "BATS") and not routing.is_stuck(sim, "NYSE")
    assert "there is no session today, first log on to BATS" in give(sim, "operator", "exchange.relogon", exchange="BATS")
    assert give(sim, "operator", "exchange.relogon", exchange="NYSE") is None
    ok(sim, "operator", "duty.do", duty="logon-bats")
    minutes(sim, 10)
    assert not routing.is_stuck(sim, "BATS")
    assert give(sim, "operator", "exchange.relogon", exchange="BATS") is None


def test_orders_in_symbols_that_were_not_loaded_are_handed_back():
    scenario = lists(BUSY.names[0], BUSY.names[2])
    sim = served("symbols", scenario=scenario)
    assert routing.withdrawn_stocks(sim) == [BUSY.names[0], BUSY.names[2]]
    assert score(sim)["service_kept"] < 0.9
    assert "first load the new symbols" in give(sim, "risk", "stocks.readmit", symbols=[BUSY.names[0]])
    ok(sim, "deployer", "duty.do", duty="symbols")
    minutes(sim, 20)
    assert routing.withdrawn_stocks(sim) == []


def test_a_stock_that_was_withdrawn_on_purpose_stays_out_when_the_new_symbols_are_loaded_late():
    first, second, third = (row.symbol for row in BUSY.symbols[:3])
    sim = served("symbols", scenario=lists(first, second))
    ok(sim, "risk", "stocks.withdraw", symbols=[second, third])
    minutes(sim, 3)
    ok(sim, "deployer", "duty.do", duty="symbols")
    minutes(sim, 20)
    assert routing.withdrawn_stocks(sim) == [second, third]
    ok(sim, "risk", "stocks.readmit", symbols=[second])


def test_the_debrief_names_the_duties_that_were_done_and_the_brokers_exchanges_and_stocks_of_a_decision():
    names = [row.symbol for row in BUSY.symbols]
    asked = (
        ("deployer", "duty.do", {"duty": "symbols"}),
        ("deployer", "duty.do", {"duty": "certify-first"}),
        ("risk", "broker.hold", {"broker": "Birchmont"}),
        ("operator", "exchange.avoid", {"exchange": "ARCA"}),
        ("risk", "stocks.withdraw", {"symbols": names[:2]}),
        ("risk", "position.flatten", {"symbols": "all", "style": "passive"}),
    )
    commands = tuple(Command(seq, 0, desk, kind, args) for seq, (desk, kind, args) in enumerate(asked, 1))
    log = Log(BUSY, 7, commands, Moment(OPEN, 0), since=0)
    assert [tell(BUSY, decision_words(BUSY, one)) for one in log.decisions] == [
        "Due before the bell (Load the new symbols, Certify Birchmont for RLP)",
        "Hold a broker's orders (Birchmont)",
        "Route around an exchange (ARCA)",
        f"Withdraw stocks ({names[0]}, {names[1]})",
        "Flatten positions",
    ]


def test_no_limit_is_set_without_the_sheet_and_looking_takes_twice_as_long_without_the_other():
    sim = morning("limits", "capacity", step=0)
    assert give(sim, "risk", "limit.set", gross_usd=25_000_000) == "first fill in the limits sheet"
    (row,) = [row for row in sight(sim, "risk")["levers"]["levers"] if row["kind"] == "limit.set"]
    assert (row["allowed"], tell(sim.scenario, row["reason"])) == (False, "first fill in the limits sheet")
    took = {one["kind"]: one["minutes"] for one in sight(sim, "operator")["levers"]["levers"]}
    plain = {one["kind"]: one["minutes"] for one in sight(morning(step=0), "operator")["levers"]["levers"]}
    twice = {kind for kind in took if took[kind] != plain[kind]}
    assert twice == {"server.look", "log.tail", "log.search"} and all(took[kind] == 2 * plain[kind] for kind in twice)


def test_the_programme_is_late_for_brokers_that_were_not_certified_from_when_it_is_due_to_the_close():
    due, close = step_at("10:00"), step_at("16:00")
    sim = morning("certify-first", "certify-second", step=due)
    assert duties.late_usd(sim, due) == 0
    assert duties.late_usd(sim, close) == pytest.approx(5_000_000 * (0.24 + 0.20))
    sim.duties.done["certify-first"] = (due + close) // 2
    assert duties.late_usd(sim, close) == pytest.approx(5_000_000 * (0.12 + 0.20))
    early = morning("certify-first", step=OPEN)
    assert duties.late_usd(early, OPEN) == 0


def test_a_run_that_is_cut_short_and_reckoned_to_the_close_counts_what_is_still_undone():
    whole = {left: wound_up(type("Run", (), {"sim": served(*left)})())["penalties"] for left in ((), ("certify-first",))}
    assert whole["certify-first",] - whole[()] == pytest.approx(5_000_000 * 0.24, rel=0.01)


# -- who has them


def test_history_and_a_playbook_have_none_and_no_hand_of_theirs_is_taken():
    run = play(load_scenario("knight-2012"), "history", 79, until=OPEN)
    assert not run.sim.duties.given and not run.sim.machine.controls[0].uncertified
    assert not [event for event in run.events if event.kind.startswith("duty.")]


@pytest.mark.parametrize("character", ["competent", "novice", "history"])
def test_autopilots_do_all_of_theirs_before_the_bell_in_a_game_and_none_elsewhere(character):
    seats = dict.fromkeys(DESKS, character)
    run = rehearse(BUSY, 7, seats, live=True, until=OPEN + 20)
    assert sorted(run.sim.duties.done) == sorted(EVERY) and [row[0].kind for row in run.refused if row[0].kind == "duty.do"] == []
    alone = rehearse(BUSY, 7, seats, until=step_at("08:30"))
    assert not alone.sim.duties.given and "duty.do" not in [command.kind for command in alone.commands]


def test_an_assistant_does_one_when_it_is_asked_and_none_by_itself():
    def asked(run):
        if run.sim.now == step_at("08:10"):
            args = {"desk": "operator", "kind": "duty.do", "args": {"duty": "logon-nyse"}}
            assert run.sim.submit(Command(900, run.sim.now, "risk", "assistant.ask", args)) is None

    run = rehearse(BUSY, 7, dict.fromkeys(DESKS, "assistant"), live=True, until=step_at("08:40"), before=asked)
    assert [*run.sim.duties.done] == ["logon-nyse"]


def test_a_game_that_begins_later_has_none_for_history_has_played_before():
    run = rehearse(BUSY, 7, dict.fromkeys(DESKS, "competent"), live=True, since=OPEN - 400, until=OPEN)
    assert not run.sim.duties.given


def test_a_log_with_duties_is_played_again_and_a_checkpoint_goes_on_with_them():
    sim = Simulation(BUSY, 7)
    log = [Command(seq, 0, "facilitator", kind) for seq, kind in enumerate(game_has(BUSY.calendar, 0), 1)]
    log += [Command(len(log) + 1, 400, "risk", "duty.do", {"duty": "locates"}), Command(len(log) + 2, 800, "operator", "duty.do", {"duty": "capacity"})]
    for command in log:
        sim.step(command.step - sim.now)
        assert sim.submit(command) is None
    half = save(sim)
    sim.step(OPEN + 400 - sim.now)
    again = restore(BUSY, half)
    again.step(OPEN + 400 - again.now)
    assert again.digest() == sim.digest() == replay(BUSY, 7, log, Moment(OPEN + 400, len(log))).digest()


def test_the_story_tells_of_a_desk_that_went_into_the_opening_without():
    sim = morning("locates", "logon-nyse")
    texts = [row for row in told(BUSY, story(sim.events, BUSY)) if "undone" in row["text"]]
    assert [(row["at"], row["desk"]) for row in texts] == [("09:30:00", "operator"), ("09:30:00", "risk")]


def test_what_one_desk_does_of_its_own_is_on_no_card_of_another_and_no_fault_is_told_by_them():
    one, other = (Simulation(BUSY, 7) for _ in range(2))
    for sim in (one, other):
        ok(sim, "facilitator", "duties.give")
    ok(one, "operator", "duty.do", duty="logon-nyse")
    for sim in (one, other):
        minutes(sim, 30)
    for desk in ("deployer", "risk"):
        assert sight(one, desk) == sight(other, desk)
    deck = load_scenario("any-morning")
    cards = {json.dumps(sight(morning(*EVERY, scenario=deck, step=0), desk)["duties"]) for desk in DESKS for _ in range(2)}
    assert len(cards) == len(DESKS)


# -- the data


def test_a_duty_has_one_consequence():
    words = {"id": "one", "desk": "risk", "label": "Do it", "minutes": 1.0, "otherwise": "Nothing goes"}
    for more in ({}, {"certifies": "A", "logs_on": "B"}):
        with pytest.raises(ValueError, match="expected one of certifies, logs_on"):
            Duty(**words, **more)
