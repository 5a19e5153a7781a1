"""What the decisions were worth: every team against history's run on the same market."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import engine
from game.control import board, guide
from game.debrief import compare, counterfactuals, finished, first_screen, results, tables
from game.debrief.bundles import bundle_of, has_one
from game.debrief.report.words import tenths
from game.live.losses import series
from game.live.words import reader_of
from game.models import Exercise, Ghost, Run, actions, branching, contents, experiments, incident_log, lessons, observing
from game.people import sharing
from game.people.access import called_or_404, exercise_called, facilitates, own_exercise, player_of
from game.people.limiter import address_of
from game.rules import RuleBroken
from game.spoken import tell_row
from game.views.account import facilitators_only
from game.views.errors import error

PARTS = (
    ("trading", gettext_lazy("Trading loss, positions sold")),
    ("halting", gettext_lazy("Servers down")),
    ("client_harm", gettext_lazy("Client harm")),
    ("precautions", gettext_lazy("Precautions")),
    ("penalties", gettext_lazy("Penalties")),
)
NO_RESULT = gettext_lazy("There is no result of this run yet.")


def beside_the_bell(calendar: engine.Calendar, moment: str | None) -> str:
    """A clock text for people who count from the opening bell: "4.2 min after the bell"."""
    if not moment:
        return ""
    if calendar.step_at(moment) < 0:
        return gettext("in the week")
    minutes = (calendar.step_at(moment) - calendar.open) / engine.STEPS_PER_MINUTE
    words = gettext("%(minutes)s min after the bell") if minutes >= 0 else gettext("%(minutes)s min before the bell")
    return words % {"minutes": f"{abs(minutes):.1f}"}


def wrong_words(minutes: int) -> str:
    """What wrong diagnoses add to the time of the right one."""
    return gettext(", and %(minutes)s min for wrong diagnoses") % {"minutes": minutes} if minutes else ""


def moments(calendar: engine.Calendar, score: dict[str, Any], cut_at: str | None = None, *, assistant: bool = False) -> list[dict[str, str]]:
    """When it was noticed, diagnosed and contained: label, clock text (or what stands for it) and words beside it. `cut_at`: when the exchanges
    ended it, which is no containing; `assistant`: it was one who noticed."""
    never = score.get("runaway") == "never"
    wrong = engine.wrong_minutes(score)
    found = [
        (gettext("Noticed"), "noticed_at", gettext("no one opened or shared a sign of it"), 0),
        (gettext("Diagnosed"), "diagnosed_at", gettext("no one declared the right cause and place with evidence"), wrong),
    ]
    rows = [
        {"label": label, "at": score.get(key) or gettext("never"), "of": (beside_the_bell(calendar, score.get(key)) or missing) + wrong_words(added)}
        for label, key, missing, added in found
    ]
    if assistant and score.get("noticed_at"):
        rows[0]["of"] += gettext(", by an assistant")
    contained = score.get("contained_at")
    if cut_at:
        return [*rows, {"label": gettext("Cut off"), "at": cut_at, "of": gettext("by the exchanges, and not contained")}]
    nothing = (gettext("No runaway"), gettext("no order sent more than its size")) if never else (gettext("never"), gettext("not contained"))
    return [*rows, {"label": gettext("Contained"), "at": contained or nothing[0], "of": beside_the_bell(calendar, contained) or nothing[1]}]


FATES = {
    "own cash": (gettext_lazy("Survived"), gettext_lazy("on its own cash")),
    "rescued": (gettext_lazy("Rescued"), gettext_lazy("by new capital")),
    "failed": (gettext_lazy("Failed"), gettext_lazy("no one put in what was missing")),
}


def fate(score: dict[str, Any]) -> dict[str, Any]:
    """What became of the firm, in a word and a half sentence."""
    capital = score.get("capital") or {}
    word, of = FATES.get(str(score.get("fate")), (gettext("Undecided"), gettext("the day was not played to the end")))
    if score.get("fate") == "rescued":
        of = gettext("with $%(capital)s M of new capital") % {"capital": f"{capital['raised_usd'] / 1000000.0:,.0f}"}
    return {"word": word, "of": of}


@never_cache
@require_safe
def result(request: HttpRequest, code: str) -> HttpResponse:
    """The result of an exercise; until it has ended the page says so and shows nothing."""
    exercise = exercise_called(code, request.COOKIES, address_of(request))
    if exercise is None:
        return error(request, 404, gettext("There is no exercise %(code)s.") % {"code": code[:20]})
    runs = compare.shown(exercise) if exercise.state == "ended" else []
    over = exercise.state == "ended" and all(run.state in Run.DONE for run in runs)
    facilitator = facilitates(request.COOKIES, exercise)
    held = over and exercise.held
    final = over and (facilitator or not held)
    seen = seen_runs(request, exercise) if over else runs
    context = {
        "page_title": gettext("Result of %(title)s") % {"title": exercise.title},
        "exercise": exercise,
        "fork": branching.of(exercise),
        "offline": _minutes(exercise.offline_s),
        "final": final,
        "held": held,
        "teams": [],
        "facilitates": facilitator,
        "asked": _asked(request, exercise),
        "notes": notes_of(exercise, seen) if facilitator else [],
        "prompts": guide.prompts(),
        "noise": exercise.noise,
    }
    if final:
        context |= _played(request, exercise, seen, facilitator=facilitator)
        context |= _beside_the_result(request, exercise, seen, facilitator=facilitator)
    return render(request, "result.html", context)


def _played(request: HttpRequest, exercise: Exercise, runs: list[Run], *, facilitator: bool) -> dict[str, Any]:
    """How the teams did, once it is final. A team is spoken to on its own page, and told of on a facilitator's."""
    ghost, calendar, sides = exercise.ghost, runs[0].calendar if runs else exercise.calendar, [board.Side.of(run) for run in runs]
    furthest = max((side.step for side in sides), default=calendar.open - 1)
    played = sharing.played_in(request.COOKIES, exercise)
    own = None if facilitator else next((run.pk for run in runs if run.team_id == played or len(runs) == 1), None)
    teams = [team_told(run, ghost, to_them=run.pk == own) for run in runs]
    solo = exercise.owner_id is not None and not facilitator
    curve = board.curve_until(calendar, furthest, sides, ghost.curve if ghost else None)
    if solo:
        curve["teams"] = [{**one, "name": gettext("You")} for one in curve["teams"]]
    mine = [] if facilitator else [one for one, run in zip(teams, runs, strict=True) if run.pk == own] or teams[:1]
    return {
        "others": not runs and exercise.teams.exists(),
        "teams": teams,
        "objectives": any(one["objectives"] for one in teams),
        "mine": mine,
        "others_too": [one for one in teams if one not in mine],
        "solo": solo,
        "history": _history(runs[0], ghost) if ghost and runs else None,
        "curve": curve,
        **first_screen.truth_of(exercise),
        "happened": first_screen.epilogue_of(exercise, runs),
        "questions": first_screen.questions_of(runs) if facilitator else [],
        "lessons": lessons.lessons_summary(exercise, runs),
        "made_by": next((run.made_by for run in runs if run.made_by), ""),
    }


def _beside_the_result(request: HttpRequest, exercise: Exercise, runs: list[Run], *, facilitator: bool) -> dict[str, Any]:
    """What is there to take away or to go on with: links, tables, the teams side by side, experiments."""
    played = sharing.played_in(request.COOKIES, exercise)
    return {
        "writers": [] if exercise.archived else [run.team_id for run in runs if facilitator or sharing.writes(request.COOKIES, run.team)],
        "shared": [_link(request, run) for run in runs if facilitator or run.team_id == played],
        "shared_until": sharing.until(),
        "tables": tables.named([*tables.WHOLE, *tables.ROWS]),
        "team_tables": tables.named(tables.ROWS),
        "compared": compare.table(runs, exercise.ghost) if facilitator and len(runs) > 1 else None,
        "rounds": compare.rounds(exercise, runs) if facilitator else None,
        "experiments": experiments.kept_with(exercise, facilitates=facilitator),
    }


def _minutes(seconds: float) -> str:
    """ "1 min 12 s"; "" for none."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes:
        return gettext("%(minutes)s min %(rest)s s") % {"minutes": minutes, "rest": rest}
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
    return JsonResponse({**counterfactuals.known_so_far(run), "ghost": run.team.exercise.ghost is not None})


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
        unknown = gettext("No course %(key)s of this run is known: expected one that worth.json tells.") % {"key": repr(key[:40])}
        return error(request, 404, unknown)
    return JsonResponse({"key": key, "loss": series(run.calendar, found, counterfactuals.known(run)["until_step"])})


def seen_runs(request: HttpRequest, exercise: Exercise) -> list[Run]:
    """The runs whose result is seen from this browser, in the order and by the names of the debrief; none before the end or the reveal."""
    if exercise.state != "ended":
        return []
    runs, facilitator = compare.shown(exercise), facilitates(request.COOKIES, exercise)
    if exercise.held and not facilitator:
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
    return [{**note.told(), "team": names[note.team_id]} for note in exercise.notes.select_related("team") if note.team_id in names]


@require_safe
@facilitators_only
def bundle(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """The evidence bundle of a team's run, for `manage.py verify`."""
    exercise = own_exercise(request, code)
    run = get_object_or_404(exercise.runs(), team=team)
    if not has_one(run):
        none = gettext("A run has its bundle when it has ended. One that was played before rules had a number has none.")
        return error(request, 409, contents.needs(run) if run.log_deleted else none)
    try:
        found = engine.pack(bundle_of(run))
    except engine.ScenarioError as problem:
        return error(request, 409, gettext("The data it was played on cannot be read: %(problem)s") % {"problem": problem})
    name = f"opening-bell-{exercise.code}-{run.team.place}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(found, content_type="application/zip", headers=headers)


def team_told(run: Run, ghost: Ghost | None, *, to_them: bool = False) -> dict[str, Any]:
    """What is told of a team, to itself or about it."""
    score, exercise, lasting = run.score or {}, run.team.exercise, reader_of(run).told(finished.told_of_run(run))
    named, calendar = exercise.names == Exercise.Names.PEOPLE, run.calendar
    first = first_screen.of(run, "" if to_them else run.team.name)
    entries = [one if named else {**one, "by": ""} for one in incident_log.of_team(run.team_id, calendar)]
    begin, figures = max(calendar.open, exercise.start_step), results.of(run, ghost)
    return {
        "name": run.team.name,
        "pk": run.team_id,
        "bundle": has_one(run),
        "needs": contents.needs(run) if run.state == "ended" else "",
        "again": run.state == "ended" and not contents.needs(run),
        "note": tell_row(run.note),
        "programs": _programs(run),
        "interrupted": gettext(run.INTERRUPTED) if run.interrupted else "",
        "failed": tell_row(run.reason) if run.state == "failed" else "",
        "ended_at": calendar.clock(run.step),
        **figures,
        "graded": None if figures["grade"] is None else tenths(figures["grade"]),
        "first": first,
        "moments": moments(calendar, score, first["cut_at"], assistant=first["assistant"]),
        "fate": fate(score),
        "service_kept": score.get("service_kept"),
        "ledger": lasting["ledger"],
        "lanes_id": f"lanes-{run.team_id}",
        "week": lasting["week"],
        "objectives": _objectives(run, lasting.get("objectives") or ()),  # of a run from before there were any: none
        "story": [{**line, "inherited": inherited(exercise, calendar.step_at(line["at"]))} for line in lasting["story"]],
        "from": calendar.told(begin, 0) if run.step > begin else "",
        "parts": [{"label": label, "usd": round(score[key])} for key, label in PARTS if score.get(key)],
        "decisions": [{**row, "by": (named and row["by"]) or None, "inherited": inherited(exercise, row["step"])} for row in lasting["given"]],
        "opened": lasting["opened"],
        "actions": actions.of_team(run.team),
        "log": {"entries": entries, "beside": incident_log.beside(entries, score, calendar)},
    }


def _programs(run: Run) -> str:
    """Which desks programs sat at, whenever that was, in a sentence; "" where people and autopilots had all of them."""
    sat = run.team.seats.filter(Q(holdings__player__bot=True) | Q(stays__player__bot=True)).values_list("desk", flat=True)
    titles = run.team.exercise.words["desks"]
    names = [titles[desk]["title"] for desk in engine.DESKS if desk in set(sat)]
    return gettext("Played by programs: %(desks)s.") % {"desks": ", ".join(names)} if names else ""


def _objectives(run: Run, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The learning objectives as the log shows them, each with what observers saw."""
    seen, own = observing.by_objective(run.team_id, [one["id"] for one in found]), reader_of(run).own
    told = [{**one, "title": own(one["title"]), "text": own(one["text"])} for one in found]
    return [{**objective_told(one), "observed": seen[one["id"]]} for one in told]


def objective_told(one: dict[str, Any]) -> dict[str, Any]:
    """A learning objective as the run showed it, with its outcome in words: about the work, and nobody's fault."""
    words = {
        "met": gettext("Seen every time"),
        "partly": gettext("Seen %(met)s of %(occasions)s times") % one,
        "not-seen": gettext("Not seen yet"),
        "no-occasion": gettext("No occasion"),
    }
    return {**one, "words": words[one["outcome"]], "desks": [{"desk": desk, "met": met, "of": of} for desk, (met, of) in one["desks"].items()]}


def inherited(exercise: Exercise, step: int) -> bool:
    """Whether that was played in another exercise, which this one goes on from."""
    return exercise.first is not None and step < exercise.start_step


def _history(beside: Run, ghost: Ghost) -> dict[str, Any]:
    """History's run on the same market, for the column beside a team's."""
    return {"story": reader_of(beside).told(ghost.story), "moments": moments(beside.calendar, ghost.score), "fate": fate(ghost.score)}
