"""LTI 1.3 for facilitators: platforms that they register, and the homework that a platform's course is to link to."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from game.models import Homework, LtiLogin, LtiPlatform, RuleBroken
from game.models.lti import OPEN_FOR, homework_token
from game.models.webhooks import ADDRESS_MAX
from game.ops.lti import services
from game.ops.lti.launch import CHOICE, CLAIM, DEEP, Launch
from game.people.access import cohorts_of, platforms_of
from game.tokens import new_token
from game.views.account import facilitators_only
from game.views.errors import error
from game.views.lti import addresses

FIELDS = {
    "name": (gettext_lazy("Name"), "Moodle"),
    "issuer": (gettext_lazy("Platform ID (issuer)"), "https://moodle.example"),
    "client": (gettext_lazy("Client ID"), "iX3bVh9kLmQ2"),
    "deployments": (gettext_lazy("Deployment IDs"), "1"),
    "login_url": (gettext_lazy("Authentication request URL"), "https://moodle.example/mod/lti/auth.php"),
    "token_url": (gettext_lazy("Access token URL"), "https://moodle.example/mod/lti/token.php"),
    "keys_url": (gettext_lazy("Public keyset URL"), "https://moodle.example/mod/lti/certs.php"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def platforms(request: HttpRequest) -> HttpResponse:
    """Those one looks after, and what a platform has to know. POST: a new one of FIELDS, or `delete` with the number of one."""
    assert isinstance(request.user, User), "nobody else passes the decorator"
    typed, refused = {name: request.POST.get(name, "")[: 2 * ADDRESS_MAX] for name in FIELDS}, ""
    if request.method == "POST" and "delete" in request.POST:
        number = request.POST["delete"]
        found = platforms_of(request.user).filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 12 else None
        if found is None:
            raise Http404
        found.delete()
        messages.success(request, gettext("Deleted."))
        return redirect("lti-platforms")
    if request.method == "POST":
        try:
            made = LtiPlatform.register(request.user, typed)
        except RuleBroken as problem:
            refused = str(problem)
        else:
            messages.success(request, gettext("%(name)s is registered.") % {"name": made})
            return redirect("lti-platforms")
    context = {
        "page_title": gettext("Learning platforms"),
        "platforms": platforms_of(request.user).select_related("owner"),
        "fields": [(name, label, example, typed[name]) for name, (label, example) in FIELDS.items()],
        "addresses": addresses(request),
        "refused": refused,
        "address_max": ADDRESS_MAX,
    }
    return render(request, "facilitator/lti.html", context, status=400 if refused else 200)


@require_safe
@facilitators_only
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """The homework of one's own that the course may link to, each with the answer that its button takes back to the platform."""
    one = LtiLogin.of_token(token, timezone.now())
    launched = Launch(**one.told) if one and one.told else None
    if one is None or launched is None or launched.kind != CHOICE:
        return error(request, 404, gettext("This choice is over. Start it again from your course."))
    if launched.role != "teacher" or not launched.takes_links:
        return error(request, 403, gettext("Your platform does not let you add links to this course."))
    found = Homework.objects.filter(cohort__in=cohorts_of(request.user)).select_related("cohort__course").order_by("-deadline", "pk")
    rows = [(homework, services.signed(answer(request, one, launched, homework))) for homework in found]
    context = {"page_title": gettext("Choose a homework"), "platform": one.platform, "launched": launched, "rows": rows}
    response = render(request, "facilitator/lti-choose.html", context)
    # A form of this page leads to the platform, which is no other than the one that has just been believed.
    parts = urlsplit(launched.returns)
    response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return response


def answer(request: HttpRequest, one: LtiLogin, launched: Launch, homework: Homework) -> dict[str, Any]:
    """The claims of a deep linking response with one link in it."""
    at = timezone.now()
    link: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": homework.title,
        "url": request.build_absolute_uri(reverse("lti-launch")),
        "custom": {"homework": homework_token(one.platform, homework)},
        "window": {"targetName": "_blank"},
        "submission": {"endDateTime": _moment(homework.deadline)},
    }
    if launched.takes_line_items:
        link["lineItem"] = {"label": homework.title, "scoreMaximum": 100, "resourceId": f"homework-{homework.pk}"}
    return {
        "iss": one.platform.client, "aud": one.platform.issuer, "iat": int(at.timestamp()),
        "exp": int((at + OPEN_FOR).timestamp()), "nonce": new_token(),
        f"{CLAIM}deployment_id": launched.deployment, f"{CLAIM}message_type": "LtiDeepLinkingResponse", f"{CLAIM}version": "1.3.0",
        f"{DEEP}content_items": [link], **({} if launched.data is None else {f"{DEEP}data": launched.data}),
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
