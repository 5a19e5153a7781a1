"""A rehearsal of the rollback: this team's own fleet, rolled back while orders carry the flag, in a market of its own for two minutes.

It is the machine itself on another draw of the market's chance, so it says what would happen and nothing of what will.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.firm import clients, safeguards, server_ops
from engine.firm.fleet import RUNNING
from engine.firm.score import HC
from engine.market.positions import marks
from engine.market.router import BEHAVIOURS, RUNAWAY
from engine.market.unwind import liquidation_cost
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

TRIAL_MINUTES = 2
_BEFORE = STEPS_PER_MINUTE  # steps before the bell in which books fill
OTHER_NOISE = 0x5EED


class _Trial(NamedTuple):
    """What came of it: the releases that would run, servers on which flagged orders run away, orders that did, dollars held and lost."""

    releases: list[str]
    servers: int
    flagged: int
    met: int
    gross_usd: int
    loss_usd: int


def rolled_back(sim: "Simulation") -> _Trial:
    """Roll a copy of the fleet back and open the market on it."""
    copy = type(sim)(sim.scenario, sim.seed, noise=sim.noise ^ OTHER_NOISE, instant=True)
    copy.fleet.restore(sim.fleet.to_dict())
    copy.fleet.flag = clients.flag_of_the_day(sim)
    for server in copy.fleet.servers:
        server.state, server.connected = RUNNING, True
        copy.fleet.roll_back(server.n, 0)
    server_ops.set_servers(copy)
    copy.now = sim.calendar.open - _BEFORE
    copy.cursor = int(np.searchsorted(copy.arrivals["step"], copy.now))
    copy.step(_BEFORE + TRIAL_MINUTES * STEPS_PER_MINUTE)
    machine, mark = copy.machine, marks(copy.machine, copy.scenario)
    wild = [server for server in copy.fleet.servers if BEHAVIOURS.index(copy.fleet.does(server.running)) in RUNAWAY]
    tally, loss = machine.tally[0], liquidation_cost(copy.scenario, mark.gross, copy.now, safeguards.credit_hc(sim)) - mark.reverted
    releases = sorted({server.running for server in copy.fleet.servers})
    return _Trial(releases, len(wild), int(tally.flagged), int(tally.power_peg), mark.gross // HC, loss // HC)
