"""The start page, and the ways in: a game for one, a code and a name, a resume word."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from game import joining
from game.access import give_player_cookie, player_of
from game.briefs import BRIEFS, ORDER
from game.control import tell_state, tell_team
from game.models import Exercise, Player, RuleBroken, Seat
from game.people import name_key

SHOWN = 12
SOON = timedelta(hours=24)  # what is planned for later is nobody's business yet


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What it is, and the ways in."""
    return render(request, "home.html", _home(request))


def _home(request: HttpRequest, **more: Any) -> dict[str, Any]:
    soon = Q(planned_for=None) | Q(planned_for__lt=timezone.now() + SOON)
    running = Exercise.objects.filter(Q(state__in=("running", "paused")) | Q(state="lobby") & soon, owner=None, archived=False)[:SHOWN]
    return {
        "page_title": "Opening Bell",
        "exercises": [
            {"code": one.code, "title": one.title, "state": one.state, "watch_url": reverse("projector", args=[one.code])} for one in running
        ],
        "desks": [{"desk": desk, **BRIEFS[desk]._asdict()} for desk in ORDER],
        "starts": joining.SOLO_STARTS,
        "chosen": request.POST.get("start", "08:00"),
        "here": _here(request),
        **more,
    }


def _here(request: HttpRequest) -> Player | None:
    """Who this browser is in an exercise that goes on."""
    player = player_of(request.COOKIES)
    return player if player and player.exercise.state != "ended" else None


@require_POST
def play(request: HttpRequest) -> HttpResponse:
    """A game for one, on its way to the lobby."""
    try:
        player, token = joining.play_now(request.POST.get("desk", "all"), request.POST.get("start", "08:00"))
    except RuleBroken as problem:
        return render(request, "home.html", _home(request, play_error=str(problem)), status=409)
    response = redirect("lobby")
    give_player_cookie(request, response, player, token)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str = "") -> HttpResponse:
    """Code and name; or code and resume word."""
    if request.method == "POST":
        return _come_in(request)
    code = code or request.GET.get("code", "")
    exercise = joining.by_code(code) if code else None
    if exercise is None and code:
        return _form(request, None, code, {"code": no_such(code)}, status=404)
    return _form(request, exercise, exercise.code if exercise else "", {})


def no_such(code: str) -> str:
    """The sentence for a code nobody has."""
    return f"There is no exercise {code.strip()[:20]}. Compare it with the code on the wall."


def _come_in(request: HttpRequest) -> HttpResponse:
    typed, name = request.POST.get("code", ""), request.POST.get("name", "")
    word, seat = request.POST.get("word", "").strip(), request.POST.get("seat", "")
    if not typed.strip():
        return _form(request, None, "", {"code": "Type the code that is shown on the wall, such as K7-M4Q."}, status=400)
    exercise = joining.by_code(typed)
    if exercise is None:
        return _form(request, None, typed, {"code": no_such(typed)}, status=404)
    if word:
        try:
            player, token = joining.resume(exercise, word)
        except RuleBroken as problem:
            return _form(request, exercise, exercise.code, {"word": str(problem)}, status=409)
        return _welcome(request, player, token)
    if exercise.state == "ended" or exercise.owner_id is not None:
        return _form(request, exercise, exercise.code, {}, status=409)
    here = player_of(request.COOKIES)
    if here is not None and here.exercise_id == exercise.pk and here.name_key == name_key(" ".join(name.split())):
        return _on(here)  # the same form twice, or somebody who forgot that this browser knows them
    try:
        player, token, _ = joining.join(exercise, name, int(seat) if seat.isdecimal() and len(seat) < 12 else None)
    except joining.Full:
        return _form(request, exercise, exercise.code, {"full": "Every seat is taken. Share one, or watch."}, status=409)
    except RuleBroken as problem:
        return _form(request, exercise, exercise.code, {"name": str(problem)}, status=409)
    return _welcome(request, player, token)


def _welcome(request: HttpRequest, player: Player, token: str) -> HttpResponse:
    """On to the lobby or the desk; the team hears of it."""
    for team_id in set(player.seats.values_list("team_id", flat=True)):
        tell_team(team_id)
    if player.exercise.state != "lobby":
        tell_state(player.exercise)
    response = _on(player)
    give_player_cookie(request, response, player, token)
    return response


def _on(player: Player) -> HttpResponse:
    return redirect("lobby" if player.exercise.state == "lobby" else "first-desk")


def _form(request: HttpRequest, exercise: Exercise | None, code: str, errors: dict[str, str], status: int = 200) -> HttpResponse:
    here = _here(request)
    context: dict[str, Any] = {
        "page_title": "Join",
        "exercise": exercise,
        "code": code[:20],
        "name": request.POST.get("name", "")[:60],
        "errors": errors,
        "here": here if exercise is None or (here and here.exercise_id == exercise.pk) else None,
    }
    if exercise:
        seats = Seat.objects.filter(team__exercise=exercise)
        context |= {
            "ended": exercise.state == "ended",
            "alone": exercise.owner_id is not None,
            "teams": exercise.teams.count(),
            "free": seats.free().count(),
            "locked": seats.exclude(locked="").count(),
            "shared": _to_share(exercise) if "full" in errors else [],
        }
    return render(request, "join.html", context, status=status)


def _to_share(exercise: Exercise) -> list[dict[str, Any]]:
    """Taken seats that have room for one more, the least crowded first."""
    return [
        {
            "id": seat.pk,
            "desk": BRIEFS[seat.desk].title,
            "team": seat.team.name,
            "holders": ", ".join(player.name for player in seat.holders),
            "covered": seat.covered,
        }
        for seat in sorted(joining.seats_by_need(exercise), key=lambda seat: not seat.covered)
        if len(seat.holders) < exercise.places
    ][:SHOWN]
