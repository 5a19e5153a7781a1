"""What an answer on the telephone does. A scenario's reply names its acts in a few words, such as `pace flag.clear 10`; here are the acts.

Every act changes the run in a way that is remembered and can be seen; what nobody answers changes nothing but the record of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.commands import LEVERS, WORDS, Refused
from engine.events import DESKS
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND, WEEK

if TYPE_CHECKING:
    from engine.day import Day
    from engine.view import View

LEAVE = "leave"
HURTS = ("cut_off", "flag_off", "gone", "reopen")  # acts that a desk arms first, as it does the levers that can hurt


@dataclass(slots=True)
class Agreed:
    """What was agreed on the telephone and still holds; JSON-able fields."""

    replies: dict[str, int] = field(default_factory=dict)  # reply, or "<call>.missed" -> step
    pace: dict[str, float] = field(default_factory=dict)  # lever -> minutes it takes from now on
    hands: dict[str, int] = field(default_factory=dict)  # desk -> hands lent to it
    due: list[list[Any]] = field(default_factory=list)  # [step, what] that will be looked at
    intended: bool = False  # the exchange was told that it is intended: it reviews nothing
    ruling_min: int = 0  # by how much later the exchange rules on busts
    rest_until: int = WEEK  # until this step client harm is not charged by the minute
    cancelled: int = 0  # waiting orders handed back on a client's word, charged by the order
    gone: bool = False  # clients left for the day
    feed: bool = False  # the clearing firm's figures feed the position monitor: it is not late any more
    fees_usd: int = 0
    frozen_until: int = WEEK  # until this step nothing may be written to the servers' disks
    filtered: bool = False  # the router's reject mails go to a folder that nobody reads
    gross_usd: int = 0  # what the firm held when the chief executive's office was last told something


def _no(words: list[str]) -> list[Any]:
    if words:
        raise ValueError("nothing behind it")
    return []


def number(most: int) -> Callable[[list[str]], list[Any]]:
    """Parser of one whole number behind an act."""

    def parse(words: list[str]) -> list[Any]:
        if len(words) != 1 or not words[0].isdigit() or not 1 <= int(words[0]) <= most:
            raise ValueError(f"one whole number from 1 to {most:,} behind it")
        return [int(words[0])]

    return parse


def _choice(*values: str) -> Callable[[list[str]], list[Any]]:
    def parse(words: list[str]) -> list[Any]:
        if len(words) != 1 or words[0] not in values:
            raise ValueError(f"one of {', '.join(values)} behind it")
        return list(words)

    return parse


def words_of(values: tuple[str, ...], most: int) -> Callable[[list[str]], list[Any]]:
    """Parser of one of some words and a whole number behind an act."""

    def parse(words: list[str]) -> list[Any]:
        if len(words) != 2 or words[0] not in values or not words[1].isdigit() or not 1 <= int(words[1]) <= most:
            raise ValueError(f"one of {', '.join(values)} and a whole number from 1 to {most:,} behind it")
        return [words[0], int(words[1])]

    return parse


def _pace(words: list[str]) -> list[Any]:
    if len(words) != 2 or "." not in words[0] or not words[1].isdigit() or not 1 <= int(words[1]) <= 60:
        raise ValueError("a lever and minutes from 1 to 60 behind it")
    return [words[0], int(words[1])]


def _rule(words: list[str]) -> list[Any]:
    if not words:
        raise ValueError("the words of the mails behind it")
    return [" ".join(words)]


Act = Callable[..., None]
ACTS: dict[str, tuple[Callable[[list[str]], list[Any]], Act]] = {}


def act(parse: Callable[[list[str]], list[Any]]) -> Callable[[Act], Act]:
    """Register the decorated function under its name; `parse` reads the words behind it."""

    def register(do: Act) -> Act:
        ACTS[do.__name__] = (parse, do)
        return do

    return register


def parse_act(text: str) -> tuple[Act, list[Any]]:
    """An act and its arguments. Raises ValueError that says what was expected."""
    name, *words = text.split() or [""]
    if name not in ACTS:
        raise ValueError(f"an act out of {', '.join(sorted(ACTS))}")
    parse, do = ACTS[name]
    try:
        return do, parse(words)
    except ValueError as error:
        raise ValueError(f"{name} with {error}") from None


def dangerous(acts: tuple[str, ...]) -> bool:
    """Whether one of these acts can hurt."""
    return any(text.split()[0] in HURTS for text in acts)


def later(sim: "Day", minutes: int) -> int:
    """The step that many minutes from now."""
    return sim.now + minutes * STEPS_PER_MINUTE


# -- the word


@act(_choice(*WORDS))
def give(sim: "Day", what: str) -> None:
    """The risk manager's word for a lever."""
    if sim.word_matters(what) and sim.words[what]["state"] != "given":
        sim.set_word(what, "given", "risk")


@act(_choice(*WORDS))
def refuse(sim: "Day", what: str) -> None:
    """No word until it is asked for again."""
    if sim.word_matters(what) and sim.words[what]["state"] != "refused":
        sim.set_word(what, "refused", "risk")


@act(_no)
def note_gross(sim: "Day") -> None:
    """Remember what is held now, against which a later call measures."""
    sim.agreed.gross_usd = sim.gross_usd()


# -- the exchange


@act(_no)
def cut_off(sim: "Day") -> None:
    """The exchanges cut the whole firm off."""
    if not sim.cut_off:
        sim.accept_cut()


@act(_no)
def intended(sim: "Day") -> None:
    """What was told to be intended is not reviewed as an error afterwards."""
    sim.agreed.intended = True


@act(_no)
def review(sim: "Day") -> None:
    """The exchange opens a review of executions far from the open, where it would when asked."""
    try:
        LEVERS["exchange.bust"].ready(sim)  # type: ignore[misc, arg-type]
    except Refused:
        return
    sim.ask_bust()


@act(number(240))
def slow_ruling(sim: "Day", minutes: int) -> None:
    """The exchange rules on busts later."""
    sim.agreed.ruling_min = max(sim.agreed.ruling_min, minutes)


@act(number(5000))
def collar(sim: "Day", bp: int) -> None:
    """The exchange refuses what is further from the opening price, unless a narrower collar is on."""
    controls = sim.machine.controls
    if controls[0].collar_bp == 0 or controls[0].collar_bp > bp:
        controls["collar_bp"] = bp


@act(_no)
def reopen(sim: "Day") -> None:
    """The exchanges open the sessions of every server that runs, all at once."""
    if sim.cut_off:
        return
    for server in sim.fleet.servers:
        server.connected = True
    sim.machine.controls["connected"] = 1
    sim.set_servers()
    sim.tell("sessions.opened")


# -- clients


def set_away(sim: "Day") -> None:
    """The part of the clients' flow that stays away now: sent elsewhere, or kept away by what is said about the firm."""
    sent = 0 if sim.away_at is None else round(256 * sim.scenario.costs.away_share)
    sim.machine.controls["away_256"] = max([sent, *(round(256 * percent / 100) for percent, _ in sim.deck.shy)])


def route_away(sim: "Day") -> None:
    """Clients route elsewhere: harm stops growing, part of the flow stays away."""
    sim.away_at = sim.now if sim.away_at is None else sim.away_at
    set_away(sim)


def recall(sim: "Day") -> None:
    """Clients come back, and are harmed again when they are not served."""
    sim.away_at = None
    set_away(sim)


@act(_no)
def away(sim: "Day") -> None:
    """Clients route elsewhere until they are called back."""
    route_away(sim)


@act(_no)
def gone(sim: "Day") -> None:
    """Clients leave for the day, and what that costs is charged once."""
    if not sim.agreed.gone:
        sim.agreed.gone = True
        route_away(sim)
        sim.tell("clients.left")


@act(number(120))
def leave_unless_served(sim: "Day", minutes: int) -> None:
    """Clients wait that long, and leave for the day when they are not served then."""
    sim.agreed.due.append([later(sim, minutes), LEAVE])


@act(_no)
def hand_back(sim: "Day") -> None:
    """What waits for a server goes back to the clients, charged by the order."""
    sim.agreed.cancelled += sim.hand_back_waiting()


@act(number(120))
def rest(sim: "Day", minutes: int) -> None:
    """Clients know where they stand: for that long harm is not charged by the minute."""
    sim.agreed.rest_until = max(sim.agreed.rest_until, later(sim, minutes))


# -- hands, time and money


@act(_pace)
def pace(sim: "Day", kind: str, minutes: int) -> None:
    """A lever takes that long from now on."""
    sim.agreed.pace[kind] = minutes


@act(_choice(*DESKS))
def hand(sim: "Day", desk: str) -> None:
    """One more hand at a desk."""
    sim.agreed.hands[desk] = sim.agreed.hands.get(desk, 0) + 1


@act(number(100_000_000))
def fee(sim: "Day", usd: int) -> None:
    """What the help costs."""
    sim.agreed.fees_usd += usd


# -- the evenings


@act(_no)
def reread(sim: "Day") -> None:
    """The copy tool's own log is read again: it says what it was told to do."""
    sim.say_in_terminal([f"{sim.fleet.label(server.n).lower()}: {server.reported}, done" for server in sim.fleet.servers])


@act(_no)
def recheck(sim: "Day") -> None:
    """The server that was recorded last is hashed, by somebody who did not copy it."""
    copied = [server for server in sim.fleet.servers if server.reported_at is not None]
    if copied:
        n = max(copied, key=lambda server: (server.reported_at, server.n)).n
        sim.run_checksum([n])
        sim.print_result("checksum.run", {"servers": [n]})


# -- the flag, the disks, the mail, the monitor


@act(_no)
def flag_off(sim: "Day") -> None:
    """New orders come without the flag."""
    sim.machine.controls["flag_off"] = 1


@act(number(480))
def freeze(sim: "Day", minutes: int) -> None:
    """Nothing may be written to the servers' disks for that long."""
    sim.agreed.frozen_until = max(sim.agreed.frozen_until, later(sim, minutes))


@act(_rule)
def page(sim: "Day", match: str) -> None:
    """Mails with these words become alerts from now on."""
    if all(rule["match"] != match for rule in sim.rules):
        sim.rules.append({"match": match, "step": sim.now})


@act(_no)
def filtered(sim: "Day") -> None:
    """The router's reject mails go to a folder from now on."""
    sim.agreed.filtered = True


@act(_no)
def feed(sim: "Day") -> None:
    """The position monitor is fed by the clearing firm, and not late any more."""
    sim.agreed.feed = True


# -- what the day does with it


def missed(sim: "Day") -> None:
    """Note the calls that rang out: nothing follows but that their callers know it."""
    for call in sim.calls:
        if call.get("state") == "ringing" and sim.now >= call["step"] + call["ring_s"] * STEPS_PER_SECOND:
            call["state"] = "missed"
            sim.agreed.replies.setdefault(f"{call['caller_key']}.missed", sim.now)
            sim.tell("call.missed", (call["desk"],), call=call["id"], caller=call["caller"])


def look(sim: "Day", view: "View") -> None:
    """Every five seconds: calls that rang out, and what was promised and is due now."""
    if sim.calls:
        missed(sim)
    due = [row for row in sim.agreed.due if row[0] <= sim.now]
    if due:
        sim.agreed.due = [row for row in sim.agreed.due if row[0] > sim.now]
        if not view.served:
            gone(sim)


def answer(sim: "Day", call: dict[str, Any], reply: str) -> None:
    """Carry out the acts of a reply."""
    call["state"], call["answer"] = "answered", reply
    if call["caller_key"].startswith("exchange"):
        sim.notice()
    sim.agreed.replies[reply] = sim.now
    sim.tell("call.answered", (call["desk"],), call=call["id"], caller=call["caller"], reply=reply)
    for text in sim.scenario.evidence.acts[reply]:
        do, args = parse_act(text)
        do(sim, *args)
