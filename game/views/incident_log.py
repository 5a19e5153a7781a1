"""Where an incident commander and a scribe sit: what stands on their team's bridge, who is at which desk, and the log that they write.

A link of the facilitator's opens it, on any device. It shows what the team has said and shared, and nothing of what a desk sees alone.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from game.live.words import reader_of
from game.models import RuleBroken, Run, Team, incident_log
from game.people import presence, sharing
from game.spoken import tell
from game.views.errors import error

_SALT = "opening-bell.incident-log"
SHOWN = 60  # of the bridge, the newest


class EntryForm(forms.Form):
    """An entry of the log. `corrects`: the number of the entry that it puts right."""

    role = forms.ChoiceField(choices=[*incident_log.ROLES.items()], label=gettext_lazy("Your role"))
    by = forms.CharField(required=False, max_length=incident_log.NAME_LENGTH, label=gettext_lazy("Your name"))
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
    """The log of a team. `role` and `by`: who writes; `corrects`: the entry that is put right."""
    team = sharing.team_of_work(token, _SALT)
    if team is None:
        return error(request, 403, gettext("This link is incomplete, or the facilitator has revoked it. Ask for a new one."))
    asked = {name: request.GET.get(name, "")[: incident_log.NAME_LENGTH] for name in ("role", "by", "corrects")}
    form = EntryForm(request.POST if request.method == "POST" else None, initial={"kind": "observation", **asked})
    if form.is_bound and form.is_valid():
        try:
            entry = incident_log.write(team, dict(form.cleaned_data))
            return redirect(f"{reverse('incident-log', args=[token])}?{urlencode({'role': entry.role, 'by': entry.by})}")
        except RuleBroken as problem:
            messages.error(request, str(problem))
    run: Run | None = getattr(team, "run", None)
    entries = incident_log.of_team(team.pk, team.exercise.calendar)
    context: dict[str, Any] = {
        "page_title": gettext("Incident log: %(team)s") % {"team": team.name},
        "exercise": team.exercise,
        "form": form,
        "clock": tell(None, team.exercise.calendar.when(run.step, 0)) if run else "",
        "open": run is not None and run.state not in run.DONE and team.exercise.state != "ended",
        "seats": presence.seats_of(team.pk, None),
        "bridge": bridge_of(run) if run else [],
        "entries": entries[::-1],
        "corrected": next((one for one in entries if str(one["pk"]) == asked["corrects"]), None),
        "who": urlencode({"role": asked["role"], "by": asked["by"]}),
    }
    return render(request, "incident-log.html", context, status=400 if form.is_bound else 200)


def bridge_of(run: Run) -> list[dict[str, str]]:
    """What was said, shared and declared on a team's bridge, the newest first: at, desk, text."""
    told, calendar = reader_of(run), run.calendar
    rows = run.happened.filter(kind="bridge.posted").order_by("-number")[:SHOWN]
    return [{"at": tell(None, calendar.when(row.step, 0)), "desk": row.data["desk"], "text": told.line(row.data["title"])} for row in rows]
