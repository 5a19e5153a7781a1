"""Words for screens and pages: the hub and the rows hold a scenario's texts by their ids, and here they are told to whoever reads them.

A browser is sent finished words and never an id, so that it has nothing to ask for; a card is told once in a language, however many screens
are sent it. Which language that is, Django knows of whoever is answered (`spoken`): of a page by LocaleMiddleware, of a socket by
game.sockets.doors.InTheirLanguage.
"""

from functools import lru_cache
from typing import Any, TypeVar

import orjson

import engine
from game.live.loudspeaker import Cards, to_json
from game.models import Run, contents
from game.spoken import from_row, spoken

T = TypeVar("T")
CARDS_KEPT = 256  # of a scenario in one language
_READERS_KEPT = 32

_readers: dict[tuple[int, engine.Language], "Reader"] = {}  # by the scenario itself: its fingerprint says nothing of its texts in a language


class Reader:
    """Tells the texts of a scenario in a language. Without a scenario (that of an old run, gone since) texts are told by their ids."""

    def __init__(self, scenario: engine.Scenario | None, language: engine.Language = engine.ENGLISH) -> None:
        self.scenario, self.language = scenario, language
        self._kept = lru_cache(maxsize=CARDS_KEPT)(lambda text: to_json(self.told(orjson.loads(text))))

    def told(self, content: T) -> T:
        """JSON with words for every text in it."""
        return engine.told(self.scenario, content, self.language)

    def line(self, sentence: engine.Sentence) -> str:
        """A sentence of the engine in words."""
        return engine.tell(self.scenario, sentence, self.language)

    def own(self, text: str) -> str:
        """A text of the scenario that was kept in words."""
        return text if self.scenario is None else self.language.own(self.scenario, text)

    def row(self, text: str) -> str:
        """What a row holds of a sentence of the engine, in words."""
        return self.line(from_row(text))

    def card(self, text: str) -> str:
        """A card's JSON text in words."""
        return self._kept(text) if engine.MARK in text else text

    def cards(self, cards: Cards) -> Cards:
        """Cards in words, under the versions that they have."""
        return {name: (version, self.card(text)) for name, (version, text) in cards.items()}


UNKNOWN = Reader(None)


def alike(was: Any, now: Any) -> bool:
    """Whether what was told twice differs in the engine's own sentences at most: an upgrade may word them anew, and an older row has them
    as words. What fills them counts where both have it."""
    if isinstance(now, dict) and isinstance(was, dict):
        if now.keys() == was.keys() == {"say", "values"}:
            was, now = was["values"], now["values"]
        return now.keys() == was.keys() and all(alike(was[name], value) for name, value in now.items())
    if isinstance(now, list) and isinstance(was, list):
        return len(now) == len(was) and all(map(alike, was, now))
    return was == now or (isinstance(was, str) and isinstance(now, dict) and now.keys() == {"say", "values"})


def reader_of(run: Run) -> Reader:
    """Who tells a run's texts to whoever is answered now: of what it is played on, or where that cannot be read any more of what has its name."""
    try:
        scenario: engine.Scenario | None = contents.told_by(run)
    except engine.ScenarioError:
        scenario = None
    language = spoken()
    key = (id(scenario), language)  # a reader keeps its scenario, so nothing else has this id meanwhile
    found = _readers.get(key)
    if found is None:
        found = _readers[key] = Reader(scenario, language)
        for old in list(_readers)[:-_READERS_KEPT]:
            _readers.pop(old, None)
    return found
