"""The bridge: what is said, pinned, read, asked of assistants and declared; and the ledger of who noticed what when."""

import json

import pytest

from engine import KINDS, Command, Simulation, restore, save, score, tell
from engine.analysis.msgids import msgids
from engine.analysis.rehearsal import minutes
from engine.arguments import REMARKS
from engine.autopilots.team import CALM, REPAIRED
from engine.evidence.telling import LINES, WIDTH, cut, said
from engine.firm import inbox, safeguards
from engine.firm.bridge import ITEMS, PINS
from engine.firm.places import read_place, told_place
from engine.market.state import digest_of
from engine.scenario.wordings import REJECT
from tests import read
from tests.days import CLOSE, OPEN
from tests.engine_builders import at_open, quiet_scenario
from tests.read import seen as sight
from tests.small import begun, give, reply, settle, small_scenario

MINUTE = 240
DESKS = ("operator", "deployer", "risk")
SCENARIO = small_scenario(2)
QUIET = quiet_scenario(queued=0)
PEGGED = quiet_scenario(behaviour="power_peg")
NASTY = [
    "",
    "   ",
    "x" * 281,
    "nul\0nul",
    "line\nbreak",
    "tab\there",
    "\ud800",
    "esc\x1b[2J",
    "rtl\u202egnp",
    "para\u2029graph",
    "\x85",
    None,
    7,
    1.5,
    True,
    ["a"],
    {"a": 1},
]


def at(step: int, scenario=QUIET, **how) -> Simulation:
    return begun(scenario, step, **how)


def items(sim: Simulation, desk: str = "risk") -> list[dict]:
    return sight(sim, desk)["bridge"]["items"]


def share(sim: Simulation, desk: str, what: str, number: int = 0) -> str | None:
    return give(sim, desk, "evidence.share", what=what, id=number)


def kinds(sim: Simulation) -> list[str]:
    return [event.kind for event in sim.take_events()]


# -- said


def test_what_is_said_stands_on_every_desks_bridge():
    sim = at(400)
    assert give(sim, "operator", "bridge.say", text="  Is this us? Schöne Grüße 👩‍👩‍👧 ") is None
    expected = {
        "id": 1,
        "at": "08:01:40",
        "desk": "operator",
        "kind": "say",
        "title": "Is this us? Schöne Grüße 👩‍👩‍👧",
        "lines": [],
        "read": ["operator"],
    }
    assert [items(sim, desk) for desk in DESKS] == [[expected]] * 3


@pytest.mark.parametrize("wrong", NASTY, ids=repr)
def test_what_is_no_plain_line_is_not_said(wrong):
    sim = at(400)
    before = sim.digest()
    assert "text" in give(sim, "operator", "bridge.say", text=wrong)
    assert sim.digest() == before
    assert items(sim) == []


def test_the_longest_line_is_taken_and_the_bridge_keeps_its_newest():
    sim = at(400)
    for n in range(ITEMS + 5):
        assert give(sim, "risk", "bridge.say", text=f"{n}".rjust(280, "x")) is None
    assert [item["id"] for item in items(sim)] == list(range(6, ITEMS + 6))


@pytest.mark.parametrize("remark", [{"say": CALM, "values": {}}, {"say": REPAIRED, "values": {"name": "SMARS-3"}}], ids=["calm", "repaired"])
def test_what_an_autopilot_says_stands_there_as_a_sentence_of_the_catalogue(remark):
    sim = at(400)
    assert give(sim, "operator", "bridge.say", text=remark) is None
    assert sim.bridge.items[-1]["title"] == remark
    assert items(sim)[-1]["title"] == remark["say"].format_map(remark["values"])
    assert sim.take_events()[-1].data["title"] == remark


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"say": CALM}, {"say": CALM, "values": []}, {"say": CALM, "values": {"name": "SMARS-3"}}, {"say": CALM, "values": {}, "more": 1},
        {"say": "Buy now", "values": {}}, {"say": "{name.__class__}", "values": {"name": 1}}, {"say": ["Buy now"], "values": {}},
        {"say": REPAIRED, "values": {}}, {"say": REPAIRED, "values": {"name": None}}, {"say": REPAIRED, "values": {"name": 1.5}},
        {"say": REPAIRED, "values": {"name": "x" * 101}}, {"say": REPAIRED, "values": {"name": "a\nb"}}, {"say": REPAIRED, "values": {"name": 2**53 + 1}},
        {"say": REPAIRED, "values": {"name": {"say": "Buy now", "values": {}}}}, {"text": "mail:swift.subject", "values": {}},
        {"say": REPAIRED, "values": {"name": {"say": REPAIRED, "values": {"name": "SMARS-3"}}}},
    ],
    ids=repr,
)  # fmt: skip
def test_nobody_puts_a_sentence_of_another_making_there(wrong):
    sim = at(400)
    before = sim.digest()
    assert "expected text, or what an autopilot can say" in give(sim, "operator", "bridge.say", text=wrong)
    assert "expected" in give(sim, "operator", "log.search", text=wrong)
    assert sim.digest() == before and items(sim) == []


def test_what_an_autopilot_has_said_once_is_known_for_ever():
    """Logs hold it: a sentence that is worded anew stays among those that are taken, and its name with it."""
    said = {
        "{name} runs the new release now.", "{name} has the right release on disk: it may be started.", "The flood of orders has stopped.",
        "{system} is off the exchanges. Which servers may come back?", "{name} was restarted after the flag went off.",
        "The flag is off upstream. Restart every server: what runs already goes on until its process ends.",
        "What comes in is as on other days again: {name} may send.", "Far more orders go out than come in. Does anybody know why?",
        "What offered them was restarted with the day's reference data: the stocks may come back.",
        "Account 33 is at half a billion. Is that ours?",
        "Nobody is named to look at the machines after me. Once all {many} are restarted I need two hours of a second pair of eyes.",
        "There is no procedure, so I write one that a machine can follow. It deploys from the inventory: is that list right?",
        "I take the dead code out of the release. If the new one misbehaves at the bell, we go back to the old one.",
        "one", "two", "three", "four", "five", "six", "seven", "eight",
    }  # fmt: skip
    assert {*REMARKS} >= said
    assert {*REMARKS} <= {*msgids()}


# -- shared


def ready(sim: Simulation) -> dict[tuple[str, str], int]:
    """Every kind of evidence there is to share, with a number that fits."""
    sim.inbox.alerts.append({"step": sim.now, "desk": "operator", "text": "Process monitor: something"})
    for desk, key in (("operator", "floor.hand"), ("deployer", "legal.later"), ("risk", "broker.fine")):
        assert reply(sim, key) is None
        newest = max(mail["id"] for mail in sim.inbox.mails.values() if mail["desk"] == desk)
        assert give(sim, desk, "mail.open", mail=newest) is None
    safeguards.build(sim, "dashboard")
    safeguards.watch_dashboard(sim)
    give(sim, "operator", "log.tail", server=2)
    give(sim, "operator", "server.look", server=3)
    for kind in ("checksum.run", "config.compare", "data.compare"):
        give(sim, "deployer", kind, servers=[sim.stale])
    give(sim, "risk", "stock.watch", symbol=sim.names[1])
    numbers = dict.fromkeys(PINS, 0)
    for desk in DESKS:
        numbers[desk, "mail"] = max(int(n) for n in sim.inbox.opened if sim.inbox.mails[int(n)]["desk"] == desk)
        numbers[desk, "call"] = next(call["id"] for call in sim.inbox.calls if call["desk"] == desk and call["answer"])
    return {**numbers, ("operator", "log"): 2, ("operator", "look"): 0, **{("deployer", what): sim.stale for what in ("checksum", "config", "data")}, ("risk", "position"): 1}


@pytest.fixture(scope="module")
def shared() -> Simulation:
    """A bridge with a pin of every kind."""
    sim = at_open(SCENARIO, 3 * MINUTE)
    sim.bridge.items.clear()
    for (desk, what), number in ready(sim).items():
        before = len(sim.bridge.items)
        assert share(sim, desk, what, number) is None, (desk, what)
        assert len(sim.bridge.items) == before + 1
        assert "on the bridge already" in share(sim, desk, what, number), (desk, what)
    return sim


def pin(sim: Simulation, start: str) -> dict:
    return next(item for item in items(sim) if item["title"].startswith(start))


def test_every_kind_of_evidence_can_be_shared_and_says_what_the_desk_sees(shared):
    assert len(items(shared)) == len(PINS) == 26
    for item in items(shared):
        assert item["kind"] == "pin"
        assert item["read"] == [item["desk"]]
        assert len(item["lines"]) <= LINES
        assert all(len(line) <= WIDTH for line in item["lines"])
    stale = shared.stale
    assert pin(shared, f"Checksum of SMARS-{stale} at 09:33:00")["lines"] == [
        "On disk 5c1f0e93b7d24a86 smars-2003", "Running 5c1f0e93b7d24a86 smars-2003", "The same", "Wanted e84b2d6190fc3a57 smars-rlp",
    ]  # fmt: skip
    assert pin(shared, f"Config of SMARS-{stale} at 09:33:00")["lines"] == [
        "On disk r412 of 2012-07-26, 91c0e2d47a5b3f18", "Loaded the same", "Recorded r412 of 2012-07-26, 91c0e2d47a5b3f18",
    ]  # fmt: skip
    assert f"SMARS-{stale}: smars-rlp, copied" in pin(shared, "Fleet as recorded")["lines"][stale - 1]
    assert pin(shared, "Log of SMARS-2 at 09:33:00")["lines"]
    assert pin(shared, "Rates of SMARS-3 at 09:33:00")["lines"][1].endswith("child orders out a second")
    assert "SMARS-1: running" in pin(shared, "Servers at 09:33:00")["lines"]
    assert pin(shared, "Alert at 09:33: Process monitor: something")["lines"] == []
    assert pin(shared, "Call from Floor desk")["lines"][-1] == "We said: Come over."
    assert pin(shared, "Position monitor at")["lines"][0].startswith("Gross $")
    assert len(pin(shared, f"{shared.names[1]} at 09:33:00, as of")["lines"]) == 3
    mail = pin(shared, "Mail from")
    assert mail["lines"][0].startswith("Arrived 0")


def test_pins_are_plain_json_and_kept_by_a_checkpoint(shared):
    again = restore(SCENARIO, save(shared))
    assert items(again) == items(shared) == json.loads(json.dumps(items(shared)))
    assert again.digest() == shared.digest()


def test_a_desk_shares_only_what_it_can_see():
    sim = at_open(SCENARIO, 40)
    for desk in DESKS:
        mine = {what for who, what in PINS if who == desk}
        for what in sorted({what for _, what in PINS} - mine):
            assert "expected" in share(sim, desk, what), (desk, what)
    for wrong in ("", "secrets", None, 4, ["mail"]):
        assert "what =" in give(sim, "risk", "evidence.share", what=wrong, id=0)
    for wrong in (-1, 2**53, True, "1", None, 1.0):
        assert "id =" in give(sim, "risk", "evidence.share", what="pnl", id=wrong)


def test_what_nobody_has_read_asked_for_or_answered_is_not_shared():
    sim = at(OPEN, SCENARIO)
    unread = {mail["desk"]: mail["id"] for mail in sim.inbox.mails.values()}
    assert "open the mail first" in share(sim, "operator", "mail", unread["operator"])
    assert "a mail that has arrived" in share(sim, "operator", "mail", unread["risk"])
    assert "a mail that has arrived" in share(sim, "operator", "mail", 10**9)
    assert "answer the call first" in share(sim, "risk", "call", next(call["id"] for call in sim.inbox.calls if call["desk"] == "risk"))
    assert "a call that rang here" in share(sim, "operator", "call", next(call["id"] for call in sim.inbox.calls if call["desk"] == "risk"))
    assert "no server's log" in share(sim, "operator", "log")
    assert "no server's rates" in share(sim, "operator", "look")
    assert "no checksum of SMARS-3" in share(sim, "deployer", "checksum", 3)
    assert "from 1 to 8" in share(sim, "deployer", "checksum", 9)
    assert "a diff's place" in share(sim, "deployer", "diff", 99)
    assert "watch a stock first" in share(sim, "risk", "price")
    assert "nothing has traded" in share(at(400), "risk", "tape")
    assert "a stock's place from 0 to 1" in share(sim, "risk", "position", 2)
    sim.inbox.alerts.clear()
    assert "an alert's place" in share(sim, "operator", "alert")
    sim.instant = True
    give(sim, "operator", "log.tail", server=4)
    assert "SMARS-4 is on the screen" in share(sim, "operator", "log", 5)


def test_an_order_that_was_not_looked_up_is_not_in_a_shared_fleet():
    """Sharing must not be a way to learn: the card without help knows only what was asked for."""
    texts = []
    for stale in (2, 5):
        sim = at(400, quiet_scenario(queued=0, fleet={"stale_seeds": {"7": stale}}))
        assert sim.stale == stale
        assert share(sim, "deployer", "fleet") is None
        texts.append(items(sim))
    assert texts[0] == texts[1]


def test_long_texts_are_cut_where_a_pin_ends():
    assert cut("a\n\nb\n") == ["a", "b"]
    assert cut("\n".join(str(n) for n in range(LINES))) == [str(n) for n in range(LINES)]
    assert cut("\n".join(str(n) for n in range(40)))[-1] == f"and {40 - LINES + 1} more lines"
    assert len(cut("x" * 500)[0]) == WIDTH


def test_reading_a_pin_is_recorded_once_a_desk(shared):
    sim = restore(SCENARIO, save(shared))
    number = next(item["id"] for item in items(sim) if item["desk"] == "deployer")
    shown = sight(sim, "operator")["bridge"]
    assert give(sim, "risk", "pin.read", pin=number) is None
    assert sight(sim, "operator")["bridge"] != shown, "a card that was shown stays as it was, or nobody is told what is new"
    assert next(item["read"] for item in items(sim) if item["id"] == number) == ["deployer", "risk"]
    for desk in ("risk", "deployer"):
        assert "has read it already" in give(sim, desk, "pin.read", pin=number)
    give(sim, "risk", "bridge.say", text="seen")
    for wrong in (sim.bridge.posted, 0, -1, 10**9, True, "1", None):
        assert "a pin on the bridge" in give(sim, "operator", "pin.read", pin=wrong)


# -- asked of assistants


def asks(sim: Simulation, desk: str) -> list[dict]:
    return sight(sim, desk)["asks"]["asks"]


def test_an_ask_stands_at_the_desk_it_is_for_until_that_desk_does_it():
    sim = at(OPEN)
    assert give(sim, "operator", "assistant.ask", desk="deployer", kind="checksum.run", args={"servers": [3]}) is None
    assert "asked for already" in give(sim, "risk", "assistant.ask", desk="deployer", kind="checksum.run", args={"servers": [3]})
    assert asks(sim, "operator") == []
    (ask,) = asks(sim, "deployer")
    assert ask == {
        "id": 1, "at": "09:30:00", "from": "operator", "kind": "checksum.run", "args": {"servers": [3]}, "label": "Checksum servers: SMARS-3", "state": "open",
    }  # fmt: skip
    assert (items(sim)[0]["kind"], items(sim)[0]["title"]) == ("ask", "Asks the deployer: Checksum servers: SMARS-3")
    assert give(sim, "deployer", "checksum.run", servers=[4]) is None
    assert asks(sim, "deployer")[0]["state"] == "open"
    assert give(sim, "deployer", "checksum.run", servers=[3]) is None
    assert asks(sim, "deployer")[0]["state"] == "done"


def test_an_ask_that_was_refused_says_so_and_leaves_the_digest_alone():
    sim = at(400)
    give(sim, "operator", "assistant.ask", desk="deployer", kind="release.copy", args={"servers": [3], "release": "smars-rlp"})
    before = sim.digest()
    assert "needs the risk manager's approval" in give(sim, "deployer", "release.copy", servers=[3], release="smars-rlp")
    assert sim.digest() == before
    again = restore(QUIET, save(sim))
    assert asks(again, "deployer")[0]["state"] == asks(sim, "deployer")[0]["state"] == "refused"
    settle(sim)
    assert give(sim, "deployer", "release.copy", servers=[3], release="smars-rlp") is None
    assert asks(sim, "deployer")[0]["state"] == "done"


def test_the_word_can_be_asked_of_an_assistant():
    sim = at(OPEN)
    assert give(sim, "operator", "assistant.ask", desk="risk", kind="authorise.give", args={"what": "servers.stop_all"}) is None
    assert tell(sim.scenario, asks(sim, "risk")[0]["label"]) == "Approve: Stop all servers by hand"
    assert give(sim, "risk", "authorise.give", what="servers.stop_all") is None
    assert asks(sim, "risk")[0]["state"] == "done"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ({"desk": "operator", "kind": "server.stop", "args": {"server": 1}}, "this desk itself"),
        ({"desk": "projector", "kind": "server.stop", "args": {}}, "desk = 'projector'"),
        ({"desk": "deployer", "kind": "server.stop", "args": {"server": 1}}, "a lever of the deployer"),
        ({"desk": "deployer", "kind": "no.such", "args": {}}, "a lever of the deployer"),
        ({"desk": "deployer", "kind": "assistant.ask", "args": {}}, "a lever of the deployer"),
        ({"desk": "deployer", "kind": "bridge.say", "args": {"text": "hi"}}, "a lever of the deployer"),
        ({"desk": "deployer", "kind": "mail.open", "args": {"mail": 1}}, "a lever of the deployer"),
        ({"desk": "deployer", "kind": "checksum.run", "args": {"servers": [9]}}, "number from 1 to 8"),
        ({"desk": "deployer", "kind": "checksum.run", "args": {}}, "needs servers"),
        ({"desk": "deployer", "kind": "checksum.run", "args": {"servers": [1], "x": 1}}, "no argument 'x'"),
        ({"desk": "deployer", "kind": "checksum.run", "args": [1]}, "expected an object"),
        ({"desk": "deployer", "kind": "checksum.run"}, "needs args"),
        ({"desk": None, "kind": "checksum.run", "args": {}}, "desk = 'None'"),
        ({"desk": "deployer", "kind": 5, "args": {}}, "kind = '5'"),
        ({"desk": "deployer", "kind": "nul\0", "args": {}}, "kind holds characters"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_was_expected(ask, words):
    sim = at(400)
    before = sim.digest()
    refusal = sim.submit(Command(1, sim.now, "operator", "assistant.ask", ask))
    assert words in tell(sim.scenario, refusal.reason)
    assert sim.digest() == before


# -- done


def done(sim: Simulation, desk: str = "operator") -> list[dict]:
    return sight(sim, desk)["done"]["rows"]


def test_a_desk_sees_what_it_did_under_way_done_and_refused_newest_first():
    sim = at(OPEN)
    sim.submit(Command(1, OPEN, "operator", "server.stop", {"server": 2}, "likely"))
    sim.submit(Command(2, OPEN, "operator", "bridge.say", {"text": "stopping 2"}))
    sim.submit(Command(3, OPEN, "operator", "server.stop", {"server": 2}))
    assert [(row["state"], row["target"], row["confidence"]) for row in done(sim)] == [("refused", "", None), ("under way", "SMARS-2", "likely")]
    assert "being stopped already" in done(sim)[0]["reason"]
    sim.step(MINUTE)
    assert done(sim)[1] == {
        "at": "09:30:00", "kind": "server.stop", "label": "Stop a server", "target": "SMARS-2", "confidence": "likely", "state": "done", "reason": "",
    }  # fmt: skip
    assert done(sim, "risk") == done(sim, "deployer") == []
    again = restore(QUIET, save(sim))
    assert done(again) == done(sim)


def test_forty_commands_are_kept():
    sim = at(OPEN, instant=True)
    for n in range(50):
        sim.submit(Command(n + 1, OPEN, "operator", "log.tail", {"server": n % 8 + 1}))
    assert len(done(sim)) == 40
    assert done(sim)[0]["target"] == "SMARS-2"


# -- declared


def declare(sim: Simulation, cause: str, place: object = "none", desk: str = "operator", evidence: object = ()) -> str | None:
    return give(sim, desk, "diagnosis.declare", cause=cause, place=place, evidence=[*evidence] if isinstance(evidence, tuple) else evidence)


def tailed(sim: Simulation, server: int = 3) -> str:
    """The operator has read a server's log: the id of that evidence."""
    assert give(sim, "operator", "log.tail", server=server) is None
    return f"log {server}"


def test_the_first_right_diagnosis_with_evidence_is_the_moment_and_nothing_says_that_it_is_right():
    sim = at(OPEN, instant=True)
    wrong = sim.stale % 8 + 1
    third = next(n for n in range(1, 9) if n not in (wrong, sim.stale))
    log = tailed(sim, third)
    pictures = []
    for cause, server in (("retail-flow", 0), ("old-release", 0), ("old-release", wrong), ("hardware", sim.stale)):
        assert declare(sim, cause, f"server {server}" if server else "none", evidence=(log,)) is None
        assert (sim.bridge.diagnosed, score(sim)["diagnosed_at"]) == (None, None)
    sim.step(40)
    assert declare(sim, "old-release", f"server {sim.stale}", "deployer") is None
    assert score(sim)["diagnosed_at"] is None, "a guess is no diagnosis"
    sim.step(40)
    assert declare(sim, "old-release", f"server {sim.stale}", evidence=(log,)) is None
    assert score(sim)["diagnosed_at"] == "09:30:20"
    sim.step(40)
    assert share(sim, "operator", "log", third) is None
    assert declare(sim, "old-release", f"SMARS-{sim.stale}", "risk", (f"pin {items(sim)[-1]['id']}",)) is None
    assert score(sim)["diagnosed_at"] == "09:30:20"
    assert [claim["right"] for claim in score(sim)["claims"]] == [False] * 4 + [True] * 3
    assert minutes(sim.calendar, score(sim))["diagnose"] == {"at": "09:30:20", "minutes": 20.3, "text": "09:30:20 + 20 min"}
    for server in (wrong, sim.stale):
        other = at(OPEN, instant=True)
        tailed(other, third)
        declare(other, "old-release", f"server {server}", evidence=(log,))
        events = [event.to_dict() for event in other.take_events() if event.audience]
        cards = {name: card for name, card in sight(other, "operator").items() if name in ("diagnosis", "bridge", "done", "levers", "words")}
        cards["diagnosis"] = {**cards["diagnosis"], "places": []}
        pictures.append(json.dumps([cards, events]).replace(f"SMARS-{server}", "X").replace(f'"server {server}"', "X"))
    assert pictures[0] == pictures[1]


def test_the_card_lists_causes_places_what_was_seen_and_what_was_declared():
    sim = at(OPEN, instant=True)
    tailed(sim)
    assert share(sim, "operator", "rates") is None
    declare(sim, "hardware", "server 3", "risk")
    card = sight(sim, "operator")["diagnosis"]
    assert 5 <= len(card["causes"]) <= 15
    assert all(set(cause) == {"id", "label"} for cause in card["causes"])
    kinds = {"server": 8, "broker": len(sim.scenario.brokers), "exchange": len(sim.scenario.exchanges)}
    assert [place["id"] for place in card["places"]] == ["none", *(f"{kind} {n}" for kind, count in kinds.items() for n in range(1, count + 1))]
    pin, log = card["seen"]
    assert (pin, log) == ({"id": "pin 1", "title": "Rates of the firm at 09:30:00"}, {"id": "log 3", "title": "Log of SMARS-3 at 09:30:00"})
    assert card["declared"] == [
        {"at": "09:30:00", "desk": "risk", "cause": "hardware", "label": "Failing memory, clock or network", "place": "server 3",
         "where": "SMARS-3", "evidence": []},
    ]  # fmt: skip
    assert (items(sim)[-1]["title"], items(sim)[-1]["lines"]) == ("Failing memory, clock or network: SMARS-3", ["A guess: no evidence given."])
    assert [row["id"] for row in sight(sim, "risk")["diagnosis"]["seen"]] == ["pin 1"], "what another desk has seen is not there until it is pinned"


def test_a_place_is_read_from_its_name_too():
    sim = at(OPEN)
    names = sim.names[:3]
    for given, place in (
        ("None", "none"), ("no one place", "none"), ("SERVER  3", "server 3"), ("smars-3", "server 3"),
        (sim.scenario.brokers[1].upper(), "broker 2"), (sim.scenario.exchanges[0], "exchange 1"), (names[0], f"stocks {names[0]}"), (f"stocks {names[1]}, {names[0].lower()}", f"stocks {names[0]} {names[1]}"),
    ):  # fmt: skip
        assert read_place(sim.scenario, given) == place
    assert [told_place(sim.scenario, place) for place in ("none", "server 3", f"stocks {names[0]} {names[1]}")] == ["", "SMARS-3", f"{names[0]}, {names[1]}"]


def test_a_diagnosis_that_makes_no_sense_is_refused():
    sim = at(OPEN, instant=True)
    for wrong in ("", "power", None, 3, ["old-release"]):
        assert "cause =" in declare(sim, wrong)
    for wrong in (9, -1, True, "8", "server 9", "server", "stocks", "stocks NOPE", None, 1.0, ["server 1"], "x" * 500):
        assert "place =" in declare(sim, "old-release", wrong)
    tailed(sim)
    for wrong in ("log 3", ["log 4"], ["mail 1"], ["pin 1"], [3], ["log 3", "log 3"], ["log 3"] * 4, None, [["log 3"]]):
        assert "expected up to 3 of what this desk has seen: log 3" in declare(sim, "old-release", evidence=wrong)
    assert declare(sim, "old-release", "server 3") is None
    assert "declared that already" in declare(sim, "old-release", "server 3")
    assert declare(sim, "old-release", "server 3", evidence=("log 3",)) is None, "now with evidence"
    assert "declared that already" in declare(sim, "old-release", "SMARS-3", evidence=("log 3",))
    assert declare(sim, "old-release", "server 3", "risk") is None


def test_a_search_over_all_logs_is_evidence_too():
    sim = at(OPEN, instant=True)
    assert give(sim, "operator", "log.search", text=sim.names[0]) is None
    (row,) = sight(sim, "operator")["diagnosis"]["seen"]
    assert (row["id"], row["title"]) == ("log 0", f"Logs searched for {sim.names[0]} at 09:30:00")
    assert declare(sim, "hardware", f"stocks {sim.names[0]}", evidence=("log 0",)) is None


def test_a_cause_alone_is_a_guess_nowhere():
    sim = at(OPEN)
    assert give(sim, "operator", "diagnosis.declare", cause="hardware") is None
    assert [(row["place"], row["evidence"]) for row in sim.bridge.declared] == [("none", [])]


# -- the ledger


def runaway(**how) -> Simulation:
    sim = at_open(PEGGED, 200, **how)
    sim.monitoring.watch_runaway(sim.machine, sim.now)
    assert sim.monitoring.runaway
    assert sim.bridge.noticed is None
    return sim


def test_the_first_symptom_opened_or_shared_is_the_moment_of_noticing():
    blob = save(runaway())
    for desk, kind, args in (
        ("operator", "log.tail", {"server": 0}), ("operator", "server.look", {"server": 0}), ("deployer", "checksum.run", {"servers": [0]}),
        ("operator", "evidence.share", {"what": "rates", "id": 0}), ("risk", "evidence.share", {"what": "pnl", "id": 0}),
        ("risk", "evidence.share", {"what": "position", "id": 0}), ("risk", "evidence.share", {"what": "tape", "id": 0}),
    ):  # fmt: skip
        sim = restore(PEGGED, blob)
        args = {key: sim.stale if value == 0 and key == "server" else [sim.stale] if value == [0] else value for key, value in args.items()}
        assert give(sim, desk, kind, **args) is None
        assert sim.bridge.noticed == sim.now, kind
        assert score(sim)["noticed_at"] == "09:30:50"
        assert "symptom.noticed" in kinds(sim)


def test_evidence_without_a_symptom_is_not_noticing():
    sim = at_open(quiet_scenario(queued=0, flow={"plain_bell_per_min": 60.0}), 200)
    good = sim.stale % 8 + 1
    give(sim, "operator", "log.tail", server=good)
    give(sim, "operator", "server.look", server=good)
    give(sim, "deployer", "checksum.run", servers=[good])
    for what in ("rates", "servers", "log"):
        share(sim, "operator", what)
    for what in ("pnl", "tape", "limits"):
        share(sim, "risk", what)
    reply(sim, "chief.unknown")
    reply(sim, "exchange.callback")
    assert (sim.bridge.noticed, score(sim)["noticed_at"]) == (None, None)
    wild = runaway()
    reply(wild, "exchange.callback")
    assert wild.bridge.noticed == wild.now


def test_what_a_team_has_spoilt_itself_is_nothing_noticed_found_or_diagnosed():
    sim = at(OPEN, PEGGED, instant=True)
    theirs = sim.stale % 8 + 1
    give(sim, "operator", "server.stop", server=sim.stale)
    give(sim, "deployer", "release.rollback", servers=[theirs])
    sim.step(200)
    sim.monitoring.watch_runaway(sim.machine, sim.now)
    assert sim.monitoring.runaway, "now another server runs away"
    for desk, kind, args in (
        ("operator", "log.tail", {"server": theirs}), ("operator", "server.look", {"server": theirs}), ("deployer", "checksum.run", {"servers": [theirs]}),
        ("operator", "evidence.share", {"what": "rates", "id": 0}), ("risk", "evidence.share", {"what": "pnl", "id": 0}),
    ):  # fmt: skip
        assert give(sim, desk, kind, **args) is None
    assert declare(sim, "old-release", f"server {theirs}", evidence=(f"log {theirs}",)) is None
    assert (sim.bridge.noticed, sim.records.fault_found, sim.bridge.diagnosed) == (None, False, None)
    give(sim, "deployer", "checksum.run", servers=[sim.stale])
    assert (sim.bridge.noticed, sim.records.fault_found) == (sim.now, True), "what was wrong before can still be found on a server that is down"
    assert declare(sim, "old-release", f"server {sim.stale}", "deployer", (f"checksum {sim.stale}",)) is None
    assert sim.bridge.diagnosed == sim.now


def test_a_reject_mail_opened_a_refused_order_tailed_or_its_alert_shared_is_noticing():
    def morning() -> Simulation:
        sim = at(OPEN - 600, SCENARIO, instant=True)
        assert sim.records.refusals
        return sim

    opened, tailed, paged = morning(), morning(), morning()
    mail = next(mail["id"] for mail in read.mails(opened) if mail["subject"].removeprefix("BNET reject: ") == "Power Peg disabled")
    give(opened, "operator", "mail.open", mail=mail)
    give(tailed, "operator", "log.tail", server=tailed.stale)
    subject = said(paged.scenario.evidence.wordings, REJECT, {})
    inbox.alert(paged, "operator", "mail_paged", sender="smars-alerts", subject=subject)
    assert share(paged, "operator", "alert") is None
    assert [sim.bridge.noticed for sim in (opened, tailed, paged)] == [OPEN - 600] * 3


# -- laws


def everything(sim: Simulation, n: int) -> None:
    """All of the talk at once, most of it taken."""
    for desk in DESKS:
        give(sim, desk, "bridge.say", text=f"{desk} {n}")
        for who, what in PINS:
            if who == desk:
                share(sim, desk, what, n % 4)
        for item in items(sim):
            give(sim, desk, "pin.read", pin=item["id"])
        declare(sim, "old-release", f"server {n % 8 + 1}", desk)
        for other in DESKS:
            give(sim, desk, "assistant.ask", desk=other, kind="checksum.run", args={"servers": [n % 8 + 1]})
            give(sim, desk, "assistant.ask", desk=other, kind="authorise.give", args={"what": "servers.stop_all"})


def test_a_bridge_full_of_talk_leaves_the_market_and_the_desks_as_they_are():
    silent, loud = at(OPEN - 100, SCENARIO), at(OPEN - 100, SCENARIO)
    for n, gap in enumerate((99, 1, 7, 33, 120, 200)):
        for sim in (silent, loud):
            sim.step(gap)
        everything(loud, n)
    assert digest_of(loud.machine) == digest_of(silent.machine)
    ours = {"bridge"}
    assert {key: value for key, value in loud.memory().items() if key not in ours} == {
        key: value for key, value in silent.memory().items() if key not in ours
    }
    assert {item["kind"] for item in loud.bridge.items} == {"say", "pin", "ask", "diagnosis"}


def test_talk_replays_bit_by_bit_through_checkpoints():
    straight, stored = at(OPEN - 100, SCENARIO), at(OPEN - 100, SCENARIO)
    for n, gap in enumerate((99, 1, 7, 33)):
        straight.step(gap)
        stored.step(gap)
        stored = restore(SCENARIO, save(stored))
        everything(straight, n)
        everything(stored, n)
    assert stored.digest() == straight.digest()
    assert [sight(stored, desk) for desk in DESKS] == [sight(straight, desk) for desk in DESKS]


def test_nothing_is_said_after_the_end():
    sim = at(400)
    sim.now = CLOSE + 10**6
    for kind, lever in KINDS.items():
        if lever.talk:
            assert "the day is over" in give(sim, lever.desk, kind), kind


def test_no_help_level_shares_a_checksum_that_nobody_asked_for():
    sim = Simulation(small_scenario(), 79)
    assert "was asked for" in (give(sim, "deployer", "evidence.share", what="checksum", id=8) or "")
    assert give(sim, "facilitator", "help.set", level="clairvoyant") == "level = 'clairvoyant': expected one of 2012, assisted, guided"
    assert give(sim, "facilitator", "help.set", level="assisted") is None
    assert "was asked for" in (give(sim, "deployer", "evidence.share", what="checksum", id=8) or "")
