"""What the firm's own quoting desk offers where its servers were given the wrong reference data: some stocks at half their price.

A process prices its quotes when it begins. So the right data loaded into it is read for what comes, and the offers that stand are those of
the process: they go when it ends, or when the stock is withdrawn, and do not come back with the right data.
"""

from typing import TYPE_CHECKING

import numpy as np

from engine.market.faults import misread_hosts
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.onsets import Onset
    from engine.firm.simulation import Simulation

_DOLLAR = 10_000  # hundredths of a cent
PACE_USD = 100_000  # a minute that is bought of one offer at the whole strength
_LOT = 100


def misquote(sim: "Simulation", onset: "Onset") -> None:
    """Give some servers the data that halves prices, and have them offer the stocks of a place: three servers two stocks, one server one."""
    stocks = [sim.names.index(symbol) for symbol in onset.place.split()[1:]]
    able = [server.n for server in sim.fleet.servers if not server.data.agreed]
    wrong = next(version.name for version in sim.scenario.data.version if version.halves)
    for n in misread_hosts(sim.seed, able, len(stocks)):
        held = sim.fleet[n].data
        held.disk = held.loaded = wrong
        for s in stocks:
            _offer(sim, s, n, onset.strength)
    _count(sim)


def _offer(sim: "Simulation", s: int, n: int, strength: float) -> None:
    """Put an offer up."""
    symbol, quote = sim.machine.symbols[s], sim.machine.quotes[s, n]
    price = max(int(symbol.price_256) >> 9, 1)
    lot_hc = price * int(symbol.tick_hc) * _LOT
    lots = max(1, round(sim.scenario.router.quote_usd * _DOLLAR / lot_hc))
    quote.price, quote.shares, quote.due = price, lots * _LOT, 0
    quote.gap = (lots * lot_hc * STEPS_PER_MINUTE << 16) // max(round(strength * PACE_USD * _DOLLAR), 1)


def withdraw_offers(sim: "Simulation", onset: "Onset") -> None:
    """The desk takes its offers in the stocks of a place back itself."""
    for symbol in onset.place.split()[1:]:
        sim.machine.quotes["price"][sim.names.index(symbol)] = 0
    _count(sim)


def price_anew(sim: "Simulation", n: int) -> None:
    """A server's process has begun: it quotes by the reference data that it has read."""
    if not sim.fleet.versions["data"][sim.fleet[n].data.loaded].halves:
        sim.machine.quotes["price"][:, n] = 0
        _count(sim)


def _count(sim: "Simulation") -> None:
    """Tell the market which stocks we offer, and from how many servers."""
    sim.machine.market["quoted"] = np.count_nonzero(sim.machine.quotes["price"], axis=1)
