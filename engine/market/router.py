"""The router: parents dealt round robin over the servers that run, children sent as their release makes them.

`route` sends marketable immediate-or-cancel children until the parent is filled. `rlp` first rests at the touch for ten
seconds, then routes. `power_peg` sends marketable children for ever and never counts what was filled: its parent ends
only with its process or a control. `stall` accepts and sends nothing. `oversize` sends children many times too large,
`misprice` ignores the quote and sweeps, `duplicate` sends every child twice and counts one, `miscount` sends children many times too large
and counts in thousands what was filled, rounded up. The desk's own flattening
orders use the same books outside the router. A child sees the quote once, at the start of the step, after the makers.
Where the parent's exchange acknowledges nothing, one child goes out into the void and its parent waits.
"""

import numpy as np

from engine.jit import piece
from engine.market.book import add, opposite_head, reduce, remove
from engine.market.chance import ROUTER, TAKERS, key_of, nth
from engine.market.controls import CAPPED, COLLARED, MISSED, NO_QUOTE, PASSED, TOO_FAST, UNACKED, UNRECONCILED, added_gross, check, collared_limit
from engine.market.state import (
    CHILDREN,
    CLIENT,
    DESK,
    ERROR,
    EXCHANGES_AT,
    EXECUTIONS,
    HEADROOM,
    RECENT,
    REJECTS,
    RESENT_ROOM,
    RETURNED,
    SHARES,
    UNWIND,
)
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND

REFUSE, ROUTE, RLP, POWER_PEG, STALL, OVERSIZE, MISPRICE, DUPLICATE, MISCOUNT, FLATTEN_PASSIVE, FLATTEN_AGGRESSIVE = range(11)
BEHAVIOURS = ("refuse", "route", "rlp", "power_peg", "stall", "oversize", "misprice", "duplicate", "miscount")
RUNAWAY = (POWER_PEG, OVERSIZE, MISPRICE, DUPLICATE, MISCOUNT)  # what a release does to more than the parent asked for

_B12, _B16, _M32 = np.uint64(0xFFF), np.uint64(0xFFFF), np.uint64(0xFFFFFFFF)
_S12, _S28, _S52, _S56 = np.uint64(12), np.uint64(28), np.uint64(52), np.uint64(56)
COUNTED_IN = 1000  # shares that `miscount` takes for one
FINAL = (CAPPED, UNRECONCILED)  # rejections after which a router gives the parent up; the others it tries again
PENDING, ROUTED, LATE, REJECTED, NOBODYS = range(5)  # what becomes of a client's order: LATE after a minute without a child; NOBODYS is no client's
TAKERS_A_STEP = 64  # background orders one step may emit; the rest of the credit waits


@piece
def book_fill(m, s, account, side, price, qty):
    """Book one execution of ours: shares and cash."""
    value = price * m.symbols[s].tick_hc * qty
    if m.controls[0].gross_cap_hc > 0 and account != UNWIND:
        m.gross[0] += added_gross(m, s, side * qty)
    m.position[s, account] += side * qty
    m.cash[s, account] -= side * value
    m.traded[s, account] += value
    m.fills[s, account] += 1
    if side > 0:
        m.bought[s, account] += qty
    else:
        m.sold[s, account] += qty
        m.sold_value[s, account] += value


@piece
def book_trade(m, s, step, account, side, price, qty):
    """Book one execution of ours on an exchange: it may later cancel it as clearly erroneous."""
    book_fill(m, s, account, side, price, qty)
    opening = m.market[s].open
    if account == ERROR and opening > 0:
        away = price - opening
        if (away if away >= 0 else -away) * 10_000 >= opening * m.dials[0].bust_bp:
            minute = (step - m.dials[0].open_step) // STEPS_PER_MINUTE
            if minute < m.far_qty.shape[1]:
                m.far_qty[s, minute] += side * qty
                m.far_cash[s, minute] -= side * price * m.symbols[s].tick_hc * qty


@piece
def fill_resting(m, s, step, order, qty):
    """Somebody met an order of ours that rested: credit its parent."""
    for i in range(m.parent_count[s]):
        parent = m.parents[s, i]
        if parent.id == order.owner:
            parent.filled += qty
            book_trade(m, s, step, parent.account, parent.side, order.price, qty)
            m.counters[s, parent.server, EXECUTIONS] += 1
            m.counters[s, parent.server, SHARES] += qty
            m.flows[s, parent.broker, EXECUTIONS] += 1
            m.flows[s, EXCHANGES_AT + parent.exchange, EXECUTIONS] += 1
            return


@piece
def trade(m, s, step, side, limit, qty, parent_id, account, server, tape, rows):
    """Match a taker against the book up to `limit`: shares filled. Every execution names the resting order it met.

    An order of ours never meets another of ours: the resting one is cancelled (self-trade prevention).
    """
    book, levels, orders, market = m.books[s], m.levels[s], m.orders[s], m.market[s]
    left = qty
    while left > 0:
        slot = opposite_head(book, levels, side, limit)
        if slot < 0:
            break
        order = orders[slot]
        if parent_id != 0 and order.owner != 0:
            remove(book, levels, orders, slot)
            continue
        fill = left if left < order.qty else order.qty
        price = order.price
        if parent_id != 0:
            book_trade(m, s, step, account, side, price, fill)
            m.counters[s, server, EXECUTIONS] += 1
        if order.owner != 0:
            fill_resting(m, s, step, order, fill)
        if tape.shape[0] > 0:
            if rows[0] < tape.shape[0]:
                row = tape[rows[0]]
                row.step, row.parent, row.maker, row.price, row.qty = step, parent_id, order.id, price, fill
                row.symbol, row.side, row.server, row.maker_is_ours = s, side, server, 1 if order.owner != 0 else 0
                rows[0] += 1
            else:
                rows[1] += 1
        rows[2] += 1
        reduce(book, levels, orders, slot, fill)
        left -= fill
        market.last, market.last_qty, market.last_step = price, fill, step
    done = qty - left
    if done > 0:
        market.step_volume += done
        market.volume += done
        if step >= m.dials[0].open_step:
            market.leaky += side * (done << 8)
            market.kept += side * done
            if market.last > market.high:
                market.high = market.last
            if market.last < market.low or market.low == 0:
                market.low = market.last
        else:
            market.settled = 0
    return done


@piece
def take(m, s, step, tape, rows):
    """Background takers: a volume credit that grows with the time of day and with everybody's trading, spent in orders."""
    symbol, market, dials, book = m.symbols[s], m.market[s], m.dials[0], m.books[s]
    rate = symbol.taker_bell if step < dials.bell_end else symbol.taker_day
    market.credit += rate + (market.step_volume_before * dials.reply_256 << 8)
    if market.threshold > 0 and market.credit < market.threshold:
        return
    key = key_of(m.keys[TAKERS], s, step)
    lean = symbol.lean_256 if step < dials.bell_end else 0
    for n in range(TAKERS_A_STEP):
        if market.threshold == 0:
            market.threshold = m.waits[int(nth(key, 2 * n) >> _S52)] * dials.taker_shares + 65536
        if market.credit < market.threshold:
            break
        side = 1 if int(nth(key, 2 * n + 1) >> _S56) >= 128 - lean else -1
        touch = book.floor + (book.ask if side > 0 else book.bid)
        market.messages += 1
        lots = (market.threshold >> 16) // 100 * 100
        done = trade(m, s, step, side, touch, lots if lots > 100 else 100, 0, CLIENT, DESK, tape, rows)
        if done == 0:
            break
        market.takers += 1
        market.credit -= done << 16
        market.threshold = 0


@piece
def note(m, s, step, parent, price, qty, filled, reason):
    """Keep the symbol's last children for whoever tails a log."""
    child = m.recent[s, m.recent_count[s] % RECENT]
    m.recent_count[s] += 1
    child.step, child.parent, child.price, child.qty, child.filled = step, parent.id, price, qty, filled
    child.side, child.server, child.reason = parent.side, parent.server, reason
    child.broker, child.exchange = parent.broker, parent.exchange
    child.total_qty, child.total_filled = parent.qty, parent.filled


@piece
def turn_away(m, s, parent, reason):
    """Whether a control's reason ends the parent. A client whose order is not filled by then was turned away, and waited for nothing else.

    What runs away has long filled its client, unless it never sent a child.
    """
    if reason not in FINAL:
        return False
    given_up = parent.served == ROUTED and parent.account == CLIENT and parent.filled < parent.qty
    if parent.served == PENDING or given_up:
        parent.served = REJECTED
        m.service[s].routed -= given_up
        m.service[s].rejected += 1
        m.flows[s, parent.broker, RETURNED] += 1
        m.service[s].waited -= max(parent.waited, 0)
    return True


@piece
def child_size(word):
    """Shares of one child: 100, now and then 200 to 400 (facts of the record: mean near 100)."""
    draw = int(word & _B16)
    if draw < 63478:  # 96.86 %
        return 100
    if draw < 64985:
        return 200
    return 300 if draw < 65398 else 400


@piece
def _size_of(m, s, parent, word):
    """Shares of the next child: as the behaviour has it, and no more than what is left of the parent where that is counted."""
    remaining = parent.qty - parent.filled
    size = m.symbols[s].depth if parent.behaviour == FLATTEN_AGGRESSIVE else child_size(word)
    if parent.behaviour != POWER_PEG and size > remaining:
        size = remaining
    if parent.behaviour == OVERSIZE or parent.behaviour == MISCOUNT:
        size *= m.dials[0].oversize_times
    return size


@piece
def _judge(m, s, step, parent, touch, size):
    """(reason, limit): whether the child may go, and at what price at worst; the desk's own orders pass no control."""
    reason = check(m, s, parent, size, step // STEPS_PER_SECOND) if parent.server != DESK else PASSED
    if reason != PASSED:
        return reason, 0
    if m.market[s].paused_until > step or touch == 0:
        return NO_QUOTE, 0
    limit = collared_limit(m, s, parent.side, touch) if parent.server != DESK else touch
    return (COLLARED if limit == 0 else PASSED), limit


@piece
def lose(m, s, step, parent, price, size):
    """A child goes out to an exchange that acknowledges nothing: its parent sends no other until the exchange does again."""
    m.counters[s, parent.server, CHILDREN] += 1
    m.flows[s, EXCHANGES_AT + parent.exchange, CHILDREN] += 1
    parent.unacked = 1
    note(m, s, step, parent, price, size, 0, UNACKED)


@piece
def send(m, s, step, parent, word, tape, rows):
    """One marketable child of `parent` through the controls into the book; True when its parent should end."""
    market, dials = m.market[s], m.dials[0]
    side, behaviour = parent.side, parent.behaviour
    counters = m.counters[s, parent.server]
    size = _size_of(m, s, parent, word)
    touch = market.seen_ask if side > 0 else market.seen_bid
    reason, limit = _judge(m, s, step, parent, touch, size)
    if reason != PASSED:
        counters[REJECTS] += 1
        m.flows[s, EXCHANGES_AT + parent.exchange, REJECTS] += 1
        note(m, s, step, parent, touch, size, 0, reason)
        if reason == TOO_FAST:
            parent.due = ((step // STEPS_PER_SECOND + 1) * STEPS_PER_SECOND) << 16  # again when the next second begins
        return turn_away(m, s, parent, reason)
    if (m.controls[0].stuck >> parent.exchange) & 1 == 1:
        lose(m, s, step, parent, limit, size)
        return False
    if behaviour == MISPRICE:
        limit = touch + side * (touch * dials.misprice_bp // 10_000)
    times = 2 if behaviour == DUPLICATE else 1
    for i in range(times):
        counters[CHILDREN] += 1
        m.sent[s, parent.account] += 1
        market.messages += 1
        parent.sent += 1
        parent.sent_shares += size
        done = 0
        if int((word >> _S12) & _B12) >= dials.race_4096:
            done = trade(m, s, step, side, limit, size, parent.id, parent.account, parent.server, tape, rows)
        counters[SHARES] += done
        if i == 0:
            parent.filled += done if behaviour != MISCOUNT else (done + COUNTED_IN - 1) // COUNTED_IN
        note(m, s, step, parent, limit, size, done, PASSED if done > 0 else MISSED)
    return behaviour != POWER_PEG and parent.filled >= parent.qty


@piece
def _rest(m, s, step, parent):
    """Keep one order of the parent's remainder resting at the touch; it is placed again when the makers moved it away.

    True when a control refused it for good.
    """
    book, levels, orders, market = m.books[s], m.levels[s], m.orders[s], m.market[s]
    if parent.rest_id != 0:
        order = orders[parent.rest_slot]
        if order.live == 1 and order.id == parent.rest_id:
            return False
        parent.rest_id = 0
    price = market.seen_bid if parent.side > 0 else market.seen_ask
    if price == 0 or market.paused_until > step:
        return False
    size = parent.qty - parent.filled
    most = m.symbols[s].depth
    if size > most:
        size = most
    if parent.server != DESK:
        reason = check(m, s, parent, size, step // STEPS_PER_SECOND)
        if reason == PASSED and collared_limit(m, s, parent.side, price) == 0:
            reason = COLLARED
        if reason != PASSED:
            m.counters[s, parent.server, REJECTS] += 1
            m.flows[s, EXCHANGES_AT + parent.exchange, REJECTS] += 1
            note(m, s, step, parent, price, size, 0, reason)
            return turn_away(m, s, parent, reason)
        if (m.controls[0].stuck >> parent.exchange) & 1 == 1:
            lose(m, s, step, parent, price, size)
            return False
        m.counters[s, parent.server, CHILDREN] += 1
        m.flows[s, EXCHANGES_AT + parent.exchange, CHILDREN] += 1
    slot = add(book, levels, orders, parent.side, price, size, parent.id)
    if slot >= 0:
        m.sent[s, parent.account] += 1
        market.messages += 1
        parent.sent += 1
        parent.sent_shares += size
        parent.rest_slot, parent.rest_id = slot, orders[slot].id
    return False


@piece
def withdraw(m, s, parent):
    """Cancel what the parent still has resting."""
    if parent.rest_id != 0:
        order = m.orders[s, parent.rest_slot]
        if order.live == 1 and order.id == parent.rest_id:
            remove(m.books[s], m.levels[s], m.orders[s], parent.rest_slot)
        parent.rest_id = 0


@piece
def participate(m, s, step, parent, tape, rows):
    """Patient flattening: rest at the touch, and take when a part of the stock's volume has gone by without us; True when done.

    `due` counts that part, in 1/256 share.
    """
    market = m.market[s]
    parent.due += market.step_volume_before * m.dials[0].unwind_part_256
    behind = (parent.due >> 8) - parent.filled
    touch = market.seen_ask if parent.side > 0 else market.seen_bid
    if behind < 100 or touch == 0:
        _rest(m, s, step, parent)
        return parent.filled >= parent.qty
    withdraw(m, s, parent)
    left = parent.qty - parent.filled
    done = trade(m, s, step, parent.side, touch, behind if behind < left else left, parent.id, parent.account, DESK, tape, rows)
    parent.filled += done
    parent.sent += 1
    m.sent[s, parent.account] += 1
    market.messages += 1
    m.counters[s, DESK, CHILDREN] += 1
    m.counters[s, DESK, SHARES] += done
    return parent.filled >= parent.qty


@piece
def work(m, s, step, parent, tape, rows):
    """One step of one parent; True when it is done."""
    behaviour, dials = parent.behaviour, m.dials[0]
    if behaviour == STALL:
        return False
    if behaviour == FLATTEN_PASSIVE:
        return participate(m, s, step, parent, tape, rows)
    stuck = (m.controls[0].stuck >> parent.exchange) & 1 == 1
    if parent.unacked == 1:
        if stuck:
            return False
        parent.unacked, parent.due = 0, np.int64(step) << 16  # what was out is lost, and nothing is made up for
    if behaviour == RLP and step < parent.start + dials.rest_steps:
        return _rest(m, s, step, parent) or parent.filled >= parent.qty
    withdraw(m, s, parent)
    end = (step + 1) << 16
    if parent.due >= end:  # in most steps nothing goes out
        return behaviour != POWER_PEG and parent.filled >= parent.qty
    key = key_of(m.keys[ROUTER], parent.id, step)
    n, sent, executions = 0, parent.sent, rows[2]
    done = False
    while parent.due < end and not done:
        word = nth(key, n)
        n += 1
        parent.due += m.waits[int(word >> _S52)] * parent.gap >> 16
        done = send(m, s, step, parent, word >> _S28, tape, rows)
        if stuck:
            break
    m.flows[s, EXCHANGES_AT + parent.exchange, CHILDREN] += parent.sent - sent
    m.flows[s, EXCHANGES_AT + parent.exchange, EXECUTIONS] += rows[2] - executions
    m.flows[s, parent.broker, EXECUTIONS] += rows[2] - executions
    return done or (behaviour != POWER_PEG and parent.filled >= parent.qty)


@piece
def attend(m, s, step, parent):
    """Note once whether a client's order was routed within a minute of being due, and count the steps until then.

    A stock whose trading is paused makes everybody wait: those steps are nobody's.
    """
    if parent.served != PENDING or parent.server == DESK:
        return
    if parent.sent > 0:
        parent.served = ROUTED
        m.service[s].routed += 1
    elif m.market[s].paused_until <= step:
        parent.waited += 1
        if parent.waited > STEPS_PER_MINUTE:
            parent.served = LATE
            m.service[s].late += 1
        elif parent.waited > 0:
            m.service[s].waited += 1


@piece
def finish(m, s, step, parent):
    """Account for a parent that ends: one that never sent a child goes back to its client, who has waited in vain."""
    withdraw(m, s, parent)
    attend(m, s, step, parent)
    if parent.served == PENDING and parent.server != DESK:
        m.service[s].handed_back += 1
        m.service[s].waited += STEPS_PER_MINUTE - max(parent.waited, 0)
        m.flows[s, parent.broker, RETURNED] += 1


@piece
def no_room(m, s, parent, kept):
    """Whether an order arrives behind so many others that there is no room for it, and it goes back. What is sent again leaves some for
    clients."""
    if parent.server == DESK or kept < (RESENT_ROOM if parent.served == NOBODYS else m.parents.shape[1] - HEADROOM):
        return False
    m.flows[s, parent.broker, RETURNED] += 1
    if parent.served == NOBODYS:
        m.service[s].crowded += 1
    else:
        m.service[s].overflow += 1
        m.service[s].handed_back += 1
        m.service[s].waited += STEPS_PER_MINUTE - max(parent.waited, 0)
    return True


@piece
def route(m, s, step, tape, rows):
    """All parents of a symbol in their order of arrival; those done leave the list, the order of the rest is kept."""
    kept = 0
    for i in range(m.parent_count[s]):
        parent = m.parents[s, i]
        if parent.start <= step:
            if parent.start == step and no_room(m, s, parent, kept):
                continue
            alive = parent.server == DESK or m.servers[parent.server] == 1
            if not alive or work(m, s, step, parent, tape, rows):
                finish(m, s, step, parent)
                continue
            attend(m, s, step, parent)
        if kept != i:
            m.parents[s, kept] = m.parents[s, i]
        kept += 1
    m.parent_count[s] = kept
