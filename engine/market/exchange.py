"""What the exchanges do: single-stock circuit breakers, and (in Python) disconnecting, calling, busting.

Breakers (in force in 2012 as a pilot): from 09:45 to 15:35 a move of 10 % (stocks traded for more than $5M a day), 30 %, or
50 % (under $1) within five minutes pauses the stock for five minutes. The window is sixty buckets of five seconds and is
cleared when trading resumes: a stale window would pause the stock again at once.
"""

from engine.jit import piece
from engine.market.book import cancel_side
from engine.market.state import BUCKETS
from engine.market_time import STEPS_PER_SECOND

BUCKET_STEPS = 5 * STEPS_PER_SECOND


@piece
def clear_window(m, s):
    """Forget the five-minute window: it starts again at the next sale."""
    for i in range(BUCKETS):
        m.lows[s, i] = m.highs[s, i] = 0
    m.market[s].window_low = m.market[s].window_high = 0


@piece
def roll_window(m, s, step):
    """Start a new five-second bucket and recompute the window's low and high."""
    market = m.market[s]
    bucket = step // BUCKET_STEPS % BUCKETS
    m.lows[s, bucket] = m.highs[s, bucket] = market.last
    low = high = market.last
    for i in range(BUCKETS):
        if m.highs[s, i] > 0:
            if m.lows[s, i] < low:
                low = m.lows[s, i]
            if m.highs[s, i] > high:
                high = m.highs[s, i]
    market.window_low, market.window_high = low, high


@piece
def guard(m, s, step):
    """After a step's trading: widen the window by the last sale, and pause the stock when it moved too far."""
    market, dials = m.market[s], m.dials[0]
    if step % BUCKET_STEPS == 0:
        roll_window(m, s, step)
    last = market.last
    bucket = step // BUCKET_STEPS % BUCKETS
    if last < m.lows[s, bucket]:
        m.lows[s, bucket] = last
    if last > m.highs[s, bucket]:
        m.highs[s, bucket] = last
    if last < market.window_low:
        market.window_low = last
    if last > market.window_high:
        market.window_high = last
    if step < dials.breakers_from or step >= dials.breakers_to:
        return
    limit = m.symbols[s].breaker_bp
    up = (last - market.window_low) * 10_000 >= market.window_low * limit
    down = (market.window_high - last) * 10_000 >= market.window_high * limit
    if up or down:
        market.pauses += 1
        market.paused_until = step + 1 + dials.pause_steps
        market.messages += m.books[s].bids + m.books[s].asks
        cancel_side(m.books[s], m.levels[s], m.orders[s], 1)
        cancel_side(m.books[s], m.levels[s], m.orders[s], -1)
        market.want_bid = market.want_ask = 0
        market.pulled_side = 0
        clear_window(m, s)
