"""What a facilitator fills in."""

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import User
from django.db import transaction

import engine
from game.control.schedule import TITLE_MAX, new_seed
from game.models import Defaults, Exercise, Holding, RuleBroken, lessons
from game.models.branching import KEPT_MARKET
from game.models.planning import PLANNING_S
from game.people.joining import SOLO_STARTS
from game.rules import SEED_MAX, SPEED_MAX, SPEED_MIN
from game.scenarios import playable

TEAMS = ("Cobalt", "Amber", "Slate", "Coral", "Jade", "Ivory", "Crimson", "Indigo", "Olive", "Plum", "Sand", "Teal")
HISTORY_SEED = 79
STARTS = (*SOLO_STARTS, ("10:15", "The unwind (10:15)"))
SPEEDS = (("deployment", "Week"), ("premarket", "Pre-market"), ("bell", "Opening bell"), ("unwind", "Unwind"), ("block", "After the close"))
HELP = (("2012", "As in 2012"), ("assisted", "Assisted: more is measured"), ("guided", "Guided: hints as well"))
COUNTER = (("live", "Live"), ("delayed", "2 min late"), ("hidden", "Hidden until the end"))
DRAWN = ("draw", "Draw one; nobody is told which until the end")
MARKET = ("scenario", "phase", "start", "seed_from", "seed")  # what a fork has from its source
SEEDS = (("history", "History's, 79"), ("draw", "Draw one"), ("own", "This one"))


class ClockField(forms.CharField):
    """A market time such as 09:28 or 27 Jul 18:30; cleans to a step, or to None when it is empty and need not be filled."""

    def clean(self, value: str) -> int | None:
        """The step, or a ValidationError that says what was expected."""
        text = super().clean(value)
        if not text:
            return None
        try:
            step = engine.step_at(text)
        except ValueError as problem:
            raise forms.ValidationError(f"{problem}.") from problem
        if step >= engine.CLOSE:
            raise forms.ValidationError("The market closes at 16:00: expected an earlier time.")
        return step


def _speed(label: str, phase: str) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"})
    return forms.FloatField(min_value=SPEED_MIN, max_value=SPEED_MAX, initial=f"{engine.SPEEDS[phase]:g}", label=label, required=False, widget=widget)


class NewExercise(forms.Form):
    """An exercise: what is played, from when, by how many teams, on which market, how fast, with how much help."""

    title = forms.CharField(max_length=TITLE_MAX, initial="1 August 2012", widget=forms.TextInput(attrs={"dir": "auto"}))
    planned_for = forms.DateTimeField(
        required=False,
        label="Planned for (UTC)",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Expected a date and a time, such as 2026-12-01 09:00."},
    )
    zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)  # that it was typed in; static/js/lib/zone.js says which
    scenario = forms.ChoiceField(required=False)
    teams = forms.IntegerField(min_value=1, max_value=len(TEAMS), initial=2, required=False, label="Teams of three desks")
    phase = forms.ChoiceField(choices=STARTS, initial="08:00", required=False, widget=forms.RadioSelect, label="Phase to start in")
    start = ClockField(required=False, max_length=20, label="Starts at", widget=forms.TextInput(attrs={"placeholder": "27 Jul 18:30"}))
    help = forms.ChoiceField(choices=HELP, initial="2012", required=False, widget=forms.RadioSelect, label="Help level")
    seed_from = forms.ChoiceField(choices=SEEDS, initial="history", required=False, widget=forms.RadioSelect, label="Market's seed")
    seed = forms.IntegerField(min_value=0, max_value=SEED_MAX, required=False, label="Seed")
    loss_counter = forms.ChoiceField(choices=COUNTER, initial="delayed", required=False, widget=forms.RadioSelect, label="Loss on the projector")
    planning_s = forms.IntegerField(min_value=0, max_value=600, initial=PLANNING_S, required=False, label="Planning pause before an evening, seconds")
    speed_deployment, speed_premarket, speed_bell, speed_unwind, speed_block = (_speed(label, phase) for phase, label in SPEEDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scenario"].choices = [*((one.id, f"{one.title} ({one.id})") for one in playable()), DRAWN]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs |= {"class": "input", "autocomplete": "off"}
            if self.is_bound and name in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{name}-error"}

    def clean(self) -> dict[str, Any]:
        """A chosen seed needs its number."""
        data = super().clean() or {}
        if data.get("seed_from") == "own" and data.get("seed") is None and "seed" not in self.errors:
            self.add_error("seed", f"Type the seed: a whole number from 0 to {SEED_MAX}.")
        return data

    def clean_zone(self) -> ZoneInfo:
        """The zone that times were typed in: the browser's, or UTC, which the page then says."""
        try:
            return ZoneInfo(self.cleaned_data["zone"] or "UTC")
        except (KeyError, ValueError, OSError):  # a zone that is none, or a path that leads elsewhere
            return ZoneInfo("UTC")

    def create(self, facilitator: User) -> Exercise:
        """The exercise of this facilitator and its teams; desks that nobody takes are played by the autopilot of the defaults."""
        with transaction.atomic():
            exercise = Exercise.objects.create(facilitator=facilitator, **self.values())
            autopilot = Defaults.now().autopilot
            for name in TEAMS[: self.cleaned_data["teams"] or 1]:
                exercise.add_team(name, autopilot)
        return exercise

    def values(self) -> dict[str, Any]:
        """What was chosen, as an exercise keeps it."""
        data = self.cleaned_data
        ids, drawn = [look.id for look in playable()], data["scenario"] == DRAWN[0]
        return {
            "title": data["title"],
            "planned_for": data["planned_for"] and data["planned_for"].replace(tzinfo=data["zone"]),
            "scenario": secrets.choice(ids) if drawn else data["scenario"] or ids[0],
            "drawn": drawn,
            "seed": self._seed(),
            "start_step": data["start"]
            if data["start"] is not None
            else engine.step_at(data["phase"] or "08:00"),
            "help": data["help"] or "2012",
            "loss_counter": data["loss_counter"] or "delayed",
            "planning_s": PLANNING_S if data["planning_s"] is None else data["planning_s"],
            "speeds": {
                phase: data[f"speed_{phase}"]
                for phase, _ in SPEEDS
                if data[f"speed_{phase}"] not in (None, engine.SPEEDS[phase])
            },
        }

    def _seed(self) -> int:
        chosen, seed = self.cleaned_data["seed_from"], self.cleaned_data["seed"]
        if chosen == "draw":
            return new_seed()
        return int(seed) if seed is not None and chosen != "history" else HISTORY_SEED


class EditExercise(NewExercise):
    """A prepared exercise, in the form it was made with."""

    def __init__(self, *args: Any, exercise: Exercise, **kwargs: Any) -> None:
        self.exercise = exercise
        super().__init__(*args, initial=_typed(exercise), **kwargs)
        self.fields["teams"].required = True
        if exercise.first is not None:
            self.fields["start"] = forms.CharField(required=False, label="Starts at", widget=self.fields["start"].widget)  # also after the close
            for name in MARKET:
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """A fork's market stays: who posts another one is told so."""
        data = super().clean()
        if self.exercise.first is not None:
            posted = [name for name in MARKET if name in self.data and self.data[name] != str(self.initial[name] or "")]
            for name in posted:
                self.add_error(name, KEPT_MARKET)
        return data

    def save(self) -> None:
        """Keep what was changed; teams are added or taken from the end. Raises RuleBroken when it has started meanwhile, or people sit
        in a team that would go.
        """
        values, count = self.values(), self.cleaned_data["teams"]
        if self.exercise.first is not None:
            values = {name: value for name, value in values.items() if name not in ("scenario", "drawn", "seed", "start_step")}
        elif values["drawn"] and self.exercise.drawn:
            values["scenario"] = self.exercise.scenario  # drawn once
        with transaction.atomic():
            exercise = Exercise.objects.select_for_update().get(pk=self.exercise.pk)
            if exercise.state != "lobby":
                raise RuleBroken("This exercise has started meanwhile: nothing was changed.")
            teams = list(exercise.teams.all())
            gone = teams[count:]
            if Holding.objects.filter(seat__team__in=gone).exists():
                raise RuleBroken(f"People sit in {' and '.join(team.name for team in gone)}: they have to leave their seats first.")
            exercise.teams.filter(pk__in=[team.pk for team in gone]).delete()
            taken = {team.name for team in teams}
            for name in [name for name in TEAMS if name not in taken][: max(0, count - len(teams))]:
                exercise.add_team(name, Defaults.now().autopilot)
            Exercise.objects.filter(pk=exercise.pk).update(**values)


def _typed(exercise: Exercise) -> dict[str, Any]:
    """What would have to be filled in to make this exercise."""
    step = exercise.start_step
    phase = next((value for value, _ in STARTS if engine.step_at(value) == step), "")
    clock = f"{engine.date(step)[4:]} {engine.clock(step)[:5]}" if step < 0 else engine.clock(step)
    return {
        "title": exercise.title,
        "planned_for": exercise.planned_for,
        "scenario": DRAWN[0] if exercise.drawn else exercise.scenario,
        "teams": exercise.teams.count(),
        "phase": phase,
        "start": "" if phase else clock,
        "help": exercise.help,
        "seed_from": "history" if exercise.seed == HISTORY_SEED else "own",
        "seed": None if exercise.seed == HISTORY_SEED else exercise.seed,
        "loss_counter": exercise.loss_counter,
        "planning_s": exercise.planning_s,
        **{f"speed_{name}": f"{exercise.speeds.get(name, engine.SPEEDS[name]):g}" for name, _ in SPEEDS},
    }


def _scale() -> forms.TypedChoiceField:
    steps = [(step, step) for step in lessons.SCALE]
    return forms.TypedChoiceField(required=False, coerce=int, empty_value=None, choices=steps, widget=forms.RadioSelect)


class LessonForm(forms.Form):
    """A player's answers after the end; every one may stay open, all of them not."""

    surprised = forms.CharField(required=False, max_length=lessons.TEXT_LENGTH, label=lessons.PROMPTS["surprised"])
    differently = forms.CharField(required=False, max_length=lessons.TEXT_LENGTH, label=lessons.PROMPTS["differently"])
    controls = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    ready = _scale()
    useful = _scale()

    def __init__(self, *args: Any, exercise: Exercise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["controls"].choices = list(lessons.controls_of(exercise).items())  # type: ignore[attr-defined]

    def clean_controls(self) -> list[str]:
        """No more than may be chosen."""
        chosen = list(dict.fromkeys(self.cleaned_data["controls"]))
        if len(chosen) > lessons.CONTROLS_MOST:
            raise forms.ValidationError(f"Choose {lessons.CONTROLS_MOST} at most: those that would have helped most.")
        return chosen

    def clean(self) -> dict[str, Any]:
        """Something must be said."""
        found = super().clean() or self.cleaned_data
        if not self.errors and not any(found.values()):
            raise forms.ValidationError("Nothing is answered yet. One of the questions is enough.")
        return found
