"""What this server asks a platform for: a token by a signed assertion, the place for a score, the members of a course."""

import json
import re
import time
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import jwt
from django.conf import settings
from django.utils.translation import gettext_noop

import engine
from game.courses.members import PlatformMember
from game.models import LtiLink, LtiPlatform, LtiScore
from game.models.lti import TEXT_MAX, student_name
from game.models.webhooks import is_usable
from game.ops import outbound
from game.ops.lti import keys
from game.ops.lti.launch import MEMBER_SCOPE, SCORE_SCOPE, role_of
from game.tokens import new_token

ASSERTION_S = 300
TOKEN_MOST = 64 << 10  # bytes of an answer
PAGE_MOST, PAGES_MOST, MEMBERS_MOST = 1 << 20, 20, 2000
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class NoService(Exception):
    """A platform did not do what was asked; `reason` is a sentence, `status` that of its answer, where there was one."""

    def __init__(self, reason: engine.Sentence, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


def signed(claims: dict[str, Any]) -> str:
    """A JWT of this server's."""
    name, private = keys.own()
    return jwt.encode(claims, private, algorithm="RS256", headers={"kid": name})


def token_for(platform: LtiPlatform, scope: str) -> str:
    """What the platform's services are asked with. Raises NoService."""
    at = int(time.time())
    who = {"iss": platform.client, "sub": platform.client, "aud": platform.token_url, "iat": at, "exp": at + ASSERTION_S, "jti": new_token()}
    form = {"grant_type": "client_credentials", "client_assertion_type": BEARER, "client_assertion": signed(who), "scope": scope}
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    reply = _ask("POST", platform.token_url, urlencode(form).encode(), headers, TOKEN_MOST)
    told = _json(reply.body)
    token = told.get("access_token") if isinstance(told, dict) else None
    if reply.status != 200 or not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token):
        said = gettext_noop("The platform gave no access token ({status}): {said}")
        raise NoService(engine.phrase(said, status=reply.status, said=reply.said or "-"), reply.status)
    return token


def send(score: LtiScore, token: str) -> outbound.HttpReply:
    """Tell a platform a score. Raises NoService where there was no answer."""
    # Whoever was sent an older one meanwhile has it with an older moment: the platform keeps the newest.
    sent: dict[str, Any] = {
        "userId": score.member.subject,
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at := time.time())) + f".{int(at % 1 * 1000):03d}Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded" if score.grade is not None else "PendingManual",
    }
    if score.grade is not None:
        sent |= {"scoreGiven": round(score.grade, 2), "scoreMaximum": 100}
    headers = {"content-type": SCORE_TYPE, "authorization": f"Bearer {token}"}
    return _ask("POST", scores_url(score.link.line_item), json.dumps(sent).encode(), headers, TOKEN_MOST)


def scores_url(line_item: str) -> str:
    """Where a line item takes scores: a part of its path, whatever is asked behind it."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))


def score_token(platform: LtiPlatform) -> str:
    """A token to send scores with. Raises NoService."""
    return token_for(platform, SCORE_SCOPE)


def members(link: LtiLink) -> list[PlatformMember]:
    """The learners of the course that a link is in, all pages of them. Raises NoService."""
    token, address, found = token_for(link.platform, MEMBER_SCOPE), link.members_url, dict[str, PlatformMember]()
    seen = set[str]()
    while address:
        if address in seen or len(seen) >= PAGES_MOST or len(found) > MEMBERS_MOST:
            raise NoService(engine.phrase(gettext_noop("The platform's list of members has no end.")))
        seen.add(address)
        reply = _ask("GET", address, None, {"accept": MEMBERS_TYPE, "authorization": f"Bearer {token}"}, PAGE_MOST)
        told = _json(reply.body)
        rows = told.get("members") if isinstance(told, dict) else None
        if reply.status != 200 or not isinstance(rows, list):
            said = gettext_noop("The platform did not tell its members ({status}): {said}")
            raise NoService(engine.phrase(said, status=reply.status, said=reply.said or "-"), reply.status)
        for row in rows:
            if isinstance(row, dict) and (one := _member(row)):
                found[one.subject] = one
        address = _next(reply.headers.get("link", ""), address)
    return list(found.values())


def _member(row: dict[str, Any]) -> PlatformMember | None:
    subject = row.get("user_id")
    if not isinstance(subject, str) or not 1 <= len(subject) <= TEXT_MAX or "\0" in subject:
        return None
    if row.get("status", "Active") != "Active" or role_of(row.get("roles")) != "student":
        return None
    return PlatformMember(subject, student_name(row))


def _next(header: str, here: str) -> str:
    """The next page, on the same host: the token goes nowhere else. Raises NoService."""
    for address, more in re.findall(r"<([^<>]*)>([^<]*)", header):
        if re.search(r';\s*rel\s*=\s*"?next"?\s*(?:[;,]|$)', more.strip(), re.IGNORECASE):
            if urlsplit(address)[:2] != urlsplit(here)[:2]:
                raise NoService(engine.phrase(gettext_noop("The platform's list of members goes on at another host.")))
            return str(address)
    return ""


def _ask(method: str, address: str, body: bytes | None, headers: dict[str, str], most: int) -> outbound.HttpReply:
    if not is_usable(address):
        raise NoService(engine.phrase(gettext_noop("The platform told an address that cannot be used: {address}"), address=address[:200]))
    try:
        return outbound.ask(method, address, body, headers, settings.WEBHOOK_NETWORKS, most)
    except outbound.NotSent as problem:
        raise NoService(problem.reason) from None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
