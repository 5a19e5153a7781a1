"""Cards of the week that all three desks have: its calendar and hands, the plan, the checklists, and the controls that were built."""

from engine.events import DESKS
from engine.firm import week
from engine.firm.safeguards import CONTROLS
from engine.firm.simulation import Simulation
from engine.firm.workload import Work, minutes_of
from engine.market_time import STEPS_PER_MINUTE, Calendar
from engine.scenario.barrier_texts import checklist_text
from engine.sights import cards


def _entry(sim: Simulation, evening: int, begin: int, end: int, *, desk: str, kind: str, state: str) -> cards.Span:
    calendar, label = sim.calendar, sim.scenario.kinds[kind].named(sim.scenario)
    upto = calendar.evening_to if end % calendar.evening_steps == 0 else calendar.hm(end)
    return {"evening": evening, "from": calendar.hm(begin), "to": upto, "desk": desk, "kind": kind, "label": label, "state": state}


def _evenings(calendar: Calendar, begin: int, end: int) -> list[tuple[int, int, int]]:
    """(evening, from, to) of what goes on from evening to evening."""
    found = []
    for evening in range(len(calendar.evenings)):
        a, b = max(begin, calendar.evening_step(evening)), min(end, calendar.evening_step(evening + 1))
        if a < b:
            found.append((evening, a, b))
    return found


def _held(sim: Simulation, giver: str, kind: str, begin: int, end: int) -> dict[str, int]:
    """The desks whose hands a lever holds in the week, the giver first, and until when."""
    numbers = sim.scenario.levers[kind]
    ends = {str(desk): begin + round(minutes * STEPS_PER_MINUTE) for desk, minutes in numbers.evening_held.items()}
    return {
        desk: min(end, ends.get(desk, end))
        for desk in (giver, *(str(other) for other in numbers.evening_hands if other != giver))
    }


def _under_way(sim: Simulation, work: Work, desk: str, end: int) -> list[cards.Span]:
    """Entries of a desk of a lever under way: what is later than this evening is planned, where it is not cut off at its end."""
    if sim.scenario.levers[work.kind].tonight:
        end = min(end, sim.calendar.evening_step((sim.calendar.evening_of(work.start) or 0) + 1))
    tonight = sim.calendar.evening_of(sim.now)
    return [
        _entry(sim, *span, desk=desk, kind=work.kind, state=_state_on(span[0], tonight))
        for span in _evenings(sim.calendar, work.start, end)
    ]


def _state_on(evening: int, tonight: int | None) -> str:
    if evening == tonight:
        return "under way"
    return "planned" if tonight is not None and evening > tonight else "done"


def _used_steps(sim: Simulation, desk: str) -> int:
    """Hand-steps of the week that a desk has spent or promised."""
    promised = 0
    for work in sim.works:
        if work.start < 0 and desk in work.hands:
            promised += work.hands[desk] * (min(work.held.get(desk, work.end), 0) - work.start)
    return sim.week.hand_steps[desk] + promised


def week_card(sim: Simulation) -> cards.Week:
    """The evening, what took hands and what does, copies left, and each desk's minutes."""
    tonight = sim.calendar.evening_of(sim.now)
    over = [
        _entry(sim, *span, desk=desk, kind=row["kind"], state=row["state"])
        for row in sim.week.calendar
        for desk, end in _held(sim, row["desk"], row["kind"], row["from"], row["to"]).items()
        for span in _evenings(sim.calendar, row["from"], end)
    ]
    doing = [
        entry
        for work in sim.works
        if work.start < 0 and work.hands
        for desk, end in _held(sim, work.desk, work.kind, work.start, work.end).items()
        for entry in _under_way(sim, work, desk, end)
    ]
    hands = sim.scenario.hands.evening
    budget: dict[cards.Desk, cards.Budget] = {
        desk: {
            "used_min": round(_used_steps(sim, desk) / STEPS_PER_MINUTE),
            "total_min": getattr(hands, desk) * len(sim.calendar.evenings) * sim.calendar.evening_steps // STEPS_PER_MINUTE,
        }
        for desk in DESKS
    }
    return {
        "evening": tonight,
        "date": sim.calendar.dated(sim.now),
        "ends_at": None if tonight is None else sim.calendar.evening_to,
        "copies_left": week.copies_left(sim),
        "calendar": sorted(over + doing, key=lambda row: (row["evening"], row["from"], row["to"], row["desk"], row["label"])),
        "budget": budget,
    }


def controls_card(sim: Simulation, desk: str) -> cards.Controls:
    """Every control there could be: whether it stands, and to the desk that built it what a test has shown."""
    rows: list[cards.Control] = []
    for name, made in CONTROLS.items():
        found = sim.safeguards.controls.get(name)
        own = found is not None and desk == found["desk"]
        tested = own and found is not None and found["tested"] is not None
        rows.append(
            {
                "name": name,
                "label": made.label,
                "by": made.desk,
                "built": name in sim.safeguards.built,
                "on": name in sim.safeguards.built and (made.on is None or bool(made.on(sim))),
                "tested": tested,
                "set": sim.safeguards.settings.get(name) if own else None,
                "hole": made.hole(sim) if tested and sim.safeguards.has_hole(name) else None,
            }
        )
    return {"rows": rows}


def plan_card(sim: Simulation) -> cards.Plan:
    """What the desks mean to do, evening by evening, and the hand-minutes of it beside what there is."""
    hands, numbers = sim.scenario.hands.evening, sim.scenario.levers
    length = sim.calendar.evening_steps // STEPS_PER_MINUTE
    wanted = {desk: [0] * len(sim.calendar.evenings) for desk in DESKS}
    items: list[cards.Planned] = []
    for row in sim.agenda.plan:
        minutes = minutes_of(sim, row["kind"]) if sim.now < 0 else 0.0
        held = {}
        for desk, count, until in numbers[row["kind"]].held(row["desk"], minutes):
            if count:
                held[desk] = round(count * min(until, minutes))
                wanted[desk][row["evening"]] += held[desk]
        items.append(
            {
                "id": row["id"],
                "desk": row["desk"],
                "kind": row["kind"],
                "evening": row["evening"],
                "label": sim.scenario.kinds[row["kind"]].named(sim.scenario),
                "minutes": minutes,
                "hands": held,
            }
        )
    return {"items": items, "planned": wanted, "supply": {desk: getattr(hands, desk) * length for desk in DESKS}}


def checklist_card(sim: Simulation, desk: str) -> cards.Checklist:
    """A desk's own checklist, with when it was ticked off, and how far the others are. Whether it is so, nobody is told here."""
    ticks, items, told = sim.agenda.ticks, sim.scenario.barriers.item, sim.calendar.told
    when: dict[str, cards.Ticked] = {item: {"at": told(tick["step"], sim.now, seconds=False)} for item, tick in ticks.items()}
    own: list[cards.CheckItem] = [
        {"id": item.id, "text": {"text": checklist_text(item.id), "values": {}}, "ticked": when.get(item.id)} for item in items if item.desk == desk
    ]
    theirs = {other: [item.id in ticks for item in items if item.desk == other] for other in DESKS if other != desk}
    return {"items": own, "others": [{"desk": other, "ticked": sum(found), "of": len(found)} for other, found in theirs.items()]}


def week_cards(sim: Simulation, desk: str) -> cards.WeekCards:
    """All of them for one desk; the plan only while there is a week."""
    if sim.start < 0:
        return {"week": week_card(sim), "controls": controls_card(sim, desk), "plan": plan_card(sim), "checklist": checklist_card(sim, desk)}
    return {"week": week_card(sim), "controls": controls_card(sim, desk)}
