"""What a provider of OpenID Connect says of somebody, and whom that makes them here.

The group decides at every sign-in: who is in it runs exercises, who is not does not get in, and loses the group here. Nobody becomes staff
this way. An account is known by issuer and subject alone, never by a name or an e-mail address, which somebody else could have there.
"""

from typing import Any

from allauth.socialaccount.models import SocialLogin
from allauth.utils import generate_unique_username
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from game.environment import Oidc
from game.people.accounts import FACILITATORS, may_run_exercises

NAME_LENGTH = 150  # of Django's columns


def provider() -> Oidc:
    """The one that settings name. AssertionError where there is none: nobody comes here then."""
    told: Oidc | None = settings.OIDC
    assert told is not None
    return told


def in_group(claims: dict[str, Any]) -> bool:
    """Whether these claims are of somebody who may run exercises: a claim of several words or of a list has the group in it."""
    told = claims.get(provider().claim, [])
    groups = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
    return provider().group == "*" or told == provider().group or provider().group in groups


def let_in(request: HttpRequest, found: SocialLogin, claims: dict[str, Any]) -> User:
    """The account of somebody of the group; made when there is none, without a password."""
    user: User = found.user
    if not found.is_existing:
        user.username = generate_unique_username([claims.get("preferred_username"), user.email, claims.get("name"), "user"])
        user.first_name, user.last_name = user.first_name[:NAME_LENGTH], user.last_name[:NAME_LENGTH]
        found.save(request, connect=True)  # keeps no address of theirs but the account's own
    may_run_exercises(user)
    return user


def keep_out(found: SocialLogin) -> None:
    """Somebody who is not of the group (any more)."""
    if found.is_existing:
        found.user.groups.remove(*Group.objects.filter(name=FACILITATORS))
