"""The week's safeguards: what was built and where it has holes, and what it does on the day: caps as they were set and as they work, the
capital threshold, the dashboard.

`builds` registers a control together with the lever that builds it; what a control then does stands where it does it, and asks
`sim.safeguards`. A control that has a hole is shown as it was set, and does what the hole leaves of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arguments import Args, Phrase, Sentence, phrase
from engine.commands import LEVERS, Effect, Parsers, Refused, lever, worded
from engine.events import DESKS
from engine.firm import bridge, inbox, replays, server_ops
from engine.market import market_step
from engine.market.chance import HOLES, below
from engine.market.positions import prices_hc
from engine.market.state import DESK
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

_MILLION = 1_000_000
_HC = 10_000
UNITS = 10  # a rate cap with a hole takes its figure for one of a tenth of a second
SHOWN = 5  # parents a server on the dashboard
TICK_S = 5

# control -> column of the machine's controls, and its value there from what was set, without and with the hole
_DIALS: dict[str, tuple[str, Callable[[float], float], Callable[[float], float]]] = {
    "limit": ("gross_cap_hc", lambda usd: usd * _HC, lambda usd: 0),
    "rate": ("rate_cap", lambda per_s: per_s, lambda per_s: per_s * UNITS),
    "collar": ("collar_bp", lambda percent: percent * 100, lambda percent: 0),
    "reconcile": ("reconcile", lambda on: on, lambda on: 2 * on),
    "hold": ("hold_shares", lambda shares: shares, lambda shares: 0),
}


@dataclass(frozen=True, slots=True)
class Control:
    """A control that can be built: its name in `Safeguards.built`, for people, the desk and the lever that build it, the levers it opens,
    what a test shows where it has a hole, and whether it is switched on."""

    name: str
    label: Phrase
    desk: str
    kind: str
    hole: Callable[["Simulation"], Phrase]
    opens: tuple[str, ...] = ()
    on: Callable[["Simulation"], bool] | None = None


CONTROLS: dict[str, Control] = {}


def control(
    name: str,
    label: str,
    desk: str,
    kind: str,
    hole: str | Callable[["Simulation"], Phrase],
    *,
    opens: tuple[str, ...] = (),
    on: Callable[["Simulation"], bool] | None = None,
) -> Control:
    """Register a control that the lever `kind` builds (by calling `build(sim, name)` when it has taken effect)."""
    says = hole if callable(hole) else lambda sim: phrase(hole)
    CONTROLS[name] = Control(name, phrase(label), desk, kind, says, opens, on)
    return CONTROLS[name]


def builds(
    kind: str,
    desk: str,
    label: str,
    name: str,
    what: str,
    hole: str | Callable[["Simulation"], Phrase],
    *,
    opens: tuple[str, ...] = (),
    on: Callable[["Simulation"], bool] | None = None,
    args: Parsers | None = None,
    ready: Callable[["Simulation"], None] | None = None,
    done: Effect | None = None,
    informs: bool = False,
    group: str = "Build",
    rank: int = 5,
    help: str = "",
) -> Control:
    """Register a control `name` ("what" for people) and the lever that builds it; `done` is carried out when it stands."""

    def unbuilt(sim: "Simulation") -> None:
        if name in sim.safeguards.built:
            raise Refused("{control}: there is one already", control=phrase(what))
        if ready:
            ready(sim)

    @lever(kind, desk, label, args=args or {}, ready=unbuilt, exclusive=True, informs=informs, group=group, rank=rank, help=help)
    def effect(sim: "Simulation", given: Args) -> None:
        build(sim, name)
        if done:
            done(sim, given)

    return control(name, what, desk, kind, hole, opens=opens, on=on)


@dataclass(slots=True)
class Safeguards:
    """What was built and what its desks have set; JSON-able fields, but for the set."""

    built: set[str] = field(default_factory=set)  # names of controls that stand, and levers that there are now
    controls: dict[str, dict[str, Any]] = field(default_factory=dict)  # control -> {desk, step, hole, tested, mended}
    settings: dict[str, float] = field(default_factory=dict)  # control -> what its desk has set it to
    shut: int | None = None  # since when the threshold stops order entry
    dashboard: dict[str, Any] = field(default_factory=lambda: {"step": None, "sent": {}, "rows": [], "over": {}})  # what it saw last

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return {
            "built": sorted(self.built),
            "controls": self.controls,
            "settings": self.settings,
            "shut": self.shut,
            "dashboard": self.dashboard,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Safeguards":
        """What `to_dict` gave."""
        return cls(**{**data, "built": set(data["built"])})

    def label(self, name: str) -> Phrase:
        """What people call a control."""
        return CONTROLS[name].label

    def has_hole(self, name: str) -> bool:
        """Whether a control was built, has a hole and was not mended."""
        return bool(name in self.controls and self.controls[name]["hole"])

    @property
    def holes(self) -> list[str]:
        """Controls that have a hole, known or not."""
        return [name for name in self.controls if self.has_hole(name)]


# -- building


def build(sim: "Simulation", name: str) -> None:
    """A control stands now. Until it is tested nobody knows whether it has a hole; the seed does."""
    if name in sim.safeguards.built:
        return
    made = CONTROLS[name]
    sim.safeguards.built.update((name, *made.opens))
    hole = hole_draw(sim, name, 0, _MILLION) < round(sim.scenario.controls.chance(name) * _MILLION)
    sim.safeguards.controls[name] = {"desk": made.desk, "step": sim.now, "hole": hole, "tested": None, "mended": None}
    sim.tell("control.built", control=name, label=made.label)


def hole_draw(sim: "Simulation", name: str, what: int, n: int) -> int:
    """The seed's draw in [0, n) about a control: 0 is whether there is a hole, other numbers are the control's own."""
    return below(sim.seed, HOLES, int.from_bytes(name.encode(), "big"), what, n)


# -- caps, collar, reconciliation, large parents


def set_dial(sim: "Simulation", name: str, value: float) -> None:
    """Set a control as its desk wants it."""
    sim.safeguards.settings[name] = value
    apply_dial(sim, name)


def apply_dial(sim: "Simulation", name: str) -> None:
    """Make the machine do what was set, or what a hole leaves of it."""
    if name in _DIALS and name in sim.safeguards.settings:
        column, whole, holed = _DIALS[name]
        sim.machine.controls[column] = round((holed if sim.safeguards.has_hole(name) else whole)(sim.safeguards.settings[name]))
        sim.machine.controls["cap_shut"] = 0


# -- the capital threshold


def capital_in_use(sim: "Simulation") -> int:
    """What the threshold measures, hundredths of a cent: all that the firm's accounts hold, long and short together; with the hole,
    one against the other."""
    worth = sim.machine.position.sum(axis=1) * prices_hc(sim.machine, "ref_256")
    return abs(int(worth.sum())) if sim.safeguards.has_hole("threshold") else int(np.abs(worth).sum())


def watch_threshold(sim: "Simulation") -> None:
    """Stop all order entry, the router's and the desk's own, when more is in use than was set. It stays stopped until it is set anew."""
    most = sim.safeguards.settings.get("threshold", 0)
    if not most or sim.safeguards.shut is not None:
        return
    used = capital_in_use(sim)
    if used <= most * _HC:
        return
    sim.monitoring.watch_runaway(sim.machine, sim.now)  # what this ends had begun
    sim.safeguards.shut = sim.now
    for server in (DESK, *(server.n for server in sim.fleet.servers)):
        market_step.withdraw_all(sim.machine, sim.now, server)
    server_ops.set_servers(sim)
    for desk in ("risk", "operator"):
        inbox.alert(sim, desk, "threshold_passed", usd=round(most))
    sim.tell("threshold.tripped", threshold_usd=round(most), used_usd=used // _HC)
    sim.monitoring.watch_runaway(sim.machine, sim.now)


def set_threshold(sim: "Simulation", usd: int) -> None:
    """Set the threshold (0: none); order entry goes on where no more is in use than that."""
    sim.safeguards.settings["threshold"] = usd
    if sim.safeguards.shut is not None and (not usd or capital_in_use(sim) <= usd * _HC):
        sim.safeguards.shut = None
        server_ops.set_servers(sim)
        sim.tell("threshold.lifted", threshold_usd=usd)


# -- credit


def credit_hc(sim: "Simulation") -> int:
    """What of a position need not be sold tonight, hundredths of a cent."""
    return sim.scenario.block.credit_usd * _HC if "credit" in sim.week.facts else 0


# -- the dashboard


def watch_dashboard(sim: "Simulation") -> None:
    """Every five seconds: children that each parent has sent since, the busiest of each server kept; an alert where one is above the
    figure that was set."""
    if "dashboard" not in sim.safeguards.built:
        return
    machine, before = sim.machine, sim.safeguards.dashboard["sent"]
    live = (np.arange(machine.parents.shape[1])[None, :] < machine.parent_count[:, None]) & (machine.parents["server"] != DESK)
    where = np.argwhere(live)
    found = machine.parents[live]
    columns = [found[name].tolist() for name in ("server", "id", "sent", "qty", "filled")]
    rows, sent = [], {}
    for (s, _), server, order, children, qty, filled in zip(where.tolist(), *columns, strict=True):
        sent[str(order)] = children
        rows.append([server, order, s, children - before.get(str(order), 0), qty, filled])
    rows.sort(key=lambda row: (row[0], -row[3], row[1]))
    unseen, kept = unseen_server(sim), list[list[int]]()
    for row in rows:
        if sum(other[0] == row[0] for other in kept[-SHOWN:]) < SHOWN and row[0] != unseen:
            kept.append(row)
    sim.safeguards.dashboard.update(step=sim.now, sent=sent, rows=kept)
    _page_on_children(sim)


def _page_on_children(sim: "Simulation") -> None:
    """One alert a server when a parent of it passes the figure; another only when it was below for a minute."""
    most, over = sim.safeguards.settings.get("dashboard", 0), sim.safeguards.dashboard["over"]
    if not most:
        return
    told: list[int] = []
    for server, order, s, children, _, _ in sim.safeguards.dashboard["rows"]:
        if server in told or children <= most * TICK_S:
            continue
        told.append(server)
        last = over.get(str(server))
        if last is None or sim.now - last > STEPS_PER_MINUTE:
            each = round(children / TICK_S)
            parent = replays.order_of(sim, order)
            inbox.alert(sim, "operator", "children_over", host=server, order=parent, symbol=sim.names[s], children=each)
        over[str(server)] = sim.now


def unseen_server(sim: "Simulation") -> int:
    """The server that the dashboard does not hear of, where it has a hole; else 0."""
    return hole_draw(sim, "dashboard", 1, len(sim.fleet.servers)) + 1 if sim.safeguards.has_hole("dashboard") else 0


# -- the kill switch and the drill


def unwired_server(sim: "Simulation") -> int:
    """The server that the kill switch does not reach, where it has a hole; else 0."""
    return hole_draw(sim, "killswitch", 1, len(sim.fleet.servers)) + 1 if sim.safeguards.has_hole("killswitch") else 0


def settle_stops(sim: "Simulation") -> None:
    """Who may stop what is settled: the words that stopping needs are given."""
    for what in (what for what in worded() if LEVERS[what].stops):
        if sim.bridge.authorisations[what]["state"] != "given":
            bridge.set_authorisation(sim, what, "given", "risk")


# -- the standby


def standby_hole(sim: "Simulation") -> int:
    """The server whose standby has no sessions, where the standby has a hole."""
    return hole_draw(sim, "standby", 1, len(sim.fleet.servers)) + 1


# -- the levers that every desk has


def _own(sim: "Simulation", value: Any) -> str:
    """the name of a control that this desk built"""
    mine = [name for name, row in sim.safeguards.controls.items() if row["desk"] == sim.acting]
    if not isinstance(value, str) or value not in mine:
        raise Refused(
            "control = {given}: expected one that this desk built: {names}", given=repr(str(value)[:40]), names=mine or phrase("there is none"),
        )
    return value


def _idle(sim: "Simulation", args: Args) -> None:
    for work in sim.works:
        if work.kind in ("control.test", "control.mend") and work.args["control"] == args["control"]:
            raise Refused("{control}: being worked on ({seconds} s left)", control=CONTROLS[args["control"]].label, seconds=work.left_s(sim.now))


def _known_hole(sim: "Simulation", args: Args) -> None:
    found = sim.safeguards.controls[args["control"]]
    if found["tested"] is None:
        raise Refused("{control}: test it first", control=CONTROLS[args["control"]].label)
    if not found["hole"]:
        raise Refused("{control}: there is nothing to mend", control=CONTROLS[args["control"]].label)
    _idle(sim, args)


@lever(
    "control.test",
    DESKS,
    "Test a control",
    args={"control": _own},
    check=_idle,
    informs=True,
    group="",
    card="controls",
)
def test(sim: "Simulation", args: Args) -> None:
    """Show whether a control has a hole."""
    name = args["control"]
    sim.safeguards.controls[name]["tested"] = sim.now
    hole: Sentence = CONTROLS[name].hole(sim) if sim.safeguards.has_hole(name) else ""
    sim.tell("control.tested", (sim.acting,), control=name, label=CONTROLS[name].label, hole=hole)


@lever(
    "control.mend",
    DESKS,
    "Fix a control",
    args={"control": _own},
    check=_known_hole,
    like=lambda sim, args: CONTROLS[args["control"]].kind,
    group="",
    card="controls",
)
def _mend(sim: "Simulation", args: Args) -> None:
    """Close a hole that a test has shown; it takes as long as building the control."""
    name = args["control"]
    sim.safeguards.controls[name].update(hole=False, mended=sim.now)
    apply_dial(sim, name)
    sim.tell("control.mended", (sim.acting,), control=name, label=CONTROLS[name].label)
