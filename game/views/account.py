"""Who a facilitator is: signing in and out, a new password, the door of every page of theirs, and the wait after too many tries."""

import math
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from game.people import devices, limiter, pending, second_factor
from game.people.accounts import NewPassword, SignIn, is_facilitator
from game.views.errors import error

NOT_ONE = gettext_lazy("This account may not run exercises. Ask an administrator to add it to the group facilitators.")
NO_PASSWORD = gettext_lazy("This account has no password: it signs in with one-time links, or at your organization's own sign-in.")
View = Callable[..., HttpResponse]


def facilitators_only(view: View) -> View:
    """Refuse everybody but facilitators. Whoever is not signed in finds the form on the very page, and comes back to it."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_facilitator(request.user):
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            return error(request, 403, NOT_ONE)
        if request.method in ("GET", "HEAD"):
            context = {"page_title": gettext("Sign in"), "form": SignIn(request), "next": request.get_full_path(), "oidc": settings.OIDC}
            return render(request, "account/sign-in.html", context, status=403)
        way = {"href": reverse("sign-in"), "label": gettext("Sign in")}
        return error(request, 403, gettext("This is for facilitators. Sign in and try again."), way)

    return never_cache(checked)


def count(request: HttpRequest, name: str, *, right: bool) -> None:
    """Count a try of an account. Where too many from an address were wrong, right ones wait as well (TooOften); but not in a browser the
    account knows.
    """
    device = devices.known(request, name)
    if device is not None and not right:
        limiter.take(limiter.DEVICE, device.key)
    elif device is None and not limiter.guess(limiter.SIGN_INS, limiter.address_of(request), right=right):
        raise limiter.TooOften(gettext("%(too_often)s before you sign in.") % {"too_often": limiter.TOO_OFTEN})


class SignInPage(LoginView):
    """Name and password, and on to the page that was asked for."""

    form_class = SignIn
    template_name = "account/sign-in.html"
    extra_context = {"page_title": gettext_lazy("Sign in")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        right = form.is_valid()
        count(request, request.POST.get("username", ""), right=right)
        return self.form_valid(form) if right else self.form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if second_factor.is_asked_of(user):
            pending.begin(self.request, user, self.get_success_url())
            return redirect("sign-in-code")
        response = super().form_valid(form)
        devices.give(self.request, response, user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(oidc=settings.OIDC, **more)


def single_sign_on(request: HttpRequest, step: str) -> HttpResponse:
    """A step of single sign-on; nothing is at its addresses where it is off, and the library is read when it is first needed."""
    if settings.OIDC is None:
        raise Http404
    from game.views import oidc

    return oidc.STEPS[step](request)


class SignOut(LogoutView):
    """Out, by a form: no link of somebody else's page does it."""


@method_decorator(never_cache, name="dispatch")
class PasswordPage(PasswordChangeView):
    """A new password. Other browsers of this account are signed out."""

    form_class = NewPassword
    template_name = "account/password.html"
    extra_context = {"page_title": gettext_lazy("Security")}
    success_url = reverse_lazy("facilitator")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return error(request, 403, NO_PASSWORD, {"href": reverse("facilitator"), "label": gettext("Go to exercises")})
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(two_step=second_factor.is_set_up(self.request.user), **more)  # type: ignore[arg-type]  # nobody else is here

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, gettext("Your password has been changed. Your other browsers are signed out."))
        response = super().form_valid(form)
        devices.give(self.request, response, form.user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Too many wrong passwords or codes for this account from this address: for how long it is closed, and what helps meanwhile."""
    name = (credentials or {}).get("username", "")
    last = AccessAttempt.objects.filter(username=name, ip_address=getattr(request, "axes_ip_address", None)).first()
    until = (last.attempt_time if last else timezone.now()) + (get_cool_off(request) or timedelta(0))
    minutes = max(1, math.ceil((until - timezone.now()).total_seconds() / 60))
    sentence = ngettext(
        "Too many wrong passwords or codes for this account: it is closed here for %(minutes)s minute.",
        "Too many wrong passwords or codes for this account: it is closed here for %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
    way = {"href": f"{reverse('sign-in')}?{urlencode({'next': request.POST.get('next', '')})}", "label": gettext("Back to sign-in")}
    answer = error(request, 429, sentence, way)
    answer["Retry-After"] = str(minutes * 60)
    return answer
