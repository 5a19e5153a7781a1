"""What begins at a time of the day, and not before it: a mechanism at a place, with a strength.

The trading day begins what a drawn fault has to begin; a second act begins its own, in any scenario and beside any fault. So nothing here
reads the fault of the day: what has begun is remembered here, with all that it goes by. A mechanism registers what its beginning and its
end do to the market; what lies between them is the market's.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.firm import duties, routing
from engine.firm.quoting import misquote, withdraw_offers

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


@dataclass(slots=True)
class Onset:
    """Something that has begun; JSON-able fields. `place` as in `places`; `strength`: what the mechanism makes of it; `until`: the step at which
    it ends by itself, or has ended, None where it does not; `told`: since when those whose it is know of it; `orders`: clients' orders that it
    concerns, where it is a matter of single ones."""

    mechanism: str
    place: str
    strength: float
    since: int
    until: int | None = None
    told: int | None = None
    over: bool = False
    orders: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Onsets:
    """All that has begun so far, in the order in which it did."""

    begun: list[Onset] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Onsets":
        """What `to_dict` gave."""
        return cls([Onset(**row) for row in data["begun"]])

    def running(self, mechanism: str) -> list[tuple[int, Onset]]:
        """What of a mechanism goes on now, each with its number."""
        return [(number, onset) for number, onset in enumerate(self.begun) if onset.mechanism == mechanism and not onset.over]


Turn = Callable[["Simulation", Onset], None]


class Turns(NamedTuple):
    """What its beginning and its end do."""

    begins: Turn
    ends: Turn


def _stick(sim: "Simulation", onset: Onset) -> None:
    routing.stick(sim, sim.scenario.exchanges[int(onset.place.removeprefix("exchange ")) - 1])


def _unstick(sim: "Simulation", onset: Onset) -> None:
    """The exchange has mended it by itself; who waited there goes on."""
    name = sim.scenario.exchanges[int(onset.place.removeprefix("exchange ")) - 1]
    if routing.is_stuck(sim, name) and not duties.never_logged_on(sim, name):
        routing.log_on_again(sim, name)


MECHANISMS: dict[str, Turns] = {  # beside these, what registers itself
    "stuck-sessions": Turns(_stick, _unstick),
    "stale-reference": Turns(misquote, withdraw_offers),
}


def begin(sim: "Simulation", mechanism: str, place: str, strength: float, until: int | None = None) -> None:
    """Begin a mechanism now, at a place as it is written down; `until` a step of the five-second clock, where it ends by itself.

    Raises KeyError where it is none that begins in the course of a day.
    """
    onset = Onset(mechanism, place, strength, sim.now, until)
    MECHANISMS[mechanism].begins(sim, onset)
    sim.onsets.begun.append(onset)


def drawn(sim: "Simulation") -> Onset | None:
    """What of the fault of the day has begun."""
    fault = sim.fault
    found = [onset for onset in sim.onsets.begun if fault.onset and (onset.mechanism, onset.since) == (fault.mechanism, fault.onset.step)]
    return found[0] if found else None


def turn_of_onsets(sim: "Simulation", step: int) -> None:
    """Begin what the fault of the day begins now, and end what ends by itself."""
    planned = sim.fault.onset
    if planned is not None and step == planned.step:
        begin(sim, sim.fault.mechanism, planned.place, planned.strength, planned.until)
    for onset in sim.onsets.begun:
        if not onset.over and onset.until is not None and step >= onset.until:
            onset.over = True
            MECHANISMS[onset.mechanism].ends(sim, onset)
