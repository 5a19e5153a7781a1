"""What outsiders can notice of orders that nobody has acknowledged, of offers of ours that are taken, and of what account 33 loses by stock."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.firm import routing
from engine.firm.score import HC
from engine.market.positions import OWN, prices_hc

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


class Losing(NamedTuple):
    """Own positions at mid, whole dollars: what they lose together, and the two stocks that lose most with what they lose."""

    total_usd: int
    stocks: tuple[str, str]
    losses_usd: tuple[int, int]

    @property
    def two_pct(self) -> float:
        """What of all that is lost the two stocks have, percent; what others gain is not set against it."""
        return 100 * sum(self.losses_usd) / self.total_usd if self.total_usd else 0.0


def losing(sim: "Simulation") -> Losing:
    """What account 33 and the desk lose by stock, those that gain left out."""
    machine = sim.machine
    worth = machine.cash[:, OWN].sum(axis=1) + machine.position[:, OWN].sum(axis=1) * prices_hc(sim.machine)
    lost = np.maximum(-worth, 0)
    first, second = np.lexsort((np.arange(len(lost)), -lost))[:2].tolist() if len(lost) > 1 else (0, 0)
    found = (int(lost[first]) // HC, int(lost[second]) // HC)
    return Losing(int(lost.sum()) // HC, (sim.names[first], sim.names[second]), found)


def _waiting(sim: "Simulation") -> npt.NDArray[np.bool_]:
    """By stock and place: whether a child of the order there is out that nobody has acknowledged."""
    machine = sim.machine
    at_work = np.arange(machine.parents.shape[1])[None, :] < machine.parent_count[:, None]
    found: npt.NDArray[np.bool_] = at_work & (machine.parents["unacked"] == 1)
    return found


def unacked(sim: "Simulation") -> int:
    """How many orders wait for an acknowledgement: none while every exchange gives them."""
    return int(np.count_nonzero(_waiting(sim))) if sim.machine.controls[0].stuck else 0


def _oldest(sim: "Simulation") -> tuple[int, str, str]:
    """(order, symbol, broker) of the oldest of them."""
    waits = _waiting(sim)
    stocks, orders = waits.nonzero()[0], sim.machine.parents["id"][waits]
    if not len(orders):
        return 0, "", ""
    first = int(np.lexsort((stocks, orders))[0])
    order = int(orders[first])
    return order, sim.names[int(stocks[first])], routing.broker_of(sim, order)


def quotes_taken(sim: "Simulation") -> int:
    """How often offers of ours were taken."""
    return int(sim.machine.quotes["hits"].sum()) if sim.onsets.begun else 0


def _offer(sim: "Simulation") -> tuple[str, int, int]:
    """(symbol, price in hundredths of a cent, shares) of the offer that was taken most often."""
    hits = sim.machine.quotes["hits"]
    s, n = (int(k) for k in np.unravel_index(int(hits.argmax()), hits.shape))
    price = int(sim.machine.symbols[s].price_256 >> 9) * int(sim.machine.symbols[s].tick_hc)
    return sim.names[s], price, int(sim.machine.quotes[s, n].shares)


def data_differs(sim: "Simulation") -> int:
    """Servers on whose disk lies other reference data than the recorded, on purpose or not."""
    recorded = sim.fleet.versions["data"].recorded
    return sum(server.data.disk != recorded for server in sim.fleet.servers)


def begun_anew(sim: "Simulation") -> int:
    """Servers whose process has begun anew today."""
    return len({line["server"] for line in sim.records.lines if line["kind"] == "started" and line["step"] >= 0})


def words_of_orders(sim: "Simulation") -> Mapping[str, Callable[[], object]]:
    """Placeholder -> what fills it now, see `insider_facts.telling`; sums as somebody says them who has just looked."""
    return {
        "unacked": lambda: unacked(sim),
        "unacked_order": lambda: _oldest(sim)[0],
        "unacked_symbol": lambda: _oldest(sim)[1],
        "unacked_broker": lambda: _oldest(sim)[2],
        "lost": lambda: round(losing(sim).total_usd, -4),
        "worst": lambda: losing(sim).stocks[0],
        "worst_lost": lambda: round(losing(sim).losses_usd[0], -4),
        "second": lambda: losing(sim).stocks[1],
        "second_lost": lambda: round(losing(sim).losses_usd[1], -4),
        "offered": lambda: _offer(sim)[0],
        "offered_at": lambda: _offer(sim)[1],
        "offered_size": lambda: _offer(sim)[2],
        "taken": lambda: quotes_taken(sim),
        "withdrawn": lambda: routing.withdrawn_stocks(sim)[:4],
        "restarted": lambda: begun_anew(sim),
    }
