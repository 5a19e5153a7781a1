"""The language of whoever is answered now, as the engine speaks it: its sentences stand in Django's catalogues under their English.

Nobody passes a language along: Django knows it for a page, a socket and what they begin, and where nobody is answered it is English.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from django.utils.translation import get_language, trans_real

import engine
from game.languages import ENGLISH

T = TypeVar("T")
_PHRASE = '{"say":'  # how a sentence begins in a row


class _Catalogue(Mapping[str, str]):
    """What a language's catalogue `django` has, by its English. It has no texts of scenarios: those have files of their own."""

    def __init__(self, code: str) -> None:
        self._found = trans_real.translation(code)

    def __getitem__(self, english: str) -> str:
        told = str(self._found.gettext(english)) if english else english
        if told == english:  # lacking, or the same word
            raise KeyError(english)
        return told

    def __iter__(self) -> Iterator[str]:
        return (english for english in engine.msgids() if english in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(maxsize=16)
def _language(code: str, folders: tuple[str, ...]) -> engine.Language:
    """`folders` are those that the catalogues were found in."""
    return engine.Language(code, _Catalogue(code))


def language_called(code: str) -> engine.Language:
    """A language of settings.LANGUAGES as the engine speaks it; what its catalogue lacks is English."""
    return engine.ENGLISH if code == ENGLISH[0] else _language(code, tuple(map(str, settings.LOCALE_PATHS)))


def spoken() -> engine.Language:
    """The language of whoever is answered now."""
    return language_called(get_language() or ENGLISH[0])


def read(scenario: engine.Scenario) -> engine.Scenario:
    """A scenario as whoever is answered now reads it: to show, and never to play."""
    return spoken().of(scenario)


def tell(scenario: engine.Scenario | None, sentence: engine.Sentence) -> str:
    """A sentence in words, for whoever is answered now."""
    return engine.tell(scenario, sentence, spoken())


def told(scenario: engine.Scenario | None, content: T) -> T:
    """The same JSON with words for every sentence in it, for whoever is answered now."""
    return engine.told(scenario, content, spoken())


def to_row(sentence: engine.Sentence) -> str:
    """A sentence as the text column of a row holds it: in nobody's language yet."""
    return sentence if isinstance(sentence, str) else json.dumps(sentence, separators=(",", ":"), allow_nan=False)


def from_row(text: str) -> engine.Sentence:
    """What `to_row` gave; an older row holds words."""
    found: engine.Sentence = json.loads(text) if text.startswith(_PHRASE) else text
    return found


def tell_row(text: str, scenario: engine.Scenario | None = None) -> str:
    """What a row holds of a sentence, in words, for whoever is answered now."""
    return tell(scenario, from_row(text))
