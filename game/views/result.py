"""What the decisions were worth: every team against history's run on the same market."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import engine
from game.control import board, guide
from game.debrief import compare, counterfactuals, finished, results, tables
from game.debrief.bundles import bundle_of, has_one
from game.live.losses import series
from game.models import Exercise, Ghost, Run, branching, contents, experiments, lessons
from game.models.run_log import LOGS_KEPT
from game.people import sharing
from game.people.access import called_or_404, exercise_called, facilitates, own_exercise, player_of
from game.people.limiter import address_of
from game.rules import RuleBroken
from game.views.account import facilitators_only
from game.views.errors import error

PARTS = (
    ("trading", "Trading loss, sold back"),
    ("halting", "Servers down"),
    ("client_harm", "Client harm"),
    ("precautions", "Precautions"),
    ("penalties", "Penalties"),
)
NO_RESULT = "There is no result of this run yet."


_lasting: dict[tuple[Any, ...], dict[str, Any]] = {}


def beside_the_bell(calendar: engine.Calendar, moment: str | None) -> str:
    """A clock text for people who count from the opening bell: "4.2 min after the bell"."""
    if not moment:
        return ""
    if calendar.step_at(moment) < 0:
        return "in the week"
    minutes = (calendar.step_at(moment) - calendar.open) / engine.STEPS_PER_MINUTE
    return f"{abs(minutes):.1f} min {'after' if minutes >= 0 else 'before'} the bell"


def wrong_words(minutes: int) -> str:
    """What wrong diagnoses add to the time of the right one."""
    return f", and {minutes} min for wrong diagnoses" if minutes else ""


def moments(calendar: engine.Calendar, score: dict[str, Any]) -> list[dict[str, str]]:
    """When it was noticed, diagnosed and contained: label, clock text (or what stands for it) and words beside it."""
    never = score.get("runaway") == "never"
    wrong = engine.wrong_minutes(score)
    found = [
        ("Noticed", "noticed_at", "nobody opened or shared a sign of it", 0),
        ("Diagnosed", "diagnosed_at", "nobody declared the right cause and place with evidence", wrong),
    ]
    rows = [
        {"label": label, "at": score.get(key) or "–", "of": (beside_the_bell(calendar, score.get(key)) or missing) + wrong_words(added)}
        for label, key, missing, added in found
    ]
    contained = score.get("contained_at")
    nothing = ("Nothing ran away", "no order sent more than it was for") if never else ("–", "not contained")
    rows.append({"label": "Contained", "at": contained or nothing[0], "of": beside_the_bell(calendar, contained) or nothing[1]})
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
    exercise = exercise_called(code, request.COOKIES, address_of(request))
    if exercise is None:
        return error(request, 404, f"There is no exercise {code[:20]}.")
    runs = compare.shown(exercise) if exercise.state == "ended" else []
    over = exercise.state == "ended" and all(run.state in Run.DONE for run in runs)
    facilitator = facilitates(request.COOKIES, exercise)
    held = over and exercise.frozen is not None
    final = over and (facilitator or not held)
    seen = seen_runs(request, exercise) if over else runs
    context = {
        "page_title": f"Result of {exercise.title}",
        "exercise": exercise,
        "fork": branching.of(exercise),
        "offline": _minutes(exercise.offline_s),
        "final": final,
        "held": held,
        "teams": [],
        "facilitates": facilitator,
        "asked": _asked(request, exercise),
        "notes": notes_of(exercise, seen) if facilitator else [],
        "prompts": guide.PROMPTS,
        "noise": exercise.noise,
    }
    if final:
        context |= _played(exercise, seen)
        context |= _beside_the_result(request, exercise, seen, facilitator=facilitator)
    return render(request, "result.html", context)


def _played(exercise: Exercise, runs: list[Run]) -> dict[str, Any]:
    """How the teams did, once it is final."""
    ghost, calendar, sides = exercise.ghost, runs[0].calendar if runs else exercise.calendar, [board.Side.of(run) for run in runs]
    furthest = max((side.step for side in sides), default=calendar.open - 1)
    return {
        "others": not runs and exercise.teams.exists(),
        "teams": [team_told(run, ghost) for run in runs],
        "history": _history(calendar, ghost) if ghost else None,
        "curve": board.curve_until(calendar, furthest, sides, ghost.curve if ghost else None),
        "fault": exercise.fault_told,
        "act": exercise.act_told,
        "lessons": lessons.lessons_summary(exercise, runs),
        "made_by": next((run.made_by for run in runs if run.made_by), ""),
    }


def _beside_the_result(request: HttpRequest, exercise: Exercise, runs: list[Run], *, facilitator: bool) -> dict[str, Any]:
    """What is there to take away or to go on with: links, tables, the teams side by side, experiments."""
    played = sharing.played_in(request.COOKIES, exercise)
    return {
        "shared": [_link(request, run) for run in runs if facilitator or run.team_id == played],
        "shared_until": sharing.until(),
        "tables": [*tables.WHOLE, *tables.ROWS],
        "team_tables": list(tables.ROWS),
        "compared": compare.table(runs, exercise.ghost) if facilitator and len(runs) > 1 else None,
        "experiments": experiments.kept_with(exercise, facilitates=facilitator),
    }


def _minutes(seconds: float) -> str:
    """"1 min 12 s"; "" for none."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes:
        return f"{minutes} min {rest} s"
    return f"{rest} s" if rest else ""


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
    return JsonResponse(counterfactuals.known_so_far(run))


@never_cache
@require_safe
def course(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """The loss by the minute from the bell on in another course of a run (`key`: see worth.json), for the curve."""
    run = seen_run(request, code, team)
    if run is None or run.state != "ended":
        return error(request, 404, NO_RESULT)
    key = request.GET.get("key", "")
    found = counterfactuals.curve_of(run, key)
    if found is None:
        return error(request, 404, f"No course {key[:40]!r} of this run is known: expected one that worth.json tells.")
    return JsonResponse({"key": key, "loss": series(run.calendar, found, counterfactuals.known(run)["until_step"])})


def seen_runs(request: HttpRequest, exercise: Exercise) -> list[Run]:
    """The runs whose result is seen from this browser, in the order and by the names of the debrief; none before the end or the reveal."""
    if exercise.state != "ended":
        return []
    runs, facilitator = compare.shown(exercise), facilitates(request.COOKIES, exercise)
    if exercise.frozen is not None and not facilitator:
        return []
    if facilitator or exercise.open_results or (len(runs) == 1 and exercise.owner_id is None):  # of one team the code is the team's
        return runs
    own = sharing.own_teams(request.COOKIES, exercise)
    return [run for run in runs if run.team_id in own]


def seen_run(request: HttpRequest, code: str, team: int) -> Run | None:
    """The run of a team, where it is one of those."""
    exercise = called_or_404(request, code)
    return next((run for run in seen_runs(request, exercise) if run.team_id == team), None)


def notes_of(exercise: Exercise, runs: list[Run]) -> list[dict[str, Any]]:
    """The facilitator's notes about all teams and about these, which are called what the debrief calls them."""
    names: dict[int | None, str] = {None: "", **{run.team_id: run.team.name for run in runs}}
    return [
        {**note.told(), "team": names[note.team_id]}
        for note in exercise.notes.select_related("team")
        if note.team_id in names
    ]


@require_safe
@facilitators_only
def bundle(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """The evidence bundle of a team's run, for `manage.py verify`."""
    exercise = own_exercise(request, code)
    run = get_object_or_404(exercise.runs(), team=team)
    if not has_one(run):
        return error(request, 409, "A run has its bundle when it has ended. One that was played before rules had a number has none.")
    try:
        found = engine.pack(bundle_of(run))
    except engine.ScenarioError as problem:
        return error(request, 409, f"The data it was played on cannot be read: {problem}")
    name = f"opening-bell-{exercise.code}-{run.team.place}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(found, content_type="application/zip", headers=headers)


def team_told(run: Run, ghost: Ghost | None) -> dict[str, Any]:
    """What is told of a team."""
    score, exercise, lasting = run.score or {}, run.team.exercise, lasting_of(run)
    named, calendar = exercise.names == Exercise.Names.PEOPLE, run.calendar
    begin = max(calendar.open, exercise.start_step)
    return {
        "name": run.team.name,
        "pk": run.team_id,
        "bundle": has_one(run),
        "needs": contents.needs(run) if run.state == "ended" else "",
        "again": run.state == "ended" and not contents.needs(run),
        "note": run.note,
        "interrupted": run.INTERRUPTED if run.interrupted else "",
        "failed": run.reason if run.state == "failed" else "",
        "ended_at": calendar.clock(run.step),
        **results.of(run, ghost),
        "moments": moments(calendar, score),
        "fate": fate(score),
        "service_kept": score.get("service_kept"),
        "ledger": lasting["ledger"],
        "lanes_id": f"lanes-{run.team_id}",
        "week": lasting["week"],
        "story": [{**line, "inherited": inherited(exercise, calendar.step_at(line["at"]))} for line in lasting["story"]],
        "from": calendar.told(begin, 0) if run.step > begin else "",
        "parts": [{"label": label, "usd": round(score[key])} for key, label in PARTS if score.get(key)],
        "decisions": [
            {**row, "by": (named and row["by"]) or None, "inherited": inherited(exercise, row["step"])} for row in lasting["given"]
        ],
        "opened": lasting["opened"],
    }


def lasting_of(run: Run) -> dict[str, Any]:
    """What is read from the whole log of a run, and is the same for whoever looks: of one that has ended what is kept of it. It is at hand
    for as long as the run stays as it is, as run_log.log_of keeps the log.
    """
    key = (run.team.exercise.code, run.pk, run.epoch, run.step, run.state)
    found = _lasting.get(key)
    if found is None:
        found = _lasting[key] = finished.of(run).told if run.state == "ended" else finished.told_of(run)
        for old in list(_lasting)[: -LOGS_KEPT]:
            _lasting.pop(old, None)
    return found


def inherited(exercise: Exercise, step: int) -> bool:
    """Whether that was played in another exercise, which this one goes on from."""
    return exercise.first is not None and step < exercise.start_step


def _history(calendar: engine.Calendar, ghost: Ghost) -> dict[str, Any]:
    """History's run on the same market, for the column beside the team's."""
    return {"story": ghost.story, "moments": moments(calendar, ghost.score), "fate": fate(ghost.score)}
