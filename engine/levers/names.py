"""Names of levers and controls in a scenario's data: what nobody reads is refused when it is loaded, and so is what is missing."""

from collections.abc import Iterable

from engine.commands import LEVERS
from engine.firm.safeguards import CONTROLS
from engine.scenario.scenario import Scenario, checks

SERVERS = ("each", "automated", "all_minutes")  # numbers that count servers


@checks
def _levers(scenario: Scenario) -> None:
    """Every lever has its numbers, and every number a lever that reads it."""
    _known("levers", scenario.levers, LEVERS)
    missing = sorted(LEVERS.keys() - scenario.levers)
    if missing:
        raise ValueError(f"levers: no {missing[0]}: expected the hands and minutes of every lever")
    for kind, numbers in scenario.levers.items():
        said = [key for key in SERVERS if getattr(numbers, key)]
        if said and "servers" not in LEVERS[kind].args:
            raise ValueError(f"levers.{kind}.{said[0]}: expected none, it takes no servers")
        if LEVERS[kind].talk and (numbers.hands or numbers.minutes or numbers.model_fields_set - {"hands", "minutes"}):
            raise ValueError(f"levers.{kind}: expected hands = 0, minutes = 0 and nothing else, it is talk")


@checks
def _duties(scenario: Scenario) -> None:
    for duty in scenario.duty:
        for key, kinds in (("sets", duty.sets), ("quickens", duty.quickens)):
            _known(f"duty {duty.id!r}: {key}", kinds, LEVERS)


@checks
def _guide(scenario: Scenario) -> None:
    for step in scenario.guide.step:
        _known(f"guide.toml: step {step.id!r}: lever", filter(None, [step.lever]), LEVERS)
        if step.lever:
            _known(f"guide.toml: step {step.id!r}: args", step.args, LEVERS[step.lever].args)


@checks
def _controls(scenario: Scenario) -> None:
    _known("controls.of", scenario.controls.of, CONTROLS)
    barriers = scenario.barriers
    for file, rows in (("barriers.toml: slice", barriers.slice), ("barriers.toml: item", barriers.item)):
        for row in rows:
            _known(f"{file} {row.id!r}: built", row.built, CONTROLS)


def _known(where: str, names: Iterable[str], there: Iterable[str]) -> None:
    for name in names:
        if name not in there:
            raise ValueError(f"{where}: {name!r} is none: expected one of {', '.join(sorted(there))}")
