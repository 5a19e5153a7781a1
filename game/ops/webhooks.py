"""Webhooks at work: a watch finds what is to be told and what is due, a task of the control worker sends it.

Nobody is sent for twice: a worker that takes a delivery moves its row on first, and who comes second finds nothing. See game.models.webhooks.
"""

import time
from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from game import __version__
from game.lifeline import stopping
from game.live import senders
from game.models import Exercise, Webhook, WebhookDelivery
from game.ops import outbound, webhook_events
from game.people.accounts import FACILITATORS
from game.spoken import to_row
from game.stillness import Stillness

log = structlog.get_logger(__name__)

LOOK_S = 1.0
SENT_S = 10.0  # a worker that has not come by then is sent for again
AT_ONCE = 5  # deliveries of one webhook, before others have their turn
REVEALED_WITHIN = timedelta(days=7)  # of the end: results that are held back for longer are told to nobody
FACILITATES = Q(owner__is_active=True) & (Q(owner__is_staff=True) | Q(owner__groups__name=FACILITATORS))


class Herald:
    """What one process has seen of the exercises that webhooks are told of, and whom it has sent for."""

    def __init__(self) -> None:
        self._told: dict[int, set[str]] = {}
        self._settled: set[int] = set()  # exercises of which everything was told
        self._sent = Stillness()

    def look(self, now: float) -> None:
        """Put down what has happened, and send for a worker for every webhook that something is due for. Raises QueueGone."""
        webhooks = list(Webhook.objects.filter(FACILITATES, off_at=None).distinct())
        if not webhooks:
            return
        self._put_down(webhooks)
        due: dict[int, tuple[int, int]] = {}
        for webhook, *first in WebhookDelivery.due(timezone.now()).values_list("webhook", "pk", "attempts"):
            due.setdefault(webhook, (first[0], first[1]))
        for webhook, stood in self._sent.look(due, now).items():
            if 0 < stood < SENT_S:
                continue
            senders.tell_webhook(webhook, within_s=SENT_S)
            if stood:
                self._sent.forget(webhook)

    def _put_down(self, webhooks: list[Webhook]) -> None:
        mine: dict[int | None, list[Webhook]] = {}
        for one in webhooks:
            mine.setdefault(one.owner_id, []).append(one)
        here = Q(state__in=("running", "paused")) | Q(state="ended", ended_at__gte=timezone.now() - REVEALED_WITHIN)
        since = min(one.since for one in webhooks)
        found = Exercise.objects.filter(here, facilitator__in=mine, started_at__gte=since).exclude(pk__in=self._settled)
        for exercise in found.order_by("pk"):
            ears = [one for one in mine[exercise.facilitator_id] if exercise.started_at and one.since <= exercise.started_at]
            known = self._told.setdefault(exercise.pk, set())
            for happened in webhook_events.of(exercise, known):
                _tell(ears, happened, exercise)
                known.add(happened.key)
            if webhook_events.LAST in known:
                self._settled.add(exercise.pk)
                del self._told[exercise.pk]


def _tell(webhooks: list[Webhook], one: webhook_events.WebhookEvent, exercise: Exercise | None) -> None:
    """A row for each of them, where there is none yet."""
    body = webhook_events.body(one.kind, one.data, timezone.now())
    rows = [WebhookDelivery(webhook=webhook, exercise=exercise, kind=one.kind, key=one.key, body=body) for webhook in webhooks]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def ping(webhook: Webhook) -> None:
    """A test, which is delivered as everything else is."""
    _tell([webhook], webhook_events.WebhookEvent(webhook_events.PING, "ping", webhook_events.Nothing()), None)


@shared_task(name=senders.TELL_WEBHOOK)
def tell_webhook(webhook: int) -> None:
    """Send a webhook what is due for it, until it does not take something in. A second delivery of this message finds nothing that is due."""
    for _ in range(AT_ONCE):
        one = None if stopping.is_set() else WebhookDelivery.take(webhook, timezone.now())
        if one is None or not _send(one):
            return


def _send(one: WebhookDelivery) -> bool:
    """Whether it was taken in."""
    stamp = int(time.time())
    headers = {
        "content-type": "application/json",
        "user-agent": f"OpeningBell/{__version__}",
        "webhook-id": one.name,
        "webhook-timestamp": str(stamp),
        "webhook-signature": one.webhook.sign(one.name, stamp, one.body),
    }
    try:
        answer = outbound.post(one.webhook.address, one.body.encode(), headers, settings.WEBHOOK_NETWORKS)
    except outbound.NotSent as problem:
        log.info("a webhook was not reached", webhook=one.webhook_id, delivery=one.pk, attempts=one.attempts)
        return one.answered(None, problem=to_row(problem.reason))
    log.info("a webhook answered", webhook=one.webhook_id, delivery=one.pk, attempts=one.attempts, status=answer.status)
    return one.answered(answer.status, answer.said)
