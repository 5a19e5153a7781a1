"""What the decisions were worth: every team against history's run on the same market."""

from typing import Any, NamedTuple

from django.db import models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import engine
from game import board, compare, forks, guide, lab, lessons, results, sharing, tables, worth
from game.access import facilitates, own_exercise, player_of
from game.bundles import bundle_of
from game.joining import normal
from game.models import Command, Exercise, Ghost, Run
from game.rules import RuleBroken
from game.views.account import facilitators_only
from game.views.errors import error
from game.views.ledger import ledger_of
from game.views.week import week_of

PARTS = (
    ("trading", "Trading loss, sold back"),
    ("halting", "Halting"),
    ("client_harm", "Client harm"),
    ("precautions", "Precautions"),
    ("penalties", "Penalties"),
)
READ = "mail.open"  # counted, not listed: a desk opens a hundred in a morning
NOT_GIVEN = [kind for kind, lever in engine.KINDS.items() if lever.talk or kind == READ]
NO_RESULT = "There is no result of this run yet."


class Happened(NamedTuple):
    """An event of a log, as the engine tells it."""

    step: int
    kind: str
    audience: list[str]
    data: dict[str, Any]


_lasting: dict[tuple[Any, ...], dict[str, Any]] = {}


def beside_the_bell(moment: str | None) -> str:
    """A clock text for people who count from the opening bell: "4.2 min after the bell"."""
    if not moment:
        return ""
    if engine.step_at(moment) < 0:
        return "in the week"
    minutes = (engine.step_at(moment) - engine.OPEN) / engine.STEPS_PER_MINUTE
    return f"{abs(minutes):.1f} min {'after' if minutes >= 0 else 'before'} the bell"


def moments(score: dict[str, Any]) -> list[dict[str, str]]:
    """When it was noticed, diagnosed and contained: label, clock text (or what stands for it) and words beside it."""
    never = score.get("runaway") == "never"
    found = [("Noticed", "noticed_at", "nobody opened or shared a sign of it"), ("Diagnosed", "diagnosed_at", "nobody declared the right cause")]
    rows = [{"label": label, "at": score.get(key) or "–", "of": beside_the_bell(score.get(key)) or missing} for label, key, missing in found]
    contained = score.get("contained_at")
    nothing = ("Nothing ran away", "there was nothing to contain") if never else ("–", "not contained")
    rows.append({"label": "Contained", "at": contained or nothing[0], "of": beside_the_bell(contained) or nothing[1]})
    return rows


FATES = {
    "own cash": ("Survived", "on its own cash"),
    "rescued": ("Rescued", "by new capital"),
    "failed": ("Failed", "the loss was larger than its cash and nobody stepped in"),
}


def fate(score: dict[str, Any]) -> dict[str, str]:
    """What became of the firm, in a word and a half sentence."""
    capital = score.get("capital") or {}
    word, of = FATES.get(str(score.get("fate")), ("Undecided", "the day was not played to its end"))
    if score.get("fate") == "rescued":
        of = f"with ${capital['raised_usd'] / 1e6:,.0f} M of new capital"
    return {"word": word, "of": of}


@never_cache
@require_safe
def result(request: HttpRequest, code: str) -> HttpResponse:
    """The result of an exercise; until it has ended the page says so and shows nothing."""
    exercise = Exercise.objects.filter(code=normal(code)).first()
    if exercise is None:
        return error(request, 404, f"There is no exercise {code[:20]}.")
    runs = compare.shown(exercise) if exercise.state == "ended" else []
    over = exercise.state == "ended" and all(run.state in Run.DONE for run in runs)
    held = over and exercise.frozen is not None
    facilitator = facilitates(request.COOKIES, exercise)
    runs = seen_runs(request, exercise) if over else runs
    final = over and (not held or facilitator)
    played = sharing.played_in(request.COOKIES, exercise)
    ghost = exercise.ghost
    sides = [board.Side.of(run) for run in runs] if final else []
    furthest = max((side.step for side in sides), default=engine.OPEN - 1)
    context = {
        "page_title": f"Result of {exercise.title}",
        "exercise": exercise,
        "fork": forks.of(exercise),
        "final": final,
        "held": held,
        "others": final and not runs and exercise.teams.exists(),
        "shared": [_link(request, run) for run in runs if facilitator or run.team_id == played] if final else [],
        "shared_until": sharing.until(),
        "notes": notes_of(exercise, runs) if facilitator else [],
        "teams": [team_told(run, ghost) for run in runs] if final else [],
        "facilitates": facilitator,
        "tables": [*tables.WHOLE, *tables.ROWS],
        "team_tables": list(tables.ROWS),
        "lessons": lessons.told(exercise, runs) if final else None,
        "asked": _asked(request, exercise),
        "compared": compare.table(runs, ghost) if final and facilitator and len(runs) > 1 else None,
        "experiments": lab.kept_with(exercise, facilitates=facilitator) if final else [],
        "prompts": guide.PROMPTS,
        "history": _history(ghost) if final and ghost else None,
        "curve": board.curve_until(furthest, sides, ghost.curve if final and ghost else None),
        "noise": exercise.noise,
        "engine_version": next((run.engine_version for run in runs if run.engine_version), engine.ENGINE_VERSION),
    }
    return render(request, "result.html", context)


def _link(request: HttpRequest, run: Run) -> dict[str, str]:
    """The link to a team's result."""
    return {"team": run.team.name, "address": request.build_absolute_uri(reverse("shared", args=[sharing.link_token(run.team)]))}


def _asked(request: HttpRequest, exercise: Exercise) -> str:
    """Whether the player of this browser is asked what they take away: "" (not), "asked" or "answered"."""
    player = player_of(request.COOKIES)
    if player is None or player.exercise_id != exercise.pk:
        return ""
    try:
        lessons.may_answer(player)
    except RuleBroken:
        return ""
    return "answered" if hasattr(player, "lesson") else "asked"


@never_cache
@require_safe
def worths(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """What the decisions of a team were worth as far as is known; asking for it sends for the rest. Seen by whoever sees the result."""
    run = seen_run(request, code, team)
    if run is None or run.state != "ended":
        return error(request, 404, NO_RESULT)
    return JsonResponse(worth.told(run))


@never_cache
@require_safe
def course(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """The loss by the minute from the bell on in another course of a run (`key`: see worth.json), for the curve."""
    run = seen_run(request, code, team)
    if run is None or run.state != "ended":
        return error(request, 404, NO_RESULT)
    key = request.GET.get("key", "")
    found = worth.curve_of(run, key)
    if found is None:
        return error(request, 404, f"No course {key[:40]!r} of this run is known: expected one that worth.json tells.")
    return JsonResponse({"key": key, "loss": board.series(found, worth.log_of(run).horizon)})


def seen_runs(request: HttpRequest, exercise: Exercise) -> list[Run]:
    """The runs whose result is seen from this browser, in the order and by the names of the debrief; none before the end or the reveal."""
    if exercise.state != "ended":
        return []
    runs, facilitator = compare.shown(exercise), facilitates(request.COOKIES, exercise)
    if exercise.frozen is not None and not facilitator:
        return []
    if facilitator or exercise.open_results or len(runs) == 1:  # of one team the code is the team's
        return runs
    own = sharing.own_teams(request.COOKIES, exercise)
    return [run for run in runs if run.team_id in own]


def seen_run(request: HttpRequest, code: str, team: int) -> Run | None:
    """The run of a team, where it is one of those."""
    exercise = get_object_or_404(Exercise, code=normal(code))
    return next((run for run in seen_runs(request, exercise) if run.team_id == team), None)


def notes_of(exercise: Exercise, runs: list[Run]) -> list[dict[str, Any]]:
    """The facilitator's notes about all teams and about these, which are called what the debrief calls them."""
    names: dict[int | None, str] = {None: "", **{run.team_id: run.team.name for run in runs}}
    return [{**note.told(), "team": names[note.team_id]} for note in exercise.notes.select_related("team") if note.team_id in names]


@require_safe
@facilitators_only
def bundle(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """The evidence bundle of a team's run, for `manage.py verify`."""
    exercise = own_exercise(request, code)
    run = get_object_or_404(exercise.runs(), team=team)
    if run.state != "ended" or run.engine_version != engine.ENGINE_VERSION:
        return error(request, 409, "A run has its bundle when it has ended, from the engine that played it.")
    name = f"opening-bell-{exercise.code}-{run.team.place}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(engine.pack(bundle_of(run)), content_type="application/zip", headers=headers)


def team_told(run: Run, ghost: Ghost | None) -> dict[str, Any]:
    """What is told of a team."""
    score, exercise, lasting = run.score or {}, run.team.exercise, lasting_of(run)
    return {
        "name": run.team.name,
        "pk": run.team_id,
        "bundle": run.state == "ended" and run.engine_version == engine.ENGINE_VERSION,
        "failed": run.reason if run.state == "failed" else "",
        "ended_at": engine.clock(run.step),
        **results.of(run, ghost),
        "moments": moments(score),
        "fate": fate(score),
        "service_kept": score.get("service_kept"),
        "ledger": lasting["ledger"],
        "lanes_id": f"lanes-{run.team_id}",
        "week": lasting["week"],
        "story": lasting["story"],
        "from": engine.told(max(engine.OPEN, exercise.start_step), 0) if run.step > max(engine.OPEN, exercise.start_step) else "",
        "parts": [{"label": label, "usd": round(score[key])} for key, label in PARTS if score.get(key)],
        "decisions": [
            {**_decision(row, named=exercise.names == Exercise.Names.PEOPLE), "inherited": inherited(exercise, int(row.step or 0))}
            for row in lasting["given"]
        ],
        "opened": lasting["opened"],
    }


def lasting_of(run: Run) -> dict[str, Any]:
    """What is read from the whole log of a run that has ended, and is the same for whoever looks: kept as worth.log_of keeps the log, for
    as long as the run stays as it is.
    """
    key = (run.team.exercise.code, run.pk, run.epoch, run.step, run.state)
    found = _lasting.get(key)
    if found is None:
        found = _lasting[key] = _read(run)
        for old in list(_lasting)[: -worth.LOGS_KEPT]:
            _lasting.pop(old, None)
    return found


def _read(run: Run) -> dict[str, Any]:
    score, scenario = run.score or {}, engine.load_scenario(run.team.exercise.scenario)
    rows = run.events.order_by("number").values_list("step", "kind", "audience", "data")
    events = [Happened(*row) for row in rows.iterator()]  # thousands: no model for each
    given = list(run.commands.filter(step__isnull=False).exclude(kind__in=NOT_GIVEN).order_by("seq"))
    return {
        "ledger": ledger_of(run, events),
        "week": week_of(run, scenario),
        "story": [
            {**line, "inherited": inherited(run.team.exercise, engine.step_at(line["at"]))}
            for line in engine.story(events, scenario, score if score.get("fate") else None)
        ],
        "given": given,
        "opened": list(run.commands.filter(step__isnull=False, kind=READ).order_by("desk").values_list("desk").annotate(models.Count("pk"))),
    }


def inherited(exercise: Exercise, step: int) -> bool:
    """Whether that was played in another exercise, which this one goes on from."""
    return exercise.first is not None and step < exercise.start_step


def _history(ghost: Ghost) -> dict[str, Any]:
    """History's run on the same market, for the column beside the team's."""
    return {"story": ghost.story, "moments": moments(ghost.score), "fate": fate(ghost.score)}


def _decision(row: Command, *, named: bool) -> dict[str, Any]:
    lever = engine.KINDS.get(row.kind)
    label = lever.label if lever else row.kind
    server = row.args.get("server")
    return {
        "at": _moment(int(row.step or 0)),
        "desk": row.desk,
        "label": f"{label}: SMARS-{server}" if server else label,
        "confidence": row.confidence or None,
        "state": row.state,
        "reason": row.reason,
        "by": (named and row.by) or None,
    }


def _moment(step: int) -> str:
    """A step as a clock, with its date before it on the evenings of the week."""
    return f"{engine.date(step)[4:]} {engine.clock(step)[:5]}" if step < 0 else engine.clock(step)
