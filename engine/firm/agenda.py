"""What a team means to do in the week, what it ticks off, and as the day begins how much of that was so.

The plan and the checklists are talk: nothing of them reaches the market. What they claim is judged once, when the week is over.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from engine.events import DESKS
from engine.firm import clients
from engine.market.router import BEHAVIOURS, RUNAWAY
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.barrier_texts import Barrier, ChecklistItem

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

PLANS = 40
_CLOSED, HOLE, _OPEN = "closed", "hole", "open"


class _Entry(TypedDict):
    """A lever that a desk means to give on an evening."""

    id: int
    desk: str
    kind: str
    evening: int


class Tick(TypedDict):
    """Who has ticked an item off, and when."""

    desk: str
    step: int


@dataclass(slots=True)
class Agenda:
    """The plan, the checklists, and what came of them; JSON-able fields."""

    posted: int = 0  # items so far: the newest one's id
    plan: list[_Entry] = field(default_factory=list)
    ticks: dict[str, Tick] = field(default_factory=dict)  # by item of a checklist
    slices: dict[str, str] = field(default_factory=dict)  # as the day begins: slice -> closed, hole or open
    truths: dict[str, bool] = field(default_factory=dict)  # and item of a checklist -> whether it was so

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Agenda":
        """What `to_dict` gave."""
        return cls(**data)

    def add(self, desk: str, kind: str, evening: int) -> None:
        """Enter a lever of a desk in the plan."""
        self.posted += 1
        self.plan.append({"id": self.posted, "desk": desk, "kind": kind, "evening": evening})

    def drop(self, number: int) -> None:
        """Take an entry out of the plan."""
        self.plan = [row for row in self.plan if row["id"] != number]

    def started(self, desk: str, kind: str) -> None:
        """A lever was given: the first entry of the plan that meant it is done with."""
        found = next((row for row in self.plan if (row["desk"], row["kind"]) == (desk, kind)), None)
        if found:
            self.plan.remove(found)


def close_week(sim: "Simulation") -> None:
    """The week is over: what every barrier is now, and whether what could be ticked off is so."""
    texts, agenda = sim.scenario.barriers, sim.agenda
    agenda.slices = {one.id: _judged(sim, one) for one in texts.slice}
    agenda.truths = {one.id: _judged(sim, one) == _CLOSED for one in texts.item}
    hand_hours = {desk: round(sim.week.hand_steps[desk] / STEPS_PER_MINUTE / 60, 2) for desk in DESKS}
    built = [
        {
            "name": name,
            "label": sim.safeguards.label(name),
            "desk": row["desk"],
            "tested": row["tested"] is not None,
            "hole": row["hole"],
            "mended": row["mended"] is not None,
        }
        for name, row in sim.safeguards.controls.items()
    ]
    ticks = {item: row["desk"] for item, row in agenda.ticks.items()}
    sim.tell(
        "week.closed", slices=agenda.slices, truths=agenda.truths, ticks=ticks, built=built, done=sorted(sim.week.facts),
        hand_hours=hand_hours, prices_usd=sim.week.prices_usd,
    )  # fmt: skip


def _judged(sim: "Simulation", what: Barrier | ChecklistItem) -> str:
    """Whether a barrier is closed, has a hole, or is open."""
    if what.truth:
        return TRUTHS[what.truth](sim)
    if what.fact:
        return _CLOSED if what.fact in sim.week.facts else _OPEN
    there = [name for name in what.built if name in sim.safeguards.controls]
    if not there:
        return _OPEN
    return HOLE if all(sim.safeguards.has_hole(name) for name in there) else _CLOSED


def _state(*, closed: bool, partly: bool) -> str:
    if closed:
        return _CLOSED
    return HOLE if partly else _OPEN


def last_copy(sim: "Simulation", n: int) -> int:
    """The step at which a server was last copied to."""
    at = sim.fleet[n].reported_at
    return sim.calendar.week if at is None else at


def _arrived(sim: "Simulation") -> str:
    """The file of every server is the one that was recorded, and was copied there in the week."""
    fleet, old = sim.fleet, sim.scenario.fleet.release[0].name
    missing = [s.n for s in fleet.servers if s.broken or s.installed != s.reported or s.installed == old]
    return _state(closed=not missing, partly=len(missing) < len(fleet.servers))


def _restarted(sim: "Simulation") -> str:
    """Every process runs what lies on its disk."""
    return _CLOSED if all(s.running == s.installed and not s.broken for s in sim.fleet.servers) else _OPEN


def _compared(sim: "Simulation") -> str:
    """Servers whose hash was asked for after their last copy: all, some or none."""
    seen: dict[int, int] = {}
    for row in sim.records.checksums:
        seen[row["server"]] = row["step"]
    fresh = [s.n for s in sim.fleet.servers if s.n in seen and seen[s.n] >= last_copy(sim, s.n)]
    return _state(closed=len(fresh) == len(sim.fleet.servers), partly=bool(seen))


def _second(sim: "Simulation") -> str:
    """Two people looked, and nothing was copied since."""
    if "reviewed" not in sim.week.facts:
        return _OPEN
    return _CLOSED if all(sim.week.facts["reviewed"] >= last_copy(sim, s.n) for s in sim.fleet.servers) else HOLE


def _retired(sim: "Simulation") -> str:
    """No release that can run away runs, or would run after a restart or a rollback."""
    fleet = sim.fleet
    wild = [name for name in fleet.releases if BEHAVIOURS.index(fleet.releases[name].flag_set) in RUNAWAY]
    now = [s.n for s in fleet.servers if s.running in wild or s.installed in wild]
    after = [s.n for s in fleet.servers if s.previous in wild]
    return _state(closed=not now and not after, partly=not now)


def _own_flag(sim: "Simulation") -> str:
    """Brokers set a flag that the retired code does not know; a release for it that they were not told of is a hole."""
    if clients.flag_of_the_day(sim) != sim.scenario.fleet.flag:
        return _CLOSED
    others = [s.n for s in sim.fleet.servers if sim.fleet.releases[s.running].flag != sim.scenario.fleet.flag]
    return HOLE if others else _OPEN


def _tested(sim: "Simulation") -> str:
    """Every control that was built was tested, and what the tests have shown was mended."""
    rows = list(sim.safeguards.controls.values())
    done = [row for row in rows if row["tested"] is not None and not row["hole"]]
    return _state(closed=bool(rows) and len(done) == len(rows), partly=bool(done))


TRUTHS: dict[str, Callable[["Simulation"], str]] = {
    "arrived": _arrived,
    "restarted": _restarted,
    "compared": _compared,
    "second": _second,
    "retired": _retired,
    "own-flag": _own_flag,
    "tested": _tested,
}
