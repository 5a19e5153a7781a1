"""Our own quotes, where they stand far from the market: offers in the firm's own book, at a price that nobody else would ask.

A quoting desk offers a few lots and puts them up again as soon as somebody has taken them. Whoever deals with us finds such an offer by
and by; how soon is drawn for each offer by itself. What is sold so is booked to account 33 like any other error, and printed: out of
sequence, for it traded in no exchange's book. So it moves no last sale and pauses no stock, and no exchange can cancel it, but where the
scenario has the quotes in an exchange's own market. What stands between the router and the book stands before these offers too: a server's
session, the gross cap, the collar, a stock withdrawn.
"""

import numpy as np

from engine.jit import piece
from engine.market.chance import ROUTER, key_of, nth
from engine.market.controls import QUOTED, collared_limit, over_cap
from engine.market.router import book_fill, book_trade
from engine.market.state import ERROR, EXCHANGES_AT, EXECUTIONS, RECENT, SERVERS_MAX, SHARES

_S52 = np.uint64(52)
FIRST_QUOTE = 20_000_000  # numbers of our quotes in logs and draws: far above those of any order


@piece
def number_of(s, server):
    """The number of a server's quote in a stock."""
    return FIRST_QUOTE + s * (SERVERS_MAX + 1) + server


@piece
def take_quotes(m, s, step, tape, rows):
    """Whoever takes our offers in a stock in this step does: at most one a server."""
    controls, end = m.controls[0], (step + 1) << 16
    if m.withdrawn[s] == 1 or controls.connected == 0:
        return
    for server in range(1, SERVERS_MAX + 1):
        quote = m.quotes[s, server]
        if quote.price == 0 or m.servers[server] == 0 or quote.due >= end:
            continue
        began = quote.due > 0
        word = nth(key_of(m.keys[ROUTER], number_of(s, server), step), 0)
        quote.due = max(quote.due, step << 16) + (m.waits[int(word >> _S52)] * quote.gap >> 16)
        if not began or collared_limit(m, s, -1, quote.price) == 0:
            continue
        if controls.gross_cap_hc > 0 and over_cap(m, s, -quote.shares):
            continue
        _sell(m, s, step, server, quote, tape, rows)


@piece
def _sell(m, s, step, server, quote, tape, rows):
    """Somebody has taken the offer: shares, cash, counters, the tape and a line of the server's log."""
    price, size, market = quote.price, quote.shares, m.market[s]
    if m.dials[0].quotes_listed > 0:
        book_trade(m, s, step, ERROR, -1, price, size)
    else:
        book_fill(m, s, ERROR, -1, price, size)
    quote.hits += 1
    m.books[s].orders_added += 1
    m.counters[s, server, EXECUTIONS] += 1
    m.counters[s, server, SHARES] += size
    m.flows[s, 0, EXECUTIONS] += 1
    m.flows[s, EXCHANGES_AT, EXECUTIONS] += 1
    market.volume += size
    rows[2] += 1
    if tape.shape[0] > 0:
        if rows[0] < tape.shape[0]:
            row = tape[rows[0]]
            row.step, row.parent, row.maker, row.price, row.qty = step, 0, m.books[s].orders_added, price, size
            row.symbol, row.side, row.server, row.maker_is_ours = s, 1, server, 1
            rows[0] += 1
        else:
            rows[1] += 1
    child = m.recent[s, m.recent_count[s] % RECENT]
    m.recent_count[s] += 1
    child.step, child.parent, child.price, child.qty, child.filled = step, number_of(s, server), price, size, size
    child.side, child.server, child.reason = -1, server, QUOTED
    child.broker = child.exchange = 0
    child.total_qty = child.total_filled = size
