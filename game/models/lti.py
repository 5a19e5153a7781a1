"""LTI 1.3: learning platforms that are registered, launches that are on their way, and what is known of who came by one.

A student is known by platform and subject alone, never by a name or an e-mail address. Scores are rows as webhooks' deliveries are: one for
each student and link, which is due until the platform has taken in what it says now.
"""

import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.core import signing
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from game.models import bounds
from game.models.courses import IDENT_MAX, NAME_MAX, Cohort, Homework, Student, ident_key, titled
from game.models.webhooks import ADDRESS_MAX, AGAIN_AFTER, ATTEMPT_MOST, ATTEMPTS, SAID_MAX, is_usable
from game.rules import RuleBroken
from game.spoken import tell_row
from game.tokens import hashed, new_token

TEXT_MAX = 255  # of an issuer, a client, a deployment, a subject: what the standard allows
DEPLOYMENTS_MOST = 50
PLATFORMS_MOST = 20  # of one person
FRESH = timedelta(minutes=10)  # from the login to the launch
OPEN_FOR = timedelta(hours=1)  # to choose what a course links to
FOR_NOW = (401, 408, 425, 429)  # refusals that may be over later, unlike all others from 400 to 499
_LINK_SALT = "opening-bell.lti-homework"
_LOGIN_SALT = "opening-bell.lti-login"


class LtiPlatform(models.Model):
    """A learning platform (LMS) as it registered this server: whose word is taken for who somebody is, in the homework that it links to."""

    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="lti_platforms")
    name = models.CharField(max_length=80)
    issuer = models.CharField(max_length=TEXT_MAX)
    client = models.CharField(max_length=TEXT_MAX, help_text="client ID")
    deployments = models.JSONField(default=list, help_text="deployment IDs")
    login_url = models.CharField(max_length=ADDRESS_MAX, help_text="authentication request URL")
    token_url = models.CharField(max_length=ADDRESS_MAX, help_text="access token URL")
    keys_url = models.CharField(max_length=ADDRESS_MAX, help_text="public keyset URL")
    keys = models.JSONField(default=dict, help_text="what was found there last")
    keys_at = models.DateTimeField(null=True, help_text="when")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            bounds.filled("a_platform_is_known", "name", "issuer", "client", "login_url", "token_url", "keys_url"),
            models.UniqueConstraint(fields=["issuer", "client"], name="a_client_of_an_issuer_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        """Where it is, in short."""
        return urlsplit(self.issuer).netloc or self.issuer

    @classmethod
    def register(cls, owner: User, given: dict[str, str]) -> "LtiPlatform":
        """A new one of `name issuer client deployments login_url token_url keys_url`, as typed. Raises RuleBroken with what was expected."""
        values: dict[str, Any] = {"name": titled(given["name"])}
        for field, label in (("issuer", gettext("Platform ID (issuer)")), ("client", gettext("Client ID"))):
            values[field] = _said(given[field], label)
        values["deployments"] = sorted({_said(one, gettext("Deployment IDs")) for one in given["deployments"].replace(",", " ").split()})
        if not 1 <= len(values["deployments"]) <= DEPLOYMENTS_MOST:
            raise RuleBroken(gettext("Deployment IDs: expected 1 to %(most)d, separated by commas.") % {"most": DEPLOYMENTS_MOST})
        labels = {
            "login_url": gettext("Authentication request URL"),
            "token_url": gettext("Access token URL"),
            "keys_url": gettext("Public keyset URL"),
        }
        for field, label in labels.items():
            values[field] = given[field].strip()
            if not is_usable(values[field]):
                raise RuleBroken(gettext("%(field)s: expected an address such as https://lms.example/mod/lti/certs.php.") % {"field": label})
        if cls.objects.filter(owner=owner).count() >= PLATFORMS_MOST:
            raise RuleBroken(gettext("You have %(most)d platforms: delete one first.") % {"most": PLATFORMS_MOST})
        made, new = cls.objects.get_or_create(issuer=values.pop("issuer"), client=values.pop("client"), defaults={"owner": owner, **values})
        if not new:
            raise RuleBroken(gettext("This client ID of this platform is registered already."))
        return made


def _said(typed: str, label: str) -> str:
    found = typed.strip()
    if not 1 <= len(found) <= TEXT_MAX or not found.isprintable():
        raise RuleBroken(gettext("%(field)s: expected 1 to %(most)d characters.") % {"field": label, "most": TEXT_MAX})
    return found


class LtiKey(models.Model):
    """A key of this server's, which platforms know by its public half. The private one is locked with the server's key."""

    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=32, help_text="kid")
    public = models.JSONField(help_text="JWK")
    locked = models.TextField()
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [bounds.filled("a_key_has_two_halves", "name", "locked")]

    def __str__(self) -> str:
        return self.name


class LtiLogin(models.Model):
    """A launch on its way: begun in one browser, answered once by the platform, entered once by the same browser."""

    platform = models.ForeignKey(LtiPlatform, on_delete=models.CASCADE, related_name="logins")
    state_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64, help_text="of the cookie")
    nonce = models.CharField(max_length=32)
    told = models.JSONField(null=True, help_text="what the platform said, see game.ops.lti.launch.Launch")
    entered_at = models.DateTimeField(null=True)
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [bounds.filled("a_login_is_kept_apart", "state_hash", "browser_hash", "nonce")]

    def __str__(self) -> str:
        return f"{self.platform}, {self.created:%Y-%m-%d %H:%M}"

    @classmethod
    def begin(cls, platform: LtiPlatform, now: datetime) -> tuple["LtiLogin", str, str]:
        """A new one, its state and the cookie's value; what is old goes."""
        cls.sweep(now)
        state, browser = new_token(), new_token()
        made = cls.objects.create(platform=platform, state_hash=hashed(state), browser_hash=hashed(browser), nonce=new_token(), created=now)
        return made, state, browser

    @classmethod
    def sweep(cls, now: datetime) -> int:
        """Delete those that lead nowhere any more; how many."""
        return cls.objects.filter(created__lt=now - OPEN_FOR).delete()[0]

    @classmethod
    def waiting(cls, state: str, now: datetime) -> "LtiLogin | None":
        """The one of a state that the platform has not answered yet; None for one that is unknown, answered or old."""
        found = cls.objects.select_related("platform").filter(state_hash=hashed(state), told__isnull=True, created__gt=now - FRESH)
        return found.first()

    def answer(self, told: dict[str, Any]) -> bool:
        """Put down what the platform said. Whether nobody did before."""
        return bool(LtiLogin.objects.filter(pk=self.pk, told__isnull=True).update(told=told))

    @classmethod
    def enter(cls, state: str, browser: str, now: datetime) -> "LtiLogin | None":
        """The one of a state that was answered, for the browser that began it, once; None otherwise."""
        found = cls.objects.filter(state_hash=hashed(state), browser_hash=hashed(browser), entered_at=None, created__gt=now - FRESH)
        one = found.exclude(told__isnull=True).select_related("platform").first()
        return one if one and cls.objects.filter(pk=one.pk, entered_at=None).update(entered_at=now) else None

    @property
    def token(self) -> str:
        """What the page to choose by has in its address."""
        return signing.Signer(salt=_LOGIN_SALT).sign_object([self.pk])

    @classmethod
    def of_token(cls, token: str, now: datetime) -> "LtiLogin | None":
        """The one of such an address, as long as something can be chosen."""
        try:
            (pk,) = signing.Signer(salt=_LOGIN_SALT).unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return cls.objects.select_related("platform").filter(pk=pk, created__gt=now - OPEN_FOR).exclude(entered_at=None).first()


def homework_token(platform: LtiPlatform, homework: Homework) -> str:
    """What a link of a platform has as its homework: only whoever may teach it here is given one."""
    return signing.Signer(salt=_LINK_SALT).sign_object([platform.pk, homework.pk])


def homework_of(platform: LtiPlatform, token: str) -> Homework | None:
    """The homework that a link of a platform is for; None where this is not one of ours, another platform's, or it was deleted."""
    try:
        of, pk = signing.Signer(salt=_LINK_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Homework.objects.select_related("cohort__course").filter(pk=pk).first() if of == platform.pk else None


class LtiLink(models.Model):
    """A link of a platform's course to a homework: where its scores go, and where the course's members are found."""

    platform = models.ForeignKey(LtiPlatform, on_delete=models.CASCADE, related_name="links")
    homework = models.ForeignKey(Homework, on_delete=models.CASCADE, related_name="lti_links")
    deployment = models.CharField(max_length=TEXT_MAX)
    resource = models.CharField(max_length=TEXT_MAX, help_text="resource link ID")
    line_item = models.CharField(max_length=ADDRESS_MAX, blank=True, help_text="where scores go; empty: the platform takes none")
    members_url = models.CharField(max_length=ADDRESS_MAX, blank=True, help_text="names and roles; empty: it tells none")
    context = models.CharField(max_length=TEXT_MAX, blank=True, help_text="the course's title there")

    class Meta:
        ordering = ["pk"]
        constraints = [
            bounds.filled("a_link_is_known", "deployment", "resource"),
            models.UniqueConstraint(fields=["platform", "deployment", "resource"], name="a_resource_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.homework}, {self.platform}"


class LtiMember(models.Model):
    """A student as a platform knows them."""

    platform = models.ForeignKey(LtiPlatform, on_delete=models.CASCADE, related_name="members")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="lti_members")
    subject = models.CharField(max_length=TEXT_MAX)
    student = models.OneToOneField(Student, on_delete=models.CASCADE, related_name="lti_member")

    class Meta:
        constraints = [
            bounds.filled("a_member_has_a_subject", "subject"),
            models.UniqueConstraint(fields=["platform", "cohort", "subject"], name="a_subject_of_a_cohort_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} of {self.platform}"


def student_ident(platform: LtiPlatform, subject: str) -> str:
    """What stands in a roster for somebody whom a platform knows by a subject: it can be no school's id."""
    ident = f"lti-{platform.pk}:{subject}"
    plain = ident_key(ident) == ident and ident.isprintable() and " " not in ident and len(ident) <= IDENT_MAX
    return ident if plain else f"lti-{platform.pk}:{sha256(subject.encode()).hexdigest()[:32]}"


def student_name(claims: dict[str, Any]) -> str:
    """A name as a platform tells it; "" where it tells none."""
    parts = [claims.get("name")] if claims.get("name") else [claims.get("given_name"), claims.get("family_name")]
    told = " ".join(str(part) for part in parts if isinstance(part, str))
    plain = "".join(letter if letter.isprintable() else " " for letter in unicodedata.normalize("NFC", told))
    return " ".join(plain.split())[:NAME_MAX].strip()


class LtiScore(models.Model):
    """The score of a student at a link, and whether the platform has it."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting")
        TRYING = "trying", gettext_lazy("On its way")
        DELIVERED = "delivered", gettext_lazy("Delivered")
        GIVEN_UP = "given-up", gettext_lazy("Given up")

    OPEN = (State.WAITING, State.TRYING)

    link = models.ForeignKey(LtiLink, on_delete=models.CASCADE, related_name="scores")
    member = models.ForeignKey(LtiMember, on_delete=models.CASCADE, related_name="scores")
    grade = models.FloatField(null=True, help_text="0 to 100; none: the attempt has no grade")
    ended = models.DateTimeField(null=True, help_text="when the attempt that counts ended")
    wanted_at: "models.DateTimeField[Any, datetime]" = models.DateTimeField(default=timezone.now, help_text="when this grade was put down")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at: "models.DateTimeField[Any, datetime]" = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="of the last answer")
    said = models.CharField(max_length=SAID_MAX, blank=True, help_text="how it began")
    problem = models.TextField(blank=True, help_text="why there was none")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state__in=("trying", "waiting")), name="scores_that_are_open")]
        constraints = [
            bounds.one_of("a_score_stands_somehow", state=("waiting", "trying", "delivered", "given-up")),
            bounds.between("a_score_is_of_a_hundred", grade=(0, 100)),
            models.UniqueConstraint(fields=["link", "member"], name="a_score_at_a_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} at {self.link}"

    @classmethod
    def put_down(cls, link: LtiLink, member: LtiMember, grade: float | None, ended: datetime | None, now: datetime) -> bool:
        """What the platform is to know from now on; whether that is new."""
        with transaction.atomic():
            one, made = cls.objects.select_for_update().get_or_create(
                link=link, member=member, defaults={"grade": grade, "ended": ended, "wanted_at": now, "due_at": now}
            )
            if not made and (one.grade, one.ended) != (grade, ended):
                one.grade, one.ended, one.wanted_at = grade, ended, now
                one.state, one.attempts, one.due_at = cls.State.WAITING, 0, now
                one.save()
                return True
        return made

    @classmethod
    def due(cls, now: datetime) -> "QuerySet[LtiScore]":
        """Those whose moment has come, but of platforms that are being told something: one that is slow has one worker at most."""
        busy = cls.objects.filter(state=cls.State.TRYING, tried_at__gt=now - ATTEMPT_MOST).values("link__platform")
        found = cls.objects.filter(state__in=cls.OPEN, due_at__lte=now).exclude(link__platform__in=busy)
        return found.exclude(link__line_item="").order_by("due_at", "pk")

    @classmethod
    def take(cls, platform: int, now: datetime) -> "LtiScore | None":
        """The next attempt for a platform, for this worker alone; None where none is due. It is due again later unless it is `answered`."""
        for one in cls.due(now).filter(link__platform=platform).select_related("link__platform", "member"):
            mine = cls.objects.filter(pk=one.pk, attempts=one.attempts, wanted_at=one.wanted_at, state__in=cls.OPEN)
            if one.attempts >= ATTEMPTS:  # whoever had the last one was killed
                mine.update(state=cls.State.GIVEN_UP)
                continue
            later = now + (AGAIN_AFTER[one.attempts] if one.attempts < len(AGAIN_AFTER) else ATTEMPT_MOST)
            if mine.update(state=cls.State.TRYING, attempts=F("attempts") + 1, tried_at=now, due_at=later):
                one.attempts += 1
                return one
        return None

    def answered(self, status: int | None, said: str = "", problem: str = "") -> bool:
        """What came of the attempt that was taken. A refusal for good is not tried again by itself. Whether it was taken in."""
        good = status is not None and 200 <= status < 300
        refused = status is not None and 400 <= status < 500 and status not in FOR_NOW
        state = self.State.DELIVERED if good else self.State.GIVEN_UP if refused or self.attempts >= ATTEMPTS else self.State.WAITING
        mine = LtiScore.objects.filter(pk=self.pk, attempts=self.attempts, wanted_at=self.wanted_at, state=self.State.TRYING)
        mine.update(state=state, status=status, said=said[:SAID_MAX], problem=problem)
        return good

    @property
    def came_of_it(self) -> str:
        """How the last answer began, or why there was none, for whoever looks now."""
        return tell_row(self.problem) or self.said

    def again(self) -> None:
        """Send it once more, as often as a new one."""
        now = timezone.now()
        mine = LtiScore.objects.filter(pk=self.pk).exclude(state=self.State.TRYING, tried_at__gt=now - ATTEMPT_MOST)
        mine.update(state=self.State.WAITING, attempts=0, due_at=now)
