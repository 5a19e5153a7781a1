"""What observers in the room saw: the scenario's learning objectives again, judged by ear and eye, beside what the log shows of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from game.models import bounds, contents
from game.rules import RuleBroken
from game.spoken import read

if TYPE_CHECKING:
    from game.models import Exercise, Team

OBSERVER_LENGTH, NOTE_LENGTH, SHEETS_MOST = 24, 200, 12
MARKS = {
    "seen": gettext_lazy("Seen"),
    "partly": gettext_lazy("Partly"),
    "not seen": gettext_lazy("Not seen"),
    "no occasion": gettext_lazy("No occasion"),
}


class Mark(TypedDict):
    """What an observer says of an objective: one of MARKS, or "" with a note alone."""

    mark: str
    note: str


class ObserverSheet(models.Model):
    """An observer's sheet about a team: the latest under that name."""

    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, related_name="observations")
    observer = models.CharField(max_length=OBSERVER_LENGTH)
    marks = models.JSONField(default=dict, help_text="id of an objective -> mark and note")
    given: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "game"
        ordering = ["observer", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "observer"], name="one_sheet_an_observer"),
            bounds.filled("an_observation_is_somebodys", "observer"),
        ]

    def __str__(self) -> str:
        return f"{self.team}, {self.observer}"

    def forget_texts(self) -> None:
        """Keep the marks alone."""
        self.observer = f"Observer {self.pk}"
        self.marks = {name: {**found, "note": ""} for name, found in self.marks.items()}
        self.save(update_fields=["observer", "marks"])


def items(exercise: "Exercise") -> list[dict[str, str]]:
    """What is on a sheet: id, title and text of the scenario's objectives."""
    found = read(contents.scenario_of_all(exercise)).objectives.objective
    if not found and (here := contents.here(exercise.scenario)):  # a run that was kept before there were objectives
        found = read(here).objectives.objective
    return [{"id": one.id, "title": one.title, "text": one.text} for one in found]


def keep(team: "Team", observer: str, marks: dict[str, Mark]) -> ObserverSheet:
    """Keep a sheet in place of the one before under that name. Raises RuleBroken."""
    if team.exercise.archived:
        raise RuleBroken(gettext("The facilitator has archived this exercise: sheets can no longer change."))
    if team.observations.exclude(observer=observer).count() >= SHEETS_MOST:
        raise RuleBroken(gettext("A team can have %(most)d observers.") % {"most": SHEETS_MOST})
    sheet, _ = ObserverSheet.objects.update_or_create(team=team, observer=observer, defaults={"marks": marks, "given": timezone.now()})
    return sheet


def by_objective(team: "Team | int", ids: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """What was observed of each objective: who, the mark, what it is called, and the note."""
    found: dict[str, list[dict[str, str]]] = {name: [] for name in ids}
    for sheet in ObserverSheet.objects.filter(team=team):
        for name, one in sheet.marks.items():
            if name in found and (one["mark"] or one["note"]):
                found[name].append({"who": sheet.observer, "mark": one["mark"], "word": str(MARKS.get(one["mark"], "")), "note": one["note"]})
    return found


def in_words(rows: Iterable[dict[str, str]]) -> str:
    """Observations in a line: "Kim: Seen (asked twice)"."""
    return "; ".join(_line(one) for one in rows)


def _line(one: dict[str, Any]) -> str:
    said = f"{one['word']} ({one['note']})" if one["word"] and one["note"] else one["word"] or one["note"]
    return f"{one['who']}: {said}"
