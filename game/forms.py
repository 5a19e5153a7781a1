"""What a facilitator fills in."""

import secrets
from typing import Any

from django import forms
from django.contrib.auth.models import User

import engine
from game.joining import SOLO_STARTS
from game.models import PHASE_SPEEDS, SPEED_MAX, SPEED_MIN, Exercise
from game.planning import PLANNING_S
from game.rules import ASSISTANT

TEAMS = ("Cobalt", "Amber", "Slate", "Coral", "Jade", "Ivory", "Crimson", "Indigo", "Olive", "Plum", "Sand", "Teal")
SEED_MAX = 2**31 - 1
STARTS = (*SOLO_STARTS, ("10:15", "The unwind (10:15)"))
SPEEDS = (("deployment", "Week"), ("premarket", "Pre-market"), ("bell", "Opening bell"), ("unwind", "Unwind"), ("block", "After the close"))
HELP = (("2012", "As in 2012"), ("assisted", "Assisted: more is measured"), ("guided", "Guided: hints as well"))
COUNTER = (("live", "Live"), ("delayed", "2 min late"), ("hidden", "Hidden until the end"))
DRAWN = ("draw", "Draw one; nobody is told which until the end")
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
    return forms.FloatField(min_value=SPEED_MIN, max_value=SPEED_MAX, initial=f"{PHASE_SPEEDS[phase]:g}", label=label, required=False, widget=widget)


class NewExercise(forms.Form):
    """An exercise: what is played, from when, by how many teams, on which market, how fast, with how much help."""

    title = forms.CharField(max_length=80, initial="1 August 2012", widget=forms.TextInput(attrs={"dir": "auto"}))
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
        ids = engine.scenario_ids()
        self.fields["scenario"].choices = [*((one, f"{engine.load_scenario(one).title} ({one})") for one in ids), DRAWN]  # type: ignore[attr-defined]
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

    def create(self, facilitator: User) -> Exercise:
        """The exercise of this facilitator and its teams; desks that nobody takes are the assistant's."""
        data = self.cleaned_data
        start = data["start"] if data["start"] is not None else engine.step_at(data["phase"] or "08:00")
        ids, drawn = engine.scenario_ids(), data["scenario"] == DRAWN[0]
        exercise = Exercise.objects.create(
            facilitator=facilitator,
            title=data["title"],
            scenario=secrets.choice(ids) if drawn else data["scenario"] or ids[0],
            drawn=drawn,
            seed=self._seed(),
            start_step=start,
            help=data["help"] or "2012",
            loss_counter=data["loss_counter"] or "delayed",
            planning_s=PLANNING_S if data["planning_s"] is None else data["planning_s"],
            speeds={phase: data[f"speed_{phase}"] for phase, _ in SPEEDS if data[f"speed_{phase}"] not in (None, PHASE_SPEEDS[phase])},
        )
        for name in TEAMS[: data["teams"] or 1]:
            exercise.add_team(name, ASSISTANT)
        return exercise

    def _seed(self) -> int:
        chosen, seed = self.cleaned_data["seed_from"], self.cleaned_data["seed"]
        if chosen == "draw":
            return secrets.randbelow(SEED_MAX)
        return int(seed) if seed is not None and chosen != "history" else 79
