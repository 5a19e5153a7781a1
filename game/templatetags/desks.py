"""A desk's titles, by the words of its page's scenario: {{ row.desk|title_in:exercise.words }}."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def title_in(desk: str, words: dict[str, Any]) -> str:
    """As it stands within a sentence: "risk manager"."""
    return str(words["desks"][desk]["title"]) if desk in words["desks"] else desk


@register.filter
def head_in(desk: str, words: dict[str, Any]) -> str:
    """As it begins one: "Risk manager"."""
    return str(words["desks"][desk]["head"]) if desk in words["desks"] else desk


@register.filter
def short_in(desk: str, words: dict[str, Any]) -> str:
    """Where there is little room: "Risk"."""
    return str(words["desks"][desk]["short_head"]) if desk in words["desks"] else desk
