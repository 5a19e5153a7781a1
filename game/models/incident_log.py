"""The incident log of a team: what its incident commander and its scribe write down while it is played.

They have no desk and no lever, and hear what stands on the bridge. What they write changes nothing in the run, and the debrief lays it beside
what happened.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

import engine
from game.models import bounds
from game.rules import RuleBroken
from game.spoken import tell

if TYPE_CHECKING:
    from game.models import Run, Team

NAME_LENGTH, TEXT_LENGTH, BELIEF_LENGTH, ENTRIES_MOST = 24, 300, 120, 300
ROLES = {"commander": gettext_lazy("Incident commander"), "scribe": gettext_lazy("Scribe")}
KINDS = {
    "observation": gettext_lazy("Observation"),
    "decision": gettext_lazy("Decision"),
    "action": gettext_lazy("Action"),
    "question": gettext_lazy("Question"),
}
MOMENTS = {"noticed_at": gettext_lazy("Noticed"), "diagnosed_at": gettext_lazy("Diagnosed"), "contained_at": gettext_lazy("Contained")}


class LogEntry(models.Model):
    """An entry, stamped with market time. It is never changed: a later entry corrects it."""

    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, related_name="log_entries")
    step = models.IntegerField()
    role = models.CharField(max_length=12)
    by = models.CharField(max_length=NAME_LENGTH, blank=True)
    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=TEXT_LENGTH)
    cause = models.CharField(max_length=BELIEF_LENGTH, blank=True, help_text="what was believed to be the cause")
    impact = models.CharField(max_length=BELIEF_LENGTH, blank=True, help_text="what the impact was estimated at")
    corrects = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="corrections")
    created: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "game"
        ordering = ["step", "pk"]
        constraints = [
            bounds.filled("an_entry_says_something", "text"),
            bounds.one_of("an_entry_is_of_a_role_and_kind", role=ROLES, kind=KINDS),
            bounds.between("an_entry_is_of_the_week", step=bounds.STEPS),
        ]

    def __str__(self) -> str:
        return f"{self.team}, {self.text[:40]}"


def write(team: "Team", given: dict[str, Any]) -> LogEntry:
    """Write an entry at the market time of now. `given`: role, by, kind, text, cause, impact, and corrects, an entry's number or None.
    Raises RuleBroken.
    """
    run: Run | None = getattr(team, "run", None)
    if run is None:
        raise RuleBroken(gettext("The log opens when the exercise starts."))
    if team.exercise.state == "ended" or run.state in run.DONE:
        raise RuleBroken(gettext("The exercise has ended: its log is closed."))
    if team.log_entries.count() >= ENTRIES_MOST:
        raise RuleBroken(gettext("The log is full: it takes %(most)d entries.") % {"most": ENTRIES_MOST})
    number = given.pop("corrects")
    corrected = team.log_entries.filter(pk=number).first() if number else None
    if number and corrected is None:
        raise RuleBroken(gettext("That entry is not in this team's log."))
    return LogEntry.objects.create(team=team, step=run.step, corrects=corrected, **given)


def of_team(team_id: int, calendar: engine.Calendar) -> list[dict[str, Any]]:
    """A team's entries in words, oldest first. `corrects`: the time of the entry that it corrects; `corrected`: whether a later one does."""
    rows = list(LogEntry.objects.filter(team=team_id).select_related("corrects"))
    corrected = {row.corrects_id for row in rows}
    return [
        {
            "pk": row.pk,
            "step": row.step,
            "at": _clock(calendar, row.step),
            "role": str(ROLES[row.role]),
            "by": row.by,
            "kind": str(KINDS[row.kind]),
            "text": row.text,
            "cause": row.cause,
            "impact": row.impact,
            "corrects": _clock(calendar, row.corrects.step) if row.corrects else "",
            "corrected": row.pk in corrected,
        }
        for row in rows
    ]


def beside(entries: list[dict[str, Any]], score: dict[str, Any], calendar: engine.Calendar) -> list[dict[str, str]]:
    """What happened, and when the log has it: label and time of a moment, and in words the first entry from then on."""
    found = []
    for key, label in MOMENTS.items():
        if not (at := score.get(key)):
            continue
        step = calendar.step_at(at)
        later = next((one for one in entries if one["step"] >= step), None)
        if later is None:
            words = gettext("nothing was written from then on")
        else:
            minutes = (later["step"] - step) / engine.STEPS_PER_MINUTE
            words = gettext("next entry %(minutes)s min later: %(text)s") % {"minutes": f"{minutes:.1f}", "text": later["text"]}
        found.append({"label": str(label), "at": _clock(calendar, step), "written": words})
    return found


def in_a_line(entry: dict[str, Any]) -> str:
    """An entry for a timeline: "Scribe, Observation: rejects from one host (suspected cause: ...)"."""
    beliefs = [
        (gettext("corrects %(at)s"), entry["corrects"] and {"at": entry["corrects"]}),
        (gettext("suspected cause: %(cause)s"), entry["cause"] and {"cause": entry["cause"]}),
        (gettext("estimated impact: %(impact)s"), entry["impact"] and {"impact": entry["impact"]}),
    ]
    beside = "; ".join(words % values for words, values in beliefs if values)
    return f"{entry['role']}, {entry['kind']}: {entry['text']}" + (f" ({beside})" if beside else "")


def _clock(calendar: engine.Calendar, step: int) -> str:
    return tell(None, calendar.when(step, 0))
