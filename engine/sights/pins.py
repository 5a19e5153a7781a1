"""What a desk shares: the text of a pin, made of the desk's own cards as they are now, so that it never says more than the desk sees.

Every maker gives (title, lines), and raises Refused where its desk has no such thing to show. Lines are sentences, filled with figures, names and
clocks as the cards have them; what a machine printed stays as it is.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from engine.arguments import Sentence, msgid, phrase
from engine.commands import Refused
from engine.evidence.telling import LINES, MORE, said
from engine.firm.bridge import PINS, Shown, quoted
from engine.firm.simulation import Simulation
from engine.market_time import STEPS_PER_MINUTE
from engine.sights.cards import Checksum, DashboardRow, DiffLine, Host, OneLook, OneVersion, Rates, Recorded, Server
from engine.sights.deployer import changes_card, flag_card, fleet_card, releases_card, terminal_card
from engine.sights.operator import dashboard_card, log_card, log_lines, look_card, rates_card, servers_card
from engine.sights.parts import kept, raised, tape_card
from engine.sights.risk import exchange_card, limits_card, pnl_card, positions_card, price_card
from engine.sights.team import newest_calls

LAST_PRINTS, LAST_MINUTES = 10, 10


def _now(sim: Simulation) -> str:
    return sim.calendar.clock(sim.now)


def mail(desk: str) -> Callable[[Simulation, int], Shown]:
    """A mail of the desk that was opened."""

    def show(sim: Simulation, number: int) -> Shown:
        found = sim.inbox.mails.get(number)
        if found is None or found["desk"] != desk:
            raise Refused("id = {number}: expected the number of a mail that has arrived", number=number)
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
            raise Refused("id = {number}: expected the number of a call that rang here", number=number)
        if found["answer"] is None:
            raise Refused("answer the call first: what nobody has heard cannot be shared")
        reply = said(sim.scenario.evidence.wordings, f"reply:{found['answer']}", {})
        title = quoted(sim, "call", caller=found["caller"], at=found["step"])
        return title, [quoted(sim, "call_lines", opening=found["opening"], reply=reply)]

    return show


# -- the operator


def alert(sim: Simulation, number: int) -> Shown:
    """An alert by its place, the newest being 0."""
    rows = raised(sim, "operator")
    if number >= len(rows):
        raise Refused("id = {number}: expected an alert's place, 0 for the newest of {count}", number=number, count=len(rows))
    return quoted(sim, "alert", at=rows[number]["step"], alert=rows[number]["text"]), []


def _on_screen(sim: Simulation, number: int, server: int) -> str:
    """The server whose log or rates are on the screen, where that is the one that was meant."""
    if number not in (0, server):
        raise Refused("id = {number}: {server} is on the screen, expected {shown} or 0", number=number, server=sim.fleet.label(server), shown=server)
    return sim.fleet.label(server)


def _told(rates: Rates | OneLook) -> list[Sentence]:
    """Rates, a line each."""
    return [
        phrase("{rate:,} parent orders in a second", rate=rates["parents_in"]),
        phrase("{rate:,} child orders out a second", rate=rates["children_out"]),
        phrase("{rate:,} executions a second", rate=rates["executions"]),
        phrase("{rate:,} rejects a second", rate=rates["rejects"]),
    ]


def log(sim: Simulation, number: int) -> Shown:
    """The log that was tailed last."""
    card, tail = log_card(sim), sim.records.tails
    if card["server"] is None or tail is None:
        raise Refused("no server's log was asked for")
    rows = log_lines(sim, tail)
    if not card["server"]:
        found = [quoted(sim, "found_at", moment=step, line=text) for step, _, text in rows]
        return phrase("Logs searched for {searched} at {time}", searched=card["search"], time=card["at"]), _as_many([card["says"], *found])
    name = _on_screen(sim, number, card["server"])
    lines = [quoted(sim, "log", moment=step, level=level, line=text) for step, level, text in rows]
    return phrase("Log of {server} at {time}", server=name, time=card["at"]), _as_many(lines or [phrase("no lines")])


def _as_many(lines: Sequence[Sentence]) -> list[Sentence]:
    """As many lines as a pin holds."""
    return [*lines] if len(lines) <= LINES else [*lines[: LINES - 1], phrase(MORE, count=len(lines) - LINES + 1)]


def look(sim: Simulation, number: int) -> Shown:
    """One server's rates as they were asked for last."""
    card = look_card(sim)
    if card["server"] is None:
        raise Refused("no server's rates were asked for")
    return phrase("Rates of {server} at {time}", server=_on_screen(sim, number, card["server"]), time=card["at"]), _told(card)


def rates(sim: Simulation, number: int) -> Shown:
    """The firm's rates of the last minute."""
    return phrase("Rates of the firm at {time}", time=_now(sim)), _told(rates_card(sim))


_STATES = {"running": msgid("running"), "starting": msgid("starting"), "stopped": msgid("stopped"), "disconnected": msgid("disconnected")}


def _state(row: Server) -> Sentence:
    state = phrase(_STATES[row["state"]])
    if row["rates"] is None:
        return phrase("{server}: {state}", server=row["name"], state=state)
    rate = row["rates"]["children_out"]
    return phrase("{server}: {state}, {rate:,} child orders out a second", server=row["name"], state=state, rate=rate)


def servers(sim: Simulation, number: int) -> Shown:
    """Process states."""
    return phrase("Servers at {time}", time=_now(sim)), [_state(row) for row in servers_card(sim, sim.day.help_level)["servers"]]


def _busiest(row: DashboardRow) -> Sentence:
    first = next(iter(row["parents"]), None)
    if first is None:
        return phrase("{server}: {rate:,} children a second", server=row["name"], rate=row["children_per_s"])
    return phrase(
        "{server}: {rate:,} children a second, order {order:,} in {stock} {own:,}, executed {executed:,} of {shares:,}",
        server=row["name"], rate=row["children_per_s"], order=first["id"], stock=first["symbol"], own=first["children_per_s"],
        executed=first["executed"], shares=first["shares"],
    )


def dashboard(sim: Simulation, number: int) -> Shown:
    """The busiest parent of every server over five seconds."""
    card = dashboard_card(sim)
    if not card["built"] or card["as_of"] is None:
        raise Refused("there is no dashboard, or it shows nothing yet")
    lines = [_busiest(row) for row in card["servers"]]
    lines += [phrase("{broker}: {rate:,} orders in a second", broker=row["name"], rate=row["orders_per_s"]) for row in card["brokers"]]
    for row in card["exchanges"]:
        sent, done = row["children_per_s"], row["executions_per_s"]
        lines.append(phrase("{exchange}: {rate:,} orders out, {done:,} executions a second", exchange=row["name"], rate=sent, done=done))
    return phrase("Dashboard at {time}", time=card["as_of"]), _as_many(lines)


# -- the deployer


def _named(found: str, release: str) -> str:
    return f"{found} {release}".rstrip()


def _checked(found: Checksum) -> Sentence:
    disk = _named(found["disk"], found["disk_release"])
    if not found["process"]:
        return phrase("on disk {disk}, no process: they differ", disk=disk)
    process = _named(found["process"], found["process_release"])
    return phrase(
        "on disk {disk}, running {process}: the same" if found["same"] else "on disk {disk}, running {process}: they differ",
        disk=disk, process=process,
    )


def checksum(sim: Simulation, number: int) -> Shown:
    """The last checksum of one server."""
    card = fleet_card(sim)
    row = next((row for row in card["servers"] if row["n"] == number), None)
    if row is None:
        raise Refused("id = {number}: expected a server's number from 1 to {most}", number=number, most=len(card["servers"]))
    found = row["checksum"]
    if found is None:
        raise Refused("no checksum of {server} was asked for", server=row["name"])
    process = _named(found["process"], found["process_release"])
    wanted = next(release["hash"] for release in releases_card(sim)["releases"] if release["name"] == card["target"])
    return phrase("Checksum of {server} at {time}", server=row["name"], time=found["at"]), [
        phrase("On disk {version}", version=_named(found["disk"], found["disk_release"])),
        phrase("Running {version}", version=process) if process else phrase("No process"),
        phrase("The same" if found["same"] else "They differ"),
        phrase("Wanted {version}", version=_named(wanted, card["target"])),
    ]


def _signed(lines: list[DiffLine]) -> list[str]:
    """Lines of files, as they are."""
    return [text for line in lines if (text := f"{line['sign']} {line['text']}").strip()]


def _version(say: str, found: OneVersion | Recorded) -> Sentence:
    return phrase(say, version=found["name"], dated=found["dated"], hash=found["hash"])


def _compared(sim: Simulation, what: Literal["config", "data"], title: str, uncompared: str, number: int) -> Shown:
    """What was found when a server's config or reference data was last compared."""
    card = fleet_card(sim)
    row = next((row for row in card["servers"] if row["n"] == number), None)
    if row is None:
        raise Refused("id = {number}: expected a server's number from 1 to {most}", number=number, most=len(card["servers"]))
    found = row[what]
    if found is None:
        raise Refused(uncompared, server=row["name"])
    disk, loaded = found["disk"], found["loaded"]
    lines = [_version(msgid("On disk {version} of {dated}, {hash}"), disk)]
    if loaded is None:
        lines.append(phrase("No process"))
    elif loaded == disk:
        lines.append(phrase("Loaded the same"))
    else:
        lines.append(_version(msgid("Loaded {version} of {dated}, {hash}"), loaded))
    lines.append(_version(msgid("Recorded {version} of {dated}, {hash}"), card[what]))
    for one in [disk] if loaded is None or loaded == disk else [disk, loaded]:
        lines += _signed(one["lines"])
    return phrase(title, server=row["name"], time=found["at"]), _as_many(lines)


def config(sim: Simulation, number: int) -> Shown:
    """The last comparison of one server's config."""
    return _compared(sim, "config", msgid("Config of {server} at {time}"), msgid("the config of {server} was not compared"), number)


def data(sim: Simulation, number: int) -> Shown:
    """The last comparison of one server's reference data."""
    return _compared(sim, "data", msgid("Reference data of {server} at {time}"), msgid("the reference data of {server} were not compared"), number)


def _recorded(row: Host) -> Sentence:
    copied: Sentence = row["recorded"]
    if row["copied_at"]:
        copied = phrase("{release}, copied {time}", release=row["recorded"], time=row["copied_at"])
    if row["checksum"] is None:
        return phrase("{server}: {copied}", server=row["name"], copied=copied)
    found = _checked(row["checksum"])
    return phrase("{server}: {copied}; checksum {time}: {found}", server=row["name"], copied=copied, time=row["checksum"]["at"], found=found)


def fleet(sim: Simulation, number: int) -> Shown:
    """Every server as the copy tool recorded it, with the checksums that were asked for."""
    return phrase("Fleet as recorded, at {time}", time=_now(sim)), _as_many([_recorded(row) for row in fleet_card(sim)["servers"]])


def diff(sim: Simulation, number: int) -> Shown:
    """A diff between releases by its place."""
    diffs = releases_card(sim)["diffs"]
    if number >= len(diffs):
        raise Refused("id = {number}: expected a diff's place from 0 to {most}", number=number, most=len(diffs) - 1)
    return phrase("Diff: {title}", title=diffs[number]["title"]), _as_many(_signed(diffs[number]["lines"]))


def changes(sim: Simulation, number: int) -> Shown:
    """The change calendar."""
    return phrase("Changes of the week"), _as_many(
        [
            phrase("{when} {title}, {who}: {state}", when=row["when"], title=row["title"], who=row["who"], state=row["state"])
            for row in changes_card(sim)["rows"]
        ]
    )


def flag(sim: Simulation, number: int) -> Shown:
    """The flag upstream."""
    is_set = flag_card(sim)["set"]
    return phrase("Flag at {time}: set" if is_set else "Flag at {time}: clear", time=_now(sim)), [phrase("As upstream says.")]


def terminal(sim: Simulation, number: int) -> Shown:
    """What the tools printed last."""
    lines = terminal_card(sim)["lines"][-LAST_PRINTS:]
    if not lines:
        raise Refused("the terminal is empty")
    return phrase("Terminal at {time}", time=lines[-1]["at"]), _as_many([f"{line['at']} {line['text']}" for line in lines])


# -- the risk manager


def pnl(sim: Simulation, number: int) -> Shown:
    """The position monitor's totals."""
    card = pnl_card(sim, sim.day.help_level)
    grows = msgid("Gross {gross_usd}, grows: {added_usd} in the last minute shown")
    stands = msgid("Gross {gross_usd}, does not grow: {added_usd} in the last minute shown")
    return phrase("Position monitor at {time}, as of {shown}", time=_now(sim), shown=card["as_of"]), [
        phrase(grows if card["growing"] else stands, gross_usd=card["gross_usd"], added_usd=card["gross_per_min_usd"]),
        phrase("Long {long_usd}, short {short_usd}, net {net_usd}", long_usd=card["long_usd"], short_usd=card["short_usd"], net_usd=card["net_usd"]),
        phrase("At mid {mid_usd}, cash {cash_usd}", mid_usd=card["mid_usd"], cash_usd=card["cash_usd"]),
        *([phrase("If sold now {sold_usd}", sold_usd=card["sold_now_usd"])] if card["sold_now_usd"] is not None else []),
    ]


def position(sim: Simulation, number: int) -> Shown:
    """One stock of the position table, by its place among the symbols."""
    if number >= len(sim.names):
        raise Refused("id = {number}: expected a stock's place from 0 to {most}", number=number, most=len(sim.names) - 1)
    card = positions_card(sim)
    return phrase("{stock} at {time}, as of {shown}", stock=sim.names[number], time=_now(sim), shown=card["as_of"]), [
        phrase("{shares:,} shares, {worth_usd}", shares=card["shares"][number], worth_usd=card["notional_usd"][number]),
        phrase("Last {last_hc}, {moved_bp} since the open", last_hc=card["price_hc"][number], moved_bp=card["move_bp"][number]),
        phrase("Profit and loss at mid {mid_usd}", mid_usd=card["pnl_usd"][number]),
    ]


def limits(sim: Simulation, number: int) -> Shown:
    """What is set."""
    card = limits_card(sim)
    cap, rate, collar, threshold, shares = (
        card[name] for name in ("gross_cap_usd", "rate_per_second", "collar_percent", "threshold_usd", "hold_shares")
    )
    return phrase("Limits at {time}", time=_now(sim)), [
        phrase("Gross cap {cap_usd}", cap_usd=cap) if cap else phrase("Gross cap none"),
        phrase("Order rate {count} a second", count=rate) if rate else phrase("Order rate no cap"),
        phrase("Collar {percent:g} %", percent=collar) if collar else phrase("Collar none"),
        phrase("Reconciliation on" if card["reconcile"] else "Reconciliation off"),
        *([phrase("Capital threshold {threshold_usd}", threshold_usd=threshold)] if threshold else []),
        *([phrase("All order entry is stopped")] if card["shut"] else []),
        *([phrase("Parents above {shares:,} shares wait for a person", shares=shares)] if shares else []),
        phrase("Clients route away" if card["clients_away"] else "Clients with us"),
    ]


def tape(sim: Simulation, number: int) -> Shown:
    """Last sales of the stocks that moved most."""
    items = kept(sim, "tape", sim.gauges.tick, lambda: tape_card(sim))["items"]
    if not items:
        raise Refused("nothing has traded yet")
    say = msgid("{stock} {price} {moved_bp}, {shares:,} shares")
    return phrase("Tape at {time}", time=_now(sim)), [
        phrase(say, stock=item["symbol"], price=item["price"], moved_bp=item["move_bp"], shares=item["shares"]) for item in items[:LAST_PRINTS]
    ]


def price(sim: Simulation, number: int) -> Shown:
    """The last minutes of the stock watched."""
    card = price_card(sim)
    if card["symbol"] is None:
        raise Refused("watch a stock first")
    if not card["price_hc"]:
        raise Refused("{stock} has not traded yet", stock=card["symbol"])
    minutes = range(sim.calendar.open, sim.now + 1, STEPS_PER_MINUTE)
    rows = list(zip(minutes, card["price_hc"], card["volume"], strict=False))[-LAST_MINUTES:]
    return phrase("{stock} at {time}", stock=card["symbol"], time=_now(sim)), [
        phrase("{hm} {last_hc}, {shares:,} shares", hm=step, last_hc=last, shares=volume) for step, last, volume in rows
    ]


def exchange(sim: Simulation, number: int) -> Shown:
    """What the exchange reviews and has ruled."""
    card = exchange_card(sim)
    bust = card["bust"]
    review = phrase("No review is open")
    if bust:
        review = phrase("Review asked {asked}, ruling {ruling}", asked=bust["asked"][:5], ruling=bust["ruling_at"][:5])
    return phrase("Exchange at {time}", time=_now(sim)), [
        review,
        *(phrase("Ruling {time}: {relief_usd}", time=row["at"][:5], relief_usd=row["relief_usd"]) for row in card["busts"]),
        phrase("Cut off" if card["cut_off"] else "Not cut off"),
    ]


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
