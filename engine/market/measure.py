"""What is measured of the whole machine every five seconds, in one pass: a morning takes thousands of these looks, and a debrief a hundred
mornings."""

import numpy as np

from engine.jit import kernel, piece
from engine.market.router import RUNAWAY
from engine.market.state import EXCHANGES_AT, PARENTS, SERVERS_MAX

COLUMNS = 6  # children, executions, rejects, shares of ours; parents; volume of the market
VOLUME = 5
LIMITS = ("parents", "pool", "window", "resent")  # of the machine: orders that found no room, quotes that found none, prices off the ladder,
# and orders sent again that found the room for such full


@piece
def moved(market, book):
    """What a stock's mid has moved since the open, basis points either way; the reference price stands where a side is missing."""
    opening, mid = np.int64(market.open) << 8, np.int64(market.ref_256)
    if book.bids > 0 and book.asks > 0:
        mid = (2 * np.int64(book.floor) + book.bid + book.ask) * 128
    bp = (mid - opening) * 10_000 // opening
    return bp if bp >= 0 else -bp


@piece
def _sum_up(counts, at, names, sums):
    """Counts of all stocks together, (S, FLOWS, 3), of `names` rows and the one for none before them into `sums`, (FLOWS, 3)."""
    for k in range(at, at + names + 1):
        for column in range(3):
            sums[k, column] = 0
            for s in range(counts.shape[0]):
                sums[k, column] += counts[s, k, column]


@kernel
def measure(m, step, row, flows, moved_bp, limits):
    """Cumulative counts into `row`, (SERVERS_MAX + 1, COLUMNS), the firm's at 0, and of brokers and exchanges into `flows`, (FLOWS, 3);
    raise `moved_bp`, (S,), to what each mid has moved since the open; how often each of LIMITS was reached into `limits`, (4,). Returns
    how many parents run away and how many stocks are paused."""
    runaway = paused = 0
    for server in range(SERVERS_MAX + 1):
        for column in range(VOLUME):
            row[server, column] = 0
    row[0, VOLUME] = 0
    _sum_up(m.flows, 0, m.dials[0].brokers, flows)
    _sum_up(m.flows, EXCHANGES_AT, m.dials[0].exchanges, flows)
    limits[0], limits[1], limits[2], limits[3] = m.tally[0].overflow, 0, 0, 0
    for s in range(m.market.shape[0]):
        for server in range(1, SERVERS_MAX + 1):
            for column in range(VOLUME):
                row[server, column] += m.counters[s, server, column]
        market, book = m.market[s], m.books[s]
        row[0, VOLUME] += market.volume
        paused += 1 if market.paused_until > step else 0
        for i in range(m.parent_count[s]):
            runaway += 1 if m.parents[s, i].behaviour in RUNAWAY else 0
        limits[0] += m.service[s].overflow
        limits[1] += book.drops
        limits[2] += book.far
        limits[3] += m.service[s].crowded
        if market.open > 0:
            moved_bp[s] = max(moved_bp[s], moved(market, book))
    for server in range(1, SERVERS_MAX + 1):
        for column in range(VOLUME):
            row[0, column] += row[server, column]
    row[0, PARENTS] = m.tally[0].arrived + m.tally[0].resent
    return runaway, paused
