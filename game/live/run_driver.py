"""What moves a run: its simulation, and the rows that its log, its events and its checkpoint are."""

import time
from typing import Any

import structlog

import engine
from game import metrics
from game.live import run_store
from game.live.loudspeaker import Loudspeaker, to_json
from game.models import Checkpoint, Exercise, Run, contents
from game.rules import ASSISTANT

log = structlog.get_logger(__name__)

TELL_EVERY = 2  # screens are told every other beat, and desks at once what a command came to
QUIET_EVERY = 4  # a desk that nobody looks at is told every fourth, for those who come
SHOWN = (*engine.DESKS, "projector", "facilitator")  # the desks that have a screen
WALLS = ("projector", "facilitator")  # read, not played from


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
        self.write()
        if self.events < told:
            raise run_store.Contradicted(f"{told} events are written, and its log makes {self.events}")
        if self.run.shown_to is not None:  # so far it may not have played, and then the autopilots have not had their looks
            self.run_to(self.run.shown_to, waiting=False)

    def run_to(self, target: int, *, waiting: bool, rushing: bool = False) -> None:
        """Move to `target`, taking in waiting commands now and the autopilots' at exactly the steps at which they look. `rushing`: the clock
        is advanced, and nobody at a desk has the time to do anything."""
        while self.sim.now < target and not self.sim.ended:
            given = self._look(rushing)
            if given or waiting:
                for row in run_store.stamp(self.run, self.sim.now, self.seq, given, waiting=waiting):
                    self._submit(row)
                waiting = False
            engine.step_to(self.sim, min(target, engine.next_look(self.sim.calendar, self.sim.now)), self.curve)
        if self._outcomes:  # events alone are written once a second, with the step: mails come at most beats
            self.write()

    def take_in(self, *, waiting: bool) -> None:
        """Take in what waits without moving: in a planning pause commands are given, and count from the evening's first step."""
        given = self._look()
        if given or waiting:
            for row in run_store.stamp(self.run, self.sim.now, self.seq, given, waiting=waiting):
                self._submit(row)
        self.write()

    def _look(self, rushing: bool = False) -> list[engine.Given]:
        """What the autopilots do at this step. Before the run's start history sits at every desk; while the clock is advanced somebody does what
        is due before the bell, since a room that skips the hour would else open with no session to any exchange."""
        now, exercise = self.sim.now, self.run.team.exercise
        if now == self._looked or not engine.looks_at(self.sim.calendar, now):
            return []
        self._looked = now
        start = exercise.start_step if self.run.start_step is None else self.run.start_step
        pilots = run_store.pilots(self.run.team_id) if now >= start else dict.fromkeys(engine.DESKS, engine.BEFORE)
        if rushing and now >= start and self.sim.calendar.phase(now) == "premarket":
            idle = [desk for desk in engine.DESKS if pilots.get(desk, ASSISTANT) == ASSISTANT]
            pilots = pilots | dict.fromkeys(idle, engine.STAND_IN)
        return engine.look(self.sim, pilots, exercise.help) if pilots else []

    def _submit(self, row: Any) -> None:
        self.seq = row.seq
        refusal = self.sim.submit(engine.Command(row.seq, row.step, row.desk, row.kind, row.args, row.confidence or None, row.why))
        self._outcomes.append(run_store.CommandOutcome(row, None if refusal is None else refusal.reason))

    def write(self) -> None:
        """Outcomes and events into rows; a note of every outcome waits for the next time the screens are told."""
        events = self.sim.take_events()
        if not events and not self._outcomes:
            return
        run_store.tell(self.run, self._outcomes, events, self.events, step=self.sim.now)
        self.events += len(events)
        for row, refusal in self._outcomes:
            note: dict[str, object] = {"t": "applied", "id": str(row.client_id), "step": row.step}
            if refusal is not None:
                note = {"t": "refused", "id": str(row.client_id), "reason": refusal}
            self._notes.setdefault(row.desk, []).append(to_json(note))
        self._outcomes = []

    @property
    def has_notes(self) -> bool:
        """Whether somebody waits to hear what a command came to, or that the clock stands."""
        return bool(self._notes)

    def show_all(self) -> None:
        """Have every desk told of this very step the next time, also where nothing on its cards has changed."""
        for desk in engine.DESKS:
            self._notes.setdefault(desk, [])

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
        if desk in WALLS and beat % TELL_EVERY:
            return False
        return beat % QUIET_EVERY == 0 or desk in self._notes or desk not in self.loudspeaker.unheard

    def save_step(self, ahead: int = 0) -> None:
        """Let the row know how far it is, before a screen does, and that the screens may see so many steps more."""
        self.write()
        grown = len(self.curve) != self._curve_saved
        run_store.save_step(self.run, self.sim.now, self.curve if grown else None, shown_to=self.sim.now + ahead)
        self._curve_saved = len(self.curve)

    def save(self, *, leaving: bool = False) -> None:
        """Save a checkpoint, and the score as it stands, which counts where nobody can go on from it. `leaving`: it may be long until
        somebody goes on, and with other rules; then the executions' digest is made as well, which takes as long as the rest.
        """
        began = time.monotonic()
        self.write()
        at = {"step": self.sim.now, "seq": self.seq, "events": self.events, "blob": engine.save(self.sim), "score": engine.score(self.sim)}
        executions = engine.executed(self.sim) if leaving else ""
        run_store.save_checkpoint(self.run, Checkpoint(**at, executions=executions), self.curve)
        metrics.CHECKPOINT.observe(time.monotonic() - began)


def at_checkpoint(run: Run) -> engine.Simulation | None:
    """The simulation of a run's checkpoint, on the data it was begun on; None where it cannot be read here."""
    saved = Checkpoint.objects.filter(run=run).first()
    if saved is None:
        return None
    try:
        return engine.restore(contents.scenario_of(run), bytes(saved.blob))
    except (engine.CheckpointError, engine.ScenarioError) as problem:  # of another layout, or no longer what it was
        log.warning("a checkpoint cannot be read here", run=run.pk, problem=str(problem))
        return None


def executions_of(run: Run) -> str:
    """The digest of the executions at a run's checkpoint; "" where its worker died before it was made, and it cannot be read here."""
    known = Checkpoint.objects.filter(run=run).values_list("executions", flat=True).first()
    sim = None if known else at_checkpoint(run)
    return known or (engine.executed(sim) if sim else "")
