"""The firm and the exchanges: the cut that they make or are asked for, and the review of erroneous executions."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine.firm import server_ops
from engine.firm.fleet import RUNNING, STOPPED
from engine.firm.score import HC
from engine.market import market_step
from engine.market.positions import TICKS_A_MINUTE, cancel_far
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


CUT_LOOKS_BACK = 5 * TICKS_A_MINUTE


@dataclass(slots=True)
class Exchanges:
    """How the firm stands with the exchanges; JSON-able fields."""

    cut_off: bool = False  # the whole firm, now
    cut_by_exchange: bool = False  # once
    cut_growth_usd: int = 0  # by what account 33 had grown in the five minutes before
    bust_asked: int | None = None  # step at which the review under way was asked for
    bust_relief: int = 0  # what cancelled executions were worth, hundredths of a cent
    busts: list[list[int]] = field(default_factory=list)  # (step, relief) of every ruling

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Exchanges":
        """What `to_dict` gave."""
        return cls(**data)


def accept_cut(sim: "Simulation") -> None:
    """The exchanges cut the firm off."""
    sim.exchanges.cut_off = True
    _note_cut(sim)
    server_ops.disconnect(sim, "exchange.disconnected")


def _note_cut(sim: "Simulation") -> None:
    """The exchanges had to do it: what that costs depends on what still ran away."""
    dealings = sim.exchanges
    dealings.cut_by_exchange = True
    dealings.cut_growth_usd = max(dealings.cut_growth_usd, sim.monitor.grown_hc(sim.machine, CUT_LOOKS_BACK) // HC)


def ask_bust(sim: "Simulation") -> None:
    """Ask for a review; the ruling comes half an hour later."""
    sim.exchanges.bust_asked = sim.now


def ruling_min(sim: "Simulation") -> int:
    """Minutes from asking for a review to its ruling."""
    return sim.scenario.exchange.bust_ruling_min + sim.phone.ruling_min


def cut_at_bell(sim: "Simulation", step: int) -> None:
    """At the end of the opening minutes the exchanges cut a firm off whose orders still run away."""
    if step == sim.calendar.bell_end and market_step.count_runaway(sim.machine) > 0:
        _note_cut(sim)
        server_ops.disconnect(sim, "exchange.disconnected")


def turn_of_exchanges(sim: "Simulation", step: int) -> None:
    """Readmit the firm once they have seen a checksum or a stopped server, and rule on what was asked for."""
    dealings = sim.exchanges
    shown = sim.records.fault_found or any(server.state == STOPPED for server in sim.fleet.servers)
    if dealings.cut_off and step >= sim.calendar.step_at(sim.scenario.exchange.cut_until) and shown:
        _readmit(sim)
    if dealings.bust_asked is not None and step >= dealings.bust_asked + ruling_min(sim) * STEPS_PER_MINUTE:
        _rule_on_busts(sim, dealings.bust_asked)


def _readmit(sim: "Simulation") -> None:
    sim.exchanges.cut_off = False
    for server in sim.fleet.servers:
        server.connected = server.state == RUNNING
    sim.machine.controls["connected"] = 1
    server_ops.set_servers(sim)
    sim.tell("exchange.readmitted")


def _rule_on_busts(sim: "Simulation", asked: int) -> None:
    dealings, last = sim.exchanges, (asked - sim.calendar.open) // STEPS_PER_MINUTE
    rules = sim.scenario.exchange
    relief = cancel_far(sim.machine, last - rules.bust_request_min, last, rules.bust_part)
    dealings.bust_relief += relief
    dealings.busts.append([sim.now, relief])
    dealings.bust_asked = None
    sim.tell("trades.busted", relief_usd=relief // HC)
