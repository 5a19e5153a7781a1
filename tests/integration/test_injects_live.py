"""With real workers and the real clock: an inject comes at its exact market step through a pause, another speed and a kill -9, and once."""

from typing import Any

from game.control.exercise_controls import drive
from game.live.control import dispatch_all
from game.models import Command, Event, Exercise, Ghost, Run, injects
from tests import days
from tests.builders import eventually, new_exercise
from tests.integration.test_crash import owner, undisturbed

AT = days.step_at("09:31:07") + 3
MAIL = {"card": "status_mail", "desks": ["operator"], "server": 0, "minutes": 0, "text": "", "when": None}
CRASH = {**MAIL, "card": "crash", "desks": [], "server": 3}


def delivered(run: Run) -> list[tuple[int, int]]:
    """(inject, step) of what a run has had, oldest first."""
    rows = Event.objects.filter(run=run, kind="inject.delivered").order_by("number")
    return [(row.data["inject"], row.step) for row in rows]


def at_least(run: Run, step: int) -> Any:
    return eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=step).exists(), 40, f"the market reaches {days.clock(step)}")


def test_injects_come_at_their_steps_through_a_pause_another_speed_and_a_kill(world):
    world.start_all("games-1", "games-2", "control")
    exercise = new_exercise(start_step=days.step_at("09:29:40"), speeds={"premarket": 5.0, "bell": 5.0})
    exercise.add_team("Amber")
    early = injects.add(exercise, None, AT, "erin", **CRASH)
    drive(exercise, "start")
    runs = list(exercise.runs())
    for run in runs:
        at_least(run, exercise.start_step + 8)
    now = injects.add(exercise, None, None, "erin", **MAIL)
    drive(exercise, "pause")
    condition = injects.add(exercise, None, None, "erin", **{**MAIL, "when": {"what": "stopped_servers", "above": 0}})
    back = injects.add(exercise, None, AT + 40, "erin", **CRASH)
    drive(exercise, "resume")
    for run in runs:
        at_least(run, now.at or 0)
    back.take_back("erin")
    drive(exercise, "speed", "20")
    world.kill(owner(world, runs[0]))
    for run in runs:
        at_least(run, AT + 60)
    Exercise.objects.get(pk=exercise.pk).end()
    dispatch_all(exercise)
    for run in runs:
        ended = eventually(lambda run=run: Run.objects.filter(pk=run.pk, state="ended").first(), 20, "the run has ended")
        assert delivered(run) == [(now.pk, now.at), (early.pk, AT), (condition.pk, -(-AT // 20) * 20)]
        assert not Command.objects.filter(run=run, desk="facilitator", state="refused").exists()
        assert ended.digest == undisturbed(ended)
    ghost = eventually(lambda: Ghost.objects.filter(injects_key=exercise.ghost_keys()[0]).first(), 90, "history is played again with them")
    assert exercise.ghost == ghost
