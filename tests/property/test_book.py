"""The compiled book against the naive one: the same trades, queues, depth and best prices, whatever is done to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels import FastBook
from tests.naive_book import NaiveBook

pytestmark = pytest.mark.kernels

MESSAGES = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "cancel", "take"]), st.sampled_from([1, -1]), st.integers(-30, 30), st.integers(1, 9)),
    max_size=60,
)


def play(messages: list[tuple[str, int, int, int]], drift: int = 0, **shape: int) -> tuple[FastBook, NaiveBook]:
    """Both books through the same messages; `drift` moves the middle with every message. Dropped orders reach neither."""
    fast, naive, middle, placed = FastBook(**shape), NaiveBook(), 1000, []
    for kind, side, offset, lots in messages:
        middle += drift
        price, qty = max(1, middle + offset), lots * 100
        if kind == "cancel" and placed:
            name, where = placed[offset % len(placed)]
            if fast.alive(name):
                naive.cancel(*where, name)
                fast.cancel(name)
            placed.remove((name, where))
            continue
        filled = fast.take(side, price, qty)
        assert filled == naive.take(side, price, qty)
        if kind == "add" and filled < qty:
            name = fast.add(side, price, qty - filled)
            forget_the_far(fast, naive, placed)
            if name is not None:
                naive.add(side, price, qty - filled, name)
                placed.append((name, (side, price)))
    return fast, naive


def forget_the_far(fast: FastBook, naive: NaiveBook, placed: list) -> None:
    """Re-centring cancels orders that fall out of the window: take them from the naive book too."""
    for name, (side, price) in placed:
        queue = naive.sides[side].get(price, ())
        if any(order[0] == name for order in queue) and not fast.alive(name):
            naive.cancel(side, price, name)


def agree(fast: FastBook, naive: NaiveBook) -> None:
    assert fast.trades == naive.trades
    for side in (1, -1):
        assert fast.best(side) == naive.best(side)
        assert fast.depth(side) == naive.depth(side)


@settings(deadline=None, max_examples=150)
@given(MESSAGES)
def test_any_messages_give_the_naive_books_trades_queues_and_best_prices(messages):
    agree(*play(messages))


@settings(deadline=None, max_examples=100)
@given(MESSAGES, st.sampled_from([-20, -7, 7, 20]))
def test_a_price_that_walks_away_recentres_the_ladder_and_loses_no_order_within_it(messages, drift):
    agree(*play(messages, drift=drift))


@settings(deadline=None, max_examples=60)
@given(MESSAGES)
def test_a_full_pool_drops_the_order_counts_it_and_corrupts_nothing(messages):
    fast, naive = play(messages, pool=6)
    agree(fast, naive)
    assert fast.parts[0].bids + fast.parts[0].asks <= 6


def test_the_seventh_order_of_a_pool_of_six_is_counted():
    fast = FastBook(pool=6)
    assert [fast.add(1, 990 + k, 100) for k in range(7)][-1] is None
    assert fast.parts[0].drops == 1


def test_an_order_far_from_a_two_sided_book_is_dropped_and_counted():
    fast = FastBook()
    fast.add(1, 999, 100)
    fast.add(-1, 1001, 100)
    assert fast.add(-1, 5000, 100) is None
    assert fast.parts[0].far == 1
    assert fast.best(1) == 999
    assert fast.best(-1) == 1001


def test_an_empty_book_follows_a_price_however_far():
    fast = FastBook()
    assert fast.add(1, 5000, 100) is not None
    assert fast.best(1) == 5000
    assert fast.parts[0].shifts == 1
