"""A level and a side of the book cancelled at once; whatever single messages do is in tests/property/test_book.py."""

import pytest

from engine.market.book import cancel_side
from tests.kernels import FastBook, cancel_at

pytestmark = pytest.mark.kernels


@pytest.fixture
def stocked() -> FastBook:
    """Two orders at each of three bids and two asks."""
    fast = FastBook()
    for side, price in ((1, 999), (1, 998), (1, 990), (-1, 1001), (-1, 1004)):
        fast.add(side, price, 100)
        fast.add(side, price, 200)
    return fast


def test_cancelling_a_level_takes_its_whole_queue_and_the_next_price_is_best(stocked):
    book, _, _ = stocked.parts
    cancel_at(*stocked.parts, 999 - int(book.floor))
    assert stocked.best(1) == 998
    assert sorted(stocked.depth(1)) == [990, 998]
    assert sorted(stocked.depth(-1)) == [1001, 1004]
    assert (book.bids, book.asks) == (4, 4)


def test_cancelling_a_level_behind_the_best_leaves_the_best(stocked):
    cancel_at(*stocked.parts, 1004 - int(stocked.parts[0].floor))
    assert stocked.best(-1) == 1001
    assert sorted(stocked.depth(-1)) == [1001]


@pytest.mark.parametrize("side", [1, -1])
def test_cancelling_a_side_empties_it_and_leaves_the_other(stocked, side):
    other = stocked.depth(-side)
    cancel_side(*stocked.parts, side)
    assert stocked.best(side) is None
    assert stocked.depth(side) == {}
    assert stocked.depth(-side) == other


def test_slots_of_cancelled_orders_are_used_again_under_new_ids(stocked):
    before = {name for queue in stocked.depth(1).values() for name, _ in queue}
    cancel_side(*stocked.parts, 1)
    again = [stocked.add(1, 997, 100) for _ in range(60)]
    assert None not in again
    assert not before & set(again)
    assert again == sorted(again), "first come, first served: ids rise"
    assert stocked.parts[0].drops == 0
    assert stocked.add(1, 997, 100) is None, "four asks and sixty bids fill a pool of sixty-four"
