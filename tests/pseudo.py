"""A language that nobody speaks: it puts every word that the code or a scenario says in brackets and what fills them outside, so that whatever
else is read in it was never translated."""

import re
from collections.abc import Iterator
from string import Formatter
from types import UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import engine
from engine.arguments import SaidText
from engine.evidence.telling import is_said
from engine.scenario.catalogues import has_words
from engine.scenario.wordings import literal, wording

MACHINES = ("INFO", "WARN", "ERROR", "BUY", "SELL")  # in lines of logs
WORD = re.compile(r"[A-Za-z]{2,}")
_BRACKETED = re.compile(r"⟦[^⟧]*⟧")
_DATE = re.compile(r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b")


def bracketed(text: str) -> str:
    """A sentence with its own words in brackets, and its placeholders between them."""
    parts = []
    for own, name, spec, _ in Formatter().parse(text):
        parts.append(f"⟦{literal(own)}⟧" if own.strip() else own)
        if name is not None:
            parts.append(f"{{{name}:{spec}}}" if spec else f"{{{name}}}")
    return "".join(parts)


class _Bracketed(dict[str, str]):
    """Everything that a scenario says, in brackets."""

    def get(self, english: str, default: object = None) -> str:  # type: ignore[override]
        return bracketed(english)


def pseudo(scenario: engine.Scenario) -> engine.Language:
    """The language, with all that a scenario says and all msgids of the code."""
    return engine.Language("eo", {say: bracketed(say) for say in engine.msgids()}, catalogue=lambda _: _Bracketed())


def names(scenario: engine.Scenario) -> re.Pattern[str]:
    """What is called the same in any language: people, firms, stocks, machines, releases and versions; and what
    machines write in capitals."""
    fleet, told, texts = scenario.fleet, scenario.told, scenario.evidence
    found = {told.firm, told.system, *scenario.names, *scenario.companies, *scenario.brokers, *scenario.exchanges}
    found |= {fleet.name.format(n=n) for n in range(1, fleet.servers + 1)} | {name for one in fleet.release for name in (one.name, one.hash)}
    found |= {name for what in (scenario.config, scenario.data) for one in what.version for name in (one.name, one.hash)}
    found |= {bid.bank for bid in scenario.block.bid} | {offer.lender for offer in scenario.capital.offer}
    found |= {call.caller for call in texts.calls} | {mail.sender for mail in texts.mails}
    found |= {row.sender for row in texts.planned if hasattr(row, "sender")}
    found |= {*texts.companies, *texts.companies.values(), *MACHINES}
    if fleet.hotfix:
        found |= {fleet.hotfix.name, fleet.hotfix.hash}
    choices = [one for known in scenario.wordings.values() for listed in known.params.values() for one in listed if isinstance(one, str)]
    found |= {one for one in (*choices, *(known.text for known in scenario.wordings.values())) if not has_words(one) and "{" not in one and WORD.search(one)}
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(found, key=len, reverse=True)))


class Untold:
    """Finds what of a told text is English: neither in brackets, nor a name, nor a date."""

    def __init__(self, scenario: engine.Scenario) -> None:
        self.scenario, self.language, self.names = scenario, pseudo(scenario), names(scenario)
        self.read = 0  # sentences so far

    def of(self, sentence: engine.Sentence) -> list[str]:
        """The English words of a sentence as it is told."""
        self.read += 1
        told = _BRACKETED.sub(" ", engine.tell(self.scenario, unprinted(sentence), self.language))
        return WORD.findall(_DATE.sub(" ", self.names.sub(" ", told)))

    def within(self, sentence: engine.Sentence) -> list[str]:
        """Braces and dots in the words of a sentence itself: something that should have filled it did not."""
        own = "".join(_BRACKETED.findall(engine.tell(self.scenario, sentence, self.language)))
        return re.findall(r"[{}…]", own)


def unprinted(sentence: Any) -> Any:
    """A sentence without the lines of logs in it: those are English in every language."""
    if isinstance(sentence, list):
        return [unprinted(one) for one in sentence]
    if not is_said(sentence):
        return sentence
    if str(sentence.get("text", "")).startswith("log:"):
        return ""
    return {**sentence, "values": {name: unprinted(value) for name, value in sentence["values"].items()}}


def leaves(value: Any, kind: Any, where: str) -> Iterator[tuple[str, Any, bool]]:
    """(where, words or sentence, whether its type says that it is read) of every text of a card; what is a word of the protocol is none."""
    origin, parts = get_origin(kind), get_args(kind)
    if SaidText in parts:
        yield where, value, True
    elif kind is str:
        yield where, value, False
    elif is_typeddict(kind):
        for name, one in get_type_hints(kind, include_extras=True).items():
            if name in value:
                yield from leaves(value[name], get_args(one)[0] if get_origin(one) is NotRequired else one, f"{where}.{name}")
    elif origin in (UnionType, Union):
        fitting = [one for one in parts if _fits(value, one)]
        yield from leaves(value, fitting[0], where) if fitting else ()
    elif origin is list:
        for one in value:
            yield from leaves(one, parts[0], f"{where}[]")
    elif origin is dict or (origin is Annotated and isinstance(value, dict)):
        inner = get_args(parts[0])[1] if origin is Annotated else parts[1]
        for one in value.values():
            yield from leaves(one, inner, f"{where}.*")


def _fits(value: Any, kind: Any) -> bool:
    if is_typeddict(kind):
        return isinstance(value, dict) and not is_said(value) and {*kind.__required_keys__} <= value.keys() <= {*get_type_hints(kind)}
    return isinstance(value, kind) if isinstance(kind, type) else get_origin(kind) is Annotated and isinstance(value, str)


def sentences(content: Any) -> Iterator[dict[str, Any]]:
    """Every sentence that stands in something, and those within them."""
    if isinstance(content, dict):
        if is_said(content):
            yield content
        for value in content.values():
            yield from sentences(value)
    elif isinstance(content, list | tuple):
        for one in content:
            yield from sentences(one)


def unfilled(scenario: engine.Scenario, content: Any) -> list[tuple[str, str]]:
    """(sentence, placeholder) of all that would be told with nothing in its place."""
    found = []
    for one in sentences(content):
        text = one["say"] if "say" in one else scenario.wordings[one["text"]].text
        found += [(text, name) for name in wording(text).names if name not in one["values"]]
    return found
