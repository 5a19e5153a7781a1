"""What tests build, and how they wait."""

import os
import time
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import pytest

T = TypeVar("T")


def eventually(look: Callable[[], T], within: float = 10.0, what: str = "") -> T:
    """The first true answer of `look`, asked every 20 ms; the test fails when none comes in time."""
    until = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            pytest.fail(f"not within {within:g} s: {what or look}")
        time.sleep(0.02)


def missing(what: str, install: str) -> NoReturn:
    """Skip a test that needs something this machine lacks; on CI that is a failure, so that nothing is skipped unseen."""
    reason = f"{what} is missing: {install}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def new_exercise(**values: Any) -> Any:
    """An exercise with one team, in the lobby."""
    from game.models import Exercise

    team = values.pop("team", "Cobalt")
    autopilot = values.pop("autopilot", "history")
    exercise = Exercise.objects.create(**{"title": "A morning", **values})
    exercise.add_team(team, autopilot)
    return exercise


def taken_seat(exercise: Any, desk: str = "operator", team: str = "Cobalt") -> tuple[Any, str]:
    """A seat somebody holds, and the value of its cookie."""
    from django.core import signing

    from game.access import _SALT
    from game.models import Seat

    seat = Seat.objects.get(team__exercise=exercise, team__name=team, desk=desk)
    opened = Seat.open_link(seat.issue_link(), "Dana")
    assert opened is not None
    seat, token = opened
    return seat, signing.dumps({"seat": seat.pk, "token": token}, salt=_SALT)
