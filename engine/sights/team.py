"""Cards that a team shares, each as one desk may see it: the bridge, the risk manager's word."""

import json

from engine.arguments import Sentence, phrase
from engine.evidence.telling import said
from engine.firm import bridge
from engine.firm.bridge import DONE
from engine.firm.duties import duties_of
from engine.firm.inbox import Ringing
from engine.firm.places import PLACES, told_place
from engine.firm.simulation import Simulation
from engine.market.chance import CAUSES, draw
from engine.market_time import STEPS_PER_SECOND
from engine.scenario.acts import dangerous
from engine.scenario.wordings import cause_text
from engine.sights import cards
from engine.sights.guide import guide_card
from engine.sights.parts import kept

CALLS = 8
_MESSAGES = 8
HINTS = 3


def bridge_card(sim: Simulation) -> cards.Bridge:
    """What was said and pinned for all three desks, oldest first. Who has read it is a copy: a card that was shown must not change with the
    state, or what is shown next is held to be the same and nobody is told."""
    return {
        "items": [
            {
                "at": sim.calendar.told(item["step"], sim.now),
                "id": item["id"],
                "desk": item["desk"],
                "kind": item["kind"],
                "title": item["title"],
                "lines": [*item["lines"]],
                "read": list(item["read"]),
            }
            for item in sim.bridge.items
        ]
    }


def words_card(sim: Simulation) -> cards.Words:
    """Where the risk manager's word stands for every lever that needs it."""
    return {
        "words": [
            {
                "what": what,
                "label": sim.scenario.kinds[what].word_for(sim.scenario),
                "state": word["state"],
                "by": word["by"],
                "at": sim.calendar.told(word["step"], sim.now) if word["by"] else "",
            }
            for what, word in sim.bridge.authorisations.items()
        ]
    }


def newest_calls(sim: Simulation, desk: str) -> list[Ringing]:
    """The newest calls of a desk, newest first."""
    return [call for call in sim.inbox.calls if call["desk"] == desk][: -CALLS - 1 : -1]


def calls_card(sim: Simulation, desk: str) -> cards.Calls:
    """The desk's own calls, newest first: what the caller says, what may be answered, what was."""
    acts, wordings = sim.scenario.evidence.acts, sim.scenario.evidence.wordings
    rows: list[cards.Call] = []
    for call in newest_calls(sim, desk):
        texts = {key: said(wordings, f"reply:{key}", {}) for key in call["replies"]}
        replies: list[cards.Reply] = [{"key": key, "text": text, "dangerous": dangerous(acts[key])} for key, text in texts.items()]
        rings = call["step"] + call["ring_s"] * STEPS_PER_SECOND - sim.now if call["state"] == "ringing" else 0
        rows.append(
            {
                "id": call["id"],
                "at": sim.calendar.told(call["step"], sim.now),
                "caller": call["caller"],
                "number": call["number"],
                "opening": call["opening"],
                "state": call["state"] if rings > 0 or call["state"] != "ringing" else "missed",
                "left_s": max(-(-rings // STEPS_PER_SECOND), 0),
                "replies": replies,
                "answer": {"key": call["answer"], "text": texts[call["answer"]]} if call["answer"] else None,
            }
        )
    return {"calls": rows}


def messages_card(sim: Simulation, desk: str) -> cards.Messages:
    """What was said to this desk in somebody's name, newest first, with its own answers: another desk's are not here."""
    mine = [message for message in sim.injects.messages if desk in message["desks"]]
    return {
        "messages": [
            {
                "id": message["id"],
                "at": sim.calendar.told(message["step"], sim.now),
                "from": message["from"],
                "text": message["text"],
                "replies": [
                    {"at": sim.calendar.told(reply["step"], sim.now), "text": reply["text"]}
                    for reply in message["replies"]
                    if reply["desk"] == desk
                ],
            }
            for message in mine[: -_MESSAGES - 1 : -1]
        ]
    }


def _state(reason: Sentence, *, under_way: bool) -> str:
    if reason:
        return "refused"
    return "under way" if under_way else "done"


def done_card(sim: Simulation, desk: str) -> cards.Done:
    """The desk's own last commands that are not talk, newest first, the refused ones among them."""
    taken, refused = sim.bridge.dones[desk], sim.aside.refused[desk]
    busy = [(work.seq, work.kind) for work in sim.works if work.desk == desk]
    key = (sim.calendar.evening_of(sim.now), len(taken), taken[-1:], len(refused), refused[-1:], busy)
    return kept(sim, f"done {desk}", key, lambda: _done(sim, desk, busy))


def _done(sim: Simulation, desk: str, busy: list[tuple[int, str]]) -> cards.Done:
    rows: list[cards.Deed] = []
    for row in sorted((*sim.bridge.dones[desk], *sim.aside.refused[desk]), key=lambda row: (row["step"], row["seq"]))[: -DONE - 1 : -1]:
        reason = row.get("reason", "")
        rows.append(
            {
                "at": sim.calendar.told(row["step"], sim.now),
                "kind": row["kind"],
                "label": sim.scenario.kinds[row["kind"]].named(sim.scenario),
                "target": row.get("target", ""),
                "confidence": row["confidence"],
                "state": _state(reason, under_way=(row["seq"], row["kind"]) in busy),
                "reason": reason,
            }
        )
    return {"rows": rows}


def asks_card(sim: Simulation, desk: str) -> cards.Asks:
    """What this desk's assistant was asked for, newest last."""
    return {
        "asks": [
            {
                "id": ask["id"],
                "at": sim.calendar.told(ask["step"], sim.now),
                "from": ask["from"],
                "kind": ask["kind"],
                "args": ask["args"],
                "label": ask["label"],
                "state": "refused" if ask["state"] == "open" and ask["id"] in sim.aside.asks else ask["state"],
            }
            for ask in sim.bridge.asks
            if ask["desk"] == desk
        ]
    }


def diagnosis_card(sim: Simulation, desk: str) -> cards.Diagnosis:
    """What may be declared, on what evidence of this desk or the bridge, and what was; never whether it is right. The causes stand in an order
    of the seed's own, which tells nothing."""
    causes, places = kept(sim, "what may be declared", None, lambda: (_causes(sim), _places(sim)))
    labels = {cause["id"]: cause["label"] for cause in causes}
    declared: list[cards.Declared] = [
        {
            "at": sim.calendar.told(row["step"], sim.now),
            "desk": row["desk"],
            "cause": row["cause"],
            "label": labels[row["cause"]],
            "place": row["place"],
            "where": told_place(sim.scenario, row["place"]),
            "evidence": row["evidence"],
        }
        for row in sim.bridge.declared
    ]
    return {"causes": causes, "places": places, "seen": _seen(sim, desk), "declared": declared}


def _causes(sim: Simulation) -> list[cards.Cause]:
    drawn = sorted((draw(sim.seed, CAUSES, number), number) for number in range(len(sim.scenario.diagnosis.cause)))
    known = [sim.scenario.diagnosis.cause[number] for _, number in drawn]
    return [{"id": cause.id, "label": {"text": cause_text(cause.id), "values": {}}} for cause in known]


def _places(sim: Simulation) -> list[cards.Place]:
    return [
        {"kind": phrase(kind.title) if kind.title else "", "id": place, "label": name if kind.title else phrase(name)}
        for kind in PLACES.values()
        for place, name in kind.places(sim.scenario).items()
    ]


def _seen(sim: Simulation, desk: str) -> list[cards.Seen]:
    """What a desk may rest a diagnosis on: pins first, the newest of each; what it has pinned itself stands there once."""
    found: dict[str, cards.Seen] = {}
    for number, title in bridge.evidence_for(sim, desk).items():
        found.setdefault(_key(title), {"id": number, "title": title})
    return [*found.values()]


def _key(sentence: Sentence) -> str:
    return sentence if isinstance(sentence, str) else json.dumps(sentence, sort_keys=True)


def hints_card(sim: Simulation, desk: str, help_level: str) -> cards.Hints:
    """What to look at next, for a beginner; newest first."""
    if help_level != "guided":
        return {"hints": []}
    mine = [hint for hint in sim.inbox.hints if hint["desk"] == desk and hint["end"] > sim.now]
    return {"hints": [{"id": hint["id"], "text": hint["text"]} for hint in mine[: -HINTS - 1 : -1]]}


def _claims_key(sim: Simulation, desk: str) -> tuple[object, ...]:
    """What a desk's card of diagnoses hangs on."""
    seen = sim.bridge.seen[desk]
    return sim.calendar.evening_of(sim.now), sim.bridge.posted, len(sim.bridge.declared), len(seen), tuple(seen[-1].values()) if seen else ()


def duties_card(sim: Simulation, desk: str) -> cards.Duties:
    """What the desk has to do before the bell, in the scenario's order, and where each of it stands."""
    left = {work.args["duty"]: work.left_s(sim.now) for work in sim.works if work.kind == "duty.do"}
    otherwise = "missed" if sim.now >= sim.calendar.open else "open"
    rows: list[cards.Duty] = [
        {
            "id": duty.id,
            "label": duty.said(),
            "minutes": duty.minutes,
            "otherwise": duty.said("otherwise"),
            "state": "done" if duty.id in sim.duties.done else "under way" if duty.id in left else otherwise,
            "left_s": left.get(duty.id, 0),
        }
        for duty in duties_of(sim, desk)
    ]
    return {"by": sim.calendar.hm(sim.calendar.open), "rows": rows}


def team_cards(sim: Simulation, desk: str, help_level: str) -> cards.TalkCards:
    """All cards of the team for one desk."""
    read = sum(len(item["read"]) for item in sim.bridge.items)
    found: cards.TalkCards = {
        "bridge": kept(sim, "bridge", (sim.calendar.evening_of(sim.now), sim.bridge.posted, read), lambda: bridge_card(sim)),
        "calls": calls_card(sim, desk),
        "messages": messages_card(sim, desk),
        "words": words_card(sim),
        "diagnosis": kept(sim, f"diagnosis {desk}", _claims_key(sim, desk), lambda: diagnosis_card(sim, desk)),
        "done": done_card(sim, desk),
        "asks": asks_card(sim, desk),
        "hints": hints_card(sim, desk, help_level),
        "duties": duties_card(sim, desk),
    }
    if sim.scenario.guide.step:
        found["guide"] = kept(sim, "guide", len(sim.guide.done), lambda: guide_card(sim))
    return found
