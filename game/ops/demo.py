"""The exercise that `play --demo` starts: history's decisions, and a seat that anybody may take."""

from django.utils.translation import gettext

from game.live.control import dispatch_all
from game.models import Exercise, RuleBroken
from game.people.accounts import local_facilitator
from game.scenarios import standard

TEAM = "Cobalt"


def start(speed: float, start_step: int) -> tuple[Exercise, str]:
    """Create and start it; the exercise, and the token of the operator's one-time link. An earlier demo goes on beside it."""
    scenario = standard()
    if scenario is None:
        raise RuleBroken(gettext("There is no scenario here that can be played."))
    exercise = Exercise.objects.create(
        title=scenario.title,
        scenario=scenario.id,
        seed=scenario.default_seed,
        facilitator=local_facilitator(),
        start_step=start_step,
        speeds={"premarket": speed, "bell": speed},
        loss_counter=Exercise.LossCounter.LIVE,
    )
    team = exercise.add_team(TEAM)
    token = team.seats.get(desk="operator").issue_link()
    exercise.start()
    dispatch_all(exercise)
    return exercise, token
