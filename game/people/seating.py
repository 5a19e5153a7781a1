"""What a facilitator does with seats and with the people at them; each tells the screens that it concerns, and is kept for the feed."""

from django.db import transaction

import engine
from game.live.control import tell_state, tell_team
from game.models import Deed, Exercise, Holding, Player, RuleBroken, Seat
from game.models.people import LOCK_LENGTH
from game.people.desks import seat_words

LOCKED = "The facilitator keeps this seat free."
VERBS = ("vacate", "move", "lock", "unlock", "hand")


def change_seat(seat: Seat, verb: str, value: str = "", who: str = "", by: str = "") -> None:
    """vacate; move (`who`: a player at the seat; `value`: the seat to move to); lock (`value`: why), unlock; hand (to the autopilot
    `value`). Raises RuleBroken with the reason when it cannot be done.
    """
    acts = {
        "vacate": lambda: _vacate(seat),
        "move": lambda: _move(seat, _number(who), _number(value)),
        "lock": lambda: _lock(seat, value),
        "unlock": lambda: _unlock(seat),
        "hand": lambda: _hand(seat, value),
    }
    if verb not in acts:
        raise RuleBroken(f"There was nothing to do with a seat in that form: expected one of {', '.join(VERBS)}.")
    said, teams = acts[verb]()
    exercise = Exercise.objects.get(pk=seat.team.exercise_id)
    Deed.record(exercise, said, team=seat.team, by=by)
    for team_id in teams:
        tell_team(team_id)
    if exercise.state != "lobby":
        tell_state(exercise)  # an evening may have waited for whoever sat there


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 12 else 0


def _vacate(seat: Seat) -> tuple[str, set[int]]:
    names = ", ".join(player.name for player in seat.holders)
    seat.vacate()
    return f"freed {seat_words(seat)} of {names or 'nobody'}", {seat.team_id}


def _move(seat: Seat, player_id: int, to: int) -> tuple[str, set[int]]:
    with transaction.atomic():
        exercise = Exercise.objects.select_for_update().get(pk=seat.team.exercise_id)
        player = Player.objects.filter(pk=player_id, holdings__seat=seat).first()
        if player is None:
            raise RuleBroken("Nobody of that kind sits there any more: choose again.")
        goal = Seat.objects.select_related("team").filter(pk=to, team__exercise=exercise).first()
        if goal is None or goal.pk == seat.pk:
            raise RuleBroken("Choose another seat of this exercise to move to.")
        if exercise.state == "ended":
            raise RuleBroken("This exercise has ended.")
        holders = [holder for holder in goal.holders if holder.pk != player.pk]
        if len(holders) >= exercise.places:
            raise RuleBroken(f"There is no place left at that desk: {exercise.places} people share it.")
        Holding.objects.filter(player=player, seat=seat).delete()
        goal.take(player)
    return f"moved {player.name} to {seat_words(goal)} of {goal.team}", {seat.team_id, goal.team_id}


def _lock(seat: Seat, typed: str) -> tuple[str, set[int]]:
    reason = " ".join(typed.split()) or LOCKED
    if len(reason) > LOCK_LENGTH:
        raise RuleBroken(f"That reason is too long: at most {LOCK_LENGTH} characters.")
    Seat.objects.filter(pk=seat.pk).update(locked=reason, link_hash="")  # a link that lies about would open it
    return f"locked {seat_words(seat)}: {reason}", {seat.team_id}


def _unlock(seat: Seat) -> tuple[str, set[int]]:
    if not Seat.objects.filter(pk=seat.pk).exclude(locked="").update(locked=""):
        raise RuleBroken("That seat is not locked.")
    return f"unlocked {seat_words(seat)}", {seat.team_id}


def _hand(seat: Seat, autopilot: str) -> tuple[str, set[int]]:
    if autopilot not in engine.AUTOPILOTS:
        raise RuleBroken(f"There is no autopilot {autopilot[:20]!r}: expected one of {', '.join(engine.AUTOPILOTS)}.")
    with transaction.atomic():
        seat.vacate()
        Seat.objects.filter(pk=seat.pk).update(autopilot=autopilot)
    return f"handed {seat_words(seat)} to the autopilot {autopilot}", {seat.team_id}
