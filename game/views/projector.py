"""The wall: clock, prices, loss against history. No login, and nothing on it that a desk may not know."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from game.models import Exercise
from game.ops.addresses import is_loopback
from game.people.access import called_or_404, exercise_called
from game.people.limiter import address_of
from game.sockets.pages import join_card, projector_cards, qr_svg
from game.sockets.protocol import projector_hello
from game.views.errors import error


@never_cache
@require_safe
def projector(request: HttpRequest, code: str) -> HttpResponse:
    """The projector's page, whole from the first paint."""
    exercise = exercise_called(code, request.COOKIES, address_of(request))
    if exercise is None:
        return error(request, 404, gettext("There is no exercise %(code)s.") % {"code": code[:20]})
    if exercise.code != code:
        return redirect("projector", code=exercise.code)
    cards = projector_cards(exercise)
    cards["join"] = {"v": 0, "d": join_card(request.get_host(), exercise.code, secure=request.is_secure())}
    context = {
        "page_title": gettext("%(title)s: big screen") % {"title": exercise.title},
        "exercise": exercise,
        "team": None,
        "desk": "projector",
        "scene": scene(exercise, cards),
        "this_machine_only": is_loopback(request.get_host()),
        "first": {"hello": projector_hello(exercise), "cards": cards},
    }
    return render(request, "projector.html", context)


def scene(exercise: Exercise, cards: dict[str, Any]) -> str:
    """Which of its three pictures the wall shows; static/js/projector.js says the same later."""
    if exercise.state == Exercise.State.LOBBY:
        return "lobby"
    return "reveal" if cards["reveal"]["d"]["on"] else "live"


@never_cache
@require_safe
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The way in as a picture."""
    exercise = called_or_404(request, code)
    svg = qr_svg(request.build_absolute_uri(reverse("join-code", args=[exercise.code])))
    return HttpResponse(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), content_type="image/svg+xml")
