"""A facilitator's webhooks: made, tried, switched off and on, deleted; and what came of every delivery."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from game.models import RuleBroken, Webhook, WebhookDelivery
from game.models.webhooks import ADDRESS_MAX, ATTEMPTS
from game.ops.webhooks import ping
from game.spoken import tell_row
from game.views.account import facilitators_only

SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def webhooks(request: HttpRequest) -> HttpResponse:
    """One's own. POST: a new `address`, whose secret the page shows this once; or test, off, on, delete with the number of one, or again
    with a delivery's.
    """
    assert isinstance(request.user, User), "nobody else passes the decorator"
    made, typed = None, ""
    if request.method == "POST":
        try:
            done = _do(request.user, request.POST)
            if done:
                messages.success(request, done)
                return redirect("webhooks")
            typed = request.POST.get("address", "")
            made = Webhook.make(request.user, typed)
        except RuleBroken as problem:
            messages.error(request, str(problem))
    own = list(Webhook.objects.filter(owner=request.user))
    rows = WebhookDelivery.objects.filter(webhook__owner=request.user).select_related("webhook", "exercise")[:SHOWN]
    context = {
        "page_title": gettext("Webhooks"),
        "made": made,
        "typed": "" if made else typed,
        "webhooks": [{"row": one, "off_because": tell_row(one.off_because)} for one in own],
        "deliveries": rows,
        "address_max": ADDRESS_MAX,
        "attempts_most": ATTEMPTS,
    }
    return render(request, "facilitator/webhooks.html", context, status=400 if typed and not made else 200)


def _do(owner: User, given: Any) -> str:
    """What was done; "" where nothing of this was asked. Raises RuleBroken, or Http404 for somebody else's."""
    if "again" in given:
        delivery = _found(WebhookDelivery.objects.filter(webhook__owner=owner).select_related("webhook"), given["again"])
        delivery.again()
        return gettext("It is sent again.")
    verb = next((verb for verb in ("test", "off", "on", "delete") if verb in given), None)
    if verb is None:
        return ""
    one = _found(Webhook.objects.filter(owner=owner), given[verb])
    if verb == "test":
        if one.off_at:
            raise RuleBroken(gettext("This webhook is off: switch it on first."))
        ping(one)
        return gettext("A test is on its way. Reload to see what came of it.")
    if verb == "off":
        one.switch_off()
        return gettext("It is off: it is told nothing any more.")
    if verb == "on":
        one.switch_on()
        return gettext("It is on: it is told of exercises that start from now on.")
    one.delete()
    return gettext("Deleted.")


def _found(rows: Any, typed: str) -> Any:
    found = rows.filter(pk=int(typed)).first() if typed.isascii() and typed.isdigit() and len(typed) < 12 else None
    if found is None:
        raise Http404
    return found
