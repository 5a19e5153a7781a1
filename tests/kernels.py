"""Entry points for pieces of the book: compiled pieces cannot be called from Python."""

import numpy as np

from engine.jit import kernel
from engine.market.book import BOOK, LEVEL, ORDER, add, cancel_level, clear, opposite_head, reduce, remove
from engine.market.state import records


@kernel
def add_order(book, levels, orders, side, price, qty, owner):
    return add(book, levels, orders, side, price, qty, owner)


@kernel
def remove_order(book, levels, orders, slot):
    remove(book, levels, orders, slot)


@kernel
def cancel_at(book, levels, orders, at):
    cancel_level(book, levels, orders, at)


@kernel
def take_shares(book, levels, orders, side, limit, qty, trades):
    """Fill up to `qty` shares; trades[k] = (resting id, price, shares); returns how many trades."""
    count = 0
    left = qty
    while left > 0:
        slot = opposite_head(book, levels, side, limit)
        if slot < 0:
            break
        order = orders[slot]
        fill = left if left < order.qty else order.qty
        trades[count, 0], trades[count, 1], trades[count, 2] = order.id, order.price, fill
        count += 1
        left -= fill
        reduce(book, levels, orders, slot, fill)
    return count


class FastBook:
    """The engine's book behind the naive book's interface."""

    def __init__(self, ladder: int = 256, pool: int = 64, middle: int = 1000) -> None:
        self.book, self.levels, self.orders = records((1,), BOOK), records((ladder,), LEVEL), records((pool,), ORDER)
        self.parts = (self.book[0], self.levels, self.orders)
        clear(*self.parts, middle - ladder // 2)
        self.slots: dict[int, int] = {}
        self.trades: list[tuple[int, int, int]] = []

    def add(self, side: int, price: int, qty: int) -> int | None:
        """Id of the order, None when it was dropped."""
        slot = int(add_order(*self.parts, side, price, qty, 0))
        if slot < 0:
            return None
        name = int(self.orders[slot].id)
        self.slots[name] = slot
        return name

    def alive(self, name: int) -> bool:
        order = self.orders[self.slots[name]]
        return bool(order.live == 1 and order.id == name)

    def cancel(self, name: int) -> None:
        remove_order(*self.parts, self.slots[name])

    def take(self, side: int, limit: int, qty: int) -> int:
        trades = np.zeros((len(self.orders), 3), dtype=np.int64)
        count = int(take_shares(*self.parts, side, limit, qty, trades))
        self.trades += [tuple(row) for row in trades[:count].tolist()]
        return int(trades[:count, 2].sum())

    def best(self, side: int) -> int | None:
        book = self.parts[0]
        if (book.bids if side > 0 else book.asks) == 0:
            return None
        return int(book.floor + (book.bid if side > 0 else book.ask))

    def depth(self, side: int) -> dict[int, list[tuple[int, int]]]:
        """Queues by walking the lists forwards; checks the links backwards and the levels' sums on the way."""
        found: dict[int, list[tuple[int, int]]] = {}
        for at in range(len(self.levels)):
            level, slot, before = self.levels[at], int(self.levels[at].head), -1
            queue = []
            while slot >= 0:
                order = self.orders[slot]
                assert order.before == before
                assert order.live == 1
                if order.side == side:
                    queue.append((int(order.id), int(order.qty)))
                before, slot = slot, int(order.after)
            assert level.tail == before
            if queue:
                assert (level.count, level.qty) == (len(queue), sum(qty for _, qty in queue))
                found[int(self.parts[0].floor) + at] = queue
        return found
