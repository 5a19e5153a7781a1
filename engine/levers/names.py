"""Names of levers and controls in a scenario's data: what nobody reads is refused when it is loaded, and so is what is missing."""

from collections.abc import Iterable, Iterator

from engine.firm.safeguards import CONTROLS
from engine.scenario.agreement import checks
from engine.scenario.module import OWN_KIND
from engine.scenario.problems import Problem, as_written
from engine.scenario.scenario import Scenario

SERVERS = ("each", "automated", "all_minutes")  # numbers that count servers


@checks
def _levers(scenario: Scenario) -> Iterator[Problem]:
    """Every lever has its numbers, and every number a lever that reads it."""
    numbered = {kind: row for kind, row in scenario.levers.items() if scenario.extension.here or not kind.startswith(OWN_KIND)}
    yield from _known("scenario.toml", "levers", numbered, scenario.kinds)
    for kind in sorted(scenario.kinds.keys() - scenario.levers):
        yield Problem("scenario.toml", f"levers.{kind}", "", "the hands and minutes of every lever: it is required")
    for kind, numbers in numbered.items():
        lever = scenario.kinds.get(kind)
        if lever is None:
            continue
        if "servers" not in lever.args:
            for key in SERVERS:
                if value := getattr(numbers, key):
                    yield Problem("scenario.toml", f"levers.{kind}.{key}", as_written(value), "none, it takes no servers")
        if lever.talk and (numbers.hands or numbers.minutes or numbers.model_fields_set - {"hands", "minutes"}):
            yield Problem("scenario.toml", f"levers.{kind}", "", "hands = 0, minutes = 0 and nothing else, it is talk")


@checks
def _duties(scenario: Scenario) -> Iterator[Problem]:
    for duty in scenario.duty:
        for key, kinds in (("sets", duty.sets), ("quickens", duty.quickens)):
            yield from _known("scenario.toml", f"duty {duty.id!r}: {key}", kinds, scenario.kinds)


@checks
def _guide(scenario: Scenario) -> Iterator[Problem]:
    for step in scenario.guide.step:
        yield from _known("guide.toml", f"step {step.id!r}: lever", filter(None, [step.lever]), scenario.kinds)
        if step.lever and step.lever in scenario.kinds:
            yield from _known("guide.toml", f"step {step.id!r}: args", step.args, scenario.kinds[step.lever].args)


@checks
def _objectives(scenario: Scenario) -> Iterator[Problem]:
    if scenario.extension.here:
        for one in scenario.objectives.objective:
            for key, kinds in (("levers", one.levers), ("before", one.before)):
                yield from _known("objectives.toml", f"objective {one.id!r}: {key}", kinds, scenario.kinds)


@checks
def _controls(scenario: Scenario) -> Iterator[Problem]:
    yield from _known("scenario.toml", "controls.of", scenario.controls.of, CONTROLS)
    barriers = scenario.barriers
    for what, rows in (("slice", barriers.slice), ("item", barriers.item)):
        for row in rows:
            yield from _known("barriers.toml", f"{what} {row.id!r}: built", row.built, CONTROLS)


def _known(file: str, key: str, names: Iterable[str], there: Iterable[str]) -> Iterator[Problem]:
    for name in names:
        if name not in there:
            yield Problem(file, key, as_written(name), f"one of {', '.join(sorted(there))}: there is no other")
