"""Reduced motion and a screen reader can play a whole morning: keyboard and accessibility tree alone, from join to result."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.by_ear import LONG, Ear
from tests.e2e.conftest import Control, Opens
from tests.e2e.stack import Stack, wait_for

MARKS = ("Look here first", "Act here", "Talk here")


@pytest.fixture
def calm(browser: Browser) -> Iterator[BrowserContext]:
    """A browser whose person asks for less motion, and has seen no desk."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context
    context.close()


def shown_around(ear: Ear, marks: tuple[str, ...] = MARKS, onwards: str = "Next", done: str = "Got it") -> None:
    """The three marks of a desk, each read and left by Enter."""
    for title in marks:
        assert ear.until("dialog", title, seconds=LONG).words
        ear.holds("button", done if title == marks[-1] else onwards)
        ear.press("Enter")
    ear.gone("dialog", marks[-1])
    ear.kept()


def sends(ear: Ear, group: str, sure: str) -> None:
    """What is armed has its question, and how sure somebody is sends it."""
    assert ear.until("group", group)
    ear.tab_to("button", f"^{sure}$")
    ear.press("Enter")
    ear.kept()


def read_to_its_end(ear: Ear) -> None:
    """The result: three sentences, and each of its parts by arrow keys."""
    ear.until("link", "See the result", seconds=LONG)
    ear.tab_to("link", "See the result")
    ear.press("Enter")
    while not ear.has("heading", "What happened, and why"):
        ear.until("link", "Reload|What really happened", seconds=LONG)
        if ear.has("link", "Reload"):
            ear.tab_to("link", "Reload")
            ear.press("Enter")
    said = [node.words for node in ear.tree() if node.role == "paragraph" and any(one.startswith("What happened, and why") for one in node.within)]
    assert len(said) >= 3 and all(one.endswith(".") for one in said[:3]), said
    tab = ear.tab_to("tab", "^Decisions$")
    while True:
        assert ear.until("tabpanel", f"^{tab.name}$").words, tab
        ear.press("ArrowRight")
        tab = ear.kept()
        if tab.name == "Decisions":
            return


def test_a_room_is_joined_and_its_morning_played_to_the_result(opens: Opens, calm: BrowserContext, facilitator: Control) -> None:
    code = facilitator.create("By ear", bell="20")
    ear = Ear(opens(facilitator.stack.address, context=calm, new=True))
    ear.tab_to("textbox", "^Code")
    ear.say(code)
    ear.tab_to("textbox", "^Your name")
    ear.say("Dana")
    ear.press("Enter")

    assert "Dana" in ear.until("region", "^Team ").words
    assert "you run the eight servers" in ear.until("region", "You are the operator").words
    ear.tab_to("button", "^Take this too Risk manager, ")
    ear.press("Enter")
    ear.until("region", "You are the risk manager")
    facilitator.do(code, "10x")
    facilitator.do(code, "Start")
    facilitator.rests()

    ear.until("timer", "Market time", seconds=LONG)
    shown_around(ear)
    assert ear.has("heading", "^Operator$")
    ear.told(r"09:30\. The market is open", LONG)

    ear.press("i")
    ear.holds("region", "^Inbox")
    ear.tab_to("button", "^[0-9:]+ ", most=6)
    assert "unread" in ear.tab_to("button", "Power Peg disabled", key="ArrowDown").name
    ear.press("Enter")
    ear.until("heading", "Power Peg disabled", within="The open mail")
    ear.until("button", "^Share this mail with the team$")
    ear.tab_to("button", "^Share this mail with the team$", most=4)
    ear.press("Enter")
    ear.until("listitem", "Power Peg disabled", within="Team messages")
    assert ear.kept().name.startswith("Share")

    ear.press("d")
    ear.holds("combobox", "^What$")
    ear.say("Wrong release")
    ear.press("Tab")
    ear.holds("combobox", "^Where$")
    ear.say("SMARS-8")
    ear.tab_to("checkbox", "Power Peg disabled")
    ear.press("Space")
    ear.tab_to("button", "^Likely$")
    ear.press("Enter")
    ear.until("listitem", "SMARS-8", within="Declared so far")
    ear.kept()

    ear.press("k")
    assert "Not now" in ear.holds("switch", "Arm: Stop all servers").name
    ear.press("Space")
    ear.told("needs the risk|approval")
    ear.tab_to("button", "^Ask the risk manager.*Stop all servers")
    ear.press("Enter")
    ear.told("Asked the risk manager")
    ear.kept()

    ear.told("the phone rings: NYSE", LONG)
    facilitator.do(code, "1x")
    facilitator.rests()
    ear.tab_to("link", "^Risk.*the phone rings", key="Shift+Tab")
    ear.press("Enter")
    ear.until("heading", "^Risk manager$")
    shown_around(ear)
    ear.press("c")
    ear.holds("region", "^Phone$")
    ear.until("button", "find out and call you back(?!.*Not now)")
    ear.tab_to("button", "find out and call you back")
    ear.press("Enter")
    ear.gone("button", "find out and call you back")
    ear.kept()
    ear.press("w")
    ear.until("button", "^Approve.*Stop all servers(?!.*Not now)")
    ear.tab_to("button", "^Approve.*Stop all servers")
    ear.press("Enter")
    ear.gone("button", "^Refuse.*Stop all")
    ear.kept()
    facilitator.do(code, "30x")
    facilitator.rests()
    ear.tab_to("link", "^Operator", key="Shift+Tab")
    ear.press("Enter")
    ear.until("heading", "^Operator$")

    ear.press("8")
    assert "Running" in ear.holds("listitem", "^SMARS-8").name
    ear.until("button", "^Stop SMARS-8$")  # not while it is still connecting
    ear.tab_to("button", "^Stop SMARS-8$", most=3)
    ear.press("Enter")
    sends(ear, "^Stop SMARS-8. How sure", "Almost certain")
    ear.told("SMARS-8 stopped")
    ear.press("k")
    ear.until("switch", "^Arm: Stop all servers$")  # once it is approved and nothing is on its way
    ear.holds("switch", "^Arm: Stop all servers$")
    ear.press("Space")
    sends(ear, "^Stop all. How sure", "Likely")
    ear.until("listitem", "^SMARS-1, (Stopped|Stopping)", seconds=LONG)

    facilitator.advance(code, "10:15")
    ear.until("timer", "^10:1[5-9]", seconds=2 * LONG)
    facilitator.end(code)
    facilitator.rests()
    ear.told("The exercise has ended", LONG)
    read_to_its_end(ear)


def test_alone_the_clock_waits_for_begin_and_every_jump_of_it_asks(opens: Opens, calm: BrowserContext, stack: Stack) -> None:
    ear = Ear(opens(stack.address, context=calm, new=True))
    ear.tab_to("radio", "")
    while "1 August 2012" not in ear.focus().name:
        ear.press("ArrowDown")
    ear.tab_to("radio", "")
    while "09:28" not in ear.focus().name:
        ear.press("ArrowRight")
    ear.tab_to("button", "^Play$")
    ear.press("Enter")
    ear.until("region", "You are the operator")
    ear.tab_to("button", "^Start$")
    ear.press("Enter")
    shown_around(ear)
    ear.told("It starts when you press Begin|it starts when you press Begin", LONG)
    ear.tab_to("button", "^Begin$")
    ear.press("Enter")
    ear.told("The exercise is running")
    ear.kept()

    ear.tab_to("combobox", "^Speed$", key="Shift+Tab")
    ear.say("30")
    ear.until("combobox", "^Speed$")
    ear.tab_to("button", "^To the bell$", most=2)
    ear.press("Enter")
    assert "nobody acts" in ear.until("group", "To the bell").words
    ear.holds("button", "^Keep playing$")
    ear.press("Enter")
    ear.holds("button", "^To the bell$")
    ear.press("Enter")
    ear.tab_to("button", "^To the bell$", most=1)
    ear.press("Enter")
    ear.kept()
    ear.told(r"09:30\. The market is open", LONG)
    ear.tab_to("button", "^End$")
    ear.press("Enter")
    ear.holds("button", "^Keep playing$")
    ear.tab_to("button", "^End here$", most=1)
    ear.press("Enter")
    ear.told("The exercise has ended", LONG)
    ear.kept()
    read_to_its_end(ear)


def test_a_whole_morning_is_played_in_german_by_keyboard(opens: Opens, browser: Browser, stack: Stack) -> None:
    german = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="de-DE")
    ear = Ear(opens(stack.address, context=german, new=True))
    ear.tab_to("radio", "")
    while "1. August 2012" not in ear.focus().name:
        ear.press("ArrowDown")
    ear.tab_to("radio", "")
    while "09:28" not in ear.focus().name:
        ear.press("ArrowRight")
    ear.tab_to("button", "^Spielen$")
    ear.press("Enter")
    ear.until("region", "Sie sind Operator")
    ear.tab_to("button", "^Starten$")
    ear.press("Enter")
    shown_around(ear, ("Zuerst hierher sehen", "Hier handeln", "Hier reden"), "Weiter", "Verstanden")
    ear.told("sie läuft los, wenn Sie auf „Beginnen“ drücken", LONG)
    ear.tab_to("button", "^Beginnen$")
    ear.press("Enter")
    ear.told("Die Übung läuft")
    ear.kept()
    ear.told(r"09:30\. Der Markt ist offen", 3 * LONG)

    ear.press("i")
    ear.holds("region", "^Posteingang")
    ear.tab_to("button", "^[0-9:]+ ", most=6)
    ear.tab_to("button", "ungelesen", key="ArrowDown")
    ear.press("Enter")
    assert ear.until("region", "^Die geöffnete Mail").words
    ear.kept()

    ear.press("d")
    ear.holds("combobox", "^Was$")
    ear.press("ArrowDown")
    ear.press("Tab")
    ear.holds("combobox", "^Wo$")
    ear.say("SMARS-8")
    ear.tab_to("button", "^Wahrscheinlich$")
    ear.press("Enter")
    ear.until("listitem", "SMARS-8", within="Bisher festgestellt")
    ear.kept()

    ear.press("8")
    assert "Läuft" in ear.holds("listitem", "^SMARS-8").name
    ear.until("button", "^Stoppen SMARS-8$")
    ear.tab_to("button", "^Stoppen SMARS-8$", most=3)
    ear.press("Enter")
    assert "Wie sicher sind Sie?" in ear.until("group", "^SMARS-8 stoppen").name
    ear.tab_to("button", "^Fast sicher$")
    ear.press("Enter")
    ear.told("SMARS-8")
    ear.until("listitem", "^SMARS-8, Gestoppt", seconds=LONG)

    ear.tab_to("button", "^Bis 10:15$", key="Shift+Tab")
    ear.press("Enter")
    assert "niemand handelt an Ihrem Pult" in ear.until("group", "Bis 10:15").words
    ear.tab_to("button", "^Bis 10:15$", most=3)
    ear.press("Enter")
    ear.until("timer", "^10:1[5-9]", seconds=3 * LONG)
    ear.tab_to("button", "^Beenden$")
    ear.press("Enter")
    ear.tab_to("button", "^Hier beenden$", most=2)
    ear.press("Enter")
    ear.told("Die Übung ist beendet", LONG)
    ear.tab_to("link", "Zum Ergebnis")
    ear.press("Enter")
    while not ear.has("heading", "Was geschah und warum"):
        wait_for(lambda: ear.has("heading", "Was geschah und warum") or ear.has("link", "Neu laden"), LONG, "the result, or that it is on its way")
        if ear.has("link", "Neu laden"):
            ear.tab_to("link", "Neu laden")
            ear.press("Enter")
    told = [node.words for node in ear.tree() if node.role == "paragraph" and any(one.startswith("Was geschah und warum") for one in node.within)]
    assert len(told) >= 3 and all(one.endswith(".") for one in told[:3]), told
    assert not [one for one in told if re.search(r"\b(the|and|was|were)\b", one)], told
    german.close()
