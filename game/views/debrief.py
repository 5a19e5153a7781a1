"""What leaves the page of a result, and what the facilitator chooses for it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from game.control import guide
from game.debrief import compare, counterfactuals, finished, first_screen, postmortem, tables
from game.live.words import reader_of
from game.models import Exercise, Ghost, RuleBroken, Run, lessons, questions
from game.models.run_log import log_told
from game.people import sharing
from game.people.access import facilitates, own_exercise
from game.views.account import facilitators_only
from game.views.errors import error
from game.views.result import NO_RESULT, notes_of, seen_run, team_told

CHOICES = gettext_lazy("Choose who is named, who sees the debrief, or revoke the links.")


@require_POST
@facilitators_only
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """`names`: whom the debrief names, for everybody who sees it; `open` (yes, no): whether all see all teams; `links` (back): no link
    that was made opens any longer.
    """
    exercise = own_exercise(request, code)
    names, opened = request.POST.get("names"), request.POST.get("open")
    if names in Exercise.Names.values:
        Exercise.objects.filter(pk=exercise.pk).update(names=names)
    elif opened in ("yes", "no"):
        Exercise.objects.filter(pk=exercise.pk).update(open_results=opened == "yes")
    elif request.POST.get("links") == "back":
        sharing.take_back(exercise)
        messages.success(request, gettext("The links have been revoked: earlier links no longer work. Those on this page are new."))
    else:
        messages.error(request, CHOICES)
    return redirect(f"{reverse('result', args=[exercise.code])}#settings")


@never_cache
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A team's link: this browser sees the team's result from now on, for as long as the link opens."""
    try:
        team = sharing.team_of_link(token)
    except RuleBroken as problem:
        return error(request, 403, str(problem))
    response = redirect("result", team.exercise.code)
    sharing.give_cookie(request, response, token)
    return response


@require_safe
@facilitators_only
def whole(request: HttpRequest, code: str) -> Any:
    """Every table of every team as JSON."""
    exercise = own_exercise(request, code)
    return tables.json_of(exercise, tables.played(exercise))


@never_cache
@require_safe
def table(request: HttpRequest, code: str, team: int, what: str) -> Any:
    """A table of one team as CSV, for whoever sees its result."""
    run = seen_run(request, code, team)
    if what not in tables.ROWS:
        raise Http404
    return error(request, 404, NO_RESULT) if run is None else tables.csv_of(run.team.exercise, what, [run])


@never_cache
@require_safe
def one(request: HttpRequest, code: str, team: int) -> Any:
    """Every table of one team as JSON, for whoever sees its result."""
    run = seen_run(request, code, team)
    return error(request, 404, NO_RESULT) if run is None else tables.json_of(run.team.exercise, [run])


@never_cache
@require_safe
def team_report(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """The report of one team as PDF, for whoever sees its result; with the facilitator's notes for them alone."""
    run = seen_run(request, code, team)
    if run is None:
        return error(request, 404, NO_RESULT)
    exercise = run.team.exercise
    return _pdf(exercise, [run], _address(request, exercise), facilitator=facilitates(request.COOKIES, exercise))


@never_cache
@require_safe
def team_postmortem(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """The draft of a team's postmortem as Markdown, for whoever sees its result."""
    run = seen_run(request, code, team)
    if run is None:
        return error(request, 404, NO_RESULT)
    exercise, reader = run.team.exercise, reader_of(run)
    told = report_content(exercise, [run], _address(request, exercise), facilitator=False)
    asked = [reader.told(one["text"]) for one in finished.told_of_run(run).get("questions") or ()]
    name = f"opening-bell-{exercise.code}-{tables.file_of('postmortem', exercise, [run])}.md"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(postmortem.draft(told, told["teams"][0], asked), content_type="text/markdown; charset=utf-8", headers=headers)


@require_safe
@facilitators_only
def whole_report(request: HttpRequest, code: str) -> HttpResponse:
    """The report of all teams, side by side and one by one."""
    exercise = own_exercise(request, code)
    runs = tables.played(exercise)
    if not runs:
        return error(request, 409, gettext("The report is available when the exercise has ended."))
    return _pdf(exercise, runs, _address(request, exercise), facilitator=True)


def _address(request: HttpRequest, exercise: Exercise) -> str:
    return request.build_absolute_uri(reverse("result", args=[exercise.code]))


def _pdf(exercise: Exercise, runs: list[Run], address: str, *, facilitator: bool) -> HttpResponse:
    from game.debrief import report  # half a second of imports that no other page should wait for

    name = tables.file_of("report", exercise, runs)
    headers = {"Content-Disposition": f'attachment; filename="opening-bell-{exercise.code}-{name}.pdf"'}
    found = report.make(report_content(exercise, runs, address, facilitator=facilitator), runs[0].calendar)
    return HttpResponse(found, content_type="application/pdf", headers=headers)


def report_content(exercise: Exercise, runs: list[Run], address: str, *, facilitator: bool) -> dict[str, Any]:
    """All that a report tells."""
    ghost = exercise.ghost
    until = min(max(run.step for run in runs), runs[0].calendar.horizon)
    return {
        **report_head(exercise, runs, address),
        "fault": first_screen.truth_of(exercise)["fault"],
        "happened": first_screen.epilogue_of(exercise, runs),
        "teams": [_of_team(run, ghost, until) for run in runs],
        "lessons": lessons.lessons_summary(exercise, runs),
        "prompts": guide.prompts(),
        "notes": notes_of(exercise, runs) if facilitator else [],
        "compared": compare.table(runs, ghost) if len(runs) > 1 else None,
        "rounds": compare.rounds(exercise, runs) if facilitator else None,
        "asked": {**questions.summary(exercise), "occasions": [str(word) for word in questions.OCCASIONS.values()]} if facilitator else None,
    }


def report_head(exercise: Exercise, runs: list[Run], address: str) -> dict[str, Any]:
    """What every PDF tells of its exercise: what it is called, when it was played, on which market, and its words."""
    ended = exercise.ended_at or exercise.created
    made_by = next((run.made_by for run in runs if run.made_by), "")
    noise = "" if exercise.noise is None else f"noise {exercise.noise}"
    seed = "" if exercise.seed_hidden else f"seed {exercise.seed}"
    market = [part for part in (seed, noise, exercise.scenario, made_by) if part]
    words = exercise.words
    return {
        "title": exercise.title,
        "words": {
            "past": words["beside"],
            "alone": words["alone"],
            "day": words["day"],
            "desks": {desk: titles["head"] for desk, titles in words["desks"].items()},
        },
        "code": exercise.code,
        "played": f"{ended:%-d %B %Y}",
        "ended_at": ended.isoformat(),
        "foot": f"{', '.join(market)}  \u00b7  {address}",
    }


def _of_team(run: Run, ghost: Ghost | None, until: int) -> dict[str, Any]:
    """A team as on its page, with its curves from the bell to `until` and the moments of its decisions."""
    if run.state == "ended":
        known = counterfactuals.known_so_far(run)
    else:
        known = reader_of(run).told(counterfactuals.reckoned(log_told(run), counterfactuals.rows_of(run)))
    return {
        **team_told(run, ghost),
        "worth": known,
        "curve": [point for point in run.curve if point[0] <= until],
        "history": [point for point in ghost.curve if point[0] <= until] if ghost else [],
        "nothing": [point for point in counterfactuals.curve_of(run, "nothing") or [] if point[0] <= until],
        "pins": [(one["number"], one["step"]) for one in known["decisions"]],
    }
