"""How far a team has come along its scenario's guide. It is judged by the run's own records, and gives nothing away: a step is done by what
a tool has written down or a desk has asked for, and never by what lies on a disk.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine.firm.clients import flag_percent
from engine.scenario.guide_texts import GuideStep, holds

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


@dataclass(slots=True)
class Guide:
    """The steps that are done, and when each was; JSON-able."""

    done: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Guide":
        """What `to_dict` gave."""
        return cls(**data)


def step_now(sim: "Simulation") -> GuideStep | None:
    """The step that comes next; None after the last, and where there is no guide."""
    return next((step for step in sim.scenario.guide.step if step.id not in sim.guide.done), None)


def follow(sim: "Simulation") -> None:
    """Every five seconds: whether the step that comes next is done, and the one after it."""
    while (step := step_now(sim)) is not None:
        if not _is_done(sim, step):
            return
        sim.guide.done[step.id] = sim.now


def _is_done(sim: "Simulation", step: GuideStep) -> bool:
    since = max(sim.guide.done.values(), default=0)

    def reads(fact: str) -> int:
        return READS[fact](sim, since)

    return all(holds(line, reads) for line in step.done)


# -- what a step may wait for, since the step before it was done


def _checked(sim: "Simulation") -> list[dict[str, Any]]:
    """The last checksum of each server, where nothing was written to any of them since, and it was not restarted."""
    written = max((server.reported_at for server in sim.fleet.servers if server.reported_at is not None), default=0)
    last = {found["server"]: found for found in sim.records.checksums}
    began = {line["server"]: line["step"] for line in sim.records.lines if line["kind"] == "started"}
    return [found for n, found in last.items() if found["step"] >= max(written, began.get(n, 0))]


def _alike(sim: "Simulation", since: int) -> int:
    right = sim.fleet.releases[sim.fleet.target].hash
    return sum(found["disk"] == found["process"] == right for found in _checked(sim))


def _looked(sim: "Simulation", since: int) -> int:
    shown = (sim.records.looks, sim.records.tails)
    return sum(found is not None and found["step"] >= max(since, sim.calendar.open) for found in shown)


def _open(sim: "Simulation", since: int) -> int:
    return int(sim.now >= sim.calendar.open)


READS: dict[str, Callable[["Simulation", int], int]] = {
    "recorded": lambda sim, since: sum(server.reported == sim.fleet.target for server in sim.fleet.servers),
    "hashed": lambda sim, since: len(_checked(sim)),
    "alike": _alike,
    "asked": lambda sim, since: int(sim.bridge.authorisations["release.copy"]["state"] != "open"),
    "approved": lambda sim, since: int(sim.bridge.authorisations["release.copy"]["state"] == "given"),
    "restarted": lambda sim, since: len({line["server"] for line in sim.records.lines if line["kind"] == "started" and line["step"] >= 0}),
    "open": _open,
    "flag_percent": lambda sim, since: flag_percent(sim.machine),
    "looked": _looked,
    "shared": lambda sim, since: sum(item["kind"] == "pin" and item["step"] >= since for item in sim.bridge.items),
}
