"""Rules of a row, kept by the database: whoever writes it, a form, a method, raw SQL or the next program, no row breaks one."""

from collections.abc import Iterable

from django.db.models import CheckConstraint, Q

import engine
from game.rules import DESKS, SPEED_MAX, SPEED_MIN

STEPS = (engine.EARLIEST, engine.LATEST)
SEATED = (*DESKS, "facilitator")  # who gives commands
CONFIDENCE = ("", "guessing", "likely", "certain")


def holds(name: str, condition: Q, said: str) -> CheckConstraint:
    """A rule, and what a form says of a row that breaks it."""
    return CheckConstraint(condition=condition, name=name, violation_error_message=said)


def filled(name: str, *fields: str) -> CheckConstraint:
    """No text of these is empty."""
    condition = Q()
    for field in fields:
        condition &= ~Q(**{field: ""})
    return holds(name, condition, f"Expected something in {', '.join(fields)}.")


def one_of(name: str, **choices: Iterable[str]) -> CheckConstraint:
    """Each of these is one of its words."""
    condition, said = Q(), []
    for field, words in choices.items():
        condition &= Q(**{f"{field}__in": sorted(words)})
        said.append(f"{field} as one of {', '.join(sorted(words))}")
    return holds(name, condition, f"Expected {'; '.join(said)}.")


def between(name: str, **bounds: tuple[float, float]) -> CheckConstraint:
    """Each of these lies within its bounds, or is not there."""
    condition, said = Q(), []
    for field, (least, most) in bounds.items():
        condition &= Q(**{f"{field}__range": (least, most)})
        said.append(f"{field} from {least:g} to {most:g}")
    return holds(name, condition, f"Expected {'; '.join(said)}.")


def speeds(name: str, phases: Iterable[str]) -> CheckConstraint:
    """Where a phase has a speed it is a number that the clock can go at: neither nothing, nor a word, nor past all bounds."""
    condition = Q()
    for phase in phases:
        there = Q(**{f"speeds__{phase}__gte": SPEED_MIN, f"speeds__{phase}__lte": SPEED_MAX})
        condition &= Q(**{f"speeds__{phase}__isnull": True}) | there
    return holds(name, condition, f"Expected speeds from {SPEED_MIN:g} to {SPEED_MAX:g}.")
