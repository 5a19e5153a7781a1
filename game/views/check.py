"""Whether this browser and the network it is on can play, for a facilitator to look at beforehand, in the room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

CHECKS = (
    ("scripts", "Scripts", "They have not run. If this stays, something blocks them, or this browser is too old."),
    ("cookies", "Cookies", "Waits for the scripts."),
    ("socket", "The socket (WebSocket)", "Being opened."),
    ("slow", "The slower line", "Next."),
    ("clock", "This device's clock", "Next."),
)


@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The page; its script does the checking."""
    return render(request, "check.html", {"page_title": "Check browser and network", "host": request.get_host(), "checks": CHECKS})
