"""What is said in a run is held by its text's id: no sentence of a scenario's stands in state, events or frames, and words are made where they
are read, in any language."""

import ast
import json
import re
from dataclasses import replace
from functools import lru_cache
from string import Formatter
from typing import Any

import pytest

import engine
from engine import DESKS, Language, Rehearsal, load_scenario, read_scenario, scenario_files
from engine.evidence.telling import ids
from engine.scenario.wordings import wording
from engine.sights.cards import SPOKEN
from engine.sights.sight import told_sight
from game.control.event_words import ASIDE, EVENTS
from game.live.loudspeaker import pack, to_json
from game.live.words import Reader
from tests import days
from tests.read import texts_in

LOOKERS = (*DESKS, "projector", "facilitator")
HELP = ("guided", "2012")
SEED, UNTIL = 79, "10:05"
TELLERS = {"spoken.py", "live/words.py", "models/contents.py", "debrief/bundles.py"}  # of the game; bundles are in English whoever asks
TELLS = {"engine.tell", "engine.told", "engine.glossary"}
WORDY = 18  # letters of a text in a row: fewer may be a name


def literals(text: str) -> list[str]:
    """The runs of a text between its placeholders that no other text has by chance, a line each."""
    parts = [line for literal, *_ in Formatter().parse(text) for line in literal.splitlines()]
    return [part.strip() for part in parts if len(part.strip()) >= WORDY and " " in part.strip()]


@lru_cache(maxsize=4)
def played(name: str, scenario: str = "knight-2012") -> tuple[Rehearsal, dict[str, Any]]:
    """A morning that autopilots play, and everybody's cards at some moments of it, as they are published."""
    frames: dict[str, Any] = {}

    def watch(sim: engine.Simulation, sights: object) -> None:
        if sim.now % 960 == 0:
            for desk in LOOKERS:
                for level in HELP if desk in DESKS else HELP[:1]:
                    frames[f"{days.told(sim.now, 0)} {desk} {level}"] = dict(engine.sight(sim, desk, level))

    found = load_scenario(scenario)
    return engine.rehearse(found, SEED, dict.fromkeys(DESKS, name), until=days.step_at(UNTIL), watch=watch), frames


def everything(name: str) -> dict[str, Any]:
    """State, events and frames of a run."""
    run, frames = played(name)
    return {"state": run.sim.memory(), "events": [event.data for event in run.events], "frames": frames}


@pytest.mark.parametrize("name", ["competent", "novice"])
def test_no_sentence_of_the_scenario_stands_in_state_events_or_frames(name):
    run, frames = played(name)
    cards = [card for cards in frames.values() for kind, card in cards.items() if kind != "releases"]  # the code in a diff has a reject's words
    packed = pack(0, {str(number): (0, to_json(card)) for number, card in enumerate(cards)})
    held = "\n".join([packed, json.dumps(run.sim.memory()), json.dumps([event.data for event in run.events])])
    found = {name: part for name, known in run.sim.scenario.wordings.items() for part in literals(known.text) if json.dumps(part)[1:-1] in held}
    assert found == {}
    told = json.dumps(engine.told(run.sim.scenario, cards), ensure_ascii=False)
    assert sum(any(part in told for part in literals(known.text)) for known in run.sim.scenario.wordings.values()) > 100, "and all the same they are read"


@pytest.mark.parametrize("name", ["competent", "novice"])
def test_every_id_is_a_text_and_holds_what_that_names_and_nothing_else(name):
    scenario = load_scenario("knight-2012")
    for where, content in everything(name).items():
        found = texts_in(json.loads(json.dumps(content)))
        assert found, where
        for text in found:
            assert set(text["values"]) == set(scenario.wordings[text["text"]].names), text
            words = engine.tell(scenario, text)
            assert words and not re.search(r"[{}…]", words.replace("{", "", 0)), words


@pytest.mark.parametrize("name", ["competent", "novice"])
def test_cards_with_texts_are_those_that_an_autopilot_has_read_to_it(name):
    """And what it is given has none left."""
    run, frames = played(name)
    assert {kind for cards in frames.values() for kind, card in cards.items() if texts_in(card)} <= {*SPOKEN}
    for desk in DESKS:
        assert texts_in(engine.sight(run.sim, desk)) and not texts_in(told_sight(run.sim, desk, "guided"))


def test_what_fills_a_text_is_no_word_of_a_language():
    """Numbers, steps, stocks, places in lists, and names of people, firms and machines: who writes is who it is in any language."""
    names = {"symbol", "symbol2", "other", "order_symbol", "company", "company2", "sender", "caller", "place", "text", "side", "price", "level", "exchange", "broker", "reason"}
    found = [(name, value) for part in everything("competent").values() for text in texts_in(part) for name, value in text["values"].items()]
    assert {name for name, value in found if isinstance(value, str)} <= names
    assert {type(value) for _, value in found} >= {int, str, dict}


@pytest.mark.parametrize("desk", DESKS)
def test_a_desk_is_told_no_text_that_it_was_not_sent(desk):
    """Bodies of its own mails once they were opened, its own calls, alerts and hints, and what the bridge and the public screen have for all."""
    run, _ = played("novice")
    sim, pool = run.sim, run.sim.inbox
    mine = [mail for mail in pool.mails.values() if mail["desk"] == desk]
    sent = {*ids([mail["subject"] for mail in mine]), *ids([mail["body"] for mail in mine if str(mail["id"]) in pool.opened])}
    sent |= {*ids(pool.headlines)}
    sent |= {*ids([row for rows in (pool.calls, pool.alerts, pool.hints) for row in rows if row["desk"] == desk]), *ids(sim.bridge.items)}
    sent |= {f"reply:{key}" for call in pool.calls if call["desk"] == desk for key in call["replies"]}
    sent |= {f"cause:{cause.id}" for cause in sim.scenario.diagnosis.cause} | {*ids([row["title"] for row in sim.bridge.seen[desk]])}
    documents = {"deployer": ("release:", "behaviour:", "diff:", "change:", "ticket:", "config:", "data:"), "operator": (), "risk": ("bid:", "block:", "offer:")}
    sent |= {name for name in sim.scenario.wordings if name.startswith(("desk:", *documents[desk]))}
    sent |= {f"checklist:{item.id}" for item in sim.scenario.barriers.item if item.desk == desk}
    shown = {*ids(engine.sight(sim, desk, "guided"))}
    assert shown and shown <= sent
    unread = {*ids([mail["body"] for mail in mine if str(mail["id"]) not in pool.opened])} - sent
    assert unread and not unread & shown, "a mail that nobody has opened is there by its subject alone"


def test_nothing_that_a_desk_sends_is_read_as_a_text():
    """Whatever stands in the arguments of a command, no card makes words of it: an id that somebody sends comes back as it is, or not at all."""
    run, _ = played("novice")
    body = next(mail["body"] for mail in run.sim.inbox.mails.values() if mail["desk"] == "risk" and str(mail["id"]) not in run.sim.inbox.opened)
    words, taken = engine.tell(run.sim.scenario, body).splitlines()[0], set()
    sim, number = engine.restore(run.sim.scenario, engine.save(run.sim)), 1_000_000
    for kind, lever in sorted(engine.KINDS.items()):
        for given in (body, [body], json.dumps(body), body["text"]):
            for desk in lever.desks:
                number += 1
                if sim.submit(engine.Command(number, sim.now, desk, kind, dict.fromkeys(lever.args, given))) is None and lever.args:
                    taken.add(kind)
    for desk in LOOKERS:
        cards = {name: Reader(sim.scenario).card(to_json(card)) for name, card in engine.sight(sim, desk, "guided").items()}
        assert not [name for name, card in cards.items() if words in card], desk
    assert "bridge.say" in taken and body["text"] in to_json(engine.sight(sim, "operator")), "what was typed is shown as it was typed"


def test_the_game_makes_words_of_rows_and_cards_alone():
    """No view and no message names a text: who has the engine tell one is these modules, in the language of whoever is answered."""
    from tests.unit.test_tidy import GAME, ROOT

    found = {path.relative_to(ROOT / "game").as_posix(): tellings(path.read_text(encoding="utf-8")) for path in GAME}
    assert {name for name, calls in found.items() if calls} == TELLERS
    for name in ("spoken.py", "models/contents.py"):
        assert all("spoken()" in call for call in found[name]), name
    addresses = (ROOT / "game/urls.py").read_text(encoding="utf-8")
    assert not re.search(r"text|wording", addresses)


def tellings(source: str) -> list[str]:
    """Where a module has the engine make words of a text: calls, whole; and where it takes what makes them for something else."""
    nodes = list(ast.walk(ast.parse(source)))
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) in TELLS]
    called = [call.func for call in calls]
    taken = [node for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node) in TELLS and node not in called]
    named = [node for node in nodes if isinstance(node, ast.ImportFrom) and {f"{node.module}.{one.name}" for one in node.names} & TELLS]
    return [ast.unparse(node) for node in (*calls, *taken, *named)]


def test_what_has_the_engine_make_words_is_found_however_it_is_written():
    assert tellings("import engine\nlines = [engine.tell(scenario, one) for one in rows]") == ["engine.tell(scenario, one)"]
    assert tellings("import engine\nmade = map(partial(engine.told, scenario), rows)") == ["engine.told"]
    assert tellings("from engine import Phrase, tell as say") == ["from engine import Phrase, tell as say"]
    assert tellings("engine.teller(scenario)\nreader.told(engine.story(events, scenario))") == []


def reworded(files: dict[str, str]) -> dict[str, str]:
    """The scenario's texts with other words around them."""
    found = {}
    for name, text in files.items():
        if name.endswith(("mail.toml", "calls.toml", "hints.toml", "week.toml", "faults.toml", "injects.toml")):
            text = re.sub(r'^(subject|body|opening|text|headline) = ("""\\\\?\n|"(?!""))', r"\1 = \2Said otherwise: ", text, flags=re.MULTILINE)
        found[name] = text
    return found


@pytest.mark.parametrize("name", ["knight-2012", "any-morning"])
def test_other_words_for_its_texts_change_nothing_that_comes_out(name):
    run, _ = played("competent", name)
    files = reworded(scenario_files(load_scenario(name)))
    other = read_scenario(name, files)
    assert other.sha256 != run.sim.scenario.sha256
    again = Rehearsal(engine.Simulation(other, SEED))
    for command in run.commands:
        engine.step_to(again.sim, command.step, again.curve)
        again.sim.submit(command)
    engine.step_to(again.sim, run.sim.now, again.curve)
    again.events += again.sim.take_events()
    assert again.outcome() == run.outcome()
    for desk in DESKS:
        assert engine.sight(again.sim, desk) == engine.sight(run.sim, desk)
        assert engine.told(other, engine.sight(again.sim, desk)) != engine.told(run.sim.scenario, engine.sight(run.sim, desk))


def latin(scenario: engine.Scenario) -> Language:
    """A second catalogue: every text backwards but for what fills it, and numbers said in its own way."""
    ours = {say: wording(say) for say in engine.msgids()}
    texts = {known.text: "Latine: " + " ".join(f"{{{value}}}" for value in known.names) for known in (scenario.wordings | ours).values()}
    says = {**engine.ENGLISH.says, "direction": lambda _, sign: "sursum" if sign > 0 else "deorsum", "move": lambda _, bp: f"{bp // 100} centesimae"}
    return replace(engine.ENGLISH, code="la", texts=texts, says=says)


def told_story(events, scenario, score) -> list[dict]:
    return engine.told(scenario, engine.story(events, scenario, score))


def told_moments(events, scenario) -> list[tuple]:
    return [(one.step, one.desk, engine.tell(scenario, one.text), one.kind) for one in engine.moments(events, scenario)]


@pytest.mark.parametrize("name", ["competent", "novice"])
def test_a_run_whose_events_hold_sentences_reads_as_it_does_by_ids(name):
    """As runs of rules 2 do."""
    run, _ = played(name)
    scenario, score = run.sim.scenario, engine.score(run.sim)
    older = [engine.Event(one.step, one.kind, one.audience, engine.told(scenario, one.data)) for one in run.events]
    assert texts_in([one.data for one in run.events]) and not texts_in([one.data for one in older])
    log = engine.Log(scenario, SEED, tuple(run.commands), run.sim.moment)
    for events in (older, run.events):
        assert told_story(events, scenario, score) == told_story(run.events, scenario, score)
        assert told_moments(events, scenario) == told_moments(older, scenario)
        titles = [[engine.tell(scenario, one.title) for one in engine.ledger(rows, log.decisions)] for rows in (events, older)]
        assert titles[0] == titles[1]
    told = [tell(one.data, scenario) for rows in (older, run.events) for one in rows if (tell := (EVENTS | ASIDE).get(one.kind))]
    assert told[: len(told) // 2] == told[len(told) // 2 :] and any("rings: " in line for line in told)


def test_two_people_read_the_same_frames_in_two_languages():
    run, frames = played("novice")
    scenario = run.sim.scenario
    ours, theirs = Reader(scenario), Reader(scenario, latin(scenario))
    texts = [to_json(card) for cards in frames.values() for card in cards.values()]
    spoken = [text for text in texts if engine.MARK in text]
    assert spoken and len(spoken) < len(texts)
    for text in spoken:
        english, other = json.loads(ours.card(text)), json.loads(theirs.card(text))
        assert not texts_in(english) and not texts_in(other) and "Latine" in json.dumps(other) and "Latine" not in json.dumps(english)
    assert all(ours.card(text) == text for text in texts if text not in spoken)
    moved = [text for text in texts_in(run.sim.memory()) if {"move", "direction"} <= text["values"].keys()]
    assert moved and re.search(r"\d+ centesimae", engine.tell(scenario, moved[0], theirs.language))


def test_a_card_is_told_once_however_many_screens_are_sent_it(monkeypatch):
    run, _ = played("competent")
    told: list[object] = []
    monkeypatch.setattr(engine, "told", lambda scenario, content, language: told.append(content) or content)
    reader, text = Reader(run.sim.scenario), to_json(engine.sight(run.sim, "risk")["inbox"])
    for version in range(30):
        assert reader.cards({"inbox": (version, text)})["inbox"][0] == version
    assert len(told) == 1
