"""Two-step sign-in: the page that asks for the code, and the page that sets it up, renews its recovery codes and turns it off."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from game.people import devices, pending, second_factor
from game.people.accounts import WRONG_CODE, Code, FirstCode, OwnCode, OwnFirstCode
from game.sockets.pages import qr_svg
from game.views.account import NO_PASSWORD, count
from game.views.errors import error

KEY, CODES = "totp-key", "recovery-codes"  # of the session: an app that is being set up, codes that were not shown yet
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _enter(request: HttpRequest, user: User, then: str) -> HttpResponse:
    """Sign in whose password and code were right, and on to `then`."""
    pending.end(request)
    codes = request.session.pop(CODES, None)
    login(request, user, backend=MODEL_BACKEND)
    if codes:
        request.session[CODES] = codes
    response = redirect(then)
    devices.give(request, response, user)
    return response


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step: a code, after a right password."""
    one = pending.of(request)
    if one is None:
        return redirect("sign-in")
    if not second_factor.is_set_up(one.user):
        return redirect("two-step")
    form = Code(_sent(request))
    form.fields["code"].widget.attrs["autofocus"] = True
    if form.is_valid():
        given, name = form.cleaned_data["code"], one.user.get_username()
        if wait := second_factor.wait_s(one.user, given):
            form.add_error("code", gettext("Too many wrong codes. The next one is looked at in %(wait)s s.") % {"wait": wait})
        else:
            user = authenticate(request, username=name, code=given)
            count(request, name, right=user is not None)
            if user is not None:
                return _enter(request, one.user, one.then)
            form.add_error("code", WRONG_CODE)
    context = {"page_title": gettext("Sign in"), "form": form, "who": one.user}
    return render(request, "account/code.html", context, status=400 if form.is_bound else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def two_step(request: HttpRequest) -> HttpResponse:
    """Set it up; where it is set up, new recovery codes or its end, each for a code. Whoever has to set it up does so before they are in."""
    one = None if request.user.is_authenticated else pending.of(request)
    user: Any = one.user if one else request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if one and second_factor.is_set_up(user):
        return redirect("sign-in-code")
    if not user.has_usable_password():
        return error(request, 403, NO_PASSWORD, {"href": reverse("facilitator"), "label": gettext("Go to exercises")})
    return _change(request, user) if second_factor.is_set_up(user) else _set_up(request, user, one)


def _set_up(request: HttpRequest, user: User, one: pending.Pending | None) -> HttpResponse:
    kept = f"{KEY}-{user.pk}"  # nobody sets up a key that another account was shown in this browser
    key = request.session.setdefault(kept, second_factor.new_key())
    form = (FirstCode if one else OwnFirstCode)(user, key, _sent(request))
    if form.is_valid():
        del request.session[kept]
        request.session[CODES] = {"codes": second_factor.new_recovery_codes(user), "then": one.then if one else ""}
        return _enter(request, user, reverse("two-step")) if one else redirect("two-step")
    address = second_factor.address(user, key)
    context = {"form": form, "who": user, "asked": one is not None, "key": second_factor.as_text(key), "address": address, "qr_svg": qr_svg(address)}
    return _page(request, form, context)


def _change(request: HttpRequest, user: User) -> HttpResponse:
    form = OwnCode(user, _sent(request))
    if form.is_valid():
        if request.POST.get("do") == "codes":
            request.session[CODES] = {"codes": second_factor.new_recovery_codes(user), "then": ""}
        elif request.POST.get("do") == "off" and not settings.TOTP_REQUIRED:
            second_factor.turn_off(user)
            messages.success(request, gettext("Two-step sign-in is off: your password is enough."))
        return redirect("two-step")
    new = request.session.pop(CODES, {}) if request.method != "HEAD" else {}
    context = {"form": form, "on": True, "left": second_factor.recovery_codes_left(user), "required": settings.TOTP_REQUIRED, **new}
    return _page(request, form, context)


def _page(request: HttpRequest, form: Any, context: dict[str, Any]) -> HttpResponse:
    shown = {"page_title": gettext("Two-step sign-in"), **context}
    return render(request, "account/two-step.html", shown, status=400 if form.is_bound else 200)
