"""The turns of the day: the bell, the close and what lies between them, and the desk's own orders."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from engine.firm.clients import flag_percent
from engine.firm.deposit import turn_of_deposit
from engine.firm.duties import turn_of_duties
from engine.firm.evening import turn_of_evening
from engine.firm.exchanges import cut_at_bell, turn_of_exchanges
from engine.firm.onsets import turn_of_onsets
from engine.firm.post_only import turn_of_post_only
from engine.firm.second_act import turn_of_acts
from engine.market import market_step
from engine.market.positions import allocate_clients
from engine.market.router import FLATTEN_AGGRESSIVE, FLATTEN_PASSIVE
from engine.market_time import STEPS_PER_MINUTE, TICK_STEPS

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

FIRST_DESK_ORDER = 10_000_000  # ids of the desk's own orders: far above any client's


@dataclass(slots=True)
class TradingDay:
    """What is counted and chosen in the course of the day and of no other part; JSON-able fields."""

    hand_steps: int = 0  # of all desks, the week's among them
    rlp_missed: int = 0  # looks since it was due at a server on which the new order type is not live
    desk_orders: int = 0  # orders of the desk's own so far
    watched: str | None = None  # stock whose price the risk manager watches
    help_level: str = "2012"  # how much the desks are shown

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "TradingDay":
        """What `to_dict` gave."""
        return cls(**data)


def flatten_positions(sim: "Simulation", symbols: list[str], style: str) -> None:
    """Put orders of the desk to work against the monitor's positions; earlier ones in the same stocks are withdrawn."""
    machine, (shown, _) = sim.machine, sim.monitor.read()
    behaviour = FLATTEN_PASSIVE if style == "passive" else FLATTEN_AGGRESSIVE
    index = {name: i for i, name in enumerate(sim.names)}
    for name in symbols:
        s = index[name]
        market_step.withdraw_stock(machine, s, sim.now, True)
        if shown[s]:
            sim.day.desk_orders += 1
            side, qty = (-1, int(shown[s])) if shown[s] > 0 else (1, -int(shown[s]))
            market_step.flatten(machine, s, FIRST_DESK_ORDER + sim.day.desk_orders, side, qty, behaviour, machine.dials[0].unwind_gap, sim.now)


def rlp_missing(sim: "Simulation") -> int:
    """Servers on which the new order type is not live, but for those that are down because what is wrong was found. A release that is
    itself at fault, and was diagnosed, is kept off the market for a reason."""
    if sim.fault.mechanism == "defective-release" and sim.bridge.diagnosed is not None:
        return 0
    flagged, fleet, found = flag_percent(sim.machine) == 100, sim.fleet, sim.records.fault_found

    def missing(n: int) -> bool:
        return not (flagged and fleet.meant(fleet[n].running) == "rlp") if fleet.sends(n) else not found

    return sum(missing(server.n) for server in fleet.servers)


def turn_of_day(sim: "Simulation", step: int) -> None:
    """What happens at a moment of the day or of the exchanges' clocks, in this order."""
    _turn_of_phase(sim, step)
    turn_of_onsets(sim, step)
    turn_of_post_only(sim, step)
    turn_of_duties(sim, step)
    turn_of_acts(sim, step)
    cut_at_bell(sim, step)
    _judge_programme(sim, step)
    turn_of_exchanges(sim, step)
    _settle_accounts(sim, step)
    turn_of_deposit(sim, step)
    if step >= sim.calendar.block:
        turn_of_evening(sim, step)


def _turn_of_phase(sim: "Simulation", step: int) -> None:
    """Another phase begins."""
    if step in (sim.calendar.open, sim.calendar.bell_end, sim.calendar.close, sim.calendar.block):
        sim.tell("phase.changed", phase=sim.calendar.phase(step))
    if step == sim.calendar.open:
        sim.tell("market.opened")


def _judge_programme(sim: "Simulation", step: int) -> None:
    """From when it is due to the close the new order type is live, or misses."""
    if sim.calendar.due <= step < sim.calendar.close and step % TICK_STEPS == 0:
        sim.day.rlp_missed += rlp_missing(sim)


def _settle_accounts(sim: "Simulation", step: int) -> None:
    """Clients' executions are allocated every few minutes; at the close what still rests is withdrawn first."""
    machine = sim.machine
    if step >= sim.calendar.open and (step - sim.calendar.open) % (sim.scenario.monitor.allocate_min * STEPS_PER_MINUTE) == 0:
        allocate_clients(machine)
    if step == sim.calendar.close:
        for server in sim.fleet.servers:
            market_step.withdraw_all(machine, step, server.n)
        market_step.withdraw_all(machine, step, 0)
        allocate_clients(machine)
