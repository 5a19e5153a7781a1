"""What a desk is sent, as models: the other half of `protocol.py`, from which the public description is written. Messages themselves are put
together there, frame by frame; a test holds every one that comes over a real socket against these.
"""

from typing import Any, Literal

from pydantic import UUID4, BaseModel, ConfigDict, Field

from game.rules import DESKS

assert DESKS == ("deployer", "operator", "risk")
Desk = Literal["deployer", "operator", "risk"]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeatRow(_Message):
    """A seat of the team. A program's name ends in "(bot)". `away_s`: seconds until the assistant takes it."""

    desk: Desk
    holders: list[str]
    online: bool
    autopilot: str | None
    covered: bool
    ready: int | None
    mine: bool
    away_s: int | None


class AideRow(_Message):
    """Somebody of the team without a desk, who speaks on the bridge and writes its log."""

    role: Literal["commander", "scribe"]
    name: str
    online: bool


class About(_Message):
    """The exercise, as it stands for this team."""

    code: str
    title: str
    state: Literal["lobby", "running", "paused", "ended"]
    speed: float | None
    reason: str | None
    planning: dict[str, Any] | None
    upgrade: dict[str, Any] | None
    waits: dict[str, Any] | None
    begins: Any


class Hello(_Message):
    """The first message: which desk of which team this is, and in which version of the protocol it is spoken to."""

    t: Literal["hello"]
    protocol: int
    desk: Desk
    team: str
    name: str
    player: str
    resume_word: str
    owner: bool
    help: str
    exercise: About
    seat: int
    seats: list[SeatRow]
    aides: list[AideRow]
    result: str


class Card(_Message):
    """A card, whole: its version, which grows, and what is in it."""

    v: int
    d: dict[str, Any]


class Frame(_Message):
    """The cards that have changed, each whole. To be acknowledged by its number: at most four are sent ahead. One that is missed costs nothing."""

    t: Literal["frame"]
    seq: int = Field(ge=1)
    step: int
    cards: dict[str, Card]


class LookMessage(_Message):
    """What a program that plays by looks is sent instead of frames: its whole screen as text and as cards, and the numbers of the moves there
    are. It owes a `move`. The next look comes once the market has come to it; where `waits_s` is not null the market stands until the move,
    for so many seconds at most. `refused`: what was not carried out since the last look, and why."""

    t: Literal["look"]
    step: int
    text: str
    sight: dict[str, dict[str, Any]]
    moves: list[int]
    refused: str
    waits_s: int | None


class Received(_Message):
    """A command is written down, and nothing can lose it."""

    t: Literal["received"]
    id: UUID4


class Applied(_Message):
    """A command was carried out or begun, at this step."""

    t: Literal["applied"]
    id: UUID4
    step: int


class RefusedNote(_Message):
    """A command was not carried out, and why."""

    t: Literal["refused"]
    id: UUID4
    reason: str


class Noted(_Message):
    """The reason for a command is kept."""

    t: Literal["noted"]
    id: UUID4


class State(_Message):
    """The exercise has changed its state or speed. `result`: where the result is to be read, once there is one for this team."""

    t: Literal["state"]
    state: Literal["lobby", "running", "paused", "ended"]
    speed: float | None
    reason: str
    planning: dict[str, Any] | None
    begins: Any
    result: str | None
    upgrade: dict[str, Any] | None = None
    waits: dict[str, Any] | None = None


class TeamNote(_Message):
    """The people of the team have changed."""

    t: Literal["team"]
    name: str | None
    seats: list[SeatRow]
    aides: list[AideRow]


class ElsewhereNote(_Message):
    """What calls for this player at other desks that they hold."""

    t: Literal["elsewhere"]
    desks: dict[str, Any]


class Error(_Message):
    """A message could not be heard, and what was expected."""

    t: Literal["error"]
    reason: str


class Bye(_Message):
    """The last message before the line is closed. `retry`: whether to come back."""

    t: Literal["bye"]
    reason: str
    retry: bool
    go: str


OUTGOING: tuple[type[BaseModel], ...] = (
    Hello, Frame, LookMessage, Received, Applied, RefusedNote, Noted, State, TeamNote, ElsewhereNote, Error, Bye,
)  # fmt: skip
