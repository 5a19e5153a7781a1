"""Cards that more than one desk has: clock, inbox, hands, levers, and what is public of the market."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from engine.commands import LEVERS, Lever, Refused, target
from engine.events import DESKS
from engine.gauges import mids, moves_bp
from engine.market_time import BELL_FROM, BELL_TO, CLOSE, OPEN, STEPS_PER_SECOND, clock, date, evening_of, phase, told
from engine.positions import price_text
from engine.simulation import Simulation

T = TypeVar("T")
PHASES = {
    "deployment": "Deployment",
    "premarket": "Pre-market",
    "bell": "Market open",
    "unwind": "Unwind",
    "block": "After the close",
    "ended": "Ended",
}
INBOX = 80


def kept(sim: Simulation, name: str, key: Any, make: Callable[[], T]) -> T:
    """What `make` made when `key` was last another: cards that change seldom are not made anew at every look. No part of the state."""
    found = sim.kept.get(name)
    if found is None or found[0] != key:
        found = sim.kept[name] = (key, make())
    made: T = found[1]
    return made


def clock_card(sim: Simulation) -> dict[str, Any]:
    """Market clock and phase."""
    name = phase(sim.now)
    return {
        "step": sim.now,
        "date": date(sim.now),
        "clock": clock(sim.now),
        "phase": name,
        "phase_label": PHASES[name],
        "open": OPEN <= sim.now < CLOSE,
    }


def inbox_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """Newest mails of a desk; a body only once its mail was opened."""
    return kept(sim, f"inbox {desk}", (evening_of(sim.now), len(sim.mails), len(sim.opened)), lambda: _inbox(sim, desk))  # neither ever loses any


def _inbox(sim: Simulation, desk: str) -> dict[str, Any]:
    mine = [mail for mail in sim.mails.values() if mail["desk"] == desk]
    rows = [
        {
            "id": mail["id"],
            "at": told(mail["step"], sim.now, seconds=False),
            "sender": mail["sender"],
            "subject": mail["subject"],
            "group": mail["group"],
            "read": str(mail["id"]) in sim.opened,
            "body": mail["body"] if str(mail["id"]) in sim.opened else None,
        }
        for mail in mine[-1 : -INBOX - 1 : -1]
    ]
    return {"unread": sum(str(mail["id"]) not in sim.opened for mail in mine), "total": len(mine), "mails": rows}


def alerts_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """Alerts of a desk, newest first."""
    mine = [alert for alert in sim.alerts if alert["desk"] == desk]
    return {"alerts": [{"at": told(alert["step"], sim.now, seconds=False), "text": alert["text"]} for alert in mine[:-13:-1]]}


def work_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """Hands, and levers under way with their time left."""
    tasks = [
        {
            "seq": work.seq,
            "kind": work.kind,
            "label": LEVERS[work.kind].label,
            "target": target(sim, work.args),
            "started": told(work.start, sim.now),
            "left_s": sim.left_s(work),
            "total_s": -(-(work.end - work.start) // STEPS_PER_SECOND),
            "hands": work.holds(desk, sim.now),
        }
        for work in sim.works
        if work.desk == desk or work.holds(desk, sim.now)
    ]
    return {"hands": sim.hands_of(desk), "free": sim.free_hands(desk), "tasks": tasks}


def levers_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """Every lever of a desk: what it takes now, and whether it may be pulled, judged without its arguments, or why not."""
    free = sim.free_hands(desk)
    busy = {work.kind for work in sim.works}
    rows = []
    for kind, lever in LEVERS_OF[desk]:
        numbers = sim.scenario.levers[kind]
        if (numbers.only_built and kind not in sim.built) or sim.not_now(kind):
            continue
        reason = ""
        if lever.exclusive and kind in busy:
            reason = "under way already"
        else:
            reason = _not_ready(sim, lever) or sim.word_missing(kind) or _no_hand(sim, kind, desk)
        rows.append(
            {
                "kind": kind,
                "label": lever.label,
                "dangerous": lever.dangerous,
                "hands": sim.hands_for(kind, desk).get(desk, 0),
                "with": {other: hands for other, hands in sim.hands_for(kind, desk).items() if other != desk},
                "args": list(lever.args),
                "minutes": round(sim.minutes_of(kind, hands=min(numbers.shared, free)), 2),
                "allowed": not reason,
                "reason": reason,
                "word": _word(sim, kind),
            }
        )
    return {"levers": rows}


# kinds of a desk in the order of registration, but those of the bridge and the telephone
LEVERS_OF = {desk: tuple((kind, lever) for kind, lever in LEVERS.items() if desk in lever.desks and not lever.talk) for desk in DESKS}


def _not_ready(sim: Simulation, lever: Lever) -> str:
    try:
        if lever.ready:
            lever.ready(sim)
    except Refused as refused:
        return str(refused)
    return ""


def _no_hand(sim: Simulation, kind: str, desk: str) -> str:
    for other, hands in sim.hands_for(kind, desk).items():
        if sim.free_hands(other) < hands:
            return "no hand free" if other == desk else sim.why_no_hand(other, desk)
    return ""


def _word(sim: Simulation, kind: str) -> str | None:
    """Where the risk manager's word stands for a lever; None when it needs none."""
    if not sim.word_matters(kind) or sim.instant:
        return None
    state = str(sim.words[kind]["state"])
    return "needed" if state == "open" else state


def tiles_card(sim: Simulation) -> dict[str, Any]:
    """Moves of all stocks since the open, in fixed order."""
    paused = np.flatnonzero(sim.machine.market["paused_until"] > max(sim.now, 0)).tolist()
    return {"symbols": list(sim.names), "moves_bp": moves_bp(sim, mids(sim)).tolist(), "paused": paused}


def bell_card(sim: Simulation) -> dict[str, Any]:
    """The thirty seconds around the bell, as everybody sees them: stocks that have opened and shares that changed hands, anybody's.
    `on` is false at every other time, and nothing else then changes.
    """
    if not BELL_FROM <= sim.now < BELL_TO:
        return {"on": False}
    market = sim.machine.market
    traded = int(market["volume"].sum()) if sim.now >= OPEN else 0
    return {
        "on": True,
        "left_s": max(-(-(OPEN - sim.now) // STEPS_PER_SECOND), 0),
        "opened": int((market["open"] > 0).sum()),
        "of": len(sim.names),
        "shares": traded,
    }


def headlines_card(sim: Simulation) -> dict[str, Any]:
    """What the public screen said, oldest first."""
    return {"items": [{"at": clock(item["step"])[:5], "text": item["text"]} for item in sim.headlines[-12:]]}


def tape_card(sim: Simulation) -> dict[str, Any]:
    """Last sales of the stocks that moved most: public prints, nobody's name on them."""
    market = sim.machine.market
    moves = moves_bp(sim, market["last"].astype(np.int64) << 8)
    order = np.argsort(-np.abs(moves), kind="stable")[:12]
    columns = [market[name][order].tolist() for name in ("open", "last", "last_qty", "last_step")]
    items = []
    for s, move, tick, opened, last, qty, step in zip(
        order.tolist(), moves[order].tolist(), sim.machine.symbols["tick_hc"][order].tolist(), *columns, strict=True
    ):
        if opened and qty:
            items.append({"at": clock(step), "symbol": sim.names[s], "price": price_text(last * tick), "shares": qty, "move_bp": move})
    return {"items": items}
