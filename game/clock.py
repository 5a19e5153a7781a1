"""The clock: turns one run for about half a minute, four beats a second, in the hands of one worker.

Where a beat may be cut off, and why nothing is lost or done twice:
- after stamping, before the engine saw the command: the log holds its step; who takes over applies it there;
- after the engine saw it, before its outcome was written: the same, and the outcome comes out the same;
- after the screens saw a step, before a checkpoint: the run is caught up at least to that step before it goes on.
Resume is therefore one thing: the last checkpoint (or nothing) plus the log. Market time stands still while the broker is away.
"""

import threading
import time
from itertools import count
from typing import Any

import structlog
from django.db import DatabaseError
from django.utils import timezone

import engine
from game import planning, rows
from game.broker import BROKER_GONE, client
from game.control import tell_run, tell_state
from game.lease import Lease
from game.loudspeaker import Loudspeaker, to_json
from game.models import Checkpoint, Exercise, Run, speed_of

log = structlog.get_logger(__name__)

BEAT_S = 0.25
SEGMENT_S = 30.0
SPREAD_S = 10.0  # a segment is up to this much shorter
STEP_EVERY_S = 1.0  # how often the row learns how far it was shown
CHECKPOINT_EVERY_S = 20.0  # 50 ms each; what came since is run again in a few hundred milliseconds
LONG_STEPS = 15 * engine.STEPS_PER_MINUTE
WALL_EVERY = 2  # walls are told every second beat
TOLD_EVERY = 8  # screens hear every so many beats that an evening is still being planned
QUIET_EVERY = 4  # a desk that nobody looks at is told every fourth, for those who come
BROKER_PATIENCE_S = 20.0
RUSH_S = 0.2  # at full speed: this long between two looks at the inbox
SHOWN = ("deployer", "operator", "risk", "projector", "facilitator")  # the desks that have a screen
WALLS = ("projector", "facilitator")  # read, not played from

_kept: dict[int, "Table"] = {}  # this process's simulations between two segments
_KEEP_S = 5.0  # the next segment follows within milliseconds, here or elsewhere


class Table:
    """A simulation and the rows it belongs to: the only way a run moves."""

    def __init__(self, run: Run) -> None:
        self.run = run
        exercise = run.team.exercise
        self.scenario = engine.load_scenario(exercise.scenario)
        self.loudspeaker = Loudspeaker(run.pk)
        self.curve: list[list[int]] = []
        self.seq = self.events = 0  # how far the log and the events have been taken in
        self.left_at = time.monotonic()
        self.sim = self._restore(exercise)
        self._curve_saved = 0
        self._outcomes: list[rows.Outcome] = []  # to be written
        self._notes: dict[str, list[str]] = {}  # to be told, a list a desk
        self._looked = -1  # the step at which autopilots have had their look
        for desk, name in run.team.seats.exclude(autopilot="").values_list("desk", "autopilot"):
            engine.autopilot(name, desk)  # an unknown one is said now, and not in the middle of the morning

    def _restore(self, exercise: Exercise) -> engine.Simulation:
        saved = Checkpoint.objects.filter(run=self.run).first()
        if saved is not None and saved.engine_version == engine.ENGINE_VERSION:
            try:
                sim = engine.restore(self.scenario, bytes(saved.blob))
            except Exception as problem:  # whatever is wrong with it, it is only a cache
                log.warning("a checkpoint is thrown away", run=self.run.pk, problem=str(problem))
            else:
                self.seq, self.events = saved.seq, saved.events
                self.curve = [point for point in self.run.curve if point[0] <= saved.step]
                return sim
        return engine.Simulation(self.scenario, exercise.seed, noise=exercise.noise, start=exercise.first_step)

    def catch_up(self) -> None:
        """Apply the log after the checkpoint, and reach every step that was stamped, saved or shown."""
        shown = self.loudspeaker.take_over(SHOWN)
        target = max(self.run.step, rows.furthest_stamp(self.run), shown)
        for row in rows.stamped(self.run, self.seq):
            engine.step_to(self.sim, int(row.step or 0), self.curve)
            self._submit(row)
            if row.step == target:
                self._looked = target  # what is stamped was stamped together with that step's looks
        engine.step_to(self.sim, target, self.curve)
        self._write()

    def run_to(self, target: int, *, waiting: bool) -> None:
        """Move to `target`, taking in waiting commands now and the autopilots' at exactly the steps at which they look."""
        while self.sim.now < target and not self.sim.ended:
            given = self._look()
            if given or waiting:
                waiting = False
                for row in rows.stamp(self.run, self.sim.now, self.seq, given):
                    self._submit(row)
            engine.step_to(self.sim, min(target, engine.next_look(self.sim.now)), self.curve)
        self._write()

    def take_in(self, *, waiting: bool) -> None:
        """Take in what waits without moving: in a planning pause commands are given, and count from the evening's first step."""
        given = self._look()
        if given or waiting:
            for row in rows.stamp(self.run, self.sim.now, self.seq, given):
                self._submit(row)
        self._write()

    def _look(self) -> list[engine.Given]:
        """What the autopilots do at this step. Before the run's start history sits at every desk."""
        now, exercise = self.sim.now, self.run.team.exercise
        if now == self._looked or not engine.looks_at(now):
            return []
        self._looked = now
        start = exercise.start_step if self.run.start_step is None else self.run.start_step
        pilots = rows.pilots(self.run) if now >= start else dict.fromkeys(engine.DESKS, engine.BEFORE)
        return engine.look(self.sim, pilots, exercise.help) if pilots else []

    def _submit(self, row: Any) -> None:
        self.seq = row.seq
        refusal = self.sim.submit(engine.Command(row.seq, row.step, row.desk, row.kind, row.args, row.confidence or None, row.why))
        self._outcomes.append(rows.Outcome(row, None if refusal is None else refusal.reason))

    def _write(self) -> None:
        """Outcomes and events into rows; a note of every outcome waits for the next time the screens are told."""
        events = self.sim.take_events()
        if not events and not self._outcomes:
            return
        rows.tell(self.run, self._outcomes, events, self.events)
        self.events += len(events)
        for row, refusal in self._outcomes:
            note = {"t": "applied", "id": str(row.client_id), "step": row.step}
            if refusal is not None:
                note = {"t": "refused", "id": str(row.client_id), "reason": refusal}
            self._notes.setdefault(row.desk, []).append(to_json(note))
        self._outcomes = []

    def publish(self, beat: int = 0) -> None:
        """Tell the screens: all of them at beat 0, else those whose turn it is. Raises BROKER_GONE, and then the notes are kept."""
        help_level = self.run.team.exercise.help
        sights = {desk: engine.sight(self.sim, desk, help_level) for desk in SHOWN if self._is_due(desk, beat)}
        for wall in WALLS:
            if wall in sights:
                sights[wall]["minutes"] = {"points": list(self.curve)}
        self.loudspeaker.tell(self.sim.now, sights, self._notes)
        self._notes = {}

    def _is_due(self, desk: str, beat: int) -> bool:
        if desk in WALLS and beat % WALL_EVERY:
            return False
        return beat % QUIET_EVERY == 0 or desk in self._notes or desk not in self.loudspeaker.unheard

    def save_step(self) -> None:
        """Let the row know how far the screens have seen."""
        grown = len(self.curve) != self._curve_saved
        rows.save_step(self.run, self.sim.now, self.curve if grown else None)
        self._curve_saved = len(self.curve)

    def save(self) -> None:
        """Save a checkpoint."""
        blob = engine.save(self.sim)
        rows.save_checkpoint(self.run, self.sim.now, self.curve, seq=self.seq, events=self.events, blob=blob)


class Clock:
    """Paces one table for one segment."""

    def __init__(self, run_id: int, lease: Lease, stop: threading.Event, seconds: float = SEGMENT_S) -> None:
        self.run_id = run_id
        self.lease = lease
        self.stop = stop
        self.ends = time.monotonic() + seconds
        self.carry = 0.0  # fractions of a step
        self.late: list[float] = []

    def turn(self) -> bool:
        """Turn the run until the segment ends. True when another segment should follow."""
        table = None
        try:
            table = self._open()
            again = self._beats(table)
        except rows.Fenced:
            log.info("another worker has this run", run=self.run_id)
            return False
        except BROKER_GONE as problem:
            log.warning("the broker is gone; the run waits for it", run=self.run_id, problem=str(problem))
            return False
        except DatabaseError as problem:
            log.warning("the database is gone; the run waits for it", run=self.run_id, problem=str(problem))
            return False
        except Exception as problem:
            self._fail(problem, table)
            return False
        if again:
            _keep(table)
        return again

    def _open(self) -> Table:
        run = rows.claim(self.run_id)
        kept = _kept.pop(self.run_id, None)
        if kept is not None and kept.run.epoch == run.epoch - 1:
            kept.run = run
            return kept
        if run.state == "pending":
            rows.begin(run)
        table = Table(run)
        began = table.sim.now
        table.catch_up()
        if table.sim.now - began > LONG_STEPS:
            table.save()  # a fork's way to its start, say: who takes over next does not go it again
        return table

    def _beats(self, table: Table) -> bool:
        """Beat after beat. Runs that began together do not beat, save and end their segments together: their number tells them apart."""
        part = self.run_id * 0.618 % 1.0
        due = last_step = time.monotonic()
        due += part * BEAT_S
        last_save = due - part * CHECKPOINT_EVERY_S
        self.ends -= part * SPREAD_S
        phase = engine.phase(table.sim.now)
        for beat in count():
            look = rows.control(table.run)
            if look.state == "ended" or table.sim.ended:
                self._finish(table)
                return False
            if look.state != "running":
                table.publish()
                table.save()
                return False
            rushing = table.sim.now < look.advance_step
            if rushing or not self._plans(table, look, beat):
                self._beat(table, look, rushing)
            self._publish(table, 0 if rushing else beat)
            now = time.monotonic()
            if now - last_step >= STEP_EVERY_S:
                table.save_step()
                last_step = now
            if now - last_save >= CHECKPOINT_EVERY_S:
                table.save()
                last_save = now
            if engine.phase(table.sim.now) != phase:
                phase = engine.phase(table.sim.now)
                table.save_step()
                tell_state(rows.exercise_of(table.run))
            if self.stop.is_set() or self.lease.lost or now > self.ends:
                table.save()
                self._report(table)
                return not self.lease.lost
            due = max(due + (0.0 if rushing else BEAT_S), now - 2 * BEAT_S)
            self.stop.wait(max(0.0, due - time.monotonic()))
            if not rushing:
                self.late.append(max(0.0, time.monotonic() - due))
        return False

    def _plans(self, table: Table, look: rows.Control, beat: int) -> bool:
        """Whether the clock stands because an evening is being planned. Screens hear of it as often as of a clock that runs."""
        exercise = table.run.team.exercise
        if planning.opening(exercise, table.sim.now) is None:
            return False
        stands, changed = planning.holds(exercise, table.sim.now, timezone.now())
        if stands:
            self.carry = 0.0
            table.take_in(waiting=look.waiting)
        if changed:
            table.save_step()
            exercise.moves()
            tell_state(rows.exercise_of(table.run))
        elif stands and beat % TOLD_EVERY == 0:
            tell_run(table.run)
        return stands

    def _beat(self, table: Table, look: rows.Control, rushing: bool) -> None:
        if rushing:
            until = time.monotonic() + RUSH_S
            waiting = look.waiting
            while table.sim.now < look.advance_step and not table.sim.ended and time.monotonic() < until:
                table.run_to(min(table.sim.now + engine.STEPS_PER_MINUTE, look.advance_step), waiting=waiting)
                waiting = False
            return
        speed = speed_of(look.speeds, table.sim.now)
        steps = speed * BEAT_S * engine.STEPS_PER_SECOND + self.carry
        self.carry = steps - int(steps)
        target = table.sim.now + int(steps)
        stop = planning.next_opening(table.run.team.exercise, table.sim.now)
        table.run_to(target if stop is None else min(target, stop), waiting=look.waiting)

    def _publish(self, table: Table, beat: int) -> None:
        """Tell the screens; while the broker is away the market stands still, and the lease is proved again afterwards."""
        try:
            table.publish(beat)
            return
        except BROKER_GONE as problem:
            log.warning("the market waits for the broker", run=self.run_id, problem=str(problem))
        patience = time.monotonic() + BROKER_PATIENCE_S
        while True:
            try:
                client().ping()
                if not self.lease.renew():
                    raise rows.Fenced
                table.loudspeaker.forget()
                table.publish()
                return
            except BROKER_GONE:
                if time.monotonic() > patience or self.stop.wait(0.1):
                    table.save()
                    raise

    def _finish(self, table: Table) -> None:
        score = engine.score(table.sim)
        rows.finish(table.run, step=table.sim.now, curve=table.curve, score=score, digest=table.sim.digest())
        table.publish()
        exercise = rows.exercise_of(table.run)
        if exercise.end_if_done() or exercise.state == "ended":
            exercise.refresh_from_db()
            tell_state(exercise)
        log.info("a run ended", run=self.run_id, step=table.sim.now, total=score["total"])

    def _fail(self, problem: Exception, table: Table | None) -> None:
        """The run stands still and says why; other runs go on."""
        log.exception("a run failed", run=self.run_id)
        run = table.run if table else Run.objects.get(pk=self.run_id)
        at = f"at {engine.told(table.sim.now, 0)}" if table else "before it could go on from its log"
        reason = f"it stopped {at}: {problem} ({type(problem).__name__})"
        try:
            rows.fail(run, reason)
        except rows.Fenced:
            return
        tell_run(run)
        exercise = rows.exercise_of(run)
        if exercise.end_if_done():
            tell_state(exercise)

    def _report(self, table: Table) -> None:
        """How late the beats of this segment began (those at full speed are not counted)."""
        late = sorted(self.late)
        if late:
            p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
            log.info("segment", run=self.run_id, step=table.sim.now, beats=len(late), late_p99_ms=round(p99 * 1000, 1))
            log.debug("lateness", run=self.run_id, late_ms=[round(value * 1000, 1) for value in self.late])


def _keep(table: Table) -> None:
    """Keep the simulation for the next segment, and drop those that went on elsewhere."""
    table.left_at = time.monotonic()
    _kept[table.run.pk] = table
    for run_id, other in list(_kept.items()):
        if table.left_at - other.left_at > _KEEP_S:
            _kept.pop(run_id, None)
