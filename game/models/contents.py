"""What runs are pinned to: the number of the rules, and a scenario's data, kept once by its hash however many runs were played on it.

A run is begun on what is here then and keeps it. Where something else is here later it stands still until somebody decides
(game/live/clock.py), and what came of it is shown from what was kept (game/debrief/finished.py).
"""

import datetime
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from django.db import models
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext, gettext_noop

import engine
from game.models import kept
from game.spoken import read, spoken, tell

if TYPE_CHECKING:
    from game.models import Exercise, Run

COUNTED = ("no", "one", "two", "three")


class ScenarioContent(models.Model):
    """The files of a scenario, its base's among them: name -> text. Never changed; the hash is what `engine.read_scenario` finds again."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    scenario = models.CharField(max_length=40)
    files = models.JSONField()
    code = models.CharField(max_length=64, blank=True, help_text="SHA-256 of its module, which is not kept; empty: it has none")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "game"

    def __str__(self) -> str:
        return f"{self.scenario} {self.sha256[:12]}"

    @classmethod
    def keep(cls, scenario: engine.Scenario) -> str:
        """See that a scenario's data is kept; its hash."""
        if not cls.objects.filter(pk=scenario.sha256).exists():
            row = ScenarioContent(sha256=scenario.sha256, scenario=scenario.id, files=engine.scenario_files(scenario), code=scenario.code)
            ScenarioContent.objects.bulk_create([row], ignore_conflicts=True)
        return scenario.sha256


@lru_cache(maxsize=16)
def _kept(sha256: str) -> engine.Scenario:
    row = ScenarioContent.objects.get(pk=sha256)
    return engine.read_scenario(row.scenario, row.files, row.code)


def here(scenario_id: str) -> engine.Scenario | None:
    """The scenario as its files are now; None where they are gone, or are none."""
    try:
        return kept.load(scenario_id)
    except engine.ScenarioError:
        return None


def is_deck(scenario_id: str) -> bool:
    """Whether the seed draws what is wrong in a scenario."""
    scenario = here(scenario_id)
    return scenario is not None and scenario.faults.deck


def decks() -> list[str]:
    """The scenarios that are here in which it does."""
    return [*(scenario_id for scenario_id in engine.scenario_ids() if is_deck(scenario_id)), *kept.decks()]


def words_of(scenario_id: str) -> dict[str, Any]:
    """What the pages of an exercise call things; of a scenario that is not here any more, in words that fit any."""
    return words_in(here(scenario_id))


def wishes_of(scenario_id: str) -> str:
    """What assistants can be asked for, as JSON for scripts; of a scenario that is not here any more nothing."""
    scenario = here(scenario_id)
    if scenario is None:
        return "{}"

    def row(wish: Mapping[str, Any]) -> dict[str, Any]:
        """Its words alone: what it says on the bridge is told to each who reads it there."""
        return {**wish, "words": tell(scenario, wish["words"])}

    menus = engine.wishes(scenario)
    return json.dumps({desk: {"evening": [*map(row, menu["evening"])], "day": [*map(row, menu["day"])]} for desk, menu in menus.items()})


def terms_of(scenario_id: str) -> dict[str, tuple[str, str]]:
    """What the words of a desk's page mean: a term's id -> its heading and its text; of a scenario that is not here any more nothing."""
    scenario = here(scenario_id)
    return {} if scenario is None else {row["id"]: (row["words"][0], row["text"]) for row in engine.glossary(scenario, spoken())}


def words_in(scenario: engine.Scenario | None) -> dict[str, Any]:
    """The same of a scenario that is at hand."""
    if scenario is None:
        unknown: dict[str, Any] = {"routes": "{}", **dict.fromkeys(("many", "target", "clean", "year", "day", "stocks", "copies"), "")}
        none = engine.Told()
        unknown |= {"firm": none.firm, "cash": "", "system": none.system, "named": False, "server": "server {n}", "numbers": []}
        unknown |= {"past": gettext("history"), "beside": gettext("history"), "alone": False}
        return unknown | _desks(lambda desk, part: getattr(none, part)(desk)) | _dates(engine.Calendar.of(), "")
    told, fleet = read(scenario).told, scenario.fleet
    past = told.year or gettext("history")
    return {
        **_dates(scenario.calendar, scenario.exchange.cut_until),
        "firm": told.firm,
        "cash": scenario.cash.start_usd,
        "stocks": len(scenario.symbols),
        "copies": fleet.copies_an_evening,
        **_desks(lambda desk, part: tell(scenario, told.called(desk, part))),
        "system": told.system,
        "named": "system" in told.model_fields_set,
        "server": fleet.name,
        "numbers": list(range(1, fleet.servers + 1)),
        "many": tell(None, engine.phrase(fleet.many)),
        "routes": json.dumps({"brokers": scenario.brokers, "exchanges": scenario.exchanges}, ensure_ascii=False),
        "target": fleet.target,
        "clean": next((release.name for release in fleet.release if release.build is not None), ""),
        "past": past,
        "beside": past if scenario.unprompted else gettext("nobody"),
        "alone": not scenario.unprompted,  # measured against the same morning with nobody at the desks
        "year": told.year or "",
        "day": told.day or "",
    }


def calendar_of(scenario_id: str) -> engine.Calendar:
    """The days and hours of a scenario as its files are now; of one that is not here any more those of 1 August 2012."""
    scenario = here(scenario_id)
    return engine.Calendar.of() if scenario is None else scenario.calendar


def yardstick_of(scenario_id: str) -> int:
    """What closing for the day costs in a scenario as its files are now, dollars; of one that is not here any more nothing is known: 0."""
    scenario = here(scenario_id)
    return 0 if scenario is None else scenario.costs.yardstick_usd


def _dates(calendar: engine.Calendar, cut_until: str) -> dict[str, str]:
    """The days and hours as pages write them: 1 August, a Wednesday; the evenings of the week; the opening bell and the rest of the day.
    `hours`: for scripts, and with them until when a firm that the exchanges cut off stays so at least.
    """
    day, evenings = calendar.today, calendar.before
    first, last = evenings[0], evenings[-1]
    begins = str(first.day) if (first.year, first.month) == (last.year, last.month) else date_words(first)
    span = gettext("%(first)s to %(last)s") % {"first": begins, "last": date_words(last)} if first != last else date_words(last)
    steps = [calendar.evening_step(evening) for evening in range(len(evenings))]
    hours = calendar.hours | {
        "day": tell(None, calendar.dated(0)),
        "evenings": [tell(None, calendar.dated(step)) for step in steps],
        "evenings_long": [date_format(one, gettext("l j F")) for one in evenings],
        "dates": [tell(None, calendar.dated(step, weekday=False)) for step in steps],
        "typed": [one[4:] for one in calendar.evenings],
        "cut_until": cut_until,
    }
    clocks = {"start": 0, "open": calendar.open, "bell_end": calendar.bell_end, "close": calendar.close, "block": calendar.block}
    return {
        "hours": json.dumps(hours),
        "date": tell(None, calendar.dated(0)),
        "on": date_words(day),
        "weekday": date_format(day, "l"),
        "evenings": COUNTED[len(evenings)],
        "week_on": date_words(first),
        "week": span,
        **{name: calendar.hm(step) for name, step in clocks.items()},
    }


def date_words(day: datetime.date) -> str:
    """A date without its year: "1 August"."""
    return date_format(day, gettext("j F"))


def _desks(called: Callable[[str, Literal["title", "short"]], str]) -> dict[str, Any]:
    """Each desk's title and its short one as they stand within a sentence; {head, short_head}: as they begin one. `desks_text`: for scripts."""
    found = {}
    for desk in engine.DESKS:
        title, short = called(desk, "title"), called(desk, "short")
        found[desk] = {"title": title, "head": title[:1].upper() + title[1:], "short": short, "short_head": short[:1].upper() + short[1:]}
    return {"desks": found, "desks_text": json.dumps(found, ensure_ascii=False)}


def scenario_of(run: "Run") -> engine.Scenario:
    """What a run is played on: what is here where it is the same, else what was kept. Raises ScenarioError where this engine cannot read it."""
    found = here(run.team.exercise.scenario)
    if run.content_id is None or (found is not None and found.sha256 == run.content_id):
        return found or kept.load(run.team.exercise.scenario)
    return _kept(run.content_id)


def readable(run: "Run") -> bool:
    """Whether this engine can read what a run is played on."""
    try:
        scenario_of(run)
    except engine.ScenarioError:
        return False
    return True


def told_by(run: "Run") -> engine.Scenario:
    """Whose words a run is told in: what it is played on, or, where this engine cannot read that any more, what has its name now. Raises
    ScenarioError where there is neither."""
    try:
        return scenario_of(run)
    except engine.ScenarioError:
        found = here(run.team.exercise.scenario)
        if found is None:
            raise
        return found


def scenario_of_all(exercise: "Exercise") -> engine.Scenario:
    """What the runs of an exercise are told in: the words of its first, and before it has any of what is here. Raises ScenarioError."""
    run = exercise.runs().exclude(content=None).first()
    return kept.load(exercise.scenario) if run is None else told_by(run)


def made_by(rules: int, sha256: str) -> str:
    """What courses and history's runs are known by: they stand beside a run that was played by the same."""
    return f"rules {rules}, data {sha256[:12]}"


def needs(run: "Run") -> str:
    """Why the machine that is here cannot play a run again, or ""."""
    if run.log_deleted is not None:
        return gettext("Its log was deleted on %(date)s: logs are kept for a limited time here.") % {"date": f"{run.log_deleted:%Y-%m-%d}"}
    if run.rules is None:
        return gettext("It was played before rules had a number, by engine %(what)s: expected rules %(rules)s, those that are here.") % {
            "what": run.played_by or "unknown",
            "rules": engine.RULES,
        }
    if run.rules != engine.RULES:
        return gettext("It was played by rules %(rules)s: expected %(rules2)s, those that are here.") % {"rules": run.rules, "rules2": engine.RULES}
    try:
        scenario_of(run)
    except engine.ScenarioError as problem:
        return gettext("The data it was played on cannot be read: %(problem)s") % {"problem": problem}
    return ""


def changed(run: "Run") -> engine.Sentence:
    """What is here now in place of what a run was begun on, for whoever decides how it goes on; "" where nothing is."""
    rules: engine.Sentence = ""
    if run.rules is None:
        rules = engine.phrase(gettext_noop("it was begun before rules had a number, and those here are {here}"), here=engine.RULES)
    elif run.rules != engine.RULES:
        rules = engine.phrase(gettext_noop("it was begun by rules {rules}, and those here are {here}"), rules=run.rules, here=engine.RULES)
    found = here(run.team.exercise.scenario)
    if not run.content_id or run.own_data or (found is not None and found.sha256 == run.content_id):
        return rules
    data = engine.phrase(gettext_noop("the data of {scenario} was changed"), scenario=run.team.exercise.scenario)
    return engine.phrase(gettext_noop("{rules} and {data}"), rules=rules, data=data) if rules else data
