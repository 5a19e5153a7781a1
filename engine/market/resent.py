"""Orders that a broker's gateway sends again and again: the last it had sent before it began, one after the other, at a constant rate.

They are nobody's orders: real ones in real books, for which no client asked. Each has a number of its own in the machine, far above any
client's, and is told by the number of the order that it repeats.
"""

import numpy as np

from engine.market.state import ARRIVAL, FIRST_RESENT, RecordArray, records
from engine.market_time import STEPS_PER_MINUTE

REPEATED = 100  # orders that are sent again
_SPAN = 4_000_000  # numbers of one gateway: more than a day of them
NO_ORDERS = records((0,), ARRIVAL)


def resent(repeated: RecordArray, number: int, since: int, per_min: int, first: int, until: int) -> RecordArray:
    """What gateway `number` sends in steps [first, until), at `per_min` orders a minute from step `since` on: these, one after the other, again
    and again. (N,) ARRIVAL by step."""
    begin, end = (-(-(step - since) * per_min // STEPS_PER_MINUTE) for step in (max(first, since), until))
    turns = np.arange(begin, max(begin, end), dtype=np.int64)
    if not len(turns) or not len(repeated):
        return NO_ORDERS
    found = records((len(turns),), ARRIVAL)
    found[:] = repeated[turns % len(repeated)]
    found["step"] = since + turns * STEPS_PER_MINUTE // per_min
    found["id"] = FIRST_RESENT + number * _SPAN + turns
    return found


def gateway_of(order: int) -> tuple[int, int]:
    """(number of the gateway, its turn) of a number that is no client's."""
    return divmod(order - FIRST_RESENT, _SPAN)
