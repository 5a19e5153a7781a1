"""The operator's cards: process states, firm totals, one log and one server when asked; no money, no positions, no releases."""

from typing import Any

from engine.commands import LEVERS
from engine.evidence import log_text
from engine.fleet import RUNNING
from engine.market_time import clock, told
from engine.sight_parts import alerts_card, bell_card, clock_card, inbox_card, kept, levers_card, work_card
from engine.sight_team import team_cards
from engine.sight_week import week_cards
from engine.simulation import Simulation
from engine.state import CHILDREN, EXECUTIONS, PARENTS, REJECTS

COLUMNS = (("parents_in", PARENTS), ("children_out", CHILDREN), ("executions", EXECUTIONS), ("rejects", REJECTS))
CHART_TICKS = 360  # half an hour of five-second means


def server_rates(sim: Simulation) -> list[dict[str, float]]:
    """Rates a second of every server, means of the last minute, the firm's first."""

    def make() -> list[dict[str, float]]:
        return [{name: round(row[column], 1) for name, column in COLUMNS} for row in sim.gauges.rates().tolist()]

    return kept(sim, "server rates", sim.gauges.tick, make)


def servers_card(sim: Simulation, help_level: str) -> dict[str, Any]:
    """Process state of every server, and what is being done to it; with help, its rates."""
    rates = None if help_level == "2012" else server_rates(sim)
    rows = []
    for server in sim.fleet.servers:
        state = server.state
        if state == RUNNING and not (server.connected and not sim.cut_off and sim.shut is None):
            state = "disconnected"
        work = next((work for work in sim.works if work.args.get("server") == server.n and work.kind.startswith("server.")), None)
        doing = work and {"kind": work.kind, "label": LEVERS[work.kind].label, "left_s": sim.left_s(work)}
        rows.append({"n": server.n, "name": sim.fleet.label(server.n), "state": state, "work": doing, "rates": rates and rates[server.n]})
    return {"servers": rows}


def rates_card(sim: Simulation) -> dict[str, Any]:
    """Firm totals a second, means of the last minute."""
    return {name: round(sim.gauges.per_s(column), 1) for name, column in COLUMNS}


def chart_card(sim: Simulation) -> dict[str, Any]:
    """Children and executions a second over the last half hour."""
    gauges = sim.gauges
    children = gauges.series(CHILDREN, CHART_TICKS)
    first = max(gauges.tick - len(children), 0)
    return {"every_s": 5, "from": clock(first * 20), "children": children, "executions": gauges.series(EXECUTIONS, CHART_TICKS)}


def log_card(sim: Simulation) -> dict[str, Any]:
    """The last tail that was asked for."""
    tail = sim.tails
    if tail is None:
        return {"server": None, "at": None, "lines": []}
    lines = []
    for record in tail["lines"]:
        level, text = log_text(record, sim.scenario.evidence.logs)
        lines.append({"at": clock(record["step"], ms=True) if record["step"] >= 0 else told(record["step"], sim.now), "level": level, "text": text})
    return {"server": tail["server"], "at": told(tail["step"], sim.now), "lines": lines}


def look_card(sim: Simulation) -> dict[str, Any]:
    """One server's rates of a full minute, when they were asked for."""
    if sim.looks is None:
        return {"server": None}
    return {**{key: value for key, value in sim.looks.items() if key != "step"}, "at": told(sim.looks["step"], sim.now)}


def rules_card(sim: Simulation) -> dict[str, Any]:
    """The paging rules: mails with these words become alerts."""
    return {"rules": [{"match": rule["match"], "since": told(rule["step"], sim.now, seconds=False)} for rule in sim.rules]}


def dashboard_card(sim: Simulation) -> dict[str, Any]:
    """Children of every server and of its busiest parents over the last five seconds, once there is a dashboard; with what each parent asked
    for and has executed."""
    if "dashboard" not in sim.built:
        return {"built": False, "per_second": None, "as_of": None, "servers": []}
    found, unseen = sim.dashboard, sim.unseen_server()

    def make() -> list[dict[str, Any]]:
        rows = []
        for server in sim.fleet.servers:
            sent = 0.0 if server.n == unseen else round(sim.gauges.per_s(CHILDREN, server.n, ticks=1), 1)
            parents = [
                {"id": order, "symbol": sim.names[s], "children_per_s": round(children / 5, 1), "shares": qty, "executed": filled}
                for n, order, s, children, qty, filled in found["rows"]
                if n == server.n
            ]
            rows.append({"n": server.n, "name": sim.fleet.label(server.n), "children_per_s": sent, "parents": parents})
        return rows

    return {
        "built": True,
        "per_second": int(sim.settings.get("dashboard", 0)) or None,
        "as_of": None if found["step"] is None else clock(found["step"]),
        "servers": kept(sim, "dashboard", (found["step"], unseen), make),
    }


def operator(sim: Simulation, help_level: str) -> dict[str, Any]:
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
