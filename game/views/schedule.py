"""Sessions before and after: the list of them, preparing, copying, putting away, deleting, and the tables of who and how."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import engine
from game.control import schedule
from game.control.forms import EditExercise
from game.debrief import exports, tables
from game.live.control import tell_state
from game.models import Exercise, RuleBroken
from game.people.access import exercises_of, own_exercise, scenarios_of
from game.spoken import tell
from game.views.account import facilitators_only
from game.views.calendars import link_of

SHOWN = 200
SECTIONS = (
    ("now", gettext_lazy("Now"), schedule.PLAYED),
    ("coming", gettext_lazy("Upcoming"), ("lobby",)),
    ("past", gettext_lazy("Past"), ("ended",)),
)
LISTED_IN = {"now": ("-started_at",), "coming": (F("planned_for").asc(nulls_last=True), "-created"), "past": ("-ended_at", "-created")}


@require_safe
@facilitators_only
def sessions(request: HttpRequest) -> HttpResponse:
    """Coming and past sessions: `q` searches, `when` chooses a section, `archived` shows what was put away as well."""
    q, when, archived = request.GET.get("q", "").strip()[:80], request.GET.get("when", ""), request.GET.get("archived") == "on"
    found = _searched(exercises_of(request.user), q)
    if not archived:
        found = schedule.in_sight(found)
    sections = [_section(found, key, title, states) for key, title, states in SECTIONS if when in ("", key)]
    context = {
        "page_title": gettext("Sessions"),
        "sections": sections,
        "whens": [(key, title) for key, title, _ in SECTIONS],
        "q": q,
        "when": when,
        "archived": archived,
        "everybodys": request.user.is_staff,
        "any": any(section["rows"] for section in sections),
        "calendar": link_of(request, request.user),  # type: ignore[arg-type]  # nobody else passes the decorator
    }
    return render(request, "facilitator/sessions.html", context)


def _section(found: QuerySet[Exercise], key: str, title: Any, states: tuple[str, ...]) -> dict[str, Any]:
    rows = list(found.filter(state__in=states).order_by(*LISTED_IN[key], "pk")[: SHOWN + 1])
    return {"id": key, "title": title, "rows": [_row(one) for one in rows[:SHOWN]], "more": len(rows) > SHOWN and SHOWN}


def _searched(exercises: QuerySet[Exercise], q: str) -> QuerySet[Exercise]:
    found = exercises.select_related("facilitator").annotate(team_number=Count("teams", distinct=True), people=Count("players", distinct=True))
    if not q:
        return found
    words = Q(title__icontains=q) | Q(code__icontains=q) | Q(facilitator__username__icontains=q)
    words |= Q(teams__name__icontains=q) | Q(players__name__icontains=q)
    # A drawn scenario is not found by its name before the end: finding it would tell which it is.
    words |= Q(scenario__icontains=q) & ~schedule.SECRET
    return found.filter(pk__in=exercises.filter(words).values("pk"))


def _row(exercise: Any) -> dict[str, Any]:
    start, calendar = exercise.start_step, exercise.calendar
    return {
        "exercise": exercise,
        "begins": tell(None, calendar.when(start, 0, seconds=False)),
        "when": exercise.ended_at if exercise.state == "ended" else exercise.started_at or exercise.planned_for,
        "whose": exercise.facilitator.get_username() if exercise.facilitator else "nobody",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """A prepared exercise in the form it was made with."""
    exercise = own_exercise(request, code)
    if exercise.state != "lobby":
        messages.error(request, gettext("This exercise has started: its settings can no longer change."))
        return redirect("sessions")
    form = EditExercise(request.POST or None, exercise=exercise, brought=scenarios_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            form.save()
        except RuleBroken as problem:
            form.add_error(None, str(problem))
        else:
            tell_state(exercise)
            return redirect("facilitator-exercise", exercise.code)
    context = {"page_title": gettext("Edit %(title)s") % {"title": exercise.title}, "exercise": exercise, "form": form}
    return render(request, "facilitator/edit.html", context, status=400 if form.errors else 200)


@require_POST
@facilitators_only
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """`do=again`: the same teams on a new market, from any exercise; otherwise the same once more. Then to its form."""
    again = request.POST.get("do") == "again"
    try:
        made = schedule.copy_of(own_exercise(request, code), new_market=again)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("sessions")
    if made.facilitator != request.user:  # staff copied somebody's
        made.facilitator = request.user  # type: ignore[assignment]
        made.save(update_fields=["facilitator"])
    ready = gettext("%(code)s is ready. Change what is to be different.")
    if again:
        ready = gettext("%(code)s is ready, on another market. Change what is to be different.")
    messages.success(request, ready % {"code": made.code})
    return redirect("exercise-edit", made.code)


@require_POST
@facilitators_only
def branch(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """A new exercise that continues from `at` (09:40:00, 27 Jul 18:30) of a team's run, and on to its control room."""
    exercise = own_exercise(request, code)
    run = get_object_or_404(exercise.runs(), team=team)
    try:
        made = schedule.branch_of(run, _moment(run.calendar, request.POST.get("at", "")), request.user)  # type: ignore[arg-type]
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("result", exercise.code)
    messages.success(
        request, gettext("%(code)s continues from %(fork)s. It waits in its lobby until you start it.") % {"code": made.code, "fork": made.fork}
    )
    return redirect("facilitator-exercise", made.code)


def _moment(calendar: engine.Calendar, typed: str) -> int:
    try:
        return calendar.step_at(typed[:20])
    except engine.NotATime as problem:
        raise RuleBroken(f"{tell(None, problem.reason)}.") from None


@require_POST
@facilitators_only
def archive(request: HttpRequest, code: str) -> HttpResponse:
    """Put an exercise away; `do=back` brings it back."""
    exercise, away = own_exercise(request, code), request.POST.get("do") != "back"
    try:
        schedule.archive(exercise, away=away)
        messages.success(request, gettext("%(exercise)s is %(what)s.") % {"exercise": exercise, "what": "archived" if away else "back"})
    except RuleBroken as problem:
        messages.error(request, str(problem))
    return redirect("sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def delete(request: HttpRequest, code: str) -> HttpResponse:
    """Ask once, saying what goes with it, and delete a prepared exercise. What was played is archived instead."""
    exercise = own_exercise(request, code)
    try:
        if exercise.state != "lobby":
            raise RuleBroken(gettext("%(exercise)s has been played: you can archive it. Staff can delete it in the admin.") % {"exercise": exercise})
        if request.method == "POST":
            schedule.remove(exercise)
            messages.success(request, gettext("%(exercise)s is deleted.") % {"exercise": exercise})
            return redirect("sessions")
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("sessions")
    context = {"page_title": gettext("Delete %(title)s") % {"title": exercise.title}, "exercise": exercise, "cascade": schedule.cascade(exercise)}
    return render(request, "facilitator/delete.html", context)


@require_safe
@facilitators_only
def table(request: HttpRequest, code: str, what: str) -> Any:
    """Who took part, how it came out, or a table of the debrief, as CSV."""
    exercise = own_exercise(request, code)
    if what in tables.WHOLE:
        return exports.as_csv(tables.WHOLE[what](exercise), exercise, what)
    if what not in tables.ROWS:
        raise Http404
    return tables.csv_of(exercise, what, tables.played(exercise))


@require_safe
@facilitators_only
def all_results(request: HttpRequest) -> Any:
    """How every session came out that this facilitator sees, as one CSV."""
    return exports.as_csv(exports.outcome(exercises_of(request.user).filter(state="ended")), None, "results")
