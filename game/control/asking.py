"""Forms of what people are asked before, after and later, and of the questions that a facilitator adds."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from game.models import Action, Exercise, SurveyQuestion, actions, lessons, questions


def scale() -> forms.TypedChoiceField:
    """1 to 5, or left open."""
    steps = [(step, step) for step in lessons.SCALE]
    return forms.TypedChoiceField(required=False, coerce=int, empty_value=None, choices=steps, widget=forms.RadioSelect)


def own_field(question: SurveyQuestion) -> forms.Field:
    """The field of a facilitator's question."""
    if question.kind == SurveyQuestion.Kind.SCALE:
        return scale()
    if question.kind == SurveyQuestion.Kind.CHOICE:
        choices = list(enumerate(question.choices))
        return forms.TypedChoiceField(required=False, coerce=int, empty_value=None, choices=choices, widget=forms.RadioSelect)
    return forms.CharField(required=False, max_length=questions.ANSWER_LENGTH)


class AskedForm(forms.Form):
    """The scales and the facilitator's questions of a time; later also what became of the team's actions. Everything may stay open."""

    def __init__(self, *args: Any, exercise: Exercise, when: str, team_actions: "list[Action] | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = dict(questions.ASKED)
        self.own, self.actions = questions.own(exercise, when), team_actions or []
        self.fields |= {name: scale() for name in self.asked} | {question.key: own_field(question) for question in self.own}
        for action in self.actions:
            states = [choice for choice in Action.State.choices if choice[0] != Action.State.OPEN]
            self.fields[f"state{action.pk}"] = forms.ChoiceField(required=False, choices=states, widget=forms.RadioSelect)
            self.fields[f"said{action.pk}"] = forms.CharField(required=False, max_length=actions.SAID_LENGTH)

    @property
    def scales(self) -> list[dict[str, Any]]:
        """The scales with what their ends mean, and those of the facilitator, for parts/asked.html."""
        return scales_of(self, self.asked, self.own)

    @property
    def others(self) -> list[dict[str, Any]]:
        """The facilitator's other questions."""
        return others_of(self, self.own)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The actions, with the fields of what became of them."""
        return [{"action": one, "state": self[f"state{one.pk}"], "said": self[f"said{one.pk}"]} for one in self.actions]

    @property
    def answers(self) -> dict[str, Any]:
        """What a reply keeps of it."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.asked or name.startswith("q")}


def scales_of(form: forms.Form, asked: dict[str, Any], own: list[SurveyQuestion]) -> list[dict[str, Any]]:
    """Scales as parts/asked.html has them, those of a facilitator's questions last."""
    asked = asked | {one.key: (one.text, "", "") for one in own if one.kind == SurveyQuestion.Kind.SCALE}
    return [{"field": form[name], "prompt": prompt, "low": low, "high": high} for name, (prompt, low, high) in asked.items()]


def others_of(form: forms.Form, own: list[SurveyQuestion]) -> list[dict[str, Any]]:
    """Choices and texts as parts/asked.html has them."""
    return [{"field": form[one.key], "prompt": one.text, "kind": one.kind} for one in own if one.kind != SurveyQuestion.Kind.SCALE]


class QuestionForm(forms.Form):
    """A question that a facilitator adds."""

    text = forms.CharField(max_length=questions.TEXT_LENGTH, label=gettext_lazy("Question"))
    kind = forms.ChoiceField(choices=SurveyQuestion.Kind.choices, label=gettext_lazy("Answer"))
    choices = forms.CharField(required=False, max_length=600, label=gettext_lazy("What can be chosen, one a line"))
    before = forms.BooleanField(required=False, label=questions.OCCASIONS["before"])
    after = forms.BooleanField(required=False, label=questions.OCCASIONS["after"])
    later = forms.BooleanField(required=False, label=questions.OCCASIONS["later"])

    def clean_choices(self) -> list[str]:
        """A line each, none twice."""
        return list(dict.fromkeys(line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()))

    def clean(self) -> dict[str, Any]:
        """A choice has two to six; a question is asked at some time."""
        data = super().clean() or self.cleaned_data
        chosen = data.get("choices") or []
        if data.get("kind") == SurveyQuestion.Kind.CHOICE and not 2 <= len(chosen) <= questions.CHOICES_MOST:
            self.add_error("choices", gettext("Expected 2 to %(most)d lines.") % {"most": questions.CHOICES_MOST})
        if data.get("kind") != SurveyQuestion.Kind.CHOICE:
            data["choices"] = []
        if not any(data.get(when) for when in questions.OCCASIONS):
            self.add_error(None, gettext("Choose when it is asked: before, after or 30 days later."))
        return data
