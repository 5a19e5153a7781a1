"""What a team takes on: its list stands on the result, and is written there by the team and by the facilitator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from game.models import RuleBroken, Team, actions
from game.people import sharing
from game.people.access import facilitates
from game.views.errors import error
from game.views.result import NO_RESULT, seen_run


class ActionForm(forms.Form):
    """One change, one owner, one date."""

    change = forms.CharField(max_length=actions.CHANGE_LENGTH, label=gettext_lazy("One change"))
    owner = forms.CharField(max_length=actions.OWNER_LENGTH, label=gettext_lazy("One owner"))
    due = forms.DateField(label=gettext_lazy("One date"))


@require_POST
def write(request: HttpRequest, code: str, team: int) -> HttpResponse:
    """`do`: keep (change, owner, due; `pk` of one that is there) or remove (`pk`)."""
    run = seen_run(request, code, team)
    if run is None:
        return error(request, 404, NO_RESULT)
    if not (facilitates(request.COOKIES, run.team.exercise) or sharing.writes(request.COOKIES, run.team)):
        return error(request, 403, gettext("The list is written by the team, in the browser it played in or by its link, and by the facilitator."))
    try:
        _write(run.team, request.POST)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    return redirect(f"{reverse('result', args=[run.team.exercise.code])}#actions-{team}")


def _write(team: Team, given: Any) -> None:
    pk = int(given["pk"]) if given.get("pk", "").isdecimal() else None
    if given.get("do") == "remove" and pk is not None:
        actions.remove(team, pk)
        return
    form = ActionForm(given)
    if not form.is_valid():
        wrong = [f"{form.fields[name].label}: {text}" for name, texts in form.errors.items() for text in texts]
        raise RuleBroken(gettext("Expected one change, one owner and one date. %(wrong)s") % {"wrong": " ".join(wrong)})
    actions.keep(team, pk, form.cleaned_data)
