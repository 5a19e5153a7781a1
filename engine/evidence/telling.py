"""Words, made where they are read: of the id of a text and what fills it, in a reader's language.

A run's state, its events and what a desk may see hold texts by their ids (engine.arguments.SaidText), with as much of the run as a text names:
figures, stocks, steps. Here they become words, for whoever shows them: a screen, a debrief, an autopilot. Nothing here knows about a run.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engine.arguments import Json, SaidText, Sentence
from engine.market.positions import price_text
from engine.money import dollars, exact, spoken
from engine.scenario.scenario import Scenario
from engine.scenario.wordings import Wording, wording

T = TypeVar("T")
LINES, WIDTH = 16, 200  # of a text on the bridge
_NESTED = (dict, list)
MARK = '"values":{'  # in JSON: a text by its id; what somebody typed cannot have it, its quotation marks would be escaped

_Make = Callable[[Scenario, Any], object]
_HOURS = ("no time", "half an hour", "an hour", "an hour and a half", "two hours", "two and a half hours", "three hours")


def said(wordings: Mapping[str, Wording], name: str, values: Mapping[str, Any]) -> SaidText:
    """A text by its id, with those of the values that it names and no others. Raises KeyError where one is missing."""
    return {"text": name, "values": {value: values[value] for value in wordings[name].names}}


# -- English


def _percent(bp: int) -> str:
    return f"{abs(bp) / 100:.1f} %" if abs(bp) < 1000 else f"{round(abs(bp) / 100)} %"


def _hours(minutes: int) -> str:
    """A stretch of work as somebody tired would say it."""
    half = round(minutes / 30)
    return _HOURS[half] if half < len(_HOURS) else f"{half / 2:g} hours"


def _host(scenario: Scenario, n: int) -> str:
    return scenario.fleet.name.format(n=n)


def _moment(scenario: Scenario, step: int) -> str:
    """As a machine names it."""
    return scenario.calendar.clock(step, ms=True) if step >= 0 else scenario.calendar.told(step, 0)


def _hashes(scenario: Scenario, rows: list[tuple[int, str, str]]) -> str:
    return "\n".join(f"{_host(scenario, n)}: on disk {disk}, running {process or 'nothing'}" for n, disk, process in rows)


# Placeholder -> its words of what stands for it; all others are numbers and names, which are told as they are.
_IN_ENGLISH: dict[str, _Make] = {
    "symbol": lambda _, symbol: symbol or "the stock",
    "other": lambda _, symbol: symbol or "others",
    "company": lambda scenario, symbol: scenario.evidence.companies.get(symbol, symbol),
    "company2": lambda scenario, symbol: scenario.evidence.companies.get(symbol, symbol),
    "move": lambda _, bp: _percent(bp),
    "other_move": lambda _, bp: _percent(bp),
    "direction": lambda _, sign: "up" if sign >= 0 else "down",
    "other_direction": lambda _, sign: "up" if sign >= 0 else "down",
    "verb": lambda _, sign: "buying" if sign >= 0 else "selling",
    "Verb": lambda _, sign: "Buying" if sign >= 0 else "Selling",
    "ratio": lambda _, ratio: f"{ratio:.1f}",
    "executions": lambda _, rate: f"{rate:,}",
    "rejects": lambda _, rate: f"{rate:,}",
    "paused": lambda _, symbols: ", ".join(symbols) or "none",
    "clock": lambda scenario, step: scenario.calendar.clock(step),
    "clock_ms": lambda scenario, step: scenario.calendar.clock(step, ms=True),
    "hm": lambda scenario, step: scenario.calendar.hm(step),
    "at": lambda scenario, step: scenario.calendar.told(step, 0, seconds=False),
    "gross": lambda _, usd: spoken(usd),
    "long": lambda _, usd: spoken(usd),
    "short": lambda _, usd: spoken(usd),
    "usd": lambda _, usd: exact(usd),
    "share": lambda _, percent: f"{percent:.1f} %",
    "session_share": lambda _, percent: f"{percent} %",
    "refused_share": lambda _, one_in: f"one in {one_in}" if one_in else "none",
    "refused_last": lambda _, orders: ", ".join(f"order {order} in {symbol}" for order, symbol in orders) or "none",
    "worked": lambda _, minutes: _hours(minutes),
    "hashes": _hashes,
    "side": lambda _, side: str(side).upper(),
    "moment": _moment,
    "busy_broker_share": lambda _, percent: f"{percent} %",
    "busy_broker_orders": lambda _, orders: f"{orders:,}",
    "orders_in": lambda _, orders: f"{orders:,}",
    "mended_broker": lambda _, broker: broker or "a broker",
    "unhappy_broker": lambda _, broker: broker or "a broker",
    "unhappy_other": lambda _, broker: broker or "a broker",
    "their_symbol": lambda _, symbol: symbol or "one stock",
    "other_order_symbol": lambda _, symbol: symbol or "one stock",
    "their_side": lambda _, sign: "buy" if sign >= 0 else "sell",
    "their_price": lambda _, price_hc: "the touch" if price_hc is None else price_text(price_hc),
    "their_clock": lambda scenario, step: scenario.calendar.clock(step),
    "gone_brokers": lambda _, brokers: " and ".join(brokers) or "nobody",
    "hotfixed_servers": lambda scenario, servers: ", ".join(_host(scenario, n) for n in servers) or "no server",
    "unacked": lambda _, orders: f"{orders:,}",
    "lost": lambda _, usd: dollars(usd),
    "worst_lost": lambda _, usd: dollars(usd),
    "second_lost": lambda _, usd: dollars(usd),
    "offered_at": lambda _, price_hc: price_text(price_hc),
    "offered_size": lambda _, shares: f"{shares:,}",
    "taken": lambda _, times: f"{times:,}",
    "withdrawn": lambda _, symbols: ", ".join(symbols) or "none",
    "host": _host,
}


@dataclass(frozen=True, eq=False)
class Language:
    """A language that texts are told in: its own texts by their ids (those that it lacks are the scenario's own), and how it says what fills them."""

    code: str
    texts: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, _Make] = field(default_factory=lambda: _IN_ENGLISH)

    def wording(self, scenario: Scenario, name: str) -> Wording:
        """A text by its id. Raises KeyError."""
        own = scenario.evidence.wordings.get(name) or scenario.wording(name)
        return wording(self.texts[name], own.params) if name in self.texts else own


ENGLISH = Language("en")  # the scenarios' own


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
    try:
        if scenario is None:
            raise KeyError(sentence["text"])
        found = language.wording(scenario, sentence["text"])
        return found.text.format_map(_Told({name: _told(scenario, found, name, value, language) for name, value in sentence["values"].items()}))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return f"[{sentence['text']}]" if is_said(sentence) else str(sentence)


def _told(scenario: Scenario, found: Wording, name: str, value: Json, language: Language) -> object:
    if is_said(value):
        said: Any = value
        return tell(scenario, said, language)
    if name in found.params:
        choices = found.params[name]
        return choices[value] if isinstance(value, int) and isinstance(choices[0], str) else value
    return language.says[name](scenario, value) if name in language.says else value


def is_said(content: object) -> bool:
    """Whether something is a text by its id."""
    return isinstance(content, dict) and len(content) == 2 and "text" in content and isinstance(content.get("values"), dict)


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
        return {
            name: _all_told(scenario, value, language) if isinstance(value, _NESTED) else value
            for name, value in content.items()
        }
    if isinstance(content, list):
        rows: list[Any] = []
        for one in content:
            words = _all_told(scenario, one, language) if isinstance(one, _NESTED) else one
            rows += cut(words) if is_said(one) else [words]
        return rows
    return content


def cut(text: str) -> list[str]:
    """The lines of a longer text, as many and as long as a pin holds."""
    lines = [
        line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
        for line in text.strip().splitlines()
        if line.strip()
    ]
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], f"and {len(lines) - LINES + 1} more lines"]


def ids(content: object) -> Iterator[str]:
    """The ids of all texts that stand in something, at any depth."""
    if isinstance(content, dict):
        if is_said(content):
            yield content["text"]
        for value in content.values():
            yield from ids(value)
    elif isinstance(content, list | tuple):
        for one in content:
            yield from ids(one)
