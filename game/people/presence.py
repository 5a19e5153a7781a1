"""Who is here and who is away, and the seats that come back with a person.

A screen that answers is a sign of life: every web process counts on, in the broker, for the players whose screens it has. `Player.gone_at`
says that somebody is away, and for the record since when (null: here); nothing compares it with now. Who fell silent and whose seat the
assistant takes is found by the control worker: see game/people/sweep.py.
"""

import math
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

import engine
from game.live.broker import client, life_key
from game.models import Aide, Command, Exercise, Player, RuleBroken, Seat
from game.stillness import Stillness

GRACE_S = 30.0  # without its player a seat waits so long for them
SIGN_S = 2.0  # a sign of life is given so often
ANSWER_S = 4.0  # frames unanswered for so long: no sign of life
LITTER_S = 7 * 86400  # then the broker clears the count away; a count that begins anew is one more sign of life

_away = Stillness(math.inf)  # shown only: what this process knows of absences


def signs(alive: Mapping[int, int], *, recorded: bool = False) -> set[int]:
    """Signs of life of these players (player -> exercise); the teams of those who had been away. `recorded`: their time is written down as
    well, which nothing depends on. Raises BROKER_GONE.
    """
    pipe = client().pipeline(transaction=False)
    for player_id, exercise_id in alive.items():
        pipe.hincrby(life_key(exercise_id), str(player_id), 1)
    for exercise_id in set(alive.values()):
        pipe.expire(life_key(exercise_id), LITTER_S)
    pipe.execute()
    if recorded:
        Player.objects.filter(pk__in=alive).update(seen_at=timezone.now())
    back = list(Player.objects.filter(pk__in=alive, gone_at__isnull=False).values_list("pk", flat=True))
    teams = teams_of(back)
    for player_id in back:
        seen(player_id)
    return teams


def teams_of(players: Iterable[int]) -> set[int]:
    """The teams where these players are at a desk, or beside them as incident commander or scribe."""
    known = list(players)
    seats = Seat.objects.filter(holdings__player__in=known).values_list("team_id", flat=True)
    return {*seats, *Aide.objects.filter(player__in=known).values_list("team_id", flat=True)}


def seen(player_id: int) -> bool:
    """A sign of life in the rows. True when the player had been away: the seats come back with them."""
    now = timezone.now()
    if not Player.objects.filter(pk=player_id).exclude(gone_at=None).update(gone_at=None, silent_s=0.0, halted=False, seen_at=now):
        Player.objects.filter(pk=player_id).update(seen_at=now)
        return False
    for seat in Seat.objects.filter(holdings__player=player_id, covered=True).select_related("team"):
        if not hurt(seat):
            seat.uncover()
    return True


def left(player_id: int) -> bool:
    """The last screen is gone. True when the player was here."""
    return bool(Player.objects.filter(pk=player_id, gone_at=None).update(gone_at=timezone.now(), silent_s=0.0))


def hurt(seat: Seat) -> bool:
    """Whether the assistant has done something at this seat since it took it that cannot be taken back: its person looks before going on."""
    since = Command.objects.filter(run__team=seat.team_id, desk=seat.desk, by="autopilot", pk__gt=seat.covered_after or 0)
    kinds = since.exclude(state="refused").values_list("kind", flat=True).distinct()
    return any(kind == "call.answer" or engine.KINDS[kind].dangerous for kind in kinds if kind in engine.KINDS)


def give_back(exercise: Exercise) -> set[int]:
    """Every seat that the assistant covers goes back to its people, where one of them is here; the teams. Raises RuleBroken for none."""
    seats = list(Seat.objects.filter(team__exercise=exercise, covered=True, holdings__player__gone_at=None).exclude(holdings=None).distinct())
    if not seats:
        raise RuleBroken(gettext("The assistant has no seat whose player is here."))
    for seat in seats:
        seat.uncover()
    return {seat.team_id for seat in seats}


def away_s(player: Player, now: float) -> float:
    """Seconds since the player went away, as this process knows; 0 when here. `now` is monotonic."""
    return _away.still(player.pk, player.gone_at, now) + player.silent_s if player.gone_at else 0.0


def seats_of(team_id: int, player_id: int | None, now: float | None = None) -> list[dict[str, Any]]:
    """The seats of a team as its people see them: holders, who is away and for how long yet, who plays."""
    return [seat_row(seat, player_id, now) for seat in Seat.objects.filter(team=team_id).prefetch_related("holdings__player")]


def seat_row(seat: Seat, player_id: int | None, now: float | None = None) -> dict[str, Any]:
    """One of them. `player_id`: whose seats are `mine`."""
    holders, now = seat.holders, time.monotonic() if now is None else now
    away = min((away_s(player, now) for player in holders), default=0.0)
    online = any(player.gone_at is None for player in holders)
    return {
        "desk": seat.desk,
        "holders": [player.name for player in holders],
        "online": online,
        "autopilot": seat.pilot or None,
        "covered": seat.covered,
        "ready": seat.ready,
        "mine": any(player.pk == player_id for player in holders),
        "away_s": None if online or not holders or seat.covered else round(max(0.0, GRACE_S - away)),
    }
