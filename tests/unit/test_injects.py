"""What the facilitator adds: every ready inject does what it says, exactly at its step or once its condition holds, or is taken back."""

import shutil
from dataclasses import asdict
from functools import cache
from typing import Any

import pytest

from engine import AUTOPILOTS, DESKS, Command, Simulation, load_scenario, look, restore, save, scenario_ids, score
from engine import play as history
from engine.evidence.evidence import EvidenceError, load_evidence
from engine.firm.injects import CONDITIONS, MOST_WAITING, PLAYED, Injects
from engine.firm.workload import free_hands, hands_of
from engine.market.state import digest_of
from engine.market_time import Calendar
from engine.scenario.folders import Folder
from engine.scenario.scenario import SCENARIOS, read_folder
from tests.days import BLOCK, CLOSE, END, OPEN, WEEK
from tests.engine_builders import quiet_scenario
from tests.read import mails
from tests.read import seen as sight
from tests.small import begun, give, heard, ok, small_scenario

MINUTE = 240
SMALL = small_scenario(3, flow={"plain_bell_per_min": 240.0})
TEXTS = load_scenario("knight-2012").evidence
READY = TEXTS.injects
LOUD = [text for text in READY if not text.talk_only]
CALLS = [(text.id, reply.key) for text in READY if text.call for reply in text.call.replies if reply.does]


def at(step: int) -> Simulation:
    return begun(SMALL, step)


def args(card: str, number: int = 1, **other: Any) -> dict[str, Any]:
    """Arguments of a play of a ready inject to all whom it can reach."""
    text = TEXTS.inject(card)
    takes = {"server": 3 if "server" in text.takes else 0, "minutes": 5 if "minutes" in text.takes else 0, "text": ""}
    return {"id": number, "card": card, "desks": TEXTS.reached(text), **takes, "at": None, "when": None, **other}


def play(sim: Simulation, card: str, number: int = 1, **other: Any) -> str | None:
    return give(sim, "facilitator", "inject.play", **args(card, number, **other))


def measured(sim: Simulation) -> dict[str, Any]:
    """Money, flow, hands and what the desks measure; no words."""
    return {
        "score": score(sim),
        "market": digest_of(sim.machine),
        "hands": {desk: hands_of(sim, desk) for desk in DESKS},
        "late": sim.gauges.tick - sim.monitor.shown,
        "frozen": sim.phone.frozen_until,
    }


def copy() -> Simulation:
    return at(OPEN + 7)


@cache
def untouched() -> dict[str, Any]:
    sim = copy()
    sim.step(4 * MINUTE)
    return measured(sim)


def test_there_are_ready_injects_of_every_kind_in_every_scenario_but_a_lesson():
    for scenario in map(load_scenario, scenario_ids()):
        texts = scenario.evidence
        if scenario.guide.step:
            assert texts.injects == (), "a guide leads, and nothing comes between"
            continue
        assert len(texts.injects) >= 12
        assert {text.kind for text in texts.injects} == {"mail", "call", "rumour", "crash", "technician", "exchange", "data", "press", "regulator"}
        assert all(text.effect.startswith("Only said") is text.talk_only for text in texts.injects)


@pytest.mark.parametrize("card", [text.id for text in LOUD if not (text.call or text.rings)])
def test_an_inject_that_is_not_only_said_changes_money_flow_hands_or_what_is_measured(card):
    sim = copy()
    assert play(sim, card) is None
    sim.step(4 * MINUTE)
    assert measured(sim) != untouched()


@pytest.mark.parametrize("card", [text.id for text in LOUD if text.call or text.rings])
def test_a_call_rings_at_its_desk_with_its_answers(card):
    sim, text = copy(), TEXTS.inject(card)
    assert play(sim, card) is None
    call = text.call or TEXTS.call(text.rings)
    found = sight(sim, call.desk)["calls"]["calls"][0]
    assert (found["caller"], found["state"]) == (call.caller, "ringing")
    assert [reply["key"] for reply in found["replies"]] == [reply.key for reply in call.replies]
    others = [call for desk in DESKS if desk != text_desk(card) for call in sight(sim, desk)["calls"]["calls"]]
    assert found["id"] not in [call["id"] for call in others]


@pytest.mark.parametrize(("card", "key"), CALLS)
def test_an_answer_to_such_a_call_has_an_effect_that_is_kept(card, key):
    sim, silent = copy(), copy()
    for each in (sim, silent):
        assert play(each, card) is None
    ok(sim, text_desk(card), "call.answer", call=sim.inbox.calls[-1]["id"], reply=key)
    agreed = [{name: value for name, value in asdict(each.phone).items() if name != "replies"} for each in (sim, silent)]
    assert (agreed[0], asdict(sim.injects), sim.clients.away_at) != (agreed[1], asdict(silent.injects), silent.clients.away_at)
    assert restore(SMALL, save(sim)).digest() == sim.digest()


def text_desk(card: str) -> str:
    return TEXTS.reached(TEXTS.inject(card))[0]


@pytest.mark.parametrize("card", [text.id for text in READY if text.talk_only])
def test_an_inject_that_is_only_said_leaves_market_money_and_hands_as_they_are(card):
    sim = copy()
    assert play(sim, card) is None
    sim.step(4 * MINUTE)
    assert measured(sim) == untouched()


@pytest.mark.parametrize("card", [text.id for text in READY])
def test_only_the_desks_it_goes_to_are_shown_its_words(card):
    text = TEXTS.inject(card)
    for desk in TEXTS.reached(text):
        sim, plain = copy(), copy()
        assert play(sim, card, desks=[desk]) is None
        changed = {other for other in DESKS if words(sim, other) != words(plain, other)}
        assert changed <= {desk}
        assert heard(sim, "inject.delivered") == [{"inject": 1, "card": card, "title": {"text": f"inject:{card}.title", "values": {}}}]
        assert next(event for event in sim.events if event.kind == "inject.delivered").audience == (desk,)


def words(sim: Simulation, desk: str) -> list[Any]:
    cards = sight(sim, desk)
    return [cards[name] for name in ("inbox", "alerts", "calls", "messages")]


# -- at the door


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('does = ["crash {server}"]', 'does = ["crash all"]', ["inject 'crash'", "crash with one whole number from 1 to 8"]),
        ('does = ["crash {server}"]', 'does = ["crash {host}"]', ["inject 'crash'", "host"]),
        ('takes = ["server"]', 'takes = ["host"]', ["inject 'crash'", "takes number 1 = 'host'", "one of `server`, `minutes`, `text`"]),
        ('rings = "exchange"', 'rings = "nobody"', ["inject 'exchange_rings'", "rings = 'nobody'", "exchange_again"]),
        ('key = "press_call.deny"', 'key = "other.deny"', ["inject 'press_call'", "a key that begins with press_call."]),
        ('id = "rumour"', 'id = "crash"', ["inject 'crash'", "an id used once"]),
        ("talk_only = true", 'talk_only = true\ndoes = ["away"]', ["inject 'status_mail'", "talk_only: expected no acts"]),
        ('headline = "{text}"', 'headline = "{weather}"', ["inject 'rumour'", "headline", "a placeholder out of"]),
        ('title = "A server crashes"', f'title = "{"x" * 61}"', ["inject 'crash'", "title", "of 1 to 60"]),
    ],
)
def test_a_wrong_entry_is_refused_with_file_entry_key_and_what_was_expected(tmp_path, old, new, words):
    folder = shutil.copytree(SCENARIOS / "knight-2012", tmp_path / "knight-2012")
    path = folder / "injects.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text, "the test itself is stale"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(EvidenceError) as found:
        load_evidence(Folder.at(folder), "SMARS-{n}", Calendar.of())
    for word in ("injects.toml", *words):
        assert word in str(found.value)


def test_a_scenario_needs_none_and_what_they_do_is_in_its_fingerprint(tmp_path):
    folder = shutil.copytree(SCENARIOS / "knight-2012", tmp_path / "knight-2012")
    (folder / "injects.toml").unlink()
    found = read_folder(folder)
    assert found.evidence.injects == ()
    assert found.sha256 != load_scenario("knight-2012").sha256


# -- when


def test_it_is_delivered_exactly_at_its_step_and_once():
    sim = at(OPEN - 200)
    assert play(sim, "crash", at=OPEN + 7) is None
    sim.step(206)
    assert (sim.fleet[3].state, len(sim.injects.waiting)) == ("running", 1)
    sim.step(1)
    assert (sim.now, sim.fleet[3].state) == (OPEN + 7, "stopped")
    sim.step(400)
    assert sim.injects.played == [[1, OPEN + 7]] and not sim.injects.waiting
    assert sim.records.lines[-1] == {"step": OPEN + 7, "server": 3, "kind": "stopped"}


def test_two_of_one_step_come_in_the_order_of_their_numbers():
    sim = at(OPEN)
    for number in (9, 4):
        assert play(sim, "status_mail", number, at=OPEN + 5, text=f"number {number}") is None
    sim.step(5)
    assert [number for number, _ in sim.injects.played] == [4, 9]
    assert [mail["body"] for mail in mails(sim)][-6:] == ["number 4"] * 3 + ["number 9"] * 3


def test_one_that_waits_survives_a_checkpoint_and_cuts_of_the_run():
    straight, cut = at(OPEN - 50), at(OPEN - 50)
    for sim in (straight, cut):
        assert play(sim, "technician", at=OPEN + 33) is None
        assert play(sim, "data_delay", 2, when={"what": "stopped_servers", "above": 0}) is None
        assert play(sim, "crash", 3, at=OPEN + 61) is None
    straight.step(400)
    for steps in (1, 49, 17, 30, 3, 100, 200):
        cut.step(steps)
        cut = restore(SMALL, save(cut))
    assert cut.now == straight.now
    assert cut.digest() == straight.digest()
    assert cut.injects.played == [[1, OPEN + 33], [3, OPEN + 61], [2, OPEN + 80]]


@pytest.mark.parametrize(
    ("what", "cause"), [("stopped_servers", "crash"), ("mails_opened", ""), ("runaway_parents", ""), ("gross_usd", ""), ("loss_usd", "")]
)
def test_a_condition_is_judged_every_five_seconds_and_delivers_once(what, cause):
    sim = begun(quiet_scenario(behaviour="power_peg"), OPEN - 40)
    above = {"gross_usd": 10_000, "loss_usd": 1000}.get(what, 0)
    assert play(sim, "status_mail", when={"what": what, "above": above}) is None
    sim.step(20)
    assert sim.injects.waiting
    if cause:
        assert play(sim, cause, 2, at=OPEN + 3) is None
    if what == "mails_opened":
        assert play(sim, "status_mail", 3) is None
        sim.step(1)
        ok(sim, "operator", "mail.open", mail=max(mail["id"] for mail in sim.inbox.mails.values() if mail["desk"] == "operator"))
    sim.step(2 * MINUTE)
    delivered = [step for number, step in sim.injects.played if number == 1]
    assert len(delivered) == 1 and delivered[0] % 20 == 0
    assert CONDITIONS[what](sim) > above


def test_a_condition_is_not_judged_before_the_step_it_is_given_for():
    sim = at(OPEN)
    assert play(sim, "crash") is None
    assert play(sim, "status_mail", 2, at=OPEN + 95, when={"what": "stopped_servers", "above": 0}) is None
    sim.step(200)
    assert sim.injects.played[-1] == [2, OPEN + 100]


def test_in_the_week_and_in_the_evening_of_the_day_it_comes_at_its_step_too():
    week = Simulation(SMALL, 7, start=WEEK)
    assert play(week, "technician", at=WEEK + 100, minutes=120, desks=["deployer"]) is None
    week.step(100)
    assert week.injects.played == [[1, WEEK + 100]]
    assert hands_of(week, "deployer") == week.scenario.hands.evening.deployer - 1
    night = at(CLOSE - 40)
    assert play(night, "status_mail", at=BLOCK + 3) is None
    night.step(60)
    assert night.injects.played == [[1, BLOCK + 3]]


def test_history_plays_its_week_with_what_was_added_there():
    added = [(WEEK, "inject.play", args("technician", at=WEEK + 100, minutes=60)), (WEEK, "inject.play", args("crash", 2, at=WEEK + 150))]
    run = history(SMALL, "history", 7, since=WEEK, until=WEEK + 200, added=added)
    assert run.refused == []
    assert run.sim.injects.played == [[1, WEEK + 100], [2, WEEK + 150]]
    assert run.sim.fleet[3].state == "stopped"
    assert history(SMALL, "history", 7, until=200, added=[(WEEK, "inject.play", args("crash", at=100))]).sim.injects.played == [[1, 100]]


# -- taking back


def test_it_can_be_taken_back_until_it_was_delivered():
    sim = at(OPEN)
    assert play(sim, "crash", at=OPEN + 50) is None
    assert play(sim, "technician", 2, at=OPEN + 20) is None
    ok(sim, "facilitator", "inject.take_back", id=1)
    sim.step(100)
    assert sim.injects.played == [[2, OPEN + 20]]
    before = sim.digest()
    said = "it was delivered at 09:30:05: what was delivered cannot be taken back"
    assert give(sim, "facilitator", "inject.take_back", id=2) == said
    assert give(sim, "facilitator", "inject.take_back", id=1) == "id = 1: no such inject waits"
    assert play(sim, "crash", 1) == "inject 1 was given already"
    assert sim.digest() == before


# -- refusals

BAD = [
    ({"card": "earthquake"}, "card = 'earthquake': expected status_mail, hold_mail"),
    ({"desks": ["operator", "operator"]}, "each once"),
    ({"desks": ["projector"]}, "expected a list out of deployer, operator, risk"),
    ({"desks": []}, "goes to deployer, operator, risk"),
    ({"server": 3}, "takes none, expected 0"),
    ({"minutes": 0}, "minutes = 0: expected a number from 1 to 120"),
    ({"minutes": 121}, "from 0 to 120"),
    ({"text": "x"}, "takes no words of your own"),
    ({"id": 0}, "id = 0"),
    ({"id": True}, "id = True"),
    ({"at": OPEN}, "09:30:00 has passed: this team is at 09:30:01"),
    ({"at": CLOSE}, "between 16:00 and 18:30 no market time passes"),
    ({"at": END}, "at = "),
    ({"at": 9.5}, "at = 9.5"),
    ({"when": {"what": "weather", "above": 1}}, "expected what (one of gross_usd"),
    ({"when": {"what": ["gross_usd"], "above": 1}}, "expected what (one of gross_usd"),
    ({"when": {"what": "gross_usd"}}, "and above"),
    ({"when": {"what": "gross_usd", "above": -1}}, "above = -1"),
    ({"when": "soon"}, "when = 'soon'"),
]


@pytest.mark.parametrize(("wrong", "words"), BAD, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_refused_with_what_was_expected_and_changes_nothing(wrong, words):
    sim = at(OPEN + 7)
    before = sim.digest()
    reason = give(sim, "facilitator", "inject.play", **{**args("technician"), **wrong})
    assert reason is not None and words in reason
    assert sim.digest() == before and sim.injects == Injects()


def test_the_queue_has_a_limit_and_so_has_a_run():
    sim = at(OPEN)
    for number in range(1, MOST_WAITING + 1):
        assert play(sim, "status_mail", number, at=OPEN + 500) is None
    assert play(sim, "status_mail", 99, at=OPEN + 500) == f"{MOST_WAITING} injects wait already: take one back first"
    sim = at(OPEN)
    for number in range(1, PLAYED + 1):
        assert play(sim, "press_wire", number) is None
    assert play(sim, "press_wire", PLAYED + 1) == f"this run has had its {PLAYED} injects"


# -- what lasts


def test_a_missing_hand_keeps_new_work_away_and_lets_old_work_go_on():
    sim = at(OPEN)
    ok(sim, "operator", "server.stop", server=1)
    assert play(sim, "technician", desks=["operator"], minutes=5) is None
    assert sight(sim, "operator")["work"]["hands"] == 1
    reason = give(sim, "operator", "server.stop", server=2)
    assert reason is not None and "Stop a server (60 s left), one is away until 09:35" in reason
    sim.step(MINUTE)
    assert sim.fleet[1].state == "stopped", "what is under way goes on"
    assert (hands_of(sim, "operator"), free_hands(sim, "operator")) == (1, 1)
    sim.step(4 * MINUTE)
    assert hands_of(sim, "operator") == 2


def test_a_desk_never_has_less_than_no_hand():
    sim = at(OPEN)
    for number in (1, 2, 3):
        assert play(sim, "technician", number, desks=["risk"]) is None
    assert (hands_of(sim, "risk"), free_hands(sim, "risk")) == (0, 0)


def test_a_rumour_keeps_clients_away_until_it_is_over_and_leaves_what_the_desk_asked_for():
    sim = at(OPEN + 7)
    assert play(sim, "rumour", minutes=5) is None
    assert int(sim.machine.controls[0].away_256) == round(256 * 0.2)
    assert sight(sim, "risk")["limits"]["clients_away"] is False
    ok(sim, "risk", "clients.route_away")
    sim.step(2 * MINUTE + 20)
    sent = round(256 * sim.scenario.costs.away_share)
    assert int(sim.machine.controls[0].away_256) == max(sent, round(256 * 0.2))
    ok(sim, "risk", "clients.recall")
    sim.step(2 * MINUTE + 20)
    assert int(sim.machine.controls[0].away_256) == round(256 * 0.2)
    sim.step(2 * MINUTE)
    assert int(sim.machine.controls[0].away_256) == 0


def test_late_figures_end_by_themselves():
    sim = at(OPEN + 7)
    assert play(sim, "data_delay", minutes=5) is None
    sim.step(4 * MINUTE)
    late = sim.gauges.tick - sim.monitor.shown
    sim.step(4 * MINUTE)
    assert late >= 24 > sim.gauges.tick - sim.monitor.shown


def test_the_exchanges_own_call_comes_no_second_time_by_itself():
    sim = at(OPEN)
    assert play(sim, "exchange_rings") is None
    assert all(rule.text.id != "exchange" for rule in sim.evidence._calls.waiting)
    ok(sim, "risk", "call.answer", call=sim.inbox.calls[-1]["id"], reply="exchange.accept")
    assert sim.exchanges.cut_off


def test_what_a_facilitator_types_is_shown_as_it_is():
    sim = at(OPEN)
    assert play(sim, "status_mail", text="{gross} {nothing} <b>", desks=["risk"]) is None
    assert mails(sim)[-1]["body"] == "{gross} {nothing} <b>"


# -- autopilots


@pytest.mark.parametrize("name", AUTOPILOTS)
def test_an_autopilot_copes_with_every_inject_and_goes_on(name):
    """Nothing it says is refused for good, the calls end, and it goes on doing what it does."""
    sim = at(OPEN)
    for number, text in enumerate(READY, 1):
        assert play(sim, text.id, number, at=OPEN + 40 * number) is None
    assert say(sim, 99) is None
    given, late = [], 0
    for _ in range(80):
        for order, (desk, _place, move) in enumerate(look(sim, dict.fromkeys(DESKS, name))):
            refusal = sim.submit(Command(len(given) + order, sim.now, desk, *move))
            given.append((desk, move.kind, refusal))
            late += sim.now > OPEN + 40 * len(READY) + 240 and refusal is None
        sim.step(20)
    assert [number for number, _ in sim.injects.played] == list(range(1, len(READY) + 1))
    answers = [refusal for _, kind, refusal in given if kind == "call.answer"]
    assert answers.count(None) > 0 or name == "history"
    assert all(call["state"] != "ringing" for call in sim.inbox.calls if sim.now > call["step"] + call["ring_s"] * 4)
    assert late or name == "history"


# -- in somebody's name


def say(sim: Simulation, number: int = 1, **other: Any) -> str | None:
    given = {"id": number, "sender": "Chief executive", "desks": ["operator", "risk"], "text": "Are we stopping?", **other}
    return give(sim, "facilitator", "persona.say", **given)


def test_a_message_is_seen_by_its_desks_and_an_answer_by_the_desk_that_gave_it():
    sim = at(OPEN)
    assert say(sim) is None
    ok(sim, "risk", "persona.reply", message=1, text="Yes.")
    shown = {desk: sight(sim, desk)["messages"]["messages"] for desk in DESKS}
    assert shown["deployer"] == []
    assert shown["operator"][0]["from"] == "Chief executive" and shown["operator"][0]["replies"] == []
    assert [reply["text"] for reply in shown["risk"][0]["replies"]] == ["Yes."]
    assert sight(sim, "facilitator")["injects"]["messages"][0]["replies"] == [{"step": OPEN, "desk": "risk", "text": "Yes."}]
    assert [event.audience for event in sim.events if event.kind.startswith("persona.")] == [("operator", "risk"), ("risk",)]
    assert restore(SMALL, save(sim)).digest() == sim.digest()


def test_a_message_reaches_nothing_that_is_measured():
    sim = copy()
    assert say(sim) is None
    ok(sim, "risk", "persona.reply", message=1, text="Yes.")
    sim.step(4 * MINUTE)
    assert measured(sim) == untouched()


@pytest.mark.parametrize(
    ("desk", "kind", "given", "words"),
    [
        ("facilitator", "persona.say", {"id": 1, "sender": "", "desks": ["risk"], "text": "x"}, "sender has 0 characters"),
        ("facilitator", "persona.say", {"id": 1, "sender": "x", "desks": [], "text": "x"}, "one at least of deployer, operator, risk"),
        ("facilitator", "persona.say", {"id": 7, "sender": "x", "desks": ["risk"], "text": "x"}, "message 7 was said already"),
        ("deployer", "persona.reply", {"message": 7, "text": "x"}, "expected the number of a message to this desk"),
        ("risk", "persona.reply", {"message": [], "text": "x"}, "expected the number of a message to this desk"),
        ("risk", "persona.reply", {"message": 7, "text": ""}, "text has 0 characters"),
    ],
)
def test_a_bad_message_or_answer_is_refused_and_changes_nothing(desk, kind, given, words):
    sim = at(OPEN)
    assert say(sim, 7) is None
    before = sim.digest()
    reason = give(sim, desk, kind, **given)
    assert reason is not None and words in reason
    assert sim.digest() == before
