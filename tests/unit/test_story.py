"""The story of a run: at most ten lines in order, the important ones kept, desks and no blame."""

from typing import Any

import pytest

import engine
from engine import Event, load_scenario, play, score, story
from engine.analysis.story import fate
from engine.money import dollars
from tests.days import clock, step_at
from tests.engine_builders import quiet_scenario

SCENARIO = load_scenario("knight-2012")
SCORE: dict[str, Any] = {"total": 4e8, "trading": 4e8, "survives": False, "contained_at": "10:15:00", "runaway": "contained"}


def at(text: str, kind: str, *audience: str, **data: Any) -> Event:
    return Event(step_at(text), kind, audience, data)


def gave(text: str, desk: str, seq: int, kind: str, **args: Any) -> list[Event]:
    """A command that was taken, and a minute later has its effect."""
    return [
        at(text, "command.applied", desk, seq=seq, command=kind, args=args, until=0),
        Event(step_at(text) + 240, "lever.finished", (desk,), {"seq": seq, "command": kind, "args": args}),
    ]


def texts(events: list[Event], **how: Any) -> list[str]:
    return [line["text"] for line in shown(events, **how)]


def shown(events: list[Event], score: Any = None) -> list[Any]:
    """The story in words."""
    return engine.told(SCENARIO, story(events, SCENARIO, score))


def test_a_line_has_the_clock_of_its_effect_the_desk_and_a_sentence():
    (line,) = shown(gave("09:40", "operator", 1, "server.stop", server=8))
    assert line == {"at": "09:41:00", "desk": "operator", "text": "Stopped SMARS-8.", "kind": "server.stop"}


def test_servers_are_named_up_to_two_then_counted():
    for servers, words in (([3], "SMARS-3"), ([3, 8], "SMARS-3 and SMARS-8"), ([1, 2, 3], "3 servers"), (list(range(1, 9)), "all servers")):
        assert texts(gave("09:40", "deployer", 1, "release.rollback", servers=servers)) == [f"Rolled back {words} to the release before."]


def test_brokers_exchanges_and_stocks_are_told_by_their_names():
    for desk, kind, args, text in (
        ("risk", "broker.hold", {"broker": "Harbor Lane"}, "Held the orders of Harbor Lane."),
        ("deployer", "broker.unflag", {"broker": "Oakline Retail"}, "Had Oakline Retail taken off the order flag."),
        ("operator", "exchange.relogon", {"exchange": "NYSE"}, "Logged on to NYSE again."),
        ("risk", "stocks.withdraw", {"symbols": list(SCENARIO.names[:2])}, f"Withdrew from trading in {SCENARIO.names[0]}, {SCENARIO.names[1]}."),
    ):
        assert texts(gave("09:40", desk, 1, kind, **args)) == [text]


def test_of_too_much_the_ten_that_mattered_most_are_kept_in_order_of_time():
    events = [event for n in range(1, 9) for event in gave(f"08:{n:02d}", "deployer", n, "checksum.run", servers=[n])]
    events += [event for n in range(1, 9) for event in gave(f"09:{n + 30}", "operator", n + 8, "server.stop", server=n)]
    events += [at("10:15", "exchange.disconnected", "operator")]
    events.sort(key=lambda event: event.step)
    found = shown(events, SCORE)
    assert len(found) == 10
    assert [line["at"] for line in found] == sorted(line["at"] for line in found)
    kept = [line["text"] for line in found]
    assert kept[-1].startswith("The firm does not open again")
    assert "The exchanges disconnected what was still sending." in kept
    assert sum(text.startswith("Stopped") for text in kept) == 8


def test_the_same_thing_twice_is_told_once():
    events = gave("09:40", "operator", 1, "server.stop", server=8) + gave("09:50", "operator", 2, "server.stop", server=8)
    assert texts(events) == ["Stopped SMARS-8."]


def test_what_the_facilitator_added_is_told_once():
    events = [at(clock, "inject.delivered", inject=n, card="crash", title="A server crashes") for n, clock in ((1, "09:45"), (2, "09:50"))]
    (line,) = shown(events)
    assert (line["at"], line["desk"], line["text"]) == ("09:45:00", "", 'The facilitator added: "A server crashes"')


def test_the_first_sign_is_told_by_how_it_came():
    noticed = at("08:10", "symptom.noticed", desk="operator")
    (line,) = shown([*gave("08:09", "operator", 1, "mail.open", mail=4)[:1], noticed])
    assert line["text"] == f"Opened the first mail of its kind: {SCENARIO.evidence.reject_subject}" and line["kind"] == "symptom.noticed"
    assert texts([at("08:10", "evidence.shared", pin=1, desk="operator", what="log", number=8), noticed]) == [
        "Showed the others the first sign that something is wrong."
    ]
    told = at("09:34", "call.answered", "risk", call=1, caller="NYSE", reply="exchange.callback")
    assert texts([*gave("09:34", "risk", 1, "call.answer", call=1)[:1], at("09:34", "symptom.noticed", desk="risk"), told]) == [
        "Told NYSE: \"I'll find out and call you back.\""
    ]


def test_a_diagnosis_is_told_in_its_own_words_with_its_place():
    for cause, place, words in (("old-release", "server 8", "(SMARS-8)."), ("new-release", "none", "newly live release.")):
        (text,) = texts([at("09:40", "diagnosis.declared", desk="deployer", cause=cause, place=place, evidence=[])])
        assert text.startswith("Declared: ") and text.endswith(words)


def test_the_evening_is_told_by_who_bought_and_who_paid():
    sold = at("18:50", "block.sold", "risk", bid="second", bank="Goldman", discount_pct=5.2, gross_usd=4_500_000_000, cost_usd=234_000_000)
    raised = at("18:54", "capital.raised", "risk", lender="Six funds", offer="consortium", amount_usd=400_000_000, stake_pct=73.1)
    assert texts([sold, raised]) == [
        "Goldman took what was left, $4.50 bn, at a discount of 5.2 %: $234.0 M.",
        "Six funds put in $400.0 M for 73 % of the firm.",
    ]
    assert texts([at("19:00", "block.sold", "risk", bid="second", bank="Goldman", discount_pct=0.5, gross_usd=0, cost_usd=0)]) == []


@pytest.mark.parametrize(
    ("usd", "text"), [(0, "$0"), (80_000, "$80,000"), (457_600_000, "$457.6 M"), (4_600_000_000, "$4.60 bn"), (-2_500_000, "−$2.5 M")]
)
def test_money_reads_as_people_say_it(usd, text):
    assert dollars(usd) == text


def test_the_fate_of_a_firm_that_lost_nothing_little_too_much_or_was_rescued():
    for found, words in (
        ({"trading": -1.0, "total": 90_000, "survives": True}, "The firm goes on: nothing was lost in trading, and the day cost $90,000."),
        ({"trading": 9e6, "total": 9e6, "survives": True}, "The firm goes on: $9.0 M lost in trading, $365.0 M of cash before."),
        (SCORE, "The firm does not open again: $400.0 M lost in trading, $365.0 M of cash, and nobody to put in the rest."),
        (
            {**SCORE, "survives": True, "fate": "rescued"},
            "The firm goes on under new owners: $400.0 M lost in trading, more than its $365.0 M of cash.",
        ),
    ):
        assert engine.tell(None, fate(found, 365_000_000)) == words


@pytest.mark.whole
def test_historys_own_story_tells_the_rollback_and_the_disconnection():
    run = play(quiet_scenario(), "history", 79, until=step_at("10:30"))
    found = {line["at"]: line for line in shown(run.events, score(run.sim))}
    assert (found["09:54:00"]["desk"], found["09:54:00"]["text"]) == ("deployer", "Rolled back 7 servers to the release before.")
    assert found["10:15:00"]["text"] == "Had SMARS disconnected at the exchanges."
    assert clock(run.sim.now) == "10:30:00"
    assert run.refused == []
