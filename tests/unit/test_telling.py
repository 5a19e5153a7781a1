"""Words are made of a text's id and of what fills it, where it is read."""

import pytest

from engine import load_scenario, tell, told
from engine.arguments import phrase
from engine.evidence.telling import LINES, ids, said
from tests.days import OPEN, WEEK

SCENARIO = load_scenario("knight-2012")


def text(name: str, **values: object) -> dict[str, object]:
    return {"text": name, "values": values}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("symbol", "BELV", "BELV"), ("symbol", None, "the stock"), ("other", None, "others"), ("move", 1234, "12 %"), ("move", 812, "8.1 %"),
        ("direction", -1, "down"), ("verb", 1, "buying"), ("Verb", -1, "Selling"), ("ratio", 2.3, "2.3"), ("executions", 1300, "1,300"),
        ("paused", [], "none"), ("paused", ["BELV", "QJ"], "BELV, QJ"), ("clock", OPEN, "09:30:00"), ("hm", OPEN, "09:30"),
        ("clock_ms", OPEN + 1, "09:30:00.250"), ("at", OPEN, "09:30"), ("at", WEEK, "27 Jul 18:00"), ("gross", 4_600_000_000, "$4.60 billion"),
        ("usd", 80_000, "$80,000"), ("share", 2.4, "2.4 %"), ("session_share", 64, "64 %"), ("refused_share", 8, "one in 8"), ("refused_share", 0, "none"),
        ("refused_last", [[7, "BELV"], [8, "QJ"]], "order 7 in BELV, order 8 in QJ"), ("refused_last", [], "none"), ("worked", 0, "no time"),
        ("worked", 150, "two and a half hours"), ("worked", 300, "5 hours"), ("host", 3, "SMARS-3"),
        ("hashes", [[1, "aa", "bb"], [2, "cc", ""]], "SMARS-1: on disk aa, running bb\nSMARS-2: on disk cc, running nothing"),
    ],
)  # fmt: skip
def test_what_fills_a_text_is_said_in_english(name, value, words):
    assert tell(SCENARIO, phrase(f"{{{name}}}", **{name: value})) == words


def test_a_text_says_what_fills_it_and_what_it_quotes():
    subject = text("reject.subject")
    assert tell(SCENARIO, text("alert:mail_paged", sender="smars-alerts", subject=subject)) == "Mail from smars-alerts: BNET reject: Power Peg disabled"
    assert tell(SCENARIO, text("quote:alert", at=OPEN, alert=text("alert:process_down", server=3))).startswith("Alert at 09:30: Process monitor")
    assert [*ids([text("quote:mail", sender="x", subject=subject), "words"])] == ["quote:mail", "reject.subject"]


def test_words_from_a_texts_own_list_are_held_by_their_place():
    found = next(row for row in SCENARIO.evidence.planned if row.id == "batch-chain")
    assert tell(SCENARIO, text("planned:batch-chain.subject", each=1)) == f"Job {found.params['each'][1]} ended OK"


def test_a_text_holds_what_it_names_and_no_more():
    values = {"sender": "x", "subject": "y", "gross": 1_000_000}
    assert said(SCENARIO.wordings, "alert:mail_paged", values) == text("alert:mail_paged", sender="x", subject="y")
    with pytest.raises(KeyError):
        said(SCENARIO.wordings, "alert:mail_paged", {"sender": "x"})


def test_an_older_run_is_read_as_it_was_written():
    assert tell(SCENARIO, "Who is buying BELV like that?") == "Who is buying BELV like that?"
    assert told(SCENARIO, {"subject": "As it was", "mail": 3}) == {"subject": "As it was", "mail": 3}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (text("mail:gone.subject", n=3), "[mail:gone.subject]"),
        (text("alert:mail_paged", sender="x"), "Mail from x: …"),
        (text("alert:children_over", host=1, order="many", symbol="BELV", children=3), "[alert:children_over]"),
        (text("planned:batch-chain.subject", each=99), "[planned:batch-chain.subject]"),
        ({"text": 7, "values": {}}, "[7]"),
        (None, "None"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_costs_nobody_the_page(content, words):
    assert tell(SCENARIO, content) == words
    assert tell(None, text("mail:floor-1.subject")) == "[mail:floor-1.subject]"


def test_in_a_list_a_text_is_as_many_lines_as_it_has():
    body = text("mail:long.body")
    quote = {"text": "quote:mail_lines", "values": {"at": OPEN, "body": "\n".join(f"line {n}" for n in range(30))}}
    lines = told(SCENARIO, {"lines": [quote, "typed"], "title": body})["lines"]
    assert lines[:2] == ["Arrived 09:30", "line 0"] and lines[LINES - 1] == "and 16 more lines" and lines[-1] == "typed"
