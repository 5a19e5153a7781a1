"""What a result says first: three sentences of what was wrong, when it could have been known, and what was done."""

from dataclasses import replace
from typing import Any

import pytest

from engine import Command, Event, Log, Moment, account, beside_record, costliest, ledger, load_scenario, phrase, questions, tell, voiced
from tests.days import step_at

SCENARIO = load_scenario("knight-2012")
REJECT = {"text": "reject.subject", "values": {}}
COST = {"total": 16_200_000.0, "claims": []}
STOPPED = COST | {"runaway": "contained", "contained_at": "09:36:05"}


def at(text: str, kind: str, *audience: str, **data: Any) -> Event:
    return Event(step_at(text), kind, audience, data)


def gave(text: str, desk: str, seq: int, kind: str, **args: Any) -> list[Event]:
    """A command that has its effect at once."""
    told = {"seq": seq, "command": kind, "args": args}
    return [at(text, "command.applied", desk, **told, until=0), at(text, "lever.finished", desk, **told)]


def log_of(*commands: Command, since: str = "08:00") -> Log:
    return Log(SCENARIO, 79, commands, Moment(step_at("16:00"), 99), since=step_at(since))


def sentences(events: list[Event], score: dict[str, Any], *, since: str = "08:00", assistants: tuple[int, ...] = ()) -> list[str]:
    return [tell(SCENARIO, one) for one in account(log_of(since=since), events, score, assistants)["sentences"]]


MAILS = [at("08:01", "mail.arrived", "operator", mail=5, sender="smars-alerts", subject=REJECT)] * 3
NOTICED = [*gave("09:33", "operator", 1, "mail.open", mail=5)[:1], at("09:33", "symptom.noticed", desk="operator")]
STOP = gave("09:36", "operator", 2, "server.stop", server=8)


def test_three_sentences_say_what_was_wrong_when_it_could_be_known_and_what_ended_it():
    assert sentences([*MAILS, *NOTICED, *STOP], STOPPED) == [
        "A copy missed SMARS-8: it still ran the release of 2003, in which the order flag wakes Power Peg.",
        f"You could first have known at 08:01, from the operator's screen: the first of 3 mails, \"{SCENARIO.evidence.reject_subject}\"; "
        "the operator noticed it 92 min later.",
        "At 09:36 the operator stopped SMARS-8, which ended it, and the day cost $16.2 M.",
    ]


def test_whoever_sat_down_later_could_have_known_from_the_start():
    _, second, _ = sentences([*MAILS, *NOTICED, *STOP], STOPPED, since="09:28")
    assert second.startswith("You could have known from the start") and second.endswith("the operator noticed it 5 min later.")


def test_what_an_assistant_noticed_is_the_assistants():
    assert "the assistant at the operator's desk noticed it" in sentences([*MAILS, *NOTICED, *STOP], STOPPED, assistants=(1,))[1]


def test_a_check_that_showed_it_before_any_screen_did_is_where_it_could_first_be_known():
    checked = gave("08:00", "deployer", 1, "checksum.run", servers=[8])
    assert 'the deployer\'s screen: the answer to "' in sentences([*checked, *MAILS], STOPPED)[1]
    elsewhere = gave("08:00", "deployer", 1, "checksum.run", servers=[3])
    assert "08:01, from the operator's screen" in sentences([*elsewhere, *MAILS], STOPPED)[1]


def test_what_no_screen_showed_and_nobody_found_is_said_so():
    assert sentences([], STOPPED)[1] == "No screen showed it unasked, and nobody found it."
    assert sentences(NOTICED, STOPPED)[1] == "You noticed it at 09:33, at the operator's desk, before any screen had shown it unasked."
    assert sentences(MAILS, STOPPED)[1].endswith("nobody opened or shared a sign of it.")


def test_a_forced_cut_is_no_deed_of_the_teams_and_an_accepted_one_is():
    cut = [at("10:15", "exchange.disconnected", "operator")]
    score = COST | {"runaway": "contained", "contained_at": "10:15:00"}
    found = account(log_of(), [*MAILS, *cut], score)
    assert found["ended"] == {"how": "cut", "step": step_at("10:15")}
    assert tell(SCENARIO, found["sentences"][2]) == "It ran until the exchanges cut the firm off at 10:15, and the day cost $16.2 M."
    accepted = [*gave("10:15", "risk", 1, "exchange.accept")[:1], *cut, *gave("10:15", "risk", 1, "exchange.accept")[1:]]
    assert "the risk manager let the exchanges cut the firm off" in sentences([*MAILS, *accepted], score)[2]


@pytest.mark.parametrize(
    ("events", "score", "told"),
    [
        (gave("08:39", "deployer", 1, "release.copy", servers=[8], release="smars-rlp"), {"runaway": "never", "contained_at": None},
         "At 08:39 the deployer copied smars-rlp to SMARS-8, before the bell; nothing ran away, and the day cost $16.2 M."),
        ([], {"runaway": "never", "contained_at": None}, "Nothing was done about it, and the day cost $16.2 M."),
        ([], {"runaway": "running", "contained_at": None}, "Nothing that was done ended it, and the day cost $16.2 M."),
        ([], {"runaway": "contained", "contained_at": "09:50:00"}, "It ended at 09:50, and the day cost $16.2 M."),
    ],
)  # fmt: skip
def test_the_third_sentence_fits_what_became_of_it(events, score, told):
    assert sentences(events, COST | score)[2] == told


def test_a_fault_that_the_week_put_right_is_told_as_one():
    closed = at("08:00", "week.closed", slices={"arrived": "closed"}, built=[], truths={}, ticks={}, done=[], hand_hours={}, prices_usd=0)
    first, _, third = sentences([closed], COST | {"runaway": "never", "contained_at": None})
    assert first.endswith("The week put that right before the day began.")
    assert third == "Nothing ran away, and the day cost $16.2 M."


def test_where_nothing_was_wrong_a_stop_was_for_nothing():
    quiet = load_scenario("quiet-open")
    log, score = replace(log_of(), scenario=quiet), COST | {"runaway": "never", "contained_at": None}
    stop = gave("09:31", "operator", 1, "servers.stop_all")
    words = [tell(quiet, account(log, events, score)["sentences"][2]) for events in ([], stop)]
    assert words[0] == "The firm stayed open, and the day cost $16.2 M."
    assert words[1] == "At 09:31 the operator stopped every server by hand, for which there was no need, and the day cost $16.2 M."


def test_a_sentence_speaks_to_whoever_it_is_told_to():
    _, second, _ = account(log_of(since="09:28"), [*MAILS, *NOTICED], STOPPED)["sentences"]
    assert tell(SCENARIO, voiced(second, "Cobalt")).startswith("Cobalt could have known from the start")
    assert tell(SCENARIO, second).startswith("You could have known"), "and stays as it was"


def test_the_minute_that_cost_most_is_one_of_the_curve_from_the_bell_on():
    minute = 240
    curve = [[0, 0], [minute, 9_000_000], [2 * minute, 9_100_000], [3 * minute, 9_500_000], [10 * minute, 99_000_000]]
    assert costliest(curve, minute) == (2 * minute, 400_000), "neither what came before nor more than a minute"
    assert costliest(curve[:2], minute) is None and costliest([[0, 5], [minute, 5]], 0) is None


# -- beside the record


def test_each_lesson_of_the_record_stands_beside_what_the_team_did():
    week = at("08:00", "week.closed", slices={"retired": "hole", "second": "closed"}, built=[{"name": "killswitch", "hole": False}])
    day = [*gave("09:35", "operator", 1, "killswitch.press"), *gave("09:40", "deployer", 2, "flag.clear"), *gave("09:54", "deployer", 3, "release.rollback", servers=[1, 2])]
    told = {name: tell(SCENARIO, one) for name, one in beside_record(SCENARIO, [week, *day]).items()}
    assert told == {
        "release": "A second technician looked at every server after the last copy.",
        "flag": "The old flag was used, and cleared upstream at 09:40.",
        "dead-code": "Power Peg was deleted from what ran, and still lay where a rollback would find it.",
        "switch": "A kill switch was built, and pressed at 09:35.",
        "rollback": "2 servers were rolled back, the first at 09:54, with the flag cleared first.",
    }


def test_a_team_that_did_nothing_did_as_was_done_then():
    assert [tell(SCENARIO, one) for one in beside_record(SCENARIO, []).values()] == [
        "No server was compared with the record before the bell.",
        "The old flag was used, and stayed on.",
        "Power Peg stayed on the disks.",
        "No kill switch was built. Nobody stopped anything after the bell.",
        "Nothing was rolled back.",
    ]


# -- questions


def asked(events: list[Event], score: dict[str, Any], *commands: Command) -> dict[str, str]:
    log = log_of(*commands)
    found = questions(log, events, ledger(events, log.decisions), account(log, events, score), score)
    return {one["kind"]: tell(SCENARIO, one["text"]) for one in found}


def test_questions_say_who_had_it_who_needed_it_and_how_long_it_took():
    shared = [
        *gave("09:31", "operator", 1, "log.tail", server=8),
        at("09:34", "evidence.shared", pin=1, desk="operator", what="log", number=8),
        at("09:34", "bridge.posted", item=1, desk="operator", posted="pin", title="Log of SMARS-8"),
        at("09:37", "pin.read", "risk", pin=1, desk="risk"),
    ]
    events = [shared[0], shared[1], shared[3], shared[2], shared[4]]
    found = asked([*MAILS, *NOTICED, *events], STOPPED | {"contained_at": "09:44:00"}, Command(2, step_at("09:39"), "risk", "collar.set", {"percent": 5}))
    assert found["kept"] == 'The operator had "Log of SMARS-8" at 09:31 and shared it 3 min later. Who needed it, and what kept it there?'
    assert found["unread"].startswith('"Log of SMARS-8" stood on the bridge from 09:34; the risk manager opened it 3 min later.')
    assert found["idle"].startswith('From 09:34 all three desks had "Log of SMARS-8"; the next decision came 5 min later.')
    assert found["unseen"].startswith("From 08:01 the operator's screen had the first of 3 mails") and "92 min went by" in found["unseen"]
    assert list(found) == ["unseen", "idle", "kept", "unread"], "the longest first"


def test_what_ended_before_or_took_no_minute_is_no_question():
    late = [
        at("09:50", "evidence.shared", pin=1, desk="operator", what="log", number=8),
        at("09:50", "bridge.posted", item=1, desk="operator", posted="pin", title="Log of SMARS-8"),
    ]
    assert asked(late[::-1], STOPPED, Command(2, step_at("10:30"), "risk", "collar.set", {"percent": 5})) == {}


def test_approval_that_came_late_a_cut_and_a_certainty_that_was_none_are_questions():
    declared = at("09:32", "diagnosis.declared", desk="risk", cause="new-release", place="none", evidence=[])
    events = [
        declared,
        at("09:40", "word.asked", what="smars.disconnect", desk="operator"),
        at("09:43", "word.given", what="smars.disconnect", desk="risk"),
        at("10:15", "exchange.disconnected", "operator"),
    ]
    score = COST | {"runaway": "contained", "contained_at": "10:15:00", "claims": [{"desk": "risk", "confidence": "certain", "right": False}]}
    found = asked([*MAILS, *events], score)
    assert "had an answer 3 min later" in found["word"] and found["cut"].startswith("The exchanges ended it, at 10:15.")
    assert found["sure"].startswith("At 09:32 the risk manager was almost certain")


# -- the epilogues that ship


@pytest.mark.parametrize("name", ["any-morning", "flag-first", "knight-2012", "quiet-open"])
def test_every_fault_that_can_be_drawn_has_its_sentence_and_signs_that_somebody_can_be_sent(name):
    from engine import KINDS

    scenario = load_scenario(name)
    told = {one.id: one for one in scenario.epilogue.fault}
    assert list(told) == [fault.id for fault in scenario.faults.fault]
    for one in told.values():
        assert one.signs and all(scenario.wording(text) for text in one.signs), one.id
        assert set(one.checks) <= set(KINDS), one.id
        assert one.brief.endswith(".") and one.brief.count(". ") == 0, f"{one.id}: one sentence"


def test_whatever_really_happened_names_its_source_and_an_invented_morning_says_that_it_is():
    knight = load_scenario("knight-2012").epilogue
    assert all(one.source for one in (*knight.passage, *knight.reading, *knight.lesson))
    assert len(knight.reading) == 3 and len(knight.lesson) == 5 and knight.model
    for name in ("any-morning", "flag-first", "quiet-open"):
        found = load_scenario(name).epilogue
        assert "invented" in str(found.lead) and found.model and not found.lesson


def test_a_text_of_another_run_is_told_as_it_is_known():
    assert tell(SCENARIO, phrase("At {at} the {seat} {deed}.", at=step_at("09:36"), seat="risk", deed="Held it all.")) == "At 09:36 the risk manager held it all."
