"""Attempts: who may begin one now, the exercise that it is, and the way back into it.

An attempt is a game without a facilitator, as a game for one is: whoever opened it has start, pause and speed. It begins when it is opened, and
what was begun before the deadline may be played to its end after it. `now` is an argument: rules of time are tried without waiting.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext

import engine
from game.courses.roster import TEAM_MOST
from game.models import Attempt, Cohort, Exercise, Homework, Participation, Player, RuleBroken, Student, contents
from game.models.people import NAME_LENGTH, clean_name
from game.people.alone import room_for_one
from game.people.joining import SOLO_NAME, SOLO_TEAM, begins_whole, seats_by_need, starts_of
from game.rules import DESKS, SPEED_MAX, SPEED_MIN

PACES = {"slow": 0.5, "usual": 1.0, "quick": 2.0}
OPEN = ("lobby", "running", "paused")


class HomeworkStanding(NamedTuple):
    """A homework as one student finds it. `why`: why no attempt can begin now; "" where one can, or one is open."""

    homework: Homework
    attempts: list[Attempt]
    open: Attempt | None
    left: int
    why: str


def of_student(homework: Homework, student: Student) -> list[Attempt]:
    """The attempts that are theirs, in their order: their own, or their team's."""
    found = homework.attempts.select_related("exercise", "homework")
    if homework.way == Homework.Way.ALONE:
        return list(found.filter(student=student))
    # Who changed teams keeps what they took part in.
    mine = set(Participation.objects.filter(student=student, attempt__homework=homework).values_list("attempt", flat=True))
    return [one for one in found.filter(student=None) if one.pk in mine or (student.team and one.team == student.team)]


def standing(homework: Homework, student: Student, now: datetime) -> HomeworkStanding:
    """How it stands for a student."""
    attempts = of_student(homework, student)
    own = [one for one in attempts if homework.way == Homework.Way.ALONE or one.team == student.team]
    going = next((one for one in own if one.exercise is not None and one.exercise.state in OPEN), None)
    left = max(0, homework.attempts_most - len(own))
    return HomeworkStanding(homework, attempts, going, left, "" if going else _why_not(homework, student, left, now))


def _why_not(homework: Homework, student: Student, left: int, now: datetime) -> str:
    if homework.way == Homework.Way.TEAM and not student.team:
        return gettext("The roster has you in no team: tell your teacher.")
    if not left:
        return gettext("You have used all your attempts.")
    if now > homework.deadline and homework.late == Homework.Late.CLOSED:
        return gettext("The deadline has passed: no attempt can begin any longer.")
    if contents.here(homework.scenario) is None:
        return gettext("Its scenario cannot be played here any more: tell your teacher.")
    return ""


def begin(homework: Homework, student: Student, now: datetime, desk: str = "") -> tuple[Player, str]:
    """Open the next attempt, or come into the one that is open; the player that the student is there, and the cookie's token. `desk`: of
    who plays alone and may choose. Raises RuleBroken with the reason where there is none to be had.
    """
    with transaction.atomic():
        Cohort.objects.select_for_update().get(pk=homework.cohort_id)  # of two who press at once the second finds what the first has opened
        stands = standing(homework, student, now)
        attempt = stands.open
        if attempt is None:
            if stands.why:
                raise RuleBroken(stands.why)
            room_for_one("")
            attempt = _open(homework, student, stands, now)
        return _enter(attempt, student, desk)


def _open(homework: Homework, student: Student, stands: HomeworkStanding, now: datetime) -> Attempt:
    """The next attempt and its exercise, with nobody in it."""
    alone, number = homework.way == Homework.Way.ALONE, homework.attempts_most - stands.left + 1
    exercise = Exercise.objects.create(**_setting(homework, number))
    exercise.add_team(SOLO_TEAM if alone else student.team, homework.autopilot)
    return Attempt.objects.create(
        homework=homework, student=student if alone else None, team="" if alone else student.team,
        number=number, exercise=exercise, begun=now, late=now > homework.deadline,
    )  # fmt: skip


def _setting(homework: Homework, number: int) -> dict[str, object]:
    """What its exercises have from a homework."""
    scenario = contents.here(homework.scenario)
    assert scenario is not None, "looked at before"
    starts = dict(zip(Homework.Start.values, starts_of(scenario.calendar), strict=True))
    start = 0 if begins_whole(scenario) else scenario.calendar.step_at(starts[homework.start][0])
    seeds = homework.drawn
    pace = PACES[homework.pace]
    return {
        "title": homework.title,
        "scenario": homework.scenario,
        "seed": seeds[(number - 1) % len(seeds)] if seeds else Exercise.new_seed(),
        "seed_hidden": True,
        "start_step": start,
        "help": homework.help,
        "loss_counter": Exercise.LossCounter.LIVE,
        "speeds": {} if pace == 1 else {phase: min(SPEED_MAX, max(SPEED_MIN, speed * pace)) for phase, speed in engine.SPEEDS.items()},
        "places": TEAM_MOST // len(DESKS),
    }


def seeds_for(kind: str, attempts: int, drawn: list[int]) -> list[int]:
    """The seeds of a homework, attempt by attempt; those that were drawn stay."""
    many = {Homework.Seeds.SAME: 1, Homework.Seeds.ATTEMPT: attempts}.get(Homework.Seeds(kind), 0)
    seeds = drawn[:many]
    while len(seeds) < many:
        seeds.append(Exercise.new_seed(*seeds))
    return seeds


def _enter(attempt: Attempt, student: Student, desk: str) -> tuple[Player, str]:
    """The student as a player of an attempt, in this browser from now on."""
    exercise = attempt.exercise
    assert exercise is not None, "it is open"
    found = Participation.objects.filter(attempt=attempt, student=student).select_related("player").first()
    if found is not None and found.player is not None:
        player, token = found.player, found.player.move()
    else:
        player, token = _enrolled(attempt, exercise, student, desk)
    owner = exercise.owner
    if owner is None or (owner.gone_at is not None and owner.pk != player.pk):
        # Whoever has start and pause is away: their team goes on without them.
        exercise.owner = player
        exercise.save(update_fields=["owner"])
    return player, token


def _enrolled(attempt: Attempt, exercise: Exercise, student: Student, desk: str) -> tuple[Player, str]:
    homework, team = attempt.homework, exercise.teams.get()
    if homework.way == Homework.Way.ALONE:
        player, token = Player.enter(exercise, gettext(SOLO_NAME))
        for seat in team.seats.filter(desk__in=_desks(homework, desk)):
            seat.take(player)
    else:
        player, token = Player.enter(exercise, _name(exercise, student))
        seat = seats_by_need(exercise)[0]
        if len(seat.holders) >= exercise.places:
            raise RuleBroken(gettext("There is no room left at that desk."))
        seat.take(player)
    Participation.objects.update_or_create(attempt=attempt, student=student, defaults={"player": player})
    return player, token


def _desks(homework: Homework, chosen: str) -> tuple[str, ...]:
    scenario = contents.here(homework.scenario)
    if scenario is not None and scenario.guide.step:  # its guide leads through every desk
        return DESKS
    desk = chosen if homework.desk == "choose" else homework.desk
    if desk not in (*DESKS, "all"):
        raise RuleBroken(gettext("Choose one of the three desks, or all of them."))
    return DESKS if desk == "all" else (desk,)


def _name(exercise: Exercise, student: Student) -> str:
    """A student as the team calls them: as the roster has it, and a number where two are called the same."""
    try:
        name = clean_name(student.name[:NAME_LENGTH])
    except RuleBroken:
        name = gettext("Student")
    taken = {player.name.casefold() for player in exercise.players.all()}
    return next(one for one in (name, *(f"{name[: NAME_LENGTH - 3]} {number}" for number in range(2, 99))) if one.casefold() not in taken)
