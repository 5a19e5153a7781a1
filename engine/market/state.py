"""Every array of a simulation, allocated once, with its limits; and the digest over them.

`Machine` is what a kernel gets: a tuple of arrays. Arrays whose first axis is the symbol are independent of each
other inside a block of steps, so a block may be run symbol by symbol, and by several threads.
"""

import hashlib
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.market.book import BOOK, LEVEL, ORDER, clear

SERVERS_MAX, BROKERS_MAX, EXCHANGES_MAX = 8, 8, 4
EXCHANGES_AT = BROKERS_MAX + 1  # rows of `flows`: brokers from 0, exchanges from here; the first of each is for what has none
FLOWS = EXCHANGES_AT + EXCHANGES_MAX + 1
DESK = 0  # the "server" of orders that do not go through the router (flattening)
CLIENT, ERROR, UNWIND = 0, 1, 2  # accounts of the position array; CLIENT and ERROR together are account 33
ACCOUNTS = 3
CHILDREN, EXECUTIONS, REJECTS, SHARES, PARENTS = 0, 1, 2, 3, 4  # columns of the per-server counters; of an exchange's the first three
ORDERS, RETURNED = 0, 2  # of a broker's counters: orders in, EXECUTIONS, and orders that were refused or handed back
BUCKETS = 60  # five-second buckets of the circuit breaker's window
BUST_MINUTES = 46
FIRST_RESENT = 100_000_000  # numbers of orders that a broker's gateway sends again: above any client's, the desk's own and our quotes'
RECENT = 16  # last child orders kept per symbol, for log tails
TAPE_ROWS = 1 << 17

# What never changes in a run, one record a symbol. Q32 = 2^32 is one.
SYMBOL = np.dtype(
    [
        ("adv", "i8"),
        ("price_256", "i8"),  # price before the open, 1/256 tick
        ("tick_hc", "i8"),  # smallest price increment, hundredths of a cent
        ("sigma_bell", "i8"),  # Q32 log units per counted bit and step: from the open to bell_end
        ("sigma_day", "i8"),  # the same for the rest of the day
        ("impact_leaky", "i8"),  # Q32: sigma * Y * (1 - phi)
        ("impact_kept", "i8"),  # Q32: sigma * Y * phi
        ("half_spread", "i8"),  # Q32
        ("taker_bell", "i8"),  # background volume per step, 1/65,536 share
        ("taker_day", "i8"),
        ("depth", "i4"),  # shares a level
        ("unit", "i4"),  # shares an order
        ("grid", "i4"),  # ticks between levels
        ("breaker_bp", "i4"),  # move within five minutes that pauses the stock
        ("lean_256", "i4"),  # of 256 background orders in the session, how many more of each half buy
    ]
)
# What the market remembers, one record a symbol.
MARKET = np.dtype(
    [
        ("log_f", "i8"),  # Q32, the fundamental
        ("leaky", "i8"),  # 1/256 share: signed taker flow that is being forgotten
        ("kept", "i8"),  # shares: signed taker flow, all of it
        ("root_leaky", "i8"),  # last roots, from which Newton starts
        ("root_kept", "i8"),
        ("ref_256", "i8"),  # reference price, 1/256 tick
        ("reverted_256", "i8"),  # the same without the transient part
        ("credit", "i8"),  # background volume due, 1/65,536 share
        ("threshold", "i8"),  # next background order, 1/65,536 share
        ("volume", "i8"),  # shares traded
        ("step_volume", "i8"),  # of which in this step
        ("step_volume_before", "i8"),  # and in the step before
        ("takers", "i8"),  # background orders emitted
        ("seen_bid", "i4"),  # touch that children see in this step, ticks; 0 when there is none
        ("seen_ask", "i4"),
        ("want_bid", "i4"),
        ("want_ask", "i4"),
        ("last", "i4"),  # last sale, ticks; 0 before the first
        ("last_qty", "i4"),  # its shares, and when it was
        ("last_step", "i4"),
        ("open", "i4"),  # opening price, ticks; 0 before the open
        ("high", "i4"),  # of the day, last sale
        ("low", "i4"),
        ("window_low", "i4"),  # of the last five minutes
        ("window_high", "i4"),
        ("pulled_side", "i4"),  # side from which makers stepped away
        ("pulled_until", "i4"),
        ("paused_until", "i4"),
        ("pauses", "i4"),
        ("settled", "i4"),  # before the open: every level stands, nothing to do
        ("quoted", "i4"),  # servers of ours that offer it at a price of their own
        ("messages", "i8"),  # orders added, cancelled or sent
    ]
)
PARENT = np.dtype(
    [
        ("due", "i8"),  # when the next child goes out, 1/65,536 step
        ("gap", "i8"),  # mean gap between children, 1/65,536 step
        ("sent", "i8"),  # child orders
        ("sent_shares", "i8"),
        ("filled", "i8"),  # shares
        ("rest_id", "i8"),  # id of our resting order, 0 when none
        ("rest_slot", "i4"),
        ("id", "i4"),
        ("qty", "i4"),
        ("start", "i4"),
        ("side", "i8"),
        ("behaviour", "i2"),
        ("server", "i2"),
        ("account", "i2"),
        ("flagged", "i2"),
        ("served", "i2"),  # what became of it: see the router
        ("broker", "i2"),  # who sent it, and the exchange it goes to; 0 of the desk's own
        ("exchange", "i2"),
        ("unacked", "i2"),  # 1 while a child is out that the exchange has not acknowledged
        ("waited", "i4"),  # steps for which its first child has been overdue; below 0 until it is due
        ("second", "i4"),  # market second the rate cap last counted in
        ("in_second", "i4"),
    ]
)
# An offer of ours that stands in our own book and far from the market's prices: one for each stock and server.
QUOTE = np.dtype(
    [
        ("price", "i4"),  # ticks; 0 where there is none
        ("shares", "i4"),  # put up again as soon as somebody has taken them
        ("gap", "i8"),  # mean gap until somebody does, 1/65,536 step
        ("due", "i8"),  # when somebody does next, 1/65,536 step; 0 where that is not drawn yet
        ("hits", "i8"),  # how often it was taken
    ]
)
TAPE = np.dtype(
    [
        ("step", "i4"),
        ("parent", "i4"),  # taker's parent order, 0 for the background
        ("maker", "i8"),  # id of the resting order it met, unique within the symbol
        ("price", "i4"),
        ("qty", "i4"),
        ("symbol", "i2"),
        ("side", "i2"),
        ("server", "i2"),
        ("maker_is_ours", "i2"),
    ]
)
CHILD = np.dtype(
    [
        ("step", "i4"),
        ("parent", "i4"),
        ("price", "i4"),
        ("qty", "i4"),
        ("filled", "i4"),
        ("total_qty", "i4"),  # of its parent, and what the parent's children have executed so far
        ("total_filled", "i4"),
        ("side", "i2"),
        ("server", "i2"),
        ("broker", "i2"),
        ("exchange", "i2"),
        ("reason", "i4"),
    ]
)
# What became of clients' orders that were dealt to a server, summed per symbol. An order is routed when its first child is out.
SERVICE = np.dtype(
    [
        ("routed", "i8"),  # within a minute
        ("late", "i8"),  # not within a minute, whatever came of them then
        ("handed_back", "i8"),  # ended within a minute without a child
        ("rejected", "i8"),  # turned away by a control
        ("overflow", "i8"),  # found the symbol's list of parents full
        ("waited", "i8"),  # steps for which orders were overdue, at most a minute each, and a whole one for what was handed back
        ("crowded", "i8"),  # orders sent again, nobody's, that found no room left for such
    ]
)
HEADROOM = 64  # rows of a symbol's list of parents for orders that are dealt but have not arrived yet
RESENT_ROOM = 64  # rows of it that are taken when no order that is sent again gets another: the rest is for clients
ARRIVAL = np.dtype(
    [
        ("step", "i4"),
        ("id", "i4"),
        ("symbol", "i4"),
        ("qty", "i4"),
        ("gap", "i8"),  # mean gap between executions were it to run away, 1/65,536 step
        ("side", "i2"),
        ("flagged", "i2"),
        ("large", "i2"),
        ("kept_away", "i2"),  # of the part that stays away when clients route elsewhere: 0-255
        ("broker", "i2"),  # who sends it, and the exchange that it would go to: 1 and up, 0 where the scenario names none
        ("exchange", "i2"),
    ]
)
# Controls between the router and the book; 0 is off.
_CONTROLS = np.dtype(
    [
        ("gross_cap_hc", "i8"),
        ("cap_shut", "i8"),  # 1 from when the cap was hit until exposure has fallen
        ("rate_cap", "i8"),  # child orders a parent and second
        ("collar_bp", "i8"),  # from the opening price
        ("reconcile", "i8"),  # 1 counts executions, 2 counts orders sent (a wrong one)
        ("connected", "i8"),  # its sessions to the exchanges
        ("flag_off", "i8"),  # upstream: no new order carries the flag
        ("ramp_out", "i8"),  # percent of flagged orders that come without the flag while it is being raised
        ("hold_shares", "i8"),  # larger parents wait for a person
        ("away_256", "i8"),  # share of client flow that has routed away
        ("left", "i8"),  # it has done so because nobody served it
        ("woken_4096", "i8"),  # of orders, those that wake what should not be done
        # A bit for each broker or exchange, at its number.
        ("held", "i8"),  # brokers whose orders are not routed
        ("unflagged", "i8"),  # brokers whose orders come without the flag
        ("posting", "i8"),  # brokers who mean by the flag that an order must not take
        ("gone", "i8"),  # brokers who send nothing any more today
        ("stuck", "i8"),  # exchanges that acknowledge nothing
        ("avoided", "i8"),  # exchanges that get no new parents
        ("uncertified", "i8"),  # brokers whose flagged orders are refused from the open on
        ("unlocated_256", "i8"),  # and of all orders to sell, the part that is refused: short sales without a locate
    ]
)
TALLY = np.dtype(
    [
        ("arrived", "i8"),
        ("flagged", "i8"),
        ("power_peg", "i8"),  # parents that met power peg
        ("waiting", "i8"),
        ("handed_back", "i8"),  # found no server within a minute, or no room
        ("away", "i8"),  # went elsewhere, as they were asked to
        ("left", "i8"),  # went elsewhere after clients had left
        ("refused", "i8"),  # by the legacy release before the open, and after it for want of a certificate or a locate
        ("overflow", "i8"),  # found the waiting list, or a symbol's list of parents, full
        ("resent", "i8"),  # orders that a broker's gateway sent again: nobody's, and in no other count here
        ("turned_back", "i8"),  # of which no server was to have them, or their broker is held
        ("posted", "i8"),  # orders of brokers who meant by the flag that they must not take, that were dealt to do so in the end
    ]
)
DIALS = np.dtype(
    [
        (name, "i8")
        for name in (
            "leak_24",
            "prepare_256",
            "odd_256",
            "race_4096",
            "reply_256",
            "taker_shares",
            "book_levels",
            "jump_hazard_q32",
            "jump_from_256",
            "jump_most_256",
            "jump_steps",
            "jump_stubs",
            "jump_stub_bp",
            "pause_steps",
            "breakers_from",
            "breakers_to",
            "open_step",
            "bell_end",
            "rest_steps",
            "route_gap",
            "oversize_times",
            "misprice_bp",
            "bust_bp",
            "quotes_listed",  # 1 where our own offers are in an exchange's market, which may cancel what was sold
            "wait_steps",
            "hold_steps",
            "unwind_gap",
            "unwind_part_256",
            "cap_reopen_256",
            "brokers",  # how many there are
            "exchanges",
        )
    ]
)
WAITING = 4096

RecordArray = npt.NDArray[np.void]  # of one of the dtypes above
Whole = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint64]


class Machine(NamedTuple):
    """Arrays of one simulation: S symbols, L ladder ticks, C pool slots, M parents a symbol, V servers + the desk."""

    symbols: RecordArray  # (S,) SYMBOL
    market: RecordArray  # (S,) MARKET
    books: RecordArray  # (S,) BOOK
    levels: RecordArray  # (S, L) LEVEL
    orders: RecordArray  # (S, C) ORDER
    lows: Small  # (S, BUCKETS) i4 ticks
    highs: Small  # (S, BUCKETS) i4 ticks
    parents: RecordArray  # (S, M) PARENT
    parent_count: Small  # (S,) i4
    position: Whole  # (S, ACCOUNTS) i8 shares
    cash: Whole  # (S, ACCOUNTS) i8 hundredths of a cent
    bought: Whole  # (S, ACCOUNTS) i8 shares
    sold: Whole  # (S, ACCOUNTS) i8 shares
    traded: Whole  # (S, ACCOUNTS) i8 hundredths of a cent
    sold_value: Whole  # (S, ACCOUNTS) i8 hundredths of a cent
    fills: Whole  # (S, ACCOUNTS) i8 executions
    sent: Whole  # (S, ACCOUNTS) i8 child orders
    counters: Whole  # (S, V, 5) i8
    flows: Whole  # (S, FLOWS, 3) i8: of a broker client orders in, executions, returned; of an exchange children out, executions, rejects
    far_qty: Whole  # (S, BUST_MINUTES) i8 signed shares of account 33 executed 30 % or more from the open
    far_cash: Whole  # (S, BUST_MINUTES) i8
    recent: RecordArray  # (S, RECENT) CHILD
    recent_count: Whole  # (S,) i8
    service: RecordArray  # (S,) SERVICE
    gross: Whole  # (1,) i8 account 33 at the reference price, kept while a gross cap is on
    controls: RecordArray  # (1,) CONTROLS
    servers: Small  # (V,) i4: 1 when the server's session to the exchanges stands
    withdrawn: Small  # (S,) i4: 1 where the router takes no orders
    quotes: RecordArray  # (S, V) QUOTE
    behaviours: Small  # (V, 4, 2) i4 by server, order (plain, flagged, and both of those that wake a fault), and continuous session or not
    turns: Small  # (2,) i4 next server of the round robin, for plain and for flagged orders
    waiting: Small  # (WAITING,) i4 arrivals that found no server
    tally: RecordArray  # (1,) TALLY
    waits: Whole  # (4096,) i8 exponential draws, 1/65,536
    powers: Whole  # (POWERS,) i8 e^x, Q30
    dials: RecordArray  # (1,) DIALS
    keys: Keys  # (10,) u8 one key a stream


# What stays the same from run to run of one scenario and seed, or can be made anew: not part of the digest.
FIXED = ("symbols", "waits", "powers", "dials", "keys")


@cache
def _rows(dtype: "np.dtype[np.void]") -> "np.dtype[np.void]":
    """The same fields, each an attribute of a row that is found in C: numpy's own records look for theirs in Python, which is three quarters
    of what kernels take as plain Python.
    """

    def field(name: str) -> property:
        def put(row: Any, value: int) -> None:
            row[name] = value

        return property(itemgetter(name), put)

    return np.dtype((type("Row", (np.void,), {name: field(name) for name in dtype.names or ()}), dtype))


def records(shape: tuple[int, ...], dtype: "np.dtype[np.void]") -> RecordArray:
    """Zeroed record array: attribute access to a row works in compiled code and in plain Python alike."""
    return np.zeros(shape, dtype=_rows(dtype))


def allocate(symbols: RecordArray, waits: Whole, powers: Whole, dials: RecordArray, keys: Keys, *, ladder: int, pool: int, parents: int) -> Machine:
    """A machine with empty books, every ladder centred on its symbol's price."""
    count = len(symbols)
    ints = {
        name: np.zeros((count, ACCOUNTS), dtype=np.int64) for name in ("position", "cash", "bought", "sold", "traded", "sold_value", "fills", "sent")
    }
    machine = Machine(
        symbols=symbols,
        market=records((count,), MARKET),
        books=records((count,), BOOK),
        levels=records((count, ladder), LEVEL),
        orders=records((count, pool), ORDER),
        lows=np.zeros((count, BUCKETS), dtype=np.int32),
        highs=np.zeros((count, BUCKETS), dtype=np.int32),
        parents=records((count, parents), PARENT),
        parent_count=np.zeros(count, dtype=np.int32),
        counters=np.zeros((count, SERVERS_MAX + 1, 5), dtype=np.int64),
        flows=np.zeros((count, FLOWS, 3), dtype=np.int64),
        far_qty=np.zeros((count, BUST_MINUTES), dtype=np.int64),
        far_cash=np.zeros((count, BUST_MINUTES), dtype=np.int64),
        recent=records((count, RECENT), CHILD),
        recent_count=np.zeros(count, dtype=np.int64),
        service=records((count,), SERVICE),
        gross=np.zeros(1, dtype=np.int64),
        controls=records((1,), _CONTROLS),
        servers=np.zeros(SERVERS_MAX + 1, dtype=np.int32),
        withdrawn=np.zeros(count, dtype=np.int32),
        quotes=records((count, SERVERS_MAX + 1), QUOTE),
        behaviours=np.zeros((SERVERS_MAX + 1, 4, 2), dtype=np.int32),
        turns=np.zeros(2, dtype=np.int32),
        waiting=np.zeros(WAITING, dtype=np.int32),
        tally=records((1,), TALLY),
        waits=waits,
        powers=powers,
        dials=dials,
        keys=keys,
        **ints,
    )
    for s in range(count):
        price = int(symbols[s].price_256) >> 8
        clear(machine.books[s], machine.levels[s], machine.orders[s], price - ladder // 2)
        market = machine.market[s]
        market.ref_256 = market.reverted_256 = symbols[s].price_256
        market.last = price
    return machine


def forget_ended(machine: Machine) -> None:
    """Clear the rows behind each symbol's parents: what they held depends on how a run was cut into blocks, and nobody reads them."""
    rows = np.arange(machine.parents.shape[1])
    machine.parents[rows[None, :] >= machine.parent_count[:, None]] = np.zeros((), dtype=PARENT)


def digest_of(machine: Machine, extra: bytes = b"") -> str:
    """SHA-256 over every array that a run changes, in declared order, then `extra`."""
    forget_ended(machine)
    sha = hashlib.sha256()
    for name, array in zip(machine._fields, machine, strict=True):
        if name not in FIXED:
            sha.update(name.encode())
            sha.update(np.ascontiguousarray(array).view(np.uint8).data)
    sha.update(extra)
    return sha.hexdigest()


def market_digest(machine: Machine, symbol: int) -> str:
    """SHA-256 over the book and the market of one symbol: what everybody else can see of it."""
    sha = hashlib.sha256()
    for name in ("market", "books", "levels", "orders", "lows", "highs"):
        sha.update(np.ascontiguousarray(getattr(machine, name)[symbol]).view(np.uint8).data)
    return sha.hexdigest()
