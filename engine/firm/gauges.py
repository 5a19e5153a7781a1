"""Measurements every five seconds and every minute: rates, moves, volume, the loss curve. They change nothing in the market."""

from typing import TYPE_CHECKING, TypedDict

import numpy as np
import numpy.typing as npt

from engine.firm import safeguards
from engine.firm.score import HC
from engine.market.measure import COLUMNS, LIMITS, VOLUME, measure
from engine.market.positions import marks
from engine.market.state import ERROR, FLOWS, SERVERS_MAX, RecordArray, Whole
from engine.market.unwind import liquidation_cost
from engine.market_time import STEPS_PER_MINUTE, TICK_STEPS, Calendar

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

_TICKS_A_MINUTE = STEPS_PER_MINUTE // TICK_STEPS
KEPT = 384  # samples: a little over half an hour
_KEPT_FLOWS = 16  # of brokers and exchanges: a little over a minute


class MinuteRow(TypedDict):
    """A minute of the path: dollars whole, marks signed, losses positive."""

    clock: str
    bad_servers: int
    runaway_parents: int
    executions: int
    shares: int
    gross_usd: int
    mid_mark: int
    reverted_mark: int
    liquidation_loss: int


class Remembered(TypedDict):
    """What is not in the arrays."""

    tick: int
    volume_high: int
    path: list[MinuteRow]


class Gauges:
    """Samples of cumulative counts, shape (KEPT, servers + 1, COLUMNS), row 0 of the middle axis being the firm's total."""

    def __init__(self, count: int, calendar: Calendar) -> None:
        minutes = (calendar.close - calendar.open) // STEPS_PER_MINUTE + 1  # from the opening bell to the close, both ends
        self.samples = np.zeros((KEPT, SERVERS_MAX + 1, COLUMNS), dtype=np.int64)
        self.flows = np.zeros((_KEPT_FLOWS, FLOWS, 3), dtype=np.int64)
        self.moved_bp = np.zeros(count, dtype=np.int64)  # largest move of the mid since the open
        self.limits = np.zeros(len(LIMITS), dtype=np.int64)  # how often each was reached
        self.closes = np.zeros((count, minutes), dtype=np.int32)  # last sale at every full minute from the bell, ticks
        self.traded = np.zeros((count, minutes), dtype=np.int32)  # shares traded in the minute that ended then
        self.runaway = self.paused = 0  # parents that run away and stocks that are paused now
        self.volume_high = 0  # ticks for which volume has been above the exchange's call_ratio
        self.path: list[MinuteRow] = []  # a row a minute after the bell
        self.tick = -1

    def take(self, sim: "Simulation", tick: int) -> None:
        """Sample at a tick (every five seconds)."""
        for skipped in range(max(self.tick + 1, tick - KEPT + 1), tick):  # the evening: nothing happened
            self.samples[skipped % KEPT] = self.samples[self.tick % KEPT]
        for skipped in range(max(self.tick + 1, tick - _KEPT_FLOWS + 1), tick):
            self.flows[skipped % _KEPT_FLOWS] = self.flows[self.tick % _KEPT_FLOWS]
        self.tick = tick
        here = self.samples[tick % KEPT], self.flows[tick % _KEPT_FLOWS]
        self.runaway, self.paused = measure(sim.machine, sim.now, *here, self.moved_bp, self.limits)
        self.volume_high = self.volume_high + 1 if self.volume_ratio(sim) > sim.scenario.exchange.call_ratio else 0
        if sim.calendar.open < sim.now <= sim.calendar.close and sim.now % STEPS_PER_MINUTE == 0:
            self.path.append(minute_row(sim))
        if sim.calendar.open <= sim.now <= sim.calendar.close and sim.now % STEPS_PER_MINUTE == 0:
            self._keep_minute((sim.now - sim.calendar.open) // STEPS_PER_MINUTE, sim.machine.market)

    def _keep_minute(self, minute: int, market: RecordArray) -> None:
        """Keep every stock's last sale and volume; `traded` sums to the day's volume."""
        self.closes[:, minute] = market["last"]
        self.traded[:, minute] = market["volume"] - self.traded[:, :minute].sum(axis=1, dtype=np.int64)

    def per_s(self, column: int, server: int = 0, ticks: int = _TICKS_A_MINUTE) -> float:
        """Mean per second over the last `ticks` samples."""
        ticks = min(ticks, self.tick)
        if ticks <= 0:
            return 0.0
        now, before = self.samples[self.tick % KEPT], self.samples[(self.tick - ticks) % KEPT]
        return float(now[server, column] - before[server, column]) / (ticks * 5)

    def rates(self) -> npt.NDArray[np.float64]:
        """Means per second over the last minute, (servers + 1, COLUMNS), row 0 being the firm's."""
        ticks = min(_TICKS_A_MINUTE, self.tick)
        now, before = self.samples[self.tick % KEPT], self.samples[(self.tick - ticks) % KEPT]
        rates: npt.NDArray[np.float64] = (now - before) / (max(ticks, 1) * 5)
        return rates

    def flow_rates(self) -> npt.NDArray[np.float64]:
        """Means per second over the last minute of brokers and exchanges, (FLOWS, 3): rows and columns of the machine's `flows`."""
        ticks = min(_TICKS_A_MINUTE, self.tick)
        now, before = self.flows[self.tick % _KEPT_FLOWS], self.flows[(self.tick - ticks) % _KEPT_FLOWS]
        rates: npt.NDArray[np.float64] = (now - before) / (max(ticks, 1) * 5)
        return rates

    def series(self, column: int, ticks: int) -> list[int]:
        """Per-second means of the last `ticks` intervals, oldest first."""
        ticks = min(ticks, self.tick, KEPT - 1)
        at = np.arange(self.tick - ticks, self.tick + 1) % KEPT
        means: list[int] = np.rint(np.diff(self.samples[at, 0, column]) / 5).astype(np.int64).tolist()
        return means

    def volume_ratio(self, sim: "Simulation") -> float:
        """Volume of the last minute (since the open, in the first) in the scenario's stocks over what is normal; 0 outside the session."""
        calendar = sim.calendar
        if not calendar.open < sim.now <= calendar.close:
            return 0.0
        share = sim.scenario.market.open_share
        normal = sim.adv_total * (share / calendar.bell_minutes if sim.now <= calendar.bell_end else (1 - share) / calendar.day_minutes)
        return self.per_s(VOLUME, ticks=min(_TICKS_A_MINUTE, (sim.now - calendar.open) // TICK_STEPS)) * 60 / normal

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Arrays for digest and checkpoint."""
        return {
            "gauge_samples": self.samples,
            "gauge_flows": self.flows,
            "gauge_moved": self.moved_bp,
            "gauge_closes": self.closes,
            "gauge_traded": self.traded,
        }

    def to_dict(self) -> Remembered:
        """What is remembered outside arrays, JSON-able."""
        return {"tick": self.tick, "volume_high": self.volume_high, "path": self.path}

    def restore(self, data: Remembered) -> None:
        """Take back what `to_dict` gave."""
        self.tick, self.volume_high, self.path = data["tick"], data["volume_high"], data["path"]


def mids(sim: "Simulation") -> Whole:
    """Mid of every stock, 1/256 tick, (S,): the reference price where a side is missing."""
    books, market = sim.machine.books, sim.machine.market
    mid = (2 * books["floor"].astype(np.int64) + books["bid"] + books["ask"]) * 128
    return np.where((books["bids"] > 0) & (books["asks"] > 0), mid, market["ref_256"])


def mid_prices_hc(sim: "Simulation") -> Whole:
    """Mid of every stock, hundredths of a cent, (S,)."""
    prices: Whole = mids(sim) * sim.machine.symbols["tick_hc"] >> 8
    return prices


def moves_bp(sim: "Simulation", prices_256: Whole) -> Whole:
    """Moves since the open, basis points, (S,); 0 before the open."""
    opening = sim.machine.market["open"].astype(np.int64) << 8
    return np.where(opening > 0, (prices_256 - opening) * 10_000 // np.maximum(opening, 1), 0)


def knight(sim: "Simulation") -> dict[str, int]:
    """What the runaway did so far: parents, children, executions, shares, positions."""
    machine = sim.machine
    shares = machine.position[:, ERROR]
    mark = marks(machine, sim.scenario)
    return {
        "parents": int(machine.tally[0].power_peg),
        "children": int(machine.sent[:, ERROR].sum()),
        "executions": int(machine.fills[:, ERROR].sum()),
        "shares": int(machine.bought[:, ERROR].sum() + machine.sold[:, ERROR].sum()),
        "symbols": int((machine.fills[:, ERROR] > 0).sum()),
        "long_symbols": int((shares > 0).sum()),
        "short_symbols": int((shares < 0).sum()),
        "long_usd": mark.long // HC,
        "short_usd": mark.short // HC,
        "gross_usd": mark.gross // HC,
        "net_usd": (mark.long - mark.short) // HC,
    }


def minute_row(sim: "Simulation") -> MinuteRow:
    """One row of the minute path: dollars whole, marks signed, losses positive."""
    machine = sim.machine
    mark = marks(machine, sim.scenario)
    return {
        "clock": sim.calendar.clock(sim.now)[:5],
        "bad_servers": sum(sim.fleet.sends(server.n) and sim.fleet.defective(server.n) for server in sim.fleet.servers),
        "runaway_parents": sim.gauges.runaway,
        "executions": int(machine.fills[:, ERROR].sum()),
        "shares": int(machine.bought[:, ERROR].sum() + machine.sold[:, ERROR].sum()),
        "gross_usd": mark.gross // HC,
        "mid_mark": mark.mid // HC,
        "reverted_mark": mark.reverted // HC,
        "liquidation_loss": (liquidation_cost(sim.scenario, mark.gross, sim.now, safeguards.credit_hc(sim)) - mark.reverted) // HC,
    }


def concentration(sim: "Simulation") -> dict[str, int]:
    """Stocks in which the runaway was large and the price moved (SEC 18), and stocks moved 30 %."""
    machine = sim.machine
    own = machine.bought[:, ERROR] + machine.sold[:, ERROR]
    share = own / np.maximum(machine.market["volume"], 1)
    moved = sim.gauges.moved_bp
    return {
        "stocks_20_5": int(((share > 0.2) & (moved > 500)).sum()),
        "stocks_50_10": int(((share > 0.5) & (moved > 1000)).sum()),
        "moved_30": int((moved > 3000).sum()),
    }
