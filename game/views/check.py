"""Whether this browser and the network it is on can play, for a facilitator to look at beforehand, in the room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

CHECKS = (
    ("scripts", gettext_lazy("Scripts"), gettext_lazy("Not run yet. If this stays, something blocks them, or this browser is too old.")),
    ("cookies", gettext_lazy("Cookies"), gettext_lazy("Waiting for scripts.")),
    ("socket", gettext_lazy("WebSocket"), gettext_lazy("Opening.")),
    ("slow", gettext_lazy("Slow connection"), gettext_lazy("Next.")),
    ("clock", gettext_lazy("This device's clock"), gettext_lazy("Next.")),
)


@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The page; its script does the checking."""
    return render(request, "check.html", {"page_title": gettext("Check browser and network"), "host": request.get_host(), "checks": CHECKS})
