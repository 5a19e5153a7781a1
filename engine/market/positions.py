"""What we hold and what it is worth: marks at the reference price, at the price without the transient part, and gross.

All money in hundredths of a cent. Clients' executions wait in account 33 for allocation together with the errors; the firm's own
result is that of the errors and of the desk's unwinding.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.market.state import CLIENT, ERROR, UNWIND, Machine
from engine.scenario.scenario import Scenario

OWN = slice(ERROR, UNWIND + 1)  # the firm's own accounts, beside each other: a slice is a view, a list of two makes a copy
SNAPSHOTS = 80  # of the position monitor, one every five seconds: the latest, 300 s late, and a minute before that
MOST_TICKS_LATE = 63  # by which the monitor is late
PATH_MINUTES = 482  # from the start of a day to a close eight hours later, both ends
TICKS_A_MINUTE = 12


class Marks(NamedTuple):
    """Hundredths of a cent, signed where it matters: long and short are both positive, gross their sum."""

    mid: int
    reverted: int
    long: int
    short: int
    gross_reverted: int

    @property
    def gross(self) -> int:
        """Long plus short, at mid."""
        return self.long + self.short


def own_shares(machine: Machine) -> npt.NDArray[np.int64]:
    """Net shares of the firm's own, (S,)."""
    return np.asarray(machine.position[:, ERROR] + machine.position[:, UNWIND])


def prices_hc(machine: Machine, field: str = "ref_256") -> npt.NDArray[np.int64]:
    """Price of every stock, (S,), hundredths of a cent: `ref_256` or `reverted_256`."""
    return np.asarray(machine.market[field] * machine.symbols["tick_hc"] >> 8)


def gross_hc(machine: Machine) -> int:
    """The firm's own positions, long and short together at mid: what `marks` calls gross, for whoever asks every five seconds."""
    return int(np.abs(own_shares(machine) * prices_hc(machine)).sum())


def price_text(price_hc: int) -> str:
    """A price for people: "14.76", or "0.0497" where cents do not do."""
    return f"{price_hc / 10_000:.2f}" if price_hc % 100 == 0 else f"{price_hc / 10_000:.4f}"


def fees_hc(machine: Machine, scenario: Scenario) -> int:
    """Exchange fees on shares taken and the SEC's on sales, of the firm's own executions."""
    shares = int(machine.bought[:, OWN].sum() + machine.sold[:, OWN].sum())
    return shares * scenario.cash.fee_share_hc + int(machine.sold_value[:, OWN].sum()) * scenario.cash.fee_sale_e7 // 10**7


def marks(machine: Machine, scenario: Scenario) -> Marks:
    """Cash less fees plus the position at two prices.

    At the reference price the firm's own pressure props its position up: the mark shows a profit while the position grows. The
    reverted price drops the transient part.
    """
    shares = own_shares(machine)
    cash = int(machine.cash[:, OWN].sum()) - fees_hc(machine, scenario)
    mid, reverted = shares * prices_hc(machine), shares * prices_hc(machine, "reverted_256")
    return Marks(
        mid=cash + int(mid.sum()),
        reverted=cash + int(reverted.sum()),
        long=int(mid[shares > 0].sum()),
        short=-int(mid[shares < 0].sum()),
        gross_reverted=int(np.abs(reverted).sum()),
    )


def allocate_clients(machine: Machine) -> None:
    """Hand clients what was executed for them: it leaves account 33 at the prices it was executed at."""
    machine.position[:, CLIENT] = 0
    machine.cash[:, CLIENT] = 0


def cancel_far(machine: Machine, first_minute: int, last_minute: int, part: float = 1.0) -> int:
    """Cancel this part of account 33's executions far from the open of minutes [first, last]: relief at the reverted price."""
    span = slice(max(first_minute, 0), last_minute + 1)
    qty, cash = machine.far_qty[:, span].sum(axis=1), machine.far_cash[:, span].sum(axis=1)
    if part < 1:
        qty, cash = (amounts * round(part * 4096) // 4096 for amounts in (qty, cash))
    relief = -int(cash.sum() + (qty * prices_hc(machine, "reverted_256")).sum())
    machine.position[:, ERROR] -= qty
    machine.cash[:, ERROR] -= cash
    machine.far_qty[:, span] = machine.far_cash[:, span] = 0
    return relief


class Valued(NamedTuple):
    """The monitor's position at some prices, hundredths of a cent: `profit` is signed, long and short are positive."""

    profit: int
    long: int
    short: int

    @property
    def gross(self) -> int:
        """Long plus short."""
        return self.long + self.short


class PositionMonitor:
    """The position monitor: snapshots every five seconds, shown late when executions are many (facts of the record, 42).

    It shows all of account 33, clients' and errors mixed, and the desk's unwinding.
    """

    def __init__(self, count: int) -> None:
        self.shares = np.zeros((SNAPSHOTS, count), dtype=np.int64)
        self.cash = np.zeros((SNAPSHOTS, count), dtype=np.int64)
        self.path = np.zeros((PATH_MINUTES, 2), dtype=np.int64)  # gross and profit that it showed, a row a minute from the start
        self.last = -1  # tick of the newest snapshot
        self.shown = 0  # tick that is shown: never older than one already shown

    def take(self, tick: int, machine: Machine) -> None:
        """Keep a snapshot under its tick."""
        for skipped in range(max(self.last + 1, tick - SNAPSHOTS + 1), tick) if self.last >= 0 else ():  # the evening: nothing happened
            self.shares[skipped % SNAPSHOTS] = self.shares[self.last % SNAPSHOTS]
            self.cash[skipped % SNAPSHOTS] = self.cash[self.last % SNAPSHOTS]
        self.shares[tick % SNAPSHOTS] = machine.position.sum(axis=1)
        self.cash[tick % SNAPSHOTS] = machine.cash.sum(axis=1)
        self.last = tick

    def note(self, minute: int, prices: npt.NDArray[np.int64]) -> None:
        """Remember what is shown at a full minute, at the prices of now, (S,) hundredths of a cent."""
        if minute < PATH_MINUTES:
            value = self.value(prices)
            self.path[minute] = value.gross, value.profit

    def value(self, prices: npt.NDArray[np.int64]) -> Valued:
        """What is shown, at prices, (S,) hundredths of a cent."""
        shares, cash = self.read()
        worth = shares * prices
        return Valued(int(cash.sum() + worth.sum()), int(worth[shares > 0].sum()), -int(worth[shares < 0].sum()))

    def growth(self, prices: npt.NDArray[np.int64]) -> int:
        """Gross that was added in the last minute shown, at prices, hundredths of a cent."""
        before = self.shares[max(self.shown - TICKS_A_MINUTE, 0) % SNAPSHOTS]
        return int(((np.abs(self.read()[0]) - np.abs(before)) * prices).sum())

    def grown_hc(self, machine: Machine, ticks: int) -> int:
        """By how much all positions grew over so many ticks, hundredths of a cent at the prices of now; at most SNAPSHOTS, never below 0."""
        before = np.abs(self.shares[max(self.last - ticks, 0) % SNAPSHOTS])
        return max(0, int(((np.abs(machine.position.sum(axis=1)) - before) * prices_hc(machine)).sum()))

    def lag_s(self, scenario: Scenario, executions_per_s: float) -> int:
        """Seconds by which the monitor is late at a rate of executions."""
        numbers = scenario.monitor
        if executions_per_s < numbers.busy_from_per_s:
            return numbers.calm_lag_s
        busy = min(1.0, (executions_per_s - numbers.busy_from_per_s) / (numbers.lag_full_per_s - numbers.busy_from_per_s))
        return int(numbers.lag_least_s + busy * (numbers.lag_most_s - numbers.lag_least_s))

    def show(self, tick: int, lag_s: int) -> None:
        """Move the shown snapshot to the newest that is `lag_s` old."""
        self.shown = max(self.shown, tick - lag_s // 5, tick - MOST_TICKS_LATE, 0)

    def read(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """(shares, cash) a stock as the monitor shows them, (S,) each."""
        return self.shares[self.shown % SNAPSHOTS], self.cash[self.shown % SNAPSHOTS]

    def arrays(self) -> dict[str, npt.NDArray[np.int64]]:
        """Arrays for digest and checkpoint."""
        return {"monitor_shares": self.shares, "monitor_cash": self.cash, "monitor_path": self.path}
