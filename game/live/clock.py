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
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count

import structlog
from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError
from django.utils.translation import gettext_noop

import engine
from game import metrics
from game.live import run_store
from game.live.broker import BROKER_GONE, client
from game.live.control import tell_run, tell_state
from game.live.lease import Lease
from game.live.loudspeaker import say_full
from game.live.pacing import Pace
from game.live.programs import Patience
from game.live.run_driver import TELL_EVERY, RunDriver, at_checkpoint, executions_of
from game.models import RuleBroken, Run, contents, planning, speed_of
from game.spoken import tell, to_row
from game.storage import FULL, is_full

log = structlog.get_logger(__name__)

BEAT_S = 0.25
SEGMENT_S = 30.0
SPREAD_S = 10.0  # a segment is up to this much shorter
STEP_EVERY_S = 1.0  # how often the row learns how far it was shown
CHECKPOINT_EVERY_S = 20.0  # 50 ms each; what came since is run again in a few hundred milliseconds
LONG_STEPS = 15 * engine.STEPS_PER_MINUTE
TOLD_EVERY = 8  # screens hear every so many beats that a clock still stands
AHEAD_BEATS = 6  # the row allows the screens so much more than they have seen: a little over what passes until it is written again
BROKER_PATIENCE_S = 20.0
CROWDED_S = 0.02  # beats that begin later than this have too few processors: screens are told half as often until that is over
RUSH_S = 0.2  # at full speed: this long between two looks at the inbox

_kept: dict[int, RunDriver] = {}  # this process's simulations between two segments
_KEEP_S = 5.0  # the next segment follows within milliseconds, here or elsewhere


class Clock:
    """Paces one run for one segment."""

    def __init__(self, run_id: int, lease: Lease, stop: threading.Event, ended: Callable[[Run], None]) -> None:
        """`ended` is called with the run once it is over, and must not raise."""
        self.run_id = run_id
        self.lease = lease
        self.stop = stop
        self.ended = ended
        self.ends = time.monotonic() + SEGMENT_S
        self.carry = 0.0  # fractions of a step
        self.late: list[float] = []
        self.pace = Pace()
        self.patience = Patience()

    def turn(self) -> bool:
        """Turn the run until the segment ends. True when another segment should follow."""
        driver = None
        try:
            driver = self._open()
            if driver is None:
                return False
            again = self._beats(driver)
        except run_store.Fenced:
            log.info("another worker has this run", run=self.run_id)
            return False
        except Exception as problem:
            if not self._waits(problem):
                self._fail(problem, driver)
            return False
        if again:
            _keep(driver)
        return again

    def _waits(self, problem: Exception) -> bool:
        """Whether the run stands still until what is wrong around it passes: the reaper sends for somebody who tries again."""
        if is_full(problem, settings.STATE_DIR):
            log.warning(FULL, run=self.run_id, problem=str(problem))
            say_full(self.run_id)
        elif isinstance(problem, BROKER_GONE):
            log.warning("the broker is gone; the run waits for it", run=self.run_id, problem=str(problem))
        elif isinstance(problem, (DatabaseError, InterfaceError)) and not isinstance(problem, (IntegrityError, DataError)):
            log.warning("the database is gone; the run waits for it", run=self.run_id, problem=str(problem))
        else:
            return False
        return True

    def _open(self) -> RunDriver | None:
        """The run's driver, caught up; None where it stands still, for something else is here than it was begun on."""
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
        driver = RunDriver(run)
        began = driver.sim.now
        driver.catch_up()
        driver.save_step()
        if driver.sim.now - began > LONG_STEPS:
            driver.save()  # a fork's way to its start, say: who takes over next does not go it again
        return driver

    def _stand(self, run: Run, words: engine.Sentence) -> None:
        """Let it stand still until somebody decides; one that is over already is scored as its last checkpoint was."""
        run.reason = to_row(words)
        exercise = run_store.exercise_of(run)
        if run.stopped or exercise.state == "ended":
            run_store.finish_at_checkpoint(run, executions_of(run))
            self._ended(run)
            return
        run_store.stand(run, words, may_play_on=run.rules is not None and at_checkpoint(run) is not None)
        log.warning("a run stands still", run=run.pk, reason=tell(None, words))
        tell_run(run)
        tell_state(exercise)

    def _beats(self, driver: RunDriver) -> bool:
        """Beat after beat. Runs that began together do not beat, save and end their segments together: their number tells them apart."""
        part = self.run_id * 0.618 % 1.0
        due = last_step = time.monotonic()
        due += part * BEAT_S
        last_save = due - part * CHECKPOINT_EVERY_S
        self.ends -= part * SPREAD_S
        phase = driver.sim.calendar.phase(driver.sim.now)
        for beat in count():
            look = run_store.control(driver.run)
            if look.state == "ended" or driver.sim.ended:
                self._finish(driver)
                return False
            if look.state != "running":
                driver.publish()
                driver.save(leaving=True)
                return False
            rushing = driver.sim.now < look.advance_step
            if not rushing and driver.run.team.exercise.begins and self._waits_to_begin(driver):
                return False
            plans = self._plans(driver, look, beat, rushing)
            if not plans and not self._waits_for_programs(driver, beat, rushing) and not self._waits_for_teams(driver, look, beat, rushing):
                self._beat(driver, look, rushing)
            now = time.monotonic()
            if now - last_step >= STEP_EVERY_S or driver.sim.now > (driver.run.shown_to or engine.EARLIEST):
                driver.save_step(0 if rushing else self._ahead(driver, look))
                last_step = now
            if rushing or driver.has_notes or not left_out(beat, self.late):
                self._publish(driver, 0 if rushing else beat)
            if now - last_save >= CHECKPOINT_EVERY_S:
                driver.save()
                last_save = now
            if driver.sim.calendar.phase(driver.sim.now) != phase:
                phase = driver.sim.calendar.phase(driver.sim.now)
                driver.save_step()
                tell_state(run_store.exercise_of(driver.run))
            if self.stop.is_set() or self.lease.lost or now > self.ends:
                driver.save(leaving=self.stop.is_set())
                self._report(driver)
                return not self.lease.lost
            due = max(due + (0.0 if rushing else BEAT_S), now - 2 * BEAT_S)
            self.stop.wait(max(0.0, due - time.monotonic()))
            if not rushing:
                self.late.append(max(0.0, time.monotonic() - due))
                metrics.BEAT_LATE.observe(self.late[-1])
        return False

    def _waits_to_begin(self, driver: RunDriver) -> bool:
        """Let the clock of a game for one stand at its start until its player begins: who is still reading is not thrown into the market."""
        exercise = run_store.exercise_of(driver.run)
        if not exercise.begins:
            return False
        with suppress(RuleBroken):  # it was paused or ended meanwhile
            exercise.pause_by_itself("begin", [])
        tell_state(run_store.exercise_of(driver.run))  # before what takes its time: whoever begins meanwhile is told that the clock goes
        driver.save_step()
        driver.publish()
        driver.save(leaving=True)
        return True

    def _plans(self, driver: RunDriver, look: run_store.RunControl, beat: int, rushing: bool) -> bool:
        """Whether the clock stands because an evening is being planned. Screens hear of it as often as of a clock that runs."""
        exercise = driver.run.team.exercise
        if rushing or planning.opening(exercise, driver.sim.now) is None:
            return False
        stands, changed = planning.holds(exercise, driver.sim.now, time.monotonic())
        if stands:
            self.carry = 0.0
            driver.take_in(waiting=look.waiting)
        if changed:
            driver.save_step()
            exercise.moves()
            tell_state(run_store.exercise_of(driver.run))
        elif stands and beat % TOLD_EVERY == 0:
            tell_run(driver.run)
        return stands

    def _waits_for_programs(self, driver: RunDriver, beat: int, rushing: bool) -> bool:
        """Whether the clock stands because a program owes a move at this look. What was given meanwhile counts from this step on."""
        if not driver.run.team.exercise.move_s:
            return False
        now = driver.sim.now
        began, due = self.patience.step != now, not rushing and engine.looks_at(driver.sim.calendar, now)
        stands, changed = self.patience.holds(driver.run, now, time.monotonic(), due=due)
        if self.patience.step == now:  # it stands, or has stood until this moment
            self.carry = 0.0
            driver.take_in(waiting=True)
            if began:
                driver.show_all()
        if changed or (driver.run.waits_for_programs and beat % TOLD_EVERY == 0):
            driver.save_step()
            tell_run(driver.run)
        return stands

    def _waits_for_teams(self, driver: RunDriver, look: run_store.RunControl, beat: int, rushing: bool) -> bool:
        """Whether the clock stands because it is far ahead of another team's."""
        apart = not rushing and driver.sim.calendar.phase(driver.sim.now) == "unwind"
        stands, changed = self.pace.holds(driver.run, driver.sim.now, time.monotonic(), apart=apart)
        if stands:
            self.carry = 0.0
            driver.take_in(waiting=look.waiting)
        if changed or (stands and beat % TOLD_EVERY == 0):
            driver.save_step()
            tell_run(driver.run)
        return stands

    def _beat(self, driver: RunDriver, look: run_store.RunControl, rushing: bool) -> None:
        if rushing:
            until = time.monotonic() + RUSH_S
            waiting = look.waiting
            while driver.sim.now < look.advance_step and not driver.sim.ended and time.monotonic() < until:
                driver.run_to(min(driver.sim.now + engine.STEPS_PER_MINUTE, look.advance_step), waiting=waiting, rushing=True)
                waiting = False
            return
        steps = self._steps(driver, look) + self.carry
        self.carry = steps - int(steps)
        target = driver.sim.now + int(steps)
        stop = self._stop(driver)
        driver.run_to(target if stop is None else min(target, stop), waiting=look.waiting)

    def _stop(self, driver: RunDriver) -> int | None:
        """The next step at which the clock may have to stand."""
        exercise, now = driver.run.team.exercise, driver.sim.now
        opening = planning.next_opening(exercise, now)
        stop = opening if self.pace.limit is None else self.pace.limit  # the week has no unwind
        if not exercise.move_s:
            return stop
        look = engine.next_look(driver.sim.calendar, now)
        return look if stop is None else min(stop, look)

    def _steps(self, driver: RunDriver, look: run_store.RunControl) -> float:
        """How far a beat goes."""
        return speed_of(driver.sim.calendar, look.speeds, driver.sim.now) * BEAT_S * engine.STEPS_PER_SECOND

    def _ahead(self, driver: RunDriver, look: run_store.RunControl) -> int:
        """How many steps more the screens may see until the row is written again; not beyond where the clock may have to stand."""
        now, exercise = driver.sim.now, driver.run.team.exercise
        if driver.run.waits_for or planning.opening(exercise, now) is not None or (exercise.move_s and engine.looks_at(driver.sim.calendar, now)):
            return 0
        stop = self._stop(driver)
        ahead = int(self._steps(driver, look) * AHEAD_BEATS) + 1
        return ahead if stop is None else min(ahead, stop - now)

    def _publish(self, driver: RunDriver, beat: int) -> None:
        """Tell the screens; while the broker is away the market stands still, and the lease is proved again afterwards."""
        try:
            driver.publish(beat)
            return
        except BROKER_GONE as problem:
            log.warning("the market waits for the broker", run=self.run_id, problem=str(problem))
        patience = time.monotonic() + BROKER_PATIENCE_S
        while True:
            try:
                client().ping()
                if not self.lease.renew():
                    raise run_store.Fenced
                driver.loudspeaker.forget()
                driver.publish()
                return
            except BROKER_GONE as problem:
                if is_full(problem):
                    self._waits(problem)
                if time.monotonic() > patience or self.stop.wait(0.1):
                    driver.save()
                    raise

    def _finish(self, driver: RunDriver) -> None:
        driver.write()
        run_store.finish(
            driver.run,
            step=driver.sim.now,
            seq=driver.seq,
            events=driver.events,
            curve=driver.curve,
            score=engine.score(driver.sim),
            executions=engine.executed(driver.sim),
        )
        driver.publish()
        self._ended(driver.run)

    def _ended(self, run: Run) -> None:
        """Tell that it is over, the screens and whoever puts down what follows from it."""
        exercise = run_store.exercise_of(run)
        if exercise.end_if_done() or exercise.state == "ended":
            exercise.refresh_from_db()
            tell_state(exercise)
        log.info("a run ended", run=self.run_id, step=run.step, total=(run.score or {}).get("total"))
        self.ended(run)

    def _fail(self, problem: Exception, driver: RunDriver | None) -> None:
        """The run stands still and says why; other runs go on."""
        log.exception("a run failed", run=self.run_id)
        run = driver.run if driver else Run.objects.get(pk=self.run_id)
        what = {"problem": str(problem), "kind": type(problem).__name__}
        if driver:
            when = driver.sim.calendar.when(driver.sim.now, 0)
            reason = engine.phrase(gettext_noop("it stopped at {time}: {problem} ({kind})"), time=when, **what)
        else:
            reason = engine.phrase(gettext_noop("it stopped before it could go on from its log: {problem} ({kind})"), **what)
        try:
            run_store.fail(run, reason)
        except run_store.Fenced:
            return
        tell_run(run)
        exercise = run_store.exercise_of(run)
        if exercise.end_if_done():
            tell_state(exercise)

    def _report(self, driver: RunDriver) -> None:
        """How late the beats of this segment began (those at full speed are not counted)."""
        late = sorted(self.late)
        if late:
            p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
            log.info("segment", run=self.run_id, step=driver.sim.now, beats=len(late), late_p99_ms=round(p99 * 1000, 1))
            for first in range(0, len(self.late), 40):  # a line's values are cut where they are longer
                log.debug("lateness", run=self.run_id, late_ms=[round(value * 1000, 1) for value in self.late[first : first + 40]])


def left_out(beat: int, late: Sequence[float]) -> bool:
    """Whether screens are not told of this beat. Nobody reads a figure more than twice a second, and telling costs a worker more than the
    market does: where both is too much the market keeps its time, and pictures come half as often.
    """
    crowded = bool(late) and late[-1] > CROWDED_S
    return beat % (2 * TELL_EVERY if crowded else TELL_EVERY) != 0


def _keep(driver: RunDriver) -> None:
    """Keep the simulation for the next segment, and drop those that went on elsewhere."""
    driver.left_at = time.monotonic()
    _kept[driver.run.pk] = driver
    for run_id, other in list(_kept.items()):
        if driver.left_at - other.left_at > _KEEP_S:
            _kept.pop(run_id, None)
