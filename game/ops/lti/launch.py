"""A launch: what a platform says in an id_token, and whether it may be believed.

The library checks the signature, by the one algorithm that the standard asks for and by a key of the platform's. Everything else that makes
it this launch of this platform for this browser is checked here, against the row that the login left; `now` is an argument.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import jwt
from django.utils.translation import gettext_lazy

from game.models import LtiLogin
from game.models.lti import TEXT_MAX, student_name
from game.models.webhooks import ADDRESS_MAX, is_usable
from game.ops.lti.keys import NoKey, of_platform

TOKEN_MOST = 32 << 10  # characters
LEEWAY = timedelta(seconds=60)  # that two clocks may differ
OLD = timedelta(minutes=10)
TIME_MOST = 1e11  # seconds; what compares with nothing (NaN) is not below it
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SCORES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MEMBER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
RESOURCE, CHOICE = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
DATA_MOST = 4096
WRONG = gettext_lazy("This launch cannot be trusted. Start it again from your course, and tell whoever looks after it if that does not help.")


class NotBelieved(Exception):
    """A launch that is refused: why, for the log."""


class Launch(NamedTuple):
    """What is kept of a launch until it is entered; texts are "" where the platform said nothing."""

    kind: str  # RESOURCE or CHOICE
    subject: str
    name: str
    role: str  # teacher, student or ""
    deployment: str
    resource: str
    context: str
    homework: str  # what the link has as its homework, see game.models.lti.homework_token
    line_item: str
    members_url: str
    returns: str  # of a choice: where it goes
    data: str | None  # of a choice: what goes back with it
    takes_links: bool
    takes_line_items: bool


def verified(login: LtiLogin, token: str, now: datetime) -> Launch:
    """What an id_token says, where all of it is as it must be. Raises NotBelieved."""
    claims = _decoded(login, token, now)
    platform = login.platform
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", platform.client) != platform.client or (len(audience) > 1 and "azp" not in claims):
        raise NotBelieved(f"it is for {claims.get('azp')!r} of {len(audience)}")
    if claims["nonce"] != login.nonce:
        raise NotBelieved("it answers another nonce")
    _in_time(claims, now)
    if claims.get(f"{CLAIM}version") != "1.3.0":
        raise NotBelieved(f"its version is {claims.get(f'{CLAIM}version')!r}")
    deployment = claims.get(f"{CLAIM}deployment_id")
    if deployment not in platform.deployments:
        raise NotBelieved(f"its deployment is {deployment!r}, expected one of {platform.deployments}")
    kind = claims.get(f"{CLAIM}message_type")
    if kind not in (RESOURCE, CHOICE):
        raise NotBelieved(f"its message is a {kind!r}")
    return _launch(str(kind), claims, str(deployment))


def _decoded(login: LtiLogin, token: str, now: datetime) -> dict[str, Any]:
    if len(token) > TOKEN_MOST:
        raise NotBelieved(f"its token has {len(token)} characters, expected {TOKEN_MOST} at most")
    platform = login.platform
    try:
        head = jwt.get_unverified_header(token)
        if head.get("alg") != "RS256":
            raise NotBelieved(f"it is signed by {head.get('alg')!r}, expected RS256")
        name = head.get("kid")
        if not isinstance(name, str) or not 1 <= len(name) <= TEXT_MAX:
            raise NotBelieved("it does not name its key")
        options: Any = {"require": ["iss", "aud", "sub", "nonce", "exp", "iat"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        key = of_platform(platform, name, now)
        found: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], audience=platform.client, issuer=platform.issuer, options=options)
    except (jwt.PyJWTError, NoKey, ValueError, RecursionError) as problem:
        raise NotBelieved(f"{type(problem).__name__}: {problem}") from None
    return found


def _in_time(claims: dict[str, Any], now: datetime) -> None:
    """Raises NotBelieved for a token that is over, old, or not made yet."""
    made, over = claims["iat"], claims["exp"]
    if any(isinstance(one, bool) or not isinstance(one, int | float) or not 0 < one < TIME_MOST for one in (made, over)):
        raise NotBelieved("its times are no numbers of seconds since 1970")
    at = now.timestamp()
    if over + LEEWAY.total_seconds() <= at:
        raise NotBelieved("it has expired")
    if not at - (OLD + LEEWAY).total_seconds() <= made <= at + LEEWAY.total_seconds():
        raise NotBelieved("it was made long ago, or is not made yet")


def _launch(kind: str, claims: dict[str, Any], deployment: str) -> Launch:
    subject = _text(claims["sub"], TEXT_MAX)
    if not subject:
        raise NotBelieved("it is nobody's: its subject is empty or too long")
    resource = _text(_part(claims, f"{CLAIM}resource_link").get("id"), TEXT_MAX)
    if kind == RESOURCE and not resource:
        raise NotBelieved("its link has no ID")
    choice = _part(claims, f"{DEEP}deep_linking_settings")
    returns = _text(choice.get("deep_link_return_url"), ADDRESS_MAX)
    if kind == CHOICE and not is_usable(returns):
        raise NotBelieved(f"its choice would go to {returns!r}")
    data = choice.get("data")
    if data is not None and (not isinstance(data, str) or len(data) > DATA_MOST or "\0" in data):
        raise NotBelieved("what is to go back with the choice is no text, or too long")
    scores, types = _part(claims, SCORES), choice.get("accept_types")
    scopes = scores.get("scope")
    takes = isinstance(scopes, list) and SCORE_SCOPE in scopes
    return Launch(
        kind=kind, subject=subject, name=student_name(claims), role=role_of(claims.get(f"{CLAIM}roles")), deployment=deployment, resource=resource,
        context=_text(_part(claims, f"{CLAIM}context").get("title"), TEXT_MAX),
        homework=_text(_part(claims, f"{CLAIM}custom").get("homework"), TEXT_MAX),
        line_item=_text(scores.get("lineitem"), ADDRESS_MAX) if takes else "",
        members_url=_text(_part(claims, MEMBERS).get("context_memberships_url"), ADDRESS_MAX),
        returns=returns, data=data, takes_links=isinstance(types, list) and "ltiResourceLink" in types,
        takes_line_items=choice.get("accept_lineitem") is not False,
    )  # fmt: skip


def role_of(roles: Any) -> str:
    """`teacher` or `student` of the course, "" for everybody else: being one of the whole school is neither."""
    told = {str(one) for one in roles} if isinstance(roles, list) else set()
    if any(one in (f"{MEMBERSHIP}#Instructor", "Instructor") or one.startswith(f"{MEMBERSHIP}/Instructor#") for one in told):
        return "teacher"
    learns = any(one in (f"{MEMBERSHIP}#Learner", "Learner") or one.startswith(f"{MEMBERSHIP}/Learner#") for one in told)
    return "student" if learns else ""


def _part(claims: dict[str, Any], name: str) -> dict[str, Any]:
    found = claims.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any, most: int) -> str:
    """A text of a claim; "" for anything else, and for one that is longer."""
    return value if isinstance(value, str) and len(value) <= most and "\0" not in value else ""
