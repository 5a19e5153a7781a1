"""What a facilitator fills in for an experiment of the controls lab."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext, gettext_lazy

import engine
from game.models import Exercise, KeptScenario, Run, contents, kept
from game.models.experiments import PLAYERS, SEEDS, SEEDS_MAX, SINCE, TITLE_MAX, Experiment, players, safeguards_of
from game.rules import SEED_MAX
from game.scenarios import Look, playable

GROUPS = {"release": gettext_lazy("Release and fleet"), "router": gettext_lazy("Router and limits"), "people": gettext_lazy("Seeing and stopping")}
HOLES = (("tested", gettext_lazy("Tested and fixed: none has a hole")), ("built", gettext_lazy("Built but never tested: each may have a hole")))
VARIES = (("seed", gettext_lazy("Everything: orders, stale server, market")), ("noise", gettext_lazy("Only the market's noise")))
RUNS_SHOWN = 60


class NewExperiment(forms.Form):
    """Who plays what from when, which safeguards are in place, and over how many seeds."""

    title = forms.CharField(
        max_length=TITLE_MAX, required=False, widget=forms.TextInput(attrs={"dir": "auto", "placeholder": gettext_lazy("One of the choices")})
    )
    scenario = forms.ChoiceField(required=False)
    players = forms.ChoiceField(required=False, label=gettext_lazy("Who plays"))
    since = forms.ChoiceField(choices=[], initial="08:00", required=False, widget=forms.RadioSelect, label=gettext_lazy("Period"))
    safeguards = forms.MultipleChoiceField(required=False, label=gettext_lazy("Safeguards"))
    holes = forms.ChoiceField(choices=HOLES, initial="tested", required=False, widget=forms.RadioSelect, label=gettext_lazy("Controls are"))
    seeds = forms.IntegerField(min_value=2, max_value=SEEDS_MAX, initial=SEEDS, required=False, label=gettext_lazy("Number of seeds"))
    first_seed = forms.IntegerField(min_value=0, max_value=SEED_MAX - SEEDS_MAX, initial=1, required=False, label=gettext_lazy("First seed"))
    varies = forms.ChoiceField(choices=VARIES, initial="seed", required=False, widget=forms.RadioSelect, label=gettext_lazy("Each seed varies"))
    market = forms.IntegerField(min_value=0, max_value=SEED_MAX, required=False, label=gettext_lazy("Market seed"))

    def __init__(self, exercises: Any, brought: Iterable[KeptScenario], *args: Any, **kwargs: Any) -> None:
        """`exercises`: whose runs may be played again; `brought`: scenarios of facilitators that may be played, besides the server's own."""
        super().__init__(*args, **kwargs)
        self.runs, self.looks = _recorded(exercises), [*playable(), *_brought(brought)]
        self.line_ups = players(_common(self.looks))
        recorded = [(f"run-{run.pk}", f"{run.team.name}, {run.team.exercise.title} ({run.team.exercise.code})") for run in self.runs.values()]
        line_ups = list(self.line_ups.items())
        self._offer("scenario", [(one.id, one.title if kept.key_of(one.id) else f"{one.title} ({one.id})") for one in self.looks])
        self._offer("since", _starts(self.looks))
        self._offer("players", [(gettext("Autopilots"), line_ups), *([(gettext("Commands of a recorded run"), recorded)] if recorded else [])])
        self.known = _known(self.looks)
        self._offer("safeguards", [(one.id, one.label) for one in self.known.values()])
        for name, field in self.fields.items():
            if not isinstance(field.widget, forms.RadioSelect | forms.SelectMultiple):
                field.widget.attrs |= {"class": "input", "autocomplete": "off"}
            if self.is_bound and name in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{name}-error"}

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def groups(self) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
        """Safeguards to tick, by what they belong to."""
        chosen = self.data.getlist("safeguards") if self.is_bound else []  # type: ignore[attr-defined]
        for group, title in GROUPS.items():
            ours = [one for one in self.known.values() if one.group == group]
            yield title, [{"id": one.id, "label": one.label, "text": one.text, "on": one.id in chosen} for one in ours]

    def begin(self, facilitator: User) -> Experiment:
        """The experiment, which workers take up. Raises RuleBroken."""
        data = self.cleaned_data
        chosen = [name for name in self.known if name in data["safeguards"]]
        run = self.runs.get(data["players"])
        players = data["players"] or next(iter(PLAYERS))
        scenario = data["scenario"] or self.looks[0].id
        noise_only = data["varies"] == "noise"
        market = data["market"]
        if market is None:
            market = run.team.exercise.seed if run else kept.load(scenario).default_seed
        return Experiment.begin(
            facilitator,
            run,
            title=data["title"] or self._title(players, chosen),
            scenario=scenario,
            players=players,
            since=SINCE[data["since"] or "08:00"](contents.calendar_of(scenario)),
            safeguards=chosen,
            tested=data["holes"] != "built",
            seeds=data["seeds"] or SEEDS,
            first_seed=1 if data["first_seed"] is None else data["first_seed"],
            market=market if noise_only else None,
        )

    def _title(self, players: str, chosen: list[str]) -> str:
        run = self.runs.get(players)
        who = gettext("A recorded run") if run else self.line_ups[players].split(":")[0]
        names = [self.known[name].label for name in chosen]
        what = names[0] if names else gettext("no safeguards")
        if len(names) > 1:
            what += gettext(" and %(names)s more") % {"names": len(names) - 1}
        return f"{who}: {what}"[:TITLE_MAX]


def _starts(offered: list[Look]) -> list[tuple[str, str]]:
    """What may be played, with the hours of the first scenario that is offered."""
    calendar = offered[0].scenario.calendar if offered and offered[0].scenario else engine.Calendar.of()
    morning, bell = calendar.hm(0), calendar.hm(calendar.open)
    return [
        ("08:00", gettext("The morning, from %(morning)s") % {"morning": morning}),
        ("week", gettext("The deployment week and the morning")),
        ("09:30", gettext("The bell, from %(bell)s") % {"bell": bell}),
    ]


def _brought(offered: Iterable[KeptScenario]) -> Iterator[Look]:
    """The newest version of each that can be played."""
    for one in offered:
        version = one.latest
        scenario = contents.here(version.ref) if version else None
        if version is not None and scenario is not None:
            title = gettext("%(name)s, version %(number)d") % {"name": one, "number": version.number}
            yield Look(version.ref, title, "", scenario)


def _common(looks: list[Look]) -> engine.Scenario | None:
    """A scenario whose words fit every one that is offered; None where they part."""
    found = [look.scenario for look in looks if look.scenario]
    same = {(one.told.year, one.told.desks) for one in found}
    return found[0] if len(same) == 1 else None


def _known(looks: list[Look]) -> dict[str, engine.Safeguard]:
    """Every safeguard of every scenario, by id."""
    found: dict[str, engine.Safeguard] = {}
    for look in looks:
        if look.scenario:
            found |= {one.id: one for one in safeguards_of(look.scenario)}
    return found


def _recorded(exercises: Any) -> dict[str, Run]:
    """The runs of these exercises that were played to an end, the latest first."""
    ended = Exercise.objects.filter(pk__in=exercises.values("pk"), state="ended")
    runs = Run.objects.filter(team__exercise__in=ended, state="ended").select_related("team__exercise").order_by("-team__exercise__ended_at", "pk")
    return {f"run-{run.pk}": run for run in runs[:RUNS_SHOWN]}
