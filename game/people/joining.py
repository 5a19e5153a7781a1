"""Coming in: a seat for whoever joins, another one while it is free, a game for one, and the way back by a word."""

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

import engine
from game.models import Deed, Exercise, Holding, Player, RuleBroken, Seat, contents
from game.models.notes import SOMEBODY
from game.people import limiter
from game.people.alone import room_for_one
from game.people.desks import ORDER, seat_words
from game.rules import ASSISTANT, DESKS
from game.scenarios import doors, standard
from game.spoken import read

SOLO_TEAM = "Cobalt"
SOLO_NAME = gettext_noop("You")
TAKES, TAKES_TOO = gettext_noop("takes {seat}"), gettext_noop("takes {seat} as well")
_BELL_MIN = 2  # before it is where somebody begins who wants to see it


def starts_of(calendar: engine.Calendar) -> tuple[tuple[str, str], ...]:
    """Where a game can begin, as a market time and in words: with the week, the morning or the bell."""
    week, bell = calendar.before[0], calendar.hm(calendar.open - _BELL_MIN * engine.STEPS_PER_MINUTE)
    morning = gettext("The morning (%(today)s %(hm)s)") % {"today": contents.date_words(calendar.today), "hm": calendar.hm(0)}
    return (
        (f"{calendar.evenings[0][4:]} {calendar.evening_from}", gettext("The week (%(week)s)") % {"week": contents.date_words(week)}),
        (calendar.hm(0), morning),
        (bell, gettext("The bell (%(bell)s)") % {"bell": bell}),
    )


def solo_starts() -> tuple[tuple[str, str], ...]:
    """Those of a game for one."""
    scenario = standard()
    return () if scenario is None else starts_of(scenario.calendar)


def begins_whole(scenario: engine.Scenario) -> bool:
    """Whether a game for one on it begins with the morning and nowhere else: also where its days are not those that the start page names."""
    return not scenario.unprompted or starts_of(scenario.calendar) != solo_starts()


class Full(RuleBroken):
    """Every seat is taken."""


def seats_by_need(exercise: Exercise) -> list[Seat]:
    """Every seat that is not locked, the one that needs somebody most first: free ones of the emptiest team, then the least crowded."""
    seats = list(Seat.objects.filter(team__exercise=exercise, locked="").select_related("team").prefetch_related("holdings__player"))
    people: dict[int, set[int]] = {}
    for seat in seats:
        people.setdefault(seat.team_id, set()).update(player.pk for player in seat.holders)
    return sorted(seats, key=lambda seat: (len(seat.holders), len(people[seat.team_id]), seat.team.place, ORDER.index(seat.desk)))


def join(exercise: Exercise, name: str, seat_id: int | None = None) -> tuple[Player, str, Seat]:
    """Come in under a name: the player, the cookie's token and the seat. With `seat_id` beside whoever sits there.

    Raises Full when no seat is free and none was chosen, RuleBroken for everything else that cannot be.
    """
    with transaction.atomic():
        # One at a time: of thirty who join in the same second no two may be given the same free seat.
        exercise = Exercise.objects.select_for_update().get(pk=exercise.pk)
        if exercise.state == "ended":
            raise RuleBroken(gettext("This exercise has ended."))
        if exercise.closed:
            raise RuleBroken(gettext("The facilitator has closed the door: nobody new can join."))
        if exercise.owner_id is not None:
            raise RuleBroken(gettext("This is a solo game. You can watch it, or play your own."))
        player, token = Player.enter(exercise, name)
        seats = seats_by_need(exercise)
        if seat_id is not None:
            _unlocked(Seat.objects.filter(pk=seat_id, team__exercise=exercise).first())
            seats = [seat for seat in seats if seat.pk == seat_id]
        if not seats or len(seats[0].holders) >= exercise.places:
            raise RuleBroken(gettext("There is no room left at that desk."))
        if seats[0].holders and seat_id is None:
            raise Full(gettext("Every seat is taken."))
        seats[0].take(player)
        Deed.record(exercise, engine.phrase(TAKES, seat=seat_words(seats[0])), team=seats[0].team, by=player.name)
    return player, token, seats[0]


def move(player: Player, seat_id: int, *, also: bool = False) -> Seat:
    """Change to a seat while it is free, giving up the old ones; with `also` beside those of the same team.

    When no seat of the exercise is free, a taken one may be shared. Raises RuleBroken with the reason.
    """
    with transaction.atomic():
        exercise = Exercise.objects.select_for_update().get(pk=player.exercise_id)
        if exercise.state != "lobby":
            raise RuleBroken(gettext("The exercise has started: seats can no longer change."))
        seat = Seat.objects.filter(pk=seat_id, team__exercise=exercise).first()
        if seat is None:
            raise RuleBroken(gettext("There is no such seat here."))
        _unlocked(seat)
        others = [holder for holder in seat.holders if holder.pk != player.pk]
        if others and Seat.objects.filter(team__exercise=exercise).free().exists():
            raise RuleBroken(gettext("%(name)s has that seat. Choose a free one.") % {"name": others[0].name})
        if len(others) >= exercise.places:
            raise RuleBroken(gettext("There is no room left at that desk."))
        if not also:
            Holding.objects.filter(player=player).exclude(seat=seat).delete()
        seat.take(player)
        Deed.record(exercise, engine.phrase(TAKES_TOO if also else TAKES, seat=seat_words(seat)), team=seat.team, by=player.name)
    return seat


def _unlocked(seat: Seat | None) -> None:
    if seat is not None and seat.locked:
        raise RuleBroken(gettext("That seat is locked. %(locked)s") % {"locked": seat.lock_told})


def leave(player: Player, seat_id: int) -> Seat:
    """Give up one of several seats before the start. Raises RuleBroken for the last one."""
    held = Holding.objects.filter(player=player)
    mine = held.filter(seat=seat_id).select_related("seat", "player__exercise").first()
    if mine is None or mine.player.exercise.state != "lobby":
        raise RuleBroken(gettext("You cannot leave that seat now."))
    if held.count() < 2:
        raise RuleBroken(gettext("This is your only seat. Take another one instead."))
    mine.delete()
    return mine.seat


def play_now(desk: str, start: str = "", address: str = "", morning: str = "") -> tuple[Player, str]:
    """A game for one, who owns its time: every desk ("all"), or one with assistants at the others, from one of `solo_starts`; ""
    is the morning; the player and the token. `morning`: the scenario of one of the doors, "" the first. The market is drawn anew each
    time, and a morning whose fault is drawn, or that has a guide, begins with the day; a guide leads through every desk. `address`: whom to
    count it for, see limiter.address_of.
    """
    if desk not in (*DESKS, "all"):
        raise RuleBroken(gettext("Choose one of the three desks, or all of them."))
    offered = {scenario.id: scenario for scenario in doors()}
    if not offered:
        raise RuleBroken(gettext("There is no playable scenario here."))
    scenario = offered.get(morning or next(iter(offered)))
    if scenario is None:
        raise RuleBroken(gettext("Choose one of the mornings offered."))
    if begins_whole(scenario):
        start = ""
    if scenario.guide.step:
        desk = "all"
    if start and start not in dict(starts_of(scenario.calendar)):
        raise RuleBroken(gettext("Choose where to start: the week, the morning or the bell."))
    return begin_alone(scenario, scenario.id, desk, scenario.calendar.step_at(start) if start else 0, address)


def begin_alone(scenario: engine.Scenario, named: str, desk: str, step: int, address: str) -> tuple[Player, str]:
    """A game for one on a scenario, `named` as exercises name it. Raises RuleBroken where there is no room for another."""
    room_for_one(address)
    with transaction.atomic():
        exercise = Exercise.objects.create(
            title=read(scenario).title[:80],
            scenario=named,
            seed=Exercise.new_seed(),
            start_step=step,
            help=Exercise.Help.ASSISTED,
            loss_counter=Exercise.LossCounter.LIVE,
            came_from=address,
        )
        team = exercise.add_team(SOLO_TEAM, ASSISTANT)
        player, token = Player.enter(exercise, gettext(SOLO_NAME))
        for seat in team.seats.all():
            if desk in (seat.desk, "all"):
                seat.take(player)
        exercise.owner = player
        exercise.save(update_fields=["owner"])
    return player, token


def resume(exercise: Exercise, typed: str, address: str = "", *, before: int | None = None) -> tuple[Player, str]:
    """The player of a resume word. Raises RuleBroken for a word nobody has, and limiter.TooOften after too many of those from one address,
    for a right one as well: only from the browser that was this player `before` it is never made to wait.
    """
    found = Player.of_word(exercise, typed)
    known = found is not None and found.pk == before
    if not known and not limiter.guess(limiter.WRONG_WORDS, address, right=found is not None):
        _alarm(exercise)
        raise limiter.TooOften(gettext("%(too_often)s, or ask the facilitator for a link to your seat.") % {"too_often": limiter.TOO_OFTEN})
    if found is None:
        _alarm(exercise)
        raise RuleBroken(gettext("No one here has those resume words. They are shown in the lobby and in your desk's Help."))
    token = found.move()
    if not known:
        Deed.record(exercise, engine.phrase(gettext_noop("came back by their resume word in another browser")), by=found.name)
    return found, token


def _alarm(exercise: Exercise) -> None:
    """Tell the facilitator, once a minute, when many words are wrong in one exercise, wherever they come from. Nobody waits for it: who
    guesses must not keep those out who have a word.
    """
    if not limiter.take(limiter.WORD_ALARM, str(exercise.pk)) and limiter.take(limiter.WORD_NOTICE, str(exercise.pk)):
        said = gettext_noop("tries resume words: more than {most} were wrong within a minute")
        Deed.record(exercise, engine.phrase(said, most=limiter.WORD_ALARM.most), by=SOMEBODY)
