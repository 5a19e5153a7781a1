"""Moments of a run, whose written form is also what addresses and forms take."""

from django import template

import engine
from game.spoken import tell

register = template.Library()


@register.filter
def moment(stamp: str) -> str:
    """As whoever reads it has its month: {{ row.at|moment }}."""
    return tell(None, engine.retold(stamp))


@register.filter
def day(stamp: str) -> str:
    """Its date alone, where it has one."""
    found = engine.retold(stamp)
    if isinstance(found, str):
        return found
    values = found["values"]
    return tell(None, engine.phrase("{day} {month}", day=values["day"], month=values["month"]))
