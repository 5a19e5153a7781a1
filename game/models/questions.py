"""What people are asked before, after and thirty days later: the house's scales, the same each time, and what a facilitator adds.

It is told in counts and never by person. Before is in the lobby, after is part of the survey, later is a link of each player's own.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from game.models import bounds
from game.models.lessons import SCALE, SCALES, desk_of
from game.models.lessons import may_answer as may_answer_after
from game.rules import RuleBroken

if TYPE_CHECKING:
    from game.models import Exercise
    from game.models.people import Player

LATER = timedelta(days=30)
LATER_OPEN = timedelta(days=90)  # from then on; what is remembered later is something else
MOST, TEXT_LENGTH, CHOICES_MOST = 8, 200, 6
ANSWER_LENGTH = 500
OCCASIONS = {"before": gettext_lazy("Before"), "after": gettext_lazy("After"), "later": gettext_lazy("30 days later")}
# Knowledge and confidence, each with what its ends mean.
ASKED = {
    "explain": (
        gettext_lazy("How well could you explain to a colleague how a firm stops its own orders?"),
        gettext_lazy("not at all"),
        gettext_lazy("step by step"),
    ),
    "ready": SCALES["ready"],
    "speak": (
        gettext_lazy("How easy would it be for you to ask for everything to be stopped?"),
        gettext_lazy("very hard"),
        gettext_lazy("very easy"),
    ),
}


class SurveyQuestion(models.Model):
    """A facilitator's own question for an exercise."""

    class Kind(models.TextChoices):
        TEXT = "text", gettext_lazy("A sentence")
        SCALE = "scale", gettext_lazy("1 to 5")
        CHOICE = "choice", gettext_lazy("One of several")

    exercise = models.ForeignKey("game.Exercise", on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=TEXT_LENGTH)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TEXT)
    choices = models.JSONField(default=list, blank=True, help_text="of a choice: what can be chosen")
    before = models.BooleanField(default=False)
    after = models.BooleanField(default=False)
    later = models.BooleanField(default=False)

    class Meta:
        app_label = "game"
        ordering = ["pk"]
        constraints = [
            bounds.filled("a_question_asks_something", "text"),
            bounds.one_of("a_question_has_a_kind", kind=("text", "scale", "choice")),
            bounds.holds(
                "a_question_is_asked_at_some_time",
                models.Q(before=True) | models.Q(after=True) | models.Q(later=True),
                "Expected a question that is asked before, after or later.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def key(self) -> str:
        """Its name in forms and in replies."""
        return f"q{self.pk}"

    @property
    def when_told(self) -> str:
        """When it is asked, in words."""
        return ", ".join(str(word) for when, word in OCCASIONS.items() if getattr(self, when))


class SurveyReply(models.Model):
    """What a player answered at one of the times; a later answer takes the place of an earlier one."""

    player = models.ForeignKey("game.Player", on_delete=models.CASCADE, related_name="replies")
    when = models.CharField(max_length=6)
    values = models.JSONField(default=dict, help_text="scale, or key of a question -> 1 to 5, the number of a choice, or a text")
    given: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "game"
        ordering = ["given", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["player", "when"], name="one_reply_a_time"),
            bounds.one_of("a_reply_is_of_a_time", when=OCCASIONS),
        ]

    def __str__(self) -> str:
        return f"{self.player} {self.when}"

    def forget_texts(self) -> None:
        """Keep numbers alone."""
        self.values = {name: value for name, value in self.values.items() if not isinstance(value, str)}
        self.save(update_fields=["values"])


def own(exercise: "Exercise", when: str) -> list[SurveyQuestion]:
    """The facilitator's questions of a time."""
    return [question for question in exercise.questions.all() if getattr(question, when)]


def add(exercise: "Exercise", values: dict[str, Any]) -> SurveyQuestion:
    """One more question. Raises RuleBroken where there are enough."""
    if exercise.questions.count() >= MOST:
        raise RuleBroken(gettext("An exercise can have %(most)d questions of its own: remove one first.") % {"most": MOST})
    return exercise.questions.create(**values)


def opens(exercise: "Exercise") -> datetime | None:
    """When the link of thirty days later begins to open; None before the end."""
    return exercise.ended_at + LATER if exercise.ended_at else None


def may_answer(player: "Player", when: str, now: datetime | None = None) -> None:
    """Raises RuleBroken with the reason why this player cannot answer now. `now`: the time, where it is not the clock's."""
    exercise = player.exercise
    if when == "before" and exercise.state != "lobby":
        raise RuleBroken(gettext("The exercise has started: these questions were for before."))
    if when == "after":
        may_answer_after(player)
    if when == "later":
        _may_answer_later(exercise, now or timezone.now())
        if desk_of(player) is None:
            raise RuleBroken(gettext("You had no desk in this exercise."))


def _may_answer_later(exercise: "Exercise", now: datetime) -> None:
    first = opens(exercise)
    if first is None:
        raise RuleBroken(gettext("The exercise has not ended."))
    if now < first:
        raise RuleBroken(gettext("These questions are for later: the link opens on %(day)s.") % {"day": f"{first:%Y-%m-%d}"})
    if now > first + LATER_OPEN:
        raise RuleBroken(gettext("This link closed on %(day)s.") % {"day": f"{first + LATER_OPEN:%Y-%m-%d}"})


def answer(player: "Player", when: str, values: dict[str, Any], now: datetime | None = None) -> SurveyReply:
    """Keep what was answered; what stayed open is not in it. Raises RuleBroken."""
    may_answer(player, when, now)
    given = {name: value for name, value in values.items() if value not in (None, "")}
    reply, _ = SurveyReply.objects.update_or_create(player=player, when=when, defaults={"values": given, "given": now or timezone.now()})
    return reply


def summary(exercise: "Exercise") -> dict[str, Any]:
    """What the people of an exercise answered, the times side by side, in counts: scales with their means, choices, and texts without
    whose they are.
    """
    replies: dict[str, list[dict[str, Any]]] = {when: [] for when in OCCASIONS}
    for reply in SurveyReply.objects.filter(player__exercise=exercise):
        replies[reply.when].append(reply.values)
    scales = [_scale(name, prompt, low, high, replies, OCCASIONS) for name, (prompt, low, high) in ASKED.items()]
    rows, texts = [*scales], []
    for question in exercise.questions.all():
        when = [name for name in OCCASIONS if getattr(question, name)]
        if question.kind == SurveyQuestion.Kind.SCALE:
            rows.append(_scale(question.key, question.text, "", "", replies, when))
        elif question.kind == SurveyQuestion.Kind.CHOICE:
            rows += _choices(question, replies, when)
        else:
            texts.append({"prompt": question.text, "times": [_texts(question.key, name, replies) for name in when]})
    return {"answers": {when: len(found) for when, found in replies.items()}, "rows": rows, "texts": texts}


def _scale(name: str, prompt: Any, low: Any, high: Any, replies: dict[str, list[dict[str, Any]]], asked: Iterable[str]) -> dict[str, Any]:
    """A scale: for each time how many chose 1 to 5 and their mean, or None where it was not asked or answered."""
    cells = []
    for when in OCCASIONS:
        values = [found[name] for found in replies[when] if name in found] if when in asked else []
        mean = round(sum(values) / len(values), 1) if values else None
        cells.append({"when": when, "n": len(values), "counts": [values.count(step) for step in SCALE], "mean": mean})
    return {"prompt": str(prompt), "low": str(low), "high": str(high), "answer": "", "cells": cells}


def _choices(question: SurveyQuestion, replies: dict[str, list[dict[str, Any]]], asked: Iterable[str]) -> list[dict[str, Any]]:
    """A choice: a row each, and for each time how many took it of how many who answered."""
    rows = []
    for number, choice in enumerate(question.choices):
        cells = []
        for when in OCCASIONS:
            values = [found[question.key] for found in replies[when] if question.key in found] if when in asked else []
            cells.append({"when": when, "n": len(values), "count": values.count(number) if values else None})
        rows.append({"prompt": question.text if number == 0 else "", "low": "", "high": "", "answer": choice, "cells": cells})
    return rows


def _texts(key: str, when: str, replies: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """In the order of the alphabet: that of the answers would tell who came first."""
    return {"time": when, "when": str(OCCASIONS[when]), "texts": sorted(found[key] for found in replies[when] if found.get(key))}
