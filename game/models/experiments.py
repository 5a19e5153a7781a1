"""The controls lab: experiments over many seeds, and what came of each trial.

A trial is one seed on one side, with the set of safeguards or without; it is a row as soon as it is known, so that a killed worker loses
at most the one it was at. Which are missing follows from the rows. Who works on them: see game.lab.trial_slots.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop

import engine
from game.models import bounds, contents, kept
from game.models.run_log import log_of
from game.rules import RuleBroken
from game.spoken import spoken

if TYPE_CHECKING:
    from game.models import Exercise, Run

SEEDS, SEEDS_MAX = 100, 400
RUNNING_MAX = 4  # of a facilitator at once
KEPT_MAX = 60  # of a facilitator
COMMANDS_MAX = 5_000  # of a recorded run: a long day of five busy people is half of that
TITLE_MAX = 80
RECORDED = "a recorded run"
SINCE: dict[str, Callable[[engine.Calendar], int]] = {  # as forms name it, by the hours of 1 August 2012
    "08:00": lambda calendar: 0,
    "week": lambda calendar: calendar.week,
    "09:30": lambda calendar: calendar.open,
}
PLAYERS = {
    "all history": gettext_noop("History: what was decided {then}"),
    "all novice": gettext_noop("Novices at all desks"),
    "all competent": gettext_noop("Competent people at all desks"),
    "competent deployer": gettext_noop("A competent {deployer}, novices at the other desks"),
    "competent operator": gettext_noop("A competent {operator}, novices at the other desks"),
    "competent risk": gettext_noop("A competent {risk}, novices at the other desks"),
    "nobody": gettext_noop("Nobody: no commands"),
}


def players(scenario: engine.Scenario | None) -> dict[str, str]:
    """PLAYERS as they are called in a scenario; in words that fit any where it is not known."""
    told = engine.Told() if scenario is None else scenario.told
    then = gettext("in %(year)s") % {"year": told.year} if told.year else gettext("then")
    names = {"then": then, **{desk: titles["title"] for desk, titles in contents.words_in(scenario)["desks"].items()}}
    return {name: gettext(label).format_map(names) for name, label in PLAYERS.items()}


def safeguards_of(scenario: engine.Scenario) -> list[engine.Safeguard]:
    """What the lab can put in place in a scenario, as whoever is answered now reads it."""
    own = partial(spoken().own, scenario)
    return [replace(one, label=own(one.label), text=own(one.text)) for one in engine.lab_safeguards(scenario, scenario.default_seed)]


@lru_cache
def stamp(scenario_id: str) -> str:
    """Engine and data that a trial is computed by: figures of two of them are not mixed. "" for a scenario that ships no longer."""
    try:
        scenario = kept.load(scenario_id)
    except engine.ScenarioError:
        return ""
    data = f"{scenario.sha256} {engine.lab_safeguards(scenario, scenario.default_seed)}"
    return f"rules {engine.RULES}, data {hashlib.sha256(data.encode()).hexdigest()[:8]}"


class Experiment(models.Model):
    """A scenario over seeds, with a set of safeguards and without it."""

    class State(models.TextChoices):
        RUNNING = "running", gettext_lazy("Running")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        DONE = "done", gettext_lazy("Done")

    facilitator = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="experiments", help_text="without one, staff has it")
    title = models.CharField(max_length=TITLE_MAX)
    scenario = models.CharField(max_length=40)
    players = models.CharField(max_length=40, help_text="a line-up of autopilots, or a recorded run")
    since = models.IntegerField(default=0, help_text="step from which they play")
    safeguards = models.JSONField(default=list, help_text="ids, see engine.lab_safeguards")
    tested = models.BooleanField(default=True, help_text="every control was tested and mended; else it may have its hole")
    seeds = models.PositiveSmallIntegerField(default=SEEDS)
    first_seed = models.PositiveBigIntegerField(default=1)
    market = models.PositiveBigIntegerField(null=True, help_text="the seed of every trial, when only the market's noise is drawn anew")
    log = models.JSONField(null=True, help_text="the recorded run, as it was when the experiment began")
    played_in = models.ForeignKey("game.Exercise", on_delete=models.SET_NULL, null=True, related_name="+", help_text="of the recorded run")
    played_by = models.CharField(max_length=80, blank=True, help_text="the team of the recorded run, and its exercise")
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    made_by = models.CharField(max_length=40)
    exercise = models.ForeignKey("game.Exercise", on_delete=models.SET_NULL, null=True, related_name="experiments", help_text="it is kept with")
    shown = models.BooleanField(default=False, help_text="on the result's page of that exercise, for everybody in the room")
    created = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "game"
        ordering = ["-created", "-pk"]
        constraints = [
            bounds.filled("an_experiment_is_named", "title", "scenario", "players"),
            bounds.one_of("an_experiment_stands_somehow", state=("running", "cancelled", "done")),
            bounds.between("an_experiment_has_seeds", seeds=(1, SEEDS_MAX)),
            bounds.between("an_experiment_is_of_the_week", since=bounds.STEPS),
        ]

    def __str__(self) -> str:
        return self.title

    # -- what it is

    @classmethod
    def begin(cls, facilitator: User, run: "Run | None" = None, **values: Any) -> "Experiment":
        """A new one, which workers take up within a second. Raises RuleBroken when there are too many, or its run is too long."""
        theirs = cls.objects.filter(facilitator=facilitator)
        if theirs.count() >= KEPT_MAX:
            raise RuleBroken(gettext("You have %(kept_max)s experiments, the most that are kept. Delete one first.") % {"kept_max": KEPT_MAX})
        _room_for_one(theirs)
        if run is not None:
            if needs := contents.needs(run):
                raise RuleBroken(gettext("This run cannot be replayed. %(needs)s") % {"needs": needs})
            exercise = run.team.exercise
            recorded = {"log": _written(log_of(run)), "played_in": exercise, "played_by": f"{run.team.name}, {exercise.code}"[:80]}
            values |= {"players": RECORDED, "since": run.start_step or exercise.start_step, "scenario": exercise.scenario, **recorded}
        made = cls.objects.create(facilitator=facilitator, made_by=stamp(values["scenario"]), **values)
        made._take_over()
        return made

    def _take_over(self) -> None:
        """Without safeguards a trial is the same whatever the set is held against: those that another experiment has run are not run again."""
        if self.log is not None:
            return
        alike = {name: getattr(self, name) for name in ("scenario", "players", "since", "market", "made_by")}
        others = Experiment.objects.filter(**alike, log__isnull=True).exclude(pk=self.pk)
        seeds = (self.first_seed, self.first_seed + self.seeds - 1)
        known = Trial.objects.filter(experiment__in=others.values("pk"), side="without", fault="", seed__range=seeds)
        found = {row.seed: row.found for row in known}
        Trial.objects.bulk_create(Trial(experiment=self, seed=seed, side="without", found=row) for seed, row in sorted(found.items()))
        self.finish_if_done()

    def plan(self) -> engine.Plan:
        """As the engine runs it."""
        scenario, recorded = kept.load(self.scenario), None
        if self.log is not None:
            market = self.first_seed if self.market is None else self.market
            commands = tuple(engine.Command(*row) for row in self.log["commands"])
            numbers = {key: self.log[key] for key in ("start", "since")}
            until = self.log["until"]  # the moment; a step in what was begun before there were moments
            until = engine.Moment(*until) if isinstance(until, list) else engine.Moment.before(until, commands)
            recorded = engine.Log(scenario, market, commands, until, **numbers, refused=frozenset(self.log["refused"]))
        seats = {} if recorded else engine.PLAYERS[self.players]
        return engine.Plan(scenario, tuple(self.safeguards), seats, self.since, self.tested, self.market, recorded)

    @property
    def sides(self) -> tuple[str, ...]:
        """Without safeguards there is nothing to compare."""
        return engine.SIDES if self.safeguards else engine.SIDES[:1]

    def wanted(self) -> list[tuple[int, str]]:
        """Every trial as (seed, side), in the order in which they are run: both sides of a seed together."""
        return [(seed, side) for seed in range(self.first_seed, self.first_seed + self.seeds) for side in self.sides]

    @property
    def of_this_engine(self) -> bool:
        """Whether what is missing can still be run: figures of two engines are not mixed."""
        return self.made_by == stamp(self.scenario)

    # -- what is done with it

    def cancel(self) -> None:
        """Stop it: what has been found stays."""
        if not Experiment.objects.filter(pk=self.pk, state="running").update(state="cancelled", ended_at=timezone.now()):
            raise RuleBroken(gettext("This experiment is not running."))

    def go_on(self) -> None:
        """Run what is missing, and again what failed."""
        if not self.of_this_engine:
            raise RuleBroken(
                gettext("It was begun by %(made_by)s, and this is %(scenario)s: run it again from the start.")
                % {"made_by": self.made_by, "scenario": stamp(self.scenario)}
            )
        self._restart()
        self.trials.exclude(fault="").delete()
        self.finish_if_done()

    def again(self) -> None:
        """Run all of it again, by this engine."""
        self._restart(made_by=stamp(self.scenario))
        self.trials.all().delete()

    def forget_log(self) -> None:
        """The recorded run's log is deleted: what has been found stays, and nothing of it is run again."""
        Experiment.objects.filter(pk=self.pk, state="running").update(state="cancelled", ended_at=timezone.now())
        Experiment.objects.filter(pk=self.pk).update(log={**(self.log or {}), "commands": [], "deleted": True})

    def _restart(self, **values: Any) -> None:
        if self.log and self.log.get("deleted"):
            raise RuleBroken(gettext("The log of the recorded run was deleted: its results are kept."))
        if not stamp(self.scenario):
            raise RuleBroken(gettext("There is no scenario %(scenario)s any more: its results are kept.") % {"scenario": self.scenario})
        _room_for_one(Experiment.objects.filter(facilitator=self.facilitator))
        if not Experiment.objects.filter(pk=self.pk).exclude(state="running").update(state="running", ended_at=None, **values):
            raise RuleBroken(gettext("This experiment is already running."))

    def finish_if_done(self) -> bool:
        """Close it when every trial is there; true when this call did."""
        if self.trials.count() < len(self.wanted()):
            return False
        return bool(Experiment.objects.filter(pk=self.pk, state="running").update(state="done", ended_at=timezone.now()))

    def keep_with(self, exercise: "Exercise") -> None:
        """Let it stand on the result's page of an exercise. Raises RuleBroken for one that has no result yet."""
        if exercise.state != "ended":
            raise RuleBroken(gettext("%(exercise)s has not ended: it has no result to keep this with.") % {"exercise": exercise})
        Experiment.objects.filter(pk=self.pk).update(exercise=exercise, shown=False)

    def let_go(self) -> None:
        """It stands with no exercise any more."""
        Experiment.objects.filter(pk=self.pk).update(exercise=None, shown=False)

    def show(self, shown: bool) -> None:
        """Let everybody in the room see it on that page, or its facilitator alone. Raises RuleBroken when it is kept with none."""
        if not Experiment.objects.filter(pk=self.pk).exclude(exercise=None).update(shown=shown):
            raise RuleBroken(gettext("Keep it with an exercise first: it is shown on that exercise's result."))

    # -- what came of it

    def missing(self) -> list[tuple[int, str]]:
        """Trials without a row."""
        there = set(self.trials.values_list("seed", "side"))
        return [one for one in self.wanted() if one not in there]

    def keep_trial(self, seed: int, side: str, found: Mapping[str, Any] | None, fault: str = "") -> None:
        """Write down what came of one, once: a second answer is the same one."""
        Trial.objects.bulk_create([Trial(experiment=self, seed=seed, side=side, found=found or {}, fault=fault[:500])], ignore_conflicts=True)


def _room_for_one(theirs: "models.QuerySet[Experiment]") -> None:
    if theirs.filter(state="running").count() >= RUNNING_MAX:
        raise RuleBroken(
            gettext("%(running_max)s of your experiments are running, the most allowed at once. Cancel one, or wait.") % {"running_max": RUNNING_MAX}
        )


def _written(log: engine.Log) -> dict[str, Any]:
    if len(log.commands) > COMMANDS_MAX:
        raise RuleBroken(
            gettext("This run has %(commands)s commands: at most %(commands_max)s can be replayed.")
            % {"commands": f"{len(log.commands):,}", "commands_max": f"{COMMANDS_MAX:,}"}
        )
    rows = [[one.seq, one.step, one.desk, one.kind, one.args] for one in log.commands]
    return {"commands": rows, "until": list(log.until), "start": log.start, "since": log.since, "refused": sorted(log.refused)}


class Trial(models.Model):
    """One seed on one side."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="trials")
    seed = models.PositiveBigIntegerField()
    side = models.CharField(max_length=7)
    found = models.JSONField(default=dict, help_text="see engine.run_trial")
    fault = models.TextField(blank=True, help_text="why there is no outcome")

    class Meta:
        app_label = "game"
        ordering = ["seed", "side"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "seed", "side"], name="a_trial_is_run_once"),
            bounds.one_of("a_trial_has_a_side", side=engine.SIDES),
        ]


def experiment_state(experiment: Experiment) -> dict[str, Any]:
    """All that is known, for the page."""
    found: dict[int, dict[str, Any]] = {}
    faults = []
    rows = list(experiment.trials.all())
    for row in rows:
        if row.fault:
            faults.append(gettext("seed %(seed)s, %(side)s: %(fault)s") % {"seed": row.seed, "side": row.side, "fault": row.fault})
        else:
            found.setdefault(row.seed, {})[row.side] = row.found
    return {
        "id": f"lab-{experiment.pk}",
        "title": experiment.title,
        "state": experiment.state,
        "done": len(rows),
        "of": len(experiment.wanted()),
        "seeds": experiment.seeds,
        "faults": faults,
        "of_this_engine": experiment.of_this_engine,
        "small_usd": engine.SMALL_USD,
        "recorded": experiment.log is not None,
        **engine.distribution(found),
    }


def facts(experiment: Experiment, *, in_the_room: bool = False) -> dict[str, Any]:
    """What it was, in words. Whose run was played again is not told in a room: it may be another one's."""
    scenario = kept.load(experiment.scenario) if stamp(experiment.scenario) else None
    known = safeguards_of(scenario) if scenario else []
    chosen = [one for one in known if one.id in experiment.safeguards]
    recorded = experiment.log is not None
    last = experiment.first_seed + experiment.seeds - 1
    calendar = contents.calendar_of(experiment.scenario)
    since = "week" if experiment.since == calendar.week else calendar.told(experiment.since, 0, seconds=False)
    return {
        "scenario": experiment.scenario,
        "who": players(scenario).get(experiment.players, "")
        if not recorded
        else gettext("The commands of a run that was played, each at its own time"),
        "run": experiment.played_by if recorded and not in_the_room else "",
        "since": since,
        "safeguards": chosen,
        "tested": experiment.tested,
        "seeds": f"{experiment.first_seed} to {last}",
        "market": experiment.market,
        "made_by": experiment.made_by,
    }


def kept_with(exercise: "Exercise", *, facilitates: bool) -> list[dict[str, Any]]:
    """The experiments on an exercise's result: all for its facilitator, for the room those that are shown."""
    found = exercise.experiments.order_by("created")
    if not facilitates:
        found = found.filter(shown=True)
    return [{"e": one, "told": experiment_state(one), "facts": facts(one, in_the_room=not facilitates)} for one in found]
