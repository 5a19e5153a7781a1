"""Exercises before and after they are played: prepared ahead, copied, put away, deleted."""

from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from game.models import Command, Event, Exercise, Fork, Inject, RuleBroken, Run, Team, branching, contents, injects, packing
from game.sqlite_writer import trim

TITLE_MAX = 80
PLAYED = ("running", "paused")
SECRET = Q(drawn=True) & ~Q(state="ended")  # whose scenario must not show
# What a copy has from the one it is a copy of. Not: code, state, dates, the frozen board, who played it.
KEPT = (
    "facilitator", "title", "scenario", "drawn", "seed", "noise", "start_step", "speeds", "loss_counter", "help", "second_act", "planning_s",
    "move_s", "places", "stuck_s", "names", "open_results", "first", "joins_a_minute", "seed_hidden",
)  # fmt: skip


def held() -> Q:
    """Exercises of which neither the seed nor what was reckoned from it may show, see Exercise.kept_secret."""
    return (Q(drawn=True) | Q(scenario__in=contents.decks())) & ~Q(state="ended")


def copy_of(exercise: Exercise, *, new_market: bool = False) -> Exercise:
    """The same exercise in a lobby of its own: its teams' names and autopilots, its prepared injects, nobody at the desks.

    With `new_market` on a drawn seed: the same teams play again, and what they remember of the market helps them no more. Raises
    RuleBroken for a fork, which has no other market.
    """
    if new_market and exercise.first is not None:
        raise RuleBroken(
            gettext("%(exercise)s cannot be played on another market. %(kept_market)s") % {"exercise": exercise, "kept_market": branching.KEPT_MARKET}
        )
    with transaction.atomic():
        copy = Exercise.objects.create(**{name: getattr(exercise, name) for name in KEPT})
        if new_market:
            copy.seed, copy.noise, copy.round_before = Exercise.new_seed(exercise.seed), None, exercise
        else:
            copy.title = f"{exercise.title[: TITLE_MAX - 7]} (copy)"
        copy.save(update_fields=["seed", "noise", "title", "round_before"])
        for fork in Fork.objects.filter(exercise=exercise):
            fork.pk, fork.exercise = None, copy
            fork.save(force_insert=True)
        for question in exercise.questions.all():
            question.pk, question.exercise = None, copy
            question.save(force_insert=True)
        teams: dict[int | None, Team | None] = {None: None}
        for team in exercise.teams.prefetch_related("seats"):
            teams[team.pk] = _same_team(copy, team)
        for inject in _prepared(exercise):
            inject.pk, inject.exercise, inject.team = None, copy, teams[inject.team_id]
            inject.save(force_insert=True)
    return copy


def _same_team(exercise: Exercise, team: Team) -> Team:
    """A team of that name with the same autopilots."""
    made = exercise.add_team(team.name)
    for seat in team.seats.all():
        made.seats.filter(desk=seat.desk).update(autopilot=seat.autopilot)
    return made


def branch_of(run: Run, step: int, facilitator: User) -> Exercise:
    """A new exercise in the lobby whose teams go continued from a moment of a run that has ended; one team to begin with. Raises RuleBroken.

    What was added to the run before that moment is in its log, also where it waits for its step: the rows are copied so that the line
    shows them and history's run is given the same. What was added later is not.
    """
    branching.check(run, step)
    exercise, log = run.team.exercise, branching.log_until(run, step)
    kept = {name: getattr(exercise, name) for name in KEPT} | {"facilitator": facilitator, "first": exercise.first_step, "start_step": step}
    kept["title"] = gettext("%(title)s, continued from %(step)s") % {"title": exercise.title[: TITLE_MAX - 24], "step": run.calendar.told(step, 0)}
    levels = [args["level"] for _, _, _, kind, args, _, _ in log if kind == "help.set"]
    with transaction.atomic():
        made = Exercise.objects.create(**kept)
        since = max(exercise.start_step if run.start_step is None else run.start_step, exercise.first_step)
        before = branching.of(exercise)
        Fork.objects.create(
            exercise=made, source=run, code=exercise.code, team=run.team.name, since=before.since if before else since,
            help=levels[-1] if levels else "2012", commands=log, seq=max((seq for seq, *_ in log), default=0),
            rules=run.rules, content_id=run.content_id,
        )  # fmt: skip
        _same_team(made, run.team)
        for inject in _in_log(exercise, run, log):
            inject.exercise, inject.team = made, None
            inject.save(force_insert=True)
    return made


def _in_log(exercise: Exercise, run: Run, log: list[list[Any]]) -> list[Inject]:
    """Copies of the injects that a log holds, as they stood then. What only this team was given all teams of a fork have."""
    given = {args["id"] for _, _, _, kind, args, _, _ in log if kind == "inject.play"}
    taken = {args["id"] for _, _, _, kind, args, _, _ in log if kind == "inject.take_back"}
    delivered = injects.delivered(exercise)
    found = []
    for inject in exercise.injects.order_by("pk"):
        number = inject.known_by
        if number not in given:
            continue
        if inject.at is None and inject.when is None:
            inject.at = delivered.get(number, {}).get(run.pk)
        if number not in taken:
            inject.taken_back = inject.taken_back_at = None
        inject.pk, inject.number = None, number
        found.append(inject)
    return found


def _prepared(exercise: Exercise) -> QuerySet[Inject]:
    """The injects that waited when it began: not those that its facilitator played as it went."""
    standing = exercise.injects.filter(taken_back=None)
    return standing if exercise.started_at is None else standing.filter(created__lte=exercise.started_at)


def in_sight(exercises: QuerySet[Exercise]) -> QuerySet[Exercise]:
    """Those that were not put away. What is being played is always in sight."""
    return exercises.filter(Q(archived=False) | Q(state__in=PLAYED))


def archive(exercise: Exercise, *, away: bool) -> None:
    """Put it away, or bring it back. Raises RuleBroken for one that is being played."""
    if away and exercise.state in PLAYED:
        raise RuleBroken(gettext("%(exercise)s is being played: end it before it is archived.") % {"exercise": exercise})
    Exercise.objects.filter(pk=exercise.pk).update(archived=away)


def remove(exercise: Exercise) -> None:
    """Delete it with everything that belongs to it. Raises RuleBroken for one that is being played."""
    _not_played(exercise)
    for run in exercise.runs():  # only what has ended has any, and it does not begin again
        trim(Event.objects.filter(run=run))
        trim(Command.objects.filter(run=run))
    with transaction.atomic():
        _not_played(exercise).delete()


def _not_played(exercise: Exercise) -> Exercise:
    """Its row, locked where there is a transaction."""
    rows = Exercise.objects.select_for_update() if connection.in_atomic_block else Exercise.objects
    found = rows.filter(pk=exercise.pk).first()
    if found is None:
        raise RuleBroken(gettext("This exercise has already been deleted."))
    if found.state in PLAYED:
        raise RuleBroken(gettext("%(found)s is being played: end it before it is deleted.") % {"found": found})
    return found


def belongings(exercise: Exercise) -> dict[str, int]:
    """How many rows of each kind belong to it: "team" -> 2."""
    runs = Run.objects.filter(team__exercise=exercise)
    return {
        "team": exercise.teams.count(),
        "player": exercise.players.count(),
        "run": runs.count(),
        "note": exercise.notes.count(),
        "command": Command.objects.filter(run__in=runs).count() + packing.packed_rows(runs, Command),
        "event": Event.objects.filter(run__in=runs).count() + packing.packed_rows(runs, Event),
    }


def cascade(exercise: Exercise) -> list[str]:
    """What is deleted with it, in counts such as "2 teams", for whoever is about to."""
    return [f"{count:,} {word}{'' if count == 1 else 's'}" for word, count in belongings(exercise).items()]
