"""Words, made where they are read: of the id of a text and what fills it, in a reader's language.

A run's state, its events and what a desk may see hold texts by their ids (engine.arguments.SaidText), with as much of the run as a text names:
figures, stocks, steps; and sentences of the code (engine.arguments.Phrase) by their English. Here they become words, for whoever shows them: a
screen, a debrief, an autopilot. Nothing here knows about a run.

What fills a text has words too ("an hour and a half", "buying"). Those are sentences of the code like any other: a catalogue has them by their
English, and numbers stay figures.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from engine.arguments import Json, Phrase, SaidText, Sentence, msgid, phrase
from engine.market.positions import price_text
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND
from engine.money import dollars, exact, spoken
from engine.scenario.catalogues import catalogue
from engine.scenario.scenario import Scenario
from engine.scenario.wordings import Wording, wording

T = TypeVar("T")
LINES, WIDTH = 16, 200  # of a text on the bridge
MORE = msgid("and {count} more lines")
_BELOW = "{above}\n{line}"
_NESTED = (dict, list)
MARK = '"values":{'  # in JSON: a text by its id; what somebody typed cannot have it, its quotation marks would be escaped

_Make = Callable[[Scenario, Any], object]  # words, a figure, or a sentence that has words of its own
_HOURS = tuple(
    map(phrase, (
        msgid("no time"), msgid("half an hour"), msgid("an hour"), msgid("an hour and a half"),
        msgid("two hours"), msgid("two and a half hours"), msgid("three hours"),
    ))
)  # fmt: skip


def said(wordings: Mapping[str, Wording], name: str, values: Mapping[str, Any]) -> SaidText:
    """A text by its id, with those of the values that it names and no others. Raises KeyError where one is missing."""
    return {"text": name, "values": {value: values[value] for value in wordings[name].names}}


# -- what fills a text


def _percent(bp: int) -> str:
    return f"{abs(bp) / 100:.1f} %" if abs(bp) < 1000 else f"{round(abs(bp) / 100)} %"


def _hours(minutes: int) -> Sentence:
    """A stretch of work as somebody tired would say it."""
    half = round(minutes / 30)
    return _HOURS[half] if half < len(_HOURS) else phrase("{hours} hours", hours=f"{half / 2:g}")


def _host(scenario: Scenario, n: int) -> str:
    return scenario.fleet.name.format(n=n)


def span(steps: int) -> Phrase:
    """A stretch of market time: "at once", "40 s", "12 min 5 s"."""
    minutes, seconds = divmod(steps // STEPS_PER_SECOND, 60)
    if minutes >= 600:
        return phrase("days")
    if minutes and seconds:
        return phrase("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)
    if minutes:
        return phrase("{minutes} min", minutes=minutes)
    return phrase("{seconds} s", seconds=seconds) if seconds else phrase("at once")


def _either(first: str, second: str) -> _Make:
    """One of two words, by a sign."""
    return lambda _, sign: phrase(first if sign >= 0 else second)


def _or(word: str) -> _Make:
    """What it is called, or a word where it has no name."""
    return lambda _, name: name or phrase(word)


def _listed(nobody: str) -> _Make:
    """Names with commas, or a word where there are none."""
    return lambda _, names: ", ".join(names) or phrase(nobody)


def _all(names: list[str]) -> Sentence:
    """Names as a sentence has them: "Dunham and Orrin"."""
    found: Sentence = names[0] if names else phrase("nobody")
    for name in names[1:]:
        found = phrase("{these} and {one_more}", these=found, one_more=name)
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _moment(scenario: Scenario, step: int) -> Sentence:
    """As a machine names it."""
    return scenario.calendar.clock(step, ms=True) if step >= 0 else scenario.calendar.when(step, 0)


def _hashes(scenario: Scenario, rows: list[tuple[int, str, str]]) -> Sentence:
    found: Sentence = ""
    for n, disk, process in rows:
        line = phrase("{name}: on disk {disk}, running {process}", name=_host(scenario, n), disk=disk, process=process or phrase("nothing"))
        found = phrase(_BELOW, above=found, line=line) if found else line
    return found


_OF_WORDS = ("deed", "clause", "Seat")  # placeholders whose words are made of words
_UNITS = ("usd", "hc", "bp")
_NAMES = ("sender", "caller", "bank", "lender")  # of whom a scenario may say what they do: "Neil, ops desk"
# Placeholder -> what is said of what stands for it; all others are numbers and names, which are told as they are. One that ends in a unit
# (gross_usd, last_hc, moved_bp) is told as the unit is.
_SAYS: dict[str, _Make] = {
    "symbol": _or(msgid("the stock")),
    "other": _or(msgid("others")),
    "company": lambda scenario, symbol: scenario.evidence.companies.get(symbol, symbol),
    "company2": lambda scenario, symbol: scenario.evidence.companies.get(symbol, symbol),
    "move": lambda _, bp: _percent(bp),
    "other_move": lambda _, bp: _percent(bp),
    "direction": _either(msgid("up"), msgid("down")),
    "other_direction": _either(msgid("up"), msgid("down")),
    "verb": _either(msgid("buying"), msgid("selling")),
    "Verb": _either(msgid("Buying"), msgid("Selling")),
    "ratio": lambda _, ratio: f"{ratio:.1f}",
    "executions": lambda _, rate: f"{rate:,}",
    "rejects": lambda _, rate: f"{rate:,}",
    "paused": _listed(msgid("none")),
    "clock": lambda scenario, step: scenario.calendar.clock(step),
    "clock_ms": lambda scenario, step: scenario.calendar.clock(step, ms=True),
    "hm": lambda scenario, step: scenario.calendar.hm(step),
    "at": lambda scenario, step: scenario.calendar.when(step, 0, seconds=False),
    "gross": lambda _, usd: spoken(usd),
    "long": lambda _, usd: spoken(usd),
    "short": lambda _, usd: spoken(usd),
    "missing": lambda _, usd: spoken(usd),
    "less": lambda _, usd: spoken(usd),
    "usd": lambda _, usd: exact(usd),
    "hc": lambda _, price_hc: price_text(price_hc),
    "bp": lambda _, bp: f"{bp / 100:+.1f} %",
    "share": lambda _, percent: f"{percent:.1f} %",
    "session_share": lambda _, percent: f"{percent} %",
    "refused_share": lambda _, one_in: phrase("one in {orders}", orders=one_in) if one_in else phrase("none"),
    "refused_last": lambda _, orders: [phrase("order {number} in {stock}", number=order, stock=symbol) for order, symbol in orders] or phrase("none"),
    "worked": lambda _, minutes: _hours(minutes),
    "hashes": _hashes,
    "side": lambda _, side: str(side).upper(),
    "moment": _moment,
    "busy_broker_share": lambda _, percent: f"{percent} %",
    "busy_broker_orders": lambda _, orders: f"{orders:,}",
    "orders_in": lambda _, orders: f"{orders:,}",
    "mended_broker": _or(msgid("a broker")),
    "unhappy_broker": _or(msgid("a broker")),
    "unhappy_other": _or(msgid("a broker")),
    "their_symbol": _or(msgid("one stock")),
    "other_order_symbol": _or(msgid("one stock")),
    "their_side": _either(msgid("buy"), msgid("sell")),
    "their_price": lambda _, price_hc: phrase("the touch") if price_hc is None else price_text(price_hc),
    "their_clock": lambda scenario, step: scenario.calendar.clock(step),
    "gone_brokers": lambda _, brokers: _all(brokers),
    "hotfixed_servers": lambda scenario, servers: ", ".join(_host(scenario, n) for n in servers) or phrase("no server"),
    "unacked": lambda _, orders: f"{orders:,}",
    "lost": lambda _, usd: dollars(usd),
    "worst_lost": lambda _, usd: dollars(usd),
    "second_lost": lambda _, usd: dollars(usd),
    "offered_at": lambda _, price_hc: price_text(price_hc),
    "offered_size": lambda _, shares: f"{shares:,}",
    "taken": lambda _, times: f"{times:,}",
    "withdrawn": _listed(msgid("none")),
    "host": _host,
    "seat": lambda scenario, desk: scenario.told.called(desk),
    "Seat": lambda _, words: _capital(words),
    "span": lambda _, steps: span(steps if steps < 10 * STEPS_PER_MINUTE else steps // STEPS_PER_MINUTE * STEPS_PER_MINUTE),
    "cost": lambda _, usd: dollars(usd),
    "dollars": lambda _, usd: dollars(usd),
    "cash": lambda _, usd: dollars(usd),
    "clause": lambda _, words: words,
    "deed": lambda _, words: _small(words.removesuffix(".")),  # "Stopped SMARS-8.": it begins with its verb
    "Who": lambda _, name: _capital(name) if name else phrase("You"),
}


@dataclass(frozen=True, eq=False)
class Language:
    """A language that texts are told in: sentences of the code and texts of a scenario, each by its English (what it lacks is English). A text
    that a scenario's own files lack and the code says too is told as the code's."""

    code: str
    texts: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, _Make] = field(default_factory=lambda: _SAYS)
    catalogue: Callable[[Scenario], Mapping[str, str]] | None = None  # of a scenario's texts; None: its files for this language

    def of(self, scenario: Scenario) -> Scenario:
        """A scenario as it is read in this language."""
        return scenario if self.english else self._read(scenario)[0]

    def own(self, scenario: Scenario, english: str) -> str:
        """A text that stands somewhere without its id, such as who sent a mail."""
        return english if self.english else self._own(self._read(scenario)[1], english)

    def _own(self, texts: Mapping[str, str], english: str) -> str:
        return texts.get(english) or self.texts.get(english, english)

    @property
    def english(self) -> bool:
        """Whether scenarios are read as they were written."""
        return self.code == "en"

    def _read(self, scenario: Scenario) -> tuple[Scenario, Mapping[str, str]]:
        kept = scenario.read_in.get(self)
        if kept is None:
            texts = self.catalogue(scenario) if self.catalogue else catalogue(scenario.files, self.code)
            found = scenario.in_words(lambda _, english: self._own(texts, english))
            kept = scenario.read_in[self] = found.read_in[self] = found, texts  # what is told already is not told again
        return kept

    def phrasing(self, say: str) -> Wording:
        """A sentence of the code, by its English; one whose braces are broken in a catalogue is English."""
        try:
            return _phrasing(self.texts.get(say, say))
        except ValueError:
            return _phrasing(say)


# The scenarios' own. In English a clause begins small within a sentence; in another language its first word may be a noun, which stays large.
ENGLISH = Language("en", says=_SAYS | {"clause": lambda _, words: _small(words)})


_phrasing = lru_cache(maxsize=2048)(wording)


def glossary(scenario: Scenario, language: Language = ENGLISH) -> list[dict[str, Any]]:
    """What the scenario's words mean: [{id, words, text}], the text in a reader's language."""
    return [{"id": term.id, "words": list(term.words), "text": term.text} for term in language.of(scenario).glossary.term]


class _Told(dict[str, object]):
    """What fills a text, and what of an older run is not known any more."""

    def __missing__(self, name: str) -> "_Unknown":
        return _UNKNOWN


class _Unknown:
    def __format__(self, how: str) -> str:
        return "…"


_UNKNOWN = _Unknown()


def tell(scenario: Scenario | None, sentence: Sentence, language: Language = ENGLISH) -> str:
    """The words of a text; what is words already stays as it is. Of a text that the scenario has no more (None: there is none), its id is
    shown: an older run stays readable."""
    if isinstance(sentence, str):
        return sentence
    one: Any = sentence
    if scenario is not None and not language.english:
        scenario = language.of(scenario)
    try:
        if "say" in one:
            return _filled(scenario, language.phrasing(one["say"]), one["values"], language)
        if scenario is None:
            raise KeyError(one["text"])
        return _filled(scenario, scenario.wording(one["text"]), one["values"], language)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        if not is_said(sentence):
            return str(one)
        return str(one["say"]) if "say" in one else f"[{one['text']}]"


def _filled(scenario: Scenario | None, found: Wording, values: Mapping[str, Json], language: Language) -> str:
    return found.text.format_map(_Told({name: _told(scenario, found, name, value, language) for name, value in values.items()}))


def _told(scenario: Any, found: Wording, name: str, value: Json, language: Language) -> object:
    """What fills a placeholder; a list in a sentence of the code is told with commas."""
    if is_said(value):
        said: Any = value
        words = tell(scenario, said, language)
        return language.says[name](scenario, words) if name in _OF_WORDS else words
    if name in found.params:
        choices = found.params[name]
        return choices[value] if isinstance(value, int) and isinstance(choices[0], str) else value
    if name in _NAMES and scenario is not None and isinstance(value, str):
        return language.own(scenario, value)
    make = language.says.get(name) or language.says.get(_unit_of(name))
    if make:
        made: Any = make(scenario, value)
        return _told(scenario, found, "", made, language) if isinstance(made, _NESTED) else made
    return ", ".join(str(_told(scenario, found, "", one, language)) for one in value) if isinstance(value, list) else value


def _unit_of(name: str) -> str:
    unit = name.rpartition("_")[2]
    return unit if unit in _UNITS else ""


def is_said(content: object) -> bool:
    """Whether something is a text by its id, or a sentence of the code."""
    return isinstance(content, dict) and len(content) == 2 and ("text" in content or "say" in content) and isinstance(content.get("values"), dict)


def told(scenario: Scenario | None, content: T, language: Language = ENGLISH) -> T:
    """The same JSON with words for all texts in it. In a list a text is as many lines as it has, up to what a pin holds."""
    found: Any = _all_told(scenario, content, language)
    words: T = found
    return words


def _all_told(scenario: Scenario | None, content: Any, language: Language) -> Any:
    """Most of a card is words and numbers already, and no call is made for those."""
    if isinstance(content, dict):
        if is_said(content):
            sentence: Any = content
            return tell(scenario, sentence, language)
        told = {name: _all_told(scenario, value, language) for name, value in content.items() if isinstance(value, _NESTED)}
        if scenario is not None and not language.english:
            told |= {name: language.own(scenario, content[name]) for name in _NAMES if isinstance(content.get(name), str)}
        return {**content, **told}
    if isinstance(content, list):
        rows: list[Any] = []
        for one in content:
            words = _all_told(scenario, one, language) if isinstance(one, _NESTED) else one
            rows += cut(words, language) if is_said(one) else [words]
        return rows
    return content


def cut(text: str, language: Language = ENGLISH) -> list[str]:
    """The lines of a longer text, as many and as long as a pin holds."""
    lines = [
        line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
        for line in text.strip().splitlines()
        if line.strip()
    ]
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], tell(None, phrase(MORE, count=len(lines) - LINES + 1), language)]


def ids(content: object) -> Iterator[str]:
    """The ids of all texts that stand in something, at any depth."""
    if isinstance(content, dict):
        if is_said(content) and "text" in content:
            yield content["text"]
        for value in content.values():
            yield from ids(value)
    elif isinstance(content, list | tuple):
        for one in content:
            yield from ids(one)
