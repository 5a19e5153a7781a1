"""What a scenario's files have to agree on with each other: each of these yields what does not fit."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.scenario.problems import Problem, as_written

if TYPE_CHECKING:
    from engine.scenario.scenario import Scenario

Agreement = Callable[["Scenario"], Iterator[Problem]]
CHECKS: list[Agreement] = []  # some of them of names that a room above this one knows


def checks(check: Agreement) -> Agreement:
    """Register what else is looked at when a scenario is read."""
    CHECKS.append(check)
    return check


@checks
def _parents(scenario: "Scenario") -> Iterator[Problem]:
    """They are counted in order, and name stocks and servers that there are."""
    known = set(scenario.names)
    if len(known) != len(scenario.symbols):
        twice = sorted({name for name in scenario.names if scenario.names.count(name) > 1})
        yield Problem("symbols.csv", "symbol", ", ".join(twice), "each once: it stands twice")
    for place, row in enumerate(scenario.parents, start=1):
        where = f"line {place + 1}: n = {row.n}"
        if row.symbol not in known:
            yield Problem("parents.csv", f"{where}: symbol", as_written(row.symbol), "one of symbols.csv")
        if row.n != place:
            yield Problem("parents.csv", where, "", f"{place}, they are counted in order of activation")
        if row.server is not None and row.server > scenario.fleet.servers:
            yield Problem("parents.csv", f"{where}: server", str(row.server), f"a number up to {scenario.fleet.servers}")


@checks
def _notes(scenario: "Scenario") -> Iterator[Problem]:
    """Every release has one."""
    built, told = [release.name for release in scenario.fleet.release], [note.release for note in scenario.releases.note]
    if sorted(built) != sorted(told):
        yield Problem("releases.toml", "note: release", ", ".join(told), f"one of each of {', '.join(built)}")


@checks
def _faults(scenario: "Scenario") -> Iterator[Problem]:
    """Every fault has a cause, and what its mechanism needs."""
    causes = [cause.id for cause in scenario.diagnosis.cause]
    configs = [one.name for one in scenario.config.version]
    for fault in scenario.faults.fault:

        def wrong(key: str, value: object, expected: str, name: str = f"fault {fault.id!r}") -> Problem:
            return Problem("faults.toml", f"{name}: {key}", as_written(value), expected)

        for cause, version in ((fault.cause, fault.version), *((two.cause, two.version) for two in (fault.beside,) if two)):
            if cause not in causes:
                yield wrong("cause", cause, f"one of {', '.join(causes)}")
            if version is not None and version not in configs:
                yield wrong("version", version, f"a version of the config: one of {', '.join(configs)}")
        if fault.onset is not None and not _on_the_day(scenario, fault.onset):
            yield wrong("onset", fault.onset, "a time of the day until the close")
        if fault.mechanism == "stuck-sessions" and not scenario.exchanges:
            yield wrong("mechanism", fault.mechanism, "exchanges in scenario.toml")
        if fault.mechanism == "stale-reference" and not any(version.halves for version in scenario.data.version):
            yield wrong("mechanism", fault.mechanism, "a version of the reference data that halves")
        if fault.mechanism in ("broker-replay", "overloaded-flag") and len(scenario.flow.broker) < 2:
            yield wrong("mechanism", fault.mechanism, "two brokers or more in scenario.toml")
        if (fault.stocks or 0) > len(scenario.symbols):
            yield wrong("stocks", fault.stocks, f"at most {len(scenario.symbols)}")


def _on_the_day(scenario: "Scenario", clock: str) -> bool:
    try:
        return 0 <= scenario.calendar.step_at(clock) < scenario.calendar.close
    except ValueError:
        return False


@checks
def _duties(scenario: "Scenario") -> Iterator[Problem]:
    """They name what there is."""
    ids = [duty.id for duty in scenario.duty]
    if len(set(ids)) < len(ids):
        yield Problem("scenario.toml", "duty: id", ", ".join(ids), "each once")
    for duty in scenario.duty:
        for key, named, there in (
            ("certifies", filter(None, [duty.certifies]), scenario.brokers),
            ("logs_on", filter(None, [duty.logs_on]), scenario.exchanges),
            ("lists", duty.lists, scenario.names),
        ):
            for name in named:
                if name not in there:
                    yield Problem("scenario.toml", f"duty {duty.id!r}: {key}", as_written(name), f"one of {', '.join(there[:12])}")
