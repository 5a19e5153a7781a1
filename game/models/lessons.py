"""What players take away: a short survey on their phones after the end. One answer a person, the latest, until the exercise is put away.

It is told by team and desk, never by name, unless the facilitator has turned names on (Exercise.names).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from game.models import bounds, contents
from game.models.outcomes import Finished
from game.rules import DESKS, RuleBroken
from game.spoken import spoken

if TYPE_CHECKING:
    from game.models import Exercise, Run
    from game.models.people import Player

TEXT_LENGTH = 500
CONTROLS_MOST = 3
SCALE = (1, 2, 3, 4, 5)
PROMPTS = {"surprised": gettext_lazy("What surprised you?"), "differently": gettext_lazy("What would you do differently?")}
SCALES = {
    "ready": (
        gettext_lazy("How sure are you that your own team would stop something like this in time?"),
        gettext_lazy("not at all"),
        gettext_lazy("almost certain"),
    ),
    "useful": (gettext_lazy("How much of this will you use at work?"), "nothing", "a lot"),
}


class Lesson(models.Model):
    """A player's answer. Team and desk as they were when it was given; a person at several desks is at the first."""

    player = models.OneToOneField("game.Player", on_delete=models.CASCADE, related_name="lesson")
    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, related_name="lessons")
    desk = models.CharField(max_length=12)
    surprised = models.CharField(max_length=TEXT_LENGTH, blank=True)
    differently = models.CharField(max_length=TEXT_LENGTH, blank=True)
    controls = models.JSONField(default=list, help_text="ids of the scenario's barriers that would have helped most")
    ready = models.PositiveSmallIntegerField(null=True)
    useful = models.PositiveSmallIntegerField(null=True)
    given: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "game"
        ordering = ["given", "pk"]
        constraints = [
            bounds.one_of("a_lesson_is_of_a_desk", desk=DESKS),
            bounds.between("a_lesson_counts_to_five", ready=(SCALE[0], SCALE[-1]), useful=(SCALE[0], SCALE[-1])),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.desk}"


def desk_of(player: "Player") -> "tuple[Any, str] | None":
    """The team and the desk for which a player answers: where they sit, or sat last."""
    held = player.holdings.select_related("seat__team").order_by("taken_at", "pk").first()
    last = held or player.stays.select_related("seat__team").order_by("-until", "-pk").first()
    return (last.seat.team, last.seat.desk) if last else None


def may_answer(player: "Player") -> None:
    """Raises RuleBroken with the reason why this player cannot answer now."""
    exercise = player.exercise
    if exercise.state != "ended":
        raise RuleBroken(gettext("The exercise has not ended. When it has, you will be asked what you learned."))
    if exercise.archived:
        raise RuleBroken(gettext("The facilitator has archived this exercise: answers can no longer change."))
    if desk_of(player) is None:
        raise RuleBroken(gettext("You had no desk in this exercise."))


def answer(player: "Player", given: dict[str, Any]) -> Lesson:
    """Keep an answer in place of the one before. Raises RuleBroken."""
    may_answer(player)
    found = desk_of(player)
    assert found is not None
    team, desk = found
    lesson, _ = Lesson.objects.update_or_create(player=player, defaults={**given, "team": team, "desk": desk, "given": timezone.now()})
    return lesson


def controls_of(exercise: "Exercise") -> dict[str, str]:
    """The barriers to choose from: id -> label, as they were when its first run ended, or as the reader's language has them."""
    kept = Finished.objects.filter(run__team__exercise=exercise).order_by("run__team__place").values_list("controls", flat=True).first()
    scenario = contents.scenario_of_all(exercise)
    english = kept or {one.id: one.label for one in scenario.barriers.slice}
    return {name: spoken().own(scenario, label) for name, label in english.items()}


def lessons_summary(exercise: "Exercise", runs: "Sequence[Run]") -> dict[str, Any]:
    """What the people of these teams answered: how many have, which controls they chose, the scales, and texts by prompt."""
    from game.models import Exercise, Player

    names = {run.team_id: run.team.name for run in runs}
    given = list(Lesson.objects.filter(team__in=names).select_related("player"))
    people = Player.objects.filter(models.Q(holdings__seat__team__in=names) | models.Q(stays__seat__team__in=names)).distinct().count()
    named, labels = exercise.names == Exercise.Names.PEOPLE, controls_of(exercise)
    given.sort(key=lambda one: (list(names).index(one.team_id), DESKS.index(one.desk), one.given))
    chosen = Counter(control for one in given for control in one.controls)
    return {
        "answers": len(given),
        "people": max(people, len(given)),
        "controls": [{"label": labels[name], "count": count} for name, count in chosen.most_common() if name in labels],
        "scales": [_scale(given, name) for name in SCALES],
        "texts": [
            {
                "prompt": prompt,
                "answers": [
                    {"team": names[one.team_id] if len(names) > 1 else "", "desk": one.desk, "who": one.player.name if named else "", "text": text}
                    for one in given
                    if (text := getattr(one, name))
                ],
            }
            for name, prompt in PROMPTS.items()
        ],
    }


def _scale(given: Sequence[Lesson], name: str) -> dict[str, Any]:
    """How often each of 1 to 5 was chosen, and their mean (None: nobody chose)."""
    prompt, low, high = SCALES[name]
    values = [value for one in given if (value := getattr(one, name)) is not None]
    mean = round(sum(values) / len(values), 1) if values else None
    return {"prompt": prompt, "low": low, "high": high, "counts": [values.count(step) for step in SCALE], "mean": mean}
