"""The scenarios that are here, and what a check says of one in a zip before it is taken."""

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

import engine
from game.scenarios import all_of_them
from game.views.account import facilitators_only

MOST_BYTES = 4 << 20  # of a zip: several times the largest scenario that ships


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def scenarios(request: HttpRequest) -> HttpResponse:
    """All of them with what is wrong; and with a POST of a zip, everything that is wrong with the scenario in it. Nothing of it is kept."""
    context: dict[str, Any] = {"page_title": gettext("Scenarios"), "looks": all_of_them(), "most_mb": MOST_BYTES >> 20}
    if request.method == "POST":
        context |= _checked(request)
    return render(request, "facilitator/scenarios.html", context)


def _checked(request: HttpRequest) -> dict[str, Any]:
    """`refused`: why nothing could be checked; `name` and `problems`: of what was."""
    file = request.FILES.get("zip")
    if file is None:
        return {"refused": gettext("Choose a zip first: what `manage.py scenario export` writes, or a scenario's folder, zipped.")}
    if (file.size or 0) > MOST_BYTES:
        return {"refused": gettext("That file has more than %(most)d MB. A scenario's zip is far smaller.") % {"most": MOST_BYTES >> 20}}
    try:
        folder = engine.unpack_scenario(file.read())
    except engine.ZipError as problem:
        return {"refused": gettext("That file cannot be checked: %(problem)s.") % {"problem": problem}}
    with tempfile.TemporaryDirectory() as beside:
        folder.write(Path(beside) / folder.name)
        return {"name": folder.name, "problems": engine.check_scenario(Path(beside) / folder.name)}
