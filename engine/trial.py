"""A rehearsal of the rollback: this team's own fleet, rolled back while orders carry the flag, in a market of its own for two minutes.

It is the machine itself on another draw of the market's chance, so it says what would happen and nothing of what will.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.fleet import RUNNING
from engine.market_time import OPEN, STEPS_PER_MINUTE
from engine.positions import marks
from engine.router import BEHAVIOURS, RUNAWAY
from engine.score import HC
from engine.unwind import liquidation_cost

if TYPE_CHECKING:
    from engine.simulation import Simulation

MINUTES = 2
BEFORE = STEPS_PER_MINUTE  # steps before the bell in which books fill
OTHER_NOISE = 0x5EED


class Trial(NamedTuple):
    """What came of it: the releases that would run, servers on which flagged orders run away, orders that did, dollars held and lost."""

    releases: list[str]
    servers: int
    flagged: int
    met: int
    gross_usd: int
    loss_usd: int


def rolled_back(sim: "Simulation") -> Trial:
    """Roll a copy of the fleet back and open the market on it."""
    copy = type(sim)(sim.scenario, sim.seed, noise=sim.noise ^ OTHER_NOISE, instant=True)
    copy.fleet.restore(sim.fleet.to_dict())
    copy.fleet.flag = sim.flag_of_the_day()
    for server in copy.fleet.servers:
        server.state, server.connected = RUNNING, True
        copy.fleet.roll_back(server.n, 0)
    copy.set_servers()
    copy.now = OPEN - BEFORE
    copy.cursor = int(np.searchsorted(copy.arrivals["step"], copy.now))
    copy.step(BEFORE + MINUTES * STEPS_PER_MINUTE)
    machine, mark = copy.machine, marks(copy.machine, copy.scenario)
    wild = [server for server in copy.fleet.servers if BEHAVIOURS.index(copy.fleet.does(server.running)) in RUNAWAY]
    tally, loss = machine.tally[0], liquidation_cost(copy.scenario, mark.gross, copy.now, sim.credit_hc()) - mark.reverted
    releases = sorted({server.running for server in copy.fleet.servers})
    return Trial(releases, len(wild), int(tally.flagged), int(tally.power_peg), mark.gross // HC, loss // HC)
