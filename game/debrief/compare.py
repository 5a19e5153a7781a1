"""The teams of an exercise that has ended, side by side; and what they are called in its debrief.

Who is named is the facilitator's choice. Letters are dealt by a keyed hash, so that they tell neither the seating nor the order of joining;
teams are shown in the letters' order then. It holds for everything of the debrief: page, report, tables.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy

import engine
from game.debrief import counterfactuals, results
from game.debrief.report.words import tenths
from game.models import Event, Exercise, Ghost, Run
from game.models.run_log import states_of

_SALT = "opening-bell.letters"
CUT = "exchange.disconnected"
_CUT_WORDS = "The exchanges disconnected what was still sending."  # what a story has of it that was kept before its lines had kinds


def shown(exercise: Exercise) -> list[Run]:
    """The runs of an exercise in the order in which its debrief shows them, their teams called what they are called there: these rows
    are to be read, not saved.
    """
    runs = list(exercise.runs())
    if exercise.names == Exercise.Names.LETTERS:
        runs.sort(key=lambda run: salted_hmac(_SALT, f"{exercise.pk}:{run.team_id}", algorithm="sha256").hexdigest())
        for number, run in enumerate(runs):
            run.team.name = gettext("Team %(chr)s") % {"chr": chr(ord("A") + number)}
    for run in runs:
        run.team.exercise = exercise  # one, that all of them see
    return runs


def imposed_stops(runs: Sequence[Run]) -> dict[int, str]:
    """Run -> when the exchanges first disconnected it, where they did."""
    found, calendars = dict[int, str](), {run.pk: run.calendar for run in runs}
    for event in Event.objects.filter(run__in=runs, kind=CUT).order_by("run", "number"):
        found.setdefault(event.run_id, calendars[event.run_id].clock(event.step))
    return found


def barriers(run: Run) -> tuple[int, int] | None:
    """How many barriers of the week it closed, and of how many; None where the week was not played to its end."""
    states = [state for state in states_of(run).values() if state in ("closed", "hole", "open")]
    return (states.count("closed"), len(states)) if states else None


def table(runs: Sequence[Run], ghost: Ghost | None) -> dict[str, Any]:
    """A column a team and one of history, a row a figure. A cell has `text`, or `usd` with `as` (loss or gain), and `of` beside it."""
    stops = imposed_stops(runs)
    found = [results.of(run, ghost) for run in runs]
    columns = [_column(run, figures, stops.get(run.pk)) for run, figures in zip(runs, found, strict=True)]
    history: dict[str, Any] = {}
    if ghost is not None and runs:
        lost = max(figures["ghost_usd"] for figures in found)  # at the moment of the team that went furthest
        history = _told(ghost.score, _cut(ghost)) | {"loss": _money(lost, "loss")}
    return {
        "teams": [run.team.name for run in runs],
        "history": bool(history),
        "rows": [
            {"label": label, "cells": [column.get(key) or {} for column in (*columns, *([history] if history else []))]}
            for key, label in ROWS
            if key not in ("barriers", "sureness") or any(column[key] for column in columns)
        ],
    }


def rounds(exercise: Exercise, runs: Sequence[Run]) -> dict[str, Any] | None:
    """Two rounds side by side, as `table` has teams: of each team the morning before and this one, each beside history on its own market. None
    where there was no round before, or nothing came of it. Teams are the same by their place."""
    before = exercise.round_before
    earlier = {run.team.place: run for run in before.runs()} if before is not None and before.state == "ended" else {}
    pairs = [(earlier[run.team.place], run) for run in runs if run.team.place in earlier]
    if before is None or not pairs:
        return None
    stops = imposed_stops([run for pair in pairs for run in pair])
    columns, names = [], []
    for pair in pairs:
        name = pair[1].team.name
        names += [gettext("%(team)s, before") % {"team": name}, gettext("%(team)s, now") % {"team": name}]
        columns += [
            _column(run, results.of(run, played.ghost), stops.get(run.pk)) for run, played in zip(pair, (before, exercise), strict=True)
        ]
    rows = [{"label": label, "cells": [column.get(key) or {} for column in columns]} for key, label in ROWS if key in OF_ROUNDS]
    return {"teams": names, "history": False, "rows": rows, "code": before.code, "title": before.title}


OF_ROUNDS = ("loss", "avoided", "grade", "noticed_at", "diagnosed_at", "contained_at", "service")
ROWS = (
    ("loss", gettext_lazy("Loss")),
    ("avoided", gettext_lazy("Losses avoided")),
    ("grade", gettext_lazy("Grade")),
    ("noticed_at", gettext_lazy("Noticed")),
    ("diagnosed_at", gettext_lazy("Diagnosed")),
    ("contained_at", gettext_lazy("Contained")),
    ("imposed", gettext_lazy("Cut off by the exchanges")),
    ("service", gettext_lazy("Client service")),
    ("precautions", gettext_lazy("Precautions")),
    ("barriers", gettext_lazy("Barriers closed")),
    ("sureness", gettext_lazy("How sure, and how right (Brier score)")),
    ("best", gettext_lazy("Decision worth most")),
)  # fmt: skip


def _column(run: Run, found: dict[str, Any], stop: str | None) -> dict[str, Any]:
    share, closed = found["share_avoided"], barriers(run)
    return _told(run.score or {}, stop) | {
        "loss": _money(found["loss_usd"], "loss", "" if found["whole"] else gettext("ended at %(step)s") % {"step": run.calendar.clock(run.step)}),
        "avoided": {} if found["avoided_usd"] is None else {**_money(found["avoided_usd"], "gain"), "share": share},
        "grade": {} if found["grade"] is None else {"text": tenths(found["grade"])},
        "barriers": closed and {"text": gettext("%(closed)s of %(closed2)s") % {"closed": closed[0], "closed2": closed[1]}},
        "sureness": _sureness(run),
        "best": _best(run),
    }


def _sureness(run: Run) -> dict[str, Any]:
    """The team's Brier score, and beside it those of its desks."""
    scores = counterfactuals.brier_scores(run)
    if not scores:
        return {}
    desks = run.team.exercise.words["desks"]
    of = ", ".join(f"{desks[desk]['short']} {score:.2f}" for desk, score in scores.items() if desk)
    return {"text": f"{scores['']:.2f}", "of": of}


def _told(score: dict[str, Any], stop: str | None) -> dict[str, Any]:
    """What a score says of a run, a team's or history's."""
    never = score.get("runaway") == "never"
    moments = {key: {"text": score.get(key) or gettext("never")} for key in ("noticed_at", "diagnosed_at")}
    if score.get("diagnosed_at") and (wrong := engine.wrong_minutes(score)):
        moments["diagnosed_at"]["text"] += gettext(" + %(wrong)s min") % {"wrong": wrong}
    kept = score.get("service_kept")
    return moments | {
        "contained_at": {"text": _contained(score, stop) or (gettext("no runaway") if never else gettext("never"))},
        "imposed": {"text": stop or gettext("no")},
        "service": {} if kept is None else {"share": kept},
        "precautions": _money(score.get("precautions", 0), "loss"),
    }


def _contained(score: dict[str, Any], stop: str | None) -> str | None:
    """When it was: what ended because the exchanges cut the firm off was not."""
    contained: str | None = score.get("contained_at")
    return None if stop and contained and stop <= contained <= _later(stop) else contained


def _later(clock: str) -> str:
    """A clock text five seconds later: the day sees what ended every five seconds."""
    hours, minutes, seconds = map(int, clock.split(":"))
    whole = hours * 3600 + minutes * 60 + seconds + 5
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _cut(ghost: Ghost) -> str | None:
    return next((line["at"] for line in ghost.story if line.get("kind") == CUT or line["text"] == _CUT_WORDS), None)


def _money(usd: float, kind: str, of: str = "") -> dict[str, Any]:
    return {"usd": round(usd), "as": kind, "of": of}


def _best(run: Run) -> dict[str, Any]:
    """The cell of the decision worth most; `team` lets the page write it when it is reckoned later."""
    found = counterfactuals.best(run) if run.state == "ended" else None
    return {"team": run.team_id} | ({} if found is None else {**_money(found["usd"], "gain"), "of": found["words"]})
