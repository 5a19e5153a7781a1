"""One-time links that sign facilitators in."""

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from game.models import bounds
from game.tokens import hashed, new_token


class FacilitatorLink(models.Model):
    """A one-time link that signs somebody in; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, help_text="whom it signs in; nobody named: the machine's own facilitator")
    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [bounds.filled("a_link_has_a_token", "token_hash")]

    @classmethod
    def issue(cls, user: User | None = None) -> str:
        """A new link's token. Unused older ones of the same account die: only the link that was printed last opens."""
        token = new_token()
        cls.objects.filter(used_at=None, user=user).delete()
        cls.objects.create(token_hash=hashed(token), user=user)
        return token

    @classmethod
    def unused(cls, token: str) -> "FacilitatorLink | None":
        """The link of a token that still opens; looking at it spends nothing."""
        return cls.objects.select_related("user").filter(token_hash=hashed(token), used_at=None).first()

    @classmethod
    def use(cls, token: str) -> "FacilitatorLink | None":
        """The link of a token that opens now, which it does once; None for another one."""
        link = cls.unused(token)
        spent = link is not None and cls.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()) == 1
        return link if spent else None
