"""Who is here, who is away, and when the assistant takes an absent person's seat.

A player's sockets give signs of life; `Player.gone_at` says since when there is none (null: here). The control worker sweeps twice
a second: it notices who fell silent without a goodbye, and covers the seats of those who were away for the grace period.
Every function takes the time, so that nothing here waits.
"""

from datetime import datetime, timedelta
from typing import Any

from game.briefs import seat_words
from game.models import Deed, Exercise, Player, RuleBroken, Seat

GRACE_S = 30.0
SILENT_S = 15.0  # no sign of life for so long: away, since the last one
WRITE_S = 10.0  # a sign of life is written at most so often
OWNER_AWAY_S = 180.0  # a game played alone waits for its player after this


def seen(player_id: int, now: datetime) -> bool:
    """A sign of life. True when the player had been away."""
    changed = Player.objects.filter(pk=player_id).exclude(gone_at=None).update(gone_at=None, seen_at=now)
    return bool(changed) or not Player.objects.filter(pk=player_id).update(seen_at=now)


def left(player_id: int, now: datetime) -> bool:
    """The last screen is gone. True when the player was here."""
    return bool(Player.objects.filter(pk=player_id, gone_at=None).update(gone_at=now))


def away_s(player: Player, now: datetime) -> float:
    """Seconds since the player went away; 0 when here."""
    return max(0.0, (now - player.gone_at).total_seconds()) if player.gone_at else 0.0


def sweep(now: datetime) -> set[int]:
    """Notice the silent, cover the absent's seats of running exercises; the teams that changed."""
    silent = Player.objects.filter(gone_at=None, seen_at__lt=now - timedelta(seconds=SILENT_S)).exclude(exercise__state="ended")
    ids = list(silent.values_list("pk", flat=True))
    for player in Player.objects.filter(pk__in=ids):
        Player.objects.filter(pk=player.pk, gone_at=None, seen_at=player.seen_at).update(gone_at=player.seen_at)
    changed = set(Seat.objects.filter(holdings__player__in=ids).values_list("team_id", flat=True))
    absent = Player.objects.filter(gone_at__lte=now - timedelta(seconds=GRACE_S))
    lost = Seat.objects.filter(covered=False, team__exercise__state="running", holdings__player__in=absent)
    here = Player.objects.exclude(pk__in=absent)
    lost = lost.exclude(holdings__player__in=here).distinct()
    for seat in list(lost.select_related("team__exercise")):
        Seat.objects.filter(pk=seat.pk).update(covered=True)
        changed.add(seat.team_id)
        names = ", ".join(player.name for player in seat.holders)
        Deed.record(seat.team.exercise, f"is away: the assistant plays in {seat_words(seat.desk)}", team=seat.team, by=names)
    return changed


def forsaken(now: datetime) -> list[Exercise]:
    """Running exercises of one person who has been away for minutes: paused here, so that nothing is lost; which ones."""
    alone = Exercise.objects.filter(state="running", owner__gone_at__lte=now - timedelta(seconds=OWNER_AWAY_S))
    paused = []
    for exercise in alone:
        try:
            exercise.pause()
        except RuleBroken:
            continue
        paused.append(exercise)
    return paused


def seats_of(team_id: int, player_id: int | None, now: datetime) -> list[dict[str, Any]]:
    """The seats of a team as its people see them: holders, who is away and for how long yet, who plays."""
    return [seat_row(seat, player_id, now) for seat in Seat.objects.filter(team=team_id).prefetch_related("holdings__player")]


def seat_row(seat: Seat, player_id: int | None, now: datetime) -> dict[str, Any]:
    """One of them. `player_id`: whose seats are `mine`."""
    holders = seat.holders
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
