"""What a team means to do in the week, what it ticks off, and at 08:00 of the day how much of that was so.

The plan and the checklists are talk: nothing of them reaches the market. What they claim is judged once, when the week is over.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.barrier_texts import Item, Slice
from engine.events import DESKS
from engine.fleet import Fleet
from engine.market_time import WEEK
from engine.router import BEHAVIOURS, RUNAWAY
from engine.scenario import Scenario
from engine.week import CONTROLS

if TYPE_CHECKING:
    from engine.simulation import Simulation

PLANS = 40
CLOSED, HOLE, OPEN = "closed", "hole", "open"


class Agenda:
    """State of the plan and the checklists; see the fields' comments."""

    now: int
    start: int
    scenario: Scenario
    fleet: Fleet

    def begin_agenda(self) -> None:
        """Nothing is planned, nothing ticked off."""
        self.agenda: dict[str, Any] = {
            "posted": 0,  # items so far: the newest one's id
            "plan": [],  # {id, desk, kind, evening}
            "ticks": {},  # item of a checklist -> {desk, step}
            "slices": {},  # at 08:00 of the day: slice -> closed, hole or open
            "truths": {},  # and item of a checklist -> whether it was so
        }

    def started(self, desk: str, kind: str) -> None:
        """A lever was given: the first entry of the plan that meant it is done with."""
        plan = self.agenda["plan"]
        found = next((row for row in plan if (row["desk"], row["kind"]) == (desk, kind)), None)
        if found:
            plan.remove(found)

    def close_week(self: Any) -> None:
        """The week is over: what every barrier is now, and whether what could be ticked off is so."""
        texts = self.scenario.barriers
        self.agenda["slices"] = {one.id: judged(self, one) for one in texts.slice}
        self.agenda["truths"] = {one.id: judged(self, one) == CLOSED for one in texts.item}
        hand_hours = {desk: round(self.week_steps[desk] / 240 / 60, 2) for desk in DESKS}
        built = [
            {
                "name": name,
                "label": CONTROLS[name].label,
                "desk": row["desk"],
                "tested": row["tested"] is not None,
                "hole": row["hole"],
                "mended": row["mended"] is not None,
            }
            for name, row in self.safeguards.items()
        ]
        ticks = {item: row["desk"] for item, row in self.agenda["ticks"].items()}
        self.tell(
            "week.closed", slices=self.agenda["slices"], truths=self.agenda["truths"], ticks=ticks, built=built, done=sorted(self.facts),
            hand_hours=hand_hours, prices_usd=self.prices_usd,
        )  # fmt: skip


def judged(sim: "Simulation", what: Slice | Item) -> str:
    """Whether a barrier is closed, has a hole, or is open."""
    if what.truth:
        return TRUTHS[what.truth](sim)
    if what.fact:
        return CLOSED if what.fact in sim.facts else OPEN
    there = [name for name in what.built if name in sim.safeguards]
    return OPEN if not there else HOLE if all(sim.has_hole(name) for name in there) else CLOSED


def last_copy(sim: "Simulation", n: int) -> int:
    """The step at which a server was last copied to."""
    at = sim.fleet[n].reported_at
    return WEEK if at is None else at


def _arrived(sim: "Simulation") -> str:
    """The file of every server is the one that was recorded, and was copied there in the week."""
    fleet, old = sim.fleet, sim.scenario.fleet.release[0].name
    missing = [s.n for s in fleet.servers if s.broken or s.installed != s.reported or s.installed == old]
    return CLOSED if not missing else HOLE if len(missing) < len(fleet.servers) else OPEN


def _restarted(sim: "Simulation") -> str:
    """Every process runs what lies on its disk."""
    return CLOSED if all(s.running == s.installed and not s.broken for s in sim.fleet.servers) else OPEN


def _compared(sim: "Simulation") -> str:
    """Servers whose hash was asked for after their last copy: all, some or none."""
    seen: dict[int, int] = {}
    for row in sim.checksums:
        seen[row["server"]] = row["step"]
    fresh = [s.n for s in sim.fleet.servers if s.n in seen and seen[s.n] >= last_copy(sim, s.n)]
    return CLOSED if len(fresh) == len(sim.fleet.servers) else HOLE if seen else OPEN


def _second(sim: "Simulation") -> str:
    """Two people looked, and nothing was copied since."""
    if "reviewed" not in sim.facts:
        return OPEN
    return CLOSED if all(sim.facts["reviewed"] >= last_copy(sim, s.n) for s in sim.fleet.servers) else HOLE


def _retired(sim: "Simulation") -> str:
    """No release that can run away runs, or would run after a restart or a rollback."""
    fleet = sim.fleet
    wild = [name for name in fleet.releases if BEHAVIOURS.index(fleet.releases[name].flag_set) in RUNAWAY]
    now = [s.n for s in fleet.servers if s.running in wild or s.installed in wild]
    after = [s.n for s in fleet.servers if s.previous in wild]
    return CLOSED if not now and not after else HOLE if not now else OPEN


def _own_flag(sim: "Simulation") -> str:
    """Brokers set a flag that the retired code does not know; a release for it that they were not told of is a hole."""
    if sim.flag_of_the_day() != sim.scenario.fleet.flag:
        return CLOSED
    others = [s.n for s in sim.fleet.servers if sim.fleet.releases[s.running].flag != sim.scenario.fleet.flag]
    return HOLE if others else OPEN


def _tested(sim: "Simulation") -> str:
    """Every control that was built was tested, and what the tests have shown was mended."""
    rows = list(sim.safeguards.values())
    done = [row for row in rows if row["tested"] is not None and not row["hole"]]
    return CLOSED if rows and len(done) == len(rows) else HOLE if done else OPEN


TRUTHS: dict[str, Callable[["Simulation"], str]] = {
    "arrived": _arrived,
    "restarted": _restarted,
    "compared": _compared,
    "second": _second,
    "retired": _retired,
    "own-flag": _own_flag,
    "tested": _tested,
}
