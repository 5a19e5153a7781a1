"""The telephone: calls ring, are answered or ring out, and every reply does something of its own that is remembered."""

import pytest

from engine import Simulation, load_scenario, restore, save, score, tell
from engine.firm.clients import unserved
from engine.firm.phone import CARRIED_OUT, StandingAgreements
from engine.firm.score import gross_usd
from engine.firm.workload import free_hands, minutes_of
from engine.money import spoken
from engine.scenario.acts import ACTS, dangerous, parse_act
from engine.scenario.evidence_models import Reply
from tests import read
from tests.days import OPEN
from tests.engine_builders import at_open, quiet_scenario
from tests.read import seen as sight
from tests.small import begun, give, reply, ring, settle, small_scenario

MINUTE = 240
SCENARIO = load_scenario("knight-2012")
TEXTS = SCENARIO.evidence
QUIET = quiet_scenario(queued=0)
PEGGED = quiet_scenario(behaviour="power_peg")
REPLIES = [reply for call in TEXTS.calls for reply in call.replies]


def at(step: int, scenario=QUIET, **how) -> Simulation:
    return begun(scenario, step, **how)


def calls(sim: Simulation, desk: str = "risk") -> list[dict]:
    return sight(sim, desk)["calls"]["calls"]


def kinds(sim: Simulation) -> list[str]:
    return [event.kind for event in sim.take_events()]


def mails(sim: Simulation, sender: str, about: str = "") -> list[dict]:
    return [mail for mail in read.mails(sim) if mail["sender"] == sender and about in mail["subject"]]


def followers(key: str) -> tuple[str, ...]:
    """Mails and calls that a reply brings about."""
    return tuple(text.id for text in (*TEXTS.calls, *TEXTS.mails, *TEXTS.headlines) if key in text.on)


@pytest.mark.parametrize("call", TEXTS.calls, ids=lambda call: call.id)
def test_a_call_has_three_replies_or_more_each_with_an_effect_of_its_own(call):
    effects = [(reply.does, followers(reply.key)) for reply in call.replies]
    assert len(effects) >= 3
    assert len(set(effects)) == len(effects)
    assert all(does or later for does, later in effects), effects


@pytest.fixture(scope="module")
def moments() -> tuple[bytes, bytes]:
    """Just after the bell, and just before it."""
    return save(at(OPEN + 20, PEGGED)), save(at(OPEN - 400, PEGGED))


@pytest.mark.parametrize("key", [reply.key for reply in REPLIES])
def test_a_reply_is_shown_recorded_and_kept_by_a_checkpoint(key, moments):
    sim = restore(PEGGED, moments[key.startswith(("golive", "blotter", "settle"))])
    sim.take_events()
    before = sim.digest()
    assert reply(sim, key) is None
    desk = sim.inbox.calls[-1]["desk"]
    row = calls(sim, desk)[0]
    assert (row["state"], row["left_s"], row["answer"]["key"]) == ("answered", 0, key)
    assert "call.answered" in kinds(sim)
    assert sim.phone.replies[key] == sim.now
    assert sim.digest() != before
    again = restore(PEGGED, save(sim))
    assert again.phone == sim.phone
    assert "answered already" in give(sim, desk, "call.answer", call=row["id"], reply=key)


def test_a_call_rings_out_and_cannot_be_answered_any_more():
    sim = at(400)
    number = ring(sim, "settle")
    assert (calls(sim)[0]["state"], calls(sim)[0]["left_s"]) == ("ringing", 90)
    sim.step(90 * 4 - 1)
    assert (calls(sim)[0]["state"], calls(sim)[0]["left_s"]) == ("ringing", 1)
    sim.take_events()
    sim.step(1)
    assert (calls(sim)[0]["state"], calls(sim)[0]["left_s"], calls(sim)[0]["answer"]) == ("missed", 0, None)
    assert "call.missed" in kinds(sim)
    assert "rung out" in give(sim, "risk", "call.answer", call=number, reply="settle.all")
    assert sim.phone.replies == {"settle.missed": sim.now}


def test_a_call_is_answered_by_the_desk_it_rang_at_with_one_of_its_replies():
    sim = at(400)
    number = ring(sim, "settle")
    for desk in ("operator", "deployer"):
        assert "a call that rang here" in give(sim, desk, "call.answer", call=number, reply="settle.all")
        assert calls(sim, desk) == []
    for wrong in ("exchange.accept", "settle.", "", "x" * 500):
        assert "expected settle.all, settle.stop, settle.ask" in give(sim, "risk", "call.answer", call=number, reply=wrong)
    for wrong in (None, 3, ["settle.all"]):
        assert "the key of a reply" in give(sim, "risk", "call.answer", call=number, reply=wrong)
    for wrong in (0, -1, 10**9, True, "1", None, 1.0):
        assert "a call that rang here" in give(sim, "risk", "call.answer", call=wrong, reply="settle.all")


def test_the_card_holds_the_newest_eight_calls():
    sim = at(400)
    for _ in range(10):
        ring(sim, "settle")
    assert [row["id"] for row in calls(sim)] == list(range(100_009, 100_001, -1))


# -- the word


def test_the_chief_executives_office_gives_and_withholds_the_word():
    sim = at(OPEN)
    reply(sim, "chief.stop")
    spoken = {what: word["state"] for what, word in sim.bridge.authorisations.items() if word["state"] != "open"}
    assert spoken == {"servers.stop_all": "given", "smars.disconnect": "given"}
    assert give(sim, "operator", "servers.stop_all") is None
    sim = at(OPEN)
    settle(sim)
    reply(sim, "chief.hold")
    assert "it was refused" in give(sim, "operator", "smars.disconnect")
    assert tell(sim.scenario, sim.bridge.items[-1]["title"]).startswith("Refuses approval")


def test_the_word_can_be_settled_before_the_bell():
    whole, half, none = (at(OPEN - 400) for _ in range(3))
    reply(whole, "settle.all")
    reply(half, "settle.stop")
    reply(none, "settle.ask")
    assert [sim.bridge.authorisations["servers.stop_all"]["state"] for sim in (whole, half, none)] == ["given", "given", "open"]
    assert [sim.bridge.authorisations["smars.disconnect"]["state"] for sim in (whole, half, none)] == ["given", "open", "open"]
    assert [minutes_of(sim, "limit.set") for sim in (whole, none)] == [10.0, 4]
    assert score(none)["precautions"] == 2000


@pytest.mark.whole
def test_the_office_rings_again_when_what_is_held_has_doubled():
    sim = at_open(PEGGED, 200)
    sim.instant = False
    reply(sim, "chief.hold")
    held = sim.phone.gross_usd
    assert held > 0
    while gross_usd(sim.machine) < 2 * held:
        sim.step(20)
    assert sim.now < OPEN + 3000
    sim.step(280)
    assert calls(sim)[0]["replies"][0]["key"] == "chief_again.stop"


@pytest.mark.whole
def test_the_clearing_firm_reads_the_true_position_ten_minutes_later():
    sim = at_open(PEGGED, 200)
    reply(sim, "chief.unknown")
    sim.step(10 * MINUTE - 20)
    assert mails(sim, "Clearing firm, positions") == []
    sim.step(40)
    (mail,) = mails(sim, "Clearing firm, positions")
    assert mail["desk"] == "risk"
    assert f"gross {tell(None, spoken(gross_usd(sim.machine)))[:4]}" in mail["body"]


@pytest.mark.parametrize(("usd", "text"), [(4_600_000_000, "$4.60 billion"), (312_400_000, "$312 million"), (1_000_000, "$1 million"), (812, "$812")])
def test_money_is_said_as_people_say_it(usd, text):
    assert tell(None, spoken(usd)) == text


# -- the exchange


def high(sim: Simulation) -> None:
    """Volume stays high for whoever asks."""
    sim.gauges.volume_ratio = lambda sim: 3.0  # type: ignore[method-assign]


def test_to_accept_is_the_lever_at_once():
    sim = at(OPEN + 20)
    assert reply(sim, "exchange.accept") is None
    assert sim.exchanges.cut_off
    assert sim.exchanges.cut_by_exchange
    assert not sim.machine.servers.any()


@pytest.mark.whole
@pytest.mark.parametrize(("key", "minutes", "again"), [("exchange.wait", 5, "exchange_again"), ("exchange.callback", 10, "exchange_back")])
def test_the_exchange_rings_again_while_volume_is_high(key, minutes, again):
    for noisy in (True, False):
        sim = at(OPEN + 20)
        if noisy:
            high(sim)
        reply(sim, key)
        sim.step(minutes * MINUTE - 20)
        assert [row for row in calls(sim) if row["replies"][0]["key"].startswith(again)] == []
        sim.step(40)
        assert bool([row for row in calls(sim) if row["replies"][0]["key"].startswith(again)]) is noisy


def test_what_was_intended_is_not_reviewed_as_an_error():
    sim = at(OPEN + 20)
    reply(sim, "exchange.intended")
    assert "you told us it was intended" in give(sim, "risk", "exchange.bust")
    reply(sim, "exchange_back.error")
    assert sim.exchanges.bust_asked is None, "nor by asking on the telephone"
    other = at(OPEN + 20)
    reply(other, "exchange_back.error")
    assert other.exchanges.bust_asked == other.now


@pytest.mark.whole
def test_who_asks_for_time_twice_is_ruled_on_an_hour_later():
    sim = at(OPEN + 20, instant=True)
    reply(sim, "exchange_again.time")
    assert give(sim, "risk", "exchange.bust") is None
    sim.step(89 * MINUTE)
    assert sim.exchanges.bust_asked is not None
    sim.step(2 * MINUTE)
    assert sim.exchanges.bust_asked is None


def test_a_gate_at_the_exchange_only_narrows_a_collar():
    sim = at(OPEN + 20)
    reply(sim, "floor.gate")
    assert sim.machine.controls[0].collar_bp == 500
    reply(sim, "exchange_again.collar")
    assert sim.machine.controls[0].collar_bp == 200
    reply(sim, "floor.gate")
    assert sim.machine.controls[0].collar_bp == 200


@pytest.mark.whole
def test_the_exchange_finds_the_session_and_the_floor_an_order_of_the_runaway():
    sim = at_open(small_scenario(2), 20)
    reply(sim, "exchange_again.session")
    reply(sim, "floor.order")
    sim.step(4 * MINUTE + 40)
    (mail,) = mails(sim, "NYSE Market Operations", "session")
    assert f"session number {sim.stale} of the eight" in mail["body"]
    (mail,) = mails(sim, "Floor desk", "order number")
    numbers = [int(parent.id) for s in range(2) for parent in sim.machine.parents[s, : sim.machine.parent_count[s]] if parent.behaviour == 3]
    assert any(f"order {number}, in {name}." in mail["body"] for number in numbers for name in sim.names)


# -- clients


def dark(sim: Simulation) -> None:
    """Nothing is served."""
    settle(sim)
    sim.instant = True
    assert give(sim, "operator", "servers.stop_all") is None
    sim.instant = False


def test_clients_sent_elsewhere_come_back_when_they_are_asked():
    sim = at(OPEN + 20)
    reply(sim, "client.away")
    assert sim.machine.controls[0].away_256 == 128
    assert "already" in give(sim, "risk", "clients.route_away")
    assert give(sim, "risk", "clients.recall") is None
    sim.step(2 * MINUTE)
    assert (sim.machine.controls[0].away_256, sim.clients.away_at) == (0, None)
    assert "no clients route elsewhere" in give(sim, "risk", "clients.recall")


@pytest.mark.whole
def test_clients_that_wait_in_vain_leave_for_the_day():
    busy = small_scenario(1, flow={"plain_bell_per_min": 60.0})
    served, waiting = at(OPEN + 20, busy), at(OPEN + 20, busy)
    dark(waiting)
    for sim in (served, waiting):
        assert reply(sim, "client.wait") is None
        sim.step(10 * MINUTE - 1)
        assert sim.clients.away_at is None
        sim.take_events()
        sim.step(21)
    assert (served.phone.gone, served.clients.away_at) == (False, None)
    assert waiting.phone.gone
    assert "clients.left" in kinds(waiting)
    assert "left for the day" in give(waiting, "risk", "clients.recall")
    assert int(waiting.machine.tally[0].away) == 0
    waiting.step(10 * MINUTE)
    assert int(waiting.machine.tally[0].left) > 0, "nobody had told them to go"


@pytest.mark.whole
def test_what_hangs_is_handed_back_and_clients_know_for_a_while_what_they_wait_for():
    sim = at(OPEN + 20, small_scenario(1, flow={"plain_bell_per_min": 60.0}))
    dark(sim)
    sim.step(100)
    waiting, missed = int(sim.machine.tally[0].waiting), unserved(sim)
    assert waiting > 10
    reply(sim, "client.cancel")
    assert (int(sim.machine.tally[0].waiting), unserved(sim).told - missed.told) == (0, waiting)
    sim.step(5 * MINUTE)
    assert unserved(sim).unserved == missed.unserved, "clients know where they stand"
    sim.step(2 * MINUTE)
    assert unserved(sim).unserved > missed.unserved
    assert calls(sim)[0]["replies"][0]["key"] == "client_again.away"


# -- before the bell


@pytest.mark.whole
def test_the_flag_is_kept_taken_off_or_talked_of_again_at_ten_to_nine():
    keep, off, later = (at(20 * MINUTE) for _ in range(3))
    for sim, key in ((keep, "golive.go"), (off, "golive.dark"), (later, "golive.check")):
        sim.inbox.calls.clear()
        reply(sim, key)
    assert (minutes_of(keep, "flag.clear"), minutes_of(later, "flag.clear")) == (10, 5.0)
    assert not sight(off, "deployer")["flag"]["set"]
    assert give(off, "deployer", "flag.set") is None
    later.step(30 * MINUTE + 20)
    assert calls(later, "deployer")[0]["replies"][0]["key"] == "golive_again.go"
    reply(later, "golive_again.line")
    assert minutes_of(later, "flag.clear") == 1
    off.step(30 * MINUTE + 20)
    assert all("golive_again" not in row["replies"][0]["key"] for row in calls(off, "deployer"))


@pytest.mark.whole
def test_the_order_desk_finds_pages_or_hides_the_rejects():
    found, paged, hidden = (at(60 * MINUTE, small_scenario(2, flow={"premarket_flagged": 160})) for _ in range(3))
    for sim, key in ((found, "blotter.list"), (paged, "blotter.page"), (hidden, "blotter.clean")):
        assert reply(sim, key) is None
        sim.inbox.alerts.clear()
    box = {id(sim): len(mails(sim, "smars-alerts", "Power Peg")) for sim in (found, paged, hidden)}
    for sim in (found, paged, hidden):
        sim.step(OPEN - sim.now)
    (mail,) = mails(found, "Order desk, pre-market")
    assert "one in 8" in mail["body"]
    assert "order " in mail["body"].split("The last ones:")[1]
    rung = [alert for alert in read.words(paged, paged.inbox.alerts) if alert["text"] == "Mail from smars-alerts: BNET reject: Power Peg disabled"]
    assert len(rung) == len(mails(paged, "smars-alerts", "Power Peg")) - box[id(paged)] > 0
    assert len(mails(hidden, "smars-alerts", "Power Peg")) == box[id(hidden)]
    assert len(hidden.records.refusals) == len(found.records.refusals), "the logs have them"


# -- after the storm


@pytest.mark.whole
def test_sessions_are_opened_at_once_one_by_one_or_not():
    every, single, shut = (at(OPEN + 20) for _ in range(3))
    for sim in (every, single, shut):
        settle(sim)
        give(sim, "operator", "smars.disconnect")
        sim.step(4 * MINUTE)
    reply(every, "sessions.open")
    assert every.machine.servers.sum() == 8
    reply(single, "sessions.one")
    assert single.machine.servers.sum() == 0
    assert give(single, "operator", "server.start", server=1) is None
    assert single.works[0].end - single.now == 2 * MINUTE
    missed = unserved(shut).unserved
    reply(shut, "sessions.shut")
    shut.step(30 * MINUTE)
    assert unserved(shut).unserved == missed
    cut = at(OPEN + 20)
    reply(cut, "exchange.accept")
    reply(cut, "sessions.open")
    assert cut.machine.servers.sum() == 0, "a cut is another matter"


@pytest.mark.whole
def test_legal_freezes_the_disks_and_sends_what_is_on_them():
    sim = at(OPEN + 20)
    reply(sim, "legal.freeze")
    for kind, args in (("release.copy", {"servers": [1], "release": "smars-rlp"}), ("release.rollback", {"servers": [1]})):
        assert "nothing may be written to the servers before 10:00" in give(sim, "deployer", kind, **args)
    sim.step(30 * MINUTE)
    assert give(sim, "deployer", "release.rollback", servers=[1]) is None
    sim.step(20)
    (mail,) = mails(sim, "Legal and compliance")
    lines = [line for line in mail["body"].splitlines() if line.startswith("SMARS-")]
    assert len(lines) == 8
    assert lines[sim.stale - 1] == f"SMARS-{sim.stale}: on disk 5c1f0e93, running 5c1f0e93"


def test_copies_take_longer_while_images_are_made():
    sim = at(OPEN + 20)
    reply(sim, "legal.image")
    give(sim, "deployer", "release.copy", servers=[1, 2], release="smars-rlp")
    assert sim.works[0].end - sim.now == 12 * MINUTE


@pytest.mark.parametrize(
    ("key", "desk", "fee"), [("floor.hand", "operator", 0), ("legal.later", "deployer", 50_000), ("broker.traders", "risk", 250_000)]
)
def test_a_lent_hand_works_and_has_its_price(key, desk, fee):
    sim = at(OPEN + 20)
    before = free_hands(sim, desk)
    reply(sim, key)
    assert free_hands(sim, desk) == before + 1 == sight(sim, desk)["work"]["hands"]
    assert score(sim)["precautions"] == fee


@pytest.mark.whole
def test_a_fed_monitor_is_not_late():
    late, fed = at_open(small_scenario(4), 400), at_open(small_scenario(4), 400)
    for sim in (late, fed):
        sim.monitor.lag_s = lambda scenario, rate: 180  # type: ignore[method-assign]
    reply(fed, "broker.figures")
    for sim in (late, fed):
        sim.step(40)
    assert fed.monitor.shown == fed.monitor.last - 1
    assert late.monitor.shown < fed.monitor.shown
    fed.step(3 * MINUTE)
    assert mails(fed, "Prime brokerage, clearing bank")


# -- the acts


def test_an_act_says_what_is_wrong_with_it():
    for text, words in (
        ("", "an act out of"), ("shout", "an act out of"), ("give", "give with one of"), ("give server.look", "servers.stop_all"),
        ("collar", "one whole number from 1 to 5,000"), ("collar 0", "from 1 to"), ("collar x", "from 1 to"), ("rest 5 6", "from 1 to"),
        ("cut_off now", "nothing behind it"), ("pace flag.clear", "a lever and minutes"), ("hand projector", "deployer, operator, risk"), ("page", "the words"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            parse_act(text)
    with pytest.raises(ValueError, match="an act out of"):
        Reply(key="a.b", text="x", does=("shout",))


def test_every_act_is_used_and_carried_out_and_every_lever_it_names_exists():
    deck = [reply for call in load_scenario("any-morning").evidence.calls for reply in call.replies]
    said = [*REPLIES, *deck, *(reply for inject in TEXTS.injects if inject.call for reply in inject.call.replies)]
    used = [text for found in (*said, *TEXTS.injects) for text in found.does]
    assert {text.split()[0] for text in used} == set(ACTS) == set(CARRIED_OUT)
    assert {parse_act(text)[1][0] for text in used if text.startswith("pace")} <= set(SCENARIO.levers)


def test_nothing_is_agreed_before_anybody_rings():
    assert at(0).phone == StandingAgreements()


def test_a_reply_that_can_hurt_is_marked_so_that_a_desk_arms_it_first():
    shown = {reply.key for call in TEXTS.calls for reply in call.replies if dangerous(reply.does)}
    assert {"exchange.accept", "exchange_again.accept", "exchange_back.accept", "golive.dark", "sessions.open"} <= shown
    assert not {"exchange.wait", "chief.hold", "settle.all", "client.wait"} & shown
