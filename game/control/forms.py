"""What a facilitator fills in."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

import engine
from game.control.asking import own_field, scale
from game.control.schedule import TITLE_MAX
from game.models import MOVE_MAX_S, Defaults, Exercise, Holding, KeptScenario, RuleBroken, contents, kept, lessons, questions
from game.models.branching import KEPT_MARKET
from game.models.planning import PLANNING_S
from game.people import joining
from game.rules import SEED_MAX, SPEED_MAX, SPEED_MIN
from game.scenarios import playable
from game.spoken import tell

TEAMS = ("Cobalt", "Amber", "Slate", "Coral", "Jade", "Ivory", "Crimson", "Indigo", "Olive", "Plum", "Sand", "Teal")
OF_A_SPEED = {"deployment": gettext_lazy("Week"), "bell": gettext_lazy("Opening bell")}  # where a phase's field is called otherwise
SPEEDS = tuple((phase, OF_A_SPEED.get(phase, gettext_lazy(label))) for phase, label in engine.PHASES.items() if phase != "ended")
HELP = (
    ("assisted", gettext_lazy("Assisted: faster checks, explanations")),
    ("guided", gettext_lazy("Guided: also hints")),
)  # beside what was known then
COUNTER = (("live", gettext_lazy("Live")), ("delayed", gettext_lazy("2 min late")), ("hidden", gettext_lazy("Hidden until the end")))
DRAWN = ("draw", gettext_lazy("Draw one; no one is told which until the end"))
MARKET = ("scenario", "phase", "start", "seed_from", "seed")  # what a fork has from its source
SEEDS = (("draw", gettext_lazy("Draw one; the debrief says which")), ("own", gettext_lazy("This one")))  # beside history's
KEEP = ("keep", gettext_lazy("As is"))  # of an exercise that has one: it is shown to nobody before the end


def starts_of(calendar: engine.Calendar) -> tuple[tuple[str, str], ...]:
    """Where an exercise can begin, as a market time and in words."""
    unwind = calendar.hm(calendar.bell_end)
    return (*joining.starts_of(calendar), (unwind, gettext("The unwind (%(unwind)s)") % {"unwind": unwind}))


def _step(calendar: engine.Calendar, typed: str) -> int:
    """The step of a market time such as 09:28 or 27 Jul 18:30. Raises a ValidationError that says what was expected."""
    try:
        step = calendar.step_at(typed)
    except engine.NotATime as problem:
        raise forms.ValidationError(f"{tell(None, problem.reason)}.") from problem
    if step >= calendar.close:
        raise forms.ValidationError(gettext("The market closes at %(close)s: expected an earlier time.") % {"close": calendar.hm(calendar.close)})
    return step


def _speed(label: Any, phase: str) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"})
    return forms.FloatField(min_value=SPEED_MIN, max_value=SPEED_MAX, initial=f"{engine.SPEEDS[phase]:g}", label=label, required=False, widget=widget)


SECOND_ACT = (("yes", gettext_lazy("With one")), ("no", gettext_lazy("Without")))


class NewExercise(forms.Form):
    """An exercise: what is played, from when, by how many teams, on which market, how fast, with how much help."""

    seeds: tuple[tuple[str, Any], ...] = SEEDS
    title = forms.CharField(max_length=TITLE_MAX, label=gettext_lazy("Title"), widget=forms.TextInput(attrs={"dir": "auto"}))
    planned_for = forms.DateTimeField(
        required=False,
        label=gettext_lazy("Planned for (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Expected a date and a time, such as 2026-12-01 09:00.")},
    )
    zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)  # that it was typed in; static/js/lib/zone.js says which
    scenario = forms.ChoiceField(required=False, label=gettext_lazy("Scenario"))
    teams = forms.IntegerField(min_value=1, max_value=len(TEAMS), initial=2, required=False, label=gettext_lazy("Teams (three desks each)"))
    phase = forms.ChoiceField(choices=[], required=False, widget=forms.RadioSelect, label=gettext_lazy("Start with"))
    start = forms.CharField(required=False, max_length=20, label=gettext_lazy("Starts at"))
    help = forms.ChoiceField(initial="2012", required=False, widget=forms.RadioSelect, label=gettext_lazy("Help level"))
    second_act = forms.ChoiceField(
        choices=SECOND_ACT, initial="yes", required=False, widget=forms.RadioSelect, label=gettext_lazy("Second act, drawn by the seed")
    )
    seed_from = forms.ChoiceField(initial="draw", required=False, widget=forms.RadioSelect, label=gettext_lazy("Market's seed"))
    seed = forms.IntegerField(min_value=0, max_value=SEED_MAX, required=False, label=gettext_lazy("Seed"))
    loss_counter = forms.ChoiceField(
        choices=COUNTER, initial="delayed", required=False, widget=forms.RadioSelect, label=gettext_lazy("Loss on the big screen")
    )
    planning_s = forms.IntegerField(
        min_value=0, max_value=600, initial=PLANNING_S, required=False, label=gettext_lazy("Planning pause before an evening (s)")
    )
    move_s = forms.IntegerField(
        min_value=0, max_value=MOVE_MAX_S, initial=0, required=False, label=gettext_lazy("The clock waits for programs (s)")
    )
    speed_deployment, speed_premarket, speed_bell, speed_unwind, speed_block = (_speed(label, phase) for phase, label in SPEEDS)

    def __init__(self, *args: Any, brought: Iterable[KeptScenario] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = playable()
        known = [one.scenario for one in offered if one.scenario]
        self._offer("scenario", [*((one.id, f"{one.title} ({one.id})") for one in offered), *versions(brought), DRAWN])
        history = gettext("history")
        then = _all_say([one.told.year or history for one in known], history)
        self._offer("help", [("2012", gettext("As in %(all_say)s") % {"all_say": then}), *HELP])
        seed = _all_say([f", {one.default_seed}" for one in known], "")
        self._offer("seed_from", [*self.seeds, ("history", gettext("History's%(seed)s") % {"seed": seed})])
        if known:
            self.fields["title"].initial = known[0].title
        self._offer_starts()
        for name, field in self.fields.items():
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs |= {"class": "input", "autocomplete": "off"}
            if self.is_bound and name in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{name}-error"}

    def _offer(self, name: str, choices: Sequence[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _offer_starts(self) -> None:
        """The moments to start at, of the scenario that is shown first. Another one's are taken as well: they are other clocks."""
        ids = [one.id for one in playable()]
        shown = str(self.initial.get("scenario") or (ids[0] if ids else ""))
        calendar = contents.calendar_of(shown)
        starts = starts_of(calendar)
        self._offer("phase", starts)
        self.fields["phase"].initial = calendar.hm(0)
        self.fields["start"].widget.attrs["placeholder"] = calendar.example
        quarter, evening = calendar.hm(calendar.open + 15 * engine.STEPS_PER_MINUTE), calendar.evenings[-1 - len(calendar.evenings) // 2]
        self.start_hint = gettext("Another time, such as %(quarter)s or %(evening)s %(evening_from)s; optional") % {
            "quarter": quarter,
            "evening": evening[4:],
            "evening_from": calendar.evening_from,
        }
        self._phases = {value: place for place, (value, _) in enumerate(starts)}

    def _played(self, data: dict[str, Any]) -> str:
        """The scenario that was chosen, or is drawn now."""
        ids = [look.id for look in playable()]
        return secrets.choice(ids) if data.get("scenario") == DRAWN[0] else data.get("scenario") or ids[0]

    def clean(self) -> dict[str, Any]:
        """A chosen seed needs its number; a time is one of the scenario's day or of its week."""
        data = super().clean() or {}
        data["played"] = self._played(data)
        calendar = contents.calendar_of(data["played"])
        data["start_step"] = calendar.step_at(starts_of(calendar)[self._phases.get(data.get("phase") or "", 1)][0])
        if data.get("start"):
            try:
                data["start_step"] = _step(calendar, data["start"])
            except forms.ValidationError as problem:
                self.add_error("start", problem)
        if contents.is_deck(data["played"]) and data["start_step"] != 0 and "start" not in self.errors:
            self.add_error("start", gettext("This morning's fault is there from the start: it starts at %(hm)s.") % {"hm": calendar.hm(0)})
        if data.get("seed_from") == "own" and data.get("seed") is None and "seed" not in self.errors:
            self.add_error("seed", gettext("Type the seed: a whole number from 0 to %(seed_max)s.") % {"seed_max": SEED_MAX})
        return data

    def clean_zone(self) -> ZoneInfo:
        """The zone that times were typed in: the browser's, or UTC, which the page then says."""
        try:
            return ZoneInfo(self.cleaned_data["zone"] or "UTC")
        except (KeyError, ValueError, OSError):  # a zone that is none, or a path that leads elsewhere
            return ZoneInfo("UTC")

    def create(self, facilitator: User) -> Exercise:
        """The exercise of this facilitator and its teams; desks that nobody takes are played by the autopilot of the defaults."""
        with transaction.atomic():
            exercise = Exercise.objects.create(facilitator=facilitator, **self.values())
            autopilot = Defaults.now().autopilot
            for name in TEAMS[: self.cleaned_data["teams"] or 1]:
                exercise.add_team(name, autopilot)
        return exercise

    def values(self) -> dict[str, Any]:
        """What was chosen, as an exercise keeps it."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "planned_for": data["planned_for"] and data["planned_for"].replace(tzinfo=data["zone"]),
            "scenario": data["played"],
            "drawn": data["scenario"] == DRAWN[0],
            "seed": self._seed(data["played"]),
            "start_step": data["start_step"],
            "help": data["help"] or "2012",
            "second_act": data["second_act"] != "no",
            "loss_counter": data["loss_counter"] or "delayed",
            "planning_s": PLANNING_S if data["planning_s"] is None else data["planning_s"],
            "move_s": data["move_s"] or 0,
            "speeds": {phase: data[f"speed_{phase}"] for phase, _ in SPEEDS if data[f"speed_{phase}"] not in (None, engine.SPEEDS[phase])},
        }

    def _seed(self, scenario: str) -> int:
        chosen, seed = self.cleaned_data["seed_from"], self.cleaned_data["seed"]
        if chosen == "history" and not contents.is_deck(scenario):  # history played no morning that is drawn
            return kept.load(scenario).default_seed
        return int(seed) if seed is not None and chosen not in ("draw", "history") else Exercise.new_seed()


class EditExercise(NewExercise):
    """A prepared exercise, in the form it was made with."""

    seeds = (KEEP, *SEEDS)
    teams = forms.IntegerField(min_value=1, max_value=len(TEAMS), label=gettext_lazy("Teams (three desks each)"))  # none is not one

    def __init__(self, *args: Any, exercise: Exercise, **kwargs: Any) -> None:
        self.exercise = exercise
        super().__init__(*args, initial=_typed(exercise), **kwargs)
        mine = exercise.scenario
        if kept.key_of(mine) and mine not in dict(self.fields["scenario"].choices):  # type: ignore[attr-defined]
            self._offer("scenario", [(mine, gettext("As it was chosen (%(id)s)") % {"id": mine}), *self.fields["scenario"].choices])  # type: ignore[attr-defined]
        if exercise.first is not None:
            self.fields["start"] = forms.CharField(
                required=False, label=gettext("Starts at"), widget=self.fields["start"].widget
            )  # also after the close
            for name in MARKET:
                self.fields[name].disabled = True

    def _played(self, data: dict[str, Any]) -> str:
        drawn = data.get("scenario") == DRAWN[0] and self.exercise.drawn
        return self.exercise.scenario if drawn else super()._played(data)  # drawn once

    def _seed(self, scenario: str) -> int:
        return self.exercise.seed if self.cleaned_data["seed_from"] == KEEP[0] else super()._seed(scenario)

    def clean(self) -> dict[str, Any]:
        """A fork's market stays: who posts another one is told so."""
        data = super().clean()
        if self.exercise.first is not None:
            posted = [name for name in MARKET if name in self.data and self.data[name] != str(self.initial[name] or "")]
            for name in posted:
                self.add_error(name, KEPT_MARKET)
        return data

    def save(self) -> None:
        """Keep what was changed; teams are added or taken from the end. Raises RuleBroken when it has started meanwhile, or people sit
        in a team that would go.
        """
        values, count = self.values(), self.cleaned_data["teams"]
        if self.exercise.first is not None:
            values = {name: value for name, value in values.items() if name not in ("scenario", "drawn", "seed", "start_step")}
        with transaction.atomic():
            exercise = Exercise.objects.select_for_update().get(pk=self.exercise.pk)
            if exercise.state != "lobby":
                raise RuleBroken(gettext("This exercise has started in the meantime: nothing was changed."))
            teams = list(exercise.teams.all())
            gone = teams[count:]
            if Holding.objects.filter(seat__team__in=gone).exists():
                raise RuleBroken(
                    gettext("People sit in %(names)s: they have to leave their seats first.") % {"names": ", ".join(team.name for team in gone)}
                )
            exercise.teams.filter(pk__in=[team.pk for team in gone]).delete()
            taken = {team.name for team in teams}
            for name in [name for name in TEAMS if name not in taken][: max(0, count - len(teams))]:
                exercise.add_team(name, Defaults.now().autopilot)
            Exercise.objects.filter(pk=exercise.pk).update(**values)


def versions(brought: Iterable[KeptScenario]) -> Iterator[tuple[str, str]]:
    """The newest version of each that can be played."""
    for one in brought:
        version = one.latest
        if version is not None and contents.here(version.ref):
            yield version.ref, gettext("%(name)s, version %(number)d") % {"name": one, "number": version.number}


def _typed(exercise: Exercise) -> dict[str, Any]:
    """What would have to be filled in to make this exercise."""
    step, calendar = exercise.start_step, exercise.calendar
    phase = next((value for value, _ in starts_of(calendar) if calendar.step_at(value) == step), "")
    history = exercise.seed == history_seed(exercise.scenario)
    clock = f"{calendar.date(step)[4:]} {calendar.hm(step)}" if step < 0 else calendar.clock(step)
    return {
        "title": exercise.title,
        "planned_for": exercise.planned_for,
        "scenario": DRAWN[0] if exercise.drawn else exercise.scenario,
        "teams": exercise.teams.count(),
        "phase": phase,
        "start": "" if phase else clock,
        "help": exercise.help,
        "second_act": "yes" if exercise.second_act else "no",
        "seed_from": "history" if history else KEEP[0],
        "seed": None,
        "loss_counter": exercise.loss_counter,
        "planning_s": exercise.planning_s,
        "move_s": exercise.move_s,
        **{f"speed_{name}": f"{exercise.speeds.get(name, engine.SPEEDS[name]):g}" for name, _ in SPEEDS},
    }


def history_seed(scenario_id: str) -> int | None:
    """The seed that is history's in a scenario, where it is here."""
    scenario = contents.here(scenario_id)
    return None if scenario is None else scenario.default_seed


def _all_say(said: list[str], otherwise: str) -> str:
    """What every scenario says, before one is chosen; something else where they differ."""
    return said[0] if len(set(said)) == 1 else otherwise


MORE = [name for name in questions.ASKED if name not in lessons.SCALES]  # what was asked before, and is not in the survey itself


class LessonForm(forms.Form):
    """A player's answers after the end; every one may stay open, all of them not."""

    surprised = forms.CharField(required=False, max_length=lessons.TEXT_LENGTH, label=lessons.PROMPTS["surprised"])
    differently = forms.CharField(required=False, max_length=lessons.TEXT_LENGTH, label=lessons.PROMPTS["differently"])
    controls = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    ready = scale()
    useful = scale()

    def __init__(self, *args: Any, exercise: Exercise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["controls"].choices = list(lessons.controls_of(exercise).items())  # type: ignore[attr-defined]
        self.own = questions.own(exercise, "after")
        self.fields |= {name: scale() for name in MORE} | {question.key: own_field(question) for question in self.own}

    @property
    def reply(self) -> dict[str, Any]:
        """What stands beside the answers of before and of later."""
        return {name: value for name, value in self.cleaned_data.items() if name in questions.ASKED or name.startswith("q")}

    def clean_controls(self) -> list[str]:
        """No more than may be chosen."""
        chosen = list(dict.fromkeys(self.cleaned_data["controls"]))
        if len(chosen) > lessons.CONTROLS_MOST:
            raise forms.ValidationError(gettext("Choose %(controls_most)s at most.") % {"controls_most": lessons.CONTROLS_MOST})
        return chosen

    def clean(self) -> dict[str, Any]:
        """Something must be said."""
        found = super().clean() or self.cleaned_data
        if not self.errors and not any(found.values()):
            raise forms.ValidationError(gettext("Nothing answered yet. One answer is enough."))
        return found
