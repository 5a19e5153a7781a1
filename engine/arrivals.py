"""Which parent orders reach the router, when: planned whole from scenario and seed, whatever anybody does.

Flagged orders: some for pre-market trading, a queue that waits for the bell, then a decaying flow; all are dealt round
robin, so the place in the sequence decides which server would see an order. The record's parents (the default seed's
frozen file, or a draw by the same rule) stand at the places that met the old code in history: the stale server's
before the rollback, all afterwards. Everybody else's order is drawn by the rule: a stock by the root of its volume,
the other side with probability one half, a rate by the stock's volume and a lognormal factor.
"""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from math import isqrt
from typing import Any, NamedTuple

import numpy as np

from engine.chance import CLIENTS, FLEET, PARENTS, below, draw, draws, normal, scaled
from engine.derive import gap_of
from engine.market_time import BELL_END, CLOSE, OPEN, STEPS_PER_MINUTE, STEPS_PER_SECOND, step_at
from engine.scenario import Scenario
from engine.state import ARRIVAL, records

FIRST_ORDER = 100_001
# What a draw of the PARENTS stream decides.
_SIDES, _ORDER, _STOCK, _OTHER_SIDE, _RATE, _LOTS, _TIME, _AWAY, _EARLY = range(9)


class Parent(NamedTuple):
    """A flagged order as the rule draws it: stock (index), side, executions a second were it to run away (millionths)."""

    symbol: int
    side: int
    rate_e6: int


def stale_server(scenario: Scenario, seed: int) -> int:
    """The server that the first manual copy missed."""
    named = scenario.fleet.stale_seeds.get(str(seed))
    return named if named else below(seed, FLEET, 0, 0, scenario.fleet.servers) + 1


class Rule:
    """The draw of flagged parents for one seed (facts of the record, section on parents)."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        count = len(scenario.symbols)
        self.weights = np.cumsum([isqrt(row.adv_shares) for row in scenario.symbols])
        order = sorted(range(count), key=lambda i: (draw(seed, PARENTS, _SIDES, i), i))
        short = set(order[: scenario.flow.history_short])
        self.first = [Parent(i, -1 if i in short else 1, self._rate(i, i)) for i in range(count)]

    def _rate(self, symbol: int, n: int) -> int:
        flow = self.scenario.flow
        factor = (normal(self.seed, PARENTS, _RATE, n) * Decimal(str(flow.rate_sd))).exp()
        return min(int(self.scenario.symbols[symbol].rate_e6 * factor), int(flow.rate_most * 10**6))

    def extra(self, n: int) -> Parent:
        """The n-th parent beyond one a stock."""
        symbol = int(np.searchsorted(self.weights, below(self.seed, PARENTS, _STOCK, n, int(self.weights[-1])), side="right"))
        first = self.first[symbol]
        rate = self._rate(symbol, len(self.first) + n)
        if draw(self.seed, PARENTS, _OTHER_SIDE, n) & 1:
            return Parent(symbol, first.side, rate)
        return Parent(symbol, -first.side, min(rate, int(first.rate_e6 * Decimal(str(self.scenario.flow.partner_rate)))))

    def historical(self, count: int) -> list[Parent]:
        """`count` parents in order of activation: one a stock and extras, each after its stock's first."""
        pool = [*self.first, *(self.extra(n) for n in range(count - len(self.first)))]
        order = sorted(range(len(pool)), key=lambda i: (draw(self.seed, PARENTS, _ORDER, i), i))
        place = {n: at for at, n in enumerate(order)}
        for n in range(len(self.first), len(pool)):
            first = pool[n].symbol
            if place[n] < place[first]:
                order[place[n]], order[place[first]] = first, n
                place[n], place[first] = place[first], place[n]
        return [pool[n] for n in order][:count]


def _frozen(scenario: Scenario, rule: Rule) -> tuple[list[Parent], list[Parent]]:
    """The default seed's parents: those of the record, and those beyond them; the rule's firsts follow the file."""
    index = {name: i for i, name in enumerate(scenario.names)}
    rows = [Parent(index[row.symbol], 1 if row.side == "BUY" else -1, row.rate_e6) for row in scenario.parents]
    for parent in reversed(rows):
        rule.first[parent.symbol] = parent
    cut = sum(row.start_ms is not None for row in scenario.parents)
    return rows[:cut], rows[cut:]


def _flow_steps(scenario: Scenario, seed: int) -> list[int]:
    """Steps at which flagged orders arrive after the bell: jittered quantiles of the decaying intensity."""
    flow = scenario.flow
    tau, total = Decimal(str(flow.flagged_tau_min)), Decimal(str(flow.flagged_per_min)) * Decimal(str(flow.flagged_tau_min))
    steps, last = [], step_at(flow.flagged_last)
    for n in range(int(total)):
        jitter = Decimal(below(seed, PARENTS, _TIME, n, 1 << 20)) / (1 << 20)
        share = (n + jitter) / total
        if share >= 1:
            break
        step = OPEN + int(-tau * (1 - share).ln() * STEPS_PER_MINUTE)
        if step > last:
            break
        steps.append(max(step, OPEN + 1))
    return steps


def _frozen_steps(scenario: Scenario) -> list[int]:
    """The default seed's arrival steps after the bell, rebuilt around the file's: every eighth is the stale server's."""
    servers = scenario.fleet.servers
    rows = [row for row in scenario.parents if row.start_ms]
    rollback = step_at(scenario.flow.history_rollback)
    steps: list[int] = []
    before = OPEN

    def fill(until: int, count: int) -> None:
        steps.extend(before + (until - before) * (i + 1) // (count + 1) for i in range(count))

    for row in rows:
        step = OPEN + int(row.start_ms or 0) * STEPS_PER_SECOND // 1000
        turn = len(steps) % servers + 1
        missing = (int(row.server or 1) - turn) % servers
        if missing:
            fill(min(step, rollback) if step >= rollback else step, missing)
        steps.append(step)
        before = step
    return steps


def _flagged(scenario: Scenario, seed: int) -> Iterator[tuple[int, Parent]]:
    """(step, parent) of the flagged orders from the bell on, in the order in which they are dealt."""
    servers, stale = scenario.fleet.servers, stale_server(scenario, seed)
    rule = Rule(scenario, seed)
    frozen = seed == scenario.default_seed and bool(scenario.parents)
    known, beyond = _frozen(scenario, rule) if frozen else ([], [])
    steps = _frozen_steps(scenario) if frozen else _flow_steps(scenario, seed)
    rollback = step_at(scenario.flow.history_rollback)
    queue = scenario.flow.queued_flagged
    met = [i % servers + 1 == stale for i in range(queue)]
    met += [step >= rollback or (queue + i) % servers + 1 == stale for i, step in enumerate(steps)]
    extras = (rule.extra(n) for n in range(len(known) if frozen else sum(met), 10**9))
    record = iter(known if frozen else rule.historical(sum(met)))
    others = iter(beyond)
    found = [next(record, None) if hit else None for hit in met]
    # Others of the flow come first: an early rollback then meets the file's parents in its order.
    for i in [*range(queue, len(met)), *range(queue)]:
        if found[i] is None:
            found[i] = next(others, None) or next(extras)
    for i, parent in enumerate(found):
        assert parent is not None
        yield (OPEN if i < queue else steps[i - queue]), parent


def _spread(first: int, until: int, per_min: float, words: Any) -> Any:
    """Steps of a flow of constant rate: one in every equal piece of time, jittered."""
    count = int((until - first) * per_min / STEPS_PER_MINUTE)
    at = np.arange(count, dtype=np.int64) * (until - first) * 1024 // max(count, 1)
    width = (until - first) * 1024 // max(count, 1)
    return first + (at + scaled(words[:count], max(width, 1))) // 1024


def _plain(scenario: Scenario, seed: int) -> Any:
    """Orders without the flag, for the whole day."""
    flow = scenario.flow
    spans = ((0, OPEN, flow.plain_premarket_per_min), (OPEN, BELL_END, flow.plain_bell_per_min), (BELL_END, CLOSE - 240, flow.plain_day_per_min))
    most = sum(int((until - first) * rate / STEPS_PER_MINUTE) for first, until, rate in spans)
    words = [draws(seed, CLIENTS, k, most) for k in range(6)]
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


def _dress(rows: Any, scenario: Scenario, words: list[Any]) -> None:
    """Stock, side, size and faithfulness of ordinary clients' orders."""
    weights = np.cumsum([isqrt(row.adv_shares) for row in scenario.symbols])
    rows["symbol"] = np.searchsorted(weights, scaled(words[0], int(weights[-1])), side="right")
    rows["side"] = np.where(words[1] >> np.uint64(63), 1, -1)
    rows["qty"] = (scaled(words[2], scenario.flow.qty_lots) + 1) * 100
    rows["kept_away"] = scaled(words[3], 256)
    rows["gap"] = gap_of(Decimal(10**6))


def _premarket(scenario: Scenario, seed: int) -> Any:
    """Flagged orders for pre-market trading."""
    flow = scenario.flow
    rows = records((flow.premarket_flagged,), ARRIVAL)
    first, until = step_at(flow.premarket_from), step_at(flow.premarket_to)
    words = [draws(seed, PARENTS, _EARLY * 16 + k, flow.premarket_flagged) for k in range(5)]
    width = (until - first) * 1024 // max(flow.premarket_flagged, 1)
    rows["step"] = first + (np.arange(flow.premarket_flagged) * width + scaled(words[0], width)) // 1024
    _dress(rows, scenario, words[1:])
    rows["flagged"] = 1
    return rows


def plan(scenario: Scenario, seed: int) -> Any:
    """All arrivals of the day: (N,) ARRIVAL sorted by step, ids ascending from FIRST_ORDER."""
    with localcontext() as context:
        context.prec = 30
        flagged = list(_flagged(scenario, seed))
        late = records((len(flagged),), ARRIVAL)
        for i, (step, parent) in enumerate(flagged):
            row = late[i]
            row.step, row.symbol, row.side, row.flagged = step, parent.symbol, parent.side, 1
            row.gap = gap_of(Decimal(parent.rate_e6) / Decimal(str(scenario.router.send_scale)))
            row.qty = (below(seed, PARENTS, _LOTS, i, scenario.flow.qty_lots) + 1) * 100
            row.kept_away = below(seed, PARENTS, _AWAY, i, 256)
        parts = [_premarket(scenario, seed), late, _plain(scenario, seed)]
    rows = np.concatenate(parts).view(np.recarray)
    rows = rows[np.argsort(rows["step"], kind="stable")].view(np.recarray)
    rows["id"] = FIRST_ORDER + np.arange(len(rows))
    rows.flags.writeable = False
    return rows
