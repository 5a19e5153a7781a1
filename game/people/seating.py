"""What a facilitator does with seats and with the people at them; each tells the screens that it concerns, and is kept for the feed."""

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

import engine
from game.live.control import tell_state, tell_team
from game.models import Deed, Exercise, Holding, Player, RuleBroken, Seat
from game.models.people import LOCK_LENGTH, LOCKED
from game.people.desks import seat_words

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
        raise RuleBroken(gettext("Unknown action: expected one of %(verbs)s.") % {"verbs": ", ".join(VERBS)})
    said, teams = acts[verb]()
    exercise = Exercise.objects.get(pk=seat.team.exercise_id)
    Deed.record(exercise, said, team=seat.team, by=by)
    for team_id in teams:
        tell_team(team_id)
    if exercise.state != "lobby":
        tell_state(exercise)  # an evening may have waited for whoever sat there


def give_to_bot(seat: Seat, name: str, by: str = "") -> str:
    """Give a seat to a program instead of whoever holds it; its token, which is known to nobody else and shown once. Raises RuleBroken."""
    exercise = Exercise.objects.get(pk=seat.team.exercise_id)
    if exercise.state == "ended":
        raise RuleBroken(gettext("This exercise has ended."))
    if seat.locked:
        raise RuleBroken(gettext("That seat is locked. %(locked)s") % {"locked": seat.lock_told})
    with transaction.atomic():
        player, token = Player.enter(exercise, name, bot=True)
        _vacate(seat)
        seat.take(player)
    Deed.record(exercise, engine.phrase(gettext_noop("gave {seat} to {name}"), seat=seat_words(seat), name=player.name), team=seat.team, by=by)
    tell_team(seat.team_id)
    if exercise.state != "lobby":
        tell_state(exercise)
    return token


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 12 else 0


def _vacate(seat: Seat) -> tuple[engine.Phrase, set[int]]:
    names, bots = ", ".join(player.name for player in seat.holders), [player for player in seat.holders if player.bot]
    seat.vacate()
    for bot in bots:
        bot.let_go()  # its token opened this seat and nothing else
    if not names:
        return engine.phrase(gettext_noop("freed {seat}, which nobody held"), seat=seat_words(seat)), {seat.team_id}
    return engine.phrase(gettext_noop("freed {seat} of {names}"), seat=seat_words(seat), names=names), {seat.team_id}


def _move(seat: Seat, player_id: int, to: int) -> tuple[engine.Phrase, set[int]]:
    with transaction.atomic():
        exercise = Exercise.objects.select_for_update().get(pk=seat.team.exercise_id)
        player = Player.objects.filter(pk=player_id, holdings__seat=seat).first()
        if player is None:
            raise RuleBroken(gettext("That person no longer sits there: choose again."))
        goal = Seat.objects.select_related("team").filter(pk=to, team__exercise=exercise).first()
        if goal is None or goal.pk == seat.pk:
            raise RuleBroken(gettext("Choose another seat of this exercise to move to."))
        if exercise.state == "ended":
            raise RuleBroken(gettext("This exercise has ended."))
        holders = [holder for holder in goal.holders if holder.pk != player.pk]
        if len(holders) >= exercise.places:
            raise RuleBroken(gettext("There is no room left at that desk: %(places)s people share it.") % {"places": exercise.places})
        Holding.objects.filter(player=player, seat=seat).delete()
        goal.take(player)
    said = engine.phrase(gettext_noop("moved {name} to {seat} of {team}"), name=player.name, seat=seat_words(goal), team=goal.team.name)
    return said, {seat.team_id, goal.team_id}


def _lock(seat: Seat, typed: str) -> tuple[engine.Phrase, set[int]]:
    reason = " ".join(typed.split()) or LOCKED
    if len(reason) > LOCK_LENGTH:
        raise RuleBroken(gettext("That reason is too long: at most %(lock_length)s characters.") % {"lock_length": LOCK_LENGTH})
    Seat.objects.filter(pk=seat.pk).update(locked=reason, link_hash="")  # a link that lies about would open it
    why = engine.phrase(LOCKED) if reason == LOCKED else reason
    return engine.phrase(gettext_noop("locked {seat}: {why}"), seat=seat_words(seat), why=why), {seat.team_id}


def _unlock(seat: Seat) -> tuple[engine.Phrase, set[int]]:
    if not Seat.objects.filter(pk=seat.pk).exclude(locked="").update(locked=""):
        raise RuleBroken(gettext("That seat is not locked."))
    return engine.phrase(gettext_noop("unlocked {seat}"), seat=seat_words(seat)), {seat.team_id}


def _hand(seat: Seat, autopilot: str) -> tuple[engine.Phrase, set[int]]:
    if autopilot not in engine.AUTOPILOTS:
        raise RuleBroken(
            gettext("There is no autopilot %(autopilot)s: expected one of %(autopilots)s.")
            % {"autopilot": f"{autopilot[:20]!r}", "autopilots": ", ".join(engine.AUTOPILOTS)}
        )
    with transaction.atomic():
        seat.vacate()
        Seat.objects.filter(pk=seat.pk).update(autopilot=autopilot)
    said = gettext_noop("handed {seat} to the autopilot {autopilot}")
    return engine.phrase(said, seat=seat_words(seat), autopilot=autopilot), {seat.team_id}
