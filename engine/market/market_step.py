"""The compiled heart: a block of steps over some symbols, and the dealing of parents to servers.

A block never crosses a moment at which symbols touch each other (a command, a control, an evidence tick), so it may run symbol
by symbol and on several threads. While a gross cap is on, every child depends on every other: such a block runs step by step.
"""

import numpy as np

from engine.jit import kernel, piece
from engine.market.controls import account_33, mark_hc
from engine.market.exchange import guard, roll_window
from engine.market.flow import quote, reprice, step_away
from engine.market.quotes import take_quotes
from engine.market.router import FLATTEN_PASSIVE, NOBODYS, POWER_PEG, REFUSE, RLP, RUNAWAY, finish, route, take, withdraw
from engine.market.state import CLIENT, ERROR, HEADROOM, ORDERS, PARENTS, RETURNED, SERVERS_MAX, WAITING
from engine.market_time import STEPS_PER_MINUTE


@piece
def gross_33(m):
    """Gross exposure of account 33 at reference prices, hundredths of a cent."""
    total = 0
    for s in range(m.market.shape[0]):
        shares = account_33(m, s)
        total += (shares if shares >= 0 else -shares) * mark_hc(m, s)
    return total


@piece
def prepare(m, s, step):
    """Before the makers act: reference price, the opening, a pause that ends. False when the symbol has nothing to do.

    Before the open makers stand around the last price and nobody trades but orders that are allowed to.
    """
    market, dials = m.market[s], m.dials[0]
    if step < dials.open_step:
        idle = market.settled == 1 and m.parent_count[s] == 0
        market.settled = 1
        return not idle
    market.step_volume_before = market.step_volume
    market.step_volume = 0
    reprice(m, s, step)
    if step == dials.open_step:
        market.open = (market.ref_256 + 128) >> 8
        market.last = market.high = market.low = market.open
        roll_window(m, s, step)
    elif market.paused_until == step:
        market.last = (market.ref_256 + 128) >> 8
        roll_window(m, s, step)
    return True


@piece
def trade_step(m, s, step, tape, rows):
    """One step of one symbol: reference price, makers, our router, takers, sudden gaps, breakers."""
    market, book = m.market[s], m.books[s]
    if not prepare(m, s, step):
        return
    paused = market.paused_until > step
    if paused:
        market.seen_bid = market.seen_ask = 0
    else:
        quote(m, s, step)
        market.seen_bid = book.floor + book.bid if book.bids > 0 else 0
        market.seen_ask = book.floor + book.ask if book.asks > 0 else 0
    if m.parent_count[s] > 0:
        route(m, s, step, tape, rows)
    if not paused and step >= m.dials[0].open_step:
        if market.quoted > 0:
            take_quotes(m, s, step, tape, rows)
        take(m, s, step, tape, rows)
        step_away(m, s, step)
        guard(m, s, step)


@kernel
def run(m, chosen, first, until, together, tape, rows):
    """Steps [first, until) of the chosen symbols.

    Apart: one symbol after the other. Together: step by step over all of them, with account 33's gross exposure kept as children
    execute. `tape` is a TAPE array to be filled (or empty: nothing is kept); rows = [rows written, rows lost, executions].
    """
    steps, count = until - first, chosen.shape[0]
    for outer in range(steps if together else count):
        if together:
            m.gross[0] = gross_33(m)
        for inner in range(count if together else steps):
            s = int(chosen[inner if together else outer])
            trade_step(m, s, first + (outer if together else inner), tape, rows)


@piece
def next_server(m, flagged):
    """The next running server of the round robin, or 0 when none runs."""
    for _ in range(SERVERS_MAX):
        server = m.turns[flagged] + 1
        m.turns[flagged] = server % SERVERS_MAX
        if m.servers[server] == 1:
            return server
    return 0


@piece
def exchange_for(m, arrival):
    """The exchange of a new parent: the one it was drawn, or by its number one of the others while that is avoided."""
    avoided = m.controls[0].avoided
    if avoided >> arrival.exchange & 1 == 0:
        return np.int64(arrival.exchange)
    count, others = m.dials[0].exchanges, 0
    for exchange in range(1, count + 1):
        others += 1 - (avoided >> exchange & 1)
    turn = (np.int64(arrival.id) * 2654435761 >> 16) % max(others, 1)
    for exchange in range(1, count + 1):
        if avoided >> exchange & 1 == 0:
            if turn == 0:
                return np.int64(exchange)
            turn -= 1
    return np.int64(arrival.exchange)


@piece
def give_back(m, arrival):
    """Hand an order that was not dealt to a server back to its client."""
    m.tally[0].handed_back += 1
    m.flows[arrival.symbol, arrival.broker, RETURNED] += 1


@piece
def place(m, arrival, activations, step, server, flagged, orders_refused, refused):
    """Give an arrival to a server, as the release it runs treats the order.

    The k-th order to meet power peg trades what the k-th of `activations` does (see `arrivals.plan`), but for a withdrawn stock.
    """
    session = 1 if step >= m.dials[0].open_step else 0
    wakes = _waking_4096(np.int64(arrival.id)) < m.controls[0].woken_4096
    behaviour = m.behaviours[server, flagged + (2 if wakes else 0), session]
    if behaviour == RLP and session == 1:
        m.tally[0].posted += m.controls[0].posting >> arrival.broker & 1
    order, k = arrival, m.tally[0].power_peg
    if behaviour == POWER_PEG and k < activations.shape[0] and m.withdrawn[activations[k].symbol] == 0:
        order = activations[k]
    s = order.symbol
    if behaviour == REFUSE:
        m.tally[0].refused += 1
        m.flows[arrival.symbol, arrival.broker, RETURNED] += 1
        if refused[0] < orders_refused.shape[0]:
            orders_refused[refused[0], 0] = arrival.id
            orders_refused[refused[0], 1] = server
            orders_refused[refused[0], 2] = step
            orders_refused[refused[0], 3] = s
            refused[0] += 1
        return
    if m.parent_count[s] >= m.parents.shape[1]:
        m.tally[0].overflow += 1
        give_back(m, arrival)
        return
    parent = enlist(m, s, arrival, step, server, flagged, behaviour)
    if behaviour == POWER_PEG:
        m.tally[0].power_peg += 1
    parent.side = order.side
    parent.account = ERROR if behaviour in RUNAWAY else CLIENT
    parent.gap = order.gap if behaviour == POWER_PEG else m.dials[0].route_gap
    parent.due = first_due(m, arrival, step, parent.gap)
    parent.waited = min(step - arrival.step, STEPS_PER_MINUTE)
    m.service[s].waited += parent.waited
    if parent.waited == 0:
        parent.waited = step - (parent.due >> 16)


@piece
def first_due(m, arrival, step, gap):
    """When the first child of an order goes out, 1/65,536 step."""
    return (np.int64(step) << 16) + (m.waits[(int(arrival.id) * 2654435761 >> 8) & 4095] * gap >> 16)


@piece
def enlist(m, s, arrival, step, server, flagged, behaviour):
    """The next row of a symbol's list of parents for an order of a client or a broker, filled with what is the same for all of them."""
    parent = m.parents[s, m.parent_count[s]]
    m.parent_count[s] += 1
    m.counters[s, server, PARENTS] += 1
    parent.id, parent.qty, parent.server = arrival.id, arrival.qty, server
    parent.behaviour, parent.flagged, parent.start = behaviour, flagged, step
    parent.broker, parent.exchange, parent.unacked = arrival.broker, exchange_for(m, arrival), 0
    parent.sent = parent.sent_shares = parent.filled = parent.rest_id = 0
    parent.rest_slot = parent.second = parent.in_second = parent.served = 0
    return parent


@piece
def place_again(m, arrival):
    """Give an order that its broker's gateway sends again to a server, which takes it for a new one. It wakes nothing, however it is marked; what
    it trades is the firm's. Where it finds no server it goes back at once: nobody waits for it.
    """
    s, step, controls = arrival.symbol, arrival.step, m.controls[0]
    m.tally[0].resent += 1
    m.flows[s, arrival.broker, ORDERS] += 1
    taken = controls.connected == 1 and controls.held >> arrival.broker & 1 == 0 and m.withdrawn[s] == 0 and not is_held(m, arrival)
    flagged = flag_of(m, arrival)
    server = next_server(m, flagged) if taken else 0
    behaviour = m.behaviours[server, flagged, 1 if step >= m.dials[0].open_step else 0]
    if server == 0 or behaviour == REFUSE:
        m.tally[0].turned_back += 1
        m.flows[s, arrival.broker, RETURNED] += 1
        return
    if m.parent_count[s] >= m.parents.shape[1] - HEADROOM // 4:  # far more than clients leave, in a scenario of very few stocks
        m.service[s].crowded += 1
        m.flows[s, arrival.broker, RETURNED] += 1
        return
    parent = enlist(m, s, arrival, step, server, flagged, behaviour)
    parent.side, parent.account, parent.gap, parent.served = arrival.side, ERROR, m.dials[0].route_gap, NOBODYS
    parent.due, parent.waited = first_due(m, arrival, step, parent.gap), 0


def waking_4096(ids):
    """The share of orders, in 4,096ths, from which on an order wakes what should not be done, by its id (one, or an array of them)."""
    mixed = ids * 2654435761 & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 15) * 1540483477 & 0xFFFFFFFF
    return (mixed ^ mixed >> 13) % 4096


_waking_4096 = piece(waking_4096)


def ramp_share(ids):
    """Percent of the flag from which on an order comes with it, 0 to 99, by its id (one, or an array of them): the same orders at every
    higher share.
    """
    return (ids * 2654435761 >> 12) % 100


_ramp_share = piece(ramp_share)


@piece
def flag_of(m, arrival):
    """1 when an order comes with the flag: not while upstream or its broker leaves it off, and of a ramp only the first orders by their
    key."""
    controls = m.controls[0]
    if arrival.flagged == 0 or controls.flag_off == 1 or controls.unflagged >> arrival.broker & 1 == 1:
        return 0
    return 1 if _ramp_share(np.int64(arrival.id)) < 100 - controls.ramp_out else 0


@piece
def is_held(m, arrival):
    """Whether a parent is so large that a person looks at it first."""
    return 0 < m.controls[0].hold_shares < arrival.qty


@piece
def is_turned_away(m, arrival, flagged):
    """Whether an order is refused for want of its broker's certificate or, as a short sale, of a locate: none is before the open."""
    controls = m.controls[0]
    if arrival.step < m.dials[0].open_step:
        return False
    if flagged == 1 and controls.uncertified >> arrival.broker & 1 == 1:
        return True
    return arrival.side < 0 and (np.int64(arrival.id) * 2246822519 >> 12) % 256 < controls.unlocated_256


@kernel
def deal(m, arrivals, activations, cursor, until, orders_refused, refused, resent):
    """Deal the arrivals up to step `until`; returns the new cursor into `arrivals`.

    One that finds no server waits (see `deal_waiting`). `refused` receives (order, server, step, symbol) of orders that a release
    refused before the open. `resent`: ARRIVAL by step, what is sent again in these steps, each behind the clients' of its own.
    """
    tally, controls, again = m.tally[0], m.controls[0], 0
    while True:
        more = cursor < arrivals.shape[0] and arrivals[cursor].step < until
        if again < resent.shape[0] and (not more or resent[again].step < arrivals[cursor].step):
            place_again(m, resent[again])
            again += 1
            continue
        if not more:
            break
        arrival = arrivals[cursor]
        cursor += 1
        if controls.gone >> arrival.broker & 1 == 1:
            tally.left += 1
            continue
        if arrival.kept_away < controls.away_256:
            if controls.left == 1:
                tally.left += 1
            else:
                tally.away += 1
            continue
        tally.arrived += 1
        flagged = flag_of(m, arrival)
        tally.flagged += flagged
        m.flows[arrival.symbol, arrival.broker, ORDERS] += 1
        if m.withdrawn[arrival.symbol] == 1:
            give_back(m, arrival)
            continue
        if controls.uncertified | controls.unlocated_256 > 0 and is_turned_away(m, arrival, flagged):
            tally.refused += 1
            m.flows[arrival.symbol, arrival.broker, RETURNED] += 1
            continue
        free = controls.connected == 1 and controls.held >> arrival.broker & 1 == 0 and not is_held(m, arrival)
        server = next_server(m, flagged) if free else 0
        if server > 0:
            place(m, arrival, activations, arrival.step, server, flagged, orders_refused, refused)
        elif tally.waiting < WAITING:
            m.waiting[tally.waiting] = cursor - 1
            tally.waiting += 1
        else:
            tally.overflow += 1
            give_back(m, arrival)
    return cursor


@kernel
def deal_waiting(m, arrivals, activations, step, orders_refused, refused):
    """Deal what has waited for a server, and one at a time what a person has looked at; who waited for a minute in vain is handed back to
    the client."""
    tally, controls = m.tally[0], m.controls[0]
    kept = 0
    looked_at = 1 if step % m.dials[0].hold_steps == 0 else 0
    for i in range(tally.waiting):
        arrival = arrivals[m.waiting[i]]
        flagged = flag_of(m, arrival)
        held = is_held(m, arrival)
        stopped = controls.held >> arrival.broker & 1 == 1
        if m.withdrawn[arrival.symbol] == 1:
            give_back(m, arrival)
            continue
        server = next_server(m, flagged) if controls.connected == 1 and not stopped and (not held or looked_at > 0) else 0
        if server > 0:
            looked_at -= 1 if held else 0
            place(m, arrival, activations, step, server, flagged, orders_refused, refused)
        elif step - arrival.step > m.dials[0].wait_steps:
            give_back(m, arrival)
        else:
            m.waiting[kept] = m.waiting[i]
            kept += 1
    for i in range(kept, tally.waiting):
        m.waiting[i] = 0
    tally.waiting = kept


@kernel
def flatten(m, s, parent_id, side, qty, behaviour, gap, step):
    """Put an order of the desk (outside the router) to work; False when the symbol's list of parents is full."""
    if m.parent_count[s] >= m.parents.shape[1]:
        m.tally[0].overflow += 1
        return False
    parent = m.parents[s, m.parent_count[s]]
    m.parent_count[s] += 1
    parent.id, parent.qty, parent.side, parent.server = parent_id, qty, side, 0
    parent.behaviour, parent.flagged, parent.start, parent.account = behaviour, 0, step, 2
    parent.broker = parent.exchange = parent.unacked = 0
    parent.gap, parent.due = gap, 0 if behaviour == FLATTEN_PASSIVE else step << 16
    parent.sent = parent.sent_shares = parent.filled = parent.rest_id = 0
    parent.rest_slot = parent.second = parent.in_second = parent.served = parent.waited = 0
    return True


@kernel
def withdraw_all(m, step, server):
    """End the parents of a server that stopped (0: of the desk) at once and cancel what they have resting; how many ended."""
    ended = 0
    for s in range(m.parent_count.shape[0]):
        kept = 0
        for i in range(m.parent_count[s]):
            parent = m.parents[s, i]
            if parent.server == server:
                finish(m, s, step, parent)
                ended += 1
                continue
            if kept != i:
                m.parents[s, kept] = m.parents[s, i]
            kept += 1
        m.parent_count[s] = kept
    return ended


@kernel
def withdraw_resting(m, exchange):
    """Cancel what parents of an exchange have resting; they go on."""
    for s in range(m.parent_count.shape[0]):
        for i in range(m.parent_count[s]):
            if m.parents[s, i].exchange == exchange:
                withdraw(m, s, m.parents[s, i])


@kernel
def withdraw_stock(m, s, step, desk):
    """End the orders in one stock, the desk's own or the router's, and cancel what they have resting."""
    kept = 0
    for i in range(m.parent_count[s]):
        parent = m.parents[s, i]
        if (parent.server == 0) == desk:
            finish(m, s, step, parent)
            continue
        if kept != i:
            m.parents[s, kept] = m.parents[s, i]
        kept += 1
    m.parent_count[s] = kept


@kernel
def count_runaway(m):
    """Parents that run away now, over all servers."""
    total = 0
    for s in range(m.parent_count.shape[0]):
        for i in range(m.parent_count[s]):
            if m.parents[s, i].behaviour in RUNAWAY:
                total += 1
    return total
