"""The specification of the book: price levels are queues in a dictionary."""

from collections import deque


class NaiveBook:
    """Price-time priority and nothing else. `trades` collects (resting id, price, shares)."""

    def __init__(self) -> None:
        self.sides: dict[int, dict[int, deque[list[int]]]] = {1: {}, -1: {}}
        self.trades: list[tuple[int, int, int]] = []

    def best(self, side: int) -> int | None:
        return (max if side > 0 else min)(self.sides[side], default=None)

    def add(self, side: int, price: int, qty: int, name: int) -> None:
        self.sides[side].setdefault(price, deque()).append([name, qty])

    def cancel(self, side: int, price: int, name: int) -> None:
        level = self.sides[side][price]
        level.remove(next(order for order in level if order[0] == name))
        if not level:
            del self.sides[side][price]

    def take(self, side: int, limit: int, qty: int) -> int:
        left = qty
        while left and (best := self.best(-side)) is not None and (best - limit) * side <= 0:
            level = self.sides[-side][best]
            fill = min(left, level[0][1])
            self.trades.append((level[0][0], best, fill))
            level[0][1] -= fill
            left -= fill
            if level[0][1] == 0:
                level.popleft()
            if not level:
                del self.sides[-side][best]
        return qty - left

    def depth(self, side: int) -> dict[int, list[tuple[int, int]]]:
        return {price: [(name, qty) for name, qty in level] for price, level in self.sides[side].items()}
