"""Browsers that an account has been signed in from before: others' wrong passwords lock nobody out there.

The cookie opens nothing; it says that a right password from this browser is taken also while the account is locked. So many wrong ones a
minute are forgiven it, and then it counts as any other browser. It ends with the password it was given for.
"""

from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse

from game.people import limiter
from game.tokens import hashed, new_token

COOKIE = "known"
AGE_S = 365 * 24 * 3600
_SALT = "opening-bell.device"


class Device(NamedTuple):
    """A browser and the account that it knows."""

    user: int
    password: str  # of the password's hash
    key: str


def give(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known to the account."""
    device = Device(user.pk, _mark(user), new_token())
    response.set_cookie(
        COOKIE, signing.dumps(device, salt=_SALT), max_age=AGE_S, path=settings.COOKIE_PATH, httponly=True, samesite="Lax", secure=request.is_secure()
    )


def _mark(user: User) -> str:
    return hashed(user.get_session_auth_hash())[:16]


def known(request: HttpRequest, name: str) -> Device | None:
    """The device that this browser is to the account of a name; None where it is none."""
    try:
        device = Device(*signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=AGE_S))
    except (signing.BadSignature, TypeError):
        return None
    user = User.objects.filter(username=name, pk=device.user).first()
    return device if user is not None and _mark(user) == device.password else None


def may_try(request: HttpRequest, credentials: dict[str, Any] | None) -> bool:
    """Whether a try is judged whatever others did, and counts for no lock-out: by a known browser that was not wrong too often."""
    device = known(request, str((credentials or {}).get("username", "")))
    return device is not None and limiter.free(limiter.DEVICE, device.key)
