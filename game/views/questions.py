"""What people are asked before, in the lobby, and thirty days later, by a link of their own; and a facilitator's own questions."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from game.control.asking import AskedForm, QuestionForm
from game.models import Action, Exercise, Player, RuleBroken, SurveyReply, questions
from game.models.lessons import desk_of
from game.people.access import own_exercise, player_of
from game.views import incident_log, observing
from game.views.account import facilitators_only
from game.views.errors import error
from game.views.lessons import NOBODY

_SALT = "opening-bell.later"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def before(request: HttpRequest) -> HttpResponse:
    """In the lobby, by the player of this browser, who may as well skip it."""
    player = player_of(request.COOKIES)
    if player is None:
        return error(request, 403, NOBODY, {"href": reverse("join"), "label": gettext("Join with a code")})
    try:
        questions.may_answer(player, "before")
        return _asked(request, player, "before") or redirect("lobby")
    except RuleBroken as problem:
        return error(request, 409, str(problem), {"href": reverse("lobby"), "label": gettext("Back")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest, token: str) -> HttpResponse:
    """Thirty days after the end, by whoever has a player's link."""
    player = _player_of_link(token)
    if player is None:
        return error(request, 403, gettext("This link is incomplete, or the facilitator has revoked it. Ask for a new one."))
    try:
        questions.may_answer(player, "later")
        return _asked(request, player, "later") or redirect("later", token)
    except RuleBroken as problem:
        return error(request, 409, str(problem))


def links(exercise: Exercise) -> list[dict[str, Any]]:
    """Everybody who had a desk, but for programs, with what their link ends with."""
    found = []
    for player in exercise.players.filter(bot=False).order_by("pk"):
        sat = desk_of(player)
        if sat:
            found.append({"name": player.name, "team": sat[0].name, "path": reverse("later", args=[_token(player, sat[0].links)])})
    return found


def _token(player: Player, times_revoked: int) -> str:
    return signing.dumps([player.pk, times_revoked], salt=_SALT)


def _player_of_link(token: str) -> Player | None:
    try:
        pk, times_revoked = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    player = Player.objects.select_related("exercise").filter(pk=pk).first()
    sat = desk_of(player) if player else None
    return player if sat and sat[0].links == times_revoked else None


def _asked(request: HttpRequest, player: Player, when: str, now: datetime | None = None) -> HttpResponse | None:
    """The page with the questions, or None when they are answered now."""
    sat = desk_of(player)
    taken_on = list(sat[0].actions.all()) if sat and when == "later" else []
    kept = SurveyReply.objects.filter(player=player, when=when).first()
    first = dict(kept.values) if kept else {}
    for action in taken_on:
        first |= {f"state{action.pk}": "" if action.state == Action.State.OPEN else action.state, f"said{action.pk}": action.said}
    form = AskedForm(request.POST if request.method == "POST" else None, initial=first, exercise=player.exercise, when=when, team_actions=taken_on)
    if request.method == "POST" and form.is_valid():
        questions.answer(player, when, form.answers, now)
        for row in form.rows:
            _became(row["action"], form.cleaned_data)
        messages.success(request, gettext("Thank you. Your answers are saved."))
        return None
    context = {
        "page_title": gettext("Before it starts") if when == "before" else gettext("30 days later"),
        "exercise": player.exercise,
        "form": form,
        "when": when,
        "team": sat[0] if sat else None,
        "answered": kept is not None,
        "length": questions.ANSWER_LENGTH,
    }
    return render(request, "questions.html", context, status=400 if form.is_bound else 200)


def _became(action: Action, given: dict[str, Any]) -> None:
    """What was said of an action; where nothing was, it stays as it stands."""
    state, said = given[f"state{action.pk}"], given[f"said{action.pk}"]
    if state:
        Action.objects.filter(pk=action.pk).update(state=state, said=said)


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def own(request: HttpRequest, code: str) -> HttpResponse:
    """A facilitator's questions for an exercise: `do` add or remove (`pk`)."""
    exercise = own_exercise(request, code)
    form = QuestionForm(request.POST if request.POST.get("do") == "add" else None, initial={"kind": "text"})
    if request.method == "POST":
        if request.POST.get("do") == "remove" and request.POST.get("pk", "").isdecimal():
            exercise.questions.filter(pk=int(request.POST["pk"][:18])).delete()
            return redirect("questions-own", exercise.code)
        if form.is_bound and form.is_valid():
            try:
                questions.add(exercise, form.cleaned_data)
            except RuleBroken as problem:
                messages.error(request, str(problem))
            return redirect("questions-own", exercise.code)
    first = questions.opens(exercise)
    context = {
        "page_title": gettext("Questions and observers: %(title)s") % {"title": exercise.title},
        "exercise": exercise,
        "form": form,
        "own": exercise.questions.all(),
        "most": questions.MOST,
        "house": [{"prompt": prompt, "low": low, "high": high} for prompt, low, high in questions.ASKED.values()],
        "told": questions.summary(exercise),
        "occasions": questions.OCCASIONS,
        "links": [{**one, "address": request.build_absolute_uri(one["path"])} for one in links(exercise)] if first else [],
        "observers": [{"team": team.name, "address": request.build_absolute_uri(observing.path_of(team))} for team in exercise.teams.all()],
        "logs": [{"team": team.name, "address": request.build_absolute_uri(incident_log.path_of(team))} for team in exercise.teams.all()],
        "opens": first,
        "is_open": first is not None and first <= timezone.now(),
    }
    return render(request, "facilitator/questions.html", context, status=400 if form.is_bound else 200)
