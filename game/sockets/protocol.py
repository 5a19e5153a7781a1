"""Every message of the sockets, in both directions.

In: `ack`, `command`, `move`, `why`, `resync`, `drive`, `ready`, `back`.
Out: `hello`, `frame`, `look`, `received`, `applied`, `refused`, `noted`, `state`, `team`, `elsewhere`, `happened`, `error`, `bye`.
"""

import json
from typing import Annotated, Any, Literal

import orjson
from django.utils.translation import gettext
from pydantic import UUID4, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

import engine
from game.live.control import in_words, state_of, state_of_run
from game.live.loudspeaker import Cards, to_json
from game.models import Command, Exercise, Player, Run, Seat, Team, aides
from game.people.access import Place
from game.people.presence import seats_of
from game.spoken import from_row
from game.ways import way

PROTOCOL = 1  # raised when a message or a card loses something, or means something else
MESSAGE_BYTES = 16 * 1024
DEPTH = 6
MOVES = 10  # at one look
INT_LIMIT = 2**53  # beyond it a browser does not count in whole numbers


class BadMessage(ValueError):
    """What was wrong with a message and what was expected, for the one who sent it."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Ack(_Message):
    """The frame with this number has been drawn."""

    t: Literal["ack"]
    seq: int = Field(ge=0, le=INT_LIMIT)


class Resync(_Message):
    """Send everything again."""

    t: Literal["resync"]


class CommandMessage(_Message):
    """A command of the desk that the socket was opened for."""  # not called Command: that is the row's and the engine's

    t: Literal["command"]
    id: Annotated[UUID4, Field(strict=False)]
    kind: str = Field(max_length=40)
    args: dict[str, Any] = Field(default_factory=dict)
    confidence: Literal["guessing", "likely", "certain"] | None = None
    why: str = Field(default="", max_length=500)


class NamedMove(_Message):
    """A lever by name, as a command has it."""

    kind: str = Field(max_length=40)
    args: dict[str, Any] = Field(default_factory=dict)
    confidence: Literal["guessing", "likely", "certain"] | None = None
    why: str = Field(default="", max_length=500)


class MoveMessage(_Message):
    """The answer to a look, of a program that plays by looks: `step` is that look's, `action` one of its numbers, or a lever by name, or a few
    of them; 0 and null wait."""

    t: Literal["move"]
    step: int = Field(ge=-INT_LIMIT, le=INT_LIMIT)
    action: int | NamedMove | Annotated[list[int | NamedMove], Field(max_length=MOVES)] | None


class Why(_Message):
    """The reason for a command of this desk, given after it was sent."""

    t: Literal["why"]
    id: Annotated[UUID4, Field(strict=False)]
    text: str = Field(min_length=1, max_length=500)


class Drive(_Message):
    """Pause, speed and the rest, from the player who owns the exercise."""

    t: Literal["drive"]
    do: Literal["start", "pause", "resume", "speed", "advance", "begin", "end", "play_on"]
    value: float | str | None = None


class ReadyMessage(_Message):
    """The player is ready for the evening, or is not any more."""

    t: Literal["ready"]
    on: bool


class Back(_Message):
    """The seat back from the assistant."""

    t: Literal["back"]


Incoming = Ack | Resync | CommandMessage | MoveMessage | Why | Drive | ReadyMessage | Back
_incoming: TypeAdapter[Incoming] = TypeAdapter(Annotated[Incoming, Field(discriminator="t")])


def read(text: str | None, data: bytes | None = None) -> Incoming:
    """A message from a browser. Raises BadMessage with what was expected."""
    if text is None:
        raise BadMessage(gettext("A binary message came; text with one JSON object was expected."))
    if len(text) > MESSAGE_BYTES or len(text.encode("utf-8", "replace")) > MESSAGE_BYTES:
        raise BadMessage(gettext("The message is too long; at most %(most)s bytes were expected.") % {"most": MESSAGE_BYTES})
    try:
        content = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise BadMessage(gettext("The message is not JSON; one JSON object was expected.")) from problem
    _check(content, DEPTH)
    try:
        message = _incoming.validate_python(content)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "message"
        told = gettext("Part of the message is not as expected. %(where)s: %(problem)s.")
        raise BadMessage(told % {"where": where, "problem": first["msg"]}) from problem
    if isinstance(message, CommandMessage) and message.kind not in engine.KINDS and not message.kind.startswith(engine.OWN_KIND):
        told = gettext("kind: %(kind)s is no command; one of %(kinds)s was expected.")
        raise BadMessage(told % {"kind": repr(message.kind[:40]), "kinds": ", ".join(sorted(engine.KINDS))})
    return message


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _check(content: Any, depth: int) -> None:
    """Refuse what a row cannot hold: too deep, numbers too large, text that is no Unicode or holds a NUL."""
    if depth < 0:
        raise BadMessage(gettext("The message is nested too deep; at most %(depth)s levels were expected.") % {"depth": DEPTH})
    if isinstance(content, str):
        if "\0" in content or any("\ud800" <= letter <= "\udfff" for letter in content):
            raise BadMessage(gettext("The message holds characters that are no text; plain Unicode was expected."))
    elif isinstance(content, int | float) and not -INT_LIMIT <= content <= INT_LIMIT:
        raise BadMessage(gettext("A number is too large; at most %(most)s was expected.") % {"most": INT_LIMIT})
    elif isinstance(content, dict):
        for key, value in content.items():
            _check(key, depth - 1)
            _check(value, depth - 1)
    elif isinstance(content, list):
        for value in content:
            _check(value, depth - 1)


def frame(seq: int, step: int, cards: Cards) -> str:
    """A frame, put together from cards that are JSON already."""
    inner = ",".join(f'{json.dumps(name)}:{{"v":{version},"d":{text}}}' for name, (version, text) in cards.items())
    return f'{{"t":"frame","seq":{seq},"step":{step},"cards":{{{inner}}}}}'


def first_cards(cards: Cards) -> dict[str, dict[str, Any]]:
    """The same cards for the page itself, so that it paints whole before its socket is up."""
    return {name: {"v": version, "d": orjson.loads(text)} for name, (version, text) in cards.items()}


def outcome(row: Command) -> dict[str, Any]:
    """What is known of a command."""
    if row.state == "applied":
        return {"t": "applied", "id": str(row.client_id), "step": row.step}
    if row.state == "refused":
        return {"t": "refused", "id": str(row.client_id), "reason": from_row(row.reason)}
    return {"t": "received", "id": str(row.client_id)}


def about(exercise: Exercise, team: Team | None = None) -> dict[str, Any]:
    """An exercise as `hello` names it; to a desk as its team's run stands."""
    state = state_of(exercise, exercise.step)
    run = Run.objects.filter(team=team).select_related("team__exercise").defer("curve", "score").first() if team else None
    if run is not None:
        state = state_of_run(run, state)
    told = ("state", "speed", "reason", "planning", "upgrade", "waits", "begins")
    state = in_words(state)
    return {"code": exercise.code, "title": exercise.title, **{key: state.get(key) for key in told}}


def seat_hello(place: Place) -> dict[str, Any]:
    """The first message to a desk."""
    player, seat = place.player, place.seat
    exercise = seat.team.exercise
    return {
        "t": "hello",
        "protocol": PROTOCOL,
        "desk": seat.desk,
        "team": seat.team.name,
        "name": player.name,
        "player": player.name,
        "resume_word": "" if player.bot else player.word,
        "owner": exercise.owner_id == player.pk,
        "help": exercise.help,
        "exercise": about(exercise, seat.team),
        "seat": seat.pk,
        "seats": seats_of(seat.team_id, player.pk),
        "aides": aides.of_team(seat.team_id),
        "result": way("result", exercise.code),
    }


def watch_hello(seat: Seat) -> dict[str, Any]:
    """The first message to a facilitator who watches a desk. `line` is the socket's path: a desk's page knows only its own."""
    exercise = seat.team.exercise
    return {
        "t": "hello",
        "desk": seat.desk,
        "team": seat.team.name,
        "name": "",
        "player": "",
        "owner": False,
        "watching": True,
        "line": f"/ws/watch/{seat.team_id}/{seat.desk}/",
        "help": exercise.help,
        "exercise": about(exercise, seat.team),
        "seat": seat.pk,
        "seats": seats_of(seat.team_id, None),
        "aides": aides.of_team(seat.team_id),
        "result": way("result", exercise.code),
    }


def replay_hello(run: Run, desk: str) -> dict[str, Any]:
    """What a page is told of a desk that is shown as it was. It has no socket: its moments are fetched."""
    exercise = run.team.exercise
    then = {"code": exercise.code, "title": exercise.title, "state": "running", "speed": None, "reason": "", "planning": None}
    return {
        "t": "hello",
        "desk": desk,
        "team": run.team.name,
        "name": "",
        "player": "",
        "owner": False,
        "watching": True,
        "as_it_was": True,
        "help": exercise.help,
        "exercise": then,
        "seat": None,
        "seats": [],
        "aides": [],
        "result": way("result", exercise.code),
    }


def team_note(team_id: int, player_id: int | None) -> dict[str, Any]:
    """The `team` message: its name and its people as they are now. `player_id`: whose seats are `mine`."""
    name = Team.objects.values_list("name", flat=True).get(pk=team_id)
    return {"t": "team", "name": name, "seats": seats_of(team_id, player_id), "aides": aides.of_team(team_id)}


def lobby_hello(player: Player) -> dict[str, Any]:
    """The first message to somebody who waits."""
    exercise = player.exercise
    return {
        "t": "hello",
        "desk": "lobby",
        "team": "",
        "name": player.name,
        "player": player.name,
        "owner": exercise.owner_id == player.pk,
        "exercise": about(exercise),
        "result": way("result", exercise.code),
    }


def projector_hello(exercise: Exercise) -> dict[str, Any]:
    """The first message to a projector."""
    return {
        "t": "hello",
        "desk": "projector",
        "team": "",
        "name": "",
        "exercise": about(exercise),
        "seat": None,
        "result": way("result", exercise.code),
    }


def control_hello(exercise: Exercise) -> dict[str, Any]:
    """The first message to a control room."""
    return {"t": "hello", "desk": "facilitator", "team": "", "name": "", "exercise": about(exercise), "result": way("result", exercise.code)}


def happened(lines: list[dict[str, Any]], *, whole: bool) -> str:
    """Text of a `happened`: lines of the event feed, oldest first; with `whole` they are all there are, and none before count."""
    return to_json({"t": "happened", "whole": whole, "lines": lines})


def error(reason: str) -> str:
    """Text of an `error`."""
    return to_json({"t": "error", "reason": reason})


def bye(reason: str, *, retry: bool, go: str = "") -> str:
    """Text of a `bye`, before a close on purpose; with `go` the page's next address."""
    return to_json({"t": "bye", "reason": reason, "retry": retry, "go": go})
