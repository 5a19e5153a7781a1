"""The control room's picture of an exercise: what the rows know (overview.py), what every run says of itself, and the event feed.
One a web process and language, however many facilitators look at it.
"""

import time
from typing import Any

from django.utils.translation import gettext

import engine
from game.control.board import Side
from game.control.event_feed import Happenings
from game.control.overview import PHASES, curves, overview
from game.control.projector_feed import Feed
from game.live.broker import BROKER_GONE, cards_key, client
from game.live.hub import Slot
from game.live.losses import Curve, at
from game.live.loudspeaker import FULL_NOTE, read_hash
from game.models import Exercise, Run
from game.spoken import tell
from game.stillness import Stillness

OVERVIEW_S = 3.0  # people, notes and injects, which are told of when they change
IDLE_LOOK_S = 5.0  # while nobody has a control room open, nobody's idleness is counted
FULL_S = 6.0  # a run that stands before a full disk says so every second or two
DECIDED = ("at", "desk", "by", "text")  # what a row says of its last decision


class Room(Feed):
    """What the control rooms of an exercise are offered."""

    desk = "facilitator"
    rows_s = 1.0

    def __init__(self, exercise_id: int, language: str) -> None:
        super().__init__(exercise_id, language)
        self.happenings = Happenings(exercise_id)
        self._overview: dict[str, Any] = {}
        self._overview_due = 0.0
        self._by_id: dict[int, Run] = {}
        self._idle = Stillness(IDLE_LOOK_S)
        self._full_until = 0.0
        self._told = 0  # the newest line the clients were woken for
        self._curve: tuple[Any, dict[str, Any]] = (None, {})  # what it was drawn of, and the card

    def look(self) -> list[Run]:
        runs = super().look()
        if self._exercise is not None:
            self._by_id = {run.pk: run for run in runs}
            self.happenings.read(self._exercise, runs)
            if time.monotonic() >= self._overview_due:
                self._overview_due = time.monotonic() + OVERVIEW_S
                self._overview = overview(self._exercise, {}, runs)
        return runs

    def look_beside(self, exercise: Exercise) -> dict[str, Any]:
        return {}  # the overview has it

    def poke(self) -> None:
        self._overview_due = 0.0
        super().poke()

    async def remove(self, slot: Slot) -> None:
        await super().remove(slot)
        if not self._clients:
            _rooms.pop((self.exercise_id, self.language), None)

    def composed(self, sides: list[Side]) -> dict[str, Any]:
        if self._exercise is None:
            return {}
        if self.happenings.newest != self._told:
            self._told = self.happenings.newest
            for client_slot in self._clients:
                client_slot.wake.set()
        exercise, now = self._exercise, time.monotonic()
        ghost = None if exercise.kept_secret else self._ghost
        played = {
            team["id"]: any(person["online"] for seat in team["seats"] for person in seat["people"])
            for team in self._overview["teams"]
        }
        rows = {}
        for side in sides:
            run, last = self._by_id[side.run_id], self.happenings.last.get(side.run_id)
            could = played.get(run.team_id) and not self._overview["planning"]
            active = activity(run, self.happenings.acted.get(run.pk), could=bool(could))
            idle = stuck_s(run, active, self._idle.still(run.pk, active, now))
            rows[str(run.team_id)] = row(side, run, ghost) | {"stuck_s": idle, "last": last and {key: last[key] for key in DECIDED}}
        times = {}
        if sides:
            step = max(side.step for side in sides)
            times = {"clock": exercise.calendar.clock(step), "part": exercise.calendar.phase(step)}
        return {**self._overview, **times, "rows": rows, "curve": self._drawn(exercise.calendar, sides, ghost), "disk_full": self._is_full()}

    def _is_full(self) -> bool:
        """Whether a run stands before a full disk."""
        for _, slot in self._runs.values():
            if FULL_NOTE in slot.notes:
                self._full_until = time.monotonic() + FULL_S
            slot.notes.clear()
        return time.monotonic() < self._full_until

    def _drawn(self, calendar: engine.Calendar, sides: list[Side], ghost: Curve | None) -> dict[str, Any]:
        of = ([(side.name, len(side.curve)) for side in sides], ghost is None)
        if self._curve[0] != of:
            self._curve = (of, curves(calendar, sides, ghost))
        return self._curve[1]


def row(side: Side, run: Run, ghost: Curve | None) -> dict[str, Any]:
    """What a run says of itself at this moment, beside history at the same minute."""
    truth = side.cards.get("truth", {})
    step = max(side.step, run.step)
    own = max(run.team.exercise.advance_step, run.advance_step or engine.EARLIEST)
    calendar = run.team.exercise.calendar  # the event loop is no place to look up what a run was begun on
    return {
        "step": step,
        "clock": calendar.clock(step),
        "date": tell(None, calendar.dated(step, weekday=False)) if step < 0 else "",
        "phase": gettext(PHASES[calendar.phase(step)]),
        "rushing": run.state_told[0] == "running" and run.state != "ended" and step < own,
        "loss_usd": truth.get("loss_usd", run.curve[-1][1] if run.curve else None),
        "ghost_usd": at(ghost, step) if ghost else None,
        **{
            name: truth.get(name)
            for name in (
                "gross_usd",
                "bad_servers",
                "down_servers",
                "servers",
                "runaway",
                "flag_percent",
                "connected",
            )
        },
    }


def activity(run: Run, acted: Any, *, could: bool) -> tuple[Any, ...] | None:
    """What stands still while a team does nothing: its last command, and since when its clock goes. None while nobody could have acted."""
    exercise = run.team.exercise
    if not could or run.state_told[0] != "running" or run.state == "ended" or run.step < (run.start_step or exercise.start_step):
        return None
    return acted, run.moving_since, exercise.moving_since


def stuck_s(run: Run, active: tuple[Any, ...] | None, idle_s: float) -> int | None:
    """For how many seconds no person of the team gave a command, when that is too long; None when it is not, or nobody could have."""
    limit = run.team.exercise.stuck_s
    return round(idle_s) if active is not None and limit and idle_s >= limit else None


def first_rows(exercise: Exercise) -> dict[str, Any]:
    """The same cards for the page itself, from what the runs said last, so that it paints whole before its socket is up."""
    runs, ghost = list(exercise.runs()), exercise.ghost
    curve = None if ghost is None or exercise.kept_secret else ghost.curve
    sides = [Side.of(run) for run in runs]
    pipe = client().pipeline(transaction=False)
    for run in runs:
        pipe.hgetall(cards_key(run.pk, Room.desk))
    try:
        found = pipe.execute()
    except BROKER_GONE:
        found = [{} for _ in runs]
    for side, cards in zip(sides, found, strict=True):
        told = read_hash(cards)
        side.hear(told.step, told.cards)
    rows = {
        str(run.team_id): row(side, run, curve) | {"stuck_s": None, "last": None}
        for side, run in zip(sides, runs, strict=True)
    }
    return {"rows": rows, "curve": curves(exercise.calendar, sides, curve)}


_rooms: dict[tuple[int, str], Room] = {}


def room(exercise_id: int, language: str) -> Room:
    """This process's control room of an exercise in a language."""
    return _rooms.setdefault((exercise_id, language), Room(exercise_id, language))
