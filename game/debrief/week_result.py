"""What a team's week came to, for its result: what was done and built, the ten slices, and what was ticked off against what was so.

It is kept, and so in English: the page translates what it shows.
"""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop

import engine
from game.rules import DESKS

if TYPE_CHECKING:
    from game.models import Run

STATES = {
    "closed": ("check", gettext_noop("Closed")),
    "hole": ("triangle-alert", gettext_noop("Had a hole")),
    "open": ("x", gettext_noop("Left open")),
}


def week_of(run: "Run", scenario: engine.Scenario) -> dict[str, Any] | None:
    """None where the week was not played to its end."""
    told = run.happened.filter(kind="week.closed").first()
    if told is None:
        return None
    found = told.data
    slices = [
        {"label": one.said(), "state": state, "icon": STATES[state][0], "word": STATES[state][1], "stops": one.said("stops")}
        for one in scenario.barriers.slice
        if (state := found["slices"].get(one.id)) in STATES
    ]
    checks = [
        {"desk": item.desk, "text": {"text": f"checklist:{item.id}", "values": {}}, "ticked": ticked, "true": true, "verdict": _verdict(ticked, true)}
        for desk in DESKS
        for item in scenario.barriers.item
        if item.desk == desk
        for ticked, true in [(item.id in found["ticks"], bool(found["truths"].get(item.id)))]
    ]
    return {
        "slices": slices,
        "closed": sum(row["state"] == "closed" for row in slices),
        "built": found["built"],
        "checks": checks,
        "wrong": sum(row["ticked"] and not row["true"] for row in checks),
        "done": _done(run, scenario),
        "hours": [{"desk": desk, "hours": found["hand_hours"][desk]} for desk in DESKS],
        "price_usd": found["prices_usd"],
    }


def _verdict(ticked: bool, true: bool) -> str:
    if ticked:
        return gettext_noop("ticked, and true") if true else gettext_noop("ticked, but false")
    return gettext_noop("true, but not ticked") if true else gettext_noop("not ticked")


def _done(run: "Run", scenario: engine.Scenario) -> list[dict[str, Any]]:
    """Levers that ended in the week, or were cut off by it, in order."""
    rows = []
    for event in run.happened.filter(kind__in=("lever.finished", "lever.cut_off", "lever.abandoned"), step__lte=0):
        kind = str(event.data["command"])
        if kind in scenario.kinds and not scenario.kinds[kind].routine:
            state = {"lever.cut_off": gettext_noop("cut off"), "lever.abandoned": gettext_noop("abandoned")}.get(event.kind, "")
            rows.append({"at": _ended_at(scenario.calendar, event.step), "label": scenario.kinds[kind].named(scenario), "state": state})
    return rows


def _ended_at(calendar: engine.Calendar, step: int) -> str:
    """When something ended: what ends with an evening does so at the first step of what follows."""
    evening = calendar.evening_of(step - 1)
    if evening is not None and step == calendar.evening_step(evening + 1):
        return f"{calendar.date(step - 1)[4:]} {calendar.evening_to}"
    return f"{calendar.date(step)[4:]} {calendar.hm(step)}"
