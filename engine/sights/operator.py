"""The operator's cards: process states, firm totals, one log and one server when asked; no money, no positions, no releases."""

from typing import Any, TypedDict

from engine.arguments import SaidText, Sentence, phrase
from engine.evidence.log import said_line
from engine.firm import bridge, replays, safeguards
from engine.firm.fleet import RUNNING
from engine.firm.simulation import Simulation
from engine.market.state import CHILDREN, EXCHANGES_AT, EXECUTIONS, ORDERS, PARENTS, REJECTS
from engine.sights import cards
from engine.sights.parts import alerts_card, bell_card, clock_card, inbox_card, kept, levers_card, work_card
from engine.sights.team import team_cards
from engine.sights.week import week_cards

CHART_TICKS = 360  # half an hour of five-second means


def _rates(row: list[float]) -> cards.Rates:
    """Rates a second out of a row of the gauges' columns."""
    return {"parents_in": row[PARENTS], "children_out": row[CHILDREN], "executions": row[EXECUTIONS], "rejects": row[REJECTS]}


def server_rates(sim: Simulation) -> list[cards.Rates]:
    """Rates a second of every server, means of the last minute, the firm's first."""

    def make() -> list[cards.Rates]:
        return [_rates([round(value, 1) for value in row]) for row in sim.gauges.rates().tolist()]

    return kept(sim, "server rates", sim.gauges.tick, make)


def servers_card(sim: Simulation, help_level: str) -> cards.Servers:
    """Process state of every server, and what is being done to it; with help, its rates."""
    asked_for = help_level == "2012" or not sim.scenario.unprompted
    rates = None if asked_for else server_rates(sim)
    rows: list[cards.Server] = []
    for server in sim.fleet.servers:
        state = server.state
        if state == RUNNING and not (server.connected and not sim.exchanges.cut_off and sim.safeguards.shut is None):
            state = "disconnected"
        work = next((work for work in sim.works if work.args.get("server") == server.n and work.kind.startswith("server.")), None)
        doing: cards.Doing | None = None
        if work is not None:
            doing = {"kind": work.kind, "label": sim.scenario.kinds[work.kind].named(sim.scenario), "left_s": work.left_s(sim.now)}
        own = None if rates is None else rates[server.n]
        rows.append({"n": server.n, "name": sim.fleet.label(server.n), "state": state, "work": doing, "rates": own})
    return {"servers": rows}


def rates_card(sim: Simulation) -> cards.Rates:
    """Firm totals a second, means of the last minute."""
    return kept(sim, "rates", sim.gauges.tick, lambda: _rates([round(value, 1) for value in sim.gauges.rates()[0].tolist()]))


def chart_card(sim: Simulation) -> cards.Chart:
    """Children and executions a second over the last half hour."""
    gauges = sim.gauges

    def make() -> cards.Chart:
        children = gauges.series(CHILDREN, CHART_TICKS)
        first = max(gauges.tick - len(children), 0)
        return {"every_s": 5, "from": sim.calendar.clock(first * 20), "children": children, "executions": gauges.series(EXECUTIONS, CHART_TICKS)}

    return kept(sim, "chart", gauges.tick, make)


def log_card(sim: Simulation) -> cards.Log:
    """The last tail that was asked for, or what the last search found; its lines begin with their server."""
    tail = sim.records.tails
    if tail is None:
        nothing: cards.NoLog = {"server": None, "at": None, "lines": []}
        return nothing
    asked = (tail["step"], tail["server"], tail.get("search"), sim.calendar.evening_of(sim.now))
    return kept(sim, "log", asked, lambda: _log(sim, tail))


def log_lines(sim: Simulation, tail: dict[str, Any]) -> list[tuple[int, str, SaidText]]:
    """(step, level, text) of each line of a tail, or of what a search found: there a text begins with its server."""
    texts, found = sim.scenario.evidence, []
    for record in tail["lines"]:
        level, text = said_line(record, texts)
        if not tail["server"]:
            text = bridge.quoted(sim, "found", host=record["server"], line=text)
        found.append((record["step"], level, text))
    return found


def _log(sim: Simulation, tail: dict[str, Any]) -> cards.OneLog:
    lines: list[cards.LogLine] = []
    for step, level, text in log_lines(sim, tail):
        at = sim.calendar.clock(step, ms=True) if step >= 0 else sim.calendar.told(step, sim.now)
        lines.append({"at": at, "level": level, "text": text})
    at = sim.calendar.told(tail["step"], sim.now)
    found: cards.OneLog = {"server": tail["server"], "search": tail.get("search", ""), "says": _where(sim, tail), "at": at, "lines": lines}
    return found


def _where(sim: Simulation, tail: dict[str, Any]) -> Sentence:
    """On which servers a search found how much; "" of a tail."""
    if tail["server"]:
        return ""
    many = sum(count for _, count in tail["found"])
    if not many:
        return phrase("No log has a line of it.")
    hosts = [phrase("{server} {count:,}", server=sim.fleet.label(n), count=count) for n, count in tail["found"]]
    return phrase("{count:,} line: {hosts}." if many == 1 else "{count:,} lines: {hosts}.", count=many, hosts=hosts)


def look_card(sim: Simulation) -> cards.Look:
    """One server's rates of a full minute, when they were asked for."""
    if sim.records.looks is None:
        return {"server": None}
    look = sim.records.looks
    return {
        "server": look["server"],
        "parents_in": look["parents_in"],
        "children_out": look["children_out"],
        "executions": look["executions"],
        "rejects": look["rejects"],
        "at": sim.calendar.told(look["step"], sim.now),
    }


def rules_card(sim: Simulation) -> cards.Rules:
    """The paging rules: mails with these words become alerts."""
    told = sim.calendar.told
    return {"rules": [{"match": rule["match"], "since": told(rule["step"], sim.now, seconds=False)} for rule in sim.inbox.rules]}


def dashboard_card(sim: Simulation) -> cards.Dashboard:
    """Children of every server and of its busiest parents over the last five seconds, once there is a dashboard; with what each parent asked
    for and has executed, and the last minute's rates of brokers and exchanges."""
    if "dashboard" not in sim.safeguards.built:
        return {"built": False, "per_second": None, "as_of": None, "servers": [], "brokers": [], "exchanges": []}
    found, unseen, told = sim.safeguards.dashboard, safeguards.unseen_server(sim), replays.order_of

    def make() -> list[cards.DashboardRow]:
        rows: list[cards.DashboardRow] = []
        for server in sim.fleet.servers:
            sent = 0.0 if server.n == unseen else round(sim.gauges.per_s(CHILDREN, server.n, ticks=1), 1)
            parents: list[cards.Parent] = [
                {"id": told(sim, order), "symbol": sim.names[s], "children_per_s": round(children / 5, 1), "shares": qty, "executed": filled}
                for n, order, s, children, qty, filled in found["rows"]
                if n == server.n
            ]
            rows.append({"n": server.n, "name": sim.fleet.label(server.n), "children_per_s": sent, "parents": parents})
        return rows

    return {
        "built": True,
        "per_second": int(sim.safeguards.settings.get("dashboard", 0)) or None,
        "as_of": None if found["step"] is None else sim.calendar.clock(found["step"]),
        "servers": kept(sim, "dashboard", (found["step"], unseen), make),
        **kept(sim, "dashboard flows", sim.gauges.tick, lambda: _flows(sim)),
    }


class _Flows(TypedDict):
    brokers: list[cards.BrokerRates]
    exchanges: list[cards.ExchangeRates]


def _flows(sim: Simulation) -> _Flows:
    """Rates of every broker and every exchange, means of the last minute."""
    rates = sim.gauges.flow_rates()
    return {
        "brokers": [{"name": name, "orders_per_s": round(float(rates[n, ORDERS]), 1)} for n, name in enumerate(sim.scenario.brokers, start=1)],
        "exchanges": [
            {"name": name, "children_per_s": round(float(rates[n, CHILDREN]), 1), "executions_per_s": round(float(rates[n, EXECUTIONS]), 1)}
            for n, name in enumerate(sim.scenario.exchanges, start=EXCHANGES_AT + 1)
        ],
    }


def operator(sim: Simulation, help_level: str) -> cards.OperatorCards:
    """The operator: process states, firm totals, mail, one log and one server when asked; no money, no positions, no releases."""
    return {
        "clock": clock_card(sim),
        "bell": bell_card(sim),
        "servers": servers_card(sim, help_level),
        "rates": rates_card(sim),
        "chart": chart_card(sim),
        "inbox": inbox_card(sim, "operator"),
        "log": log_card(sim),
        "look": look_card(sim),
        "alerts": alerts_card(sim, "operator"),
        "work": work_card(sim, "operator"),
        "levers": levers_card(sim, "operator"),
        "rules": rules_card(sim),
        "dashboard": dashboard_card(sim),
        **week_cards(sim, "operator"),
        **team_cards(sim, "operator", help_level),
    }
