"""The clock's side of the database: claiming a run, writing ahead, and what came of it.

Every write is guarded by the run's epoch. `Fenced` means that another worker has the run: stop, touch nothing.
No transaction is held across a beat.
"""

import json
import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Max
from django.utils import timezone

import engine
from game.models import Checkpoint, Command, Event, Exercise, Run, Seat
from game.rules import ASSISTANT
from game.writing import insertion, write, writing

_AUTOPILOT_IDS = uuid.UUID("6f1a3c52-5d0e-4a53-9c6e-2c3f1d1f7a10")


class Fenced(Exception):
    """Another worker has taken this run."""


class Control(NamedTuple):
    """What the clock looks at before every beat."""

    state: str  # of the exercise, and of this team where it stands alone
    speeds: dict[str, float]  # the team's own over the exercise's
    advance_step: int  # the further one of both
    waiting: bool  # commands without a step


class Outcome(NamedTuple):
    """What came of one command."""

    row: Command
    refusal: str | None


def claim(run_id: int) -> Run:
    """Take the run by moving its epoch. Raises Fenced when somebody else does so at the same moment, or nothing is left to do."""
    run = Run.objects.select_related("team__exercise").get(pk=run_id)
    if run.state in Run.DONE or not Run.objects.filter(pk=run_id, epoch=run.epoch).update(epoch=F("epoch") + 1):
        raise Fenced
    run.epoch += 1
    return run


def begin(run: Run) -> None:
    """From pending to running."""
    _guard(run, state="running")


# Looked at four times a second by every run: building it with the ORM took 1.2 ms of the interpreter, this takes 0.1.
_LOOK = """
SELECT exercise.state, exercise.speeds, exercise.advance_step, run.paused, run.stopped, run.speeds, run.advance_step,
       EXISTS(SELECT 1 FROM game_command command WHERE command.run_id = run.id AND command.state = 'pending')
FROM game_run run JOIN game_team team ON team.id = run.team_id JOIN game_exercise exercise ON exercise.id = team.exercise_id
WHERE run.id = %s AND run.epoch = %s
"""


# The writes of every beat, as text for the same reason: what the ORM computes inside a transaction, everybody else waits for.
_GUARD_STEP = "UPDATE game_run SET step = %s WHERE id = %s AND epoch = %s"
_GUARD_STATE = "UPDATE game_run SET state = %s WHERE id = %s AND epoch = %s"
_STAMP = "UPDATE game_command SET seq = %s, step = %s, state = 'stamped' WHERE id = %s"
_OUTCOME = "UPDATE game_command SET state = %s, reason = %s WHERE run_id = %s AND seq = %s"
_AT_ONCE = 500  # events a statement


def control(run: Run) -> Control:
    """One look at the exercise, the epoch and the inbox."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [run.pk, run.epoch])
        row = cursor.fetchone()
    if row is None:
        raise Fenced
    state, speeds, advance_step, paused, stopped, own_speeds, own_step, waiting = row
    if stopped:
        state = "ended"
    elif paused and state == "running":
        state = "paused"
    furthest = advance_step if own_step is None else max(advance_step, own_step)
    return Control(state, json.loads(speeds) | json.loads(own_speeds), furthest, bool(waiting))


def _guard(run: Run, **values: Any) -> None:
    if Run.objects.filter(pk=run.pk, epoch=run.epoch).update(**values) != 1:
        raise Fenced


def stamped(run: Run, after_seq: int) -> list[Command]:
    """The log after a checkpoint: commands that have a step, in order."""
    return list(Command.objects.filter(run=run, seq__gt=after_seq).order_by("seq"))


def furthest_stamp(run: Run) -> int:
    """The step of the last command that was stamped."""
    found = Command.objects.filter(run=run).aggregate(last=Max("step"))["last"]
    return run.team.exercise.first_step if found is None else int(found)


def stamp(run: Run, step: int, after_seq: int, given: Iterable[engine.Given] = ()) -> list[Command]:
    """Write ahead: give every waiting command its step and its place, and the autopilots' of this step theirs behind them, in one
    committed write, before the engine sees any. An autopilot's id is derived: given a second time it is no second command.
    """
    found = list(Command.objects.filter(run=run, state="pending").order_by("pk"))
    new = [_autopilots_row(run, step, one) for one in given]
    known = set(Command.objects.filter(run=run, client_id__in=[row.client_id for row in new]).values_list("client_id", flat=True)) if new else ()
    new = [row for row in new if row.client_id not in known]
    for seq, row in enumerate([*found, *new], start=after_seq + 1):
        row.seq, row.step, row.state = seq, step, "stamped"
    insert = insertion(new) if new else None
    with writing() as cursor:
        cursor.execute(_GUARD_STEP, [step, run.pk, run.epoch])
        if cursor.rowcount != 1:
            raise Fenced
        for row in found:
            cursor.execute(_STAMP, [row.seq, row.step, row.pk])
        if insert:
            cursor.execute(*insert)
    return [*found, *new]


def _autopilots_row(run: Run, step: int, given: engine.Given) -> Command:
    desk, place, move = given
    client_id = uuid.uuid5(_AUTOPILOT_IDS, f"{run.pk} {desk} {step} {place}")
    confidence = move.confidence or ""
    return Command(run=run, client_id=client_id, desk=desk, kind=move.kind, args=move.args, confidence=confidence, why=move.why, by="autopilot")


def pilots(run: Run) -> dict[str, str]:
    """The desks that autopilots play now, and which ones: desk -> name."""
    seats = Seat.objects.played_by_autopilot().filter(team_id=run.team_id)
    return {desk: ASSISTANT if covered else name for desk, covered, name in seats.values_list("desk", "covered", "autopilot")}


def tell(run: Run, outcomes: Iterable[Outcome], events: list[engine.Event], number: int) -> None:
    """Write what the engine made of the commands, and the events from `number` on. Telling it twice changes nothing."""
    ends = []
    for row, refusal in outcomes:
        row.state, row.reason = ("applied", "") if refusal is None else ("refused", refusal)
        ends.append([row.state, row.reason, run.pk, row.seq])
    told = [
        Event(run=run, number=number + place, step=event.step, kind=event.kind, audience=list(event.audience), data=event.data)
        for place, event in enumerate(events)
    ]
    inserts = [insertion(told[first : first + _AT_ONCE], unless_there=True) for first in range(0, len(told), _AT_ONCE)]
    with writing() as cursor:
        cursor.execute(_GUARD_STATE, ["running", run.pk, run.epoch])
        if cursor.rowcount != 1:
            raise Fenced
        for end in ends:
            cursor.execute(_OUTCOME, end)
        for insert in inserts:
            cursor.execute(*insert)


def save_step(run: Run, step: int, curve: list[list[int]] | None) -> None:
    """How far it was shown, and its loss curve where that has grown."""
    if curve is not None:
        _guard(run, step=step, curve=curve)
    elif write(_GUARD_STEP, [step, run.pk, run.epoch]) != 1:
        raise Fenced


def save_checkpoint(run: Run, step: int, curve: list[list[int]], *, seq: int, events: int, blob: bytes) -> None:
    """Replace the cached simulation."""
    row = Checkpoint(run=run, step=step, seq=seq, events=events, blob=blob, engine_version=engine.ENGINE_VERSION, saved_at=timezone.now())
    with writing():
        _guard(run, step=step, curve=curve)
        fields = ["step", "seq", "events", "blob", "engine_version", "saved_at"]
        Checkpoint.objects.bulk_create([row], update_conflicts=True, unique_fields=["run"], update_fields=fields)


def finish(run: Run, *, step: int, curve: list[list[int]], score: dict[str, Any], digest: str) -> None:
    """The run is over: its score stands."""
    with writing():
        _guard(run, state="ended", step=step, curve=curve, score=score, digest=digest, engine_version=engine.ENGINE_VERSION)
        Command.refuse_waiting(run)


def fail(run: Run, reason: str) -> None:
    """The run stands still with a reason; its log stays."""
    _guard(run, state="failed", reason=reason)


def exercise_of(run: Run) -> Exercise:
    """The exercise as it is now."""
    return Exercise.objects.get(teams=run.team_id)
