"""What a team says to each other: the bridge's items, the risk manager's word, what was asked of an assistant, diagnoses.

None of it reaches the market: a run with all of it taken out trades the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from engine.arguments import Args, SaidText, Sentence, msgid, phrase
from engine.commands import WORD_STEPS, Command, Refused, beyond, servers_of, target, worded
from engine.events import DESKS
from engine.evidence.telling import said
from engine.firm.places import NOWHERE, broker_place, server_place, told_place
from engine.firm.second_act import names_act
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.wordings import cause_text

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

ITEMS = 60  # the bridge keeps its newest
DONE = 40  # commands a desk sees of its own
SEEN = 40  # pieces of evidence that are kept for a desk
CLAIM = 3  # of them at most stand behind a diagnosis
_ASKS = 60
GUESS = phrase("A guess: no evidence given.")

# (desk, what) -> what a desk shows of its own sight: (sim, number) -> (title, lines). Filled by `sight_pins`, which stands higher.
Shown = tuple[Sentence, Sequence[Sentence]]
PINS: dict[tuple[str, str], Callable[["Simulation", int], Shown]] = {}


class Authorisation(TypedDict):
    """Where the word for a lever stands, who has spoken last, and when."""

    state: str
    by: str
    step: int


class Item(TypedDict):
    """What stands on the bridge, and the desks that have read it."""

    id: int
    step: int
    desk: str
    kind: str
    title: Sentence
    lines: list[Sentence]
    read: list[str]


_Asker = TypedDict("_Asker", {"from": str})


class Ask(_Asker):
    """What an assistant was asked to do."""

    id: int
    step: int
    desk: str
    kind: str
    args: Args
    label: Sentence
    state: str


class Deed(TypedDict):
    """A command of a desk: what it was aimed at where it was taken, and why not where it was refused."""

    seq: int
    kind: str
    confidence: str | None
    step: int
    target: NotRequired[Sentence]
    reason: NotRequired[Sentence]


class Declared(TypedDict):
    """A diagnosis: what is wrong and where, the titles of its evidence, and whether that is so."""

    step: int
    desk: str
    cause: str
    place: str
    evidence: list[Sentence]
    confidence: str | None
    right: bool


class Seen(TypedDict):
    """A piece of evidence that a desk has opened or asked for: its kind and number, and its title at that moment."""

    step: int
    id: str
    title: Sentence


class Taken(TypedDict):
    """A server that a desk has begun to stop, to start or to roll back."""

    step: int
    desk: str
    server: int


def _rows_of_desks() -> dict[str, list[Deed]]:
    return {desk: [] for desk in DESKS}


@dataclass(slots=True)
class Aside:
    """What refused commands leave: beside the state, for they leave no trace in the digest, and kept all the same for who gave them."""

    refused: dict[str, list[Deed]] = field(default_factory=_rows_of_desks)  # desk -> its commands that were refused
    asks: list[int] = field(default_factory=list)  # what an assistant was asked for, and was refused

    def to_dict(self) -> dict[str, Any]:
        """What was refused, JSON-able."""
        return {"refused": self.refused, "asks": self.asks}


@dataclass(slots=True)
class Bridge:
    """What was said so far; JSON-able fields."""

    authorisations: dict[str, Authorisation] = field(
        default_factory=lambda: {what: Authorisation(state="open", by="", step=-1) for what in worded()}
    )
    items: list[Item] = field(default_factory=list)
    posted: int = 0  # items so far: the newest one's id
    asks: list[Ask] = field(default_factory=list)  # what assistants were asked to do
    dones: dict[str, list[Deed]] = field(default_factory=_rows_of_desks)  # a desk's commands that were taken
    taken: list[Taken] = field(default_factory=list)  # servers, of the last WORD_STEPS
    seen: dict[str, list[Seen]] = field(default_factory=lambda: {desk: [] for desk in DESKS})  # oldest first
    declared: list[Declared] = field(default_factory=list)
    diagnosed: int | None = None  # step of the first right diagnosis
    noticed: int | None = None  # step at which the first symptom was opened or shared

    def to_dict(self) -> dict[str, Any]:
        """All that was said, JSON-able."""
        return {
            "authorisations": self.authorisations,
            "items": self.items,
            "posted": self.posted,
            "asks": self.asks,
            "dones": self.dones,
            "taken": self.taken,
            "seen": self.seen,
            "declared": self.declared,
            "diagnosed": self.diagnosed,
            "noticed": self.noticed,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Bridge":
        """A bridge from what `to_dict` gave."""
        return cls(**data)

    def open_ask(self, desk: str, kind: str, args: object) -> Ask | None:
        """The oldest open ask of a desk for that command."""
        return next(
            (
                ask
                for ask in self.asks
                if ask["state"] == "open" and (ask["desk"], ask["kind"], ask["args"]) == (desk, kind, args)
            ),
            None,
        )


# -- the desks' own record of what they did


def note_done(sim: "Simulation", command: Command, args: Args) -> None:
    """Keep a command that was taken, and close what was asked of this desk by it."""
    if not sim.scenario.kinds[command.kind].talk:
        mine = sim.bridge.dones[command.desk]
        mine.append({"seq": command.seq, "kind": command.kind, "confidence": command.confidence, "step": sim.now, "target": target(sim, args)})
        del mine[:-DONE]
    if sim.scenario.kinds[command.kind].word_beyond and sim.now >= 0:
        bridge, since = sim.bridge, sim.now - WORD_STEPS
        bridge.taken = [row for row in bridge.taken if row["step"] > since]
        bridge.taken += [{"step": sim.now, "desk": command.desk, "server": n} for n in servers_of(args)]
    ask = sim.bridge.open_ask(command.desk, command.kind, args)
    if ask:
        ask["state"] = "done"


def note_refused(sim: "Simulation", command: Command, reason: Sentence) -> None:
    """Keep a command that was refused, beside the state."""
    aside = sim.aside
    if command.desk in aside.refused and command.kind in sim.scenario.kinds and not sim.scenario.kinds[command.kind].talk:
        mine = aside.refused[command.desk]
        mine.append({"seq": command.seq, "kind": command.kind, "confidence": command.confidence, "step": sim.now, "reason": reason})
        del mine[:-DONE]
    ask = sim.bridge.open_ask(command.desk, command.kind, command.args)
    if ask and ask["id"] not in aside.asks:
        aside.asks.append(ask["id"])


# -- assistants


def add_ask(sim: "Simulation", desk: str, kind: str, args: Args) -> None:
    """Ask the assistant at a desk for a command."""
    aim = target(sim, args) or (sim.scenario.kinds[args["what"]].named(sim.scenario) if args.get("what") in sim.scenario.kinds else "")
    assert "mail" not in args, "whose mails there are is nobody else's to know"
    label = sim.scenario.kinds[kind].named(sim.scenario)
    label = phrase("{lever}: {target}", lever=label, target=aim) if aim else label
    number = post(sim, "ask", phrase("Asks the {seat}: {lever}", seat=desk, lever=label))
    asks = sim.bridge.asks
    asks.append({"id": number, "step": sim.now, "from": sim.acting, "desk": desk, "kind": kind, "args": args, "label": label, "state": "open"})
    del asks[:-_ASKS]
    sim.tell("assistant.asked", ask=number, desk=sim.acting, of=desk, asked=kind)


# -- evidence


def shown(sim: "Simulation", what: str, number: int) -> Shown:
    """What the acting desk shows. Cards are made anew for it: those that sights keep between looks depend on who looked when."""
    kept, sim.kept = sim.kept, {}
    try:
        return PINS[sim.acting, what](sim, number)
    finally:
        sim.kept = kept


# -- the ledger


def wrong_before(sim: "Simulation") -> tuple[int, ...]:
    """Servers on which something was wrong before the team touched them, whatever was done to them since: those of the fault, once the copy of
    the week that never arrived was made. What a team has spoilt itself is on others."""
    begun = sim.scenario.fleet.deployed or any(server.reported_at is not None for server in sim.fleet.servers)
    return sim.fault.servers if sim.week.first_copy_failed and begun else ()


def has_begun(sim: "Simulation", mechanism: str) -> bool:
    """Whether the fault of the day is this one, and has begun: nothing that anybody has done since changes that."""
    drawn = sim.fault.onset
    return drawn is not None and sim.fault.mechanism == mechanism and any(
        (onset.mechanism, onset.since) == (mechanism, drawn.step) for onset in sim.onsets.begun
    )


def rejects_before(sim: "Simulation") -> bool:
    """Whether the router's reject mails come of what was wrong before the team touched anything, and not of a forgotten host beside it."""
    refuses = sim.fault.mechanism in ("stale-release", "stale-process") and bool(wrong_before(sim))
    return refuses or sim.fault.mechanism == "mirror"


def notice(sim: "Simulation", **how: str) -> None:
    """A symptom of what was wrong before the team touched it was opened or shared: the first one counts. `how`: where it was seen, if
    that was in no mail."""
    if sim.bridge.noticed is None:
        sim.bridge.noticed = sim.now
        sim.tell("symptom.noticed", desk=sim.acting, **how)


def note_seen(sim: "Simulation", what: str, number: int) -> None:
    """Keep that the acting desk has this piece of evidence before it now; the last look at a thing replaces those before."""
    if (sim.acting, what) not in PINS:
        return
    try:
        title, _ = shown(sim, what, number)
    except Refused:
        return  # what was asked for has brought nothing
    mine = [row for row in sim.bridge.seen[sim.acting] if row["id"] != f"{what} {number}"]
    sim.bridge.seen[sim.acting] = [*mine, Seen(step=sim.now, id=f"{what} {number}", title=title)][-SEEN:]


def quoted(sim: "Simulation", name: str, **values: Sentence | int) -> SaidText:
    """What was said to one desk, as the bridge quotes it."""
    return said(sim.scenario.evidence.wordings, f"quote:{name}", values)


def evidence_for(sim: "Simulation", desk: str) -> dict[str, Sentence]:
    """What a desk may rest a diagnosis on, by id: the pins of the bridge and what it has seen itself, each newest first, with their titles."""
    pins = {f"pin {item['id']}": item["title"] for item in reversed(sim.bridge.items) if item["kind"] == "pin"}
    return pins | {row["id"]: row["title"] for row in reversed(sim.bridge.seen[desk])}


def right(sim: "Simulation") -> tuple[tuple[str, str], ...]:
    """Every cause that holds, with its places: servers where something was otherwise than on the rest before the team touched it, the place
    where it began in the course of the day, brokers whose orders mean something else, else none."""
    found, servers = sim.fault, wrong_before(sim)
    if (found.servers and not servers) or (found.onset and not has_begun(sim, found.mechanism)):
        return ()  # the week has kept it from coming, or it has not come yet
    places = [(cause, server_place(n)) for n, cause in found.causes.items()]
    places += [(found.text.cause, found.onset.place)] if found.onset else []
    places += [(found.text.cause, broker_place(n)) for n in found.at_brokers]
    return tuple(places) or ((found.text.cause, NOWHERE),)


def all_is_said(sim: "Simulation") -> bool:
    """Whether every cause that holds was declared at a place of its own, on evidence."""
    said = {row["cause"] for row in sim.bridge.declared if row["right"] and row["evidence"]}
    return said >= {cause for cause, _ in right(sim)}


def declare(sim: "Simulation", cause: str, place: str, evidence: list[str]) -> None:
    """Keep a diagnosis, for all to see. The moment of diagnosis is when every cause that holds has been declared on evidence; without any a
    diagnosis is a guess."""
    label: SaidText = {"text": cause_text(cause), "values": {}}
    where, known = told_place(sim.scenario, place), evidence_for(sim, sim.acting)
    titles, holds = [known[one] for one in evidence], (cause, place) in right(sim)
    fits = holds or names_act(sim, cause, place)
    sim.bridge.declared.append(
        {
            "step": sim.now,
            "desk": sim.acting,
            "cause": cause,
            "place": place,
            "evidence": titles,
            "confidence": sim.confidence,
            "right": fits,
        }
    )
    sim.tell("diagnosis.declared", desk=sim.acting, cause=cause, place=place, evidence=titles)
    title = quoted(sim, "diagnosis_at", cause=label, place=where) if where else quoted(sim, "diagnosis", cause=label)
    post(sim, "diagnosis", title, titles or [GUESS])
    if holds and titles:
        notice(sim)  # what is named on evidence was noticed, wherever it stood
    if holds and titles and sim.bridge.diagnosed is None and all_is_said(sim):
        sim.bridge.diagnosed = sim.now


def post(sim: "Simulation", kind: str, title: Sentence, lines: Sequence[Sentence] = (), desk: str | None = None) -> int:
    """Put an item on the bridge, in the name of the acting desk unless another is given; its id."""
    bridge, desk = sim.bridge, sim.acting if desk is None else desk
    bridge.posted += 1
    bridge.items.append({"id": bridge.posted, "step": sim.now, "desk": desk, "kind": kind, "title": title, "lines": [*lines], "read": [desk]})
    del bridge.items[:-ITEMS]
    sim.tell("bridge.posted", item=bridge.posted, desk=desk, posted=kind, title=title)
    return bridge.posted


# -- the risk manager's approval

_WANTS = {
    "open": phrase("ask for it"),
    "asked": phrase("it was asked for and not given yet"),
    "refused": phrase("it was refused, ask again"),
}
_SPOKEN = {"asked": msgid("Asks for approval: {lever}"), "given": msgid("Approves: {lever}"), "refused": msgid("Refuses approval: {lever}")}


def needs_authorisation(sim: "Simulation", what: str) -> bool:
    """Whether a lever needs the word at this time of day."""
    return bool(sim.scenario.kinds[what].word) and sim.now >= 0 and (sim.now < sim.calendar.open or not sim.scenario.kinds[what].word_until_open)


def lately_taken(sim: "Simulation", desk: str) -> list[int]:
    """Servers that a desk has begun to stop, to start or to roll back within WORD_STEPS, each once."""
    return sorted({row["server"] for row in sim.bridge.taken if row["desk"] == desk and row["step"] > sim.now - WORD_STEPS})


def authorisation_missing(sim: "Simulation", what: str, args: Args | None = None) -> Sentence:
    """Why a lever may not be pulled for want of the risk manager's approval, or "" when it may; without arguments, as far as it needs none."""
    if sim.instant or not needs_authorisation(sim, what) or sim.bridge.authorisations[what]["state"] == "given":
        return ""
    most = sim.scenario.kinds[what].word_beyond
    if most and (args is None or not beyond(lately_taken(sim, sim.acting), servers_of(args), most)):
        return ""
    state = sim.bridge.authorisations[what]["state"]
    so_far = _WANTS.get(state, _WANTS["open"])
    lever = sim.scenario.kinds[what].word_for(sim.scenario)
    if not most:
        return phrase("{lever} needs the {seat}'s approval: {so_far}", lever=lever, seat="risk", so_far=so_far)
    within = WORD_STEPS // STEPS_PER_MINUTE
    return phrase("{lever} within {minutes} minutes needs the {seat}'s approval: {so_far}", lever=lever, minutes=within, seat="risk", so_far=so_far)


def set_authorisation(sim: "Simulation", what: str, state: str, desk: str | None = None) -> None:
    """Ask for, give or refuse the word for a lever."""
    desk = sim.acting if desk is None else desk
    sim.bridge.authorisations[what] = {"state": state, "by": desk, "step": sim.now}
    label = sim.scenario.kinds[what].word_for(sim.scenario)
    sim.tell(f"word.{state}", what=what, desk=desk)
    post(sim, "ask" if state == "asked" else "word", phrase(_SPOKEN[state], lever=label), desk=desk)
