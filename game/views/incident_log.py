"""Where an incident commander and a scribe sit: what stands on their team's bridge, who is at which desk, their own words to the desks, and the
log that they write.

A link of the facilitator's opens it, on any device, to whoever comes in under a name; of each role there is one. It shows what the team has
said and shared, and nothing of what a desk sees alone. That its page asks for news is the sign that somebody is there.
"""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from game.live.broker import BROKER_GONE
from game.live.control import tell_state, tell_team
from game.live.words import Reader, reader_of
from game.models import Aide, Deed, Event, RuleBroken, Run, Team, aides, incident_log
from game.models.incident_log import ROLES
from game.models.injects import Message
from game.people import presence, sharing
from game.people.access import give_player_cookie, player_of
from game.spoken import tell
from game.views.errors import error

_SALT = "opening-bell.incident-log"
SHOWN = 60  # of the bridge, the newest
SAID_LENGTH = 280


class DoorForm(forms.Form):
    """Who comes in, and as what."""

    role = forms.ChoiceField(choices=[*ROLES.items()], label=gettext_lazy("Your role"))
    name = forms.CharField(max_length=aides.NAME_LENGTH, label=gettext_lazy("Your name"))


class SayForm(forms.Form):
    """Words to every desk of the team."""

    said = forms.CharField(max_length=SAID_LENGTH, label=gettext_lazy("Say on the bridge"))


class EntryForm(forms.Form):
    """An entry of the log. `corrects`: the number of the entry that it puts right."""

    kind = forms.ChoiceField(choices=[*incident_log.KINDS.items()], label=gettext_lazy("Kind"))
    text = forms.CharField(max_length=incident_log.TEXT_LENGTH, label=gettext_lazy("Entry"))
    cause = forms.CharField(required=False, max_length=incident_log.BELIEF_LENGTH, label=gettext_lazy("Suspected cause (optional)"))
    impact = forms.CharField(required=False, max_length=incident_log.BELIEF_LENGTH, label=gettext_lazy("Estimated impact (optional)"))
    corrects = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


def path_of(team: Team) -> str:
    """Where a team's incident commander and scribe go. Revoked with the links to its result."""
    return reverse("incident-log", args=[sharing.work_token(team, _SALT)])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, token: str) -> HttpResponse:
    """The door of a team's commander and scribe, and behind it their page. `do`: enter, say, leave, or nothing, which is an entry of the log;
    `corrects`: the entry that is put right.
    """
    team = sharing.team_of_work(token, _SALT)
    if team is None:
        return error(request, 403, gettext("This link is incomplete, or the facilitator has revoked it. Ask for a new one."))
    player = player_of(request.COOKIES)
    aide = Aide.objects.filter(team=team, player=player).select_related("player", "team__exercise").first() if player else None
    if aide is None:
        return _door(request, team)
    _is_there(aide)
    do = request.POST.get("do", "entry") if request.method == "POST" else ""
    if do == "leave":
        aide.delete()
        Deed.record(team.exercise, LEAVES, team=team, by=aide.player.name)
        _tell(team)
        return redirect("incident-log", token)
    say = SayForm(request.POST if do == "say" else None)
    asked = request.GET.get("corrects", "")[: incident_log.NAME_LENGTH]
    form = EntryForm(request.POST if do == "entry" else None, initial={"kind": "observation", "corrects": asked})
    try:
        if do == "say" and say.is_valid():
            aides.say(aide, say.cleaned_data["said"])
            return redirect("incident-log", token)
        if do == "entry" and form.is_valid():
            incident_log.write(team, {"role": aide.role, "by": aide.player.name, **form.cleaned_data})
            return redirect("incident-log", token)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    run: Run | None = getattr(team, "run", None)
    entries = incident_log.of_team(team.pk, team.exercise.calendar)
    context: dict[str, Any] = {
        "page_title": gettext("Incident log: %(team)s") % {"team": team.name},
        "exercise": team.exercise,
        "aide": aide,
        "role": ROLES[aide.role],
        "form": form,
        "say": say,
        "clock": tell(None, team.exercise.calendar.when(run.step, 0)) if run else "",
        "open": run is not None and run.state not in run.DONE and team.exercise.state != "ended",
        "seats": presence.seats_of(team.pk, None),
        "aides": _others(team),
        "bridge": bridge_of(run) if run else [],
        "entries": entries[::-1],
        "corrected": next((one for one in entries if str(one["pk"]) == asked), None),
    }
    return render(request, "incident-log.html", context, status=400 if do else 200)


LEAVES = gettext_noop("leaves the incident log")


def _door(request: HttpRequest, team: Team) -> HttpResponse:
    """Come in under a name, in a role that is free."""
    form = DoorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            aide, cookie = aides.enter(team, form.cleaned_data["role"], form.cleaned_data["name"], player_of(request.COOKIES))
        except RuleBroken as problem:
            messages.error(request, str(problem))
        else:
            _tell(team)
            response = redirect(request.path)
            if cookie:
                give_player_cookie(request, response, aide.player, cookie)
            return response
    context = {
        "page_title": gettext("Incident log: %(team)s") % {"team": team.name},
        "exercise": team.exercise,
        "form": form,
        "aides": _others(team),
    }
    return render(request, "incident-log-door.html", context, status=400 if form.is_bound else 200)


def _tell(team: Team) -> None:
    tell_team(team.pk)
    tell_state(team.exercise)


def _is_there(aide: Aide) -> None:
    """The page asks every few seconds: a sign of life, as a desk's screen gives it."""
    with suppress(*BROKER_GONE):
        for team_id in presence.signs({aide.player_id: aide.team.exercise_id}, recorded=True):
            tell_team(team_id)


def _others(team: Team) -> list[dict[str, Any]]:
    there = {one["role"]: one for one in aides.of_team(team.pk)}
    return [{"title": title, **there.get(role, {"name": "", "online": False})} for role, title in ROLES.items()]


def bridge_of(run: Run) -> list[dict[str, str]]:
    """What was said, shared and declared on a team's bridge, and what its commander and scribe said to the desks and heard from them, the newest
    first: at, desk or sender, text.
    """
    told, calendar = reader_of(run), run.calendar
    own = set(Message.objects.filter(team=run.team_id).exclude(role="").values_list("pk", flat=True))
    posted = list(run.happened.filter(kind="bridge.posted").order_by("-number")[:SHOWN])
    talk = run.happened.filter(kind__in=("persona.said", "persona.replied"), data__message__in=own) if own else Event.objects.none()
    rows = sorted([*posted, *talk.order_by("-number")[:SHOWN]], key=lambda row: row.number, reverse=True)[:SHOWN]
    return [{"at": tell(None, calendar.when(row.step, 0)), "desk": row.data.get("desk", ""), **_said(row.data, told)} for row in rows]


def _said(data: dict[str, Any], told: Reader) -> dict[str, str]:
    """Who said it, where it was no desk, and what."""
    return {"sender": data.get("sender", ""), "text": told.line(data["title"]) if "title" in data else data["text"]}
