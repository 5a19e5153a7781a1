"""A scenario's texts in another language: the file that translators write, what is told where it lacks something, and what is to be translated."""

import importlib
import pkgutil
import subprocess
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

import engine.scenario
from engine import Language, ScenarioError, load_scenario, own_texts, phrase, problems_of_texts, read_scenario, scenario_files, tell, written_texts
from engine.scenario.catalogues import TRANSLATED, CatalogueError, Translation, agree, read_po, write_po
from engine.scenario.folders import File

ID = "flag-first"
XX = Language("xx")  # nobody's: it has what these tests write
# Text that nobody translates: ids and conditions, times, names and hashes, code, what a machine prints, and what the autopilots know mails by.
NO_WORDS = {
    "ActText": {"id"},
    "Barrier": {"id", "fact", "built"},
    "BlockBid": {"id", "from_", "until"},
    "Broker": {"name"},
    "CallText": {"id", "when", "after", "on", "unless", "from_", "to", "number"},
    "CapitalOffer": {"id"},
    "Cause": {"id"},
    "Change": {"when"},
    "ChecklistItem": {"id", "fact", "built"},
    "Days": {"evening_from", "evening_to", "start", "due", "close", "block", "end"},
    "Deposit": {"calls"},
    "Diff": {"id", "text", "release"},
    "Duty": {"id", "certifies", "logs_on", "lists", "sets", "quickens"},
    "Exchange": {"cut_until"},
    "FaultSigns": {"id", "signs", "checks"},
    "FaultText": {"id", "cause", "version", "onset", "leaves"},
    "Flow": {"premarket_from", "premarket_to", "flagged_last", "history_rollback"},
    "GuideStep": {"id", "card", "lever", "args", "done"},
    "Headline": {"id", "when", "after", "on", "unless", "from_", "to"},
    "HintText": {"id", "when", "after", "on", "unless", "from_", "to"},
    "Holes": {"of"},
    "Hotfix": {"name", "built", "hash", "flag"},
    "InjectCall": {"number"},
    "InjectText": {"id", "rings", "does"},
    "LogLine": {"text", "with_reason"},
    "MailSubjects": {"briefing", "ticket", "procedure", "changed"},
    "Market": {"open", "bell_end", "breakers_from", "breakers_to"},
    "Objective": {"id", "levers", "before"},
    "ParentRow": {"symbol"},
    "Planned": {"id", "thread", "at", "from_", "to"},
    "PlannedAlert": {"id", "at"},
    "RejectLayout": {"id"},
    "Release": {"name", "built", "hash", "flag"},
    "ReleaseNote": {"release"},
    "Reply": {"key", "does"},
    "Scenario": {"id", "levers", "sha256"},
    "SecondFault": {"cause", "version"},
    "ServerFleet": {"name", "target", "reported", "flag", "copied", "stale_seeds"},
    "Session": {"name"},
    "StateMail": {"id", "when", "after", "on", "unless", "from_", "to", "thread", "does"},
    "SymbolRow": {"symbol", "name"},
    "Term": {"id"},
    "Ticket": {"when"},
    "Told": {"system", "year"},
    "Version": {"name", "hash", "dated", "lines"},
    "Versions": {"recorded"},
    "When": {"id", "when", "after", "on", "unless", "from_", "to"},
    "_Judged": {"id", "fact", "built"},
}
PAIR = 'msgid "a"\nmsgstr "b"\n'


def po(*pairs: tuple[str, str]) -> str:
    return write_po("xx", [("here", english, told, False) for english, told in pairs], [])


def with_files(**files: str) -> engine.Scenario:
    """flag-first with the file of a language; `base`: with one beside knight-2012, which it is based on."""
    places = {"own": f"{ID}/xx.po", "base": "knight-2012/xx.po"}
    return read_scenario(ID, scenario_files(load_scenario(ID)) | {places[place]: text for place, text in files.items()})


def models(of: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for one in of.__subclasses__():
        if one.__module__.startswith("engine.scenario."):
            yield one
        yield from models(one)


def holds_text(kind: Any) -> bool:
    return kind is str or (get_origin(kind) is not Literal and any(map(holds_text, get_args(kind))))


def test_all_text_of_a_scenarios_keys_is_translated_or_is_no_words():
    for module in pkgutil.iter_modules(engine.scenario.__path__):
        importlib.import_module(f"engine.scenario.{module.name}")
    rest: dict[str, set[str]] = {}
    for model in models():
        if found := {name for name, field in model.model_fields.items() if holds_text(field.annotation)} - {*TRANSLATED.get(model, ())}:
            rest[model.__name__] = found
    assert rest == NO_WORDS
    assert all({*names} <= {*model.model_fields} for model, names in TRANSLATED.items())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "line 1 = byte 0: expected UTF-8"),
        (b'msgid "a"\n', "expected a msgstr after each msgid"),
        (b'msgid "a"\nmsgid "b"\nmsgstr "c"\n', 'line 2 = \'msgid "b"\': expected msgid "..." and then msgstr "..."'),
        (b'msgstr "a"\n', "line 1 = "),
        (b'msgctxt "a"\nmsgid "b"\nmsgstr "c"\n', "line 1 = "),
        (b'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', "line 2 = "),
        (b'msgid "a\nmsgstr "b"\n', "line 1 = "),
        (b'msgid "a" b\nmsgstr "c"\n', "line 1 = "),
        (b'msgid "a\\"\nmsgstr "c"\n', "line 1 = "),
        (b'"a"\n', "line 1 = "),
        (b"<html>\n", "line 1 = '<html>'"),
        ((PAIR + PAIR).encode(), "line 3 = 'a': expected each text once"),
        (b"x" * 5000, "line 1 = 'xxx"),
        ("msgid\u2028\x00\n".encode(), r"line 1 = 'msgid\u2028\x00'"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_in_a_line(content, says):
    with pytest.raises(CatalogueError) as refusal:
        read_po(File("xx.po", content))
    said = str(refusal.value)
    assert said.startswith("xx.po: line ") and says in said and len(said.splitlines()) == 1 and len(said) < 250


def test_a_file_is_read_as_gettext_writes_it(tmp_path):
    texts = ['Say "no"', "a\\b", "two\nlines\n", "a\ttab", "für Öl – „ja“"]
    written = write_po("xx", [("here", one, one.upper(), number == 1) for number, one in enumerate(texts)], [("old", "OLD")])
    found = read_po(File("xx.po", written.encode()))
    assert [(one.english, one.told, one.fuzzy) for one in found] == [(one, one.upper(), number == 1) for number, one in enumerate(texts)]
    (tmp_path / "xx.po").write_text(written)
    subprocess.run(["msgfmt", "--check", "-o", tmp_path / "xx.mo", tmp_path / "xx.po"], check=True)
    again = subprocess.run(["msgcat", "--width=30", tmp_path / "xx.po"], check=True, capture_output=True, text=True).stdout
    assert [one[:3] for one in read_po(File("xx.po", again.encode()))] == [one[:3] for one in found]
    assert read_po(File("xx.po", f'\ufeff#, fuzzy\n#~ msgid "x"\n#~ msgstr "y"\n\n{PAIR}'.replace("\n", "\r\n").encode())) == [Translation("a", "b", False, 5)]
    assert read_po(File("xx.po", None)) == []


@pytest.mark.parametrize(
    ("english", "told", "same"),
    [
        ("{a} and {b}", "{b}, {a} und {b}", True), ("{a}", "{b}", False), ("{a:,}", "{a}", False), ("none", "{a}", False), ("{a}", "a", False),
        ("{a}", "{a", False), ("a { b", "a { c", True), ("a { b", "a c", True),
    ],
)  # fmt: skip
def test_a_translation_is_filled_as_its_text_is(english, told, same):
    assert agree(english, told) is same


def test_a_text_is_told_from_its_own_file_then_from_that_of_what_it_is_based_on_and_else_in_english():
    own, base = ("Ten minutes to learn it", "Zehn Minuten"), ("risk manager", "Risikomanager")
    found = with_files(own=po(own, ("Restart it", "{server} neu starten")), base=po(base, (own[0], "Anders")))
    said = XX.of(found)
    assert (said.title, said.told.desks.risk.title, said.told.desks.operator.title) == ("Zehn Minuten", "Risikomanager", "operator")
    steps = {one.id: one.title for one in said.guide.step}
    assert "Restart it" in steps.values(), "what is filled otherwise than its English is not told"
    assert engine.Language("yy").of(found).title == found.title == own[0]
    assert XX.of(with_files(own=po(own).replace("msgid", "#, fuzzy\nmsgid", 2).replace("#, fuzzy\n", "", 1))).title == own[0]
    changed = scenario_files(found)
    changed[f"{ID}/scenario.toml"] = changed[f"{ID}/scenario.toml"].replace(own[0], "Nine minutes to learn it")
    assert XX.of(read_scenario(ID, changed)).title == "Nine minutes to learn it", "what was changed since is not told as it was"


def test_two_languages_of_one_scenario_do_not_get_into_each_others_way():
    found = with_files(own=po(("Ten minutes to learn it", "Zehn Minuten")))
    first, second = Language("xx"), Language("xx", catalogue=lambda _: {"Ten minutes to learn it": "Dix minutes"})
    assert [one.of(found).title for one in (first, second, first)] == ["Zehn Minuten", "Dix minutes", "Zehn Minuten"]
    assert first.of(first.of(found)) is first.of(found)


def test_what_is_played_is_the_same_in_every_language_and_a_broken_file_is_a_problem_of_the_scenario():
    found = with_files(own=po(("Ten minutes to learn it", "Zehn Minuten")), base=po(("risk manager", "Risikomanager")))
    assert found.sha256 == load_scenario(ID).sha256
    with pytest.raises(ScenarioError, match=f"{ID}/xx.po: line 1 = "):
        with_files(own="no catalogue")


def test_a_clause_begins_small_within_an_english_sentence_and_stays_as_it_is_in_another_language():
    sentence = phrase("Built: {clause}; {deed}", clause=phrase("Kill switch"), deed=phrase("Stopped it."))
    assert tell(None, sentence) == "Built: kill switch; stopped it"
    german = Language("xx", {"Kill switch": "Notschalter", "Stopped it.": "Stoppte es."})
    assert tell(None, sentence, german) == "Built: Notschalter; stoppte es", "a deed begins with its verb"


def test_a_translator_is_told_what_is_lacking_what_is_left_over_and_what_is_filled_otherwise():
    found = with_files(own=po(("Ten minutes to learn it", "Zehn Minuten"), ("No text", "Kein Text"), ("Restart it", "{server} neu")))
    texts = own_texts(found, load_scenario("knight-2012"), "xx")
    assert "risk manager" not in texts.said and texts.said["Ten minutes to learn it"].startswith("title")
    problems = [str(one) for one in problems_of_texts(texts)]
    assert len(problems) == len(texts.said) - 2 + 2 and not any("'Ten minutes to learn it'" in one for one in problems)
    assert any("'No text': expected a text of the scenario" in one for one in problems)
    assert any("'{server} neu': expected no placeholder as in its English" in one for one in problems)
    written = written_texts(texts, "xx")
    assert '#~ msgid "No text"' in written and 'msgid "Ten minutes to learn it"\nmsgstr "Zehn Minuten"' in written
    assert [*texts.said] == [one.english for one in read_po(File("xx.po", written.encode()))]


def test_the_german_of_a_scenario_that_has_any_is_whole():
    scenario = load_scenario(ID)
    assert [*problems_of_texts(own_texts(scenario, load_scenario("knight-2012"), "de"))] == []
