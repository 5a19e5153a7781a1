"""Tokens with which a facilitator's programs speak HTTP."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from game.models import bounds
from game.rules import RuleBroken
from game.tokens import hashed, new_token

NAME_MAX, TOKENS_MAX = 60, 20
SEEN_EVERY = timedelta(minutes=1)  # a program that asks ten times a second is not written down ten times


class ApiToken(models.Model):
    """What a program may do is what its owner may; only the token's hash is kept. It is good until it is deleted."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=NAME_MAX, help_text="what it is for")
    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, help_text="when it was used last, to the minute")

    class Meta:
        constraints = [bounds.filled("a_token_has_a_name_and_a_hash", "name", "token_hash")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, owner: User, name: str) -> str:
        """A new token, which is shown once. Raises RuleBroken."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= NAME_MAX:
            raise RuleBroken(gettext("Say what it is for, in 1 to %(most)d characters.") % {"most": NAME_MAX})
        if cls.objects.filter(owner=owner).count() >= TOKENS_MAX:
            raise RuleBroken(gettext("You have %(most)d tokens: delete one first.") % {"most": TOKENS_MAX})
        token = new_token()
        cls.objects.create(owner=owner, name=name, token_hash=hashed(token))
        return token

    @classmethod
    def of(cls, token: str) -> "ApiToken | None":
        """The one that this is, and now it was used; None for no token, and where its owner may not sign in any more."""
        found = cls.objects.select_related("owner").filter(token_hash=hashed(token), owner__is_active=True).first()
        if found is not None:
            now = timezone.now()
            cls.objects.filter(Q(used_at=None) | Q(used_at__lt=now - SEEN_EVERY), pk=found.pk).update(used_at=now)
        return found
