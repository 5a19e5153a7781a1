"""Words for screens and pages: the hub and the rows hold a scenario's texts by their ids, and here they are told to whoever reads them.

A browser is sent finished words and never an id, so that it has nothing to ask for; a card is told once, however many screens are sent it.
"""

import json
from functools import lru_cache
from typing import TypeVar

import engine
from game.live.loudspeaker import Cards, to_json
from game.models import Run, contents

T = TypeVar("T")
CARDS_KEPT = 256  # of a scenario in one language
_READERS_KEPT = 32

_readers: dict[tuple[str, str], "Reader"] = {}


class Reader:
    """Tells the texts of a scenario in a language. Without a scenario (that of an old run, gone since) texts are told by their ids."""

    def __init__(self, scenario: engine.Scenario | None, language: engine.Language = engine.ENGLISH) -> None:
        self.scenario, self.language = scenario, language
        self._kept = lru_cache(maxsize=CARDS_KEPT)(lambda text: to_json(self.told(json.loads(text))))

    def told(self, content: T) -> T:
        """JSON with words for every text in it."""
        return engine.told(self.scenario, content, self.language)

    def card(self, text: str) -> str:
        """A card's JSON text in words."""
        return self._kept(text) if engine.MARK in text else text

    def cards(self, cards: Cards) -> Cards:
        """Cards in words, under the versions that they have."""
        return {name: (version, self.card(text)) for name, (version, text) in cards.items()}


UNKNOWN = Reader(None)


def reader_of(run: Run, language: engine.Language = engine.ENGLISH) -> Reader:
    """Who tells a run's texts: what it is played on, or where that cannot be read any more what has its name now."""
    try:
        scenario = contents.told_by(run)
    except engine.ScenarioError:
        return UNKNOWN
    key = (scenario.sha256, language.code)
    found = _readers.get(key)
    if found is None:
        found = _readers[key] = Reader(scenario, language)
        for old in list(_readers)[:-_READERS_KEPT]:
            _readers.pop(old, None)
    return found
