"""LTI 1.3 as a platform's browsers meet it: login, launch, and the way in.

A launch comes as a form of another site, with which no cookie of ours comes along. So it is checked and put down first, and the browser is
led on by a plain address: with that its cookie comes, which says that the launch began here. No cookie has to be given to other sites for it,
and none works in a frame, where pages of this server are not shown anyway.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from game.courses import members
from game.models import LtiLink, LtiLogin, LtiPlatform, RuleBroken
from game.models.lti import FRESH, TEXT_MAX, homework_of
from game.ops.lti import keys
from game.ops.lti.launch import CHOICE, MEMBER_SCOPE, SCORE_SCOPE, WRONG, Launch, NotBelieved, verified
from game.people import limiter
from game.people.access import cohorts_of
from game.tokens import hashed
from game.views.errors import error

log = structlog.get_logger(__name__)

HINT_MOST = 4096


def _cookie(state: str) -> str:
    """A cookie for each launch: several tabs do not disturb each other."""
    return f"lti-{hashed(state)[:8]}"


def _limited(request: HttpRequest) -> None:
    if not limiter.take(limiter.LAUNCHES, limiter.address_of(request)):
        raise limiter.TooOften(limiter.TOO_OFTEN)


@require_safe
def key_set(request: HttpRequest) -> HttpResponse:
    """The public keys of this server."""
    return JsonResponse(keys.own_set(), headers={"Cache-Control": "public, max-age=300"})


@require_safe
def configuration(request: HttpRequest) -> HttpResponse:
    """What a platform's administrator enters, as JSON in the form that Canvas reads."""
    at = addresses(request)
    placement = {
        "message_type": "LtiDeepLinkingRequest", "target_link_uri": at["launch"], "text": "Opening Bell", "windowTarget": "_blank", "enabled": True
    }  # fmt: skip
    placements = [{"placement": name, **placement} for name in ("assignment_selection", "link_selection")]
    return JsonResponse(
        {
            "title": "Opening Bell",
            "description": gettext("An incident in a trading firm, played as homework."),
            "oidc_initiation_url": at["login"],
            "target_link_uri": at["launch"],
            "redirect_uris": [at["launch"]],
            "public_jwk_url": at["keys"],
            "scopes": [SCORE_SCOPE, MEMBER_SCOPE],
            "claims": ["iss", "sub", "name", "given_name", "family_name"],
            "extensions": [{"platform": "canvas.instructure.com", "privacy_level": "name_only", "settings": {"placements": placements}}],
        }
    )


def addresses(request: HttpRequest) -> dict[str, str]:
    """What a platform has to know of this server."""
    return {name: request.build_absolute_uri(reverse(f"lti-{name}")) for name in ("login", "launch", "keys", "configuration")}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """A platform begins a launch: on to it with what it has to answer, and a cookie that knows the answer again."""
    _limited(request)
    given = request.POST if request.method == "POST" else request.GET
    platform = _platform(given)
    if platform is None:
        said = gettext("This platform is not registered here, or not with this client ID. Whoever looks after it finds the addresses in the README.")
        return error(request, 400, said)
    if not _is_ours(request, given.get("target_link_uri", "")):
        return error(request, 400, gettext("The launch is for another server: its target has to be an address of this one."))
    hints = {name: given[name] for name in ("login_hint", "lti_message_hint") if name in given}
    if "login_hint" not in hints or any(len(hint) > HINT_MOST for hint in hints.values()):
        return error(request, 400, gettext("The platform did not say whom it launches for (login_hint)."))
    made, state, browser = LtiLogin.begin(platform, timezone.now())
    asked = {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none", "client_id": platform.client,
        "redirect_uri": request.build_absolute_uri(reverse("lti-launch")), "state": state, "nonce": made.nonce, **hints,
    }  # fmt: skip
    response = redirect(f"{platform.login_url}{'&' if urlsplit(platform.login_url).query else '?'}{urlencode(asked)}")
    age = round(FRESH.total_seconds())
    response.set_cookie(
        _cookie(state), browser, max_age=age, path=settings.COOKIE_PATH, httponly=True, samesite="Lax", secure=request.is_secure()
    )  # fmt: skip
    return response


def _platform(given: Any) -> LtiPlatform | None:
    """The one that is meant; None where there is none, or several and no client says which."""
    issuer, client = given.get("iss", ""), given.get("client_id", "")
    if not 1 <= len(issuer) <= TEXT_MAX or len(client) > TEXT_MAX:
        return None
    found = LtiPlatform.objects.filter(issuer=issuer, **({"client": client} if client else {}))[:2]
    return found[0] if len(found) == 1 else None


def _is_ours(request: HttpRequest, address: str) -> bool:
    """Whether an address is of this server. Nobody is led there: it says whether the platform means us."""
    try:
        there, here = urlsplit(address), urlsplit(request.build_absolute_uri(reverse("home")))
        return (there.scheme, there.netloc.lower()) == (here.scheme, here.netloc.lower()) and there.path.startswith(here.path)
    except ValueError:
        return False


@csrf_exempt
@never_cache
@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    """The platform's answer, once for each state: checked, put down, and on to `enter`."""
    _limited(request)
    state = request.POST.get("state", "")
    waiting = LtiLogin.waiting(state, timezone.now()) if 1 <= len(state) <= TEXT_MAX else None
    if waiting is None:
        said = gettext("This launch was not begun here, was used already, or is older than ten minutes. Start it again from your course.")
        return error(request, 400, said)
    if "error" in request.POST:
        log.warning("a platform refused a launch", platform=waiting.platform_id, told=request.POST["error"][:200])
        return error(request, 403, gettext("%(platform)s did not launch this: sign in there and try again.") % {"platform": waiting.platform})
    try:
        found = verified(waiting, request.POST.get("id_token", ""), timezone.now())
    except NotBelieved as problem:
        log.warning("a launch is not believed", platform=waiting.platform_id, problem=str(problem)[:300])
        return error(request, 400, WRONG)
    if not waiting.answer(found._asdict()):
        return error(request, 400, WRONG)
    response = redirect(f"{reverse('lti-enter')}?{urlencode({'state': state})}")
    response.status_code = 303
    return response


@never_cache
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Who was launched comes in, in the browser that the launch began in: a student to their page, a teacher to the cohort or to a choice."""
    state = request.GET.get("state", "")
    one = LtiLogin.enter(state, request.COOKIES.get(_cookie(state), ""), timezone.now()) if 1 <= len(state) <= TEXT_MAX else None
    if one is None:
        said = gettext(
            "This launch was not begun in this browser, or was used already. Start it again from your course, in a tab of its own: in a frame "
            "of another page it does not work."
        )
        return error(request, 400, said)
    response = _entered(request, one, Launch(**(one.told or {})))
    response.delete_cookie(_cookie(state), path=settings.COOKIE_PATH, samesite="Lax")
    return response


def _entered(request: HttpRequest, one: LtiLogin, launched: Launch) -> HttpResponse:
    if launched.kind == CHOICE:
        return redirect("lti-choose", one.token)
    homework = homework_of(one.platform, launched.homework)
    if homework is None:
        said = gettext(
            "This link leads to no homework of this server: the homework was deleted, or the link was made elsewhere. Your teacher can renew it."
        )
        return error(request, 404, said)
    if not launched.role:
        return error(request, 403, gettext("Your platform says that you are neither a student nor a teacher of this course."))
    told = {"line_item": launched.line_item, "members_url": launched.members_url, "context": launched.context}
    LtiLink.objects.update_or_create(
        platform=one.platform, deployment=launched.deployment, resource=launched.resource,
        defaults={"homework": homework, **{name: value for name, value in told.items() if value}},  # of a student less may be said
    )  # fmt: skip
    if launched.role == "student":
        try:
            student = members.student_of(one.platform, homework.cohort, members.PlatformMember(launched.subject, launched.name))
        except RuleBroken as problem:
            return error(request, 409, str(problem))
        return redirect(f"{reverse('learn', args=[student.token])}#homework-{homework.pk}")
    if cohorts_of(request.user).filter(pk=homework.cohort_id).exists():
        return redirect("cohort", homework.cohort_id)
    context = {"page_title": homework.title, "homework": homework, "platform": one.platform}
    return render(request, "lti-teacher.html", context)
