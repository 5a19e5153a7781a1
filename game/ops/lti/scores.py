"""Scores at work: a watch finds attempts that count and puts down what platforms are to know, a task of the control worker sends it.

As webhooks: everything is found in rows, a worker that takes a score moves its row on first, and what a killed one had comes again.
"""

from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils import timezone

from game.courses import outcomes
from game.lifeline import stopping
from game.live import senders
from game.models import Attempt, Homework, LtiLink, LtiMember, LtiScore
from game.ops.lti import services
from game.spoken import to_row
from game.stillness import Stillness

log = structlog.get_logger(__name__)

LOOK_S = 2.0
SCORED_WITHIN = timedelta(hours=1)  # after that it is found when somebody has looked at it
SENT_S = 10.0  # a worker that has not come by then is sent for again
AT_ONCE = 20  # scores of one platform with one token


class Registrar:
    """What one process has seen of the attempts that platforms are told of, and whom it has sent for."""

    def __init__(self) -> None:
        self._seen: dict[int, Any] = {}  # how a homework stood when its scores were put down
        self._sent = Stillness()

    def look(self, now: float) -> None:
        """Put down what counts now, and send for a worker for every platform that something is due for. Raises QueueGone."""
        links = list(LtiLink.objects.exclude(line_item="").select_related("homework__cohort", "platform"))
        if not links:
            return
        self._put_down(links)
        due: dict[int, tuple[int, int]] = {}
        for platform, *first in LtiScore.due(timezone.now()).values_list("link__platform", "pk", "attempts"):
            due.setdefault(platform, (first[0], first[1]))
        for platform, stood in self._sent.look(due, now).items():
            if 0 < stood < SENT_S:
                continue
            senders.tell_lms(platform, within_s=SENT_S)
            if stood:
                self._sent.forget(platform)

    def _put_down(self, links: list[LtiLink]) -> None:
        by_homework: dict[int, list[LtiLink]] = {}
        for link in links:
            by_homework.setdefault(link.homework_id, []).append(link)
        tries: dict[int, list[tuple[Any, ...]]] = {}
        known = ExpressionWrapper(Q(outcome__isnull=False), output_field=BooleanField())
        found = Attempt.objects.filter(homework__in=by_homework).annotate(known=known).order_by("pk")
        for homework, *row in found.values_list("homework", "pk", "exercise__state", "known", "late"):
            tries.setdefault(homework, []).append(tuple(row))
        for homework, theirs in by_homework.items():
            one = theirs[0].homework
            members = LtiMember.objects.filter(cohort=one.cohort_id).aggregate(many=Count("pk"))["many"]
            stands = ([link.pk for link in theirs], tries.get(homework, []), members, one.counts, one.late, one.way)
            if self._seen.get(homework) == stands:
                continue
            if put_down(one, theirs):
                self._seen[homework] = stands


def put_down(homework: Homework, links: list[LtiLink]) -> bool:
    """What platforms are to know of a homework now. Whether nothing of it comes by itself yet: attempts that ended lately and are not scored."""
    members = {one.student_id: one for one in LtiMember.objects.filter(cohort=homework.cohort_id).select_related("platform")}
    known = {(link, member): told for link, member, *told in LtiScore.objects.filter(link__in=links).values_list("link", "member", "grade", "ended")}
    settled = True
    for row in outcomes.of_homework(homework):
        member = members.get(row.student.pk)
        (cell,) = row.cells
        counted = cell.counted
        settled = settled and not any(_is_open(told.attempt) for told in cell.attempts)
        if member is None or counted is None or not counted.attempt.outcome:  # it is not final yet
            continue
        for link in links:
            if link.platform_id == member.platform_id and known.get((link.pk, member.pk)) != [counted.grade, counted.ended]:
                LtiScore.put_down(link, member, counted.grade, counted.ended, timezone.now())
    return settled


def _is_open(attempt: Attempt) -> bool:
    """Whether it is about to have a result: it ended lately."""
    exercise = attempt.exercise
    if attempt.outcome or exercise is None or exercise.state != "ended" or exercise.ended_at is None:
        return False
    return timezone.now() - exercise.ended_at < SCORED_WITHIN


@shared_task(name=senders.TELL_LMS)
def tell_lms(platform: int) -> None:
    """Send a platform the scores that are due, until it does not take one in. A second delivery of this message finds nothing that is due."""
    token = ""
    for _ in range(AT_ONCE):
        score = None if stopping.is_set() else LtiScore.take(platform, timezone.now())
        if score is None:
            return
        try:
            token = token or services.score_token(score.link.platform)
        except services.NoService as problem:
            log.warning("a platform gave no token", platform=platform, status=problem.status)
            score.answered(None, problem=to_row(problem.reason))
            return
        try:
            reply = services.send(score, token)
        except services.NoService as problem:
            log.info("a platform was not reached", platform=platform, score=score.pk, attempts=score.attempts)
            score.answered(None, problem=to_row(problem.reason))
            return
        log.info("a platform answered", platform=platform, score=score.pk, attempts=score.attempts, status=reply.status)
        if not score.answered(reply.status, reply.said) and reply.status in (401, 429, *range(500, 600)):
            return
