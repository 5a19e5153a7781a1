"""What a desk shares: the text of a pin, made of the desk's own cards as they are now, so that it never says more than the desk sees.

Every maker gives (title, lines), and raises Refused where its desk has no such thing to show.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from engine.arguments import Sentence
from engine.commands import Refused
from engine.evidence.telling import LINES, cut, said
from engine.firm.bridge import PINS, Shown, quoted
from engine.firm.simulation import Simulation
from engine.market.positions import price_text
from engine.market_time import STEPS_PER_MINUTE
from engine.money import exact
from engine.sights.cards import Checksum, OneLook, OneVersion, Rates, Server
from engine.sights.deployer import changes_card, flag_card, fleet_card, releases_card, terminal_card
from engine.sights.operator import dashboard_card, log_card, log_lines, look_card, rates_card, servers_card
from engine.sights.parts import kept, raised, tape_card
from engine.sights.risk import exchange_card, limits_card, pnl_card, positions_card, price_card
from engine.sights.team import newest_calls

LAST_PRINTS, LAST_MINUTES = 10, 10


def mail(desk: str) -> Callable[[Simulation, int], Shown]:
    """A mail of the desk that was opened."""

    def show(sim: Simulation, number: int) -> Shown:
        found = sim.inbox.mails.get(number)
        if found is None or found["desk"] != desk:
            raise Refused(f"id = {number}: expected the number of a mail that has arrived")
        if str(number) not in sim.inbox.opened:
            raise Refused("open the mail first: what nobody has read cannot be shared")
        title = quoted(sim, "mail", sender=found["sender"], subject=found["subject"])
        return title, [quoted(sim, "mail_lines", at=found["step"], body=found["body"])]

    return show


def call(desk: str) -> Callable[[Simulation, int], Shown]:
    """A call of the desk that was answered."""

    def show(sim: Simulation, number: int) -> Shown:
        found = next((row for row in newest_calls(sim, desk) if row["id"] == number), None)
        if found is None:
            raise Refused(f"id = {number}: expected the number of a call that rang here")
        if found["answer"] is None:
            raise Refused("answer the call first: what nobody has newest_calls cannot be shared")
        reply = said(sim.scenario.evidence.wordings, f"reply:{found['answer']}", {})
        title = quoted(sim, "call", caller=found["caller"], at=found["step"])
        return title, [quoted(sim, "call_lines", opening=found["opening"], reply=reply)]

    return show


# -- the operator


def alert(sim: Simulation, number: int) -> Shown:
    """An alert by its place, the newest being 0."""
    rows = raised(sim, "operator")
    if number >= len(rows):
        raise Refused(f"id = {number}: expected an alert's place, 0 for the newest of {len(rows)}")
    return quoted(sim, "alert", at=rows[number]["step"], alert=rows[number]["text"]), []


def _on_screen(sim: Simulation, number: int, server: int) -> str:
    """The server whose log or rates are on the screen, where that is the one that was meant."""
    if number not in (0, server):
        raise Refused(f"id = {number}: on the screen is {sim.fleet.label(server)}, expected {server} or 0")
    return sim.fleet.label(server)


def _told(rates: Rates | OneLook) -> list[str]:
    """Rates, a line each."""
    return [
        f"{rates['parents_in']:,} parent orders in a second",
        f"{rates['children_out']:,} child orders out a second",
        f"{rates['executions']:,} executions a second",
        f"{rates['rejects']:,} rejects a second",
    ]


def log(sim: Simulation, number: int) -> Shown:
    """The log that was tailed last."""
    card, tail = log_card(sim), sim.records.tails
    if card["server"] is None or tail is None:
        raise Refused("no server's log was asked for")
    rows = log_lines(sim, tail)
    if not card["server"]:
        found = [quoted(sim, "found_at", moment=step, line=text) for step, _, text in rows]
        return f"Logs searched for {card['search']} at {card['at']}", _as_many([card["says"], *found])
    name = _on_screen(sim, number, card["server"])
    lines = [quoted(sim, "log", moment=step, level=level, line=text) for step, level, text in rows]
    return f"Log of {name} at {card['at']}", _as_many(lines or ["no lines"])


def _as_many(lines: Sequence[Sentence]) -> list[Sentence]:
    """As many lines as a pin holds."""
    return [*lines] if len(lines) <= LINES else [*lines[: LINES - 1], f"and {len(lines) - LINES + 1} more lines"]


def look(sim: Simulation, number: int) -> Shown:
    """One server's rates as they were asked for last."""
    card = look_card(sim)
    if card["server"] is None:
        raise Refused("no server's rates was asked for")
    return f"Rates of {_on_screen(sim, number, card['server'])} at {card['at']}", _told(card)


def rates(sim: Simulation, number: int) -> Shown:
    """The firm's rates of the last minute."""
    return f"Rates of the firm at {sim.calendar.clock(sim.now)}", _told(rates_card(sim))


def _state(row: Server) -> str:
    sent = f", {row['rates']['children_out']:,} child orders out a second" if row["rates"] else ""
    return f"{row['name']}: {row['state']}{sent}"


def servers(sim: Simulation, number: int) -> Shown:
    """Process states."""
    return f"Servers at {sim.calendar.clock(sim.now)}", [_state(row) for row in servers_card(sim, sim.day.help_level)["servers"]]


def dashboard(sim: Simulation, number: int) -> Shown:
    """The busiest parent of every server over five seconds."""
    card = dashboard_card(sim)
    if not card["built"] or card["as_of"] is None:
        raise Refused("there is no dashboard that shows anything")
    lines = []
    for row in card["servers"]:
        first = next(iter(row["parents"]), None)
        says = ""
        if first:
            done = f"{first['executed']:,} of {first['shares']:,}"
            says = f", order {first['id']:,} in {first['symbol']} {first['children_per_s']:,}, executed {done}"
        lines.append(f"{row['name']}: {row['children_per_s']:,} children a second{says}")
    lines += [f"{row['name']}: {row['orders_per_s']:,} orders in a second" for row in card["brokers"]]
    lines += [f"{row['name']}: {row['children_per_s']:,} orders out, {row['executions_per_s']:,} executions a second" for row in card["exchanges"]]
    return f"Dashboard at {card['as_of']}", cut("\n".join(lines))


# -- the deployer


def _checked(found: Checksum) -> str:
    running = f"running {found['process']} {found['process_release']}".rstrip() if found["process"] else "no process"
    return f"on disk {found['disk']} {found['disk_release']}".rstrip() + f", {running}: {'the same' if found['same'] else 'they differ'}"


def checksum(sim: Simulation, number: int) -> Shown:
    """The last checksum of one server."""
    card = fleet_card(sim, sim.day.help_level)
    row = next((row for row in card["servers"] if row["n"] == number), None)
    if row is None:
        raise Refused(f"id = {number}: expected a server's number from 1 to {len(card['servers'])}")
    found = row["checksum"]
    if found is None:
        raise Refused(f"no checksum of {row['name']} was asked for")
    running = f"Running {found['process']} {found['process_release']}" if found["process"] else "No process"
    wanted = next(release["hash"] for release in releases_card(sim)["releases"] if release["name"] == card["target"])
    lines = [f"On disk {found['disk']} {found['disk_release']}", running, "The same" if found["same"] else "They differ"]
    at = sim.calendar.clock(sim.now) if card["truth"] else found["at"]
    return f"Checksum of {row['name']} at {at}", [line.rstrip() for line in lines] + [f"Wanted {wanted} {card['target']}"]


def _version(found: OneVersion) -> str:
    return f"{found['name']} of {found['dated']}, {found['hash']}"


def _compared(sim: Simulation, what: Literal["config", "data"], title: str, number: int) -> Shown:
    """What was found when a server's config or reference data was last compared."""
    card = fleet_card(sim, sim.day.help_level)
    row = next((row for row in card["servers"] if row["n"] == number), None)
    if row is None:
        raise Refused(f"id = {number}: expected a server's number from 1 to {len(card['servers'])}")
    found = row[what]
    if found is None:
        raise Refused(f"the {title.lower()} of {row['name']} was not compared")
    disk, loaded, right = found["disk"], found["loaded"], card[what]
    running = "No process" if loaded is None else "Loaded the same" if loaded == disk else f"Loaded {_version(loaded)}"
    lines = [f"On disk {_version(disk)}", running, f"Recorded {right['name']} of {right['dated']}, {right['hash']}"]
    for one in [disk] if loaded is None or loaded == disk else [disk, loaded]:
        lines += [f"{line['sign']} {line['text']}" for line in one["lines"]]
    return f"{title} of {row['name']} at {found['at']}", cut("\n".join(lines))


def config(sim: Simulation, number: int) -> Shown:
    """The last comparison of one server's config."""
    return _compared(sim, "config", "Config", number)


def data(sim: Simulation, number: int) -> Shown:
    """The last comparison of one server's reference data."""
    return _compared(sim, "data", "Reference data", number)


def fleet(sim: Simulation, number: int) -> Shown:
    """Every server as the copy tool recorded it, with the checksums that were asked for."""
    card = fleet_card(sim, sim.day.help_level)
    lines = []
    for row in card["servers"]:
        seen = f"; checksum {row['checksum']['at']}: {_checked(row['checksum'])}" if row["checksum"] else ""
        lines.append(f"{row['name']}: {row['recorded']}, copied {row['copied_at']}{seen}")
    return f"Fleet as recorded, at {sim.calendar.clock(sim.now)}", cut("\n".join(lines))


def diff(sim: Simulation, number: int) -> Shown:
    """A diff between releases by its place."""
    diffs = releases_card(sim)["diffs"]
    if number >= len(diffs):
        raise Refused(f"id = {number}: expected a diff's place from 0 to {len(diffs) - 1}")
    return f"Diff: {diffs[number]['title']}", cut("\n".join(f"{line['sign']} {line['text']}" for line in diffs[number]["lines"]))


def changes(sim: Simulation, number: int) -> Shown:
    """The change calendar."""
    rows = changes_card(sim)["rows"]
    return "Changes of the week", cut("\n".join(f"{row['when']} {row['title']}, {row['who']}: {row['state']}" for row in rows))


def flag(sim: Simulation, number: int) -> Shown:
    """The flag upstream."""
    return f"Flag at {sim.calendar.clock(sim.now)}: {'set' if flag_card(sim)['set'] else 'clear'}", ["As upstream says."]


def terminal(sim: Simulation, number: int) -> Shown:
    """What the tools printed last."""
    lines = terminal_card(sim)["lines"][-LAST_PRINTS:]
    if not lines:
        raise Refused("the terminal is empty")
    return f"Terminal at {lines[-1]['at']}", cut("\n".join(f"{line['at']} {line['text']}" for line in lines))


# -- the risk manager


def pnl(sim: Simulation, number: int) -> Shown:
    """The position monitor's totals."""
    card = pnl_card(sim, sim.day.help_level)
    sold = [f"If sold now {exact(card['sold_now_usd'])}"] if card["sold_now_usd"] is not None else []
    grows = "grows" if card["growing"] else "does not grow"
    return f"Position monitor at {sim.calendar.clock(sim.now)}, as of {card['as_of']}", [
        f"Gross {exact(card['gross_usd'])}, {grows}: {exact(card['gross_per_min_usd'])} in the last minute shown",
        f"Long {exact(card['long_usd'])}, short {exact(card['short_usd'])}, net {exact(card['net_usd'])}",
        f"At mid {exact(card['mid_usd'])}, cash {exact(card['cash_usd'])}",
        *sold,
    ]


def position(sim: Simulation, number: int) -> Shown:
    """One stock of the position table, by its place among the symbols."""
    if number >= len(sim.names):
        raise Refused(f"id = {number}: expected a stock's place from 0 to {len(sim.names) - 1}")
    card = positions_card(sim)
    return f"{sim.names[number]} at {sim.calendar.clock(sim.now)}, as of {card['as_of']}", [
        f"{card['shares'][number]:,} shares, {exact(card['notional_usd'][number])}",
        f"Last {price_text(card['price_hc'][number])}, {card['move_bp'][number] / 100:+.1f} % since the open",
        f"Profit and loss at mid {exact(card['pnl_usd'][number])}",
    ]


def limits(sim: Simulation, number: int) -> Shown:
    """What is set."""
    card = limits_card(sim)
    return f"Limits at {sim.calendar.clock(sim.now)}", [
        f"Gross cap {exact(card['gross_cap_usd']) if card['gross_cap_usd'] else 'none'}",
        f"Order rate {card['rate_per_second']} a second" if card["rate_per_second"] else "Order rate no cap",
        f"Collar {card['collar_percent']:g} %" if card["collar_percent"] else "Collar none",
        f"Reconciliation {'on' if card['reconcile'] else 'off'}",
        *([f"Capital threshold {exact(card['threshold_usd'])}"] if card["threshold_usd"] else []),
        *(["All order entry is stopped"] if card["shut"] else []),
        *([f"Parents above {card['hold_shares']:,} shares wait for a person"] if card["hold_shares"] else []),
        f"Clients {'route away' if card['clients_away'] else 'with us'}",
    ]


def tape(sim: Simulation, number: int) -> Shown:
    """Last sales of the stocks that moved most."""
    items = kept(sim, "tape", sim.gauges.tick, lambda: tape_card(sim))["items"]
    if not items:
        raise Refused("nothing has traded yet")
    lines = [
        f"{item['symbol']} {item['price']} {item['move_bp'] / 100:+.1f} %, {item['shares']:,} shares"
        for item in items[:LAST_PRINTS]
    ]
    return f"Tape at {sim.calendar.clock(sim.now)}", lines


def price(sim: Simulation, number: int) -> Shown:
    """The last minutes of the stock watched."""
    card = price_card(sim)
    if card["symbol"] is None:
        raise Refused("watch a stock first")
    if not card["price_hc"]:
        raise Refused(f"{card['symbol']} has not traded yet")
    clock = sim.calendar.clock
    minutes = range(sim.calendar.open, sim.now + 1, STEPS_PER_MINUTE)
    rows = list(zip(minutes, card["price_hc"], card["volume"], strict=False))[-LAST_MINUTES:]
    lines = [f"{clock(step)[:5]} {price_text(value)}, {volume:,} shares" for step, value, volume in rows]
    return f"{card['symbol']} at {clock(sim.now)}", lines


def exchange(sim: Simulation, number: int) -> Shown:
    """What the exchange reviews and has ruled."""
    card = exchange_card(sim)
    bust = card["bust"]
    lines = [f"Review asked {bust['asked'][:5]}, ruling {bust['ruling_at'][:5]}" if bust else "No review is open"]
    lines += [f"Ruling {row['at'][:5]}: {exact(row['relief_usd'])}" for row in card["busts"]]
    return f"Exchange at {sim.calendar.clock(sim.now)}", [*lines, "Cut off" if card["cut_off"] else "Not cut off"]


_MAKERS: dict[str, tuple[Callable[[Simulation, int], Shown], ...]] = {
    "operator": (alert, log, look, rates, servers, dashboard),
    "deployer": (checksum, config, data, fleet, diff, changes, flag, terminal),
    "risk": (pnl, position, limits, tape, price, exchange),
}


def register_pins() -> None:
    """Tell the levers what each desk can share."""
    for desk, makers in _MAKERS.items():
        PINS[desk, "mail"], PINS[desk, "call"] = mail(desk), call(desk)
        PINS.update({(desk, make.__name__): make for make in makers})
