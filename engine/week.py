"""The week of the deployment: evenings and their ends, what was built in them, the holes of controls nobody tested.

State and acts that the day mixes in. `builds` registers a control together with the lever that builds it; what a control then does stands
where it does it, and asks `sim.built` and `sim.has_hole`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.chance import FLEET, HOLES, below
from engine.commands import LEVERS, Check, Effect, Refused, lever
from engine.events import DESKS
from engine.fleet import Fleet
from engine.market_time import EVENING_STEPS, EVENINGS, STEPS_PER_MINUTE, WEEK, evening_of, phase
from engine.scenario import Scenario

if TYPE_CHECKING:
    from engine.simulation import Simulation, Work

# Fields that are remembered as they are (JSON-able).
MEMORY = ("start", "safeguards", "facts", "copies", "first_copy_failed", "week_steps", "prices_usd", "calendar")
SHORT_STEPS = 5 * STEPS_PER_MINUTE  # what takes less is no entry of the calendar
LONG_MIN = 60  # from 08:00 on nothing that takes longer may be started
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Control:
    """A control that can be built: its name in `sim.built`, for people, the desk and the lever that build it, the levers it opens,
    what a test shows where it has a hole, and whether it is switched on."""

    name: str
    label: str
    desk: str
    kind: str
    hole: Callable[["Simulation"], str]
    opens: tuple[str, ...] = ()
    on: Callable[["Simulation"], bool] | None = None


CONTROLS: dict[str, Control] = {}


def control(
    name: str,
    label: str,
    desk: str,
    kind: str,
    hole: str | Callable[["Simulation"], str],
    *,
    opens: tuple[str, ...] = (),
    on: Callable[["Simulation"], bool] | None = None,
) -> Control:
    """Register a control that the lever `kind` builds (by calling `sim.build(name)` when it has taken effect)."""
    says = hole if callable(hole) else lambda sim: hole
    CONTROLS[name] = Control(name, label, desk, kind, says, opens, on)
    return CONTROLS[name]


def builds(
    kind: str,
    desk: str,
    label: str,
    name: str,
    what: str,
    hole: str | Callable[["Simulation"], str],
    *,
    opens: tuple[str, ...] = (),
    on: Callable[["Simulation"], bool] | None = None,
    args: dict[str, Callable[["Simulation", Any], Any]] | None = None,
    check: Check | None = None,
    ready: Callable[["Simulation"], None] | None = None,
    done: Effect | None = None,
) -> Control:
    """Register a control `name` ("what" for people) and the lever that builds it; `done` is carried out when it stands."""

    def unbuilt(sim: "Simulation") -> None:
        if name in sim.built:
            raise Refused(f"{what}: there is one already")
        if ready:
            ready(sim)

    @lever(kind, desk, label, args=args, check=check, ready=unbuilt, exclusive=True)
    def effect(sim: "Simulation", given: dict[str, Any]) -> None:
        sim.build(name)
        if done:
            done(sim, given)

    return control(name, what, desk, kind, hole, opens=opens, on=on)


def once(fact: str, what: str) -> Callable[["Simulation"], None]:
    """A lever's check that something was not done or agreed yet."""

    def ready(sim: "Simulation") -> None:
        if fact in sim.facts:
            raise Refused(f"{what} already")

    return ready


class Week:
    """State of the week; see the fields' comments."""

    now: int
    start: int
    instant: bool
    seed: int
    scenario: Scenario
    fleet: Fleet
    built: set[str]
    works: list["Work"]

    def begin_week(self) -> None:
        """The evening before anything was done; a run that starts on the day finds history's week behind it."""
        self.safeguards: dict[str, dict[str, Any]] = {}  # control -> {desk, step, hole, tested, mended}
        self.facts: dict[str, int] = {}  # what was done or agreed once -> step
        self.copies = [0] * len(EVENINGS)  # servers that were begun to be copied by hand, an evening each
        self.first_copy_failed = self.start >= 0 or self.scenario.fleet.copies_arrive  # the seed's server: its first copy by hand never arrives
        self.week_steps = dict.fromkeys(DESKS, 0)  # hand-steps spent in the week
        self.prices_usd = 0
        self.calendar: list[dict[str, Any]] = []  # what took hands in the week and is over

    # -- controls

    def build(self: Any, name: str) -> None:
        """A control stands now. Until it is tested nobody knows whether it has a hole; the seed does."""
        if name in self.built:
            return
        made = CONTROLS[name]
        self.built.update((name, *made.opens))
        hole = self.hole_draw(name, 0, MILLION) < round(self.scenario.controls.chance(name) * MILLION)
        self.safeguards[name] = {"desk": made.desk, "step": self.now, "hole": hole, "tested": None, "mended": None}
        self.tell("control.built", control=name, label=made.label)

    def control_label(self, name: str) -> str:
        """What people call a control."""
        return CONTROLS[name].label

    def has_hole(self, name: str) -> bool:
        """Whether a control was built, has a hole and was not mended."""
        return bool(name in self.safeguards and self.safeguards[name]["hole"])

    @property
    def holes(self) -> list[str]:
        """Controls that have a hole, known or not."""
        return [name for name in self.safeguards if self.has_hole(name)]

    def hole_draw(self, name: str, what: int, n: int) -> int:
        """The seed's draw in [0, n) about a control: 0 is whether there is a hole, other numbers are the control's own."""
        return below(self.seed, HOLES, int.from_bytes(name.encode(), "big"), what, n)

    # -- hands and time

    def not_now(self, kind: str, like: str = "") -> str:
        """Why a lever cannot be started in this phase at all, or "" when it can. `like`: the lever whose minutes it takes."""
        if self.instant or LEVERS[kind].talk:
            return ""
        numbers = self.scenario.levers[kind]
        if self.now < 0 and numbers.evening is None:
            return "not on an evening of the week"
        if self.now < 0 and numbers.built is not None and kind not in self.built:
            return "there is none yet: on an evening it is built first, on the day it is put together in a hurry"
        if numbers.phases and phase(self.now) not in numbers.phases:
            return f"only in the phases {', '.join(numbers.phases)}" if len(numbers.phases) > 1 else f"only in the phase {numbers.phases[0]}"
        minutes = self.scenario.levers[like or kind].minutes
        if self.now >= 0 and minutes > LONG_MIN:
            return f"takes {minutes:g} minutes: from 08:00 on nothing longer than an hour is started"
        return ""

    def hands_for(self, kind: str, desk: str) -> dict[str, int]:
        """Hands that a lever takes now, by desk, the desk that gives it first; none where it is the telephone."""
        numbers = self.scenario.levers[kind]
        if self.now < 0 and numbers.evening_hands:
            return {str(other): hands for other, hands in numbers.evening_hands.items()}
        return {desk: numbers.hands} if numbers.hands else {}

    def held_until(self, kind: str, end: int) -> dict[str, int]:
        """Steps at which desks have their hands back, where that is before a lever's end."""
        if self.now >= 0:
            return {}
        held = {desk: self.now + round(minutes * STEPS_PER_MINUTE) for desk, minutes in self.scenario.levers[kind].evening_held.items()}
        return {desk: step for desk, step in held.items() if step < end}

    def charge_hands(self: Any, work: "Work", until: int) -> None:
        """Add what a lever took of its desks' hands to the account."""
        for desk, hands in work.hands.items():
            steps = hands * (min(work.held.get(desk, until), until) - work.start)
            self.hand_steps += steps
            if work.start < 0:
                self.week_steps[desk] += steps

    def note_work(self, work: "Work", state: str) -> None:
        """Enter what is over in the calendar of the week."""
        if work.start < 0 and work.hands and work.end - work.start >= SHORT_STEPS:
            row = {"desk": work.desk, "kind": work.kind, "from": work.start, "to": min(work.end, self.now), "state": state}
            self.calendar.append(row)

    def copies_left(self) -> int:
        """Servers that may still be copied by hand this evening."""
        at = evening_of(self.now)
        return 0 if at is None else self.scenario.fleet.copies_an_evening - self.copies[at]

    # -- the fleet and the flag

    def missing_host(self) -> int:
        """The server that the inventory does not list until it is audited."""
        return below(self.seed, FLEET, 1, 0, len(self.fleet.servers)) + 1

    def inventory(self) -> list[int]:
        """Servers that the inventory lists."""
        missing = 0 if "audited" in self.facts else self.missing_host()
        return [server.n for server in self.fleet.servers if server.n != missing]

    def automated(self, servers: Any) -> bool:
        """Whether the automation reaches all of these servers."""
        return "automation" in self.facts and bool(servers) and set(servers) <= set(self.inventory())

    def inventory_lines(self) -> list[str]:
        """The inventory as the deployer's tools print it."""
        hosts = [self.fleet.label(n).lower() for n in self.inventory()]
        return [f"inventory: {len(hosts)} hosts", " ".join(hosts)]

    def standby_hole(self) -> int:
        """The server whose standby has no sessions, where the standby has a hole."""
        return self.hole_draw("standby", 1, len(self.fleet.servers)) + 1

    def flag_of_the_day(self) -> str:
        """The flag that clients will set: another than the old one with the brokers' word, where releases that read it were deployed."""
        recorded = [self.fleet.releases[server.reported].flag for server in self.fleet.servers]
        others = sorted(flag for flag in recorded if flag != self.scenario.fleet.flag)
        return others[0] if others and "brokers" in self.facts else self.scenario.fleet.flag

    def agree_on_flag(self: Any) -> None:
        """At 08:00: what the brokers set from now on, and on how many of their orders."""
        self.fleet.flag = self.flag_of_the_day()
        if "brokers" in self.facts and "ramp" in self.facts:
            self.built.add("ramp.set")
            self.machine.controls["ramp_out"] = 100
        self.set_servers()
        self.tell("flag.agreed", flag=self.fleet.flag, percent=self.flag_percent())

    # -- evenings

    def turn_of_week(self: Any, step: int) -> None:
        """What happens at the beginning and the end of an evening; at 08:00 of the day what was not finished is given up."""
        if step % EVENING_STEPS:
            return
        if step > WEEK:
            for work in [work for work in self.works if step == 0 or self.scenario.levers[work.kind].tonight]:
                self.give_up(work)
            self.tell("evening.ended", evening=evening_of(step - 1))
        if step < 0:
            self.tell("evening.began", evening=evening_of(step))
        else:
            self.agree_on_flag()
            self.close_week()
            self.tell("phase.changed", phase=phase(step))

    def give_up(self: Any, work: "Work") -> None:
        """The evening is over: a lever is cut off, or what was being built is abandoned. What it already did stays, and is told."""
        self.works.remove(work)
        self.charge_hands(work, self.now)
        tonight = self.scenario.levers[work.kind].tonight
        self.note_work(work, "cut off" if tonight else "abandoned")
        cut = LEVERS[work.kind].cut
        if cut:
            self.acting = work.desk
            cut(self, self.left_of(work))
        self.set_servers()
        self.tell("lever.cut_off" if tonight else "lever.abandoned", tuple(work.hands) or (work.desk,), seq=work.seq, command=work.kind)


# -- the levers that every desk has


def _own(sim: "Simulation", value: Any) -> str:
    """the name of a control that this desk built"""
    mine = [name for name, row in sim.safeguards.items() if row["desk"] == sim.acting]
    if not isinstance(value, str) or value not in mine:
        raise Refused(f"control = {str(value)[:40]!r}: expected one that this desk built: {', '.join(mine) or 'there is none'}")
    return value


def _idle(sim: "Simulation", args: dict[str, Any]) -> None:
    for work in sim.works:
        if work.kind in ("control.test", "control.mend") and work.args["control"] == args["control"]:
            raise Refused(f"{CONTROLS[args['control']].label}: being worked on ({sim.left_s(work)} s left)")


def _known_hole(sim: "Simulation", args: dict[str, Any]) -> None:
    found = sim.safeguards[args["control"]]
    if found["tested"] is None:
        raise Refused(f"{CONTROLS[args['control']].label}: test it first")
    if not found["hole"]:
        raise Refused(f"{CONTROLS[args['control']].label}: there is nothing to mend")
    _idle(sim, args)


@lever("control.test", DESKS, "Test a control", args={"control": _own}, check=_idle)
def test(sim: "Simulation", args: dict[str, Any]) -> None:
    """Show whether a control has a hole."""
    name = args["control"]
    sim.safeguards[name]["tested"] = sim.now
    hole = CONTROLS[name].hole(sim) if sim.has_hole(name) else ""
    sim.tell("control.tested", (sim.acting,), control=name, label=CONTROLS[name].label, hole=hole)


@lever("control.mend", DESKS, "Mend a control", args={"control": _own}, check=_known_hole, like=lambda sim, args: CONTROLS[args["control"]].kind)
def mend(sim: "Simulation", args: dict[str, Any]) -> None:
    """Close a hole that a test has shown; it takes as long as building the control."""
    name = args["control"]
    sim.safeguards[name].update(hole=False, mended=sim.now)
    sim.apply_dial(name)
    sim.tell("control.mended", (sim.acting,), control=name, label=CONTROLS[name].label)
