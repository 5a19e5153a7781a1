"""The admin's site: unfold's, behind the same door as the facilitator's pages, and with a content policy of its own."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_lazy
from unfold.sites import UnfoldAdminSite

import engine
from game import scenarios

log = structlog.get_logger(__name__)

View = Callable[..., HttpResponse]
# Unfold's pages are driven by Alpine, which compiles the expressions it finds in attributes (unsafe-eval) and writes widths into style
# attributes, and by htmx, which sets innerHTML (no trusted types). Scripts and sheets still come from this host's files alone: no inline
# script, no inline sheet, nothing from elsewhere.
POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src-attr": [UNSAFE_INLINE], "require-trusted-types-for": None, "trusted-types": None}


UNUSABLE = gettext_lazy("That address has no results: its filters were ignored.")


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The answer of a page, made here and now. What a hand-made address asks for (the year 99999999999, a number that no column holds)
    comes to grief in Django or in the database, only when the list is read: it is told on the list without its filters.
    """
    try:
        response = view(request, *args, **kwargs)
        return response.render() if isinstance(response, SimpleTemplateResponse) and not response.is_rendered else response
    except (ValueError, OverflowError, DataError) as problem:
        if request.method not in ("GET", "HEAD") or not request.GET:
            raise
        log.warning("an address of the admin could not be read", path=request.get_full_path()[:200], problem=str(problem))
        messages.warning(request, UNUSABLE)
        return redirect(request.path)


class Site(UnfoldAdminSite):
    """One sign-in page for everything; who is signed in and not of the staff is told so."""

    site_header = site_title = "Opening Bell"
    index_title = gettext_lazy("Admin")

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """A view for the staff only: 403 for other accounts, the sign-in page for nobody."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                return self._door(request, request.get_full_path())
            response = _answered(inner, request, *args, **kwargs)
            response._csp_replace = POLICY  # type: ignore[attr-defined]
            return response

        return checked

    def _door(self, request: HttpRequest, then: str) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(then)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Everybody signs in on one page."""
        index = reverse("admin:index")
        return redirect(index) if self.has_permission(request) else self._door(request, request.GET.get("next", index))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Passwords are changed on one page, too."""
        return redirect("password")

    def extra_urls(self) -> list[URLPattern]:
        """The scenarios: files, not rows."""
        return [
            path("scenarios/", self.admin_view(self.scenarios), name="scenarios"),
            path("scenarios/<str:name>/", self.admin_view(self.scenario), name="scenario"),
        ]

    def scenarios(self, request: HttpRequest) -> HttpResponse:
        """Every scenario with the result of its validation."""
        return render(
            request, "admin/scenarios.html", {**self.each_context(request), "title": gettext("Scenarios"), "looks": scenarios.all_of_them()}
        )

    def scenario(self, request: HttpRequest, name: str) -> HttpResponse:
        """One scenario's data, or what is wrong with it."""
        if name not in engine.scenario_ids():
            raise Http404
        look = scenarios.look_at(name)
        sections = [(title, json.dumps(data, indent=2, ensure_ascii=False)) for title, data in look.sections]
        return render(request, "admin/scenario.html", {**self.each_context(request), "title": look.title, "look": look, "sections": sections})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Unfold's, but the colours come from static/css/admin.css: it would write them into a sheet inside the page."""
        return {**super().each_context(request), "colors": {}}
