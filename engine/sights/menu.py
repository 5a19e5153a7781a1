"""The lists in which a desk's screen offers its levers: on an evening all of them by headings, on the day those that no card has.

The words are the levers' own (`engine/commands.py`): a new one comes under its heading, or under "Other" where it names none.
"""

from collections.abc import Iterable

from engine.levers import LEVERS
from engine.market_time import Calendar
from engine.sights.cards import Menu, Offered

# Headings in their order; any other comes behind them.
HEADINGS = {
    "deployer": ("Servers", "Look twice", "Build"),
    "operator": ("Look and drill", "Build", "Set"),
    "risk": ("By phone", "Build", "Agree", "Set"),
}


def menu(calendar: Calendar, desk: str, kinds: Iterable[str], *, evening: bool) -> list[Menu]:
    """[{title, rows: [{kind, says}]}, ...] of those levers; on the day there is one list at most, and its title is ""."""
    titles: dict[str, list[Offered]] = {title: [] for title in HEADINGS[desk]} if evening else {}
    for found in sorted((LEVERS[kind] for kind in kinds), key=lambda lever: lever.rank):
        title = found.group_for(desk) if evening else ""
        if title if evening else not found.card:
            titles.setdefault(title, []).append({"kind": found.kind, "says": calendar.fill(found.help)})
    return [{"title": title, "rows": rows} for title, rows in titles.items() if rows]
