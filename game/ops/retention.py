"""How long the house keeps what was played, and what is deleted then.

Only what is over has an age: an exercise that runs, stands or is still being scored is never touched, and neither is a lobby that is planned
for a day to come. With `results` the figures, story and worth of every run stay, and with them the pages that show them; the log they came
from goes, and with it every name and text that somebody typed.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from game.control import schedule
from game.courses import keeping
from game.debrief import compare, counterfactuals, finished
from game.live.broker import client
from game.models import (
    Action,
    CalendarEntry,
    Checkpoint,
    Cohort,
    Command,
    Event,
    Exercise,
    Experiment,
    Fork,
    Lesson,
    LogEntry,
    LtiLogin,
    ObserverSheet,
    Player,
    RuleBroken,
    Run,
    SurveyReply,
    WebhookDelivery,
    packing,
)
from game.models.outcomes import Finished
from game.models.people import name_key
from game.sqlite_writer import trim

log = structlog.get_logger(__name__)

DAY_S = 86_400
DELIVERIES_KEPT = timedelta(days=30)  # of webhooks: what was told, and how a receiver answered
CANCELLED_TOLD = timedelta(days=90)  # after its date: calendars have heard of it by then
TRIES_KEPT = timedelta(days=30)  # who tried which password, for whoever looks into it; a lock-out lasts a quarter of an hour
PACKED_AFTER = timedelta(days=1)  # the debrief of a room is over
ASKED_OF = (compare.CUT, "week.closed")  # events that a result is told from, besides what is kept of its run
PUT_DOWN = ("inject.play",)  # what the facilitator's own command was decides which of history's runs stands beside
NAMELESS = "Player"


class Due(NamedTuple):
    """What is old enough."""

    played: list[Exercise]
    unplayed: list[Exercise]
    cohorts: list[Cohort]

    def counts(self, keep: str) -> Counter[str]:
        """How many rows of each kind would go."""
        exercises = sum((counts_of(exercise, keep) for exercise in (*self.played, *self.unplayed)), Counter[str]())
        return sum((keeping.counts_of(cohort, keep) for cohort in self.cohorts), exercises)


def counts_of(exercise: Exercise, keep: str) -> Counter[str]:
    """How many rows of each kind go with it."""
    if _stays(exercise, keep):
        found = Counter({name: rows.count() for name, rows in _log_of(exercise).items()})
        found.update({f"{model._meta.model_name}s": packing.packed_rows(exercise.runs(), model) for model in (Event, Command)})
        return found + Counter({"names of players": exercise.players.count()})
    belongs = {f"{word}s": count for word, count in schedule.belongings(exercise).items()}
    return Counter({"exercises": 1, **belongs, "experiments": _recorded_from(exercise).count()})


def _stays(exercise: Exercise, keep: str) -> bool:
    """Whether there is something of it that is kept."""
    return keep == "results" and exercise.state == "ended"


def due(before: datetime, keep: str) -> Due:
    """The exercises and cohorts that were over before a moment, and of which there is still something that `keep` does not keep."""
    over = Exercise.objects.filter(state="ended").annotate(over=Coalesce("ended_at", "started_at", "created")).filter(over__lt=before)
    going = Run.objects.exclude(state__in=Run.DONE).values("team__exercise")
    over = over.exclude(pk__in=going)
    if keep == "results":
        over = over.filter(pk__in=Run.objects.filter(log_deleted=None).values("team__exercise"))
    waiting = Exercise.objects.filter(state="lobby", created__lt=before).exclude(planned_for__gte=before)
    unplayed = waiting.exclude(pk__in=Player.objects.filter(created__gte=before).values("exercise"))
    return Due(list(over.order_by("pk")), list(unplayed.order_by("pk")), keeping.due(before, keep))


def purge(found: Due, keep: str) -> Iterator[tuple[Exercise | Cohort, Counter[str], str]]:
    """Delete it, an exercise or a cohort at a time; yields each with what was deleted and why it had to stay, or ""."""
    for cohort in found.cohorts:  # first, while the figures of its attempts can still be read
        counts = keeping.counts_of(cohort, keep)
        keeping.forget(cohort, keep)
        yield cohort, counts, ""
    for exercise in (*found.played, *found.unplayed):
        counts = counts_of(exercise, keep)
        try:
            if _stays(exercise, keep):
                _keep_results(exercise)
            else:
                recorded = list(_recorded_from(exercise).values_list("pk", flat=True))
                schedule.remove(exercise)
                Experiment.objects.filter(pk__in=recorded).delete()
        except RuleBroken as problem:  # it was begun, or deleted, meanwhile
            yield exercise, Counter(), str(problem)
        else:
            yield exercise, counts, ""


def _log_of(exercise: Exercise) -> dict[str, QuerySet[Any]]:
    """What only the playing again needs, and what people wrote beside it."""
    runs = Run.objects.filter(team__exercise=exercise)
    return {
        "events": Event.objects.filter(run__in=runs).exclude(kind__in=ASKED_OF),
        "commands": Command.objects.filter(run__in=runs).exclude(kind__in=PUT_DOWN),
        "checkpoints": Checkpoint.objects.filter(run__in=runs),
        "notes": exercise.notes.all(),
        "actions": Action.objects.filter(team__exercise=exercise),
        "messages": exercise.messages.all(),
        "lines of the event feed": exercise.deeds.all(),
    }


def _keep_results(exercise: Exercise) -> None:
    """Take the log away, once all that is shown without it is put down. Raises RuleBroken where that cannot be done."""
    for run in exercise.runs():
        packing.unpack(run)
        try:
            if run.state == "ended":
                counterfactuals.known(run)
        except Exception as problem:  # by data or an engine that is gone: its log is all there is of it
            log.warning("a result could not be put down", run=run.pk, problem=repr(problem))
            raise RuleBroken("What came of it cannot be told here, so its log stays.") from problem
    # The mark comes first: whoever plays it again from now on is told that the log is gone, and not half of it.
    Run.objects.filter(team__exercise=exercise).update(log_deleted=timezone.now(), epoch=F("epoch") + 1)
    for rows in _log_of(exercise).values():
        trim(rows)
    with transaction.atomic():
        for number, player in enumerate(exercise.players.order_by("pk"), start=1):
            name = f"{NAMELESS} {number}"
            Player.objects.filter(pk=player.pk).update(name=name, name_key=f"{player.pk} {name_key(name)}")
        Exercise.objects.filter(pk=exercise.pk).update(came_from="")
        Lesson.objects.filter(player__exercise=exercise).update(surprised="", differently="")
        for reply in SurveyReply.objects.filter(player__exercise=exercise):
            reply.forget_texts()
        for sheet in ObserverSheet.objects.filter(team__exercise=exercise):
            sheet.forget_texts()
        LogEntry.objects.filter(team__exercise=exercise).delete()
        Fork.objects.filter(exercise=exercise).update(commands=[])
        for kept in Finished.objects.filter(run__team__exercise=exercise):
            kept.told["given"] = [row | {"by": row["by"] if row["by"] == finished.ASSISTANT else ""} for row in kept.told["given"]]
            kept.save(update_fields=["told"])
        for experiment in _recorded_from(exercise):
            experiment.forget_log()


def _recorded_from(exercise: Exercise) -> QuerySet[Experiment]:
    """The experiments that play a run of it again."""
    return Experiment.objects.filter(played_in=exercise, log__isnull=False)


def sweep_sign_ins(days: int | None) -> Counter[str]:
    """Delete sessions and launches that are over, and what is known of attempts to sign in: after TRIES_KEPT, or so many days where these are
    fewer.
    """
    call_command("clearsessions")
    before = timezone.now() - min(TRIES_KEPT, timedelta(days=days or TRIES_KEPT.days))
    tries = sum(model.objects.filter(attempt_time__lt=before).delete()[0] for model in (AccessAttempt, AccessFailureLog, AccessLog))
    return Counter({"sign-in attempts": tries, "launches": LtiLogin.sweep(timezone.now())})


def sweep_deliveries(days: int | None) -> Counter[str]:
    """Delete what webhooks were told: after DELIVERIES_KEPT, or so many days where these are fewer."""
    before = timezone.now() - min(DELIVERIES_KEPT, timedelta(days=days or DELIVERIES_KEPT.days))
    return Counter({"webhook deliveries": WebhookDelivery.objects.filter(created__lt=before).delete()[0]})


def sweep_calendars() -> Counter[str]:
    """Delete what calendars were told of what is gone, once no calendar is told of it any more."""
    return Counter({"calendar entries": CalendarEntry.forget(timezone.now() - CANCELLED_TOLD)})


def daily() -> None:
    """`apply`, once a day over all control workers."""
    if client().set("ob:retention", 1, nx=True, ex=DAY_S):  # by the broker's clock: a day more or less is none here
        apply()


def put_away() -> int:
    """Pack the logs of runs whose exercise ended a day ago or earlier; how many."""
    over = Exercise.objects.filter(state="ended", ended_at__lt=timezone.now() - PACKED_AFTER)
    runs = Run.objects.filter(state="ended", team__exercise__in=over, packed=None)
    return sum(packing.pack(run) for run in runs.only("state", "epoch").order_by("pk").iterator())


def apply() -> None:
    """Delete what is over of sign-ins, and what is older than KEEP_DAYS; put away the logs of what stays."""
    gone, stayed = sweep_sign_ins(settings.KEEP_DAYS) + sweep_deliveries(settings.KEEP_DAYS) + sweep_calendars(), {}
    if settings.KEEP_DAYS is not None:
        for exercise, counts, why in purge(due(timezone.now() - timedelta(days=settings.KEEP_DAYS), settings.KEEP), settings.KEEP):
            gone += counts
            if why and isinstance(exercise, Exercise):
                stayed[exercise.code] = why
    packed = put_away()
    if packed:
        log.info("logs were put away", runs=packed)
    if +gone or stayed:
        log.info("what is old was deleted", days=settings.KEEP_DAYS, keep=settings.KEEP, deleted=dict(+gone), stayed=stayed)
