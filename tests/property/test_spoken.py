"""Whatever the engine says to a person goes by its msgid or its text's id: in a language that brackets all of those, nothing is left over."""

from collections.abc import Iterator
from typing import Any

import pytest

import engine
from engine.arguments import phrase
from engine.commands import Refused
from engine.events import DESKS
from engine.firm.bridge import PINS
from engine.sights import cards
from tests import days
from tests.pseudo import WORD, Untold, bracketed, leaves, pseudo, unfilled
from tests.small import small_scenario

SEED = 79
CARDS: dict[str, Any] = {
    "deployer": cards.DeployerCards, "operator": cards.OperatorCards, "risk": cards.RiskCards, "projector": cards.ProjectorCards,
}  # fmt: skip
HELP = ("2012", "guided")
# What a card's fields have that nobody reads as words, or reads as they are. By the field, or by the path of one.
CLOCKS = {"at", "date", "clock", "until", "started", "ends_at", "since", "copied_at", "built", "dated", "as_of", "from", "to", "asked", "ruling_at", "when", "by"}
IDS = {"kind", "id", "key", "what", "cause", "place", "name", "card", "lever", "args[]", "control", "built[]", "raised"}
NAMED = {
    "caller", "number", "sender", "bank", "hosts[]", "symbols[]", "companies[]", "symbol", "hash", "disk", "process", "disk_release", "process_release",
    "recorded", "target", "name", "to_build[]", "flag", "where", "price", "level", "sign",
}  # fmt: skip
TYPED = {"messages.messages[].text", "messages.messages[].from", "rules.rules[].match", "log.search"}
PRINTED = {"releases.diffs[].lines[].text", "fleet.servers[].config.disk.lines[].text", "fleet.servers[].data.disk.lines[].text",
           "fleet.servers[].config.loaded.lines[].text", "fleet.servers[].data.loaded.lines[].text"}
# Sentences of cards that may be words already: what somebody typed or a tool printed.
AS_IT_IS = {"bridge.items[].lines[]", "terminal.lines[].text", "messages.messages[].replies[].text"}
FILLED = {"ratio"}  # in brackets of a preview, what is filled in from the run
MACHINES = {"diff", "terminal", "config", "data"}  # pins that show what a tool printed or a file holds


def untold(found: Untold, desk: str, shown: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(where, what) of all English on a desk's cards."""
    for where, value, is_read in leaves(shown, CARDS[desk], ""):
        path = where.removeprefix(".")
        field = path.rpartition(".")[2]
        if is_read:
            if value and not (isinstance(value, str) and path in AS_IT_IS) and (words := found.of(value)):
                yield path, f"{value}: {words}"
        elif field not in (CLOCKS | IDS | NAMED) and path not in (TYPED | PRINTED) and WORD.search(value):
            yield path, value


def pins(sim: engine.Simulation, desk: str) -> Iterator[tuple[str, engine.Sentence]]:
    """(what, sentence) of all that a desk could share, and of why it cannot."""
    sim.acting = desk
    for (one, what), make in PINS.items():
        for number in range(9) if one == desk else ():
            try:
                title, lines = make(sim, number)
            except Refused as refused:
                yield what, refused.reason
                continue
            yield what, title
            yield from ((what, line) for line in lines if not (isinstance(line, str) and what in MACHINES))


def looked_at(scenario: engine.Scenario, pilots: str, since: int, until: int, every: int) -> set[tuple[str, str]]:
    """All that was left over in a rehearsal, on every desk's cards and pins and in every answer to a command."""
    found, left = Untold(scenario), set()

    def watch(sim: engine.Simulation, sights: object) -> None:
        if sim.now % every:
            return
        for desk in CARDS:
            for level in HELP if desk in DESKS else HELP[:1]:
                shown: dict[str, Any] = {**engine.sight(sim, desk, level)}
                left.update(untold(found, desk, shown))
                left.update(("never filled", str(one)) for one in unfilled(scenario, shown))
        for desk in DESKS:
            left.update((f"pin {what}", f"{sentence}: {words}") for what, sentence in pins(sim, desk) if (words := found.of(sentence)))

    run = engine.rehearse(scenario, SEED, dict.fromkeys(DESKS, pilots), since=since, until=until, help_level="guided", live=True, watch=watch)
    left.update((f"refused {command.kind}", str(reason)) for command, reason in run.refused if found.of(reason))
    assert found.read > 1000
    return left


@pytest.mark.whole
@pytest.mark.parametrize("pilots", ["competent", "novice", "assistant"])
def test_no_card_pin_or_answer_of_a_morning_has_a_word_that_is_not_in_the_catalogue(pilots):
    assert looked_at(small_scenario(), pilots, 0, days.step_at("10:10"), 1920) == set()


@pytest.mark.whole
def test_nor_has_one_of_the_week_and_the_day_after_it():
    assert looked_at(small_scenario(), "competent", days.WEEK, days.END, 4800) == set()


def test_nor_has_one_of_the_morning_as_it_was():
    assert looked_at(engine.load_scenario("knight-2012"), "novice", days.step_at("09:20"), days.step_at("09:40"), 960) == set()


def test_nor_have_the_wishes_that_a_page_is_given():
    scenario = small_scenario()
    found = Untold(scenario)
    menus = [wish for wishes in engine.wishes(scenario).values() for part in wishes.values() for wish in part]
    assert len(menus) > 50
    for wish in menus:
        left = [word for word in found.of(wish["words"]) if word not in ("server", wish["chosen"])]
        assert not left, wish
    questions = [wish["args"]["text"] for wish in menus if wish["kind"] == "bridge.say"]
    assert len(questions) == 3 and [found.of(question) for question in questions] == [[], [], []], "and what they say on the bridge"


@pytest.mark.parametrize("name", engine.scenario_ids())
def test_nor_has_what_the_facilitator_has_ready_for_a_room(name):
    scenario = engine.load_scenario(name)
    found = Untold(scenario)
    for card in engine.ready_injects(scenario):
        takes = {"server": 3, "minutes": card["minutes"], "text": "27 Jul"}
        args = {one: takes.get(one, "") if one in card["takes"] else "" if one == "text" else 0 for one in takes}
        shown = engine.inject_preview(scenario, {"id": 1, "card": card["id"], "desks": card["desks"], "at": 0, "when": None, **args})
        rows = [row for rows in shown["desks"].values() for row in rows]
        texts = [card["title"], card["text"], shown["title"], shown["effect"], shown["room"]]
        for text in texts + [one for row in rows for one in (row["title"], row["text"], *row["replies"])]:
            assert {*found.of(text)} <= FILLED and found.within(text) == [], text
    for line in engine.scenario_script(scenario, scenario.calendar.week):
        assert found.of(line["text"]) == [], line


def test_a_word_that_was_never_translated_is_found():
    found = Untold(small_scenario())
    assert bracketed("Stop {server} at {rate:,}") == "⟦Stop ⟧{server}⟦ at ⟧{rate:,}"
    assert found.of(phrase("No msgid of ours: {server}", server="SMARS-1")) == ["No", "msgid", "of", "ours"]
    assert found.of(phrase("Rates of {server} at {time}", server="the first", time="27 Jul 18:30")) == ["the", "first"]
    assert engine.tell(None, phrase("Rates of {server} at {time}", server="SMARS-1", time="09:30"), pseudo(small_scenario())) == "⟦Rates of ⟧SMARS-1⟦ at ⟧09:30"
