"""What whoever runs an exercise shows on the projector: live, late or hidden losses, a leaderboard that stands still, and the end by steps."""

from typing import Any

from django.utils.translation import gettext

from game.control import board, reveal
from game.models import Exercise, RuleBroken
from game.people.lobby import lobby_card

MODES = tuple(Exercise.LossCounter.values)


def freeze(exercise: Exercise) -> None:
    """Keep what the wall shows of losses as it is now. What is kept is the picture itself, at a full minute, and not a moment to
    compute it from: a team that lags behind would go on moving in it. Raises RuleBroken where it is frozen already, or nothing runs.
    """
    if exercise.frozen:
        raise RuleBroken(gettext("The leaderboard is already frozen."))
    if exercise.state not in ("running", "paused"):
        raise RuleBroken(gettext("The leaderboard can be frozen while the exercise runs."))
    sides, ghost = [board.Side.of(run) for run in exercise.runs()], exercise.ghost
    ghosts = None if ghost is None or exercise.kept_secret else ghost.curve
    shown = board.losses(exercise, sides, ghosts, board.mode_of(exercise), whole_minutes=True)
    shown["board"]["frozen"] = exercise.calendar.hm(exercise.step)
    exercise.frozen = shown
    exercise.save(update_fields=["frozen"])


def unfreeze(exercise: Exercise) -> None:
    """Let the wall, and after the end the result page, show how it stands. Raises RuleBroken where it does already."""
    if not exercise.frozen and not exercise.held:
        raise RuleBroken(gettext("The leaderboard is not frozen."))
    exercise.frozen, exercise.held_back = None, False
    exercise.save(update_fields=["frozen", "held_back"])


def show_losses(exercise: Exercise, mode: Any) -> None:
    """Show them live, two market minutes late, or not before the end (`mode`, one of MODES). Raises RuleBroken."""
    if mode not in MODES:
        raise RuleBroken(
            gettext("The big screen can show losses %(modes)s, not %(mode)s.") % {"modes": ", ".join(MODES), "mode": f"{str(mode)[:20]!r}"}
        )
    if exercise.frozen:
        raise RuleBroken(gettext("The leaderboard is frozen. Unfreeze it first."))
    exercise.loss_counter = mode
    exercise.save(update_fields=["loss_counter"])


def wall_state(exercise: Exercise) -> dict[str, Any]:
    """The projector's state as a facilitator sees it."""
    return {
        "mode": exercise.loss_counter,
        "frozen": exercise.frozen["board"]["frozen"] if exercise.frozen else None,
        "held": exercise.held,
        "can_freeze": exercise.state in ("running", "paused") and not exercise.frozen,
        "reveal": reveal.told(exercise),
    }


def beside_the_market(exercise: Exercise) -> dict[str, dict[str, Any]]:
    """The cards of the wall that the rows alone know: who has come before the start, and how far the end is revealed."""
    return {"reveal": reveal.card(exercise)} | ({"lobby": lobby_card(exercise)} if exercise.state == "lobby" else {})
