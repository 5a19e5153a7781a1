"""Two pages to print: the facilitator's guide, and a desk on one page for whoever sits down at it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from game import guide as texts
from game.briefs import BRIEFS, ORDER, levers
from game.scenarios import playable
from game.views.account import facilitators_only


@require_safe
@facilitators_only
def guide(request: HttpRequest) -> HttpResponse:
    """How to run a session."""
    agendas = [
        {"total": total, "rows": texts.agenda(total), "debrief": sum(part.minutes for part in parts if part.debrief)}
        for total, parts in texts.AGENDAS.items()
    ]
    context = {
        "page_title": "Facilitator's guide",
        "agendas": agendas,
        "phases": texts.PHASES,
        "prompts": texts.PROMPTS,
        "troubles": texts.TROUBLES,
        "desks": [{"desk": desk, **BRIEFS[desk]._asdict()} for desk in ORDER],
    }
    return render(request, "facilitator/guide.html", context)


@require_safe
def brief(request: HttpRequest, desk: str) -> HttpResponse:
    """A desk on one page. Its levers take the times of the first scenario; no other scenario has others."""
    if desk not in BRIEFS:
        raise Http404
    scenario = next(look.scenario for look in playable() if look.scenario)
    context = {"page_title": f"{BRIEFS[desk].title}, on one page", "desk": desk, "b": BRIEFS[desk], "levers": levers(desk, scenario)}
    return render(request, "brief.html", context)
