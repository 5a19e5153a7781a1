"""The draft of a postmortem: from the run, about the work, and Markdown that nobody's name can break."""

from typing import Any

import pytest

from game.debrief import postmortem
from game.models import Exercise, Run
from tests.builders import new_facilitator
from tests.played import finished
from tests.unit.test_report import reckon

pytestmark = pytest.mark.django_db
HEADINGS = [
    "Impact", "What happened", "Timeline", "Who knew what, when", "Contributing factors", "What went well", "Where luck helped", "To discuss",
    "Actions: one change, one owner, one date",
]  # fmt: skip


def exercise(team: str = "Cobalt") -> Exercise:
    return finished({team: "competent", "Ochre": "novice"}, until="10:20", title="Autumn class", facilitator=new_facilitator())


def draft(client: Any, run: Run) -> str:
    response = client.get(f"/result/{run.team.exercise.code}/{run.team_id}/postmortem.md")
    assert response["Content-Type"] == "text/markdown; charset=utf-8" and ".md" in response["Content-Disposition"]
    return str(response.content.decode())


def section(text: str, title: str) -> str:
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_a_run_is_told_under_every_heading_from_its_own_log(client):
    found = exercise()
    run = found.runs()[0]
    reckon(run)
    client.force_login(found.facilitator)
    text = draft(client, run)
    assert [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")] == HEADINGS
    assert "The day cost $" in section(text, "Impact")
    assert "SMARS-8" in section(text, "What happened")
    assert "| 09:33 | Risk manager |" in section(text, "Who knew what, when").replace("09:33:05", "09:33")
    assert "Check what was mended: 09:43, operator" in section(text, "Contributing factors")
    assert "saved $" in section(text, "What went well") and "Contain soon after noticing: Seen every time." in section(text, "What went well")
    assert section(text, "Where luck helped").strip() == "* The log shows nothing of it."
    assert section(text, "Actions: one change, one owner, one date").count("|  |  |  |") == 3
    assert "None" not in text and "…" not in text


def test_it_is_for_whoever_sees_the_result_and_for_nobody_else(client):
    run = exercise().runs()[0]
    assert client.get(f"/result/{run.team.exercise.code}/{run.team_id}/postmortem.md").status_code == 404


def test_what_somebody_typed_is_no_markup():
    assert postmortem.escaped("# <b>|me|</b>\n* [x](y)") == r"\# \<b\>\|me\|\</b\> \* \[x\](y)"


def test_a_right_guess_and_five_minutes_are_luck_and_a_decision_on_evidence_went_well():
    row = {"at": "09:36", "words": "Stop a server", "worth_usd": 9_000_000, "confidence": "guessing", "later": {"usd": -2_000_000, "reason": ""}}
    one: dict[str, Any] = {"worth": {"decisions": [row]}, "objectives": [], "first": {"how": "cut", "assistant": True}}
    assert list(postmortem.luck(one)) == [
        "09:36, Stop a server: a guess, and it saved $9.0 M.",
        "09:36, Stop a server: five minutes later it would have cost $2.0 M more.",
        "The exchanges ended it, and not the firm.",
        "An assistant noticed it first.",
    ]
    assert list(postmortem.went_well(one)) == []
    assert list(postmortem.went_well(one | {"worth": {"decisions": [row | {"confidence": "certain"}]}})) == ["09:36, Stop a server: saved $9.0 M."]
