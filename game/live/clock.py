"""The clock: turns one run for about half a minute, four beats a second, in the hands of one worker.

Where a beat may be cut off, and why nothing is lost or done twice:
- after stamping, before the engine saw the command: the log holds its step; who takes over applies it there;
- after the engine saw it, before its outcome was written: the same, and the outcome comes out the same;
- after events were written, before a checkpoint: the row's step was written with them; the run goes on behind it, and makes the same ones
  on its way;
- after the screens saw a step, before a checkpoint: they see none that the row does not allow (`shown_to`, some beats ahead), and the run
  goes on behind that.
Nothing new is taken in before that. Resume is therefore one thing: the last checkpoint (or nothing) plus the log. Market time stands still
while the broker is away.
"""

import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError

import engine
from game.live import run_store
from game.live.broker import BROKER_GONE, client
from game.live.control import tell_run, tell_state
from game.live.lease import Lease
from game.live.loudspeaker import Loudspeaker, say_full, to_json
from game.models import Checkpoint, Exercise, Run, contents, planning, speed_of
from game.storage import FULL, is_full

log = structlog.get_logger(__name__)

BEAT_S = 0.25
SEGMENT_S = 30.0
SPREAD_S = 10.0  # a segment is up to this much shorter
STEP_EVERY_S = 1.0  # how often the row learns how far it was shown
CHECKPOINT_EVERY_S = 20.0  # 50 ms each; what came since is run again in a few hundred milliseconds
LONG_STEPS = 15 * engine.STEPS_PER_MINUTE
WALL_EVERY = 2  # walls are told every second beat
TOLD_EVERY = 8  # screens hear every so many beats that an evening is still being planned
AHEAD_BEATS = 6  # the row allows the screens so much more than they have seen: a little over what passes until it is written again
QUIET_EVERY = 4  # a desk that nobody looks at is told every fourth, for those who come
BROKER_PATIENCE_S = 20.0
RUSH_S = 0.2  # at full speed: this long between two looks at the inbox
SHOWN = (*engine.DESKS, "projector", "facilitator")  # the desks that have a screen
WALLS = ("projector", "facilitator")  # read, not played from

_kept: dict[int, "RunDriver"] = {}  # this process's simulations between two segments
_KEEP_S = 5.0  # the next segment follows within milliseconds, here or elsewhere


class RunDriver:
    """A simulation and the rows it belongs to: the only way a run moves."""

    def __init__(self, run: Run) -> None:
        self.run = run
        exercise = run.team.exercise
        self.scenario = contents.scenario_of(run)
        self.loudspeaker = Loudspeaker(run.pk)
        self.curve: list[list[int]] = []
        self.seq = self.events = 0  # how far the log and the events have been taken in
        self.left_at = time.monotonic()
        self.sim = self._restore(exercise)
        self._curve_saved = 0
        self._outcomes: list[run_store.CommandOutcome] = []  # to be written
        self._notes: dict[str, list[str]] = {}  # to be told, a list a desk
        self._looked = -1  # the step at which autopilots have had their look
        for desk, name in run.team.seats.exclude(autopilot="").values_list("desk", "autopilot"):
            engine.autopilot(name, desk, engine.words_of(self.scenario))  # an unknown one is said now, and not in the middle of the morning

    def _restore(self, exercise: Exercise) -> engine.Simulation:
        saved = Checkpoint.objects.filter(run=self.run).first()
        if saved is not None:
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
        """Apply the log after the checkpoint and go past every step that was stamped, written in an event, or shown, before anything new
        is taken in.
        """
        shown = self.loudspeaker.take_over(SHOWN)
        told, last = run_store.events_told(self.run), run_store.furthest_stamp(self.run)
        for row in run_store.stamped(self.run, self.seq):
            engine.step_to(self.sim, int(row.step or 0), self.curve)
            self._submit(row)
        engine.step_to(self.sim, max(self.run.step, last, shown), self.curve)
        if self.sim.now == last:
            self._looked = last  # what is stamped was stamped together with that step's looks
        self._write()
        if self.events < told:
            raise run_store.Contradicted(f"{told} events are written, and its log makes {self.events}")
        if self.run.shown_to is not None:  # so far it may not have played, and then the autopilots have not had their looks
            self.run_to(self.run.shown_to, waiting=False)

    def run_to(self, target: int, *, waiting: bool) -> None:
        """Move to `target`, taking in waiting commands now and the autopilots' at exactly the steps at which they look."""
        while self.sim.now < target and not self.sim.ended:
            given = self._look()
            if given or waiting:
                for row in run_store.stamp(self.run, self.sim.now, self.seq, given, waiting=waiting):
                    self._submit(row)
                waiting = False
            engine.step_to(self.sim, min(target, engine.next_look(self.sim.calendar, self.sim.now)), self.curve)
        self._write()

    def take_in(self, *, waiting: bool) -> None:
        """Take in what waits without moving: in a planning pause commands are given, and count from the evening's first step."""
        given = self._look()
        if given or waiting:
            for row in run_store.stamp(self.run, self.sim.now, self.seq, given, waiting=waiting):
                self._submit(row)
        self._write()

    def _look(self) -> list[engine.Given]:
        """What the autopilots do at this step. Before the run's start history sits at every desk."""
        now, exercise = self.sim.now, self.run.team.exercise
        if now == self._looked or not engine.looks_at(self.sim.calendar, now):
            return []
        self._looked = now
        start = exercise.start_step if self.run.start_step is None else self.run.start_step
        pilots = run_store.pilots(self.run) if now >= start else dict.fromkeys(engine.DESKS, engine.BEFORE)
        return engine.look(self.sim, pilots, exercise.help) if pilots else []

    def _submit(self, row: Any) -> None:
        self.seq = row.seq
        refusal = self.sim.submit(engine.Command(row.seq, row.step, row.desk, row.kind, row.args, row.confidence or None, row.why))
        self._outcomes.append(run_store.CommandOutcome(row, None if refusal is None else refusal.reason))

    def _write(self) -> None:
        """Outcomes and events into rows; a note of every outcome waits for the next time the screens are told."""
        events = self.sim.take_events()
        if not events and not self._outcomes:
            return
        run_store.tell(self.run, self._outcomes, events, self.events, step=self.sim.now)
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
        sights: dict[str, dict[str, object]] = {desk: dict(engine.sight(self.sim, desk, help_level)) for desk in SHOWN if self._is_due(desk, beat)}
        for wall in WALLS:
            if wall in sights:
                sights[wall]["minutes"] = {"points": list(self.curve)}
        self.loudspeaker.tell(self.sim.now, sights, self._notes)
        self._notes = {}

    def _is_due(self, desk: str, beat: int) -> bool:
        if desk in WALLS and beat % WALL_EVERY:
            return False
        return beat % QUIET_EVERY == 0 or desk in self._notes or desk not in self.loudspeaker.unheard

    def save_step(self, ahead: int = 0) -> None:
        """Let the row know how far it is, before a screen does, and that the screens may see so many steps more."""
        grown = len(self.curve) != self._curve_saved
        run_store.save_step(self.run, self.sim.now, self.curve if grown else None, shown_to=self.sim.now + ahead)
        self._curve_saved = len(self.curve)

    def save(self, *, leaving: bool = False) -> None:
        """Save a checkpoint, and the score as it stands, which counts where nobody can go on from it. `leaving`: it may be long until
        somebody goes on, and with other rules; then the executions' digest is made as well, which takes as long as the rest.
        """
        at = {"step": self.sim.now, "seq": self.seq, "events": self.events, "blob": engine.save(self.sim), "score": engine.score(self.sim)}
        executions = engine.executed(self.sim) if leaving else ""
        run_store.save_checkpoint(self.run, Checkpoint(**at, executions=executions), self.curve)


class Clock:
    """Paces one table for one segment."""

    def __init__(self, run_id: int, lease: Lease, stop: threading.Event, ended: Callable[[Run], None]) -> None:
        """`ended` is called with the run once it is over, and must not raise."""
        self.run_id = run_id
        self.lease = lease
        self.stop = stop
        self.ended = ended
        self.ends = time.monotonic() + SEGMENT_S
        self.carry = 0.0  # fractions of a step
        self.late: list[float] = []

    def turn(self) -> bool:
        """Turn the run until the segment ends. True when another segment should follow."""
        table = None
        try:
            table = self._open()
            if table is None:
                return False
            again = self._beats(table)
        except run_store.Fenced:
            log.info("another worker has this run", run=self.run_id)
            return False
        except Exception as problem:
            if not self._waits(problem):
                self._fail(problem, table)
            return False
        if again:
            _keep(table)
        return again

    def _waits(self, problem: Exception) -> bool:
        """Whether the run stands still until what is wrong around it passes: the reaper sends for somebody who tries again."""
        if is_full(problem, settings.STATE_DIR):
            log.warning(FULL, run=self.run_id, problem=str(problem))
            say_full(self.run_id)
        elif isinstance(problem, BROKER_GONE):
            log.warning("the broker is gone; the run waits for it", run=self.run_id, problem=str(problem))
        elif isinstance(problem, DatabaseError) and not isinstance(problem, (IntegrityError, DataError)):
            log.warning("the database is gone; the run waits for it", run=self.run_id, problem=str(problem))
        else:
            return False
        return True

    def _open(self) -> RunDriver | None:
        """The run's table, caught up; None where it stands still, for something else is here than it was begun on."""
        run = run_store.claim(self.run_id)
        kept = _kept.pop(self.run_id, None)
        if kept is not None and kept.run.epoch == run.epoch - 1:
            kept.run = run
            return kept
        if (run.state != "pending" or run.rules is not None) and (words := contents.changed(run)):
            self._stand(run, words)
            return None
        if run.state == "pending":
            run_store.begin(run, contents.scenario_of(run))
        table = RunDriver(run)
        began = table.sim.now
        table.catch_up()
        table.save_step()
        if table.sim.now - began > LONG_STEPS:
            table.save()  # a fork's way to its start, say: who takes over next does not go it again
        return table

    def _stand(self, run: Run, words: str) -> None:
        """Let it stand still until somebody decides; one that is over already is scored as its last checkpoint was."""
        run.reason = words
        exercise = run_store.exercise_of(run)
        if run.stopped or exercise.state == "ended":
            run_store.finish_at_checkpoint(run, _executions(run))
            self._ended(run)
            return
        run_store.stand(run, words, may_play_on=run.rules is not None and _read(run) is not None)
        log.warning("a run stands still", run=run.pk, reason=words)
        tell_run(run)
        tell_state(exercise)

    def _beats(self, table: RunDriver) -> bool:
        """Beat after beat. Runs that began together do not beat, save and end their segments together: their number tells them apart."""
        part = self.run_id * 0.618 % 1.0
        due = last_step = time.monotonic()
        due += part * BEAT_S
        last_save = due - part * CHECKPOINT_EVERY_S
        self.ends -= part * SPREAD_S
        phase = table.sim.calendar.phase(table.sim.now)
        for beat in count():
            look = run_store.control(table.run)
            if look.state == "ended" or table.sim.ended:
                self._finish(table)
                return False
            if look.state != "running":
                table.publish()
                table.save(leaving=True)
                return False
            rushing = table.sim.now < look.advance_step
            if rushing or not self._plans(table, look, beat):
                self._beat(table, look, rushing)
            now = time.monotonic()
            if now - last_step >= STEP_EVERY_S or table.sim.now > (table.run.shown_to or engine.EARLIEST):
                table.save_step(0 if rushing else self._ahead(table, look))
                last_step = now
            self._publish(table, 0 if rushing else beat)
            if now - last_save >= CHECKPOINT_EVERY_S:
                table.save()
                last_save = now
            if table.sim.calendar.phase(table.sim.now) != phase:
                phase = table.sim.calendar.phase(table.sim.now)
                table.save_step()
                tell_state(run_store.exercise_of(table.run))
            if self.stop.is_set() or self.lease.lost or now > self.ends:
                table.save(leaving=self.stop.is_set())
                self._report(table)
                return not self.lease.lost
            due = max(due + (0.0 if rushing else BEAT_S), now - 2 * BEAT_S)
            self.stop.wait(max(0.0, due - time.monotonic()))
            if not rushing:
                self.late.append(max(0.0, time.monotonic() - due))
        return False

    def _plans(self, table: RunDriver, look: run_store.RunControl, beat: int) -> bool:
        """Whether the clock stands because an evening is being planned. Screens hear of it as often as of a clock that runs."""
        exercise = table.run.team.exercise
        if planning.opening(exercise, table.sim.now) is None:
            return False
        stands, changed = planning.holds(exercise, table.sim.now, time.monotonic())
        if stands:
            self.carry = 0.0
            table.take_in(waiting=look.waiting)
        if changed:
            table.save_step()
            exercise.moves()
            tell_state(run_store.exercise_of(table.run))
        elif stands and beat % TOLD_EVERY == 0:
            tell_run(table.run)
        return stands

    def _beat(self, table: RunDriver, look: run_store.RunControl, rushing: bool) -> None:
        if rushing:
            until = time.monotonic() + RUSH_S
            waiting = look.waiting
            while table.sim.now < look.advance_step and not table.sim.ended and time.monotonic() < until:
                table.run_to(min(table.sim.now + engine.STEPS_PER_MINUTE, look.advance_step), waiting=waiting)
                waiting = False
            return
        steps = self._steps(table, look) + self.carry
        self.carry = steps - int(steps)
        target = table.sim.now + int(steps)
        stop = planning.next_opening(table.run.team.exercise, table.sim.now)
        table.run_to(target if stop is None else min(target, stop), waiting=look.waiting)

    def _steps(self, table: RunDriver, look: run_store.RunControl) -> float:
        """How far a beat goes."""
        return speed_of(table.sim.calendar, look.speeds, table.sim.now) * BEAT_S * engine.STEPS_PER_SECOND

    def _ahead(self, table: RunDriver, look: run_store.RunControl) -> int:
        """How many steps more the screens may see until the row is written again; not beyond where the clock may have to stand."""
        now = table.sim.now
        stop = now if planning.opening(table.run.team.exercise, now) is not None else planning.next_opening(table.run.team.exercise, now)
        ahead = int(self._steps(table, look) * AHEAD_BEATS) + 1
        return ahead if stop is None else min(ahead, stop - now)

    def _publish(self, table: RunDriver, beat: int) -> None:
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
                    raise run_store.Fenced
                table.loudspeaker.forget()
                table.publish()
                return
            except BROKER_GONE as problem:
                if is_full(problem):
                    self._waits(problem)
                if time.monotonic() > patience or self.stop.wait(0.1):
                    table.save()
                    raise

    def _finish(self, table: RunDriver) -> None:
        run_store.finish(
            table.run,
            step=table.sim.now,
            seq=table.seq,
            events=table.events,
            curve=table.curve,
            score=engine.score(table.sim),
            executions=engine.executed(table.sim),
        )
        table.publish()
        self._ended(table.run)

    def _ended(self, run: Run) -> None:
        """Tell that it is over, the screens and whoever puts down what follows from it."""
        exercise = run_store.exercise_of(run)
        if exercise.end_if_done() or exercise.state == "ended":
            exercise.refresh_from_db()
            tell_state(exercise)
        log.info("a run ended", run=self.run_id, step=run.step, total=(run.score or {}).get("total"))
        self.ended(run)

    def _fail(self, problem: Exception, table: RunDriver | None) -> None:
        """The run stands still and says why; other runs go on."""
        log.exception("a run failed", run=self.run_id)
        run = table.run if table else Run.objects.get(pk=self.run_id)
        at = f"at {table.sim.calendar.told(table.sim.now, 0)}" if table else "before it could go on from its log"
        reason = f"it stopped {at}: {problem} ({type(problem).__name__})"
        try:
            run_store.fail(run, reason)
        except run_store.Fenced:
            return
        tell_run(run)
        exercise = run_store.exercise_of(run)
        if exercise.end_if_done():
            tell_state(exercise)

    def _report(self, table: RunDriver) -> None:
        """How late the beats of this segment began (those at full speed are not counted)."""
        late = sorted(self.late)
        if late:
            p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
            log.info("segment", run=self.run_id, step=table.sim.now, beats=len(late), late_p99_ms=round(p99 * 1000, 1))
            log.debug("lateness", run=self.run_id, late_ms=[round(value * 1000, 1) for value in self.late])


def _read(run: Run) -> engine.Simulation | None:
    """The simulation of a run's checkpoint, on the data it was begun on; None where it cannot be read here."""
    saved = Checkpoint.objects.filter(run=run).first()
    if saved is None:
        return None
    try:
        return engine.restore(contents.scenario_of(run), bytes(saved.blob))
    except (engine.CheckpointError, engine.ScenarioError) as problem:  # of another layout, or no longer what it was
        log.warning("a checkpoint cannot be read here", run=run.pk, problem=str(problem))
        return None


def _executions(run: Run) -> str:
    """The digest of the executions at a run's checkpoint; "" where its worker died before it was made, and it cannot be read here."""
    known = Checkpoint.objects.filter(run=run).values_list("executions", flat=True).first()
    sim = None if known else _read(run)
    return known or (engine.executed(sim) if sim else "")


def _keep(table: RunDriver) -> None:
    """Keep the simulation for the next segment, and drop those that went on elsewhere."""
    table.left_at = time.monotonic()
    _kept[table.run.pk] = table
    for run_id, other in list(_kept.items()):
        if table.left_at - other.left_at > _KEEP_S:
            _kept.pop(run_id, None)
