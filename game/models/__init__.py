"""What must not be lost, as rows: here exercises, teams and their runs, beside it the rest. Rules are methods; changes of state are
conditional UPDATEs, so that of two who try at once one wins and the other is told.
"""

import secrets
import uuid
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop

import engine
from game.models import bounds, branching, contents, injects, packing, planning
from game.models.actions import Action as Action
from game.models.aides import Aide as Aide
from game.models.api_tokens import ApiToken as ApiToken
from game.models.branching import Fork as Fork
from game.models.calendars import CalendarEntry as CalendarEntry
from game.models.calendars import CalendarLink as CalendarLink
from game.models.contents import ScenarioContent as ScenarioContent
from game.models.courses import Attempt as Attempt
from game.models.courses import Cohort as Cohort
from game.models.courses import Homework as Homework
from game.models.courses import Participation as Participation
from game.models.courses import Student as Student
from game.models.courses import TaughtCourse as TaughtCourse
from game.models.defaults import Defaults as Defaults
from game.models.experiments import Experiment as Experiment
from game.models.experiments import Trial as Trial
from game.models.incident_log import LogEntry as LogEntry
from game.models.injects import Inject as Inject
from game.models.injects import Message as Message
from game.models.kept import KeptScenario as KeptScenario
from game.models.kept import ScenarioVersion as ScenarioVersion
from game.models.lessons import Lesson as Lesson
from game.models.links import FacilitatorLink as FacilitatorLink
from game.models.lti import LtiKey as LtiKey
from game.models.lti import LtiLink as LtiLink
from game.models.lti import LtiLogin as LtiLogin
from game.models.lti import LtiMember as LtiMember
from game.models.lti import LtiPlatform as LtiPlatform
from game.models.lti import LtiScore as LtiScore
from game.models.notes import Deed as Deed
from game.models.notes import Note as Note
from game.models.observing import ObserverSheet as ObserverSheet
from game.models.outcomes import Course as Course
from game.models.outcomes import Finished as Finished
from game.models.packing import PackedLog as PackedLog
from game.models.people import Holding as Holding
from game.models.people import Player as Player
from game.models.people import Seat as Seat
from game.models.people import Stay as Stay
from game.models.people import clean_name, name_key
from game.models.planning import Planning as Planning
from game.models.questions import SurveyQuestion as SurveyQuestion
from game.models.questions import SurveyReply as SurveyReply
from game.models.run_rows import Checkpoint as Checkpoint
from game.models.run_rows import Command as Command
from game.models.run_rows import Event as Event
from game.models.run_rows import Ghost as Ghost
from game.models.webhooks import Webhook as Webhook
from game.models.webhooks import WebhookDelivery as WebhookDelivery
from game.rules import ASSISTANT, DESKS, JOINS_MOST, SEED_MAX, SPEED_MAX, SPEED_MIN
from game.rules import RuleBroken as RuleBroken
from game.spoken import to_row

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another
TEAMS_MAX = 12
PLACES_MAX = 60  # people at one desk: a whole room
PLANNING_MAX_S, STUCK_MAX_S = 600, 24 * 3600
MOVE_MAX_S = 600


def speed_of(calendar: engine.Calendar, speeds: dict[str, float], step: int) -> float:
    """How many seconds of market time a second of wall time takes in the phase of `step`. The last seconds before the bell are never
    faster than what follows it: everybody is to see them.
    """
    phase = calendar.phase(step)
    speed = float(speeds.get(phase, engine.SPEEDS[phase]))
    return min(speed, speed_of(calendar, speeds, calendar.open)) if calendar.bell_from <= step < calendar.open else speed


def checked_speed(speed: float) -> float:
    """The speed itself. Raises RuleBroken for one that is none."""
    if not SPEED_MIN <= speed <= SPEED_MAX:
        raise RuleBroken(
            gettext("The speed can be from %(speed_min)s to %(speed_max)s times real time, not %(speed)s.")
            % {"speed_min": f"{SPEED_MIN:g}", "speed_max": f"{SPEED_MAX:g}", "speed": f"{speed:g}"}
        )
    return speed


def new_code() -> str:
    """A join code such as K7-M4Q."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(5)]
    return f"{''.join(letters[:2])}-{''.join(letters[2:])}"


class Exercise(models.Model):
    """One facilitated event: a scenario on a seed, played by teams."""

    class State(models.TextChoices):
        LOBBY = "lobby", gettext_lazy("Lobby")
        RUNNING = "running", gettext_lazy("Running")
        PAUSED = "paused", gettext_lazy("Paused")
        ENDED = "ended", gettext_lazy("Ended")

    class LossCounter(models.TextChoices):
        LIVE = "live"
        DELAYED = "delayed"
        HIDDEN = "hidden"

    class Help(models.TextChoices):
        AS_IN_2012 = "2012"
        ASSISTED = "assisted", gettext_lazy("Assisted")
        GUIDED = "guided", gettext_lazy("Guided")

    class Names(models.TextChoices):
        LETTERS = "letters", gettext_lazy("Team A, B, C")
        TEAMS = "teams", gettext_lazy("Teams and desks")
        PEOPLE = "people", gettext_lazy("People as well")

    code = models.CharField(max_length=8, unique=True, default=new_code)
    title = models.CharField(max_length=80)
    scenario = models.CharField(max_length=40, default="knight-2012")
    drawn = models.BooleanField(default=False, help_text="the scenario was drawn, and nobody is told which until the end")
    seed_hidden = models.BooleanField(default=False, help_text="nobody is told the seed, also after the end: others play on it yet")
    seed = models.PositiveBigIntegerField(default=79)
    noise = models.PositiveBigIntegerField(null=True, blank=True)
    start_step = models.IntegerField(default=0, help_text="reached at full speed before the clock shows itself")
    first = models.IntegerField(null=True, blank=True, help_text="of a fork: where its simulations begin, see game.forks")
    advance_step = models.IntegerField(default=0, help_text="run at full speed up to here")
    state = models.CharField(max_length=8, choices=State.choices, default=State.LOBBY)
    speeds = models.JSONField(default=dict, blank=True, help_text="phase -> times real time, where it is not the default")
    loss_counter = models.CharField(max_length=8, choices=LossCounter.choices, default=LossCounter.DELAYED)
    frozen = models.JSONField(null=True, blank=True, help_text="the projector's losses as they stood when they were frozen, see game.wall")
    revealed = models.PositiveSmallIntegerField(default=0, help_text="how many steps of the end the wall has shown, see game.control.reveal")
    held_back = models.BooleanField(default=False, help_text="ended on a secret: its result waits for the reveal")
    help = models.CharField(max_length=8, choices=Help.choices, default=Help.AS_IN_2012, help_text="how much the desks are shown")
    second_act = models.BooleanField(default=True, help_text="a smaller event comes beside the morning's own, the same for every team")
    facilitator = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="exercises", help_text="who runs it; without one, staff does"
    )
    owner = models.ForeignKey(
        Player, on_delete=models.SET_NULL, null=True, blank=True, related_name="owns", help_text="plays alone, and has pause and speed"
    )
    planning_s = models.PositiveSmallIntegerField(
        default=planning.PLANNING_S, help_text="wall seconds that an evening waits for its desks at most; 0: it does not wait"
    )
    move_s = models.PositiveSmallIntegerField(
        default=0, help_text="wall seconds that the clock waits for a program's move at most; 0: it waits for none, see game.live.programs"
    )
    places = models.PositiveSmallIntegerField(default=4, help_text="how many people may share a seat")
    stuck_s = models.PositiveSmallIntegerField(default=180, help_text="wall seconds without a command of a team's people; 0: never stuck")
    names = models.CharField(max_length=8, choices=Names.choices, default=Names.TEAMS, help_text="who is named in the debrief")
    open_results = models.BooleanField(default=False, help_text="everybody with the code sees every team's result, not only its own")
    planned_for = models.DateTimeField(null=True, blank=True, help_text="when it is to be played, as whoever planned it typed it")
    closed = models.BooleanField(default=False, help_text="the door: nobody new comes in, whoever is inside stays")
    joins_a_minute = models.PositiveSmallIntegerField(default=120, help_text="people who may join from one address in a minute")
    round_before = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="played by the same teams on another market"
    )
    came_from = models.CharField(max_length=32, blank=True, help_text="of a game for one: whose address it counts for, as a keyed hash")
    archived = models.BooleanField(default=False, help_text="put away: it shows in no list unless asked for")
    created = models.DateTimeField(default=timezone.now)
    halt = models.CharField(max_length=8, blank=True, help_text="why it paused by itself: offline or alone; empty: it did not")
    halted = models.JSONField(default=list, blank=True, help_text="the players who vanished then")
    offline_s = models.FloatField(default=0.0, help_text="for how long the room was offline in all")
    offline_count = models.PositiveIntegerField(default=0, help_text="how often that was counted on")
    started_at = models.DateTimeField(null=True, blank=True)
    moving_since = models.DateTimeField(null=True, blank=True, help_text="when its clock last began to go")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        constraints = [
            bounds.filled("an_exercise_is_named", "code", "title", "scenario"),
            bounds.one_of(
                "an_exercise_stands_somehow",
                state=("lobby", "running", "paused", "ended"),
                loss_counter=("live", "delayed", "hidden"),
                help=("2012", "assisted", "guided"),
                names=("letters", "teams", "people"),
            ),
            bounds.between("an_exercise_is_of_the_week", start_step=bounds.STEPS, first=bounds.STEPS, advance_step=bounds.STEPS),
            bounds.between(
                "an_exercise_waits_within_bounds", planning_s=(0, PLANNING_MAX_S), move_s=(0, MOVE_MAX_S), stuck_s=(0, STUCK_MAX_S)
            ),
            bounds.between("a_desk_has_places", places=(1, PLACES_MAX)),
            bounds.between("a_door_lets_somebody_in", joins_a_minute=(1, JOINS_MOST)),
            bounds.speeds("an_exercises_speeds_within_bounds", engine.SPEEDS),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def speed_at(self, step: int) -> float:
        """See speed_of."""
        return speed_of(self.calendar, self.speeds, step)

    @property
    def kept_secret(self) -> bool:
        """Whether what was drawn must not show yet, the scenario or what is wrong in it, nor anything that was reckoned from it: the seed,
        and what a run is held against.
        """
        return (self.drawn or contents.is_deck(self.scenario)) and self.state != self.State.ENDED

    @property
    def ends_on_a_secret(self) -> bool:
        """Whether its result waits for a facilitator's reveal: what the room did not see while it played, it first sees together."""
        return self.owner_id is None and (self.kept_secret or self.loss_counter == self.LossCounter.HIDDEN)

    @property
    def held(self) -> bool:
        """Whether it has ended and none but its facilitators see the result yet."""
        return self.state == self.State.ENDED and (self.held_back or self.frozen is not None)

    @property
    def scenario_told(self) -> str:
        """The scenario as it may show now."""
        return "a drawn scenario" if self.drawn and self.kept_secret else self.scenario

    @property
    def seed_told(self) -> str:
        """The seed as it may show now."""
        if self.seed_hidden:
            return gettext("not told")
        return str(self.seed) if self.state == self.State.ENDED else gettext("told at the end")

    @property
    def fault_told(self) -> dict[str, Any] | None:
        """What was wrong, where and how strong, once everybody may know; None before, and where it is no secret."""
        scenario = contents.here(self.scenario)
        return engine.fault_told(scenario, self.seed) if scenario and scenario.faults.deck and not self.kept_secret else None

    @property
    def act_told(self) -> dict[str, Any] | None:
        """What came beside it, once everybody may know; None before, and where nothing did."""
        scenario, over = contents.here(self.scenario), self.state == self.State.ENDED
        played = over and self.second_act and self.start_step <= self.calendar.open
        return engine.act_told(scenario, self.seed) if scenario and played else None

    @property
    def words(self) -> dict[str, Any]:
        """What its scenario calls things, for its pages."""
        return contents.words_of(self.scenario)

    @property
    def wishes(self) -> str:
        """What assistants can be asked for, as JSON for the scripts of a desk."""
        return contents.wishes_of(self.scenario)

    @property
    def terms(self) -> dict[str, tuple[str, str]]:
        """What the words of its pages mean."""
        return contents.terms_of(self.scenario)

    @property
    def calendar(self) -> engine.Calendar:
        """The days and hours of its scenario."""
        return contents.calendar_of(self.scenario)

    @classmethod
    def new_seed(cls, *taken: int) -> int:
        """A drawn seed that is none of these, and no exercise's that is still open: who plays one market could tell another what comes."""
        known = {*taken, *cls.objects.exclude(state=cls.State.ENDED).values_list("seed", flat=True)}
        return next(seed for seed in iter(lambda: secrets.randbelow(SEED_MAX), None) if seed not in known)

    @property
    def yardstick_usd(self) -> int:
        """The least that a grade is measured against."""
        return contents.yardstick_of(self.scenario)

    @property
    def first_step(self) -> int:
        """Where its simulations begin: with the week, or on the day. What lies before the start history plays at full speed, or a fork's
        source has played.
        """
        if self.first is not None:
            return self.first
        return self.calendar.week if self.start_step < 0 else 0

    @property
    def step(self) -> int:
        """Where the furthest of its runs is."""
        furthest = Run.objects.filter(team__exercise=self).aggregate(furthest=models.Max("step"))["furthest"]
        return max(self.start_step, furthest or engine.EARLIEST)

    def runs(self) -> "models.QuerySet[Run]":
        """The runs of its teams, in the teams' order."""
        return Run.objects.filter(team__exercise=self).select_related("team", "team__exercise").order_by("team__place")

    def add_team(self, name: str, autopilot: str = "history") -> "Team":
        """A team with its three seats, all played by the autopilot until somebody takes one."""
        team = Team.objects.create(exercise=self, name=name, place=self.teams.count() + 1)
        Seat.objects.bulk_create(Seat(team=team, desk=desk, autopilot=autopilot) for desk in DESKS)
        return team

    @property
    def begins(self) -> str | None:
        """Of a game for one whose clock has never gone: "soon" on the way to its start, "now" there, where it stands until its player begins."""
        if self.owner_id is None or self.moving_since is not None:
            return None
        return "soon" if self.state == "running" else "now" if self.state == "paused" and self.halt == "begin" else None

    def moves(self) -> None:
        """Its clock begins to go now: nobody has been idle for longer."""
        Exercise.objects.filter(pk=self.pk).update(moving_since=timezone.now())

    def _move(self, before: tuple[str, ...], after: str, **also: Any) -> None:
        changed = Exercise.objects.filter(pk=self.pk, state__in=before).update(state=after, **also)
        self.refresh_from_db()
        if not changed:
            now, then = (self.State(state).label.lower() for state in (self.state, after))
            raise RuleBroken(gettext("This exercise is %(names)s: it cannot become %(after)s now.") % {"names": now, "after": then})

    def start(self) -> None:
        """From the lobby into the market: every team gets its run."""
        self._move(("lobby",), "running", started_at=timezone.now(), advance_step=self.start_step)
        for team in self.teams.all():
            team.begin()

    def come_late(self, name: str) -> "Team":
        """One more team. While the exercise runs its market begins where the others are: history plays what lies before, at full speed."""
        if self.state == "ended":
            raise RuleBroken(gettext("This exercise has ended."))
        if self.teams.count() >= TEAMS_MAX:
            raise RuleBroken(gettext("There are %(teams_max)s teams already, which is as many as one exercise can hold.") % {"teams_max": TEAMS_MAX})
        step = self.step
        team = self.add_team(team_name(self, name), ASSISTANT)
        if self.state != "lobby":
            team.begin(step)
        return team

    def pause(self) -> None:
        """Stop the clock. Commands cannot be given meanwhile. A pause that came by itself stays then, whoever comes back."""
        if Exercise.objects.filter(pk=self.pk, state="paused").exclude(halt="").update(halt="", halted=[]):
            self.refresh_from_db()
            return
        self._move(("running",), "paused")

    def pause_by_itself(self, why: str, who: list[int]) -> None:
        """Stop the clock because these players vanished (`why`: offline, the room; alone, whose game it is), or until one begins (begin)."""
        self._move(("running",), "paused", halt=why, halted=who)

    def go_on(self) -> None:
        """Let the clock go on after a pause. A team that was paused alone stays so."""
        begun = {"moving_since": timezone.now()} if self.halt == "begin" else {}  # at once, or a worker would have it stand there again
        self._move(("paused",), "running", halt="", halted=[], **begun)

    def end(self) -> None:
        """End it where it is; the runs are scored as they stand."""
        self._move(("running", "paused"), "ended", ended_at=timezone.now(), halt="", halted=[], held_back=self.ends_on_a_secret)

    def end_if_done(self) -> bool:
        """End it when no run of it is left to turn; true when this call ended it."""
        if not self.runs().exists() or self.runs().exclude(state__in=Run.DONE).exists():
            return False
        ended = {"state": "ended", "ended_at": timezone.now(), "held_back": self.ends_on_a_secret}
        changed = Exercise.objects.filter(pk=self.pk, state="running").update(**ended)
        return bool(changed)

    def set_speed(self, speed: float) -> None:
        """The speed of the phase it is in (later phases keep theirs), for every team: one that had its own there has it no longer."""
        phase = self.calendar.phase(self.step)
        self.speeds = {**self.speeds, phase: checked_speed(speed)}
        self.save(update_fields=["speeds"])
        for run in self.runs():
            if phase in run.speeds:
                run.speeds.pop(phase)
                run.save(update_fields=["speeds"])

    def advance_to(self, step: int) -> None:
        """Run at full speed up to `step`; nothing is skipped."""
        if self.state == "ended":
            raise RuleBroken(gettext("This exercise has ended."))
        if step <= self.step:
            raise RuleBroken(gettext("It is %(step)s already.") % {"step": self.calendar.clock(self.step)})
        self.advance_step = step
        self.save(update_fields=["advance_step"])
        planning.passed(self)

    @property
    def ghost(self) -> "Ghost | None":
        """History's run on this market, once it is computed; by the same rules and on the same data as the runs where there is such a one."""
        played = self.made_by
        ghosts = Ghost.objects.filter(scenario=self.scenario, seed=self.seed, noise=self.noise).order_by("-pk")
        there = list(ghosts.values_list("injects_key", "made_by", "pk"))
        for key in self.ghost_keys():
            these = {made_by: pk for other, made_by, pk in reversed(there) if other == key}
            if these:
                return ghosts.get(pk=these.get(played) or max(these.values()))
        return None

    @property
    def made_by(self) -> str:
        """What the first of its runs was begun on, see game.models.contents; "" before any was."""
        runs = Run.objects.filter(team__exercise=self).exclude(rules=None, played_by="").order_by("team__place")
        begun = runs.only("rules", "content", "played_by").first()
        return begun.made_by if begun else ""

    def ghost_keys(self) -> list[str]:
        """What its ghost's injects are known by, and then what they were before each of them was added: an earlier ghost serves until
        the newest is computed.
        """
        added = injects.for_the_ghost(self)
        return list(dict.fromkeys(injects.log_key(injects.ghost_log(added[:count])) for count in range(len(added), -1, -1)))


class Team(models.Model):
    """People at three desks who share one run."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=24)
    place = models.PositiveSmallIntegerField(default=1)
    links = models.PositiveSmallIntegerField(default=0, help_text="how often the links to its result were taken back, see game.sharing")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "name"], name="one_name_a_team"),
            bounds.filled("a_team_is_named", "name"),
            bounds.between("a_team_has_a_place", place=(1, 1000)),
        ]

    def __str__(self) -> str:
        return self.name

    def begin(self, step: int | None = None) -> None:
        """Give it its run; with `step` history plays up to there, and its clock runs there at full speed. A fork's has its source's log
        before any worker sees it.
        """
        exercise, fork = self.exercise, branching.of(self.exercise)
        values: dict[str, Any] = {"step": exercise.start_step if fork else exercise.first_step, "start_step": step, "advance_step": step}
        values |= {"rules": fork.rules, "content_id": fork.content_id} if fork else {}
        with transaction.atomic():
            run, made = Run.objects.get_or_create(team=self, defaults=values)
            if not made:
                return
            if fork:
                fork.begin(run)
            injects.give_all(run)
            given: list[tuple[str, dict[str, Any]]] = []
            if exercise.help != (fork.help if fork else "2012"):
                given.append(("help.set", {"level": exercise.help}))
            if not fork:  # whose log has them, or has not
                since = exercise.start_step if step is None else step
                given += [(kind, {}) for kind in engine.game_has(exercise.calendar, since, second_act=exercise.second_act)]
            for kind, args in given:
                Command.objects.create(run=run, client_id=uuid.uuid4(), desk="facilitator", kind=kind, args=args, by="facilitator")

    def rename(self, typed: str) -> None:
        """Another name. Raises RuleBroken for one that another team has, or none."""
        self.name = team_name(self.exercise, typed, self)
        self.save(update_fields=["name"])


def team_name(exercise: Exercise, typed: str, team: Team | None = None) -> str:
    """A team's name as it is shown. Raises RuleBroken for one that another team of the exercise has, or none."""
    name = clean_name(typed, gettext("Type a name for the team."))
    others = exercise.teams.exclude(pk=team.pk) if team else exercise.teams.all()
    taken = {name_key(other.name) for other in others}
    if name_key(name) in taken:
        raise RuleBroken(gettext("There is already a team %(name)s. Choose another name.") % {"name": name})
    return name


class Run(models.Model):
    """One team's simulation: scenario, seed and the ordered commands. `step` is how far it has come, as a second or less ago."""

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        STANDING = "standing", "Standing: something else is here than it was begun on"
        ENDED = "ended"
        FAILED = "failed"

    DONE = ("ended", "failed")
    FAULT = gettext_noop("This market has stopped because of a fault. The facilitator has been notified.")
    PAUSED = gettext_noop("the facilitator has paused your team")
    STOPPED = gettext_noop("The facilitator has ended your team's market.")
    UPGRADED = gettext_noop("The game was upgraded, and this market has stopped until someone decides how it continues.")
    INTERRUPTED = gettext_noop("interrupted by an upgrade")

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="run")
    epoch = models.PositiveIntegerField(default=0, help_text="fencing token: grows with every worker that takes the run")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    reason = models.TextField(blank=True, help_text="why it stands still, for the facilitator")
    step = models.IntegerField(default=0)
    shown_to = models.IntegerField(null=True, help_text="no screen was shown a later step: written some beats ahead, see game.clock")
    paused = models.BooleanField(default=False, help_text="this team alone stands still")
    stopped = models.BooleanField(default=False, help_text="this team alone was ended by the facilitator")
    speeds = models.JSONField(default=dict, blank=True, help_text="its own, phase -> times real time; the exercise's where it has none")
    advance_step = models.IntegerField(null=True, help_text="run at full speed up to here, or to the exercise's where that is later")
    start_step = models.IntegerField(null=True, help_text="history plays what lies before; empty: before the exercise's start")
    moving_since = models.DateTimeField(null=True, help_text="when it last went on after a pause of its own")
    waits_for = models.JSONField(default=list, blank=True, help_text="names of the teams that it is too far ahead of, see game.live.pacing")
    waited_s = models.FloatField(default=0.0, help_text="for how long it has waited for others")
    waits_for_programs = models.JSONField(default=list, blank=True, help_text="names of those whose move it waits for, once screens are told")
    curve = models.JSONField(default=list, help_text="[[step, loss in dollars], ...], one a market minute")
    score = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True, help_text="of the outcome, see engine.outcome_digest")
    rules = models.PositiveIntegerField(null=True, help_text="it is played by; empty: begun before they had a number")
    content = models.ForeignKey(ScenarioContent, on_delete=models.PROTECT, null=True, related_name="+", help_text="the data it is played on")
    own_data = models.BooleanField(default=False, help_text="it goes on with that data though other data is here")
    may_play_on = models.BooleanField(default=False, help_text="of one that stands: its checkpoint can be read here")
    played_by = models.CharField(max_length=40, blank=True, help_text="the engine, where rules had no number yet")
    seq = models.PositiveIntegerField(null=True, help_text="of one that has ended: the last command that belongs to it")
    events_told = models.PositiveIntegerField(null=True, help_text="of one that has ended: how many events belong to it")
    note = models.TextField(blank=True, help_text="what is to be known about how it was played or ended")
    interrupted = models.BooleanField(default=False, help_text="it ended at its last checkpoint, by an upgrade")
    log_deleted = models.DateTimeField(null=True, help_text="when its log was deleted, see game.ops.retention; what came of it is kept")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["state"], name="runs_by_state")]  # those with something to do are asked for eight times a second
        constraints = [
            bounds.one_of("a_run_stands_somehow", state=("pending", "running", "standing", "ended", "failed")),
            bounds.between("a_run_is_of_the_week", step=bounds.STEPS, start_step=bounds.STEPS, advance_step=bounds.STEPS),
            bounds.speeds("a_runs_speeds_within_bounds", engine.SPEEDS),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.team}"

    @classmethod
    def to_turn(cls) -> "models.QuerySet[Run]":
        """Those that a worker has something to do for: they move, or are to be scored. One that is paused alone is left in peace."""
        stands = models.Q(paused=True, stopped=False, team__exercise__state="running")
        over = models.Q(team__exercise__state="ended") | models.Q(stopped=True)
        wanted = models.Q(team__exercise__state="running") | over
        going = models.Q(state__in=("pending", "running")) | models.Q(state="standing") & over
        return cls.objects.filter(wanted & ~stands & going)

    @property
    def made_by(self) -> str:
        """What it is played by, see game.models.contents: of one that ended before rules had a number the engine's name."""
        return self.played_by if self.rules is None else contents.made_by(self.rules, self.content_id or "")

    @property
    def given(self) -> "models.QuerySet[Command]":
        """The commands that belong to it, in order: where an upgrade ended it, those up to there."""
        packing.unpack(self)
        found = self.commands.filter(seq__isnull=False).order_by("seq")
        return found if self.seq is None else found.filter(seq__lte=self.seq)

    @property
    def happened(self) -> "models.QuerySet[Event]":
        """The events that belong to it, in order."""
        packing.unpack(self)
        found = self.events.order_by("number")
        return found if self.events_told is None else found.filter(number__lt=self.events_told)

    @property
    def state_told(self) -> tuple[str, str]:
        """How its desks stand: a state of an exercise, and the reason where it is the team's own."""
        state = self.team.exercise.state
        if state in ("lobby", "ended"):
            return state, ""
        if self.stopped:
            return "ended", self.STOPPED
        if self.state == "failed":
            return "paused", self.FAULT
        if self.state == "standing":
            return "paused", self.UPGRADED
        if self.paused and state == "running":
            return "paused", self.PAUSED
        return state, ""

    @property
    def calendar(self) -> engine.Calendar:
        """The days and hours of what it is played on."""
        try:
            return contents.scenario_of(self).calendar
        except engine.ScenarioError:
            return self.team.exercise.calendar

    def speed_at(self, step: int) -> float:
        """Its own speed, or the exercise's."""
        return speed_of(self.calendar, {**self.team.exercise.speeds, **self.speeds}, step)

    def _change(self, reason: str, /, where: dict[str, Any] | None = None, **values: Any) -> None:
        """Change its row while it can still move. Raises RuleBroken with the reason when it is not so."""
        going = Run.objects.filter(pk=self.pk, stopped=False, team__exercise__state__in=("running", "paused"), **(where or {}))
        if going.exclude(state="ended").update(**values) != 1:
            raise RuleBroken(reason)
        self.refresh_from_db()

    def pause(self) -> None:
        """Let this team alone stand still."""
        self._change(gettext("%(team)s is already paused.") % {"team": self.team}, {"paused": False}, paused=True)

    def go_on(self) -> None:
        """Let it go on after a pause of its own."""
        self._change(gettext("%(team)s is not paused.") % {"team": self.team}, {"paused": True}, paused=False, moving_since=timezone.now())

    def stop(self) -> None:
        """End this team's market where it is; it is scored as it stands."""
        self._change(gettext("The market of %(team)s has already ended.") % {"team": self.team}, stopped=True)
        if self.state == "failed":
            self.try_again()  # so that somebody takes it up and scores it

    def set_speed(self, speed: float) -> None:
        """This team's speed in the phase it is in."""
        speeds = {**self.speeds, self.calendar.phase(self.step): checked_speed(speed)}
        self._change(gettext("The market of %(team)s has ended.") % {"team": self.team}, speeds=speeds)

    def advance_to(self, step: int) -> None:
        """Run this team at full speed up to `step`."""
        if step <= self.step:
            raise RuleBroken(gettext("It is %(step)s for %(team)s already.") % {"step": self.calendar.clock(self.step), "team": self.team})
        self._change(gettext("The market of %(team)s has ended.") % {"team": self.team}, advance_step=step)

    def try_again(self) -> None:
        """Let a failed run go on from its last checkpoint and its log."""
        if Run.objects.filter(pk=self.pk, state="failed").update(state="running", reason="") != 1:
            raise RuleBroken(gettext("Only a failed run can be retried."))

    def play_on(self) -> None:
        """Let one that stands still after an upgrade go on from its checkpoint with what is here now, and say so in its result."""
        words = contents.changed(self)
        note = self.note
        if words:
            said = gettext_noop("At {time} it was played on after an upgrade: {changed}.")
            note = to_row(engine.phrase(said, time=self.calendar.when(self.step, 0), changed=words))
        now = {"state": "running", "reason": "", "rules": engine.RULES, "own_data": True, "may_play_on": False}
        if Run.objects.filter(pk=self.pk, state="standing", may_play_on=True, stopped=False).update(**now, note=note) != 1:
            raise RuleBroken(gettext("%(team)s cannot continue: it can be ended here.") % {"team": self.team})
        self.refresh_from_db()
