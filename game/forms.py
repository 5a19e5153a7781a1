"""What a facilitator fills in."""

from django import forms

import engine
from game.models import Exercise


class ClockField(forms.CharField):
    """A market time such as 09:28; cleans to a step."""

    def clean(self, value: str) -> int:
        """The step, or a ValidationError that says what was expected."""
        text = super().clean(value)
        try:
            step = engine.step_at(text)
        except ValueError as problem:
            raise forms.ValidationError(f"{problem}.") from problem
        if step >= engine.CLOSE:
            raise forms.ValidationError("The market closes at 16:00: expected an earlier time.")
        return step


class NewExercise(forms.Form):
    """An exercise from the scenario of the record."""

    title = forms.CharField(max_length=80, initial="1 August 2012")
    team = forms.CharField(max_length=24, initial="Cobalt")
    start = ClockField(initial="09:28", label="Starts at")
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=79)
    loss_counter = forms.ChoiceField(choices=Exercise.LossCounter.choices, initial="delayed", required=False)
