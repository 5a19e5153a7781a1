"""The firm's clients: whether they route elsewhere, whom halting harms, and how much of their flow was served in time."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine.market.state import Machine

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def _no_steps() -> dict[str, int]:
    return {f"{kind}_{span}": 0 for kind in ("firm", "smars", "server") for span in ("bell", "day")}


@dataclass(slots=True)
class Clients:
    """What halting has cost so far; JSON-able fields. `halted`, `harmed`: steps by what is down and by when, as "firm_bell"."""

    away_at: int | None = None  # since when they route elsewhere
    halted: dict[str, int] = field(default_factory=_no_steps)  # steps in which flow is not served
    harmed: dict[str, int] = field(default_factory=_no_steps)  # those of them that clients are charged for

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Clients":
        """What `to_dict` gave."""
        return cls(**data)


def charge_halting(sim: "Simulation", first: int, until: int) -> None:
    """Count the steps in which flow is not served, by what is down."""
    servers, clients = sim.fleet.servers, sim.clients
    down = sum(int(sim.machine.servers[server.n]) == 0 for server in servers)
    if down == 0:
        return
    if sim.exchanges.cut_off or sim.safeguards.shut is not None:
        kind, times = "firm", 1
    elif down == len(servers):
        kind, times = "smars", 1
    else:
        kind, times = "server", down
    span = "bell" if sim.calendar.open <= first < sim.calendar.bell_end else "day"
    clients.halted[f"{kind}_{span}"] += times * (until - first)
    if clients.away_at is None and first >= sim.phone.rest_until:
        clients.harmed[f"{kind}_{span}"] += times * (until - first)


def set_away(sim: "Simulation") -> None:
    """The part of the clients' flow that stays away now: sent elsewhere, or kept away by what is said about the firm."""
    sent = 0 if sim.clients.away_at is None else round(256 * sim.scenario.costs.away_share)
    sim.machine.controls["away_256"] = max([sent, *(round(256 * percent / 100) for percent, _ in sim.injects.shy)])


def route_away(sim: "Simulation") -> None:
    """Clients route elsewhere: harm stops growing, part of the flow stays away."""
    sim.clients.away_at = sim.now if sim.clients.away_at is None else sim.clients.away_at
    set_away(sim)


def recall(sim: "Simulation") -> None:
    """Clients come back, and are harmed again when they are not served."""
    sim.clients.away_at = None
    set_away(sim)


def hand_back_waiting(machine: Machine) -> int:
    """Give the orders that wait for a server back to the clients; how many."""
    tally = machine.tally
    count = int(tally[0].waiting)
    machine.waiting[:] = 0
    tally["handed_back"] += count
    tally["waiting"] = 0
    return count


def service_kept(machine: Machine) -> float:
    """Share of clients' parents so far that were routed within a minute."""
    ended = machine.ended
    routed = int(ended["routed"].sum())
    lost = int(ended["late"].sum() + ended["handed_back"].sum()) + int(machine.tally[0].handed_back)
    return round(routed / max(routed + lost, 1), 4)


def flag_percent(machine: Machine) -> int:
    """Percent of the orders meant for it that carry the flag."""
    controls = machine.controls[0]
    return 0 if controls.flag_off else 100 - int(controls.ramp_out)


def flag_of_the_day(sim: "Simulation") -> str:
    """The flag that clients will set: another than the old one with the brokers' word, where releases that read it were deployed."""
    recorded = [sim.fleet.releases[server.reported].flag for server in sim.fleet.servers]
    others = sorted(flag for flag in recorded if flag != sim.scenario.fleet.flag)
    return others[0] if others and "brokers" in sim.week.facts else sim.scenario.fleet.flag
