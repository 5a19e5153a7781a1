"""What must not be lost, as rows: exercises, runs, commands, events, checkpoints. Rules are methods; changes of state are
conditional UPDATEs, so that of two who try at once one wins and the other is told.
"""

import secrets
import uuid
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

import engine
from game import injects, planning
from game.injects import Inject as Inject
from game.injects import Message as Message
from game.keys import hashed, new_token
from game.people import Holding as Holding
from game.people import Player as Player
from game.people import Seat as Seat
from game.planning import Planning as Planning
from game.rules import DESKS
from game.rules import RuleBroken as RuleBroken

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another
PHASE_SPEEDS = {"deployment": 60.0, "premarket": 30.0, "bell": 5.0, "unwind": 90.0, "block": 30.0, "ended": 90.0}
SPEED_MIN, SPEED_MAX = 0.5, 120.0


def speed_of(speeds: dict[str, float], step: int) -> float:
    """How many seconds of market time a second of wall time takes in the phase of `step`. The last seconds before the bell are never
    faster than what follows it: everybody is to see them.
    """
    phase = engine.phase(step)
    speed = float(speeds.get(phase, PHASE_SPEEDS[phase]))
    return min(speed, speed_of(speeds, engine.OPEN)) if engine.BELL_FROM <= step < engine.OPEN else speed


def new_code() -> str:
    """A join code such as K7-M4Q."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(5)]
    return f"{''.join(letters[:2])}-{''.join(letters[2:])}"


class FacilitatorLink(models.Model):
    """A one-time link to the facilitator's pages; only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    @classmethod
    def issue(cls) -> str:
        """A new link's token. Unused older ones die: only the link that was printed last opens."""
        token = new_token()
        cls.objects.filter(used_at=None).delete()
        cls.objects.create(token_hash=hashed(token))
        return token

    @classmethod
    def use(cls, token: str) -> bool:
        """Whether the token opens, which it does once."""
        return cls.objects.filter(token_hash=hashed(token), used_at=None).update(used_at=timezone.now()) == 1


class Exercise(models.Model):
    """One facilitated event: a scenario on a seed, played by teams."""

    class State(models.TextChoices):
        LOBBY = "lobby"
        RUNNING = "running"
        PAUSED = "paused"
        ENDED = "ended"

    class LossCounter(models.TextChoices):
        LIVE = "live"
        DELAYED = "delayed"
        HIDDEN = "hidden"

    class Help(models.TextChoices):
        AS_IN_2012 = "2012"
        ASSISTED = "assisted"
        GUIDED = "guided"

    code = models.CharField(max_length=8, unique=True, default=new_code)
    title = models.CharField(max_length=80)
    scenario = models.CharField(max_length=40, default="knight-2012")
    drawn = models.BooleanField(default=False, help_text="the scenario was drawn, and nobody is told which until the end")
    seed = models.PositiveBigIntegerField(default=79)
    noise = models.PositiveBigIntegerField(null=True, blank=True)
    start_step = models.IntegerField(default=0, help_text="reached at full speed before the clock shows itself")
    advance_step = models.IntegerField(default=0, help_text="run at full speed up to here")
    state = models.CharField(max_length=8, choices=State.choices, default=State.LOBBY)
    speeds = models.JSONField(default=dict, blank=True, help_text="phase -> times real time, where it is not the default")
    loss_counter = models.CharField(max_length=8, choices=LossCounter.choices, default=LossCounter.DELAYED)
    frozen = models.JSONField(null=True, blank=True, help_text="the projector's losses as they stood when they were frozen, see game.wall")
    help = models.CharField(max_length=8, choices=Help.choices, default=Help.AS_IN_2012, help_text="how much the desks are shown")
    facilitator = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="exercises", help_text="who runs it; without one, staff does"
    )
    owner = models.ForeignKey(
        Player, on_delete=models.SET_NULL, null=True, blank=True, related_name="owns", help_text="plays alone, and has pause and speed"
    )
    planning_s = models.PositiveSmallIntegerField(
        default=planning.PLANNING_S, help_text="wall seconds that an evening waits for its desks at most; 0: it does not wait"
    )
    places = models.PositiveSmallIntegerField(default=4, help_text="how many people may share a seat")
    created = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def speed_at(self, step: int) -> float:
        """See speed_of."""
        return speed_of(self.speeds, step)

    @property
    def kept_secret(self) -> bool:
        """Whether the scenario must not show yet."""
        return self.drawn and self.state != self.State.ENDED

    @property
    def first_step(self) -> int:
        """Where its simulations begin: with the week, or on the day. What lies before the start history plays at full speed."""
        return engine.WEEK if self.start_step < 0 else 0

    @property
    def step(self) -> int:
        """Where the furthest of its runs is."""
        return max([self.start_step, *(run.step for run in self.runs())])

    def runs(self) -> "models.QuerySet[Run]":
        """The runs of its teams, in the teams' order."""
        return Run.objects.filter(team__exercise=self).select_related("team", "team__exercise").order_by("team__place")

    def add_team(self, name: str, autopilot: str = "history") -> "Team":
        """A team with its three seats, all played by the autopilot until somebody takes one."""
        team = Team.objects.create(exercise=self, name=name, place=self.teams.count() + 1)
        Seat.objects.bulk_create(Seat(team=team, desk=desk, autopilot=autopilot) for desk in DESKS)
        return team

    def _move(self, before: tuple[str, ...], after: str, **also: Any) -> None:
        changed = Exercise.objects.filter(pk=self.pk, state__in=before).update(state=after, **also)
        self.refresh_from_db()
        if not changed:
            raise RuleBroken(f"This exercise is {self.get_state_display().lower()}: it cannot become {after} now.")

    def start(self) -> None:
        """From the lobby into the market: every team gets its run."""
        self._move(("lobby",), "running", started_at=timezone.now(), advance_step=self.start_step)
        for team in self.teams.all():
            run, made = Run.objects.get_or_create(team=team, defaults={"step": self.first_step})
            if made:
                injects.give_all(run)
            if made and self.help != "2012":
                args = {"level": self.help}
                Command.objects.create(run=run, client_id=uuid.uuid4(), desk="facilitator", kind="help.set", args=args, by="facilitator")

    def pause(self) -> None:
        """Stop the clock. Commands cannot be given meanwhile."""
        self._move(("running",), "paused")
        planning.stand_still(self, timezone.now())

    def go_on(self) -> None:
        """Let the clock go on after a pause."""
        planning.count_on(self, timezone.now())
        self._move(("paused",), "running")

    def end(self) -> None:
        """End it where it is; the runs are scored as they stand."""
        self._move(("running", "paused"), "ended", ended_at=timezone.now())

    def end_if_done(self) -> bool:
        """End it when no run of it is left to turn; true when this call ended it."""
        if not self.runs().exists() or self.runs().exclude(state__in=Run.DONE).exists():
            return False
        changed = Exercise.objects.filter(pk=self.pk, state="running").update(state="ended", ended_at=timezone.now())
        return bool(changed)

    def set_speed(self, speed: float) -> None:
        """The speed of the phase it is in (later phases keep theirs)."""
        if not SPEED_MIN <= speed <= SPEED_MAX:
            raise RuleBroken(f"The speed can be from {SPEED_MIN:g} to {SPEED_MAX:g} times real time, not {speed:g}.")
        self.speeds = {**self.speeds, engine.phase(self.step): speed}
        self.save(update_fields=["speeds"])

    def advance_to(self, step: int) -> None:
        """Run at full speed up to `step`; nothing is skipped."""
        if self.state == "ended":
            raise RuleBroken("This exercise has ended.")
        if step <= self.step:
            raise RuleBroken(f"It is {engine.clock(self.step)} already.")
        self.advance_step = step
        self.save(update_fields=["advance_step"])
        planning.passed(self)

    @property
    def ghost(self) -> "Ghost | None":
        """History's run on this market, once it is computed; by the same engine as the runs where there is such a one."""
        played = self.runs().exclude(engine_version="").values_list("engine_version", flat=True).first() or engine.ENGINE_VERSION
        ghosts = Ghost.objects.filter(scenario=self.scenario, seed=self.seed, noise=self.noise).order_by("-pk")
        there = list(ghosts.values_list("injects_key", "engine_version", "pk"))
        for key in self.ghost_keys():
            these = {version: pk for other, version, pk in reversed(there) if other == key}
            if these:
                return ghosts.get(pk=these.get(played) or max(these.values()))
        return None

    def ghost_keys(self) -> list[str]:
        """What its ghost's injects are known by, and then what they were before each of them was added: an earlier ghost serves until
        the newest is computed.
        """
        added = list(self.injects.all())
        return list(dict.fromkeys(injects.log_key(injects.ghost_log(added[:count])) for count in range(len(added), -1, -1)))


class Team(models.Model):
    """People at three desks who share one run."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=24)
    place = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["exercise", "name"], name="one_name_a_team")]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """One team's simulation: scenario, seed and the ordered commands. `step` is how far it was shown to anybody."""

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        ENDED = "ended"
        FAILED = "failed"

    DONE = ("ended", "failed")

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="run")
    epoch = models.PositiveIntegerField(default=0, help_text="fencing token: grows with every worker that takes the run")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    reason = models.TextField(blank=True, help_text="why it stands still, for the facilitator")
    step = models.IntegerField(default=0)
    curve = models.JSONField(default=list, help_text="[[step, loss in dollars], ...], one a market minute")
    score = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=40, blank=True, help_text="that computed the score")
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"run {self.pk} of {self.team}"

    def try_again(self) -> None:
        """Let a failed run go on from its last checkpoint and its log."""
        if Run.objects.filter(pk=self.pk, state="failed").update(state="running", reason="") != 1:
            raise RuleBroken("Only a run that failed can be tried again.")


class Checkpoint(models.Model):
    """A cache of replay: the simulation before `step`. Thrown away when it does not match."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="checkpoint")
    step = models.IntegerField()
    seq = models.PositiveIntegerField(help_text="the last command in it")
    events = models.PositiveIntegerField(help_text="how many it had told")
    blob = models.BinaryField()
    engine_version = models.CharField(max_length=40)
    saved_at = models.DateTimeField(default=timezone.now)


class Command(models.Model):
    """Something a desk does. The row comes first: the clock stamps it with a step, commits, and only then tells the engine."""

    class State(models.TextChoices):
        PENDING = "pending"
        STAMPED = "stamped"
        APPLIED = "applied"
        REFUSED = "refused"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="commands")
    client_id = models.UUIDField()
    seq = models.PositiveIntegerField(null=True)
    step = models.IntegerField(null=True)
    desk = models.CharField(max_length=12)
    kind = models.CharField(max_length=40)
    args = models.JSONField(default=dict)
    confidence = models.CharField(max_length=8, blank=True)
    why = models.TextField(blank=True)
    by = models.CharField(max_length=24, blank=True, help_text="the holder's name, or autopilot")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    reason = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["run", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["run", "client_id"], name="a_click_counts_once"),
            models.UniqueConstraint(fields=["run", "seq"], name="one_order_of_commands"),
        ]
        indexes = [models.Index(fields=["run", "state"], name="commands_waiting")]

    @classmethod
    def refuse_waiting(cls, run: Run) -> None:
        """Answer the commands that came too late for a run that has ended."""
        late = "The exercise ended before this could be done."
        cls.objects.filter(run=run, state="pending").update(state="refused", reason=late)


class Event(models.Model):
    """Something that happened in a run, in order. `number` makes a second telling of the same event impossible."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    step = models.IntegerField()
    kind = models.CharField(max_length=40)
    audience = models.JSONField(default=list)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="an_event_is_told_once")]
        indexes = [models.Index(fields=["kind", "run"], name="events_by_kind")]


class Ghost(models.Model):
    """History's run on a market: what every team of that seed is measured against."""

    scenario = models.CharField(max_length=40)
    seed = models.PositiveBigIntegerField()
    noise = models.PositiveBigIntegerField(null=True)
    engine_version = models.CharField(max_length=40)
    curve = models.JSONField(default=list)
    score = models.JSONField(default=dict)
    story = models.JSONField(default=list, help_text="[{at, desk, text}, ...], see engine.story")
    injects_key = models.CharField(max_length=32, blank=True, help_text="of the injects in it that went to all teams, see game.injects")
    created = models.DateTimeField(default=timezone.now)
