"""Scenarios that facilitators brought along: whose each is, and every version of it, which workers on any host read from here.

An exercise names its scenario as it does one of a folder, by a text: a version's `ref`. So it keeps the version that it was made with, whatever
is brought later, and nothing else has to know where a scenario lies.
"""

import re
import secrets
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

import engine
from game.models import bounds
from game.rules import RuleBroken

ID_MAX = 31  # a version's ref has its key behind it, and fits where an exercise keeps the id of a scenario
LABEL_MAX = 80
KEPT_MAX = 50  # scenarios of a facilitator
VERSIONS_MAX = 100  # of a scenario; of more the oldest that nobody plays goes
BYTES_MAX = 4 << 20  # of all its texts, those of its base with them: the largest that ships has a quarter of a megabyte
PREVIEWED = 10  # seeds of a preview: 1 to so many
_REF = re.compile(r"[a-z0-9-]+\.([0-9a-f]{8})")


def new_key() -> str:
    """What tells one version from all others."""
    return secrets.token_hex(4)


class KeptScenario(models.Model):
    """A scenario that somebody brought: theirs alone, or the house's. Staff has those of nobody."""

    name = models.CharField(max_length=ID_MAX, help_text="its id")
    label = models.CharField(max_length=LABEL_MAX, help_text="what lists call it")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="kept_scenarios")
    house = models.BooleanField(default=False, help_text="every facilitator may choose it")
    gone = models.BooleanField(default=False, help_text="deleted, but for the versions that exercises are played on")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["label", "pk"]
        constraints = [
            bounds.filled("a_kept_scenario_is_named", "name", "label"),
            models.UniqueConstraint(fields=["owner", "name"], condition=Q(gone=False), name="one_of_an_id_each"),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.name})"

    @classmethod
    def keep(cls, owner: User, scenario: engine.Scenario, *, house: bool = False) -> "ScenarioVersion":
        """Keep what was checked: a first version, or the next one of the scenario that its owner has under this id. Raises RuleBroken."""
        if len(scenario.id) > ID_MAX:
            raise RuleBroken(gettext("Its id has more than %(most)d characters: expected a shorter one.") % {"most": ID_MAX})
        if scenario.id in engine.scenario_ids():
            raise RuleBroken(gettext("There is a scenario %(id)s on this server already: expected an id of its own.") % {"id": scenario.id})
        with transaction.atomic():
            User.objects.select_for_update().get(pk=owner.pk)  # of two uploads at once one counts the other
            ours = cls.objects.filter(owner=owner, gone=False)
            found = ours.filter(name=scenario.id).first()
            if found is None:
                if ours.count() >= KEPT_MAX:
                    raise RuleBroken(gettext("You keep %(most)d scenarios here already: delete one first.") % {"most": KEPT_MAX})
                found = cls.objects.create(owner=owner, name=scenario.id, label=scenario.title[:LABEL_MAX], house=house)
            return found.add(scenario, owner)

    def add(self, scenario: engine.Scenario, by: User, same_as: int | None = None, after: int | None = None) -> "ScenarioVersion":
        """Its next version; what the last one says already is no new one. `after`: the number of the version that it was made from, where one
        that somebody has saved since is not to be hidden by it. Raises RuleBroken.
        """
        files = engine.scenario_files(scenario)
        if sum(len(text.encode()) for text in files.values()) > BYTES_MAX:
            raise RuleBroken(gettext("Its files have more than %(most)d MB in all.") % {"most": BYTES_MAX >> 20})
        if any("\0" in text for text in (scenario.title, *files.values())):
            raise RuleBroken(gettext("There is a zero byte in its texts, which no database keeps: expected text."))
        with transaction.atomic():
            KeptScenario.objects.select_for_update().filter(pk=self.pk).first()  # of two at once the second sees what the first has saved
            last = self.latest
            if after is not None and (last is None or last.number != after):
                said = gettext("Somebody saved another version meanwhile: nothing was saved. Copy what you typed, and load the page again.")
                raise RuleBroken(said)
            if last is not None and (last.files, last.code) == (files, scenario.code):
                return last
            if self.versions.count() >= VERSIONS_MAX:
                self._drop_oldest(last)
            return ScenarioVersion.objects.create(
                scenario=self, number=1 if last is None else last.number + 1, title=scenario.title[:200], files=files, code=scenario.code,
                deck=scenario.faults.deck, by=by, same_as=same_as,
            )  # fmt: skip

    def _drop_oldest(self, last: "ScenarioVersion | None") -> None:
        """Make room for one more version. Raises RuleBroken where something is played on each."""
        used = [key_of(ref) for ref in self.used]
        oldest = self.versions.exclude(number=last.number if last else 0).exclude(key__in=used).order_by("number").first()
        if oldest is None:
            raise RuleBroken(gettext("It has %(most)d versions, and all are played on: keep it under another id.") % {"most": VERSIONS_MAX})
        oldest.delete()

    @property
    def latest(self) -> "ScenarioVersion | None":
        """What is chosen from now on."""
        return self.versions.order_by("-number").first()

    def bring_back(self, version: "ScenarioVersion", by: User) -> "ScenarioVersion":
        """Make an older version the newest again, as it stood. Raises RuleBroken where it cannot be played any more."""
        try:
            return self.add(version.read(), by, version.same_as or version.number)
        except engine.ScenarioError as problem:
            raise RuleBroken(gettext("That version cannot be played any more: %(problem)s") % {"problem": problem}) from None

    @property
    def before(self) -> "ScenarioVersion | None":
        """What an undo brings back: how it stood before the newest version, or before the one that the newest brought back."""
        last = self.latest
        return None if last is None else self.versions.filter(number__lt=last.same_as or last.number).order_by("-number").first()

    def rename(self, label: str) -> None:
        """What lists call it from now on. Raises RuleBroken."""
        label = " ".join(label.split())
        if not 1 <= len(label) <= LABEL_MAX:
            raise RuleBroken(gettext("A name has 1 to %(most)d characters.") % {"most": LABEL_MAX})
        KeptScenario.objects.filter(pk=self.pk).update(label=label)

    def remove(self) -> bool:
        """Delete it; the versions that exercises or experiments name stay with them. Whether any did."""
        with transaction.atomic():
            used = self.used
            self.versions.exclude(key__in=[key_of(ref) for ref in used]).delete()
            if used:
                KeptScenario.objects.filter(pk=self.pk).update(gone=True)
            else:
                self.delete()
        return bool(used)

    @property
    def used(self) -> set[str]:
        """The refs of its versions that something is played on."""
        refs = [version.ref for version in self.versions.select_related("scenario").defer("files", "previewed")]
        rows = [apps.get_model("game", name).objects.filter(scenario__in=refs) for name in ("Exercise", "Experiment", "Homework")]
        return {ref for found in rows for ref in found.values_list("scenario", flat=True)}


class ScenarioVersion(models.Model):
    """A scenario as it was brought once: its files and those of what it is based on, name -> text. Never changed."""

    key = models.CharField(max_length=8, unique=True, default=new_key)
    scenario = models.ForeignKey(KeptScenario, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    files = models.JSONField()
    same_as = models.PositiveIntegerField(null=True, help_text="the number of the version that it brought back")
    code = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the module of what it is based on; empty: there is none")
    deck = models.BooleanField(default=False, help_text="the seed draws what is wrong")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    previewed = models.JSONField(null=True, help_text="what autopilots made of the seeds so far, in their order; null: nobody asked for it")
    preview_problem = models.CharField(max_length=300, blank=True, help_text="why autopilots stopped")

    class Meta:
        ordering = ["-number"]
        constraints = [
            bounds.filled("a_version_has_a_key", "key", "title"),
            models.UniqueConstraint(fields=["scenario", "number"], name="one_version_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario.name}, version {self.number}"

    @property
    def ref(self) -> str:
        """What an exercise that is played on it has in place of a folder's id."""
        return f"{self.scenario.name}.{self.key}"

    def read(self) -> engine.Scenario:
        """It, as it was brought. Raises ScenarioError where this engine cannot read it, or the code of its base is gone."""
        return engine.read_scenario(self.scenario.name, self.files, self.code)

    @property
    def folder(self) -> engine.Folder:
        """Its own files."""
        mine = f"{self.scenario.name}/"
        own = {name.removeprefix(mine): text.encode() for name, text in self.files.items() if name.startswith(mine)}
        return engine.Folder(self.scenario.name, own)

    @property
    def base_changed(self) -> str:
        """What it is based on, where that is not here any more as this version has it; else ""."""
        try:
            base = self.read().files.base
            if base is None:
                return ""
            now = engine.load_scenario(base.name)
        except engine.ScenarioError as problem:
            return str(problem)
        return "" if now.files.data == base.data and now.code == self.code else base.name

    @property
    def previewing(self) -> bool:
        """Whether autopilots have seeds left to play."""
        return self.previewed is not None and len(self.previewed) < PREVIEWED and not self.preview_problem

    def ask_preview(self) -> None:
        """Have autopilots play it: one that stopped goes on where it was, one that is done begins anew."""
        rows = self.previewed or []
        self.previewed = [] if len(rows) >= PREVIEWED else rows
        self.preview_problem = ""
        self.save(update_fields=["previewed", "preview_problem"])

    def wants(self, seed: int) -> bool:
        """Whether this seed is the next one."""
        return self.previewing and len(self.previewed or []) == seed - 1

    def keep_preview(self, seed: int, found: Any) -> bool:
        """Put down what came of a seed, once however often it was played; whether this call did."""
        with transaction.atomic():
            row = ScenarioVersion.objects.select_for_update().filter(pk=self.pk).first()
            if row is None or not row.wants(seed):
                return False
            ScenarioVersion.objects.filter(pk=self.pk).update(previewed=[*(row.previewed or []), found])
        return True

    def stop_preview(self, problem: str) -> None:
        """Say why autopilots did not get to the end."""
        ScenarioVersion.objects.filter(pk=self.pk).update(preview_problem=problem[:300])


def key_of(ref: str) -> str:
    """The key in a version's ref; "" for the id of a folder."""
    found = _REF.fullmatch(ref)
    return found[1] if found else ""


def load(scenario_id: str) -> engine.Scenario:
    """The scenario that an exercise names: of a folder by its id, or a version by its ref. Raises ScenarioError."""
    key = key_of(scenario_id)
    return _version(key) if key else engine.load_scenario(scenario_id)


@lru_cache(maxsize=64)
def _version(key: str) -> engine.Scenario:
    """A key is drawn once and what it names never changes: it is read once in a process."""
    version = ScenarioVersion.objects.select_related("scenario").filter(key=key).first()
    if version is None:
        raise engine.ScenarioError(f"version {key} of a scenario is not here any more")
    return version.read()


def decks() -> list[str]:
    """The versions in which the seed draws what is wrong."""
    return [version.ref for version in ScenarioVersion.objects.filter(deck=True).select_related("scenario").defer("files", "previewed")]


def offered(user: Any) -> "models.QuerySet[KeptScenario]":
    """What this user may choose for an exercise: their own, and the house's; for staff everybody's."""
    found = KeptScenario.objects.filter(gone=False)
    return found if user.is_staff else found.filter(Q(owner=user.pk) | Q(house=True))
