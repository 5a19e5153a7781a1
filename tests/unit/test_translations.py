"""Every language that is shipped says all that the code says, fills in what the English fills in, and is compiled from what translators edit."""

import gettext
import re
from pathlib import Path

import polib
import pytest

from tests.catalogue import ROOT, SCRIPTS, TEMPLATES, texts

LOCALE = ROOT / "game/locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
REFRESH = "makemessages and compilemessages, as game/locale/README.md has them, then translate what is new"
# %(name)s, {name} with what formats it, entities and tags: what stands in a sentence and is no word.
FILLED = re.compile(r"%\(\w+\)[sd]|%%|\{\w*(?:[.!:][^{}]*)?\}|<[^<>]+>|&\w+;")


def named(path: Path) -> str:
    return path.relative_to(LOCALE).as_posix()


def key(entry: polib.POEntry) -> str:
    """As a compiled catalogue has it."""
    context = f"{entry.msgctxt}\x04" if entry.msgctxt else ""
    return context + entry.msgid + (f"\0{entry.msgid_plural}" if entry.msgid_plural else "")


def forms(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_german_is_shipped_and_templates_and_scripts_are_read():
    assert {"de/LC_MESSAGES/django.po", "de/LC_MESSAGES/djangojs.po"} <= {*map(named, CATALOGUES)}
    assert len(TEMPLATES) > 50 and len(SCRIPTS) > 50


@pytest.mark.parametrize("language", sorted({path.parts[-3] for path in CATALOGUES}))
def test_a_shipped_language_says_all_that_the_code_says_and_nothing_else(language):
    known = {key(entry) for path in CATALOGUES if path.parts[-3] == language for entry in polib.pofile(str(path))}
    said = set(texts())
    assert not said - known, f"not in {language}: {sorted(said - known)[:10]}; run {REFRESH}"
    assert not known - said, f"no longer said: {sorted(known - said)[:10]}; run {REFRESH}"


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_nothing_of_a_shipped_catalogue_is_untranslated_or_guessed(path):
    catalogue = polib.pofile(str(path))
    empty = [entry.msgid for entry in catalogue if not all(forms(entry))]
    assert not empty, f"{named(path)} has no translation of {empty[:10]}"
    guessed = [entry.msgid for entry in catalogue.fuzzy_entries()]
    assert not guessed, f"{named(path)} has translations that msgmerge guessed: {guessed[:10]}"


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_a_translation_fills_in_what_the_english_fills_in(path):
    wrong = []
    for entry in polib.pofile(str(path)):
        # A form of a plural may leave its number out: "a server", "one of them".
        wanted = [{*FILLED.findall(one)} for one in filter(None, (entry.msgid, entry.msgid_plural))]
        wrong += [(entry.msgid, form) for form in forms(entry) if {*FILLED.findall(form)} not in wanted]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_a_compiled_catalogue_is_what_its_source_says(path):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    told = {(entry.msgid, number): form for entry in polib.pofile(str(path)) if not entry.msgctxt for number, form in enumerate(forms(entry))}
    for (msgid, number), form in told.items():
        plural = compiled._catalog.get((msgid, number))  # type: ignore[attr-defined]
        assert (compiled.gettext(msgid) if plural is None else plural) == form, f"{path.with_suffix('.mo').name}: run compilemessages"
