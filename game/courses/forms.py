"""What a teacher fills in for a homework."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

import engine
from game.control.forms import HELP, versions
from game.courses.attempts import seeds_for
from game.models import Cohort, Defaults, Homework, KeptScenario, contents
from game.models.courses import ATTEMPTS_MOST, TITLE_MAX
from game.scenarios import playable

WEEK = timedelta(days=7)
MARKET = ("scenario", "way", "start", "seeds")  # what attempts have in common, and stays once one was begun


def zones() -> list[tuple[str, str]]:
    """The time zones that this machine knows."""
    return [(name, name.replace("_", " ")) for name in sorted({"UTC", *available_timezones()} - {"localtime"})]


class HomeworkForm(forms.Form):
    """What is played by whom, until when, how often, on which market, and what counts."""

    title = forms.CharField(max_length=TITLE_MAX, label=gettext_lazy("Title"), widget=forms.TextInput(attrs={"dir": "auto"}))
    scenario = forms.ChoiceField(label=gettext_lazy("Scenario"))
    way = forms.ChoiceField(choices=Homework.Way.choices, initial="alone", label=gettext_lazy("Played"), widget=forms.RadioSelect)
    desk = forms.ChoiceField(initial="choose", label=gettext_lazy("Desk of who plays alone"))
    autopilot = forms.ChoiceField(label=gettext_lazy("At the desks nobody takes"))
    start = forms.ChoiceField(choices=Homework.Start.choices, initial="morning", label=gettext_lazy("Start with"), widget=forms.RadioSelect)
    help = forms.ChoiceField(initial="assisted", label=gettext_lazy("Help level"))
    pace = forms.ChoiceField(choices=Homework.Pace.choices, initial="usual", label=gettext_lazy("Pace"))
    deadline = forms.DateTimeField(
        label=gettext_lazy("Deadline"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Expected a date and a time, such as 2026-12-01 09:00.")},
    )
    zone = forms.ChoiceField(initial="UTC", label=gettext_lazy("Time zone of the deadline"))
    late = forms.ChoiceField(choices=Homework.Late.choices, initial="closed", label=gettext_lazy("An attempt begun after it"))
    attempts_most = forms.IntegerField(min_value=1, max_value=ATTEMPTS_MOST, initial=3, label=gettext_lazy("Attempts"))
    counts = forms.ChoiceField(choices=Homework.Counts.choices, initial="best", label=gettext_lazy("Which attempt counts"), widget=forms.RadioSelect)
    seeds = forms.ChoiceField(choices=Homework.Seeds.choices, initial="same", label=gettext_lazy("Market"))

    def __init__(self, data: Any = None, *, cohort: Cohort, homework: Homework | None = None, brought: Iterable[KeptScenario] = ()) -> None:
        self.cohort, self.homework = cohort, homework
        initial = {"autopilot": Defaults.now().autopilot, "deadline": (timezone.now() + WEEK).replace(hour=18, minute=0)}
        if homework is not None:
            initial = {name: getattr(homework, name) for name in self.base_fields} | {"deadline": homework.deadline_there}
        super().__init__(data, initial=initial)
        offered = [(one.id, f"{one.title} ({one.id})") for one in playable()] + list(versions(brought))
        mine = homework.scenario if homework else ""
        if mine and mine not in dict(offered):
            offered.insert(0, (mine, gettext("As it was chosen (%(id)s)") % {"id": mine}))
        self._offer("scenario", offered)
        self._offer("desk", [("choose", gettext("The student chooses")), *_desks(), ("all", gettext("All three"))])
        self._offer("autopilot", [(name, name) for name in engine.AUTOPILOTS])
        self._offer("help", [("2012", gettext("As it was then")), *HELP])
        self._offer("zone", zones())
        self.begun = homework is not None and homework.attempts.exists()
        for name in MARKET if self.begun else ():
            self.fields[name].disabled = True
        for name, field in self.fields.items():
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs |= {"class": "input", "autocomplete": "off"}
            if self.is_bound and name in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{name}-error"}

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The deadline counts in its zone; a deck's morning begins with the morning."""
        data = super().clean() or {}
        moment, zone = data.get("deadline"), data.get("zone")
        if isinstance(moment, datetime) and zone:
            data["deadline"] = moment.replace(tzinfo=ZoneInfo(zone))
        if data.get("way") == Homework.Way.TEAM and not self.cohort.students.exclude(team="").exists():
            self.add_error("way", gettext("The roster has no teams: upload one with a column team first."))
        if data.get("scenario") and contents.is_deck(data["scenario"]) and data.get("start") not in (None, "morning"):
            self.add_error("start", gettext("This morning's fault is there from the start: choose the morning."))
        return data

    def save(self) -> Homework:
        """The homework as it is now. The seeds of attempts that may have been begun stay."""
        data = self.cleaned_data
        homework = self.homework or Homework(cohort=self.cohort)
        for name in self.base_fields:
            setattr(homework, name, data[name])
        homework.drawn = seeds_for(homework.seeds, homework.attempts_most, homework.drawn)
        homework.save()
        return homework


def _desks() -> list[tuple[str, str]]:
    words = contents.words_in(None)
    return [(desk, words["desks"][desk]["title"]) for desk in engine.DESKS]
