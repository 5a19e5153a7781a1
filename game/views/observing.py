"""An observer's sheet on a phone: a link of the facilitator's opens it, and no account is needed."""

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

from game.models import ObserverSheet, RuleBroken, Team, observing
from game.people import sharing
from game.views.errors import error

_SALT = "opening-bell.observer"


class SheetForm(forms.Form):
    """Who observes, and a mark and a note for each objective; all but the name may stay open."""

    observer = forms.CharField(max_length=observing.OBSERVER_LENGTH, label=gettext_lazy("Your name"))

    def __init__(self, *args: Any, items: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for one in items:
            self.fields[f"mark-{one['id']}"] = forms.ChoiceField(required=False, choices=[*observing.MARKS.items()], widget=forms.RadioSelect)
            self.fields[f"note-{one['id']}"] = forms.CharField(required=False, max_length=observing.NOTE_LENGTH)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The objectives with their fields."""
        return [{**one, "mark": self[f"mark-{one['id']}"], "note": self[f"note-{one['id']}"]} for one in self.items]

    @property
    def marks(self) -> dict[str, observing.Mark]:
        """What a sheet keeps of it."""
        given = self.cleaned_data
        return {one["id"]: {"mark": given[f"mark-{one['id']}"], "note": given[f"note-{one['id']}"]} for one in self.items}


def path_of(team: Team) -> str:
    """Where an observer of this team goes. Revoked with the links to its result."""
    return reverse("observe", args=[sharing.work_token(team, _SALT)])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def observe(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet of a team. `observer`: whose it is, so that it can be filled in further."""
    team = sharing.team_of_work(token, _SALT)
    if team is None:
        return error(request, 403, gettext("This link is incomplete, or the facilitator has revoked it. Ask for a new one."))
    items, name = observing.items(team.exercise), request.GET.get("observer", "")[: observing.OBSERVER_LENGTH]
    form = SheetForm(request.POST if request.method == "POST" else None, initial=_before(team, name), items=items)
    if form.is_bound and form.is_valid():
        try:
            sheet = observing.keep(team, form.cleaned_data["observer"], form.marks)
            messages.success(request, gettext("Your sheet is saved. You can go on with it here until the exercise is archived."))
            return redirect(f"{reverse('observe', args=[token])}?{urlencode({'observer': sheet.observer})}")
        except RuleBroken as problem:
            messages.error(request, str(problem))
    title = gettext("What you see: %(team)s") % {"team": team.name}
    context = {"page_title": title, "exercise": team.exercise, "team": team, "form": form, "length": observing.NOTE_LENGTH}
    return render(request, "observe.html", context, status=400 if form.is_bound else 200)


def _before(team: Team, name: str) -> dict[str, str]:
    sheet = ObserverSheet.objects.filter(team=team, observer=name).first() if name else None
    found = {"observer": name}
    for objective, one in (sheet.marks if sheet else {}).items():
        found |= {f"mark-{objective}": one["mark"], f"note-{objective}": one["note"]}
    return found
