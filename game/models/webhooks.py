"""Webhooks: addresses that a facilitator has the game tell what happens in their exercises, and every delivery as a row.

The rows are the queue: a delivery is due until it was taken in or given up. Each attempt first moves its row's next moment ahead, so that of two
workers one has it, and what a killed one had comes again.
"""

import hmac
import uuid
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from game.models import bounds
from game.rules import RuleBroken
from game.spoken import tell_row, to_row
from game.tokens import new_token

ADDRESS_MAX, WEBHOOKS_MAX, SAID_MAX = 500, 10, 300
AGAIN_AFTER = tuple(timedelta(**{unit: many}) for unit, many in (
    ("seconds", 30), ("minutes", 5), ("minutes", 30), ("hours", 2), ("hours", 5), ("hours", 10), ("hours", 10),
))  # fmt: skip
ATTEMPTS = len(AGAIN_AFTER) + 1  # over 27 and a half hours, then it is given up
ATTEMPT_MOST = timedelta(seconds=15)  # who has a delivery for longer is gone
GONE = 410
_SALT = "opening-bell.webhook"
_DELETED = gettext_noop("The receiver answered that it is gone (410).")


class Webhook(models.Model):
    """An address that is told. Its secret is made of the server's key and is stored nowhere: who reads the database cannot sign."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="webhooks")
    address = models.CharField(max_length=ADDRESS_MAX)
    nonce = models.CharField(max_length=32, default=new_token, help_text="what its secret is made of, beside the server's key")
    created = models.DateTimeField(default=timezone.now)
    since: "models.DateTimeField[Any, datetime]" = models.DateTimeField(default=timezone.now, help_text="told of exercises that start after it")
    off_at = models.DateTimeField(null=True, help_text="when it was switched off")
    off_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [bounds.filled("a_webhook_has_an_address", "address", "nonce")]

    def __str__(self) -> str:
        return self.address

    @property
    def host(self) -> str:
        """Where it is, in short."""
        return urlsplit(self.address).netloc

    @classmethod
    def make(cls, owner: User, typed: str) -> "Webhook":
        """A new one. Raises RuleBroken."""
        address = usable_address(typed)
        if cls.objects.filter(owner=owner).count() >= WEBHOOKS_MAX:
            raise RuleBroken(gettext("You have %(most)d webhooks: delete one first.") % {"most": WEBHOOKS_MAX})
        return cls.objects.create(owner=owner, address=address)

    @property
    def key(self) -> bytes:
        """What its deliveries are signed with."""
        return salted_hmac(_SALT, f"{self.pk} {self.nonce}", algorithm="sha256").digest()

    @property
    def secret(self) -> str:
        """The same as the receiver keeps it, in the form of Standard Webhooks."""
        return f"whsec_{b64encode(self.key).decode()}"

    def sign(self, message: str, timestamp: int, body: str) -> str:
        """The header webhook-signature of a delivery."""
        return f"v1,{b64encode(hmac.digest(self.key, f'{message}.{timestamp}.{body}'.encode(), sha256)).decode()}"

    def switch_off(self, why: str = "") -> None:
        """Tell it nothing any more, nor what was on its way."""
        with transaction.atomic():
            Webhook.objects.filter(pk=self.pk, off_at=None).update(off_at=timezone.now(), off_because=why)
            self.deliveries.filter(state__in=WebhookDelivery.OPEN).update(state=WebhookDelivery.State.GIVEN_UP)

    def switch_on(self) -> None:
        """Tell it of exercises that start from now on."""
        Webhook.objects.filter(pk=self.pk).exclude(off_at=None).update(off_at=None, off_because="", since=timezone.now())


class WebhookDelivery(models.Model):
    """One event for one webhook: what is sent, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting")
        TRYING = "trying", gettext_lazy("On its way")
        DELIVERED = "delivered", gettext_lazy("Delivered")
        GIVEN_UP = "given-up", gettext_lazy("Given up")

    OPEN = (State.WAITING, State.TRYING)

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    exercise = models.ForeignKey("game.Exercise", on_delete=models.CASCADE, null=True, related_name="webhook_deliveries")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=80, help_text="what happened, once for each webhook: found a second time it is not told again")
    message = models.UUIDField(default=uuid.uuid4, unique=True, help_text="webhook-id: the same in every attempt")
    body = models.TextField(help_text="JSON, as it is sent")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at: "models.DateTimeField[Any, datetime]" = models.DateTimeField(default=timezone.now, help_text="of one that is open: its next attempt")
    tried_at = models.DateTimeField(null=True, help_text="when the last attempt began")
    status = models.PositiveSmallIntegerField(null=True, help_text="of the last answer")
    said = models.CharField(max_length=SAID_MAX, blank=True, help_text="how the last answer began, in the receiver's words")
    problem = models.TextField(blank=True, help_text="why there was none")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state__in=("trying", "waiting")), name="deliveries_that_are_open")]
        constraints = [
            bounds.filled("a_delivery_tells_something", "kind", "key", "body"),
            bounds.one_of("a_delivery_stands_somehow", state=("waiting", "trying", "delivered", "given-up")),
            models.UniqueConstraint(fields=["webhook", "exercise", "key"], name="a_webhook_is_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.webhook}"

    @property
    def name(self) -> str:
        """The header webhook-id, the same in every attempt."""
        return f"msg_{self.message.hex}"

    @classmethod
    def due(cls, now: datetime) -> "QuerySet[WebhookDelivery]":
        """Those whose moment has come, but of webhooks that are being told something: a receiver that is slow has one worker at most."""
        busy = cls.objects.filter(state=cls.State.TRYING, tried_at__gt=now - ATTEMPT_MOST).values("webhook")
        return cls.objects.filter(state__in=cls.OPEN, due_at__lte=now, webhook__off_at=None).exclude(webhook__in=busy).order_by("due_at", "pk")

    @classmethod
    def take(cls, webhook: int, now: datetime) -> "WebhookDelivery | None":
        """The next attempt of a webhook, for this worker alone; None where none is due. It is due again later unless it is `answered`."""
        for one in cls.due(now).filter(webhook=webhook).select_related("webhook"):
            mine = cls.objects.filter(pk=one.pk, attempts=one.attempts, state__in=cls.OPEN)
            if one.attempts >= ATTEMPTS:  # whoever had the last one was killed
                mine.update(state=cls.State.GIVEN_UP)
                continue
            later = now + (AGAIN_AFTER[one.attempts] if one.attempts < len(AGAIN_AFTER) else ATTEMPT_MOST)
            if mine.update(state=cls.State.TRYING, attempts=F("attempts") + 1, tried_at=now, due_at=later):
                one.attempts += 1
                return one
        return None

    def answered(self, status: int | None, said: str = "", problem: str = "") -> bool:
        """What came of the attempt that was taken: an HTTP status and how its answer began, or why there was none. Whether it was taken in."""
        good = status is not None and 200 <= status < 300
        state = self.State.DELIVERED if good else self.State.GIVEN_UP if self.attempts >= ATTEMPTS else self.State.WAITING
        mine = WebhookDelivery.objects.filter(pk=self.pk, attempts=self.attempts, state=self.State.TRYING)
        mine.update(state=state, status=status, said=said[:SAID_MAX], problem=problem)
        if status == GONE:
            self.webhook.switch_off(to_row(_DELETED))
        return good

    @property
    def came_of_it(self) -> str:
        """How the last answer began, or why there was none, for whoever looks now."""
        return tell_row(self.problem) or self.said

    def again(self) -> None:
        """Send it once more, under the same id, as often as a new one. Raises RuleBroken."""
        if self.webhook.off_at is not None:
            raise RuleBroken(gettext("This webhook is off: switch it on first."))
        now = timezone.now()
        mine = WebhookDelivery.objects.filter(pk=self.pk).exclude(state=self.State.TRYING, tried_at__gt=now - ATTEMPT_MOST)
        mine.update(state=self.State.WAITING, attempts=0, due_at=now)


def usable_address(typed: str) -> str:
    """An address as it is kept. Where it leads is looked at when something is sent there. Raises RuleBroken with what was expected."""
    address = typed.strip()
    if not is_usable(address):
        raise RuleBroken(
            gettext("Expected an address such as https://hooks.example/bell, without a name or password in it, of %(most)d characters at most.")
            % {"most": ADDRESS_MAX}
        )
    return address


def is_usable(address: str) -> bool:
    """Whether something can be sent there: over http only where private networks are allowed."""
    schemes = ("https", "http") if settings.WEBHOOK_NETWORKS else ("https",)
    try:
        parts = urlsplit(address)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        parts.netloc.encode("idna" if not parts.netloc.isascii() else "ascii")
    except ValueError:
        return False
    plain = address.isprintable() and not any(letter.isspace() for letter in address)
    return usable and plain and "@" not in parts.netloc and not parts.fragment and len(address) <= ADDRESS_MAX
