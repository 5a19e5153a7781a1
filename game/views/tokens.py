"""The tokens of a facilitator's programs: made, shown once, deleted."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from game.models import ApiToken, RuleBroken
from game.models.api_tokens import NAME_MAX
from game.views.account import facilitators_only


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own. POST: a new one of a `name`, which the page shows this once; or `delete`, the number of one."""
    assert isinstance(request.user, User), "nobody else passes the decorator"
    shown = ""
    if request.method == "POST" and "delete" in request.POST:
        typed = request.POST["delete"]
        if typed.isascii() and typed.isdigit() and len(typed) < 12 and ApiToken.objects.filter(owner=request.user, pk=int(typed)).delete()[0]:
            messages.success(request, gettext("Deleted: what used it is turned away from now on."))
        return redirect("tokens")
    if request.method == "POST":
        try:
            shown = ApiToken.issue(request.user, request.POST.get("name", ""))
        except RuleBroken as problem:
            messages.error(request, str(problem))
            return redirect("tokens")
    own = ApiToken.objects.filter(owner=request.user).order_by("-pk")
    context = {"page_title": gettext("Tokens"), "shown": shown, "tokens": own, "name_max": NAME_MAX}
    return render(request, "facilitator/tokens.html", context)
