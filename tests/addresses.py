"""Who may open what: every address of a page and every socket, by hand, so that a new one has to be thought about.

An address that is missing here fails the walks of tests/unit/test_addresses.py and tests/integration/test_socket_rights.py.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


class Who(Enum):
    """Whom an address answers."""

    ANYBODY = "anybody"
    PLAYER = "the player of this browser's cookie"
    BOT = "a program, by the token that a facilitator gave it"
    PROGRAM = "a program of a facilitator's, by its token, and nobody's browser"
    SIGNED_IN = "whoever is signed in"
    FACILITATOR = "every facilitator, and shows only what is theirs"
    OWN = "the facilitator of the exercise, the experiment or the course, and staff"
    STAFF = "staff"


PAGES = {
    "": Who.ANYBODY,
    "play/": Who.ANYBODY,
    "check/": Who.ANYBODY,
    "api/": Who.ANYBODY,
    "api/asyncapi.json": Who.ANYBODY,
    "api/v1/openapi.json": Who.ANYBODY,
    "api/v1/": Who.PROGRAM,  # there is nothing
    "api/v1/scenarios": Who.PROGRAM,
    "api/v1/exercises": Who.PROGRAM,
    "api/v1/exercises/<code>": Who.PROGRAM,
    "api/v1/exercises/<code>/teams": Who.PROGRAM,
    "api/v1/exercises/<code>/results": Who.PROGRAM,
    "api/v1/exercises/<code>/<verb>": Who.PROGRAM,
    "api/v1/webhooks": Who.PROGRAM,
    "api/v1/webhooks/<number>": Who.PROGRAM,
    "api/v1/webhooks/<number>/deliveries": Who.PROGRAM,
    "facilitator/tokens/": Who.FACILITATOR,
    "facilitator/webhooks/": Who.FACILITATOR,
    "language/": Who.ANYBODY,
    "words/<str:language>/<str:digest>.js": Who.ANYBODY,
    "join/": Who.ANYBODY,
    "join/<str:code>/": Who.ANYBODY,
    "projector/<str:code>/": Who.ANYBODY,
    "projector/<str:code>/qr.svg": Who.ANYBODY,
    "shared/<str:token>/": Who.ANYBODY,  # and shows nothing without a signed link
    "before/": Who.PLAYER,
    "log/<str:token>/": Who.ANYBODY,  # and shows nothing without a signed link
    "observe/<str:token>/": Who.ANYBODY,  # and shows nothing without a signed link
    "later/<str:token>/": Who.ANYBODY,  # and shows nothing without a signed link
    "certificate.pdf": Who.PLAYER,
    "learn/<str:token>/": Who.ANYBODY,  # and shows nothing without a signed link
    "learn/<str:token>/deadlines.ics": Who.ANYBODY,  # the same
    "calendar/<str:token>/sessions.ics": Who.ANYBODY,  # and shows nothing without a signed link
    "learn/<str:token>/<number:attempt>/": Who.ANYBODY,  # the same
    "learn/<str:token>/<number:attempt>/report/": Who.ANYBODY,
    "lti/keys": Who.ANYBODY,
    "lti/config.json": Who.ANYBODY,
    "lti/login": Who.ANYBODY,  # and leads to a platform that is registered alone
    "lti/launch": Who.ANYBODY,  # and believes what a platform signed for a launch that was begun here
    "lti/enter": Who.ANYBODY,  # and lets in the browser that began it
    "lessons/": Who.PLAYER,
    "result/<str:code>/": Who.ANYBODY,
    "result/<str:code>/lessons.json": Who.ANYBODY,
    "result/<str:code>/<number:team>/worth.json": Who.ANYBODY,
    "result/<str:code>/<number:team>/course.json": Who.ANYBODY,
    "result/<str:code>/<number:team>/report.pdf": Who.ANYBODY,
    "result/<str:code>/<number:team>/postmortem.md": Who.ANYBODY,
    "result/<str:code>/<number:team>/actions/": Who.ANYBODY,  # and takes nothing but of the team's players, its link, its facilitator
    "result/<str:code>/<number:team>/debrief.json": Who.ANYBODY,
    "result/<str:code>/<number:team>/<str:what>.csv": Who.ANYBODY,
    "replay/<str:code>/led.json": Who.ANYBODY,
    "replay/<str:code>/follow/": Who.ANYBODY,
    "replay/<str:code>/<number:team>/": Who.ANYBODY,
    "replay/<str:code>/<number:team>/<str:desk>/frames.json": Who.ANYBODY,
    "brief/<str:desk>/": Who.ANYBODY,
    "account/sign-in/": Who.ANYBODY,
    "account/oidc/": Who.ANYBODY,  # and leads to the provider, where there is one
    "account/oidc/callback/": Who.ANYBODY,  # and lets nobody in whom this browser did not begin with
    "account/code/": Who.ANYBODY,  # and asks for one after a right password alone
    "account/two-step/": Who.SIGNED_IN,  # or who has to set it up, after a right password
    "account/sign-out/": Who.ANYBODY,
    "account/password/": Who.SIGNED_IN,
    "lobby/": Who.PLAYER,
    "lobby/seat/": Who.PLAYER,
    "lobby/start/": Who.PLAYER,
    "desk/": Who.PLAYER,
    "desk/<str:name>/": Who.PLAYER,
    "seat/<str:token>/": Who.PLAYER,  # or whoever has the one-time link
    "facilitator/": Who.FACILITATOR,
    "facilitator/<str:token>/": Who.FACILITATOR,  # or whoever has the one-time link
    "facilitator/new/": Who.FACILITATOR,
    "facilitator/guide/": Who.FACILITATOR,
    "facilitator/guide/<str:scenario_id>/": Who.FACILITATOR,
    "facilitator/scenarios/": Who.FACILITATOR,
    "facilitator/scenarios/new/": Who.FACILITATOR,
    "facilitator/scenarios/<number:scenario>/edit/<str:part>/": Who.OWN,
    "facilitator/scenarios/<number:scenario>/": Who.OWN,  # and every facilitator where it is the house's
    "facilitator/scenarios/<number:scenario>/act/": Who.OWN,
    "facilitator/scenarios/<number:scenario>/<number:version>.zip": Who.OWN,
    "facilitator/scenarios/<number:scenario>/<number:version>/preview/": Who.OWN,
    "facilitator/lti/": Who.FACILITATOR,
    "facilitator/lti/<str:token>/": Who.FACILITATOR,  # and shows nothing without a launch
    "facilitator/courses/": Who.FACILITATOR,
    "facilitator/courses/<number:course>/": Who.OWN,
    "facilitator/courses/attempt/<number:attempt>/": Who.OWN,
    "facilitator/courses/cohort/<number:cohort>/": Who.OWN,
    "facilitator/courses/cohort/<number:cohort>/links/": Who.OWN,
    "facilitator/courses/cohort/<number:cohort>/homework/": Who.OWN,
    "facilitator/courses/cohort/<number:cohort>/homework/<number:homework>/": Who.OWN,
    "facilitator/courses/cohort/<number:cohort>/attempts.csv": Who.OWN,
    "facilitator/courses/cohort/<number:cohort>/attempts.xlsx": Who.OWN,
    "facilitator/courses/cohort/<number:cohort>/links.csv": Who.OWN,
    "facilitator/lab/": Who.FACILITATOR,
    "facilitator/lab/new/": Who.FACILITATOR,
    "facilitator/lab/<number:experiment>/": Who.OWN,
    "facilitator/lab/<number:experiment>/act/": Who.OWN,
    "facilitator/lab/<number:experiment>/told.json": Who.OWN,
    "facilitator/lab/<number:experiment>/seeds.csv": Who.OWN,
    "facilitator/sessions/": Who.FACILITATOR,
    "facilitator/calendar/": Who.FACILITATOR,
    "facilitator/results.csv": Who.FACILITATOR,
    "facilitator/<code:code>/lead/": Who.OWN,
    "facilitator/<code:code>/<number:team>/fork/": Who.OWN,
    "facilitator/<code:code>/edit/": Who.OWN,
    "facilitator/<code:code>/questions/": Who.OWN,
    "facilitator/<code:code>/copy/": Who.OWN,
    "facilitator/<code:code>/archive/": Who.OWN,
    "facilitator/<code:code>/delete/": Who.OWN,
    "facilitator/<code:code>/<number:team>/bundle.zip": Who.OWN,
    "facilitator/<code:code>/debrief/": Who.OWN,
    "facilitator/<code:code>/certificates.pdf": Who.OWN,
    "facilitator/<code:code>/session.ics": Who.OWN,
    "facilitator/<code:code>/slides/": Who.OWN,
    "facilitator/<code:code>/report.pdf": Who.OWN,
    "facilitator/<code:code>/debrief.json": Who.OWN,
    "facilitator/<code:code>/<str:what>.csv": Who.OWN,
    "facilitator/exercise/<str:code>/": Who.OWN,
    "facilitator/exercise/<str:code>/room/": Who.OWN,
    "facilitator/seat/<number:seat_id>/link/": Who.OWN,
    "facilitator/<code:code>/": Who.OWN,
    "facilitator/<code:code>/injects/": Who.OWN,
    "facilitator/<code:code>/injects/ready.json": Who.OWN,
    "facilitator/<code:code>/injects/preview.json": Who.OWN,
    "facilitator/<code:code>/watch/<number:team>/<str:desk>/": Who.OWN,
}
SOCKETS = {
    "ws/seat/": Who.PLAYER,
    "ws/seat/<str:desk>/": Who.PLAYER,
    "ws/bot/": Who.BOT,
    "ws/lobby/": Who.PLAYER,
    "ws/control/<str:code>/": Who.OWN,
    "ws/watch/<number:team>/<str:desk>/": Who.OWN,
    "ws/projector/<str:code>/": Who.ANYBODY,
    "ws/check/": Who.ANYBODY,  # it carries nothing
}


def who(route: str, table: dict[str, Who]) -> Who:
    """Whom an address answers; the whole admin is the staff's. AssertionError for one that nobody has thought about."""
    if route.startswith("admin/"):
        return Who.STAFF
    assert route in table, f"/{route} is new: say in tests/addresses.py who may open it"
    return table[route]


def pages(patterns: list[Any] | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of urls.py, the admin's included: its route, and the pattern."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, route)
        else:
            yield route, pattern
