"""What a facilitator sees of an exercise: its time, its teams, who sits where and is away. The rows know it all; what only a run itself
can say (its clock and its losses at this moment) is in room.py.
"""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

import engine
from game import board, deck, planning, wall
from game.briefs import BRIEFS
from game.models import Exercise, Run, Seat, Team
from game.presence import seat_row
from game.rules import DESKS

PHASES = {"deployment": "Deployment", "premarket": "Pre-market", "bell": "Market open", "unwind": "Unwind", "block": "Evening", "ended": "Over"}
TO = {"deployment": "To the next evening", "premarket": "To the bell", "bell": "To 10:15", "unwind": "To the evening", "block": "To the end"}
SPARSE_FROM = engine.BELL_END + 15 * engine.STEPS_PER_MINUTE  # later a point every five minutes is enough to draw
SPARSE = 5


def brief(exercise: Exercise) -> dict[str, Any]:
    """A line of the list."""
    people, clock = exercise.players.count(), engine.clock(exercise.step)[:5]
    return {
        "code": exercise.code,
        "title": exercise.title,
        "state": exercise.state,
        "clock": f"{engine.date(exercise.step)} {clock}" if exercise.step < 0 else clock,
        "teams": exercise.teams.count(),
        "people": people,
        "url": reverse("facilitator-exercise", args=[exercise.code]),
    }


def overview(exercise: Exercise, links: dict[str, str], known: list[Run] | None = None) -> dict[str, Any]:
    """The whole picture as the rows know it; every key is a card of the control room. `links`: seat id -> one-time link that was made a
    moment ago and is shown now; `known`: its runs, where they have just been read.
    """
    now = timezone.now()
    runs = {run.team_id: run for run in (exercise.runs().defer("curve", "score") if known is None else known)}
    teams = list(exercise.teams.prefetch_related("seats__holdings__player"))
    return {
        "code": exercise.code,
        "title": exercise.title,
        **timing(exercise, list(runs.values()), now),
        "stuck_s": exercise.stuck_s,
        "people": exercise.players.count(),
        "wall": wall.told(exercise),
        "injects": deck.told(exercise),
        "notes": [note.told() for note in exercise.notes.select_related("team")],
        "teams": [_team(exercise, team, runs.get(team.pk), links, now) for team in teams],
    }


def timing(exercise: Exercise, runs: list[Run], now: datetime) -> dict[str, Any]:
    """Clock, phase and speed of the exercise, and what can be done to its time."""
    state, step = exercise.state, max([exercise.start_step, *(run.step for run in runs)])
    phase = engine.phase(step)
    going = state in ("running", "paused")
    return {
        "state": state,
        "clock": engine.clock(step),
        "phase": f"{PHASES[phase]}, {engine.date(step)}" if step < 0 else PHASES[phase],
        "week": exercise.start_step < 0,
        "speed": exercise.speed_at(step),
        "next": TO.get(phase) if going else None,
        "planning": planning.told(exercise, now),
        "catching_up": state == "running" and step < exercise.advance_step,
        "can": {
            "start": state == "lobby",
            "pause": state == "running",
            "resume": state == "paused",
            "drive": going,
            "retry": any(run.state == "failed" for run in runs),
        },
    }


def _team(exercise: Exercise, team: Team, run: Run | None, links: dict[str, str], now: datetime) -> dict[str, Any]:
    state, _ = run.state_told if run else (exercise.state, "")
    over = run is None or run.stopped or run.state == "ended" or exercise.state == "ended"
    seats = sorted(team.seats.all(), key=lambda seat: DESKS.index(seat.desk))
    return {
        "id": team.pk,
        "name": team.name,
        "state": state,
        "paused": bool(run) and run.paused and not over,
        "fault": run.reason if run and run.state == "failed" else "",
        "ended": bool(run) and (run.stopped or run.state == "ended"),
        "speed": run.speed_at(run.step) if run and run.speeds else None,
        "can": {"drive": not over, "retry": bool(run) and run.state == "failed" and exercise.state != "ended"},
        "seats": [_seat(exercise, team, seat, links, now) for seat in seats],
    }


def _seat(exercise: Exercise, team: Team, seat: Seat, links: dict[str, str], now: datetime) -> dict[str, Any]:
    return {
        **seat_row(seat, None, now),
        "people": [{"id": player.pk, "name": player.name, "online": player.gone_at is None} for player in seat.holders],
        "id": seat.pk,
        "locked": seat.locked,
        "title": BRIEFS[seat.desk].title,
        "link": links.get(str(seat.pk)),
        "watch_url": reverse("watch", args=[exercise.code, team.pk, seat.desk]),
        "link_url": reverse("facilitator-seat-link", args=[seat.pk]),
    }


def curves(sides: list[board.Side], ghost: board.Curve | None) -> dict[str, Any]:
    """Loss of every team by the minute, true and of now, with history's as far as anybody is: the card of the projector's chart."""
    until = min(max((side.step for side in sides), default=0), engine.CLOSE)
    every = SPARSE if until > SPARSE_FROM else 1
    return {
        "from": "09:30",
        "every_s": 60 * every,
        "history": board.series(ghost, until)[::every] if ghost else [],
        "teams": [{"name": side.name, "loss": board.series(side.curve, min(until, side.step))[::every]} for side in sides],
    }
