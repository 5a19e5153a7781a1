"""What a command carries: JSON, and the arguments of levers by their names."""

from collections.abc import Mapping
from string import Formatter
from typing import Any, Literal, TypedDict

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class SaidText(TypedDict):
    """A text that was said: its id, and what fills its placeholders, by their names. Words are made of it where it is read, see
    engine.evidence.telling."""

    text: str
    values: dict[str, Json]


class Phrase(TypedDict):
    """What the code says itself: its English, which is what a catalogue of another language has it under, and what fills its placeholders."""

    say: str
    values: dict[str, Json]


Sentence = SaidText | Phrase | str  # a str is what people typed, names and figures, or what an older run holds


def msgid(say: str) -> str:
    """A sentence of the code's own that something else fills in: marked, so that catalogues have it."""
    return say


REMARKS: dict[str, frozenset[str]] = {}  # what autopilots say, word for word as logs have it -> the names of what fills it


def remark(say: str) -> str:
    """A sentence that autopilots say, or a word that fills one: marked for catalogues, and known to whoever judges what a command says."""
    REMARKS[say] = frozenset(name for _, name, _, _ in Formatter().parse(say) if name)
    return say


def phrase(say: str, **values: object) -> Phrase:
    """A sentence of the code's own. Values are JSON: names, numbers, other sentences, and lists of them."""
    filled: Any = values
    return {"say": say, "values": filled}


def english(remark: Phrase) -> str:
    """The words of a remark, as autopilots hear it."""
    values: Any = remark["values"]
    fills: Mapping[str, Phrase | str | int] = values
    return remark["say"].format_map({name: english(one) if isinstance(one, dict) else one for name, one in fills.items()})


class WhenArgument(TypedDict):
    """A condition of the run, and the number above which it holds."""

    what: str
    above: int


class Args(TypedDict, total=False):
    """Arguments that a lever's parsers have judged. A name means the same wherever it stands; which of them there are, the lever says."""

    args: "Args"  # of the command that an assistant is asked for
    at: int | None
    bid: str
    broker: str
    call: int
    card: str
    cause: str
    control: str
    desk: str
    desks: list[str]
    duty: str
    evidence: list[str]
    evening: int
    exchange: str
    gross_usd: int
    id: int
    item: str
    kind: str
    level: str
    mail: int
    match: str
    message: int
    minutes: int
    offer: str
    per_second: int
    percent: float
    pin: int
    place: str
    release: str
    reply: str
    sender: str
    server: int
    servers: list[int]
    shares: int
    style: str
    symbol: str
    symbols: list[str]
    text: str | Phrase  # on the bridge a phrase is what an autopilot says; whatever else it is, is typed
    usd: int
    what: str
    when: WhenArgument | None


class Play(TypedDict):
    """Arguments of an inject that is played at a step, or from it on once its condition holds."""

    id: int
    card: str
    desks: list[str]
    server: int
    minutes: int
    text: str
    at: int
    when: WhenArgument | None


def typed(args: Args) -> str:
    """The text of a command that has none but what was typed."""
    text = args["text"]
    assert isinstance(text, str), "its parser takes nothing else"
    return text


class AllStocks(TypedDict):
    """Of a lever whose stocks may be given as one word."""

    symbols: Literal["all"]
    style: str


def judged(values: Mapping[str, object]) -> Args:
    """Values as arguments: for what the parsers of their names have judged, which no type checker can see."""
    found: Any = dict(values)
    args: Args = found
    return args
