"""The common workload: how many messages and executions a second the books take on one core, beside `pyorderbook`.

2,000,000 messages over 154 symbols: 50 % limit orders 1 + Geom(0.25) ticks from a mid that is a lazy random walk, 35 %
cancels of one of the symbol's last 64 limit orders, 15 % market orders whose remainder is dropped. A limit order that meets
the other side trades first. Making the messages is not timed; seconds are CPU seconds, so that other load falls out.
"""

import time
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from engine.jit import kernel
from engine.market.book import BOOK, BUY, LEVEL, NONE, ORDER, SELL, add, clear, opposite_head, reduce, remove
from engine.market.chance import draws, scaled

MESSAGES, SLICE, SYMBOLS = 2_000_000, 200_000, 154
RECENT = 64
LADDER, POOL, BASE, MIDDLE = 1024, 4096, 9488, 10_000
FAR = 1_000_000  # ticks by which a market order's limit lies beyond every price
LIMIT, CANCEL, MARKET = 0, 1, 2
STREAM = 99  # of this workload alone


class Messages(NamedTuple):
    """One column an array, (N,) each; `target` is the message that a cancel cancels, -1 for none."""

    kind: Any
    symbol: Any
    side: Any
    price: Any
    qty: Any
    target: Any


def messages(count: int = MESSAGES, seed: int = 79) -> Messages:
    """The workload; a shorter one is the beginning of a longer one."""
    kind_of, symbol, side, far, size, walk, pick = (draws(seed, STREAM, column, count) for column in range(7))
    share = scaled(kind_of, 100)
    kind = np.where(share < 50, LIMIT, np.where(share < 85, CANCEL, MARKET))
    symbol = scaled(symbol, SYMBOLS)
    side = np.where(scaled(side, 2) == 0, BUY, SELL)
    uniform = (scaled(far, 1 << 30) + 0.5) / (1 << 30)
    away = 1 + np.floor(np.log(uniform) / np.log(0.75)).astype(np.int64)
    qty = np.where(kind == MARKET, 100 + 100 * scaled(size, 8), 100 + 100 * scaled(size, 5))
    pace = scaled(walk, 8)
    move = (pace == 0).astype(np.int64) - (pace == 1)
    back = scaled(pick, RECENT)
    mid, target = np.empty(count, dtype=np.int64), np.full(count, -1)
    for s in range(SYMBOLS):
        rows = np.flatnonzero(symbol == s)
        mid[rows] = MIDDLE + np.cumsum(move[rows])
        limits = rows[kind[rows] == LIMIT]
        cancels = rows[kind[rows] == CANCEL]
        which = np.searchsorted(limits, cancels) - 1 - back[cancels]
        target[cancels[which >= 0]] = limits[which[which >= 0]]
    price = np.where(kind == MARKET, mid + side * FAR, mid - side * away)
    return Messages(kind, symbol, side, price, qty, target)


@kernel
def play(books, ladders, pools, kind, symbol, side, price, qty, target, slots, ids, found):
    """All messages through the books; `found` becomes executions, shares, cancels that found their order."""
    for i in range(kind.shape[0]):
        s = symbol[i]
        book, levels, orders = books[s], ladders[s], pools[s]
        if kind[i] == CANCEL:
            at = target[i]
            if at >= 0 and slots[at] >= 0:
                order = orders[slots[at]]
                if order.live == 1 and order.id == ids[at]:
                    remove(book, levels, orders, slots[at])
                    found[2] += 1
            continue
        left = qty[i]
        while left > 0:
            slot = opposite_head(book, levels, side[i], price[i])
            if slot < 0:
                break
            fill = min(left, orders[slot].qty)
            reduce(book, levels, orders, slot, fill)
            left -= fill
            found[0] += 1
            found[1] += fill
        slots[i] = NONE
        if kind[i] == LIMIT and left > 0:
            slot = add(book, levels, orders, side[i], price[i], left, 0)
            slots[i] = slot
            if slot >= 0:
                ids[i] = orders[slot].id


def ours(work: Messages) -> dict[str, Any]:
    """One run on empty books."""
    count = len(work.kind)
    books = np.zeros(SYMBOLS, BOOK).view(np.recarray)
    ladders = np.zeros((SYMBOLS, LADDER), LEVEL).view(np.recarray)
    pools = np.zeros((SYMBOLS, POOL), ORDER).view(np.recarray)
    for s in range(SYMBOLS):
        clear(books[s], ladders[s], pools[s], BASE)
    slots, ids, found = np.full(count, NONE), np.zeros(count, np.int64), np.zeros(3, np.int64)
    started = time.process_time()
    play(books, ladders, pools, *work, slots, ids, found)
    seconds = time.process_time() - started
    lost = int(books["drops"].sum() + books["far"].sum())
    return {"seconds": seconds, "executions": int(found[0]), "shares": int(found[1]), "cancelled": int(found[2]), "lost": lost}


def theirs(work: Messages) -> dict[str, Any] | None:
    """The same through pyorderbook, orders made beforehand; None when it is not installed."""
    try:
        from pyorderbook import Book, Order, Side
    except ImportError:
        return None
    sides = {BUY: Side.BID, SELL: Side.ASK}
    rows = [
        (kind, target, Order(sides[side], str(symbol), price + 2 * FAR, qty) if kind != CANCEL else None)
        for kind, symbol, side, price, qty, target in zip(*(column.tolist() for column in work), strict=True)
    ]
    book = Book()
    executions = shares = cancelled = 0
    started = time.process_time()
    for kind, target, order in rows:
        if order is None:
            old = rows[target][2] if target >= 0 else None
            if old is not None and old.id in book.order_map:
                book.cancel(old)
                cancelled += 1
            continue
        blotter = book.match(order)
        executions += len(blotter.trades)
        shares += order.original_quantity - order.quantity
        if kind == MARKET and order.quantity:
            book.cancel(order)
    seconds = time.process_time() - started
    return {"seconds": seconds, "executions": executions, "shares": shares, "cancelled": cancelled}


def run(args: Any = None) -> dict[str, Any]:
    """Medians of `args.repeats`; the ratio is the median over pairs that ran the same slice one after the other."""
    repeats = getattr(args, "repeats", None) or 5
    work, part = messages(), messages(SLICE)
    ours(part)  # compiles
    whole = [ours(work) for _ in range(repeats)]
    seconds = median(one["seconds"] for one in whole)
    found: dict[str, Any] = {
        "messages": MESSAGES,
        "repeats": repeats,
        "seconds": round(seconds, 4),
        "messages_per_s": round(MESSAGES / seconds),
        "executions_per_s": round(whole[0]["executions"] / seconds),
        "executions": whole[0]["executions"],
        "shares": whole[0]["shares"],
        "lost": whole[0]["lost"],
    }
    pairs = [(ours(part), theirs(part)) for _ in range(repeats)]
    mine, beside = pairs[0]
    if beside is None:
        return {**found, "pyorderbook": "not installed: pip install pyorderbook"}
    return {
        **found,
        "slice": SLICE,
        "slice_messages_per_s": round(SLICE / median(one["seconds"] for one, _ in pairs)),
        "pyorderbook_messages_per_s": round(SLICE / median(other["seconds"] for _, other in pairs if other)),
        "ratio": round(median(other["seconds"] / one["seconds"] for one, other in pairs if other), 1),
        "same_executions_shares_cancels": all(mine[key] == beside[key] for key in ("executions", "shares", "cancelled")),
    }
