"""What one desk may see: the only code that turns state into something a browser, an autopilot or a log may read.

A sight is cards, name -> JSON-able object. Money in whole dollars, clocks as text. Only the facilitator's holds the truth.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.commands import LEVERS, Refused
from engine.evidence import log_text
from engine.fleet import RUNNING, STARTING, STOPPED
from engine.gauges import knight, mids, moves_bp
from engine.market_time import CLOSE, OPEN, STEPS_PER_SECOND, clock, phase
from engine.positions import price_text
from engine.score import score
from engine.simulation import Simulation
from engine.state import CHILDREN, EXECUTIONS, PARENTS, REJECTS

PHASES = {"premarket": "Pre-market", "bell": "Market open", "unwind": "Unwind", "block": "After the close", "ended": "Ended"}
INBOX = 80
CHART_TICKS = 360  # half an hour of five-second means
WHOLE_LEVERS = ("servers.stop_all", "smars.disconnect", "killswitch.press")


def clock_card(sim: Simulation) -> dict[str, Any]:
    """Market clock and phase."""
    name = phase(sim.now)
    return {"step": sim.now, "clock": clock(sim.now), "phase": name, "phase_label": PHASES[name], "open": OPEN <= sim.now < CLOSE}


def servers_card(sim: Simulation) -> dict[str, Any]:
    """Process state of every server, and what is being done to it."""
    rows = []
    for server in sim.fleet.servers:
        state = server.state
        if state == RUNNING and not (server.connected and not sim.cut_off):
            state = "disconnected"
        work = next(
            (work for work in sim.works if work.desk == "operator" and work.args.get("server") == server.n and work.kind.startswith("server.")), None
        )
        doing = work and {"kind": work.kind, "label": LEVERS[work.kind].label, "left_s": sim.left_s(work)}
        rows.append({"n": server.n, "name": sim.fleet.label(server.n), "state": state, "work": doing})
    return {"servers": rows}


def rates_card(sim: Simulation) -> dict[str, Any]:
    """Firm totals a second, means of the last minute."""
    gauges = sim.gauges
    columns = (("parents_in", PARENTS), ("children_out", CHILDREN), ("executions", EXECUTIONS), ("rejects", REJECTS))
    return {name: round(gauges.per_s(column), 1) for name, column in columns}


def chart_card(sim: Simulation) -> dict[str, Any]:
    """Children and executions a second over the last half hour."""
    gauges = sim.gauges
    children = gauges.series(CHILDREN, CHART_TICKS)
    first = max(gauges.tick - len(children), 0)
    return {"every_s": 5, "from": clock(first * 20), "children": children, "executions": gauges.series(EXECUTIONS, CHART_TICKS)}


def inbox_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """Newest mails of a desk; a body only once its mail was opened."""
    mine = [mail for mail in sim.mails.values() if mail["desk"] == desk]
    rows = [
        {
            "id": mail["id"],
            "at": clock(mail["step"])[:5],
            "sender": mail["sender"],
            "subject": mail["subject"],
            "group": mail["group"],
            "read": str(mail["id"]) in sim.opened,
            "body": mail["body"] if str(mail["id"]) in sim.opened else None,
        }
        for mail in mine[-1 : -INBOX - 1 : -1]
    ]
    return {"unread": sum(str(mail["id"]) not in sim.opened for mail in mine), "total": len(mine), "mails": rows}


def log_card(sim: Simulation) -> dict[str, Any]:
    """The last tail that was asked for."""
    tail = sim.tails
    if tail is None:
        return {"server": None, "at": None, "lines": []}
    lines = []
    for record in tail["lines"]:
        level, text = log_text(record, sim.scenario.evidence.logs)
        lines.append({"at": clock(record["step"], ms=True), "level": level, "text": text})
    return {"server": tail["server"], "at": clock(tail["step"]), "lines": lines}


def look_card(sim: Simulation) -> dict[str, Any]:
    """One server's rates of a full minute, when they were asked for."""
    if sim.looks is None:
        return {"server": None}
    return {**{key: value for key, value in sim.looks.items() if key != "step"}, "at": clock(sim.looks["step"])}


def alerts_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """Alerts of a desk, newest first."""
    mine = [alert for alert in sim.alerts if alert["desk"] == desk]
    return {"alerts": [{"at": clock(alert["step"])[:5], "text": alert["text"]} for alert in mine[:-13:-1]]}


def work_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """Hands, and levers under way with their time left."""
    tasks = [
        {
            "seq": work.seq,
            "kind": work.kind,
            "label": LEVERS[work.kind].label,
            "target": _target(sim, work.args),
            "started": clock(work.start),
            "left_s": sim.left_s(work),
            "total_s": -(-(work.end - work.start) // STEPS_PER_SECOND),
        }
        for work in sim.works
        if work.desk == desk
    ]
    return {"hands": getattr(sim.scenario.hands, desk), "free": sim.free_hands(desk), "tasks": tasks}


def _target(sim: Simulation, args: dict[str, Any]) -> str:
    """What a lever is aimed at, for people."""
    if "server" in args:
        return sim.fleet.label(args["server"])
    if "servers" in args:
        return ", ".join(sim.fleet.label(n) for n in args["servers"])
    if "mail" in args:
        return str(sim.mails[args["mail"]]["subject"])
    return ""


def levers_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """Levers of a desk that aim at nothing in particular: allowed now, or why not."""
    rows = []
    for kind in WHOLE_LEVERS:
        lever = LEVERS[kind]
        if desk not in lever.desks or (sim.scenario.levers[kind].only_built and kind not in sim.built):
            continue
        reason = ""
        try:
            lever.check(sim, {})
        except Refused as refused:
            reason = str(refused)
        if any(work.kind == kind for work in sim.works):
            reason = "under way already"
        elif not reason and sim.free_hands(desk) < sim.scenario.levers[kind].hands:
            reason = "no hand free"
        rows.append({"kind": kind, "label": lever.label, "dangerous": lever.dangerous, "allowed": not reason, "reason": reason})
    return {"levers": rows}


def operator(sim: Simulation) -> dict[str, Any]:
    """The operator: process states, firm totals, mail, one log and one server when asked; no money, no positions, no releases."""
    return {
        "clock": clock_card(sim),
        "servers": servers_card(sim),
        "rates": rates_card(sim),
        "chart": chart_card(sim),
        "inbox": inbox_card(sim, "operator"),
        "log": log_card(sim),
        "look": look_card(sim),
        "alerts": alerts_card(sim, "operator"),
        "work": work_card(sim, "operator"),
        "levers": levers_card(sim, "operator"),
    }


def tiles_card(sim: Simulation) -> dict[str, Any]:
    """Moves of all stocks since the open, in fixed order."""
    paused = np.flatnonzero(sim.machine.market["paused_until"] > sim.now).tolist()
    return {"symbols": list(sim.names), "moves_bp": moves_bp(sim, mids(sim)).tolist(), "paused": paused}


def tape_card(sim: Simulation) -> dict[str, Any]:
    """Last sales of the stocks that moved most: public prints, nobody's name on them."""
    machine = sim.machine
    moves = moves_bp(sim, machine.market["last"].astype(np.int64) << 8)
    order = np.argsort(-np.abs(moves), kind="stable")[:12].tolist()
    items = []
    for s in order:
        market = machine.market[s]
        if market.open and market.last_qty:
            price = int(market.last) * int(machine.symbols[s].tick_hc)
            print_ = {"price": price_text(price), "shares": int(market.last_qty), "move_bp": int(moves[s])}
            items.append({"at": clock(int(market.last_step)), "symbol": sim.names[s], **print_})
    return {"items": items}


def projector(sim: Simulation) -> dict[str, Any]:
    """The room: clock, price moves, headlines, and the loss so far (which the game may delay or hide)."""
    money = score(sim)
    return {
        "clock": clock_card(sim),
        "tiles": tiles_card(sim),
        "loss": {"clock": clock(sim.now), "loss_usd": round(money["total"])},
        "headlines": {"items": [{"at": clock(item["step"])[:5], "text": item["text"]} for item in sim.headlines[-12:]]},
        "tape": tape_card(sim),
    }


def facilitator(sim: Simulation) -> dict[str, Any]:
    """The truth, and every desk's cards."""
    money, runaway = score(sim), knight(sim)
    truth = {
        "loss": money,
        "gross_usd": runaway["gross_usd"],
        "mid_mark_usd": round(money["mid_mark"]),
        "reverted_usd": round(money["reverted"]),
        "bad_servers": sum(sim.fleet.sends(server.n) and sim.fleet.defective(server.n) for server in sim.fleet.servers),
        "down_servers": sum(server.state in (STOPPED, STARTING) for server in sim.fleet.servers),
        "runaway_parents": sim.runaway,
        "executions": runaway["executions"],
        "shares": runaway["shares"],
    }
    return {**projector(sim), "truth": truth}


SIGHTS: dict[str, Callable[[Simulation], dict[str, Any]]] = {"operator": operator, "projector": projector, "facilitator": facilitator}


def sight(sim: Simulation, desk: str) -> dict[str, Any]:
    """Cards of one desk. Raises KeyError for a desk that has no sight."""
    return SIGHTS[desk](sim)
