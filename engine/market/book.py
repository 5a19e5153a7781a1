"""One limit order book: price-time priority on a bounded ladder of ticks. Knows nobody.

Each price level is a FIFO list threaded through a fixed pool of orders, so that adding, cancelling and filling
cost O(1). The ladder covers a window of ticks and re-centres when an order falls outside it. Two limits exist
and both are counted, never raised: an order that finds the pool full is dropped (`drops`), and one that does not
fit the window even after re-centring is dropped too (`far`). Prices are absolute ticks; a ladder index is
`price - book.floor`.
"""

import numpy as np

from engine.jit import kernel, piece

BUY, SELL = 1, -1
NONE = -1

ORDER = np.dtype(
    [
        ("id", "i8"),  # unique within the book, in order of arrival
        ("price", "i4"),
        ("qty", "i4"),
        ("after", "i4"),  # slot of the next order in the queue; in a free slot, the next free one
        ("before", "i4"),
        ("owner", "i4"),  # parent order of ours that rests here; 0 for everybody else
        ("side", "i2"),
        ("live", "i2"),
    ]
)
LEVEL = np.dtype([("head", "i4"), ("tail", "i4"), ("qty", "i4"), ("count", "i4")])
BOOK = np.dtype(
    [
        ("orders_added", "i8"),
        ("floor", "i4"),  # price of ladder index 0
        ("bid", "i4"),  # ladder index of the best bid, -1 when there is none
        ("ask", "i4"),  # ladder index of the best ask, the ladder's length when there is none
        ("bids", "i4"),  # live orders a side
        ("asks", "i4"),
        ("free", "i4"),
        ("peak", "i4"),  # most orders ever live at once
        ("drops", "i4"),
        ("far", "i4"),
        ("shifts", "i4"),
        ("bids_thinned", "i4"),  # 1 from when shares have left a side, or a book begins, until its owner puts it back
        ("asks_thinned", "i4"),
    ]
)


@kernel
def clear(book, levels, orders, base):
    """Empty the book and put ladder index 0 at price `base`."""
    book.floor, book.bid, book.ask = base, NONE, levels.shape[0]
    book.bids = book.asks = 0
    book.bids_thinned = book.asks_thinned = 1
    book.free = 0
    for slot in range(orders.shape[0]):
        order = orders[slot]
        order.live, order.qty = 0, 0
        order.after = slot + 1 if slot + 1 < orders.shape[0] else NONE
    for at in range(levels.shape[0]):
        level = levels[at]
        level.head = level.tail = NONE
        level.qty = level.count = 0


@piece
def remove(book, levels, orders, slot):
    """Unlink the live order in `slot`, free the slot, and move the best price when its level emptied."""
    order = orders[slot]
    at = order.price - book.floor
    level = levels[at]
    if order.before >= 0:
        orders[order.before].after = order.after
    else:
        level.head = order.after
    if order.after >= 0:
        orders[order.after].before = order.before
    else:
        level.tail = order.before
    level.qty -= order.qty
    level.count -= 1
    if order.side > 0:
        book.bids -= 1
        book.bids_thinned = 1
        if level.count == 0 and at == book.bid:
            if book.bids == 0:
                book.bid = NONE
            else:
                at -= 1
                while levels[at].count == 0:
                    at -= 1
                book.bid = at
    else:
        book.asks -= 1
        book.asks_thinned = 1
        if level.count == 0 and at == book.ask:
            if book.asks == 0:
                book.ask = levels.shape[0]
            else:
                at += 1
                while levels[at].count == 0:
                    at += 1
                book.ask = at
    order.live = 0
    order.after = book.free
    book.free = slot


@kernel
def recentre(book, levels, orders, price):
    """Move the window so that its middle is the book's own middle (or `price` when the book is empty or one-sided).

    Orders left outside are cancelled and counted in `far`.
    """
    size = levels.shape[0]
    middle = price
    if book.bids > 0 and book.asks > 0:
        middle = book.floor + (book.bid + book.ask) // 2
    base = middle - size // 2
    for slot in range(orders.shape[0]):
        order = orders[slot]
        if order.live == 1 and (order.price < base or order.price >= base + size):
            remove(book, levels, orders, slot)
            book.far += 1
    shift = base - book.floor
    if shift > 0:
        for at in range(size):
            _move(levels, at, at + shift)
    else:
        for at in range(size - 1, -1, -1):
            _move(levels, at, at + shift)
    book.floor = base
    book.bid = book.bid - shift if book.bids > 0 else NONE
    book.ask = book.ask - shift if book.asks > 0 else size
    book.shifts += 1


@piece
def _move(levels, to, source):
    level = levels[to]
    if 0 <= source < levels.shape[0]:
        old = levels[source]
        level.head, level.tail, level.qty, level.count = old.head, old.tail, old.qty, old.count
    else:
        level.head = level.tail = NONE
        level.qty = level.count = 0


@piece
def add(book, levels, orders, side, price, qty, owner):
    """Rest an order at the back of its level's queue: its slot, or -1 when it was dropped (and counted).

    The caller has matched first: a buy must lie below the best ask, a sell above the best bid.
    """
    at = price - book.floor
    if at < 0 or at >= levels.shape[0]:
        recentre(book, levels, orders, price)
        at = price - book.floor
        if at < 0 or at >= levels.shape[0]:
            book.far += 1
            return NONE
    slot = book.free
    if slot < 0:
        book.drops += 1
        return NONE
    order = orders[slot]
    book.free = order.after
    book.orders_added += 1
    order.id = book.orders_added
    order.price, order.qty, order.owner, order.side, order.live = price, qty, owner, side, 1
    level = levels[at]
    order.before, order.after = level.tail, NONE
    if level.tail >= 0:
        orders[level.tail].after = slot
    else:
        level.head = slot
    level.tail = slot
    level.qty += qty
    level.count += 1
    if side > 0:
        book.bids += 1
        if at > book.bid:
            book.bid = at
    else:
        book.asks += 1
        if at < book.ask:
            book.ask = at
    if book.bids + book.asks > book.peak:
        book.peak = book.bids + book.asks
    return slot


@piece
def opposite_head(book, levels, side, limit):
    """Slot of the order that a taker on `side` meets first at `limit` or better, or -1."""
    if side > 0:
        if book.asks == 0 or book.floor + book.ask > limit:
            return NONE
        return levels[book.ask].head
    if book.bids == 0 or book.floor + book.bid < limit:
        return NONE
    return levels[book.bid].head


@piece
def reduce(book, levels, orders, slot, qty):
    """Fill `qty` shares of the order in `slot`; a filled order leaves the book."""
    order = orders[slot]
    if order.qty == qty:
        remove(book, levels, orders, slot)
    else:
        order.qty -= qty
        levels[order.price - book.floor].qty -= qty
        if order.side > 0:
            book.bids_thinned = 1
        else:
            book.asks_thinned = 1


@piece
def cancel_level(book, levels, orders, at):
    """Cancel every order at ladder index `at`."""
    while levels[at].count > 0:
        remove(book, levels, orders, levels[at].head)


@kernel
def cancel_side(book, levels, orders, side):
    """Cancel every order of one side."""
    if side > 0:
        while book.bids > 0:
            remove(book, levels, orders, levels[book.bid].head)
    else:
        while book.asks > 0:
            remove(book, levels, orders, levels[book.ask].head)
