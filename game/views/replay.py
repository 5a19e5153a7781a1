"""A desk as it was at any moment of a run that has ended, for everybody who may see its result."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

import engine
from game.control.briefs import all_named, named
from game.debrief import compare, replay_frames, shared_replay
from game.models import RuleBroken, Run
from game.people.access import called_or_404, facilitates, own_exercise
from game.rules import DESKS
from game.sockets.protocol import replay_hello
from game.views.account import facilitators_only
from game.views.errors import error
from game.views.result import seen_run, seen_runs

NOTHING = gettext_lazy("There is nothing to replay here yet.")


@never_cache
@require_safe
def replay(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """`desk`: whose; `at`: a market time such as 09:34:00 or 27 Jul 18:30. The address is the moment: it can be passed on."""
    run = _run(request, code, team)
    if run is None:
        return error(request, 404, NOTHING)
    way = {"href": reverse("result", args=[run.team.exercise.code]), "label": gettext("Go to the result")}
    if refused := replay_frames.refusal(run):
        return error(request, 409, refused, way)
    desk = replay_frames.desk_named(request.GET.get("desk", ""))
    at = replay_frames.moment(request.GET.get("at", ""), run)
    with suppress(RuleBroken):
        replay_frames.send_for(run, desk, at, 0)  # it is made while the page loads
    words = run.team.exercise.words
    context = {
        "page_title": gettext("%(desk)s of %(name)s: replay") % {"desk": named(desk, words)["title"], "name": run.team.name},
        "exercise": run.team.exercise,
        "team": run.team,
        "desk": desk,
        "first": {"hello": replay_hello(run, desk), "cards": {}},
        "replay": _replay(run, desk, at),
        "desks": all_named(words),
        "teams": _teams(request, run),
        "facilitates": facilitates(request.COOKIES, run.team.exercise),
    }
    return render(request, f"desks/{desk}.html", context)


def _replay(run: Run, desk: str, at: int) -> dict[str, Any]:
    """What the scrubber knows."""
    address = reverse("replay-frames", args=[run.team.exercise.code, run.team_id, desk])
    ways = {name: reverse(name, args=[run.team.exercise.code]) for name in ("replay-led", "replay-lead", "replay-follow")}
    return {"at": at, "desk": desk, "team": run.team_id, "address": address, "ways": ways, **replay_frames.about(run)}


def _run(request: HttpRequest, code: str, team: int) -> Run | None:
    """The run of a team whose result is seen from this browser, or that the facilitator shows the room now."""
    return seen_run(request, code, team) or next((run for run in _led_run(request, code) if run.team_id == team), None)


def _led_run(request: HttpRequest, code: str) -> list[Run]:
    """The run that a facilitator shows the room now, if any."""
    exercise = called_or_404(request, code)
    found = shared_replay.led(exercise)
    return [run for run in compare.shown(exercise) if run.team_id == found["team"]] if found else []


def _teams(request: HttpRequest, run: Run) -> list[dict[str, Any]]:
    """The runs of the exercise that can be looked at from this browser."""
    runs = seen_runs(request, run.team.exercise)
    return [{"pk": other.team_id, "name": other.team.name} for other in runs if not replay_frames.refusal(other)]


@never_cache
@require_safe
def frames(request: HttpRequest, code: str, team: int, desk: str) -> HttpResponse:
    """A stretch of a desk's frames: `from` a step, at `rate` times real time; the one frame at `from` without a rate. 202: not yet."""
    run = _run(request, code, team)
    if run is None or desk not in DESKS:
        return JsonResponse({"reason": NOTHING}, status=404)
    if refused := replay_frames.refusal(run):
        return JsonResponse({"reason": refused}, status=409)
    try:
        first, rate = (int(request.GET.get(name, "0")[:9]) for name in ("from", "rate"))
    except ValueError:
        return JsonResponse({"reason": gettext("from and rate are whole numbers: a step, and how many times real time.")}, status=400)
    if rate not in (0, *replay_frames.RATES) or not engine.EARLIEST <= first <= engine.LATEST:
        expected = gettext("rate is one of %(names)s; from is a step from %(earliest)s to %(latest)s.") % {
            "names": ", ".join(map(str, replay_frames.RATES)),
            "earliest": engine.EARLIEST,
            "latest": engine.LATEST,
        }
        return JsonResponse({"reason": expected}, status=400)
    try:
        return HttpResponse(replay_frames.stretch(run, desk, first, rate), content_type="application/json")
    except RuleBroken as problem:
        return JsonResponse({"reason": str(problem)}, status=202)


@never_cache
@require_safe
def led(request: HttpRequest, code: str) -> HttpResponse:
    """Where the facilitator is who shows the room a moment; asked every second by who follows."""
    return JsonResponse({"lead": shared_replay.led(called_or_404(request, code))})


@never_cache
@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """The page that follows: at the facilitator's moment, or where there is none yet at the bell of the first team that is seen."""
    exercise = called_or_404(request, code)
    found = shared_replay.led(exercise)
    if found is None:
        teams = [run.team_id for run in seen_runs(request, exercise) if not replay_frames.refusal(run)]
        if not teams:
            return error(request, 404, gettext("The facilitator is not showing anything now. Reload this page when they are."))
        found = {"team": teams[0], "desk": "risk", "step": exercise.calendar.open}
    asked = urlencode({"desk": found["desk"], "at": exercise.calendar.told(found["step"], 0), "follow": 1})
    return redirect(f"{reverse('replay', args=[exercise.code, found['team']])}?{asked}")


@require_POST
@facilitators_only
def lead(request: HttpRequest, code: str) -> HttpResponse:
    """Show the room this moment: `team`, `desk`, `step`, `rate`, `playing` (1 or 0); with `do=stop` no longer."""
    exercise, reason = own_exercise(request, code), ""
    try:
        if request.POST.get("do") == "stop":
            shared_replay.stop(exercise)
        else:
            names = ("team", "desk", "step", "rate")
            shared_replay.lead(exercise, *(request.POST.get(name, "") for name in names), playing=request.POST.get("playing") == "1")
    except RuleBroken as problem:
        reason = str(problem)
    return JsonResponse({"reason": reason})
