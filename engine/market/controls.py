"""Controls between the router and the book: each child order passes them all or is rejected with a reason.

Gross cap: rejects children of account 33 that would raise its gross exposure (at reference prices) above the cap;
reducing orders pass; it does not latch, and opens again at a part of the cap. Rate cap: child orders a parent may send in one market second. Collar:
distance from the opening price; it lowers a child's limit and rejects the child when even the touch lies beyond.
Reconciliation: a parent's executions and the child in hand may never exceed the parent.
"""

from engine.jit import piece
from engine.market.state import CLIENT, ERROR, UNWIND

PASSED, CAPPED, TOO_FAST, COLLARED, UNRECONCILED, PAUSED, NO_QUOTE, MISSED, DISCONNECTED, UNACKED, QUOTED = range(11)
REASONS = (
    "",
    "gross cap of account 33 reached",
    "order rate cap of the parent reached",
    "price collar",
    "children would exceed the parent order",
    "trading in the stock is paused",
    "no quote on the other side",
    "quote gone",
    "not connected to the exchanges",
    "sent, not acknowledged",
    "our quote was taken",
)


@piece
def account_33(m, s):
    """Shares that account 33 holds of a symbol: clients' fills awaiting allocation and errors, mixed."""
    return m.position[s, CLIENT] + m.position[s, ERROR]


@piece
def mark_hc(m, s):
    """Reference price of a share, hundredths of a cent."""
    return m.market[s].ref_256 * m.symbols[s].tick_hc >> 8


@piece
def added_gross(m, s, shares):
    """By how much the gross exposure of account 33 changes when it trades `shares` (signed), hundredths of a cent."""
    before = account_33(m, s)
    after = before + shares
    return ((after if after >= 0 else -after) - (before if before >= 0 else -before)) * mark_hc(m, s)


@piece
def over_cap(m, s, shares):
    """Whether the gross cap rejects a trade of `shares` (signed): only one that raises gross exposure can be rejected.

    Once hit, the cap stays shut for raising orders until exposure has fallen below its re-opening level.
    """
    controls = m.controls[0]
    more = added_gross(m, s, shares)
    if more <= 0:
        return False
    if m.gross[0] + more > controls.gross_cap_hc:
        controls.cap_shut = 1
    elif controls.cap_shut == 1 and m.gross[0] * 256 < controls.gross_cap_hc * m.dials[0].cap_reopen_256:
        controls.cap_shut = 0
    return controls.cap_shut == 1


@piece
def within_rate(m, parent, second):
    """Count the child against its parent's second; False when the cap for the second is used up."""
    cap = m.controls[0].rate_cap
    if cap == 0:
        return True
    if parent.second != second:
        parent.second, parent.in_second = second, 0
    if parent.in_second >= cap:
        return False
    parent.in_second += 1
    return True


@piece
def collared_limit(m, s, side, touch):
    """Limit of a child after the collar, or 0 when the touch already lies beyond it."""
    collar = m.controls[0].collar_bp
    opening = m.market[s].open
    if collar == 0 or opening == 0:
        return touch
    if side > 0:
        most = opening * (10_000 + collar) // 10_000
        return touch if touch <= most else 0
    least = opening * (10_000 - collar) // 10_000
    return touch if touch >= least else 0


@piece
def check(m, s, parent, shares, second):
    """Reason why the controls reject a child of `shares`, or PASSED; the collar is judged with the limit."""
    controls = m.controls[0]
    if parent.server > 0 and controls.connected == 0:
        return DISCONNECTED
    if controls.reconcile == 1 and parent.filled + shares > parent.qty:
        return UNRECONCILED
    if controls.reconcile == 2 and parent.sent_shares + shares > parent.qty:
        return UNRECONCILED
    if controls.gross_cap_hc > 0 and parent.account != UNWIND and over_cap(m, s, shares * parent.side):
        return CAPPED
    if not within_rate(m, parent, second):
        return TOO_FAST
    return PASSED
