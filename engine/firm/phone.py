"""What an answer on the telephone does. A scenario's reply names its acts (see `acts`); here is what is done for each.

Every act changes the run in a way that is remembered and can be seen; what nobody answers changes nothing but the record of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine.commands import LEVERS, Refused
from engine.firm import bridge, exchanges, replays, server_ops
from engine.firm.clients import hand_back_waiting, route_away
from engine.firm.score import gross_usd
from engine.market_time import EARLIEST, STEPS_PER_MINUTE, STEPS_PER_SECOND
from engine.scenario.acts import ACTS, parse_act

if TYPE_CHECKING:
    from engine.firm.inbox import Ringing
    from engine.firm.simulation import Simulation
    from engine.firm.view import View

LEAVE = "leave"


@dataclass(slots=True)
class StandingAgreements:
    """What was agreed on the telephone and still holds; JSON-able fields."""

    replies: dict[str, int] = field(default_factory=dict)  # reply, or "<call>.missed" -> step
    pace: dict[str, float] = field(default_factory=dict)  # lever -> minutes it takes from now on
    hands: dict[str, int] = field(default_factory=dict)  # desk -> hands lent to it
    due: list[list[Any]] = field(default_factory=list)  # [step, what] that will be looked at
    intended: bool = False  # the exchange was told that it is intended: it reviews nothing
    ruling_min: int = 0  # by how much later the exchange rules on busts
    rest_until: int = EARLIEST  # until this step clients know what they wait for
    gone: bool = False  # clients left for the day
    feed: bool = False  # the clearing firm's figures feed the position monitor: it is not late any more
    fees_usd: int = 0
    frozen_until: int = EARLIEST  # until this step nothing may be written to the servers' disks
    filtered: bool = False  # the router's reject mails go to a folder that nobody reads
    gross_usd: int = 0  # what the firm held when the chief executive's office was last told something

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "StandingAgreements":
        """What `to_dict` gave."""
        return cls(**data)


Act = Callable[..., None]
CARRIED_OUT: dict[str, Act] = {}  # act -> what is done


def act(do: Act) -> Act:
    """Register the decorated function as what is done for the act of its name."""
    assert do.__name__ in ACTS, f"{do.__name__} is no act"
    CARRIED_OUT[do.__name__] = do
    return do


def carry_out(sim: "Simulation", acts: Iterable[str]) -> None:
    """Do these acts, in their order."""
    for text in acts:
        name, args = parse_act(text)
        CARRIED_OUT[name](sim, *args)


def later(sim: "Simulation", minutes: int) -> int:
    """The step that many minutes from now."""
    return sim.now + minutes * STEPS_PER_MINUTE


# -- the word


@act
def give(sim: "Simulation", what: str) -> None:
    """The risk manager's word for a lever."""
    if bridge.needs_authorisation(sim, what) and sim.bridge.authorisations[what]["state"] != "given":
        bridge.set_authorisation(sim, what, "given", "risk")


@act
def refuse(sim: "Simulation", what: str) -> None:
    """No word until it is asked for again."""
    if bridge.needs_authorisation(sim, what) and sim.bridge.authorisations[what]["state"] != "refused":
        bridge.set_authorisation(sim, what, "refused", "risk")


@act
def note_gross(sim: "Simulation") -> None:
    """Remember what is held now, against which a later call measures."""
    sim.phone.gross_usd = gross_usd(sim.machine)


# -- the exchange


@act
def cut_off(sim: "Simulation") -> None:
    """The exchanges cut the whole firm off."""
    if not sim.exchanges.cut_off:
        exchanges.accept_cut(sim)


@act
def intended(sim: "Simulation") -> None:
    """What was told to be intended is not reviewed as an error afterwards."""
    sim.phone.intended = True


@act
def review(sim: "Simulation") -> None:
    """The exchange opens a review of executions far from the open, where it would when asked."""
    ready = LEVERS["exchange.bust"].ready
    assert ready is not None
    try:
        ready(sim)
    except Refused:
        return
    exchanges.ask_bust(sim)


@act
def slow_ruling(sim: "Simulation", minutes: int) -> None:
    """The exchange rules on busts later."""
    sim.phone.ruling_min = max(sim.phone.ruling_min, minutes)


@act
def collar(sim: "Simulation", bp: int) -> None:
    """The exchange refuses what is further from the opening price, unless a narrower collar is on."""
    controls = sim.machine.controls
    if controls[0].collar_bp == 0 or controls[0].collar_bp > bp:
        controls["collar_bp"] = bp


@act
def reopen(sim: "Simulation") -> None:
    """The exchanges open the sessions of every server that runs, all at once."""
    if sim.exchanges.cut_off:
        return
    for server in sim.fleet.servers:
        server.connected = True
    sim.machine.controls["connected"] = 1
    server_ops.set_servers(sim)
    sim.tell("sessions.opened")


# -- clients


@act
def away(sim: "Simulation") -> None:
    """Clients route elsewhere until they are called back."""
    route_away(sim)


@act
def gone(sim: "Simulation") -> None:
    """Clients leave for the day: part of the flow goes elsewhere, and nobody had told them to."""
    if not sim.phone.gone:
        sim.phone.gone = True
        route_away(sim)
        sim.tell("clients.left")


@act
def leave_unless_served(sim: "Simulation", minutes: int) -> None:
    """Clients wait that long, and leave for the day when they are not served then."""
    sim.phone.due.append([later(sim, minutes), LEAVE])


@act
def hand_back(sim: "Simulation") -> None:
    """What waits for a server goes back to the clients."""
    hand_back_waiting(sim)


@act
def rest(sim: "Simulation", minutes: int) -> None:
    """Clients know where they stand: for that long what waits is as if they had been told to go elsewhere."""
    sim.phone.rest_until = max(sim.phone.rest_until, later(sim, minutes))


@act
def tell_brokers(sim: "Simulation") -> None:
    """Whoever rings is told to look at what its gateway sends."""
    replays.tell_of_replay(sim)


# -- hands, time and money


@act
def pace(sim: "Simulation", kind: str, minutes: int) -> None:
    """A lever takes that long from now on."""
    sim.phone.pace[kind] = minutes


@act
def hand(sim: "Simulation", desk: str) -> None:
    """One more hand at a desk."""
    sim.phone.hands[desk] = sim.phone.hands.get(desk, 0) + 1


@act
def fee(sim: "Simulation", usd: int) -> None:
    """What the help costs."""
    sim.phone.fees_usd += usd


# -- the evenings


@act
def reread(sim: "Simulation") -> None:
    """The copy tool's own log is read again: it says what it was told to do."""
    server_ops.say_in_terminal(sim, [f"{sim.fleet.label(server.n).lower()}: {server.reported}, done" for server in sim.fleet.servers])


@act
def recheck(sim: "Simulation") -> None:
    """The server that was recorded last is hashed, by somebody who did not copy it."""
    copied = [server for server in sim.fleet.servers if server.reported_at is not None]
    if copied:
        n = max(copied, key=lambda server: (server.reported_at, server.n)).n
        server_ops.run_checksum(sim, [n])
        server_ops.print_result(sim, "checksum.run", {"servers": [n]})


# -- the flag, the disks, the mail, the monitor


@act
def flag_off(sim: "Simulation") -> None:
    """New orders come without the flag."""
    sim.machine.controls["flag_off"] = 1


@act
def freeze(sim: "Simulation", minutes: int) -> None:
    """Nothing may be written to the servers' disks for that long."""
    sim.phone.frozen_until = max(sim.phone.frozen_until, later(sim, minutes))


@act
def page(sim: "Simulation", match: str) -> None:
    """Mails with these words become alerts from now on."""
    if all(rule["match"] != match for rule in sim.inbox.rules):
        sim.inbox.rules.append({"match": match, "step": sim.now})


@act
def filtered(sim: "Simulation") -> None:
    """The router's reject mails go to a folder from now on."""
    sim.phone.filtered = True


@act
def feed(sim: "Simulation") -> None:
    """The position monitor is fed by the clearing firm, and not late any more."""
    sim.phone.feed = True


# -- what the day does with it


def missed(sim: "Simulation") -> None:
    """Note the calls that rang out: nothing follows but that their callers know it."""
    for call in sim.inbox.calls:
        if call.get("state") == "ringing" and sim.now >= call["step"] + call["ring_s"] * STEPS_PER_SECOND:
            call["state"] = "missed"
            sim.phone.replies.setdefault(f"{call['caller_key']}.missed", sim.now)
            sim.tell("call.missed", (call["desk"],), call=call["id"], caller=call["caller"])


def follow_up(sim: "Simulation", view: "View") -> None:
    """Every five seconds: calls that rang out, and what was promised and is due now."""
    if sim.inbox.calls:
        missed(sim)
    due = [row for row in sim.phone.due if row[0] <= sim.now]
    if due:
        sim.phone.due = [row for row in sim.phone.due if row[0] > sim.now]
        if not view.served:
            gone(sim)


def answer(sim: "Simulation", call: "Ringing", reply: str) -> None:
    """Carry out the acts of a reply."""
    call["state"], call["answer"] = "answered", reply
    if call["caller_key"].startswith("exchange") and server_ops.runaway_before(sim):
        bridge.notice(sim)
    sim.phone.replies[reply] = sim.now
    sim.tell("call.answered", (call["desk"],), call=call["id"], caller=call["caller"], reply=reply)
    carry_out(sim, sim.scenario.evidence.acts[reply])
