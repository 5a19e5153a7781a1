"""What a command carries: JSON, and the arguments of levers by their names."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class SaidText(TypedDict):
    """A text that was said: its id, and what fills its placeholders, by their names. Words are made of it where it is read, see
    engine.evidence.telling."""

    text: str
    values: dict[str, Json]


Sentence = SaidText | str  # a str is what people typed, what the code says itself, or what a run of rules 2 holds


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
    text: str
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


class AllStocks(TypedDict):
    """Of a lever whose stocks may be given as one word."""

    symbols: Literal["all"]
    style: str


def judged(values: Mapping[str, object]) -> Args:
    """Values as arguments: for what the parsers of their names have judged, which no type checker can see."""
    found: Any = dict(values)
    args: Args = found
    return args
