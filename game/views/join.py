"""The start page, and the ways in: a game for one, a code and a name, a resume word."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import engine
from game.control.briefs import brief
from game.control.exercise_controls import give_up
from game.debrief import front_picture
from game.live.control import tell_state, tell_team
from game.models import Defaults, Exercise, Player, RuleBroken, Seat, contents
from game.models.people import name_key, plain_word
from game.people import joining, sharing
from game.people.access import exercise_called, exercises_of, give_player_cookie, player_of, was_player
from game.people.desks import ORDER
from game.people.limiter import JOINS, PLAYS, TOO_OFTEN, TooOften, address_of, take
from game.scenarios import doors, level_words, standard
from game.spoken import read

SHOWN = 12
AT_ONCE = 3  # doors that are seen before somebody asks for more
SOON = timedelta(hours=24)  # what is planned for later is nobody's business yet


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What it is, and the ways in."""
    return render(request, "home.html", _home(request))


def _home(request: HttpRequest, **more: Any) -> dict[str, Any]:
    soon = Q(planned_for=None) | Q(planned_for__lt=timezone.now() + SOON)
    own = exercises_of(request.user)  # a stranger is shown no code: who has one comes in
    offered, starts, scenario = _offered(request), joining.solo_starts(), standard()
    morning = request.POST.get("morning") or next((one.id for one in offered), "")
    offers = [row for row in map(_door, offered) if row]
    running = own.filter(Q(state__in=("running", "paused")) | Q(state="lobby") & soon, archived=False)[:SHOWN]
    return {
        "page_title": "Opening Bell",
        "exercises": [
            {"code": one.code, "title": one.title, "state": one.state, "watch_url": reverse("projector", args=[one.code])} for one in running
        ],
        "desks": [brief(desk, scenario) for desk in ORDER] if scenario else [],
        "front": read(scenario).front if scenario else engine.FrontPage(),
        "words": contents.words_in(scenario),
        "story": _story(scenario),
        "doors": offers,
        "further": any(row["further"] for row in offers),
        "further_open": any(row["further"] for row in offers if row["id"] == morning),
        "morning": morning,
        "starts": starts,
        "chosen": request.POST.get("start") or starts[1][0] if starts else "",
        "here": _here(request),
        **more,
    }


def _door(scenario: engine.Scenario) -> dict[str, Any]:
    """A scenario as the chooser has it; empty for one without a door. What the seed draws has no outline: no two games have the same."""
    door = read(scenario).front.door
    if door is None:
        return {}
    return {
        "id": scenario.id,
        "door": door,
        "level": level_words(door.level),
        "outline": "" if scenario.faults.deck else front_picture.outline(scenario),
        "further": door.place > AT_ONCE,
        "whole": joining.begins_whole(scenario),
        "lesson": bool(scenario.guide.step),
    }


def _story(scenario: engine.Scenario | None) -> dict[str, Any]:
    """What the picture of history's morning is drawn from; empty where none is kept."""
    losses = front_picture.losses(scenario) if scenario else []
    if scenario is None or not losses:
        return {}
    at = [scenario.calendar.hm(scenario.calendar.open + minute * engine.STEPS_PER_MINUTE) for minute in range(len(losses))]
    ends = next(minute for minute, usd in enumerate(losses) if usd == max(losses[: front_picture.RECORD_MINUTES + 1]))
    return {
        "told": {"losses": losses[: ends + 1], "at": at[: ends + 1]},
        "loss": losses[ends],
        "ends": at[ends],
        "minutes": len(losses) - 1,
        "levels": list(front_picture.LEVELS),
        "picture": front_picture.file_of(scenario.id).relative_to(settings.BASE_DIR / "static").as_posix(),
        "axis": at[::10],
    }


def _offered(request: HttpRequest) -> list[engine.Scenario]:
    """The doors in their order; to a browser that has played, those first that are another game every time."""
    offered = doors()
    if player_of(request.COOKIES) is None:
        return offered
    return sorted(offered, key=lambda one: not (one.front.door and one.front.door.again))


def _here(request: HttpRequest) -> Player | None:
    """Who this browser is in an exercise that goes on."""
    player = player_of(request.COOKIES)
    return player if player and player.exercise.state != "ended" else None


@require_POST
def play(request: HttpRequest) -> HttpResponse:
    """A game for one, on its way to the lobby. A browser has one at a time: `instead` gives up the one that is open."""
    here, address, sent = _here(request), address_of(request), request.POST
    alone = here if here and here.exercise.owner_id == here.pk else None
    if here and "instead" not in request.POST:
        return render(request, "instead.html", _instead(request, here, "play"), status=409)
    if not take(PLAYS, address, most=Defaults.now().plays_a_minute):
        raise TooOften(gettext("%(too_often)s before you start another game.") % {"too_often": TOO_OFTEN})
    try:
        if alone:
            give_up(alone.exercise)
        player, token = joining.play_now(sent.get("desk", ORDER[0]), sent.get("start", ""), address, sent.get("morning", ""))
    except RuleBroken as problem:
        return render(request, "home.html", _home(request, play_error=str(problem)), status=409)
    response = redirect("lobby")
    _keep_result(request, response)
    give_player_cookie(request, response, player, token)
    return response


def _keep_result(request: HttpRequest, response: HttpResponse) -> None:
    """Let this browser see the result of the game for one that it played before, as if it had opened that link."""
    before = player_of(request.COOKIES)
    team = before.exercise.teams.first() if before and before.exercise.owner_id == before.pk else None
    if team is not None and before is not None and before.exercise.state == "ended":
        sharing.give_cookie(request, response, sharing.link_token(team))


def _instead(request: HttpRequest, here: Player, way: str) -> dict[str, Any]:
    """What is asked where this browser is somebody already: the form as it was sent goes with the answer."""
    sent = [(name, value) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "instead")]
    alone = here.exercise.owner_id == here.pk
    return {"page_title": gettext("Who is this?"), "here": here, "alone": alone, "way": way, "sent": sent, "name": request.POST.get("name", "")[:60]}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str = "") -> HttpResponse:
    """Code and name; or code and resume word."""
    if request.method == "POST":
        return _come_in(request)
    code = code or request.GET.get("code", "")
    exercise = exercise_called(code, request.COOKIES, address_of(request)) if code else None
    if exercise is None and code:
        return _form(request, None, code, {"code": no_such(code)}, status=404)
    return _form(request, exercise, exercise.code if exercise else "", {})


def no_such(code: str) -> str:
    """The sentence for a code nobody has."""
    return gettext("There is no exercise %(code)s. Check the code on the big screen.") % {"code": code.strip()[:20]}


def _come_in(request: HttpRequest) -> HttpResponse:
    typed, name = request.POST.get("code", ""), request.POST.get("name", "")
    word, seat = request.POST.get("word", "").strip(), request.POST.get("seat", "")
    if not typed.strip():
        return _form(request, None, "", {"code": gettext("Enter the code shown on the big screen, such as K7-M4Q.")}, status=400)
    exercise = exercise_called(typed, request.COOKIES, address_of(request))
    if exercise is None:
        return _form(request, None, typed, {"code": no_such(typed)}, status=404)
    if "watch" in request.POST:
        return redirect("projector", exercise.code)
    here = _here(request)
    if word:
        return _resumed(request, exercise, word, here)
    if exercise.state == "ended" or exercise.owner_id is not None:
        return _form(request, exercise, exercise.code, {}, status=409)
    if here is not None and here.exercise_id == exercise.pk and here.name_key == name_key(" ".join(name.split())):
        return _on(here)  # the same form twice, or somebody who forgot that this browser knows them
    if here is not None and "instead" not in request.POST:
        return render(request, "instead.html", _instead(request, here, "join"), status=409)
    if not take(JOINS, address_of(request), most=exercise.joins_a_minute):
        raise TooOften(gettext("%(too_often)s, or ask the facilitator to let more people in at once.") % {"too_often": TOO_OFTEN})
    try:
        player, token, _ = joining.join(exercise, name, int(seat) if seat.isdecimal() and len(seat) < 12 else None)
    except joining.Full:
        return _form(request, exercise, exercise.code, {"full": gettext("Every seat is taken. Share one, or watch.")}, status=409)
    except RuleBroken as problem:
        return _form(request, exercise, exercise.code, {"name": str(problem)}, status=409)
    return _welcome(request, player, token)


def _resumed(request: HttpRequest, exercise: Exercise, word: str, here: Player | None) -> HttpResponse:
    """Back to a seat by its word. Where somebody else sits in this browser that is asked first."""
    if here is not None and "instead" not in request.POST:
        if here.exercise_id == exercise.pk and here.word == plain_word(word):
            return _on(here)
        return render(request, "instead.html", _instead(request, here, "join"), status=409)
    try:
        player, token = joining.resume(exercise, word, address_of(request), before=was_player(request.COOKIES))
    except TooOften as problem:
        return _form(request, exercise, exercise.code, {"word": str(problem)}, status=429)
    except RuleBroken as problem:
        return _form(request, exercise, exercise.code, {"word": str(problem)}, status=409)
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
        "page_title": gettext("Join"),
        "exercise": exercise,
        "code": code[:20],
        "name": request.POST.get("name", "")[:60],
        "errors": errors,
        "recorded": (Defaults.objects.first() or Defaults()).recorded_told,
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
            "desk": exercise.words["desks"][seat.desk]["head"],
            "team": seat.team.name,
            "holders": ", ".join(player.name for player in seat.holders),
            "covered": seat.covered,
        }
        for seat in sorted(joining.seats_by_need(exercise), key=lambda seat: not seat.covered)
        if len(seat.holders) < exercise.places
    ][:SHOWN]
