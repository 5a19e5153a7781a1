"""The clock's side of the database: claiming a run, writing ahead, and what came of it.

Every write is guarded by the run's epoch. `Fenced` means that another worker has the run: stop, touch nothing.
No transaction is held across a beat.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_noop

import engine
from game import metrics
from game.live.words import alike
from game.models import Checkpoint, Command, Event, Exercise, Run, ScenarioContent
from game.rules import ASSISTANT
from game.spoken import from_row, to_row
from game.sqlite_writer import insertion, write, writing

_AUTOPILOT_IDS = uuid.UUID("6f1a3c52-5d0e-4a53-9c6e-2c3f1d1f7a10")


class Fenced(Exception):
    """Another worker has taken this run."""


class Contradicted(Exception):
    """What this run's log makes is not what is written: the run must not go on as if it were."""


class RunControl(NamedTuple):
    """What the clock looks at before every beat."""

    state: str  # of the exercise, and of this team where it stands alone
    speeds: dict[str, float]  # the team's own over the exercise's
    advance_step: int  # the further one of both
    waiting: bool  # commands without a step


class CommandOutcome(NamedTuple):
    """What came of one command."""

    row: Command
    refusal: engine.Sentence | None


def claim(run_id: int) -> Run:
    """Take the run by moving its epoch. Raises Fenced when somebody else does so at the same moment, or nothing is left to do.

    The row is read after that: a write of the last owner's may have been under way, and is waited for; read before, it would be missing.
    """
    there = Run.objects.only("state", "epoch").get(pk=run_id)
    if there.state in Run.DONE or not Run.objects.filter(pk=run_id, epoch=there.epoch).update(epoch=F("epoch") + 1):
        raise Fenced
    run = Run.objects.select_related("team__exercise").get(pk=run_id)
    if run.epoch != there.epoch + 1:
        raise Fenced
    return run


def begin(run: Run, scenario: engine.Scenario) -> None:
    """From pending to running, pinned to the rules and the data that are here."""
    _pin(run, state="running", rules=engine.RULES, content_id=ScenarioContent.keep(scenario))


def stand(run: Run, reason: engine.Sentence, *, may_play_on: bool) -> None:
    """It stands still until somebody decides how it goes on."""
    _pin(run, state="standing", reason=to_row(reason), may_play_on=may_play_on)


def pin_waiting(run: Run, teams: list[str], waited_s: float) -> None:
    """Which teams it waits for, and how long it has waited so far. Raises Fenced."""
    _pin(run, waits_for=teams, waited_s=waited_s)


def pin_programs(run: Run, names: list[str]) -> None:
    """The programs whose move it waits for, as screens are told. Raises Fenced."""
    _pin(run, waits_for_programs=names)


def _pin(run: Run, **values: Any) -> None:
    _guard(run, **values)
    for name, value in values.items():
        setattr(run, name, value)


# Looked at four times a second by every run: building it with the ORM took 1.2 ms of the interpreter, this takes 0.1.
_LOOK = """
SELECT exercise.state, exercise.speeds, exercise.advance_step, run.paused, run.stopped, run.speeds, run.advance_step,
       EXISTS(SELECT 1 FROM game_command command WHERE command.run_id = run.id AND command.state = 'pending')
FROM game_run run JOIN game_team team ON team.id = run.team_id JOIN game_exercise exercise ON exercise.id = team.exercise_id
WHERE run.id = %s AND run.epoch = %s
"""

_PILOTS = """
SELECT seat.desk, seat.covered, seat.autopilot FROM game_seat seat
WHERE seat.team_id = %s AND (seat.covered
      OR (seat.autopilot <> '' AND NOT EXISTS(SELECT 1 FROM game_holding holding WHERE holding.seat_id = seat.id)))
"""


# The writes of every beat, as text for the same reason: what the ORM computes inside a transaction, everybody else waits for.
_GUARD_STEP = "UPDATE game_run SET step = %s WHERE id = %s AND epoch = %s"
_GUARD_STATE = "UPDATE game_run SET state = %s, step = %s WHERE id = %s AND epoch = %s"
_STAMP = "UPDATE game_command SET seq = %s, step = %s, state = 'stamped' WHERE id = %s"
_GUARD_SHOWN = "UPDATE game_run SET step = %s, shown_to = %s WHERE id = %s AND epoch = %s"
_OUTCOME = "UPDATE game_command SET state = %s, reason = %s WHERE run_id = %s AND seq = %s"
_AT_ONCE = 500  # events a statement


def control(run: Run) -> RunControl:
    """One look at the exercise, the epoch and the inbox. Raises Fenced where another owner has the run."""
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
    return RunControl(state, json.loads(speeds) | json.loads(own_speeds), furthest, bool(waiting))


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


def events_told(run: Run) -> int:
    """How many events are written."""
    last = Event.objects.filter(run=run).aggregate(last=Max("number"))["last"]
    return 0 if last is None else int(last) + 1


def stamp(run: Run, step: int, after_seq: int, given: Iterable[engine.Given] = (), *, waiting: bool = True) -> list[Command]:
    """Write ahead: give every waiting command its step and its place (none of them unless `waiting`), and the autopilots' of this step
    theirs behind them, in one committed write, before the engine sees any. An autopilot's id is derived: given a second time it is no
    second command. Raises Contradicted when it then is another one.
    """
    found = list(Command.objects.filter(run=run, state="pending").order_by("pk")) if waiting else []
    new = _unknown(run, [_autopilots_row(run, step, one) for one in given])
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


def _unknown(run: Run, given: list[Command]) -> list[Command]:
    """The autopilots' commands that are not in the log yet."""
    ids = [row.client_id for row in given]
    known = {row.client_id: row for row in Command.objects.filter(run=run, client_id__in=ids)} if ids else {}
    for row in given:
        there = known.get(row.client_id)
        if there and (there.kind, there.args) != (row.kind, _as_read(row.args)):
            at = run.calendar.told(there.step or 0, 0)
            raise Contradicted(f"the {row.desk}'s autopilot gave {there.kind} at {at}, and {row.kind} the second time")
    return [row for row in given if row.client_id not in known]


def _as_read(value: Any) -> Any:
    """A value as it comes out of a JSON column again."""
    return json.loads(json.dumps(value))


def _autopilots_row(run: Run, step: int, given: engine.Given) -> Command:
    desk, place, move = given
    client_id = uuid.uuid5(_AUTOPILOT_IDS, f"{run.pk} {desk} {step} {place}")
    confidence = move.confidence or ""
    return Command(run=run, client_id=client_id, desk=desk, kind=move.kind, args=move.args, confidence=confidence, why=move.why, by="autopilot")


def pilots(team_id: int) -> dict[str, str]:
    """The desks of a team that autopilots play now, for nobody holds them or all who do are away, and which ones: desk -> name."""
    with connection.cursor() as cursor:
        cursor.execute(_PILOTS, [team_id])
        return {desk: ASSISTANT if covered else name for desk, covered, name in cursor.fetchall()}


def tell(run: Run, outcomes: Iterable[CommandOutcome], events: list[engine.Event], number: int, *, step: int) -> None:
    """Write what the engine made of the commands on its way to `step`, and the events from `number` on. Telling it twice changes nothing.
    Raises Contradicted when something else was written before: nothing is written then.
    """
    ends, judged = [], []
    for row, refusal in outcomes:
        state, reason = ("applied", "") if refusal is None else ("refused", to_row(refusal))
        if row.state in ("applied", "refused") and row.state != state:  # a refusal may be worded anew by an upgrade
            raise Contradicted(f"command {row.seq} ({row.kind}) was {row.state}, and is {state} the second time")
        if row.state not in ("applied", "refused"):
            judged.append(state)
        row.state, row.reason = state, reason
        ends.append([row.state, row.reason, run.pk, row.seq])
    told = [
        Event(run=run, number=number + place, step=event.step, kind=event.kind, audience=list(event.audience), data=event.data)
        for place, event in enumerate(events)
    ]
    parts = [told[first : first + _AT_ONCE] for first in range(0, len(told), _AT_ONCE)]
    inserts = [(insertion(part, unless_there=True), part) for part in parts]
    with writing() as cursor:
        cursor.execute(_GUARD_STATE, ["running", step, run.pk, run.epoch])
        if cursor.rowcount != 1:
            raise Fenced
        for end in ends:
            cursor.execute(_OUTCOME, end)
        for insert, part in inserts:
            cursor.execute(*insert)
            if cursor.rowcount != len(part):  # some were there, after a crash
                _compare(run, part)
    for state in judged:
        metrics.COMMANDS.labels(state).inc()


def _compare(run: Run, told: list[Event]) -> None:
    """Hold events against those that have their numbers."""
    fields = ("step", "kind", "audience", "data")
    numbers = {"number__gte": told[0].number, "number__lte": told[-1].number}
    there = {
        number: tuple(rest)
        for number, *rest in Event.objects.filter(run=run, **numbers).values_list("number", *fields)
    }
    for event in told:
        was, now = there[event.number], (event.step, event.kind, event.audience, _as_read(event.data))
        if was != now and (was[:3] != now[:3] or not alike(was[3], now[3])):
            raise Contradicted(f"event {event.number} was {was[1]} at {run.calendar.told(was[0], 0)}, and is {event.kind} the second time")


def save_step(run: Run, step: int, curve: list[list[int]] | None, *, shown_to: int) -> None:
    """How far it is, how far the screens may see it until this is written again, and its loss curve where that has grown. Raises Fenced."""
    if curve is not None:
        _guard(run, step=step, shown_to=shown_to, curve=curve)
    elif write(_GUARD_SHOWN, [step, shown_to, run.pk, run.epoch]) != 1:
        raise Fenced
    run.shown_to = shown_to


def events_of(run: Run) -> Iterable[Mapping[str, Any]]:
    """All that happened in a run, in order, as Event.to_dict gives it."""
    return run.happened.values("step", "kind", "audience", "data").iterator()


def save_checkpoint(run: Run, checkpoint: Checkpoint, curve: list[list[int]]) -> None:
    """Replace the cached simulation."""
    step = checkpoint.step
    checkpoint.run, checkpoint.saved_at = run, timezone.now()
    with writing():
        _guard(run, step=step, shown_to=step, curve=curve)
        fields = ["step", "seq", "events", "blob", "score", "executions", "saved_at"]
        Checkpoint.objects.bulk_create([checkpoint], update_conflicts=True, unique_fields=["run"], update_fields=fields)
    run.shown_to = step


def finish(run: Run, *, step: int, seq: int, events: int, curve: list[list[int]], score: Mapping[str, Any], executions: str, **also: Any) -> None:
    """The run is over: its score stands, and nobody takes it up from its checkpoint again. `seq`, `events`: the last command and how many
    events belong to it; `executions`: see engine.executed, "" where it is not known.
    """
    run.seq, run.events_told = seq, events
    digest = engine.outcome_digest(events_of(run), score, curve, executions) if executions else ""
    ended = {"state": "ended", "step": step, "seq": seq, "events_told": events, "curve": curve, "score": score, "digest": digest, **also}
    with writing():
        _pin(run, **ended)
        Command.refuse_waiting(run)
        Checkpoint.objects.filter(run=run).delete()


def finish_at_checkpoint(run: Run, executions: str) -> None:
    """The run is over where its last checkpoint was written, with the score that stands there: what is here cannot go on with it."""
    saved = Checkpoint.objects.filter(run=run).defer("blob").first() or Checkpoint(run=run, step=run.team.exercise.first_step, seq=0, events=0)
    curve = [point for point in run.curve if point[0] <= saved.step]
    said = engine.phrase(gettext_noop("It was ended after an upgrade: {reason}."), reason=from_row(run.reason))
    note = engine.phrase("{before} {then}", before=from_row(run.note), then=said) if run.note else said
    came = {"score": saved.score, "executions": executions, "interrupted": True, "note": to_row(note), "reason": ""}
    finish(run, step=saved.step, seq=saved.seq, events=saved.events, curve=curve, **came)


def fail(run: Run, reason: engine.Sentence) -> None:
    """The run stands still with a reason; its log stays."""
    _guard(run, state="failed", reason=to_row(reason))


def exercise_of(run: Run) -> Exercise:
    """The exercise as it is now."""
    return Exercise.objects.get(teams=run.team_id)
