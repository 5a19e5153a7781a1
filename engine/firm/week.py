"""The week of the deployment: evenings and their ends, whose hands they take, what was done or agreed in them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.commands import Refused
from engine.events import DESKS
from engine.firm import bridge, server_ops
from engine.firm.agenda import close_week
from engine.firm.clients import flag_of_the_day, flag_percent
from engine.market.chance import FLEET, below
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation
    from engine.firm.workload import Work

BUILDS = {"automation": "automation.deploy", "ramp": "ramp.set"}  # the lever that there is by a fact
SHORT_STEPS = 5 * STEPS_PER_MINUTE  # what takes less is no entry of the calendar


@dataclass(slots=True)
class Week:
    """What was done in the week so far; JSON-able fields. A run that starts on the day finds history's week behind it."""

    first_copy_failed: bool  # the seed's server: its first copy by hand never arrives
    copies: list[int]  # servers that were begun to be copied by hand, an evening each
    facts: dict[str, int] = field(default_factory=dict)  # what was done or agreed once -> step
    hand_steps: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DESKS, 0))  # spent in the week
    prices_usd: int = 0
    calendar: list[dict[str, Any]] = field(default_factory=list)  # what took hands in the week and is over

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return {
            "first_copy_failed": self.first_copy_failed,
            "facts": self.facts,
            "copies": self.copies,
            "hand_steps": self.hand_steps,
            "prices_usd": self.prices_usd,
            "calendar": self.calendar,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Week":
        """What `to_dict` gave."""
        return cls(**data)


def once(fact: str, already: str) -> Callable[["Simulation"], None]:
    """A lever's check that something was not done or agreed yet."""

    def ready(sim: "Simulation") -> None:
        if fact in sim.week.facts:
            raise Refused(already)

    return ready


def find_done(sim: "Simulation") -> None:
    """Where nobody plays the evenings, what the scenario says was done on them; whoever had automation written has its first use approved."""
    if sim.start < 0:
        return
    done = sim.scenario.before.done
    sim.week.facts.update(dict.fromkeys(done, 0))
    sim.safeguards.built.update(BUILDS[fact] for fact in done if fact in BUILDS)
    if "automation" in done:
        bridge.set_authorisation(sim, BUILDS["automation"], "given", "risk")
    if "ramp" in done:
        sim.machine.controls["ramp_out"] = 100


# -- what hands did


def charge_hands(sim: "Simulation", work: "Work", until: int) -> None:
    """Add what a lever took of its desks' hands to the account."""
    for desk, hands in work.hands.items():
        steps = hands * (min(work.held.get(desk, until), until) - work.start)
        sim.day.hand_steps += steps
        if work.start < 0:
            sim.week.hand_steps[desk] += steps


def note_work(sim: "Simulation", work: "Work", state: str) -> None:
    """Enter what is over in the calendar of the week."""
    if work.start < 0 and work.hands and work.end - work.start >= SHORT_STEPS:
        row = {"desk": work.desk, "kind": work.kind, "from": work.start, "to": min(work.end, sim.now), "state": state}
        sim.week.calendar.append(row)


def copies_left(sim: "Simulation") -> int:
    """Servers that may still be copied by hand this evening."""
    at = sim.calendar.evening_of(sim.now)
    return 0 if at is None else sim.scenario.fleet.copies_an_evening - sim.week.copies[at]


# -- the fleet and the flag


def missing_host(sim: "Simulation") -> int:
    """The server that the inventory does not list until it is audited: where the release goes in by it on the day, the one that it misses."""
    if not sim.scenario.fleet.deployed:
        return sim.stale
    return below(sim.seed, FLEET, 1, 0, len(sim.fleet.servers)) + 1


def inventory(sim: "Simulation") -> list[int]:
    """Servers that the inventory lists."""
    missing = 0 if "audited" in sim.week.facts else missing_host(sim)
    return [server.n for server in sim.fleet.servers if server.n != missing]


def automated(sim: "Simulation", servers: Any) -> bool:
    """Whether the automation reaches all of these servers."""
    return "automation" in sim.week.facts and bool(servers) and set(servers) <= set(inventory(sim))


def inventory_lines(sim: "Simulation") -> list[str]:
    """The inventory as the deployer's tools print it."""
    hosts = [sim.fleet.label(n).lower() for n in inventory(sim)]
    return [f"inventory: {len(hosts)} hosts", " ".join(hosts)]


def agree_on_flag(sim: "Simulation") -> None:
    """As the day begins: what the brokers set from now on, and on how many of their orders."""
    sim.fleet.flag = flag_of_the_day(sim)
    if "brokers" in sim.week.facts and "ramp" in sim.week.facts:
        sim.safeguards.built.add("ramp.set")
        sim.machine.controls["ramp_out"] = 100
    server_ops.set_servers(sim)
    sim.tell("flag.agreed", flag=sim.fleet.flag, percent=flag_percent(sim.machine))


# -- evenings


def turn_of_week(sim: "Simulation", step: int) -> None:
    """What happens at the beginning and the end of an evening; as the day begins what was not finished is given up."""
    if step % sim.calendar.evening_steps:
        return
    if step > sim.calendar.week:
        for work in [work for work in sim.works if step == 0 or sim.scenario.levers[work.kind].tonight]:
            give_up(sim, work)
        sim.tell("evening.ended", evening=sim.calendar.evening_of(step - 1))
    if step < 0:
        sim.tell("evening.began", evening=sim.calendar.evening_of(step))
    else:
        agree_on_flag(sim)
        close_week(sim)
        sim.tell("phase.changed", phase=sim.calendar.phase(step))


def give_up(sim: "Simulation", work: "Work") -> None:
    """The evening is over: a lever is cut off, or what was being built is abandoned. What it already did stays, and is told."""
    sim.works.remove(work)
    charge_hands(sim, work, sim.now)
    tonight = sim.scenario.levers[work.kind].tonight
    note_work(sim, work, "cut off" if tonight else "abandoned")
    cut = sim.scenario.kinds[work.kind].cut
    if cut:
        sim.acting = work.desk
        cut(sim, work.left)
    server_ops.set_servers(sim)
    sim.tell("lever.cut_off" if tonight else "lever.abandoned", tuple(work.hands) or (work.desk,), seq=work.seq, command=work.kind)
