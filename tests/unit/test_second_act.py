"""The second act: the same for every team of a seed, never of the morning's own kind, over by ten past ten, and each with a price."""

import tomllib

import pytest

import engine
from engine import (
    LONG_S,
    Command,
    Moment,
    Simulation,
    act_told,
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
    waits_on_seed,
    wrong_minutes,
)
from engine.events import DESKS
from engine.firm.second_act import Drawn, draw_act, turn_of_acts
from engine.market.faults import draw_fault
from engine.market_time import STEPS_PER_MINUTE, TICK_STEPS
from engine.scenario.scenario import SCENARIOS
from engine.scenario.second_act import ActText, SecondActs
from tests.days import OPEN, step_at
from tests.small import give, heard, ok, small_scenario

WHOLE = load_scenario("knight-2012")
SMALL = small_scenario(4, flow={"premarket_flagged": 0, "queued_flagged": 0, "flagged_per_min": 0.0})
ACTS = {act.id: act for act in WHOLE.second_act.act}
OVER = OPEN + 40 * STEPS_PER_MINUTE


def with_act(name: str, scenario=SMALL):
    """The scenario with this act alone."""
    return scenario.model_copy(update={"second_act": SecondActs(act=(ACTS[name],)), "sha256": f"{scenario.sha256[:50]}{name:_<14}"})


def at_act(name: str, seed: int = 7, scenario=SMALL) -> Simulation:
    """A run at the moment at which its second act has begun."""
    sim = Simulation(with_act(name, scenario), seed)
    ok(sim, "facilitator", "act.give")
    sim.step(draw_act(sim.scenario, seed).step - sim.now)
    return sim


def minutes(sim: Simulation, count: float) -> None:
    sim.step(int(count * STEPS_PER_MINUTE))


def ringing(sim: Simulation, desk: str) -> dict:
    (call,) = [call for call in sight(sim, desk)["calls"]["calls"] if call["state"] == "ringing"]
    return call


def answer(sim: Simulation, desk: str, key: str) -> None:
    ok(sim, desk, "call.answer", call=ringing(sim, desk)["id"], reply=key)


def mails(sim: Simulation, desk: str) -> list[str]:
    return [tell(sim.scenario, mail["subject"]) for mail in sim.inbox.mails.values() if mail["desk"] == desk]


# -- the draw


@pytest.mark.parametrize("name", ["knight-2012", "any-morning", "quiet-open"])
def test_it_is_never_of_the_kind_of_the_mornings_own_and_every_act_comes(name):
    scenario, found = load_scenario(name), set()
    for seed in range(120):
        drawn = draw_act(scenario, seed)
        assert isinstance(drawn, Drawn) and drawn == draw_act(scenario, seed)
        assert drawn.text.mechanism is None or drawn.text.mechanism != draw_fault(scenario, seed).mechanism
        assert step_at("09:40") <= drawn.step <= step_at("09:55") and drawn.step % TICK_STEPS == 0
        assert bool(drawn.place) is bool(drawn.text.mechanism)
        found.add(drawn.text.id)
    assert found == set(ACTS)


def test_whatever_has_a_mechanism_is_over_by_ten_past_ten():
    assert all(25 + act.lasts_min <= 40 for act in ACTS.values() if act.mechanism)
    assert all((act.mechanism is None) == (act.strength is None) == (act.lasts_min is None) for act in ACTS.values())
    with pytest.raises(ValueError, match="together, or none"):
        ActText(id="half", mechanism="stuck-sessions", story="It is there.", epilogue="It is gone.")


def test_it_has_its_own_words_many_of_them_and_none_names_a_fault():
    data = tomllib.loads((SCENARIOS / "knight-2012" / "second-act.toml").read_text())
    texts = [row["body"] for row in data["state"]] + [row["opening"] for row in data["call"]] + [row["text"] for row in data["headline"]]
    assert len(texts) >= 20 and len(set(texts)) == len(texts)
    assert not [text for text in texts for word in ("stale", "Power Peg", "defect", "replay", "misquote") if word in text]
    waits = {row["id"]: [text for text in row["when"] if text.startswith("act ")] for kind in ("state", "call", "headline") for row in data[kind]}
    assert {len(found) for found in waits.values()} == {1} and {found[0][4:] for found in waits.values()} == set(ACTS)


# -- the same for all


@pytest.mark.parametrize("name", ACTS)
def test_it_begins_at_the_same_step_and_place_whatever_a_team_has_done(name):
    scenario = with_act(name)
    began = []
    for busy in (False, True):
        sim = Simulation(scenario, 9)
        ok(sim, "facilitator", "act.give")
        sim.step(OPEN - 2000)
        if busy:
            ok(sim, "risk", "authorise.give", what="servers.stop_all")
            ok(sim, "operator", "servers.stop_all")
            ok(sim, "deployer", "checksum.run", servers=[1, 2])
        sim.step(OVER - sim.now)
        began.append([(event.step, event.data) for event in sim.events if event.kind == "act.began"])
        assert sim.second_act.on == ""
    assert began[0] == began[1] and len(began[0]) == 1


def test_a_run_without_the_command_has_none_and_nobody_who_plays_alone_has():
    plain = Simulation(with_act("letter"), 7)
    plain.step(OVER)
    assert not heard(plain, "act.began") and not any("12-0801" in subject for subject in mails(plain, "risk"))
    run = play(WHOLE, "history", 79, until=OPEN)
    assert not run.sim.second_act.given
    assert not rehearse(SMALL, 7, dict.fromkeys(DESKS, "competent"), until=OPEN).sim.second_act.given


def test_it_is_given_once_and_only_before_the_market_has_opened():
    sim = Simulation(SMALL, 7)
    ok(sim, "facilitator", "act.give")
    assert give(sim, "facilitator", "act.give") == "it will have one already"
    late = Simulation(SMALL, 7)
    late.step(OPEN + 20)
    assert give(late, "facilitator", "act.give") == "the market has opened without one"
    assert "only for the facilitator" in give(Simulation(SMALL, 7), "operator", "act.give")


@pytest.mark.parametrize("name", ["client-out", "no-answer", "sent-again"])
def test_a_log_and_a_checkpoint_go_on_with_it(name):
    scenario = with_act(name)
    log = [Command(1, 0, "facilitator", "act.give")]
    sim = Simulation(scenario, 7)
    assert sim.submit(log[0]) is None
    sim.step(draw_act(scenario, 7).step + 200)
    again = restore(scenario, save(sim))
    for one in (sim, again):
        one.step(OVER - one.now)
    assert sim.digest() == again.digest() == replay(scenario, 7, log, Moment(OVER, 1)).digest()


def test_beside_it_nothing_else_is_drawn_otherwise():
    """A call alone changes no execution, and no mail of the morning's own."""
    with_it, plain = at_act("letter"), Simulation(with_act("letter"), 7)
    plain.step(with_it.now)
    minutes(with_it, 3)
    minutes(plain, 3)
    assert with_it.machine.market.tobytes() == plain.machine.market.tobytes()
    known = mails(plain, "risk")
    assert [subject for subject in mails(with_it, "risk") if subject in known] == known


# -- people, and what they cost


def test_a_client_is_served_refused_or_paid_for():
    cost = {}
    for key in ("client_out.work", "client_out.take", "client_out.no"):
        sim = at_act("client-out")
        answer(sim, "risk", key)
        minutes(sim, 9)
        cost[key] = sim.phone.fees_usd, bool(sim.injects.shy), [one for one in mails(sim, "risk") if "Corwin" in one]
    assert cost["client_out.take"] == (300_000, False, ["Corwin Street, block of OSPR"])
    assert cost["client_out.no"] == (0, True, ["Corwin Street"])
    assert cost["client_out.work"][0] == 0 and cost["client_out.work"][2] == ["Corwin Street, OSPR, first pieces", "Corwin Street, OSPR, complete"]


def test_who_promised_a_client_to_work_an_order_and_serves_nobody_loses_more_than_one():
    sim = at_act("client-out")
    answer(sim, "risk", "client_out.work")
    ok(sim, "risk", "authorise.give", what="servers.stop_all")
    ok(sim, "operator", "servers.stop_all")
    minutes(sim, 9)
    assert "Corwin Street, OSPR, not done" in mails(sim, "risk") and sim.injects.shy == [[40, sim.injects.shy[0][1]]]


def test_a_call_that_rings_out_has_its_price_too():
    for name, desk, subject in (("client-out", "risk", "Nobody picked up"), ("reporter", "deployer", "'Could not be reached'")):
        sim = at_act(name)
        minutes(sim, 4)
        assert sim.injects.shy and any(subject in one for one in mails(sim, desk))
    sim = at_act("letter")
    minutes(sim, 9)
    assert sim.phone.fees_usd == 750_000


def test_a_regulator_wants_what_the_team_has_shared_and_not_what_it_believes():
    def told(pins: int, key: str) -> tuple[int, str]:
        sim = at_act("letter")
        assert "Inquiry 12-0801, response due within fifteen minutes" in mails(sim, "risk") and "Fwd: Inquiry 12-0801" in mails(sim, "operator")
        for what in ("pnl", "limits")[:pins]:
            ok(sim, "risk", "evidence.share", what=what, id=0)
        minutes(sim, 4.6)
        answer(sim, "risk", key)
        minutes(sim, 4)
        return sim.phone.fees_usd, [one for one in mails(sim, "risk") if "12-0801" in one][-1]

    assert told(2, "examiner.shown") == (0, "Inquiry 12-0801 closed")
    assert told(1, "examiner.shown") == (450_000, "Inquiry 12-0801 continued")
    assert told(0, "examiner.later") == (150_000, "Inquiry 12-0801, extension")
    assert told(0, "examiner.nothing") == (0, "Inquiry 12-0801 closed")


def test_a_statement_that_rejects_contradict_is_fined():
    noisy = small_scenario(4)
    sim = at_act("letter", scenario=noisy)
    sim.records.refusals += [[1, 1, 0, 0]] * 6
    minutes(sim, 4.6)
    answer(sim, "risk", "examiner.nothing")
    minutes(sim, 4)
    assert sim.phone.fees_usd == 1_500_000 and "Inquiry 12-0801, statement contradicted" in mails(sim, "risk")


def test_a_reporter_is_sent_on_to_the_press_office_and_a_denial_is_worth_as_much_as_it_is_true():
    sim = at_act("reporter")
    answer(sim, "deployer", "reporter.press")
    minutes(sim, 1)
    answer(sim, "risk", "press_office.facts")
    minutes(sim, 5)
    assert sim.injects.shy and "I had nothing to read to her" in mails(sim, "risk"), "nobody had shared anything"
    calm = at_act("reporter")
    answer(calm, "deployer", "reporter.normal")
    minutes(calm, 7)
    assert mails(calm, "deployer")[-1] == "That denial" and not calm.injects.shy and not calm.phone.fees_usd


# -- mechanisms


def test_a_mechanism_ends_by_itself_and_answers_end_it_sooner():
    left, mended = at_act("no-answer"), at_act("no-answer")
    assert left.machine.controls[0].stuck
    place = left.second_act.place
    minutes(mended, 1.5)
    assert tell(mended.scenario, ringing(mended, "operator")["opening"]).startswith(f"{place} connectivity.")
    ok(mended, "operator", "exchange.relogon", exchange=place)
    minutes(mended, 3)
    assert not mended.machine.controls[0].stuck and left.machine.controls[0].stuck
    for sim in (left, mended):
        sim.step(OVER - sim.now)
    assert not left.machine.controls[0].stuck
    assert score(left)["client_harm"] > score(mended)["client_harm"]


# -- who deals with it


@pytest.mark.parametrize("name", ["client-out", "reporter", "letter", "no-answer"])
def test_competent_pays_next_to_nothing_for_it(name):
    loss = {}
    for character in ("competent", "novice"):
        run = rehearse(with_act(name), 7, dict.fromkeys(DESKS, character), live=True, until=OVER + 400)
        assert heard(run.sim, "act.began") or any(event.kind == "act.began" for event in run.events)
        money = score(run.sim)
        loss[character] = money["client_harm"] + run.sim.phone.fees_usd
    assert loss["competent"] <= loss["novice"] + 10_000 and loss["competent"] < 50_000


# -- told


def test_story_and_debrief_tell_it_with_its_place():
    sim = at_act("no-answer")
    place = sim.second_act.place
    assert f"Beside it: the session with {place} stopped acknowledging orders." in [row["text"] for row in engine.told(sim.scenario, story(sim.events, sim.scenario))]
    told = engine.told(sim.scenario, act_told(sim.scenario, 7))
    assert told["id"] == "no-answer" and place in told["story"] and place in told["epilogue"] and "{" not in told["story"] + told["epilogue"]
    assert told["at"] == sim.calendar.hm(sim.now)
    bare = SMALL.model_copy(update={"second_act": SecondActs()})
    assert act_told(bare, 7) is None and draw_act(bare, 7) is None
    quiet = Simulation(bare, 7)
    ok(quiet, "facilitator", "act.give")
    turn_of_acts(quiet, OPEN + 20 * STEPS_PER_MINUTE)
    assert not heard(quiet, "act.began")


# -- the small things of a morning


def test_a_desk_that_nobody_writes_to_hears_from_somebody_in_a_game_and_only_there():
    for given in (False, True):
        sim = Simulation(with_act("letter"), 7)
        if given:
            ok(sim, "facilitator", "act.give")
        sim.step(OVER - sim.now)
        small = [name for name in sim.evidence.to_dict()["mails"]["said"] if name.startswith("small-")]
        assert bool(small) is given
        assert {name.split("-")[1] for name in small} == (set(DESKS) if given else set())


@pytest.mark.whole
@pytest.mark.parametrize("name", ["knight-2012", "any-morning"])
def test_no_desk_waits_longer_than_a_minute_for_something_new(name):
    scenario = load_scenario(name)
    line_ups = {character: dict.fromkeys(DESKS, character) for character in ("competent", "novice")}
    found = waits_on_seed(scenario, 3, line_ups, until=scenario.calendar.bell_end)
    longest = {(character, desk): row["longest"] for character, desks in found.items() for desk, row in desks.items()}
    assert {key: wait for key, wait in longest.items() if wait["wall_s"] > LONG_S} == {}


# -- a diagnosis


def test_whoever_names_what_came_beside_the_fault_is_not_wrong_and_has_not_found_the_fault():
    deck = load_scenario("any-morning")
    acts = SecondActs(act=(ACTS["sent-again"],))
    scenario = deck.model_copy(update={"second_act": acts, "symbols": deck.symbols[:4], "parents": (), "sha256": f"{deck.sha256[:54]}named-act"})
    seed = next(n for n in range(1, 60) if draw_fault(scenario, n).text.id == "nothing")
    drawn = draw_act(scenario, seed)
    sim = Simulation(scenario, seed)
    ok(sim, "facilitator", "act.give")
    sim.step(drawn.step - TICK_STEPS - sim.now)
    ok(sim, "operator", "diagnosis.declare", cause="broker", place=drawn.place)
    minutes(sim, 1)
    other = next(f"broker {n}" for n in (1, 2) if f"broker {n}" != drawn.place)
    ok(sim, "risk", "diagnosis.declare", cause="broker", place=other)
    ok(sim, "deployer", "diagnosis.declare", cause="broker", place=drawn.place)
    assert [row["right"] for row in sim.bridge.declared] == [False, False, True], "not before it has begun, nor of another broker"
    assert sim.bridge.diagnosed is None
    assert wrong_minutes(score(sim)) == 10
