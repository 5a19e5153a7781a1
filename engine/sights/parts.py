"""Cards that more than one desk has: clock, inbox, hands, levers, and what is public of the market."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np

from engine.arguments import Sentence, phrase
from engine.commands import Lever, Refused, target
from engine.events import DESKS
from engine.evidence.evidence import AlertRow
from engine.firm import bridge
from engine.firm.duties import not_set_up, undone
from engine.firm.gauges import mids, moves_bp
from engine.firm.score import Score, score
from engine.firm.simulation import Simulation
from engine.firm.workload import free_hands, hands_for, hands_of, minutes_of, not_before_open, not_now, why_no_hand
from engine.market.positions import price_text
from engine.market_time import PHASES, STEPS_PER_SECOND
from engine.sights import cards
from engine.sights.menu import menu

T = TypeVar("T")
INBOX, REREAD = 80, 4  # newest mails, and of those before them as many as were opened last
ALERTS = 12
GRAVE = frozenset(
    (
        "process_down",
        "sessions_lost",
        "firm_cut_off",
        "mail_paged",
        "threshold_passed",
        "children_over",
        "review_disk",
        "review_process",
        "rehearsal_wild",
    )
)


def kept(sim: Simulation, name: str, key: object, make: Callable[[], T]) -> T:
    """What `make` made when `key` was last another: cards that change seldom are not made anew at every look. No part of the state."""
    found = sim.kept.get(name)
    if found is None or found[0] != key:
        found = sim.kept[name] = (key, make())
    made: T = found[1]
    return made


def money(sim: Simulation) -> Score:
    """What the day has cost so far, reckoned once for all who look at the same moment."""
    return kept(sim, "score", sim.moment, lambda: score(sim))


def clock_card(sim: Simulation) -> cards.Clock:
    """Market clock and phase."""
    name = sim.calendar.phase(sim.now)
    return {
        "step": sim.now,
        "date": sim.calendar.date(sim.now),
        "clock": sim.calendar.clock(sim.now),
        "phase": name,
        "phase_label": phrase(PHASES[name]),
        "open": sim.calendar.open <= sim.now < sim.calendar.close,
    }


def inbox_card(sim: Simulation, desk: str) -> cards.Inbox:
    """Newest mails of a desk, and older ones that it is likely to have before it; a body only once its mail was opened."""
    mails, opened = sim.inbox.mails, sim.inbox.opened  # neither ever loses any
    counts = kept(sim, "mails by desk", (len(mails), len(opened)), lambda: _mails_by_desk(sim))
    return kept(sim, f"inbox {desk}", (sim.calendar.evening_of(sim.now), counts[desk]), lambda: _inbox(sim, desk))


def _mails_by_desk(sim: Simulation) -> dict[str, tuple[int, int]]:
    """How many mails every desk has, and how many of them it has opened."""
    mails = sim.inbox.mails
    total = Counter(mail["desk"] for mail in mails.values())
    opened = Counter(mails[int(number)]["desk"] for number in sim.inbox.opened)
    return {desk: (total[desk], opened[desk]) for desk in DESKS}


def _inbox(sim: Simulation, desk: str) -> cards.Inbox:
    opened, evening = sim.inbox.opened, sim.calendar.evening_of(sim.now)
    mine = [mail for mail in sim.inbox.mails.values() if mail["desk"] == desk]
    older = [mail for mail in mine[:-INBOX] if str(mail["id"]) in opened]
    read = sorted(older, key=lambda mail: (opened[str(mail["id"])], mail["id"]))[-REREAD:]
    shown = [*sorted(read, key=lambda mail: mail["id"]), *mine[-INBOX:]]
    made: dict[tuple[int, bool], cards.Mail] = kept(sim, f"mails {desk}", evening, dict)  # those that are there stay as they are
    rows: list[cards.Mail] = []
    for mail in reversed(shown):
        is_read = str(mail["id"]) in opened
        row = made.get((mail["id"], is_read))
        if row is None:
            row = made[mail["id"], is_read] = {
                "id": mail["id"],
                "at": sim.calendar.told(mail["step"], sim.now, seconds=False),
                "sender": mail["sender"],
                "subject": mail["subject"],
                "group": mail["group"],
                "read": is_read,
                "body": mail["body"] if is_read else None,
            }
        rows.append(row)
    unread = len(mine) - sum(str(mail["id"]) in opened for mail in mine)
    return {"unread": unread, "total": len(mine), "mails": rows}


def raised(sim: Simulation, desk: str) -> list[AlertRow]:
    """The newest alerts of a desk, newest first."""
    return [alert for alert in sim.inbox.alerts if alert["desk"] == desk][: -ALERTS - 1 : -1]


def alerts_card(sim: Simulation, desk: str) -> cards.Alerts:
    """Alerts of a desk, newest first. `grave`: one that a monitor was made for, as its name says; the rest is what feeds always report."""
    told = sim.calendar.told
    rows = raised(sim, desk)
    return {"alerts": [{"at": told(row["step"], sim.now, seconds=False), "text": row["text"], "grave": _is_grave(row["text"])} for row in rows]}


def _is_grave(text: Sentence) -> bool:
    """By the kind of alert, which is on the screen anyway, and by nothing of the state behind it."""
    name = text.get("text", "") if isinstance(text, dict) else ""
    return isinstance(name, str) and name.startswith("alert:") and name.removeprefix("alert:") in GRAVE


def work_card(sim: Simulation, desk: str) -> cards.Work:
    """Hands, and levers under way with their time left."""
    tasks: list[cards.Task] = [
        {
            "seq": work.seq,
            "kind": work.kind,
            "label": sim.scenario.kinds[work.kind].named(sim.scenario),
            "target": target(sim, work.args),
            "started": sim.calendar.told(work.start, sim.now),
            "left_s": work.left_s(sim.now),
            "total_s": -(-(work.end - work.start) // STEPS_PER_SECOND),
            "hands": work.holds(desk, sim.now),
        }
        for work in sim.works
        if work.desk == desk or work.holds(desk, sim.now)
    ]
    return {"hands": hands_of(sim, desk), "free": free_hands(sim, desk), "tasks": tasks}


class _Offered(NamedTuple):
    """A lever that a desk has now, as far as it changes seldom: its row, its hands by desk, what stands against it until the bell, and whether
    it needs the risk manager's word."""

    kind: str
    lever: Lever
    row: dict[str, object]
    hands: dict[str, int]
    most: int
    early: Sentence
    needs_word: bool


def _offered(sim: Simulation, desk: str, free: int) -> list[_Offered]:
    found = []
    for kind, lever in sim.scenario.kinds.items():
        numbers = sim.scenario.levers[kind]
        if lever.talk or desk not in lever.desks or (numbers.only_built and kind not in sim.safeguards.built) or not_now(sim, kind):
            continue
        hands = hands_for(sim, kind, desk)
        row: dict[str, object] = {
            "kind": kind,
            "label": lever.named(sim.scenario),
            "dangerous": lever.dangerous,
            "hands": hands.get(desk, 0),
            "with": {other: count for other, count in hands.items() if other != desk},
            "args": list(lever.args),
            "minutes": round(minutes_of(sim, kind, hands=min(numbers.shared, free)), 2),
        }
        most = max(hands.values(), default=0)
        found.append(_Offered(kind, lever, row, hands, most, not_before_open(sim, kind), bridge.needs_authorisation(sim, kind)))
    return found


def levers_card(sim: Simulation, desk: str) -> cards.Levers:
    """Every lever of a desk: what it takes now, and whether it may be pulled, judged without its arguments, or why not. `menu`: the lists
    in which they stand."""
    free = {other: free_hands(sim, other) for other in DESKS}
    busy, waiting = {work.kind for work in sim.works}, tuple(duty.id for duty in undone(sim))
    moment = sim.calendar.phase(sim.now), sim.now < sim.calendar.open
    changed = len(sim.safeguards.built), tuple(sim.phone.pace.items()), "drilled" in sim.week.facts, waiting, free[desk], sim.day.help_level
    offered = kept(sim, f"levers {desk}", (moment, changed), lambda: _offered(sim, desk, free[desk]))
    fewest = min(free.values())
    now: list[tuple[Sentence, str | None]] = []  # of each: why it may not be pulled, and where the word for it stands
    for one in offered:
        if one.lever.exclusive and one.kind in busy:
            reason: Sentence = phrase("under way already")
        else:
            reason = (
                _not_ready(sim, one.lever)
                or (not_set_up(sim, one.kind) if waiting else "")
                or one.early
                or (bridge.authorisation_missing(sim, one.kind) if one.needs_word else "")
                or (_no_hand(sim, one.hands, free, desk) if one.most > fewest else "")
            )
        now.append((reason, _word(sim, one.kind) if one.needs_word else None))
    lately = bridge.lately_taken(sim, desk)
    return kept(sim, f"levers now {desk}", (offered, now, lately), lambda: _levers(sim, desk, offered, now, lately))


def _levers(sim: Simulation, desk: str, offered: list[_Offered], now: list[tuple[Sentence, str | None]], lately: list[int]) -> cards.Levers:
    rows: Any = []
    for one, (reason, word) in zip(offered, now, strict=True):
        alone = {"most": one.lever.word_beyond, "lately": lately} if one.lever.word_beyond else None
        rows.append({**one.row, "allowed": not reason, "reason": reason, "word": word, "alone": alone})
    kinds = [one.kind for one in offered]
    those = [one.lever for one in offered]
    lists = kept(sim, f"menu {desk}", (kinds, sim.now < 0), lambda: menu(sim.calendar, desk, those, evening=sim.now < 0))
    return {"levers": rows, "menu": lists}


def _not_ready(sim: Simulation, lever: Lever) -> Sentence:
    try:
        if lever.ready:
            lever.ready(sim)
    except Refused as refused:
        return refused.reason
    return ""


def _no_hand(sim: Simulation, wanted: dict[str, int], free: dict[str, int], desk: str) -> Sentence:
    for other, hands in wanted.items():
        if free[other] < hands:
            return phrase("no hand free") if other == desk else why_no_hand(sim, other, desk)
    return ""


def _word(sim: Simulation, kind: str) -> str | None:
    """Where the risk manager's word stands for a lever that needs it; None where nobody waits for it."""
    if sim.instant:
        return None
    state = str(sim.bridge.authorisations[kind]["state"])
    return "needed" if state == "open" else state


def tiles_card(sim: Simulation) -> cards.Tiles:
    """Moves of all stocks since the open, in fixed order."""
    paused = np.flatnonzero(sim.machine.market["paused_until"] > max(sim.now, 0)).tolist()
    return {"symbols": list(sim.names), "moves_bp": moves_bp(sim, mids(sim)).tolist(), "paused": paused}


def bell_card(sim: Simulation) -> cards.Bell:
    """The thirty seconds around the bell, as everybody sees them: stocks that have opened and shares that changed hands, anybody's.
    `on` is false at every other time, and nothing else then changes.
    """
    if not sim.calendar.bell_from <= sim.now < sim.calendar.bell_to:
        return {"on": False}
    market = sim.machine.market
    traded = int(market["volume"].sum()) if sim.now >= sim.calendar.open else 0
    return {
        "on": True,
        "left_s": max(-(-(sim.calendar.open - sim.now) // STEPS_PER_SECOND), 0),
        "opened": int((market["open"] > 0).sum()),
        "of": len(sim.names),
        "shares": traded,
    }


def headlines_card(sim: Simulation) -> cards.Headlines:
    """What the public screen said, oldest first."""
    return {"items": [{"at": sim.calendar.clock(item["step"])[:5], "text": item["text"]} for item in sim.inbox.headlines[-12:]]}


def tape_card(sim: Simulation) -> cards.Tape:
    """Last sales of the stocks that moved most: public prints, nobody's name on them."""
    market = sim.machine.market
    moves = moves_bp(sim, market["last"].astype(np.int64) << 8)
    order = np.argsort(-np.abs(moves), kind="stable")[:12]
    columns = [market[name][order].tolist() for name in ("open", "last", "last_qty", "last_step")]
    items: list[cards.Print] = []
    for s, move, tick, opened, last, qty, step in zip(
        order.tolist(), moves[order].tolist(), sim.machine.symbols["tick_hc"][order].tolist(), *columns, strict=True
    ):
        if opened and qty:
            items.append({"at": sim.calendar.clock(step), "symbol": sim.names[s], "price": price_text(last * tick), "shares": qty, "move_bp": move})
    return {"items": items}
