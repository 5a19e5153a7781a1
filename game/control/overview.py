"""What a facilitator sees of an exercise: its time, its teams, who sits where and is away. The rows know it all; what only a run itself
can say (its clock and its losses at this moment) is in room.py.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

import engine
from game.control import board, deck, wall
from game.control.briefs import named
from game.control.exercise_controls import to_next
from game.live import losses
from game.models import Exercise, Run, Seat, Team, aides, planning
from game.models.incident_log import ROLES
from game.people.presence import seat_row
from game.rules import DESKS
from game.spoken import tell, tell_row

PHASES = {**engine.PHASES, "block": gettext_noop("Evening"), "ended": gettext_noop("Over")}  # in a row of teams there is no room for more
SPARSE_AFTER = 15 * engine.STEPS_PER_MINUTE  # the loud stretch; later a point every five minutes is enough to draw
SPARSE = 5


def brief(exercise: Exercise) -> dict[str, Any]:
    """A line of the list."""
    people, step, calendar = exercise.players.count(), exercise.step, exercise.calendar
    return {
        "code": exercise.code,
        "title": exercise.title,
        "state": exercise.get_state_display(),
        "clock": f"{tell(None, calendar.dated(step))} {calendar.hm(step)}" if step < 0 else calendar.hm(step),
        "teams": exercise.teams.count(),
        "people": people,
        "url": reverse("facilitator-exercise", args=[exercise.code]),
    }


def overview(exercise: Exercise, links: dict[str, str], known: list[Run] | None = None) -> dict[str, Any]:
    """The whole picture as the rows know it; every key is a card of the control room. `links`: seat id -> one-time link that was made a
    moment ago and is shown now; `known`: its runs, where they have just been read.
    """
    runs = {run.team_id: run for run in (exercise.runs().defer("curve", "score") if known is None else known)}
    teams = list(exercise.teams.prefetch_related("seats__holdings__player", "aides__player"))
    words = exercise.words
    titles = {desk: named(desk, words)["title"] for desk in DESKS}
    return {
        "code": exercise.code,
        "title": exercise.title,
        **timing(exercise, list(runs.values())),
        "stuck_s": exercise.stuck_s,
        "people": exercise.players.count(),
        "closed": exercise.closed,
        "joins": exercise.joins_a_minute,
        "wall": wall.wall_state(exercise),
        "injects": deck.injects_state(exercise),
        "notes": [note.told() for note in exercise.notes.select_related("team")],
        "teams": [_team(exercise, team, runs.get(team.pk), links, titles) for team in teams],
    }


def timing(exercise: Exercise, runs: list[Run]) -> dict[str, Any]:
    """Clock, phase and speed of the exercise, and what can be done to its time."""
    state, step = exercise.state, max([exercise.start_step, *(run.step for run in runs)])
    calendar = exercise.calendar
    phase = calendar.phase(step)
    going = state in ("running", "paused")
    return {
        "state": state,
        "halt": exercise.halt,
        "clock": calendar.clock(step),
        "part": phase,
        "phase": f"{gettext(PHASES[phase])}, {tell(None, calendar.dated(step))}" if step < 0 else gettext(PHASES[phase]),
        "week": exercise.start_step < 0,
        "speed": exercise.speed_at(step),
        "next": to_next(calendar, phase) if going else None,
        "planning": planning.pause_state(exercise),
        "catching_up": state == "running" and step < exercise.advance_step,
        "can": {
            "start": state == "lobby",
            "pause": state == "running",
            "keep": state == "paused" and bool(exercise.halt),
            "resume": state == "paused",
            "drive": going,
            "retry": any(run.state == "failed" for run in runs),
        },
    }


def _team(exercise: Exercise, team: Team, run: Run | None, links: dict[str, str], titles: dict[str, str]) -> dict[str, Any]:
    state, _ = run.state_told if run else (exercise.state, "")
    over = run is None or run.stopped or run.state == "ended" or exercise.state == "ended"
    seats = sorted(team.seats.all(), key=lambda seat: DESKS.index(seat.desk))
    return {
        "id": team.pk,
        "name": team.name,
        "state": state,
        "paused": run is not None and run.paused and not over,
        "fault": tell_row(run.reason) if run and run.state == "failed" else "",
        "upgrade": tell_row(run.reason) if run and run.state == "standing" and not over else "",
        "waits": run.waits_for or run.waits_for_programs if run and state == "running" else [],
        "ended": run is not None and (run.stopped or run.state == "ended"),
        "speed": run.speed_at(run.step) if run and run.speeds else None,
        "can": {
            "drive": not over,
            "retry": run is not None and run.state == "failed" and exercise.state != "ended",
            "play_on": run is not None and run.may_play_on and not over,
        },
        "seats": [_seat(exercise, team, seat, links, titles[seat.desk]) for seat in seats],
        "aides": [{**aides.told(aide), "id": aide.player_id, "title": str(ROLES[aide.role])} for aide in team.aides.all()],
    }


def _seat(exercise: Exercise, team: Team, seat: Seat, links: dict[str, str], title: str) -> dict[str, Any]:
    return {
        **seat_row(seat, None),
        "people": [{"id": player.pk, "name": player.name, "online": player.gone_at is None} for player in seat.holders],
        "id": seat.pk,
        "locked": seat.lock_told,
        "title": title,
        "link": links.get(str(seat.pk)),
        "watch_url": reverse("watch", args=[exercise.code, team.pk, seat.desk]),
        "link_url": reverse("facilitator-seat-link", args=[seat.pk]),
    }


def curves(calendar: engine.Calendar, sides: list[board.Side], ghost: losses.Curve | None) -> dict[str, Any]:
    """Loss of every team by the minute, true and of now, with history's as far as anybody is: the card of the projector's chart."""
    until = min(max((side.step for side in sides), default=0), calendar.close)
    every = SPARSE if until > calendar.bell_end + SPARSE_AFTER else 1
    return board.curve_until(calendar, until, sides, ghost, every)
