"""The controls lab: experiments, the form for a new one, and each with its distribution as it comes."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from game.debrief import exports
from game.lab.form import NewExperiment
from game.models import Experiment, RuleBroken
from game.models import experiments as lab
from game.people.access import exercises_of, experiments_of, own_exercise, scenarios_of
from game.views.account import facilitators_only

HEAD = ("seed", "side", "loss $", "trading loss $", "runaway", "noticed at", "contained at", "commands", "refused", "fault", "engine")
SHOWN = 100


@never_cache
@require_safe
@facilitators_only
def experiments(request: HttpRequest) -> HttpResponse:
    """Their experiments, and the form for a new one."""
    return _list(request, NewExperiment(exercises_of(request.user), scenarios_of(request.user)))


def _list(request: HttpRequest, form: NewExperiment, status: int = 200) -> HttpResponse:
    found = list(experiments_of(request.user).defer("log").select_related("facilitator", "exercise")[:SHOWN])
    context = {
        "page_title": gettext("Controls lab"),
        "form": form,
        "rows": [{"e": one, "done": one.trials.count(), "of": one.seeds * len(one.sides)} for one in found],
        "everybodys": request.user.is_staff,
        "seeds_max": lab.SEEDS_MAX,
        "running_max": lab.RUNNING_MAX,
        "kept_max": lab.KEPT_MAX,
    }
    return render(request, "facilitator/lab.html", context, status=status)


@require_POST
@facilitators_only
def new(request: HttpRequest) -> HttpResponse:
    """Begin an experiment, and on to its page."""
    form = NewExperiment(exercises_of(request.user), scenarios_of(request.user), request.POST)
    if not form.is_valid():
        return _list(request, form, status=400)
    try:
        assert isinstance(request.user, User)
        return redirect("experiment", form.begin(request.user).pk)
    except RuleBroken as problem:
        form.add_error(None, str(problem))
        return _list(request, form, status=409)


def _own(request: HttpRequest, experiment: int) -> Experiment:
    return get_object_or_404(experiments_of(request.user), pk=experiment)


@never_cache
@require_safe
@facilitators_only
def experiment(request: HttpRequest, experiment: int) -> HttpResponse:
    """One experiment as far as it has come."""
    found = _own(request, experiment)
    ended = exercises_of(request.user).filter(state="ended").order_by("-ended_at")[:SHOWN]
    context = {"page_title": found.title, "e": found, "told": lab.experiment_state(found), "facts": lab.facts(found), "exercises": ended}
    return render(request, "facilitator/experiment.html", context)


@never_cache
@require_safe
@facilitators_only
def state_json(request: HttpRequest, experiment: int) -> HttpResponse:
    """The same for the page's script, which asks until it is done."""
    return JsonResponse(lab.experiment_state(_own(request, experiment)))


@require_POST
@facilitators_only
def act_on_experiment(request: HttpRequest, experiment: int) -> HttpResponse:
    """`do`: cancel, on (what is missing), again (all of it), keep (with `exercise`, a code), drop, show, hide, delete."""
    found = _own(request, experiment)
    do = request.POST.get("do", "")
    try:
        if do == "delete":
            found.delete()
            messages.success(request, gettext("%(title)s is deleted.") % {"title": found.title})
            return redirect("lab")
        _act(request, found, do)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    return redirect("experiment", experiment)


def _act(request: HttpRequest, found: Experiment, do: str) -> None:
    plain = {"cancel": found.cancel, "on": found.go_on, "again": found.again, "drop": found.let_go}
    if do in plain:
        plain[do]()
    elif do == "keep":
        found.keep_with(own_exercise(request, request.POST.get("exercise", "")[:8]))
    elif do in ("show", "hide"):
        found.show(do == "show")
    else:
        raise RuleBroken(gettext("%(do)s cannot be done with an experiment.") % {"do": f"{do[:20]!r}"})


@require_safe
@facilitators_only
def table(request: HttpRequest, experiment: int) -> Any:
    """Every trial, as CSV."""
    found = _own(request, experiment)

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in found.trials.all():
            one = row.found
            amounts = [round(one[key]) for key in ("loss_usd", "trading_usd")] if one else [None, None]
            told = [one.get(key) for key in ("runaway", "noticed_at", "contained_at", "commands")]
            yield (row.seed, row.side, *amounts, *told, sum(one.get("refused", {}).values()) if one else None, row.fault, found.made_by)

    return exports.streamed(exports.lines(HEAD, rows()), f"opening-bell-experiment-{found.pk}.csv", "text/csv")
