"""Two pages to print: the facilitator's guide, and a desk on one page for whoever sits down at it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

import engine
from game.control import guide as texts
from game.control.briefs import BRIEFS, levers
from game.control.briefs import brief as brief_of
from game.control.scenario_guide import scenario_guide
from game.models import ScenarioVersion, contents
from game.models.kept import key_of
from game.people.access import player_of, scenarios_of
from game.people.desks import ORDER
from game.scenarios import playable, standard
from game.spoken import read
from game.views.account import facilitators_only


@require_safe
@facilitators_only
def guide(request: HttpRequest) -> HttpResponse:
    """How to run a session."""
    scenario = _first()
    words = texts.words_for(scenario)
    agendas = [
        {"total": total, "rows": texts.agenda(total, words), "debrief": sum(part.minutes for part in parts if part.debrief)}
        for total, parts in texts.AGENDAS.items()
    ]
    context = {
        "page_title": "Facilitator's guide",
        "agendas": agendas,
        "phases": texts.phases(words),
        "prompts": texts.prompts(),
        "troubles": texts.troubles(words),
        "desks": [brief_of(desk, scenario) for desk in ORDER],
        "scenarios": playable(),
    }
    return render(request, "facilitator/guide.html", context)


@require_safe
@facilitators_only
def of_scenario(request: HttpRequest, scenario_id: str) -> HttpResponse:
    """What there is to know of one scenario before a room plays it: one of this server, or a version that this user may choose."""
    key = key_of(scenario_id)
    if key and not ScenarioVersion.objects.filter(key=key, scenario__in=scenarios_of(request.user)).exists():
        raise Http404
    scenario = contents.here(scenario_id)
    if scenario is None:
        raise Http404
    scenario = read(scenario)
    context = {"page_title": scenario.title, "scenario": scenario, "guide": scenario_guide(scenario)}
    return render(request, "facilitator/guide-scenario.html", context)


@require_safe
def brief(request: HttpRequest, desk: str) -> HttpResponse:
    """A desk on one page, in the words and times of the scenario that this browser has joined, else of the first one."""
    if desk not in BRIEFS:
        raise Http404
    player = player_of(request.COOKIES)
    scenario = (contents.here(player.exercise.scenario) if player else None) or _first()
    b, words = brief_of(desk, scenario), contents.words_in(scenario)
    context = {
        "page_title": gettext("%(b)s, on one page") % {"b": b["title"]},
        "desk": desk,
        "b": b,
        "words": words,
        "levers": levers(desk, scenario),
    }
    return render(request, "brief.html", context)


def _first() -> engine.Scenario:
    found = standard()
    if found is None:
        raise Http404
    return found
