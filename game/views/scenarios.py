"""The scenarios that are here; what a check says of one in a zip; and those that facilitators brought along, with their versions and previews."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import engine
from game.lab import previews
from game.live import senders
from game.models import KeptScenario, RuleBroken, ScenarioVersion
from game.models.kept import ID_MAX, LABEL_MAX, PREVIEWED
from game.people.access import scenarios_of
from game.scenarios import all_of_them, preview_shown
from game.views.account import facilitators_only

MOST_BYTES = 4 << 20  # of a zip: several times the largest scenario that ships


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def scenarios(request: HttpRequest) -> HttpResponse:
    """All of them with what is wrong. With a POST of a `zip`: everything that is wrong with the scenario in it, and where nothing is, it is kept
    (`whose`: mine, house), or only checked (without it).
    """
    context: dict[str, Any] = {}
    if request.method == "POST":
        context, files = _checked(request)
        if files is not None and "whose" in request.POST and not context["problems"]:
            try:
                version = _keep(request, files)
            except RuleBroken as problem:
                context = {"refused": gettext("It was not kept. %(problem)s") % {"problem": problem}}
            else:
                messages.success(request, gettext("%(scenario)s is kept, and can be chosen for exercises.") % {"scenario": version})
                return redirect("scenario", version.scenario_id)
    brought = scenarios_of(request.user).select_related("owner").annotate(count=Count("versions"))
    context |= {"page_title": gettext("Scenarios"), "looks": all_of_them(), "most_mb": MOST_BYTES >> 20, "brought": brought, "id_max": ID_MAX}
    return render(request, "facilitator/scenarios.html", context)


def _checked(request: HttpRequest) -> tuple[dict[str, Any], engine.Folder | None]:
    """`refused`: why nothing could be checked; `name` and `problems`: of what was. And the files."""
    file = request.FILES.get("zip")
    if file is None:
        return {"refused": gettext("Choose a zip first: what `manage.py scenario export` writes, or a scenario's folder, zipped.")}, None
    if (file.size or 0) > MOST_BYTES:
        return {"refused": gettext("That file has more than %(most)d MB. A scenario's zip is far smaller.") % {"most": MOST_BYTES >> 20}}, None
    try:
        folder = engine.unpack_scenario(file.read())
    except engine.ZipError as problem:
        return {"refused": gettext("That file cannot be checked: %(problem)s.") % {"problem": problem}}, None
    return {"name": folder.name, "problems": read(folder)[0]}, folder


def read(files: engine.Folder) -> tuple[list[engine.Problem], engine.Scenario | None]:
    """What is wrong with these files over what they are based on as it is here now; and where nothing is, the scenario."""
    with tempfile.TemporaryDirectory() as beside:
        folder = Path(beside) / files.name
        files.write(folder)
        problems = engine.check_scenario(folder)
        return problems, None if problems else engine.read_folder(folder)


def _keep(request: HttpRequest, files: engine.Folder) -> ScenarioVersion:
    assert isinstance(request.user, User), "nobody else passes the decorator"
    _, scenario = read(files)
    assert scenario is not None, "it was checked"
    return KeptScenario.keep(request.user, scenario, house=request.POST["whose"] == "house")


def own(request: HttpRequest, scenario: int) -> KeptScenario:
    """One that they may change: their own, for staff everybody's. The house's others may look at, and no more."""
    found = get_object_or_404(scenarios_of(request.user).select_related("owner"), pk=scenario)
    if not _may_change(request, found):
        raise Http404
    return found


def _may_change(request: HttpRequest, found: KeptScenario) -> bool:
    return request.user.is_staff or found.owner_id == request.user.pk


def _version(request: HttpRequest, scenario: int, version: int) -> ScenarioVersion:
    found = ScenarioVersion.objects.select_related("scenario").filter(scenario__in=scenarios_of(request.user))
    return get_object_or_404(found, scenario=scenario, number=version)


@require_safe
@facilitators_only
def scenario(request: HttpRequest, scenario: int) -> HttpResponse:
    """One that was brought along: its versions, and what can be done with it."""
    found = get_object_or_404(scenarios_of(request.user).select_related("owner"), pk=scenario)
    versions = list(found.versions.select_related("scenario", "by").defer("files", "previewed"))
    latest = found.latest
    problem = ""
    try:
        if latest is not None:
            latest.read()
    except engine.ScenarioError as error:
        problem = str(error)
    context = {
        "page_title": found.label,
        "found": found,
        "versions": versions,
        "latest": latest,
        "problem": problem,
        "base_changed": "" if problem or latest is None else latest.base_changed,
        "used": found.used,
        "may_change": _may_change(request, found),
        "label_max": LABEL_MAX,
    }
    return render(request, "facilitator/scenario.html", context)


@require_POST
@facilitators_only
def act_on_scenario(request: HttpRequest, scenario: int) -> HttpResponse:
    """`do`: rename (`name`), house, mine, back (`version`), rebase, delete."""
    found, do = own(request, scenario), request.POST.get("do", "")
    try:
        if do == "delete":
            used = found.remove()
            said = gettext("%(title)s is deleted. Exercises that are played on it keep their version.") if used else gettext("%(title)s is deleted.")
            messages.success(request, said % {"title": found})
            return redirect("scenarios")
        _act(request, found, do)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    if part := request.POST.get("part"):
        return redirect("scenario-edit", found.pk, part[:40])
    return redirect("scenario", found.pk)


def number_of(text: str) -> int:
    """The number of a version as a form sends it; 0, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _act(request: HttpRequest, found: KeptScenario, do: str) -> None:
    assert isinstance(request.user, User), "nobody else passes the decorator"
    if do == "rename":
        found.rename(request.POST.get("name", ""))
    elif do in ("house", "mine"):
        KeptScenario.objects.filter(pk=found.pk).update(house=do == "house")
    elif do == "back":
        version = found.versions.filter(number=number_of(request.POST.get("version", ""))).first()
        if version is None:
            raise RuleBroken(gettext("There is no such version."))
        messages.success(request, gettext("It is as it was: %(version)s.") % {"version": found.bring_back(version, request.user)})
    elif do == "undo":
        if (before := found.before) is None:
            raise RuleBroken(gettext("There is nothing to undo."))
        found.bring_back(before, request.user)
        messages.success(request, gettext("It is as version %(number)d was.") % {"number": before.number})
    elif do == "rebase" and (latest := found.latest) is not None:
        problems, scenario = read(latest.folder)
        if scenario is None:
            raise RuleBroken(gettext("It does not fit what it is based on any more: %(problem)s") % {"problem": problems[0]})
        messages.success(request, gettext("It stands on what is here now: %(version)s.") % {"version": found.add(scenario, request.user)})
    else:
        raise RuleBroken(gettext("%(do)s cannot be done with a scenario.") % {"do": f"{do[:20]!r}"})


@require_safe
@facilitators_only
def as_zip(request: HttpRequest, scenario: int, version: int) -> HttpResponse:
    """A version's own files, as they can be brought again."""
    found = _version(request, scenario, version)
    headers = {"Content-Disposition": f'attachment; filename="{found.scenario.name}.zip"'}
    return HttpResponse(engine.pack_scenario(found.folder), content_type="application/zip", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def preview(request: HttpRequest, scenario: int, version: int) -> HttpResponse:
    """What autopilots make of a version on ten seeds, as far as it has come; a POST has workers begin, or go on."""
    found = _version(request, scenario, version)
    if request.method == "POST":
        found.ask_preview()
        try:
            previews.send_for(found)
        except senders.QueueGone:
            found.stop_preview(gettext("The workers cannot be reached now. Try again in a minute."))
        return redirect("scenario-preview", scenario, version)
    previews.look_after(found)
    rows = found.previewed or []
    context: dict[str, Any] = {"page_title": gettext("Preview"), "version": found, "done": len(rows), "of": PREVIEWED}
    context["problem"] = found.preview_problem
    if rows:
        try:
            read = found.read()
            context |= preview_shown(read, engine.preview(read, range(1, len(rows) + 1), rows))
        except engine.ScenarioError as error:
            context["problem"] = str(error)
    return render(request, "facilitator/scenario-preview.html", context)
