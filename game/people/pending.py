"""Somebody whose password was right and whose code is still to come: kept in the session of a browser that nobody is signed in by yet."""

import time
from typing import NamedTuple

from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest

KEY = "signing-in"
LASTS_S = 600


class Pending(NamedTuple):
    """Who, and where they go on to."""

    user: User
    then: str


def begin(request: HttpRequest, user: User, then: str) -> None:
    """The password was right. Whoever was signed in here is out, and a session that somebody planted is worth nothing from here on."""
    logout(request)
    request.session[KEY] = {"user": user.pk, "password": user.get_session_auth_hash(), "then": then, "at": time.time()}


def of(request: HttpRequest) -> Pending | None:
    """Whoever it is; None after ten minutes, after the password was changed, and for an account that is switched off."""
    kept = request.session.get(KEY)
    if not kept or not 0 <= time.time() - kept["at"] < LASTS_S:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return Pending(user, kept["then"]) if user is not None and user.get_session_auth_hash() == kept["password"] else None


def end(request: HttpRequest) -> None:
    """They are in, or gave up."""
    request.session.pop(KEY, None)
