"""The market without us: a reference price that remembers order flow, makers around it, takers, sudden gaps.

Per symbol and step: the fundamental takes a step of a random walk; signed taker flow X leaks away with time constant
tau and G keeps all of it; the reference price is P0 exp(log F + c1 S(X) + c2 S(G)) with S(Z) = sign(Z) sqrt(|Z|/ADV)
(square-root impact, exponential resilience, a small permanent share). Makers quote K levels of depth D around it, with
a grid as hysteresis; takers trade a background volume and answer a part of everybody's. Nothing here knows whose a
trade is, and nothing knows what the day is supposed to cost. Integers only.
"""

from decimal import Decimal, localcontext

import numpy as np
import numpy.typing as npt

from engine.jit import piece
from engine.market.book import add, cancel_level, cancel_side
from engine.market.chance import FUNDAMENTAL, JUMPS, MAKERS, key_of, nth

ROOT_STEPS = 4  # by which a root mostly moves between two steps: so far it is sought by multiplying
LOWEST, HIGHEST = -320, 432  # e^x is tabled for x from -1.25 to 1.6875, in 1/256
_M32 = np.uint64(0xFFFFFFFF)
_B8 = np.uint64(0xFF)
_S8, _S16 = np.uint64(8), np.uint64(16)
_ODD = np.uint64(99)


def power_table() -> npt.NDArray[np.int64]:
    """e^(j/256) for j in [LOWEST, HIGHEST], Q30, made with decimal arithmetic: shape (753,)."""
    with localcontext() as context:
        context.prec = 30
        values = [int(((Decimal(j) / 256).exp() * (1 << 30)).to_integral_value()) for j in range(LOWEST, HIGHEST + 1)]
    return np.array(values, dtype=np.int64)


@piece
def power(powers, x):
    """e^x, Q30, for x in Q32: table and second order, relative error below 2e-8; x is clipped to the table."""
    cell = x >> 24
    if cell < LOWEST:
        return powers[0]
    if cell >= HIGHEST:
        return powers[HIGHEST - LOWEST]
    base = powers[cell - LOWEST]
    rest = x - (cell << 24)
    return base + (base * rest >> 32) + (base * (rest * rest >> 33) >> 32)


@piece
def root(z, adv, guess):
    """sqrt(|z| / adv) with 16 fraction bits, by Newton from the last root: |z| in shares, below 2^31. Mostly the last one still holds."""
    value = (z if z >= 0 else -z) << 32
    if guess < 65536 - ROOT_STEPS:  # adv < 2^31: nothing overflows
        if guess * guess * adv <= value:
            for more in range(1, ROOT_STEPS + 1):
                if value < (guess + more) * (guess + more) * adv:
                    return guess + more - 1
        else:
            for less in range(1, min(ROOT_STEPS, guess) + 1):
                if (guess - less) * (guess - less) * adv <= value:
                    return guess - less
    value //= adv
    if value == 0:
        return 0
    r = guess if guess > 0 else 65536
    while True:
        better = (r + value // r) >> 1
        if better - r <= 1 and r - better <= 1:
            break
        r = better
    r = better
    while r * r > value:
        r -= 1
    while (r + 1) * (r + 1) <= value:
        r += 1
    return r


@piece
def count_bits(word):
    """Set bits of a 32-bit word."""
    word = word - ((word >> 1) & 0x55555555)
    word = (word & 0x33333333) + ((word >> 2) & 0x33333333)
    word = (word + (word >> 4)) & 0x0F0F0F0F
    return ((word * 0x01010101) & 0xFFFFFFFF) >> 24


@piece
def reprice(m, s, step):
    """Move the fundamental, forget some of X, and set the reference and the reverted price of the step."""
    symbol, market, dials = m.symbols[s], m.market[s], m.dials[0]
    bits = count_bits(int(nth(key_of(m.keys[FUNDAMENTAL], s, step), 0) & _M32)) - 16
    market.log_f += bits * (symbol.sigma_bell if step < dials.bell_end else symbol.sigma_day)
    leak = (market.leaky if market.leaky >= 0 else -market.leaky) * dials.leak_24 >> 24
    market.leaky -= leak if market.leaky >= 0 else -leak
    leaky = (market.leaky if market.leaky >= 0 else -market.leaky) >> 8
    market.root_leaky = root(leaky, symbol.adv, market.root_leaky)
    market.root_kept = root(market.kept, symbol.adv, market.root_kept)
    passing = symbol.impact_leaky * market.root_leaky >> 16
    staying = symbol.impact_kept * market.root_kept >> 16
    kept = market.log_f + (staying if market.kept >= 0 else -staying)
    market.reverted_256 = symbol.price_256 * power(m.powers, kept) >> 30
    market.ref_256 = symbol.price_256 * power(m.powers, kept + (passing if market.leaky >= 0 else -passing)) >> 30


@piece
def wanted_touch(m, s, side):
    """Price at which makers want their best quote on `side`: on the grid, at least half a tick from the reference."""
    symbol, market = m.symbols[s], m.market[s]
    half = market.ref_256 * symbol.half_spread >> 32
    if half < 128:
        half = 128
    half_grid = symbol.grid << 7
    on_grid = market.want_bid > 1 or symbol.grid == 1  # what makers wanted last: below the first line of the grid it is not
    if side > 0:
        bid = snapped(market.ref_256 - half + half_grid, symbol.grid, market.want_bid if on_grid else 0)
        return bid if bid > 0 else 1
    return snapped(market.ref_256 + half + half_grid, symbol.grid, market.want_ask if on_grid else 0)


@piece
def snapped(price_256, grid, last):
    """The line of the grid at or below a price. Mostly that is the `last` one still, and then nothing is divided."""
    beyond = price_256 - (np.int64(last) << 8)
    lattice = np.int64(grid) << 8
    return np.int64(last) if 0 <= beyond < lattice else price_256 // lattice * grid


@piece
def quote(m, s, step):
    """Makers follow the reference: cancel what lies inside the wanted touch, trim what lies too far, refill the rest."""
    market, book, levels, orders = m.market[s], m.books[s], m.levels[s], m.orders[s]
    grid, depth = m.symbols[s].grid, m.dials[0].book_levels
    bid, ask = wanted_touch(m, s, 1), wanted_touch(m, s, -1)
    if ask <= bid:
        ask = bid + grid
    if bid != market.want_bid or ask != market.want_ask:
        while book.bids > 0 and book.floor + book.bid > bid:
            market.messages += levels[book.bid].count
            cancel_level(book, levels, orders, book.bid)
        while book.asks > 0 and book.floor + book.ask < ask:
            market.messages += levels[book.ask].count
            cancel_level(book, levels, orders, book.ask)
        for k in range(depth):
            _trim(m, s, market.want_bid - k * grid, bid - (depth - 1) * grid, 1)
            _trim(m, s, market.want_ask + k * grid, ask + (depth - 1) * grid, -1)
        market.want_bid, market.want_ask = bid, ask
        book.bids_thinned = book.asks_thinned = 1  # levels are wanted that were not
    if market.pulled_until > step:
        _refill(m, s, step, -market.pulled_side)
    else:
        if market.pulled_until == step and market.pulled_side != 0:
            cancel_side(book, levels, orders, market.pulled_side)  # the stubs go, the ladder returns
            market.pulled_side = 0
        _refill(m, s, step, 1)
        _refill(m, s, step, -1)


@piece
def _trim(m, s, price, outermost, side):
    book, levels = m.books[s], m.levels[s]
    if price > 0 and (price - outermost) * side < 0:
        at = price - book.floor
        if 0 <= at < levels.shape[0]:
            m.market[s].messages += levels[at].count
            cancel_level(book, levels, m.orders[s], at)


@piece
def _refill(m, s, step, side):
    """Levels below their depth are refilled with probability 1/2 a step, in orders of one unit, a few of odd size. Nothing is looked through
    where none has become thinner since all were whole."""
    symbol, market, dials = m.symbols[s], m.market[s], m.dials[0]
    book, levels, orders = m.books[s], m.levels[s], m.orders[s]
    if (book.bids_thinned if side > 0 else book.asks_thinned) == 0:
        return
    _note_thin(book, side, 0)
    key, n = np.uint64(0), 0
    touch = market.want_bid if side > 0 else market.want_ask
    for k in range(dials.book_levels):
        price = touch - side * k * symbol.grid
        if price <= 0:
            break
        at = price - book.floor
        if 0 <= at < levels.shape[0] and levels[at].qty >= symbol.depth:
            continue
        if n == 0:  # in most steps none is needed
            key = key_of(m.keys[MAKERS], 2 * s + (1 if side > 0 else 0), step)
        chance = nth(key, n)
        n += 1
        if step != dials.open_step and int(chance & _B8) >= dials.prepare_256:
            market.settled = 0
            _note_thin(book, side, 1)
            continue
        while True:
            at = price - book.floor
            if 0 <= at < levels.shape[0] and levels[at].qty >= symbol.depth:
                break
            chance = nth(key, n)
            n += 1
            qty = symbol.unit
            if int((chance >> _S8) & _B8) < dials.odd_256:
                qty = 1 + int((chance >> _S16) % _ODD)
            market.messages += 1
            if add(book, levels, orders, side, price, qty, 0) < 0:
                _note_thin(book, side, 1)
                break


@piece
def _note_thin(book, side, thinned):
    if side > 0:
        book.bids_thinned = thinned
    else:
        book.asks_thinned = thinned


@piece
def step_away(m, s, step):
    """Under one-sided pressure makers step away: the attacked side is cancelled and a few stubs far apart remain.

    The hazard grows with |X|/ADV above a threshold; it is what lets a sweep jump a thin stock.
    """
    symbol, market, dials = m.symbols[s], m.market[s], m.dials[0]
    if market.pulled_until > step:
        return
    flow = market.leaky if market.leaky >= 0 else -market.leaky
    if flow < (dials.jump_from_256 + 1) * symbol.adv:
        return
    excess = flow // symbol.adv - dials.jump_from_256
    if excess > dials.jump_most_256:
        excess = dials.jump_most_256
    if int(nth(key_of(m.keys[JUMPS], s, step), 0) & _M32) >= dials.jump_hazard_q32 * excess >> 8:
        return
    side = -1 if market.leaky > 0 else 1  # buyers attack the asks
    book, levels, orders = m.books[s], m.levels[s], m.orders[s]
    cancel_side(book, levels, orders, side)
    market.pulled_side, market.pulled_until = side, step + dials.jump_steps
    touch = market.want_bid if side > 0 else market.want_ask
    for k in range(1, dials.jump_stubs + 1):
        price = touch - side * (touch * dials.jump_stub_bp * k // 10_000)
        if price > 0:
            market.messages += 1
            add(book, levels, orders, side, price, symbol.unit, 0)
