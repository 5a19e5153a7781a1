"""Which parent orders reach the router, when: planned whole from scenario and seed, whatever anybody does.

Flagged orders: some for pre-market trading, a queue that waits for the bell, then a decaying flow; all are dealt round
robin, so the place in the sequence decides which server would see an order. The record's parents (the default seed's
frozen file, or a draw by the same rule) stand at the places that met the old code in history: the stale server's
before the rollback, all afterwards. Everybody else's order is drawn by the rule: a stock by the root of its volume,
the other side with probability one half, a rate by the stock's volume and a lognormal factor.
"""

from decimal import Decimal, localcontext
from functools import lru_cache
from math import isqrt

import numpy as np
import numpy.typing as npt

from engine.market.chance import BROKERS, CLIENTS, EXCHANGES, PARENT_ORDERS, below, draws, normal_quantiles, scaled
from engine.market.derive import gap_of
from engine.market.faults import Fault, draw_fault, stale_server
from engine.market.state import ARRIVAL, Keys, RecordArray, Whole, records
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND
from engine.scenario.scenario import Scenario

FIRST_ORDER = 100_001
# What a draw of the PARENTS stream decides.
_SIDES, _ORDER, _STOCK, _OTHER_SIDE, _RATE, _EXTRA_RATE = range(6)  # with the attempt: up to DRAWS * 16
_LOTS, _TIME, _AWAY, _EARLY, _LATE = (1 << 20, 1 << 21, 1 << 22, 1 << 23, 1 << 24)
DRAWS, NEAR = 1000, 0.05
PLANS_KEPT = 64


class Rule:
    """The draw of flagged parents for one seed (facts of the record, section on parents).

    One parent a stock, a fixed number of stocks short; extras by the root of the stock's volume, on the other side with probability one
    half and then never faster than nine tenths of the first; rates by the stock's volume and a lognormal factor.
    """

    def __init__(self, scenario: Scenario, seed: int, attempt: int = 0) -> None:
        self.scenario, self.seed, self.attempt = scenario, seed, attempt
        self.count = len(scenario.symbols)
        self.rates = np.array([row.rate_e6 for row in scenario.symbols], dtype=np.int64)
        self.factors = lognormal_factors(scenario.flow.rate_sd)
        order = np.lexsort((np.arange(self.count), self._words(_SIDES, self.count)))
        sides = np.ones(self.count, dtype=np.int64)
        sides[order[: scenario.flow.history_short]] = -1
        self.first_sides = sides
        self.first_rates = self._rates(np.arange(self.count), _RATE)

    def _words(self, what: int, n: int) -> Keys:
        return draws(self.seed, PARENT_ORDERS, self.attempt * 16 + what, n)

    def _rates(self, symbols: Whole, what: int) -> Whole:
        """Rates of one parent for each of `symbols`, millionths a second."""
        factors = self.factors[scaled(self._words(what, len(symbols)), len(self.factors))]
        rates: Whole = np.minimum(self.rates[symbols] * factors >> 20, int(self.scenario.flow.rate_most * 10**6))
        return rates

    def extras(self, n: int) -> tuple[Whole, Whole, Whole]:
        """`n` parents beyond one a stock: stocks, sides, rates, (n,) each."""
        weights = np.cumsum([isqrt(row.adv_shares) for row in self.scenario.symbols])
        symbols = np.searchsorted(weights, scaled(self._words(_STOCK, n), int(weights[-1])), side="right")
        same = (self._words(_OTHER_SIDE, n) & np.uint64(1)).astype(bool)
        most = (self.first_rates[symbols] * int(self.scenario.flow.partner_rate * 1000)) // 1000
        rates = self._rates(symbols, _EXTRA_RATE)
        sides = self.first_sides[symbols]
        return symbols, np.where(same, sides, -sides), np.where(same, rates, np.minimum(rates, most))

    def table(self, historical: int, total: int) -> Whole:
        """`total` parents as rows (stock, side, rate), the first `historical` in order of activation, each extra after its stock's first."""
        wanted, total = total, max(total, self.count)
        symbols, sides, rates = self.extras(total - self.count)
        pool = np.empty((total, 3), dtype=np.int64)
        pool[: self.count] = np.stack([np.arange(self.count), self.first_sides, self.first_rates], axis=1)
        pool[self.count :] = np.stack([symbols, sides, rates], axis=1)
        order = np.lexsort((np.arange(historical), self._words(_ORDER, historical)))
        place = np.argsort(order)
        for n in range(self.count, historical):
            first = int(pool[n, 0])
            if place[n] < place[first]:
                order[place[n]], order[place[first]] = first, n
                place[n], place[first] = place[first], place[n]
        pool[:historical] = pool[order]
        return pool[:wanted]


@lru_cache(maxsize=8)
def lognormal_factors(sd: float, cells: int = 512) -> Whole:
    """exp(sd N) at the middle of equal cells of the normal distribution, Q20: shape (cells,)."""
    with localcontext() as context:
        context.prec = 30
        return np.array([int((quantile * Decimal(str(sd))).exp() * (1 << 20)) for quantile in normal_quantiles(cells)], dtype=np.int64)


def _size(scenario: Scenario, rows: Whole, active: Whole) -> npt.NDArray[np.float64]:
    """What parents would do if nothing stopped them before the end of the bell: dollars long, dollars short, executions; before any market."""
    done = rows[:, 2] * active // (10**6 * STEPS_PER_SECOND)
    net = np.bincount(rows[:, 0], weights=rows[:, 1] * done, minlength=len(scenario.symbols))
    value = net * np.array([row.price_hc for row in scenario.symbols]) / 100
    return np.array([value[value > 0].sum(), -value[value < 0].sum(), done.sum()])


def _drawn(scenario: Scenario, seed: int, active: Whole, total: int) -> Whole:
    """Parents of a seed: of DRAWS draws by the rule, the first near enough in size to the scenario's own parents, or the nearest.

    Stocks and prices are the same for every seed, so the size of a free draw depends on which side the few very large stocks fall; the
    reference model refitted its prices for each seed instead. The scenario's own parents are the yardstick, not any outcome.
    """
    rows, starts = _frozen(scenario)
    if not len(starts):
        return Rule(scenario, seed).table(len(active), total)
    goal = _size(scenario, rows[: len(starts)], scenario.calendar.bell_end - scenario.calendar.open - starts)
    best, nearest = 0, float("inf")
    for attempt in range(DRAWS):
        size = _size(scenario, Rule(scenario, seed, attempt).table(len(active), len(active)), active)
        far = float(np.abs(size / goal - 1).max())
        if far < nearest:
            best, nearest = attempt, far
        if nearest < NEAR:
            break
    return Rule(scenario, seed, best).table(len(active), total)


def _frozen(scenario: Scenario) -> tuple[Whole, Whole]:
    """The scenario's own parents, rows (stock, side, rate), and the steps after the open at which the record's were met."""
    index = {name: i for i, name in enumerate(scenario.names)}
    rows = [(index[row.symbol], 1 if row.side == "BUY" else -1, row.rate_e6) for row in scenario.parents]
    starts = [row.start_ms * STEPS_PER_SECOND // 1000 for row in scenario.parents if row.start_ms is not None]
    return np.array(rows, dtype=np.int64).reshape(-1, 3), np.array(starts, dtype=np.int64)


def _flow_steps(scenario: Scenario, seed: int) -> list[int]:
    """Steps at which flagged orders arrive after the bell: jittered quantiles of the decaying intensity."""
    flow = scenario.flow
    tau, total = Decimal(str(flow.flagged_tau_min)), Decimal(str(flow.flagged_per_min)) * Decimal(str(flow.flagged_tau_min))
    steps, last = [], scenario.calendar.step_at(flow.flagged_last)
    for n in range(int(total)):
        jitter = Decimal(below(seed, PARENT_ORDERS, _TIME, n, 1 << 20)) / (1 << 20)
        share = (n + jitter) / total
        if share >= 1:
            break
        step = scenario.calendar.open + int(-tau * (1 - share).ln() * STEPS_PER_MINUTE)
        if step > last:
            break
        steps.append(max(step, scenario.calendar.open + 1))
    return sorted(steps + _late_steps(scenario, seed)) if flow.flagged_day_per_min else steps


def _late_steps(scenario: Scenario, seed: int) -> list[int]:
    """Those of the even flow from the end of the bell on."""
    first, last, rate = scenario.calendar.bell_end, scenario.calendar.step_at(scenario.flow.flagged_last), scenario.flow.flagged_day_per_min
    found: list[int] = _spread(first, last, rate, draws(seed, PARENT_ORDERS, _LATE, int((last - first) * rate / STEPS_PER_MINUTE))).tolist()
    return found


def _frozen_steps(scenario: Scenario) -> list[int]:
    """The default seed's arrival steps after the bell, rebuilt around the file's: every eighth is the stale server's."""
    servers = scenario.fleet.servers
    rows = [row for row in scenario.parents if row.start_ms]
    opens, rollback = scenario.calendar.open, scenario.calendar.step_at(scenario.flow.history_rollback)
    steps: list[int] = []
    before = opens

    def fill(until: int, count: int) -> None:
        steps.extend(before + (until - before) * (i + 1) // (count + 1) for i in range(count))

    for row in rows:
        step = opens + int(row.start_ms or 0) * STEPS_PER_SECOND // 1000
        turn = len(steps) % servers + 1
        missing = (int(row.server or 1) - turn) % servers
        if missing:
            fill(min(step, rollback) if step >= rollback else step, missing)
        steps.append(step)
        before = step
    return steps


def _flagged(scenario: Scenario, seed: int) -> tuple[Whole, Whole]:
    """Flagged orders from the bell on, rows (step, stock, side, rate), in the order in which they are dealt; and the same parents in order
    of activation, rows (stock, side, rate): the k-th to meet the old code."""
    servers, stale = scenario.fleet.servers, stale_server(scenario, seed)
    frozen = seed == scenario.default_seed and bool(scenario.parents) and not scenario.faults.deck
    queue = scenario.flow.queued_flagged
    flow = _frozen_steps(scenario) if frozen else _flow_steps(scenario, seed)
    steps = np.array([scenario.calendar.open] * queue + flow, dtype=np.int64)
    turn = np.arange(len(steps)) % servers + 1
    met = (turn == stale) | ((np.arange(len(steps)) >= queue) & (steps >= scenario.calendar.step_at(scenario.flow.history_rollback)))
    known = int(met.sum())
    if frozen:
        own, _ = _frozen(scenario)
        count = len(scenario.symbols)
        more = Rule(scenario, seed).table(count, count + max(len(steps) - len(own), 0))[count:]
        table = np.concatenate([own, more])[: len(steps)]
    else:
        active = scenario.calendar.bell_end - steps[met]
        table = _drawn(scenario, seed, active[active > 0], len(steps))
    rows = np.empty((len(steps), 4), dtype=np.int64)
    rows[:, 0] = steps
    rows[met, 1:] = table[:known]
    # Of the others those of the flow come first: an early rollback then meets the file's parents in its order.
    others = np.flatnonzero(~met)
    rows[np.concatenate([others[others >= queue], others[others < queue]]), 1:] = table[known:]
    return rows, table


def _spread(first: int, until: int, per_min: float, words: Keys) -> Whole:
    """Steps of a flow of constant rate: one in every equal piece of time, jittered."""
    count = int((until - first) * per_min / STEPS_PER_MINUTE)
    at = np.arange(count, dtype=np.int64) * (until - first) * 1024 // max(count, 1)
    width = (until - first) * 1024 // max(count, 1)
    return first + (at + scaled(words[:count], max(width, 1))) // 1024


Span = tuple[int, int, float]  # from a step until another, orders a minute


def _plain(scenario: Scenario, seed: int) -> RecordArray:
    """Orders without the flag, for the whole day."""
    flow, calendar = scenario.flow, scenario.calendar
    last = calendar.close - STEPS_PER_MINUTE
    opens, bell_end = calendar.open, calendar.bell_end
    spans = ((0, opens, flow.plain_premarket_per_min), (opens, bell_end, flow.plain_bell_per_min), (bell_end, last, flow.plain_day_per_min))
    return _unflagged(scenario, seed, spans, 0)


def _rush(scenario: Scenario, seed: int, fault: Fault) -> RecordArray:
    """What clients send beside that while another firm runs away, in the stocks in which it does."""
    calendar, more = scenario.calendar, scenario.flow.plain_bell_per_min * (fault.times - 1)
    rows = _unflagged(scenario, seed, ((calendar.open, calendar.bell_end, more),), 6)
    kept: RecordArray = rows[fault.stocks(len(scenario.symbols))[rows["symbol"]]]
    return kept


def _unflagged(scenario: Scenario, seed: int, spans: tuple[Span, ...], first_word: int) -> RecordArray:
    """Plain orders at these rates, by draws of the CLIENTS stream from `first_word` on."""
    flow = scenario.flow
    most = sum(int((until - first) * rate / STEPS_PER_MINUTE) for first, until, rate in spans)
    words = [draws(seed, CLIENTS, first_word + k, most) for k in range(6)]
    rows, at = records((most,), ARRIVAL), 0
    for first, until, rate in spans:
        steps = _spread(first, until, rate, words[0][at:])
        rows["step"][at : at + len(steps)] = steps
        at += len(steps)
    _dress(rows, scenario, words[1:])
    adv = np.array([row.adv_shares for row in scenario.symbols])[rows["symbol"]]
    large = scaled(words[5], 10_000) < int(flow.large_share * 10_000)
    size = np.minimum(adv // flow.large_adv_part, flow.large_most) // 100 * 100
    rows["large"] = large & (size > 500)
    rows["qty"] = np.where(rows["large"], size, rows["qty"])
    return rows


def _dress(rows: RecordArray, scenario: Scenario, words: list[Keys]) -> None:
    """Stock, side, size and faithfulness of ordinary clients' orders."""
    weights = np.cumsum([isqrt(row.adv_shares) for row in scenario.symbols])
    rows["symbol"] = np.searchsorted(weights, scaled(words[0], int(weights[-1])), side="right")
    rows["side"] = np.where(words[1] >> np.uint64(63), 1, -1)
    rows["qty"] = (scaled(words[2], scenario.flow.qty_lots) + 1) * 100
    rows["kept_away"] = scaled(words[3], 256)
    rows["gap"] = gap_of(Decimal(10**6))


def _premarket(scenario: Scenario, seed: int) -> RecordArray:
    """Flagged orders for pre-market trading."""
    flow = scenario.flow
    rows = records((flow.premarket_flagged,), ARRIVAL)
    first, until = scenario.calendar.step_at(flow.premarket_from), scenario.calendar.step_at(flow.premarket_to)
    words = [draws(seed, PARENT_ORDERS, _EARLY + k, flow.premarket_flagged) for k in range(5)]
    width = (until - first) * 1024 // max(flow.premarket_flagged, 1)
    rows["step"] = first + (np.arange(flow.premarket_flagged) * width + scaled(words[0], width)) // 1024
    _dress(rows, scenario, words[1:])
    rows["flagged"] = 1
    return rows


def _send_from_and_to(rows: RecordArray, scenario: Scenario, seed: int) -> None:
    """Who sends each order and which exchange it would go to, by its number."""
    shares = np.cumsum([round(broker.share * 10**6) for broker in scenario.flow.broker])
    if len(shares):
        rows["broker"] = np.searchsorted(shares, scaled(draws(seed, BROKERS, 0, len(rows)), int(shares[-1])), side="right") + 1
    if scenario.exchange.session:
        rows["exchange"] = scaled(draws(seed, EXCHANGES, 0, len(rows)), len(scenario.exchange.session)) + 1


_plans: dict[tuple[str, int], tuple[RecordArray, RecordArray]] = {}


def arrival_plan(scenario: Scenario, seed: int) -> tuple[RecordArray, RecordArray]:
    """All arrivals of the day, made once a process for each scenario and seed; see `make_plan`."""
    key = (scenario.sha256, seed)
    if key not in _plans:
        if len(_plans) >= PLANS_KEPT:
            _plans.pop(next(iter(_plans)))
        _plans[key] = make_plan(scenario, seed)
    return _plans[key]


def make_plan(scenario: Scenario, seed: int) -> tuple[RecordArray, RecordArray]:
    """All arrivals of the day: (N,) ARRIVAL sorted by step, ids ascending from FIRST_ORDER; and (P,) ARRIVAL of activations.

    The record knows its flagged orders by the order in which they met the old code, so the k-th order to meet it trades the stock, side
    and rate of the k-th activation, on whatever server it does.
    """
    with localcontext() as context:
        context.prec = 30
        flagged, table = _flagged(scenario, seed)
        late = records((len(flagged),), ARRIVAL)
        late["step"], late["symbol"], late["side"] = flagged[:, 0], flagged[:, 1], flagged[:, 2]
        scale = Decimal(str(scenario.router.send_scale))
        late["gap"] = [gap_of(Decimal(rate) / scale) for rate in flagged[:, 3].tolist()]
        activations = records((len(table),), ARRIVAL)
        activations["symbol"], activations["side"] = table[:, 0], table[:, 1]
        activations["gap"] = [gap_of(Decimal(rate) / scale) for rate in table[:, 2].tolist()]
        late["flagged"] = 1
        late["qty"] = (scaled(draws(seed, PARENT_ORDERS, _LOTS, len(late)), scenario.flow.qty_lots) + 1) * 100
        late["kept_away"] = scaled(draws(seed, PARENT_ORDERS, _AWAY, len(late)), 256)
        parts, fault = [_premarket(scenario, seed), late, _plain(scenario, seed)], draw_fault(scenario, seed)
        if fault.times > 1:
            parts.append(_rush(scenario, seed, fault))
    rows = records((sum(map(len, parts)),), ARRIVAL)
    rows[:] = np.concatenate(parts)
    rows[:] = rows[np.argsort(rows["step"], kind="stable")]
    rows["id"] = FIRST_ORDER + np.arange(len(rows))
    _send_from_and_to(rows, scenario, seed)
    rows.flags.writeable = activations.flags.writeable = False
    return rows, activations
