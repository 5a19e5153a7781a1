"""What a facilitator adds to the runs of an exercise: injects, and messages in somebody's name.

Every run is given the same command with the same market step in it, and waits for that step itself: what wall time does between the
row and the step changes nothing. An inject for all teams is given to history's run too (`ghost_log`).
"""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

import engine
from game.models import bounds, contents
from game.rules import RuleBroken
from game.spoken import tell, to_row

if TYPE_CHECKING:
    from game.models import Exercise, Run, Team

# A run's row says once a second where it is, and its inbox is looked at once a beat: this much wall time later every team is still before
# the step, so that all of them are given it at the same market time.
LEAD_S = 2.0
KEPT = 100  # injects and messages of an exercise, each
_IDS = uuid.UUID("0d2e9a64-70a8-4f8b-8f1c-5a9d4f0f3b21")


class Inject(models.Model):
    """Something the facilitator adds: to all teams, or to one. `at`: the market step; with `when` not before it; null: at once."""

    exercise = models.ForeignKey("game.Exercise", on_delete=models.CASCADE, related_name="injects")
    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="injects", help_text="null: all teams")
    card = models.CharField(max_length=40)
    desks = models.JSONField(default=list)
    server = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True)
    at = models.IntegerField(null=True)
    when = models.JSONField(null=True, help_text="{what, above}: see engine.CONDITIONS")
    by = models.CharField(max_length=24)
    number = models.PositiveBigIntegerField(null=True, help_text="of a fork's: what the runs know it by, which was given it in the source")
    created = models.DateTimeField(default=timezone.now)
    taken_back = models.DateTimeField(null=True)
    taken_back_at = models.IntegerField(null=True, help_text="where the furthest run was then")

    class Meta:
        ordering = ["pk"]
        constraints = [
            bounds.filled("an_inject_is_a_card_of_somebody", "card", "by"),
            bounds.between("an_inject_is_of_the_week", at=bounds.STEPS),
        ]

    def __str__(self) -> str:
        return f"{self.card} to {self.team or 'all teams'}"

    def args(self) -> dict[str, Any]:
        """Arguments of its command."""
        names = ("card", "desks", "server", "minutes", "text", "at", "when")
        return {"id": self.known_by or 1, **{name: getattr(self, name) for name in names}}

    @property
    def known_by(self) -> int:
        """Its number in the runs."""
        return self.number or self.pk

    def runs(self) -> "list[Run]":
        """The runs it goes to, as far as they have begun."""
        found = self.exercise.runs()
        return list(found if self.team_id is None else found.filter(team=self.team_id))

    def give(self, run: "Run") -> None:
        """Put its command into a run's inbox, once."""
        _give(run, f"play {self.pk}", "inject.play", self.args(), self.by)

    def take_back(self, by: str) -> None:
        """Take it back from every run that still waits for it. Raises RuleBroken with where it was delivered, when nobody does."""
        had, runs = delivered(self.exercise).get(self.known_by, {}), self.runs()
        ahead = [run for run in runs if run.pk not in had and not self._passed(run)]
        if self.at is None and self.when is None:  # it waits nowhere but in the inbox of a run that stands still
            ahead = [run for run in ahead if _withdraw(run, f"play {self.pk}")]
        if runs and not ahead:
            step = max(had.values(), default=max(run.step for run in runs) if self.at is None else self.at)
            raise RuleBroken(gettext("It was delivered at %(step)s: it can no longer be withdrawn.") % {"step": self.exercise.calendar.clock(step)})
        changed = Inject.objects.filter(pk=self.pk, taken_back=None).update(
            taken_back=timezone.now(), taken_back_at=self.exercise.step if runs else None
        )
        if not changed:
            raise RuleBroken(gettext("It has already been withdrawn."))
        for run in ahead if self.at is not None or self.when else []:
            _give(run, f"take back {self.pk}", "inject.take_back", {"id": self.known_by}, by)

    def _passed(self, run: "Run") -> bool:
        return self.when is None and self.at is not None and run.step >= self.at


class Message(models.Model):
    """Something said to desks in somebody's name, in all teams or in one."""

    exercise = models.ForeignKey("game.Exercise", on_delete=models.CASCADE, related_name="messages")
    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="messages", help_text="null: all teams")
    sender = models.CharField(max_length=40)
    desks = models.JSONField(default=list)
    text = models.TextField()
    by = models.CharField(max_length=24)
    role = models.CharField(max_length=12, blank=True, help_text="of the team's incident commander or scribe; empty: the facilitator says it")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [bounds.filled("a_message_says_something", "sender", "text", "by")]

    def __str__(self) -> str:
        return f"{self.sender} to {self.team or 'all teams'}: {self.text[:40]}"


def _give(run: "Run", name: str, kind: str, args: dict[str, Any], by: str) -> None:
    """A facilitator's command in a run's inbox, or nothing where it is there already. A run that is over needs none; one that failed may
    be tried again.
    """
    from game.models import Command  # the models are made of this one

    if run.state == "ended":
        return
    row = {"desk": "facilitator", "kind": kind, "args": args, "by": by}
    Command.objects.get_or_create(run=run, client_id=uuid.uuid5(_IDS, f"{run.pk} {name}"), defaults=row)


def _withdraw(run: "Run", name: str) -> bool:
    """Whether a command that no clock has taken in yet could be withdrawn from a run's inbox."""
    from game.models import Command

    waits = Command.objects.filter(run=run, client_id=uuid.uuid5(_IDS, f"{run.pk} {name}"), state="pending")
    return bool(waits.update(state="refused", reason=to_row(engine.phrase(gettext_noop("Withdrawn.")))))


def give_all(run: "Run") -> None:
    """Give a run that begins what was added for all teams or for its own, and is still ahead of it; what a fork has in its log it has."""
    mine = models.Q(team=None) | models.Q(team=run.team_id)
    for inject in Inject.objects.filter(mine, exercise=run.team.exercise, taken_back=None, number=None):
        if inject.at is None or inject.at >= run.step:
            inject.give(run)


def _reach(run: "Run", *, moving: bool) -> int:
    """How far a run may be before it hears of something that is added now; one that stands still is where it is."""
    exercise = run.team.exercise
    if not moving or run.paused:
        return run.step
    step = max(run.step, exercise.advance_step, engine.EARLIEST if run.advance_step is None else run.advance_step)
    return step + max(1, round(run.speed_at(step) * LEAD_S * engine.STEPS_PER_SECOND))


def soon(exercise: "Exercise") -> int:
    """The step at which "now" is for all teams alike: a moment ahead of the furthest one. Raises RuleBroken when the day is over."""
    if exercise.state == "lobby":
        return exercise.start_step
    at = max([exercise.step + 1, *(_reach(run, moving=True) for run in exercise.runs() if run.state not in run.DONE)])
    calendar = exercise.calendar
    if calendar.close <= at < calendar.block:
        at = calendar.block
    if at >= calendar.end:
        raise RuleBroken(gettext("The day is over: nothing more can be added."))
    return at


def add(exercise: "Exercise", team: "Team | None", at: int | None, by: str, **fields: Any) -> Inject:
    """Add an inject to all teams or to one: at once (`at` None), or at a market step; `fields`: card, desks, server, minutes, text, when.

    Raises RuleBroken with what was wrong, and where a team is that has passed the step.
    """
    if exercise.state == "ended":
        raise RuleBroken(gettext("This exercise has ended."))
    if exercise.injects.count() >= KEPT:
        raise RuleBroken(gettext("This exercise has had its %(kept)s injects.") % {"kept": KEPT})
    inject = Inject(exercise=exercise, team=team, by=by, **fields)
    now = at is None
    if at is None and (team is None or exercise.state == "lobby"):
        at = soon(exercise)
    inject.at = at
    if at is not None and not now:
        _not_passed(inject, at)
    scenario = contents.scenario_of_all(exercise)
    reason = tell(scenario, engine.fault_of(scenario, "inject.play", inject.args(), exercise.first_step))
    if reason:
        raise RuleBroken(f"{reason[0].upper()}{reason[1:]}.")
    inject.save()
    for run in inject.runs():
        inject.give(run)
    return inject


def _not_passed(inject: Inject, at: int) -> None:
    """Refuse a step that a team has passed, or may pass before it hears of it."""
    exercise, calendar = inject.exercise, inject.exercise.calendar
    if at < exercise.start_step:
        raise RuleBroken(gettext("This exercise starts at %(start_step)s: expected a later time.") % {"start_step": calendar.hm(exercise.start_step)})
    for run in inject.runs():
        if run.state not in run.DONE and at <= _reach(run, moving=exercise.state == "running"):
            raise RuleBroken(
                gettext("%(name)s is at %(step)s: %(at)s is too early: expected a later time, or now.")
                % {"name": run.team.name, "step": calendar.clock(run.step), "at": calendar.clock(at)}
            )


def say_as(exercise: "Exercise", team: "Team | None", by: str, *, sender: str, desks: list[str], text: str, role: str = "") -> Message:
    """Say something to desks in somebody's name; `role`: of the team's own incident commander or scribe, who has a limit of their own. Raises
    RuleBroken with what was wrong.
    """
    if exercise.state not in ("running", "paused"):
        raise RuleBroken(gettext("No one is at the desks yet.") if exercise.state == "lobby" else gettext("This exercise has ended."))
    if exercise.messages.filter(role=role, **({"team": team} if role else {})).count() >= KEPT:
        raise RuleBroken(gettext("This exercise has had its %(kept)s messages.") % {"kept": KEPT})
    args = {"sender": sender, "desks": desks, "text": text}
    scenario = contents.scenario_of_all(exercise)
    reason = tell(scenario, engine.fault_of(scenario, "persona.say", {"id": 1, **args}))
    if reason:
        raise RuleBroken(f"{reason[0].upper()}{reason[1:]}.")
    message = Message.objects.create(exercise=exercise, team=team, by=by, role=role, **args)
    for run in exercise.runs() if team is None else exercise.runs().filter(team=team):
        _give(run, f"say {message.pk}", "persona.say", {"id": message.pk, **args}, by)
    return message


def delivered(exercise: "Exercise") -> dict[int, dict[int, int]]:
    """Where the injects of an exercise were delivered: inject -> {run: step}."""
    from game.models import Event

    found: dict[int, dict[int, int]] = {}
    told = Event.objects.filter(kind="inject.delivered", run__team__exercise=exercise)
    for run, step, data in told.values_list("run", "step", "data"):
        found.setdefault(data["inject"], {})[run] = step
    return found


def for_the_ghost(exercise: "Exercise") -> list[Inject]:
    """Those of an exercise that history's run may be given: not what every team was too far for."""
    from game.models import Command

    added = list(exercise.injects.all())
    if not added:
        return []
    refused = Command.objects.filter(run__team__exercise=exercise, state="refused", desk="facilitator", kind="inject.play").order_by()
    missed = Counter(engine.fitting("inject.play", args).get("id") for args in refused.values_list("args", flat=True))
    runs = exercise.runs().count()
    return [inject for inject in added if not runs or missed[inject.known_by] < runs]


def ghost_log(injects: Iterable[Inject]) -> list[list[Any]]:
    """What history's run is given of these: [step, kind, args] of those that went to all teams. What was taken back before its step is
    nothing; a condition was judged until it was taken back."""
    log: list[list[Any]] = []
    for inject in injects:
        if inject.team_id is not None or (inject.taken_back and (inject.when is None or inject.taken_back_at is None)):
            continue
        log.append([engine.EARLIEST, "inject.play", inject.args()])
        if inject.taken_back:
            log.append([inject.taken_back_at, "inject.take_back", {"id": inject.known_by}])
    return log


def log_key(log: list[list[Any]]) -> str:
    """What a ghost's injects are known by; "" for none. The numbers of rows are no part of it: only their order is."""
    if not log:
        return ""
    order = {args["id"]: place for place, (_, kind, args) in enumerate(log) if kind == "inject.play"}
    same = [[step, kind, {**args, "id": order[args["id"]]}] for step, kind, args in log]
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:32]
