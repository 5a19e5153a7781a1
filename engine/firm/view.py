"""The simulation as evidence may see it at one tick: what `conditions.View` asks for, computed when it is asked."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.firm import brokers_today, order_facts, post_only, routing
from engine.firm.fleet import STOPPED
from engine.firm.gauges import mids, moves_bp
from engine.firm.inbox import quiet_s
from engine.firm.insider_facts import busy_sessions, share_pct, telling, week_numbers
from engine.firm.score import gross_usd
from engine.market.state import CHILDREN, EXECUTIONS, PARENTS, REJECTS

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


class View:
    """The simulation as evidence may see it at one tick; see `conditions.View`."""

    def __init__(self, sim: "Simulation", step: int) -> None:
        self._sim, self.step = sim, step
        self.open = sim.calendar.open <= step < sim.calendar.close
        self.stopped = [server.n for server in sim.fleet.servers if server.state == STOPPED]
        self.disconnected = not sim.exchanges.cut_off and not any(server.connected for server in sim.fleet.servers)
        self.cut_off = sim.exchanges.cut_off
        self.runaway = sim.monitoring.runaway
        self.power_peg_mails = len(sim.records.refusals)
        self.replies = sim.phone.replies
        self.act = sim.second_act.on
        self.played = sim.second_act.given

    def own(self, name: str) -> float:
        return self._sim.scenario.extension.numbers[name](self._sim)

    @cached_property
    def served(self) -> bool:
        fleet, down = self._sim.fleet, self.cut_off or self._sim.safeguards.shut is not None
        return not down and any(fleet.sends(server.n) for server in fleet.servers)

    @cached_property
    def flag_set(self) -> bool:
        return bool(self._sim.machine.controls[0].flag_off == 0)

    @cached_property
    def movers(self) -> list[tuple[str, int]]:
        """Largest moves since the open, (symbol, basis points)."""
        moves = moves_bp(self._sim, mids(self._sim))
        order = np.argsort(-np.abs(moves), kind="stable")[:8]
        return [(self._sim.names[i], int(moves[i])) for i in order.tolist() if moves[i]]

    @cached_property
    def volume_ratio(self) -> float:
        return self._sim.gauges.volume_ratio(self._sim)

    @cached_property
    def volume_high_s(self) -> int:
        return self._sim.gauges.volume_high * 5

    @cached_property
    def surveillance(self) -> bool:
        return self.volume_high_s >= self._sim.scenario.exchange.call_after_s

    @cached_property
    def share_pct(self) -> float:
        return share_pct(self._sim)

    @cached_property
    def busy_sessions(self) -> int:
        return busy_sessions(self._sim)

    @cached_property
    def broker_lead(self) -> float:
        return brokers_today.busiest(self._sim).lead

    @cached_property
    def brokers_mended(self) -> int:
        return len(brokers_today.waiting_for_release(self._sim))

    @cached_property
    def post_only_fills(self) -> int:
        return int(self._sim.machine.tally[0].posted)

    @cached_property
    def brokers_unhappy(self) -> int:
        return len(post_only.unhappy(self._sim))

    @cached_property
    def brokers_gone(self) -> int:
        return len(post_only.departed(self._sim))

    @cached_property
    def hotfixed(self) -> int:
        return sum(bool(server.agreed) for server in self._sim.fleet.servers)

    @cached_property
    def unacked(self) -> int:
        return order_facts.unacked(self._sim)

    @cached_property
    def quotes_taken(self) -> int:
        return order_facts.quotes_taken(self._sim)

    @cached_property
    def _losing(self) -> order_facts.Losing:
        return order_facts.losing(self._sim)

    @property
    def lost_usd(self) -> int:
        return self._losing.total_usd

    @property
    def worst_lost_usd(self) -> int:
        return self._losing.losses_usd[0]

    @property
    def worst_two_pct(self) -> float:
        return self._losing.two_pct

    @cached_property
    def data_differs(self) -> int:
        return order_facts.data_differs(self._sim)

    @cached_property
    def restarted(self) -> int:
        return order_facts.begun_anew(self._sim)

    @cached_property
    def withdrawn(self) -> list[str]:
        return routing.withdrawn_stocks(self._sim)

    @cached_property
    def executions_per_s(self) -> float:
        return self._sim.gauges.per_s(EXECUTIONS)

    @cached_property
    def children_per_s(self) -> float:
        return self._sim.gauges.per_s(CHILDREN)

    @cached_property
    def rejects_per_s(self) -> float:
        return self._sim.gauges.per_s(REJECTS)

    @cached_property
    def parents_in_per_s(self) -> float:
        return self._sim.gauges.per_s(PARENTS)

    @cached_property
    def paused(self) -> list[str]:
        until = self._sim.machine.market["paused_until"]
        return [self._sim.names[i] for i in np.flatnonzero(until > self.step).tolist()]

    @cached_property
    def pauses(self) -> int:
        return int(self._sim.machine.market["pauses"].sum())

    @cached_property
    def gross_usd(self) -> int:
        return gross_usd(self._sim.machine)

    @property
    def gross_growth(self) -> float:
        before = self._sim.phone.gross_usd
        return self.gross_usd / before if before else 0.0

    @cached_property
    def deployer_quiet_s(self) -> int:
        return quiet_s(self._sim, "deployer")

    @cached_property
    def operator_quiet_s(self) -> int:
        return quiet_s(self._sim, "operator")

    @cached_property
    def risk_quiet_s(self) -> int:
        return quiet_s(self._sim, "risk")

    @cached_property
    def pins(self) -> int:
        return sum(item["kind"] == "pin" for item in self._sim.bridge.items)

    @cached_property
    def week(self) -> Mapping[str, float]:
        return week_numbers(self._sim)

    @cached_property
    def says(self) -> Mapping[str, Callable[[], object]]:
        return telling(self._sim)
