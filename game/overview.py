"""What a facilitator sees of an exercise: its time, its teams, who sits where and is away."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

import engine
from game import deck, planning, wall
from game.briefs import BRIEFS
from game.models import Exercise, Run, Team
from game.presence import seats_of
from game.rules import DESKS

PHASES = {"deployment": "Deployment", "premarket": "Pre-market", "bell": "Market open", "unwind": "Unwind", "block": "Evening", "ended": "Over"}
TO = {"deployment": "To the next evening", "premarket": "To the bell", "bell": "To 10:15", "unwind": "To the evening", "block": "To the end"}


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


def overview(exercise: Exercise, links: dict[str, str]) -> dict[str, Any]:
    """The whole picture. `links`: seat id -> one-time link that was made a moment ago and is shown now."""
    state, step, now = exercise.state, exercise.step, timezone.now()
    phase = engine.phase(step)
    going = state in ("running", "paused")
    runs = {run.team_id: run for run in exercise.runs()}
    return {
        "code": exercise.code,
        "title": exercise.title,
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
            "retry": any(run.state == "failed" for run in runs.values()),
        },
        "people": exercise.players.count(),
        "wall": wall.told(exercise),
        "injects": deck.told(exercise),
        "teams": [_team(team, runs.get(team.pk), links, now) for team in exercise.teams.all()],
    }


def _team(team: Team, run: Run | None, links: dict[str, str], now: datetime) -> dict[str, Any]:
    ids = dict(team.seats.values_list("desk", "pk"))
    rows = sorted(seats_of(team.pk, None, now), key=lambda row: DESKS.index(row["desk"]))
    return {
        "name": team.name,
        "clock": engine.clock(run.step) if run else None,
        "loss_usd": run.curve[-1][1] if run and run.curve else None,
        "fault": run.reason if run and run.state == "failed" else "",
        "ended": bool(run) and run.state == "ended",
        "seats": [
            {
                **row,
                "id": ids[row["desk"]],
                "title": BRIEFS[row["desk"]].title,
                "link": links.get(str(ids[row["desk"]])),
                "watch_url": reverse("watch", args=[team.exercise.code, team.pk, row["desk"]]),
                "link_url": reverse("facilitator-seat-link", args=[ids[row["desk"]]]),
            }
            for row in rows
        ],
    }
