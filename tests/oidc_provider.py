"""A provider of OpenID Connect on this machine: django-oauth-toolkit in a process of its own, with PKCE required, and people in it.

    python -m tests.oidc_provider CALLBACK... < people.json

CALLBACK: addresses of the client that it leads back to. People: a list of {"name": ..., "claims": {...}, "lies": {...}}; their password is
their name. `lies` stand in the id_token whatever is true. It prints a line with its issuer, and ends with its standard input.
"""

import json
import sys
import threading
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

CLIENT, SECRET = "opening-bell", "a secret of the house"
FORM = '<form method="post">{% csrf_token %}{{ form }}<button>Sign in</button></form>'


def configure(port: int) -> None:
    """Django, with nothing of the game in it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    apps = ("auth", "contenttypes", "sessions")
    settings.configure(
        SECRET_KEY="of a provider in a test, thirty-two characters",
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        ROOT_URLCONF=__name__,
        LOGIN_URL="/login/",
        SESSION_COOKIE_NAME="provider",  # a browser tells hosts apart, and no ports
        CSRF_COOKIE_NAME="provider-form",
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in apps), "oauth2_provider"],
        MIGRATION_MODULES=dict.fromkeys((*apps, "oauth2_provider")),
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:provider?mode=memory&cache=shared", "OPTIONS": {"uri": True}}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"registration/login.html": FORM})]},
            }
        ],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o",
            "OIDC_RSA_PRIVATE_KEY": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "", "profile": "", "email": ""},
        },
        LOGGING_CONFIG=None,
    )
    django.setup()


def serve(callbacks: list[str], people: list[dict[str, Any]]) -> None:
    """Until standard input ends."""
    from django.core.servers.basehttp import ThreadedWSGIServer

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    port = server.server_address[1]
    configure(port)
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection
    from oauth2_provider.models import Application
    from oauth2_provider.oauth2_validators import OAuth2Validator

    connection.ensure_connection()  # held open: the database is gone with its last one
    call_command("migrate", run_syncdb=True, verbosity=0)
    told = {one["name"]: one for one in people}
    for name in told:
        User.objects.create_user(name, password=name)
    Application.objects.create(
        client_id=CLIENT, client_secret=SECRET, redirect_uris=" ".join(callbacks), client_type="confidential", algorithm="RS256",
        authorization_grant_type="authorization-code", skip_authorization=True,
    )  # fmt: skip

    class Validator(OAuth2Validator):  # type: ignore[misc]
        oidc_claim_scope = None

        def get_additional_claims(self, request: Any) -> dict[str, Any]:
            return {"preferred_username": request.user.username, **told[request.user.username].get("claims", {})}

        def get_id_token_dictionary(self, *args: Any) -> Any:
            claims, until = super().get_id_token_dictionary(*args)
            return {**claims, **told[args[-1].user.username].get("lies", {})}, until

    globals()["Validator"] = Validator
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{port}/o", flush=True)


def _urls() -> list[Any]:
    from django.contrib.auth.views import LoginView
    from django.urls import include, path

    return [path("login/", LoginView.as_view()), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]


def __getattr__(name: str) -> Any:
    """Its addresses, which can be made only once Django is set up."""
    if name == "urlpatterns":
        return _urls()
    raise AttributeError(name)


if __name__ == "__main__":
    serve(sys.argv[1:], json.loads(sys.stdin.readline()))
    sys.stdin.read()
