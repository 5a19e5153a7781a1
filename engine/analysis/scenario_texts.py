"""What of a scenario's texts another language has: for whoever translates them. The file is engine.scenario.catalogues'."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.analysis.playbook import SAFEGUARD, rows_of
from engine.scenario.catalogues import (
    Translation,
    agree,
    catalogue,
    has_words,
    own_file,
    placeholders,
    read_po,
    shared_file,
    walked,
    write_po,
)
from engine.scenario.folders import File, Folder
from engine.scenario.glossary import shared
from engine.scenario.problems import Problem, as_written
from engine.scenario.scenario import Scenario

GLOSSARY = "glossary"  # in place of a scenario's id: the terms that every scenario has


class Texts(NamedTuple):
    """What a file is to translate: text -> where it stands; and what it has, and what the files under it have."""

    said: Mapping[str, str]
    file: File
    below: Mapping[str, str]

    @property
    def entries(self) -> dict[str, Translation]:
        """What it has, by the text. Raises CatalogueError."""
        return {one.english: one for one in read_po(self.file)}


def texts_of(scenario: Scenario) -> dict[str, str]:
    """Every text of a scenario that people read -> where it stands."""
    found: dict[str, list[str]] = {}

    def note(where: str, english: str) -> str:
        if where not in (places := found.setdefault(english, [])):
            places.append(where)
        return english

    scenario.in_words(note)
    lab = scenario.files / "lab.toml"
    for row in rows_of(lab, "safeguard", SAFEGUARD) if lab.is_file() else ():
        note(f"lab.{row['id']}.label", row["label"])
        note(f"lab.{row['id']}.text", row["text"])
    return {english: ", ".join(places[:3]) for english, places in found.items() if has_words(english)}


def glossary_texts(code: str) -> Texts:
    """Those of the shared glossary."""
    found: dict[str, str] = {}

    def note(where: str, english: str) -> str:
        found.setdefault(english, where)
        return english

    walked(shared(), note, GLOSSARY)
    return Texts({english: where for english, where in found.items() if has_words(english)}, shared_file(code), {})


def own_texts(scenario: Scenario, base: Scenario | None, code: str) -> Texts:
    """Those of a scenario that neither its base nor the shared glossary says."""
    others = {**glossary_texts(code).said, **(texts_of(base) if base else {})}
    said = {english: where for english, where in texts_of(scenario).items() if english not in others}
    below = catalogue(scenario.files.base or Folder(scenario.id, {}), code)
    return Texts(said, own_file(scenario.files, code), below)


def problems_of_texts(texts: Texts) -> Iterator[Problem]:
    """What a language's file lacks, what no text says any more, and what is filled otherwise than its English. Raises CatalogueError."""
    name, entries = texts.file.name, texts.entries
    for english, where in texts.said.items():
        one = entries.get(english)
        if (one is None or one.fuzzy or not one.told) and english not in texts.below:
            yield Problem(name, where, as_written(english), "a translation, or it is told in English")
    for english, one in entries.items():
        if english not in texts.said:
            yield Problem(name, f"line {one.line}", as_written(english), "a text of the scenario: nothing in it says this any more")
        elif one.told and not agree(english, one.told):
            names = ", ".join(dict.fromkeys(placeholders(english) or ())) or "no placeholder"
            yield Problem(name, f"line {one.line}", as_written(one.told), f"{names} as in its English, or it is told in English")


def written_texts(texts: Texts, code: str) -> str:
    """The file anew: every text with the translation that there is, and at the end those that nothing says any more."""
    entries = texts.entries
    rows = [(where, english, one) for english, where in texts.said.items() for one in (entries.get(english),)]
    kept = [(where, english, one.told if one else "", bool(one and one.fuzzy)) for where, english, one in rows]
    return write_po(code, kept, [(one.english, one.told) for one in entries.values() if one.english not in texts.said and one.told])
