"""The control worker's look at the people: who fell silent, whose seat the assistant takes, and whether the whole room is gone.

Everything is counted by the sweeper's own monotonic clock, from when it last saw something change (game/stillness.py): several sweepers
do the same work twice without harm. A pause that it makes is a deed of nobody's in the feed, and is ended by the return of the people;
one that a facilitator made is left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

import engine
from game.live.broker import client, life_key
from game.models import Command, Deed, Exercise, Player, RuleBroken, Seat
from game.models.notes import GAME, ROOM
from game.people.desks import seat_words
from game.people.presence import GRACE_S, teams_of
from game.stillness import Stillness

SILENT_S = 10.0  # no sign of life for so long: away
ALONE_S = 10.0  # a game played alone waits for its player after this
SETTLED_S = 2.0  # a page that is reloaded is back by then
TOGETHER_S = 10.0  # the room is offline when they vanished within so long
LEAST = 3  # people; fewer are no room
BACK_S = 5.0  # it goes on so long after half of them are back
COUNT_S = 1.0  # the row learns so often how long a room has been offline


@dataclass(frozen=True)
class _Absence:
    player: Player
    team: int  # where the player sits
    noticed_s: float
    away_s: float  # since the last sign of life


class Sweeper:
    """What one watcher has seen of the people."""

    def __init__(self) -> None:
        self._signs = Stillness()
        self._gone = Stillness()
        self._back = Stillness()
        self._offline = Stillness()

    def sweep(self, now: float, counts: Mapping[int, object] | None = None) -> tuple[set[int], list[Exercise]]:
        """One look: the teams whose people changed, and the exercises that were paused or go on by it. `counts`: signs of life, player by
        player, where they are not to be read in the broker. Raises BROKER_GONE.
        """
        teams = self._silent(now, counts)
        away = self._absences(now)
        changed = [*self._alone(away), *self._room_offline(away), *self._room_back(now)]
        return teams | self._cover(away), changed

    def _silent(self, now: float, counts: Mapping[int, object] | None) -> set[int]:
        """Notice who gives no sign of life any more, without a goodbye."""
        here = list(Player.objects.filter(gone_at=None).exclude(exercise__state="ended").values_list("pk", "exercise"))
        known = _signs_of(here) if counts is None else {player_id: counts.get(player_id) for player_id, _ in here}
        stood = self._signs.look(known, now)
        silent = [player_id for player_id, seconds in stood.items() if seconds >= SILENT_S]
        for player_id in silent:
            Player.objects.filter(pk=player_id, gone_at=None).update(gone_at=timezone.now(), silent_s=stood[player_id])
        return teams_of(silent)

    def _absences(self, now: float) -> dict[int, list[_Absence]]:
        """Who sits in an exercise that goes on and is away, by exercise."""
        rows = Player.objects.filter(exercise__state="running", gone_at__isnull=False, holdings__isnull=False)
        players = {
            player.pk: (player, team)
            for player in rows.annotate(team=F("holdings__seat__team"))
            for team in [player.team]
        }
        stood = self._gone.look({pk: player.gone_at for pk, (player, _) in players.items()}, now)
        found: dict[int, list[_Absence]] = {}
        for pk, (player, team) in players.items():
            found.setdefault(player.exercise_id, []).append(_Absence(player, team, stood[pk], stood[pk] + player.silent_s))
        return found

    def _cover(self, away: dict[int, list[_Absence]]) -> set[int]:
        """The assistant takes seats whose people have all been away for the grace period; the teams."""
        absent = [one.player.pk for absences in away.values() for one in absences if one.away_s >= GRACE_S]
        if not absent:
            return set()
        lost = Seat.objects.filter(covered=False, team__exercise__state="running", holdings__player__in=absent)
        lost = lost.exclude(holdings__player__in=Player.objects.exclude(pk__in=absent)).distinct()
        teams = set()
        for seat in lost.select_related("team__exercise"):
            last = Command.objects.filter(run__team=seat.team_id).order_by("-pk").values_list("pk", flat=True).first()
            if not Seat.objects.filter(pk=seat.pk, covered=False).update(covered=True, covered_after=last or 0):
                continue
            teams.add(seat.team_id)
            names = ", ".join(player.name for player in seat.holders)
            said = engine.phrase(gettext_noop("is away: the assistant plays in {seat}"), seat=seat_words(seat))
            Deed.record(seat.team.exercise, said, team=seat.team, by=names)
        return teams

    def _alone(self, away: dict[int, list[_Absence]]) -> list[Exercise]:
        """A game played alone stands still without its player, who lets it go on again."""
        paused = []
        for exercise in Exercise.objects.filter(pk__in=away, state="running", owner__isnull=False):
            gone = [one for one in away[exercise.pk] if one.player.pk == exercise.owner_id and not one.player.halted]
            if gone and gone[0].away_s >= ALONE_S and _halt(exercise, "alone", gone):
                Deed.record(exercise, engine.phrase(gettext_noop("pauses by itself while its player is away")), by=GAME)
                paused.append(exercise)
        return paused

    def _room_offline(self, away: dict[int, list[_Absence]]) -> list[Exercise]:
        """An exercise whose people vanish at once stands still: that is the network, and not a decision of theirs."""
        paused = []
        for exercise in Exercise.objects.filter(pk__in=away, state="running", owner__isnull=True):
            vanished = _together(away[exercise.pk])
            sure = sum(one.noticed_s >= SETTLED_S for one in vanished)
            if sure < LEAST:
                continue
            here = set(Player.objects.filter(exercise=exercise, gone_at=None, holdings__isnull=False).values_list("pk", "holdings__seat__team"))
            seated = len({pk for pk, _ in here}) + len(vanished)
            teams = {one.team for one in vanished}
            alone = len(teams) == 1 and not {team for _, team in here} <= teams
            if alone or 3 * sure < 2 * seated or not _halt(exercise, "offline", vanished):
                continue
            said = gettext_noop("is offline, {vanished} of {seated} people vanished at once: the exercise pauses by itself")
            Deed.record(exercise, engine.phrase(said, vanished=len(vanished), seated=seated), by=ROOM)
            paused.append(exercise)
        return paused

    def _room_back(self, now: float) -> list[Exercise]:
        """Such an exercise goes on when half of them have been back for some seconds. How long it stood is kept for the result."""
        halted = list(Exercise.objects.filter(state="paused", halt="offline"))
        half = {exercise.pk: _half_are_back(exercise) for exercise in halted}
        back = self._back.look(half, now)
        stood = self._offline.look({exercise.pk: exercise.offline_count for exercise in halted}, now)
        going = []
        for exercise in halted:
            goes_on = half[exercise.pk] and back[exercise.pk] >= BACK_S
            if goes_on or stood[exercise.pk] >= COUNT_S:
                self._count(exercise, stood[exercise.pk], now)
            if goes_on and Exercise.objects.filter(pk=exercise.pk, state="paused", halt="offline").update(state="running", halt="", halted=[]):
                exercise.refresh_from_db()
                exercise.moves()
                Deed.record(exercise, engine.phrase(gettext_noop("is back: the exercise goes on by itself")), by=ROOM)
                going.append(exercise)
        return going

    def _count(self, exercise: Exercise, seconds: float, now: float) -> None:
        """Of several sweepers one adds what it measured."""
        there = Exercise.objects.filter(pk=exercise.pk, offline_count=exercise.offline_count)
        if there.update(offline_count=F("offline_count") + 1, offline_s=F("offline_s") + seconds):
            self._offline.still(exercise.pk, exercise.offline_count + 1, now)


def _signs_of(players: list[tuple[int, int]]) -> dict[int, object]:
    """How often each of these (player, exercise) has given a sign of life."""
    pipe = client().pipeline(transaction=False)
    for player_id, exercise_id in players:
        pipe.hget(life_key(exercise_id), str(player_id))
    return dict(zip([player_id for player_id, _ in players], pipe.execute(), strict=True))


def _together(absences: list[_Absence]) -> list[_Absence]:
    """Those of an exercise who vanished within some seconds of the last of whom that is sure, and who has vanished since. An absence that has
    paused it once does not count again.
    """
    fresh = [one for one in absences if not one.player.halted]
    last = min((one.away_s for one in fresh if one.noticed_s >= SETTLED_S), default=0.0)
    return [one for one in fresh if one.away_s <= last + TOGETHER_S]


def _halt(exercise: Exercise, why: str, gone: list[_Absence]) -> bool:
    """Pause it for them; false when somebody else did something to it meanwhile."""
    who = [one.player.pk for one in gone]
    try:
        exercise.pause_by_itself(why, who)
    except RuleBroken:
        return False
    Player.objects.filter(pk__in=who).update(halted=True)
    return True


def _half_are_back(exercise: Exercise) -> bool:
    """Of those who vanished and have not been moved away from their seats since."""
    who = Player.objects.filter(pk__in=exercise.halted, holdings__isnull=False).distinct()
    return 2 * who.filter(gone_at=None).count() >= who.count()
