"""What the facilitator's page asks of the deck: what is ready, who would see what, and what is done with it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from game.control import deck
from game.control.overview import overview
from game.live.control import tell_state
from game.models import RuleBroken
from game.people.access import own_exercise
from game.views.account import facilitators_only


@require_safe
@facilitators_only
def ready(request: HttpRequest, code: str) -> HttpResponse:
    """The ready injects, conditions and personas of an exercise, as JSON: looked at once a page."""
    return JsonResponse(deck.ready(own_exercise(request, code)))


@require_POST
@facilitators_only
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """Who would see what: {reason, preview}. It changes nothing, and is a POST because its words may be long."""
    exercise = own_exercise(request, code)
    try:
        return JsonResponse({"reason": "", "preview": deck.preview(exercise, request.POST.dict())})
    except RuleBroken as problem:
        return JsonResponse({"reason": str(problem), "preview": None})


@require_POST
@facilitators_only
def play_inject(request: HttpRequest, code: str) -> HttpResponse:
    """Play an inject, take one back, say something in somebody's name: {reason, state}."""
    exercise = own_exercise(request, code)
    reason = ""
    try:
        deck.do(exercise, request.POST.dict(), request.user.get_username()[:24])
    except RuleBroken as problem:
        reason = str(problem)
    else:
        tell_state(exercise)  # every control room of it looks again
    return JsonResponse({"reason": reason, "state": overview(exercise, {})})
