"""Single sign-on by OpenID Connect: the way to the provider and back, by django-allauth. Read only where it is on.

The code flow with PKCE, state and nonce. What allauth leaves to the house is here: the discovery is of the issuer that was named, the
id_token is signed by it, for this client, and answers this very nonce; both sources of claims speak of one subject.
"""

import secrets
from typing import Any

import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth import login
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from game.people import limiter, oidc
from game.views.errors import error

log = structlog.get_logger(__name__)

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# Whatever the provider sends that is no answer of OpenID Connect ends in one of these.
NO_ANSWER = (RequestException, OAuth2Error, ImproperlyConfigured, LookupError, TypeError, ValueError)


class IdentityServer(OpenIDConnectOAuth2Adapter):
    """The provider, as one request talks to it."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, oidc.provider().issuer)
        self._found: dict[str, Any] | None = None

    def get_provider(self) -> "Provider":
        return Provider(self.request)

    @property
    def openid_config(self) -> dict[str, Any]:
        """Its discovery document, which has to be this issuer's and lead to addresses no less safe. Raises OAuth2Error, RequestException."""
        if self._found is None:
            with SignOn(self.request).get_requests_session() as session:
                answer = session.get(f"{oidc.provider().issuer.rstrip('/')}/.well-known/openid-configuration")
                answer.raise_for_status()
                told = answer.json()
            if told["issuer"] != oidc.provider().issuer:
                raise OAuth2Error(f"the provider's issuer is {told['issuer']!r}")
            scheme = oidc.provider().issuer.partition("://")[0]
            for name in ENDPOINTS:
                if not str(told.get(name)).startswith(("https://", f"{scheme}://")):
                    raise OAuth2Error(f"the provider's {name} is {told.get(name)!r}")
            self._found = told
        return self._found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("oidc-callback"))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        proof = self._decode_id_token(app, kwargs["response"]["id_token"])
        told = self._fetch_user_info(token.token) if self.openid_config.get("userinfo_endpoint") else {"sub": proof["sub"]}
        if told["sub"] != proof["sub"]:
            raise OAuth2Error("id_token and userinfo are of two people")
        claims = {**told, **proof}
        found: SocialLogin = self.get_provider().sociallogin_from_response(request, {"userinfo": claims})
        found.claims = claims
        return found

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Its claims, where the provider's key signed it; allauth leaves that to TLS."""
        found: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=oidc.provider().issuer,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return found


class Provider(OpenIDConnectProvider):
    """What is asked of it: who somebody is, for this sign-in alone."""

    oauth2_adapter_class = IdentityServer
    pkce_enabled_default = True

    def __init__(self, request: HttpRequest) -> None:
        told = oidc.provider()
        app = SocialApp(provider=self.id, provider_id=told.issuer, name=told.name, client_id=told.client_id, secret=told.secret)
        super().__init__(request, app=app)

    def get_oauth2_adapter(self, request: HttpRequest) -> IdentityServer:
        return IdentityServer(request)

    def get_default_scope(self) -> list[str]:
        return list(oidc.provider().scopes)

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Nothing is kept of what the provider tells but name and address of the account."""
        return {}

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        answer: HttpResponse = super().redirect(request, process, next_url, data, auth_params={"nonce": nonce}, nonce=nonce, **kwargs)
        return answer


class SignOn(DefaultSocialAccountAdapter):
    """Who comes in, and what is said to who does not. Both ends leave allauth's own flow, which has pages of its own."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = sociallogin.claims
        if not sociallogin.state.get("nonce") or claims.get("nonce") != sociallogin.state["nonce"]:
            raise OAuth2Error("the id_token answers another nonce")
        if not oidc.in_group(claims):
            oidc.keep_out(sociallogin)
            sentence = gettext("%(name)s knows you, but you are not in the group that may run exercises. Ask whoever runs this server.")
            raise ImmediateHttpResponse(_refused(request, 403, sentence % {"name": oidc.provider().name}))
        try:
            with transaction.atomic():
                user = oidc.let_in(request, sociallogin, claims)
        except IntegrityError as problem:  # of two first sign-ins at once
            raise OAuth2Error("the account was made a moment ago") from problem
        if not user.is_active:
            raise ImmediateHttpResponse(_refused(request, 403, gettext("This account is disabled. Ask whoever runs this server.")))
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        raise ImmediateHttpResponse(redirect(sociallogin.state.get("next") or "facilitator"))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Exception | None = None, extra_context: Any = None
    ) -> None:
        if exception is not None:
            raise ImmediateHttpResponse(_failed(request, exception))
        if "state" not in (extra_context or {}):
            sentence = gettext("This sign-in was not begun in this browser, or more than ten minutes ago.")
            raise ImmediateHttpResponse(_refused(request, 400, sentence))
        told = {name: request.GET.get(name, "")[:200] for name in ("error", "error_description")}
        log.warning("the provider refused a sign-on", **told)
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(_refused(request, 403, gettext("%(name)s did not sign you in.") % {"name": oidc.provider().name}))
        raise ImmediateHttpResponse(_refused(request, 502, gettext("%(name)s could not sign you in.") % {"name": oidc.provider().name}))


def _refused(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    return error(request, status, sentence, {"href": reverse("sign-in"), "label": gettext("Back to sign-in")})


def _failed(request: HttpRequest, problem: Exception) -> HttpResponse:
    """The provider is away, or its answer proves nothing. What exactly is for the log alone."""
    log.warning("single sign-on failed", problem=f"{type(problem).__name__}: {problem}"[:300], cause=str(problem.__cause__ or "")[:200])
    sentence = gettext("%(name)s could not sign you in: it does not answer, or its answer cannot be trusted. It has been logged.")
    return _refused(request, 502, sentence % {"name": oidc.provider().name})


@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """On to the provider. A link and no form: what a form leads to, the content policy keeps on this host."""
    if not limiter.take(limiter.SIGN_ONS, limiter.address_of(request)):
        raise limiter.TooOften(limiter.TOO_OFTEN)
    then = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(then, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    try:
        return Provider(request).redirect(request, process="login", next_url=then if safe else None)
    except NO_ANSWER as problem:
        return _failed(request, problem)


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider."""
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(IdentityServer(request))(request)
        return answer
    except NO_ANSWER as problem:
        return _failed(request, problem)


STEPS = {"start": start, "callback": callback}
