"""Whatever is told of a run that is over goes by its msgid or its text's id: in a language that brackets all of those, nothing is left over."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

import engine
from engine.analysis.story import Teller, fate
from engine.arguments import phrase
from tests import days
from tests.pseudo import Untold
from tests.small import small_scenario

SEED = 79
UNTIL = days.step_at("10:20")
WHO = ("", "Cobalt")


@lru_cache(maxsize=8)
def played(pilots: str, since: int = 0, until: int = UNTIL) -> tuple[engine.Rehearsal, engine.Log]:
    """Autopilots' run of a small scenario as a game has it, and its log."""
    scenario = small_scenario()
    run = engine.rehearse(scenario, SEED, dict.fromkeys(engine.DESKS, pilots), since=since, until=until, live=True)
    log = engine.Log(scenario, SEED, tuple(run.commands), run.sim.moment, refused=frozenset(command.seq for command, _ in run.refused))
    return run, log


def told_of(run: engine.Rehearsal, log: engine.Log) -> Iterator[tuple[str, engine.Sentence]]:
    """(what, sentence) of a debrief: the story's lines, and those that it had no room for, the account, questions, lessons and decisions."""
    scenario, score = log.scenario, engine.score(run.sim)
    teller = Teller(scenario)
    for event in run.events:
        teller.hear(event)
    yield from ((f"line {line.kind}", line.text) for line in teller.lines)
    yield from ((f"story {row['kind']}", row["text"]) for row in engine.story(run.events, scenario, score))
    yield from ((f"moment {one.kind}", one.text) for one in engine.moments(run.events, scenario))
    assistants = {command.seq for command in run.commands}
    for read_by in (set(), assistants):
        account = engine.account(log, run.events, score, read_by)
        yield from (("account", engine.voiced(sentence, who)) for sentence in account["sentences"] for who in WHO)
    entries = engine.ledger(run.events, log.decisions)
    yield from (("ledger", entry.title) for entry in entries if isinstance(entry.title, dict))
    yield from ((f"question {one['kind']}", one["text"]) for one in engine.questions(log, run.events, entries, account, score))
    yield from ((f"lesson {name}", text) for name, text in engine.beside_record(scenario, run.events).items())
    yield from (("decision", engine.decision_words(scenario, one)) for one in log.decisions)


def left_over(run: engine.Rehearsal, log: engine.Log, *, least: int) -> set[tuple[str, str]]:
    """What of it stays English."""
    found, left = Untold(log.scenario), set()
    for what, sentence in told_of(run, log):
        left.update((what, f"{sentence}: {words}") for words in ({*found.of(sentence)} - {*WHO}, found.within(sentence)) if words)
    assert found.read >= least
    return left


@pytest.mark.parametrize("pilots", ["competent", "novice", "history"])
def test_nothing_that_is_told_of_a_morning_has_a_word_that_is_not_in_the_catalogue(pilots):
    assert left_over(*played(pilots), least=30) == set()


@pytest.mark.whole
def test_nor_has_what_is_told_of_the_week_and_the_whole_day():
    assert left_over(*played("competent", days.WEEK, days.END), least=60) == set()


@pytest.mark.parametrize(
    "score",
    [
        {"trading": -1.0, "total": 90_000, "survives": True},
        {"trading": 9e6, "total": 9e6, "survives": True},
        {"trading": 4e8, "total": 4e8, "survives": False},
        {"trading": 4e8, "total": 4e8, "survives": True, "fate": "rescued"},
        {"trading": 9e6, "total": 9e6, "survives": True, "capital": {"deposit_usd": 2e6}},
        {"trading": 9e6, "total": 9e6, "survives": False, "capital": {"deposit_usd": 2e6}},
    ],
)
def test_every_fate_of_a_firm_is_in_the_catalogue(score: Any):
    scenario = small_scenario()
    assert Untold(scenario).of(fate(score, scenario.cash.start_usd)) == []


@pytest.mark.parametrize("name", engine.scenario_ids())
def test_what_was_wrong_and_what_came_beside_it_go_by_their_ids(name):
    scenario = engine.load_scenario(name)
    found = Untold(scenario)
    for seed in range(1, 40):
        for told in filter(None, (engine.fault_told(scenario, seed), engine.act_told(scenario, seed))):
            for part in ("story", "epilogue"):
                assert found.of(told[part]) == found.within(told[part]) == [], told
    assert found.read >= 78


def test_a_line_of_english_in_a_story_is_found():
    found = Untold(small_scenario())
    assert found.of("Stopped SMARS-8.") == ["Stopped"]
    assert found.of(phrase("Stopped {servers}.", servers="the last one")) == ["the", "last", "one"]
