"""What whoever runs an exercise shows on the projector: live, late or hidden losses, and a leaderboard that stands still until it is revealed."""

from typing import Any

from game.control import board
from game.models import Exercise, RuleBroken

MODES = tuple(Exercise.LossCounter.values)


def freeze(exercise: Exercise) -> None:
    """Keep what the wall shows of losses as it is now. What is kept is the picture itself, at a full minute, and not a moment to
    compute it from: a team that lags behind would go on moving in it. Raises RuleBroken where it is frozen already, or nothing runs.
    """
    if exercise.frozen:
        raise RuleBroken("The leaderboard is frozen already.")
    if exercise.state not in ("running", "paused"):
        raise RuleBroken("The leaderboard can be frozen while the exercise runs.")
    sides, ghost = [board.Side.of(run) for run in exercise.runs()], exercise.ghost
    shown = board.losses(exercise, sides, None if ghost is None or exercise.kept_secret else ghost.curve, whole_minutes=True)
    shown["board"]["frozen"] = exercise.calendar.hm(exercise.step)
    exercise.frozen = shown
    exercise.save(update_fields=["frozen"])


def reveal(exercise: Exercise) -> None:
    """Let the wall, and after the end the result page, show how it stands. Raises RuleBroken where it is not frozen."""
    if not exercise.frozen:
        raise RuleBroken("The leaderboard is not frozen.")
    exercise.frozen = None
    exercise.save(update_fields=["frozen"])


def show_losses(exercise: Exercise, mode: Any) -> None:
    """Show them live, two market minutes late, or not before the end (`mode`, one of MODES). Raises RuleBroken."""
    if mode not in MODES:
        raise RuleBroken(f"The projector can show losses {', '.join(MODES)}, not {str(mode)[:20]!r}.")
    if exercise.frozen:
        raise RuleBroken("The leaderboard is frozen. Let it go on first.")
    exercise.loss_counter = mode
    exercise.save(update_fields=["loss_counter"])


def wall_state(exercise: Exercise) -> dict[str, Any]:
    """The projector's state as a facilitator sees it."""
    return {
        "mode": exercise.loss_counter,
        "frozen": exercise.frozen["board"]["frozen"] if exercise.frozen else None,
        "can_freeze": exercise.state in ("running", "paused") and not exercise.frozen,
    }
