"""The firm's clients: whether they route elsewhere, how much of their flow was routed in time, and what it costs where it was not.

One rule for every client order that is not routed within a minute, whatever kept it: a server that is down, a control, a person who looks
at it first, a release that accepts and sends nothing, a cut, or clients who were told to go elsewhere.
"""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.market.state import RETURNED, Machine
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.parts import Costs

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


@dataclass(slots=True)
class Clients:
    """What is told to clients, and what servers were down; JSON-able fields. `down`: steps of one server, at the bell and otherwise."""

    away_at: int | None = None  # since when they route elsewhere
    down: dict[str, int] = field(default_factory=lambda: {"bell": 0, "day": 0})
    excused: int = 0  # steps waited by orders of clients who knew where they stood
    waited: int = 0  # steps waited by all, when it was last looked

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Clients":
        """What `to_dict` gave."""
        return cls(**data)


class Unserved(NamedTuple):
    """Client orders that were not routed within a minute, by what the client knew; one that waited less counts as that part of an order."""

    told: float = 0.0  # asked to route elsewhere, or told how long it takes
    unserved: float = 0.0
    rejected: float = 0.0  # by a control, or by a release that does not know the order


def count_down(sim: "Simulation", first: int, until: int) -> None:
    """Count the steps for which servers are down."""
    up = sim.machine.servers.tolist()
    down = sum(up[server.n] == 0 for server in sim.fleet.servers)
    if down:
        span = "bell" if sim.calendar.open <= first < sim.calendar.bell_end else "day"
        sim.clients.down[span] += down * (until - first)


def excuse_waiting(sim: "Simulation") -> None:
    """Every five seconds: what orders have waited since the last look was expected, where clients had been told."""
    clients, waited = sim.clients, _steps_waited(sim.machine)
    if (clients.away_at is not None and not sim.phone.gone) or sim.now <= sim.phone.rest_until:
        clients.excused += waited - clients.waited
    clients.waited = waited


def set_away(sim: "Simulation") -> None:
    """The part of the clients' flow that stays away now: sent elsewhere, or kept away by what is said about the firm."""
    sent = 0 if sim.clients.away_at is None else round(256 * sim.scenario.costs.away_share)
    sim.machine.controls["away_256"] = max([sent, *(round(256 * percent / 100) for percent, _ in sim.injects.shy)])
    sim.machine.controls["left"] = int(sim.phone.gone)


def route_away(sim: "Simulation") -> None:
    """Clients route elsewhere: part of the flow stays away, and who waits all the same has been told."""
    sim.clients.away_at = sim.now if sim.clients.away_at is None else sim.clients.away_at
    set_away(sim)


def recall(sim: "Simulation") -> None:
    """Clients come back, and expect to be served again."""
    sim.clients.away_at = None
    set_away(sim)


def hand_back_waiting(sim: "Simulation") -> None:
    """Give the orders that wait for a server back to the clients, who asked for them."""
    machine, tally = sim.machine, sim.machine.tally
    count = int(tally[0].waiting)
    for order in sim.arrivals[machine.waiting[:count]]:
        machine.flows[order.symbol, order.broker, RETURNED] += 1
    machine.waiting[:] = 0
    tally["handed_back"] += count
    tally["waiting"] = 0
    sim.clients.excused += count * STEPS_PER_MINUTE
    sim.clients.waited += count * STEPS_PER_MINUTE


def _steps_waited(machine: Machine) -> int:
    """Steps waited so far: on servers as they were counted, before one a whole minute for each order that was handed back."""
    return int(machine.service["waited"].sum()) + STEPS_PER_MINUTE * int(machine.tally[0].handed_back)


def unserved(sim: "Simulation") -> Unserved:
    """Client orders so far that were not routed within a minute."""
    tally, rejected = sim.machine.tally[0], int(sim.machine.service["rejected"].sum())
    waited = _steps_waited(sim.machine) / STEPS_PER_MINUTE
    excused = min(sim.clients.excused / STEPS_PER_MINUTE, waited)
    refused = int(tally.refused) if sim.now >= sim.calendar.open else 0  # before the bell the loss would tell mails of ours from others'
    return Unserved(int(tally.away) + excused, int(tally.left) + waited - excused, rejected + refused)


def harm_usd(costs: Costs, orders: Unserved, orders_of_day: int) -> float:
    """What orders that were not served cost: the revenue of a day in proportion, and clients who stay away with its square."""
    part = costs.told * orders.told + orders.unserved + costs.rejected * orders.rejected
    share = min(1.0, part / max(orders_of_day, 1))
    return costs.day_revenue_usd * share + costs.franchise_usd * share * share


def down_usd(sim: "Simulation") -> float:
    """What servers cost that were down: a minute at the open whole, any other a part of it."""
    costs, down = sim.scenario.costs, sim.clients.down
    return costs.server_minute_usd * (down["bell"] + costs.after_bell * down["day"]) / STEPS_PER_MINUTE


def service_kept(machine: Machine) -> float:
    """Share of clients' orders so far that were routed within a minute; those that are still within theirs are not among them."""
    service, tally = machine.service, machine.tally[0]
    routed = int(service["routed"].sum())
    lost = sum(int(service[what].sum()) for what in ("late", "handed_back", "rejected"))
    lost += int(tally.handed_back) + int(tally.refused) + int(tally.away) + int(tally.left)
    return round(routed / (routed + lost), 4) if routed + lost else 1.0


def flag_percent(machine: Machine) -> int:
    """Percent of the orders meant for it that carry the flag."""
    controls = machine.controls[0]
    return 0 if controls.flag_off else 100 - int(controls.ramp_out)


def flag_of_the_day(sim: "Simulation") -> str:
    """The flag that clients will set: another than the old one with the brokers' word, where releases that read it were deployed."""
    recorded = [sim.fleet.releases[server.reported].flag for server in sim.fleet.servers]
    others = sorted(flag for flag in recorded if flag != sim.scenario.fleet.flag)
    return others[0] if others and "brokers" in sim.week.facts else sim.scenario.fleet.flag
