"""A facilitator's own scenario in a form: begun from one of the server's, changed file by file, checked while it is typed, tried from any moment."""

import json
from typing import Any

import tomlkit
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

import engine
from game.control import scenario_editor as editor
from game.models import KeptScenario, RuleBroken
from game.models.kept import ID_MAX, offered
from game.people.access import give_player_cookie, player_of
from game.people.joining import begin_alone
from game.people.limiter import address_of
from game.spoken import tell
from game.views.account import facilitators_only
from game.views.scenarios import number_of, own, read

COPY = "copy-"


@require_POST
@facilitators_only
def new(request: HttpRequest) -> HttpResponse:
    """Begin one of an `id` and `title`, and go on to its form; `base`: what it is based on, the id of one of this server, or `copy-` and the
    number of one that somebody brought along."""
    name, title, base = (request.POST.get(key, "").strip() for key in ("id", "title", "base"))
    assert isinstance(request.user, User), "nobody else passes the decorator"
    try:
        if not engine.is_scenario_id(name) or len(name) > ID_MAX:
            raise RuleBroken(gettext("An id is small letters, digits and hyphens, such as our-morning, %(most)d at most.") % {"most": ID_MAX})
        if KeptScenario.objects.filter(owner=request.user, name=name, gone=False).exists():
            raise RuleBroken(gettext("You have a scenario %(id)s already.") % {"id": name})
        try:
            files = _copied(request.user, base, name, title or name) if base.startswith(COPY) else _based_on(base, name, title or name)
        except engine.ScenarioError as problem:
            raise RuleBroken(str(problem)) from None
        problems, scenario = read(engine.Folder(name, files))
        if scenario is None:
            raise RuleBroken(str(problems[0]))
        version = KeptScenario.keep(request.user, scenario)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("scenarios")
    return redirect("scenario-edit", version.scenario_id, "scenario")


def _based_on(base: str, name: str, title: str) -> dict[str, bytes]:
    """The files of one that says nothing of its own yet. Raises ScenarioError."""
    lines = {"id": name, "title": title, "based_on": base}
    text = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines.items())
    return {"scenario.toml": f"{text}default_seed = {engine.load_scenario(base).default_seed}\n".encode()}


def _copied(user: User, base: str, name: str, title: str) -> dict[str, bytes]:
    """The files of one that this user may choose, as it is now, under another id. Raises RuleBroken and ScenarioError."""
    found = offered(user).filter(pk=number_of(base.removeprefix(COPY))).first()
    version = found.latest if found else None
    if version is None:
        raise RuleBroken(gettext("The scenario that it should be a copy of is not here any more: choose another."))
    own = dict(version.read().files.own)
    document = tomlkit.parse(own["scenario.toml"].decode())
    document["id"], document["title"] = name, title
    return own | {"scenario.toml": document.as_string().encode()}


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def edit(request: HttpRequest, scenario: int, part: str) -> HttpResponse:
    """A file of it in fields. POST: `do` is save, check (JSON: what is wrong, by field), or try (`start`): a game for one on what is typed."""
    found, file = own(request, scenario), f"{part}.toml"
    latest = found.latest
    try:
        if latest is None or file not in editor.parts(now := latest.read()):
            raise Http404
    except engine.ScenarioError as problem:
        messages.error(request, gettext("It cannot be played any more: %(problem)s") % {"problem": problem})
        return redirect("scenario", found.pk)
    entries = editor.entries(now.files, file)
    fields = [field for entry in entries for field in entry.fields]
    typed: dict[str, str] = {}
    problems: list[engine.Problem] = []
    if request.method == "POST":
        typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
        files, problems = editor.changed(now.files, file, typed)
        made = None
        if not problems:
            problems, made = read(engine.Folder(files.name, files.own))
        if request.POST.get("do") == "check":
            return JsonResponse({"problems": [_told(problem, file, fields) for problem in problems]})
        if made is not None:
            try:
                assert isinstance(request.user, User), "nobody else passes the decorator"
                version = found.add(made, request.user, after=number_of(request.POST.get("version", "")))
                if request.POST.get("do") == "try":
                    return _try(request, made, version.ref)
                messages.success(request, gettext("Saved: %(version)s.") % {"version": version})
                return redirect(f"{request.get_full_path()}{_added(typed)}")
            except RuleBroken as problem:
                messages.error(request, str(problem))
    wrong = [_told(problem, file, fields) for problem in problems]
    return render(request, "facilitator/scenario-edit.html", _shown(request, found, now, part, entries, typed, wrong), status=400 if wrong else 200)


def _added(typed: dict[str, str]) -> str:
    """Where on the page the row stands that was added: behind the one that it is like."""
    table, _, number = typed.get("again", "").rpartition("/")
    return f"#row-{table}/{int(number) + 1}" if table and number.isdecimal() and len(number) < 6 else ""


def _told(problem: engine.Problem, file: str, fields: list[editor.Field]) -> dict[str, str]:
    field = editor.beside(fields, problem) if problem.file == file else None
    said = gettext("expected %(what)s") % {"what": problem.expected[:200]}
    return {"field": field.name if field else "", "said": said, "where": f"{problem.file}: {problem.key}"}


def _try(request: HttpRequest, scenario: engine.Scenario, ref: str) -> HttpResponse:
    """A game for one, at every desk, from a moment. Raises RuleBroken."""
    calendar, typed = scenario.calendar, request.POST.get("start", "").strip()[:20]
    try:
        step = calendar.step_at(typed) if typed else 0
    except engine.NotATime as problem:
        raise RuleBroken(f"{tell(None, problem.reason)}.") from None
    if scenario.faults.deck and step:
        raise RuleBroken(gettext("This morning's fault is there from the start: it starts at %(hm)s.") % {"hm": calendar.hm(0)})
    if not calendar.week <= step <= calendar.close:
        raise RuleBroken(gettext("It can begin from the first evening to the close at %(hm)s.") % {"hm": calendar.hm(calendar.close)})
    here = player_of(request.COOKIES)
    if here is not None and here.exercise.owner_id != here.pk and here.exercise.state != "ended":
        raise RuleBroken(gettext("This browser sits in an exercise: leave it first, or try it in another browser."))
    player, token = begin_alone(scenario, ref, "all", step, address_of(request))
    response = redirect("lobby")
    give_player_cookie(request, response, player, token)
    return response


def _shown(
    request: HttpRequest,
    found: KeptScenario,
    now: engine.Scenario,
    part: str,
    entries: list[editor.FieldGroup],
    typed: dict[str, str],
    wrong: list[dict[str, str]],
) -> dict[str, Any]:
    """The page: those entries that have the words of `q`, so many from `page` on."""
    q, page = request.GET.get("q", "").strip()[:80], request.GET.get("page", "1")
    words = q.casefold()
    chosen = [entry for entry in entries if words in f"{entry.title} {entry.words} {' '.join(field.text for field in entry.fields)}".casefold()]
    pages = max(1, -(-len(chosen) // editor.ENTRIES))
    number = min(pages, max(1, int(page))) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    said = {one["field"]: one["said"] for one in wrong if one["field"]}
    rows: list[dict[str, Any]] = [
        {
            "entry": entry,
            "out": entry.out in typed,
            "fields": [{"field": field, "text": typed.get(field.name, field.text), "error": said.get(field.name, "")} for field in entry.fields],
        }
        for entry in chosen[(number - 1) * editor.ENTRIES : number * editor.ENTRIES]
    ]
    shown = {one["field"].name for row in rows for one in row["fields"]}
    return {
        "page_title": found.label,
        "found": found,
        "latest": found.latest,
        "before": found.before,
        "part": part,
        "parts": [(name.removesuffix(".toml"), title) for name, title in editor.parts(now).items()],
        "rows": rows,
        "q": q,
        "number": number,
        "pages": pages,
        "last": number - 1,
        "next": number + 1 if number < pages else 0,
        "elsewhere": [one for one in wrong if one["field"] not in shown],
        "any": wrong,
        "start": typed.get("start", ""),
        "example": now.calendar.hm(now.calendar.open),
    }
