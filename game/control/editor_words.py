"""What the editor calls the keys of a scenario's files: the words of who writes a training, and no key of TOML where there is a word for it."""

import re
from typing import Any

from django.utils.translation import gettext, gettext_lazy

TABLES = {
    "scenario": gettext_lazy("The scenario"),
    "told": gettext_lazy("Names"),
    "calendar": gettext_lazy("Days and hours"),
    "costs": gettext_lazy("What things cost"),
    "market": gettext_lazy("The market's hours"),
    "machines": gettext_lazy("Mail from a machine"),
    "people": gettext_lazy("Mail from a person"),
    "thread": gettext_lazy("Mail in a thread"),
    "state": gettext_lazy("Mail about what happens"),
    "rejects": gettext_lazy("Mail about a rejected order"),
    "alert": gettext_lazy("Alert"),
    "call": gettext_lazy("Call"),
    "headline": gettext_lazy("Headline"),
    "inject": gettext_lazy("Inject"),
    "fault": gettext_lazy("Fault"),
    "hint": gettext_lazy("Hint"),
    "step": gettext_lazy("Step of the lesson"),
    "objective": gettext_lazy("Learning objective"),
    "safeguard": gettext_lazy("Safeguard"),
    "passage": gettext_lazy("Passage"),
    "lesson": gettext_lazy("Lesson"),
    "reading": gettext_lazy("Reading of the record"),
    "fact": gettext_lazy("Figure"),
    "door": gettext_lazy("In the list of scenarios"),
    "whole": gettext_lazy("At the beginning"),
}
KEYS = {
    "title": gettext_lazy("Title"),
    "short": gettext_lazy("Short title"),
    "sender": gettext_lazy("From"),
    "subject": gettext_lazy("Subject"),
    "body": gettext_lazy("Text"),
    "text": gettext_lazy("Text"),
    "caller": gettext_lazy("Caller"),
    "opening": gettext_lazy("What the caller says first"),
    "at": gettext_lazy("Time"),
    "from": gettext_lazy("Not before"),
    "to": gettext_lazy("Not after"),
    "effect": gettext_lazy("What it does, for the facilitator"),
    "story": gettext_lazy("What was wrong, for the debrief"),
    "epilogue": gettext_lazy("What to learn from it, for the debrief"),
    "headline": gettext_lazy("Headline"),
    "lead": gettext_lazy("Lead"),
    "source": gettext_lazy("Source"),
    "name": gettext_lazy("Name"),
    "label": gettext_lazy("Name"),
    "line": gettext_lazy("In one line"),
    "teaches": gettext_lazy("What it teaches"),
    "minutes": gettext_lazy("Minutes it takes"),
    "within_min": gettext_lazy("Within so many minutes"),
    "figure": gettext_lazy("Figure"),
    "then": gettext_lazy("What it was then"),
    "of": gettext_lazy("What it counts"),
    "told.firm": gettext_lazy("The firm"),
    "told.system": gettext_lazy("The system"),
    "told.behaviours.rlp": gettext_lazy("What the new code does"),
    "told.behaviours.power_peg": gettext_lazy("What the old code does"),
    "told.year": gettext_lazy("The year"),
    "told.day": gettext_lazy("The day, in words"),
    "told.desks.deployer.title": gettext_lazy("Title of the deployer's desk"),
    "told.desks.operator.title": gettext_lazy("Title of the operator's desk"),
    "told.desks.risk.title": gettext_lazy("Title of the risk manager's desk"),
    "told.desks.deployer.short": gettext_lazy("Short title of the deployer's desk"),
    "told.desks.operator.short": gettext_lazy("Short title of the operator's desk"),
    "told.desks.risk.short": gettext_lazy("Short title of the risk manager's desk"),
    "told.subjects.briefing.deployer": gettext_lazy("Subject of the deployer's briefing"),
    "told.subjects.briefing.operator": gettext_lazy("Subject of the operator's briefing"),
    "told.subjects.briefing.risk": gettext_lazy("Subject of the risk manager's briefing"),
    "told.subjects.ticket": gettext_lazy("Subject of a mail about the change ticket"),
    "told.subjects.procedure": gettext_lazy("Subject of a mail about the procedure"),
    "told.subjects.changed": gettext_lazy("Subject of a mail about what was changed"),
    "calendar.date": gettext_lazy("The day"),
    "calendar.evenings": gettext_lazy("The evenings before it"),
    "calendar.evening_from": gettext_lazy("An evening begins"),
    "calendar.evening_to": gettext_lazy("An evening ends"),
    "calendar.start": gettext_lazy("The day begins"),
    "calendar.due": gettext_lazy("Due at"),
    "calendar.close": gettext_lazy("The close"),
    "calendar.block": gettext_lazy("The block sale"),
    "calendar.end": gettext_lazy("The end"),
    "market.open": gettext_lazy("The open"),
    "market.bell_end": gettext_lazy("End of the opening bell's phase"),
    "costs.day_revenue_usd": gettext_lazy("What a day's orders earn ($)"),
    "costs.franchise_usd": gettext_lazy("What losing the clients would cost ($)"),
    "costs.told": gettext_lazy("Harm of a client order that was asked to go elsewhere (1: one that waited)"),
    "costs.rejected": gettext_lazy("Harm of a client order that was turned away (1: one that waited)"),
    "costs.server_minute_usd": gettext_lazy("A server down for a minute at the open ($)"),
    "costs.after_bell": gettext_lazy("A server down at any other time (share of that)"),
    "costs.away_share": gettext_lazy("Client orders that stay away once asked to go elsewhere (share)"),
    "costs.hand_hour_usd": gettext_lazy("An hour of somebody called in ($)"),
    "costs.rlp_late_usd": gettext_lazy("The release late on the day ($)"),
    "costs.cut_off_usd": gettext_lazy("Cut off by the exchanges while positions grow ($)"),
    "costs.cut_full_usd": gettext_lazy("Growth in five minutes at which that costs everything ($)"),
    "costs.yardstick_usd": gettext_lazy("Staying closed for the day without a word ($)"),
}
_PARTS = {"mail": gettext_lazy("Mail"), "call": gettext_lazy("Call"), "alert": gettext_lazy("Alert"), "basis": gettext_lazy("What it is based on")}


def of_group(title: str) -> str:
    """What a group of fields is called; `title` as the check says it: "call 'golive'", "costs"."""
    table, _, name = title.partition(" ")
    words = str(TABLES.get(table, table))
    return gettext("%(what)s: %(name)s") % {"what": words, "name": name.strip("'")} if name else words


def of_field(label: str) -> str:
    """What a field is called; `label`: its key within its entry, "replies.1.text". The key itself where there is no word for it."""
    if label in KEYS:
        return str(KEYS[label])
    first, _, rest = label.partition(".")
    if reply := re.fullmatch(r"replies\.(\d+)\.text", label):
        return gettext("Answer %(number)d") % {"number": int(reply[1]) + 1}
    if rest and first in _PARTS:
        inner: Any = re.sub(r"^\d+\.", "", rest)
        return gettext("%(what)s: %(name)s") % {"what": _PARTS[first], "name": of_field(inner)}
    return label
