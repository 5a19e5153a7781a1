"""The day around the market: what the turns of the day, the exchanges and the levers do to fleet, desks and evidence."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine import agenda, bridge, hosts, injects, phone, safeguards, turn, watch, week
from engine.evening import Night
from engine.events import Event
from engine.evidence import Evidence
from engine.fleet import RUNNING, STOPPED, Fleet
from engine.gauges import Gauges
from engine.market_time import BELL_END, BLOCK, CLOSE, OPEN, STEPS_PER_MINUTE, phase, step_at
from engine.measure import LIMITS
from engine.positions import Monitor, allocate_clients, cancel_far, gross_hc
from engine.router import FLATTEN_AGGRESSIVE, FLATTEN_PASSIVE
from engine.scenario import Scenario
from engine.score import HC
from engine.state import Machine

if TYPE_CHECKING:
    from engine.simulation import Work

FIRST_DESK_ORDER = 10_000_000  # ids of the desk's own orders: far above any client's
# Fields of a day that are remembered as they are (JSON-able).
MEMORY = (
    "opened",
    "mails",
    "calls",
    "alerts",
    "headlines",
    "built",
    "refusals",
    "lines",
    "tails",
    "looks",
    "checksums",
    "halted",
    "harmed",
    "hand_steps",
    "away_at",
    "bust_asked",
    "bust_relief",
    "busts",
    "cut_off",
    "cut_by_exchange",
    "rlp_late",
    "fault_found",
    "runaway",
    "contained",
    "first_runaway",
    "desk_orders",
    "was_paused",
    "limits",
    "rules",
    "hints",
    "terminal",
    "watched",
    "help_level",
    *bridge.MEMORY,
    *week.MEMORY,
    *safeguards.MEMORY,
)


class Day(bridge.Bridge, week.Week, agenda.Agenda, safeguards.Safeguards, hosts.Hosts, watch.Watch, injects.Injects, Night):
    """State and acts of the day outside the compiled market; `Simulation` adds commands and time."""

    scenario: Scenario
    names: tuple[str, ...]
    machine: Machine
    fleet: Fleet
    evidence: Evidence
    gauges: Gauges
    monitor: Monitor
    works: list["Work"]
    events: list[Event]
    adv_total: int

    def tell(self, kind: str, audience: Iterable[str] | None = None, **data: Any) -> None:
        """Note an event."""
        raise NotImplementedError

    def begin_day(self) -> None:
        """Nothing has happened yet."""
        self.begin_bridge()
        self.begin_week()
        self.begin_safeguards()
        self.begin_agenda()
        self.begin_injects()
        self.agreed = phone.Agreed()
        self.hints: list[dict[str, Any]] = []  # those that stand now
        self.rules: list[dict[str, Any]] = []  # words of the mails that become alerts
        self.opened: dict[str, int] = {}  # mail -> step at which it was opened
        self.mails: dict[int, dict[str, Any]] = {}
        self.calls: list[dict[str, Any]] = []
        self.alerts: list[dict[str, Any]] = []
        self.headlines: list[dict[str, Any]] = []
        self.built: set[str] = set()
        self.refusals: list[list[int]] = []  # (order, server, step, symbol) refused before the open
        self.lines: list[dict[str, Any]] = []  # what was done to servers, for their logs
        self.tails: dict[str, Any] | None = None
        self.looks: dict[str, Any] | None = None
        self.checksums: list[dict[str, Any]] = []
        self.halted = self._no_steps()
        self.harmed = self._no_steps()
        self.hand_steps = 0
        self.away_at: int | None = None
        self.bust_asked: int | None = None
        self.bust_relief = 0
        self.busts: list[list[int]] = []  # (step, relief) of every ruling
        self.cut_off = self.cut_by_exchange = self.rlp_late = self.fault_found = False
        self.runaway = 0
        self.contained: int | None = None
        self.first_runaway: int | None = None
        self.desk_orders = 0
        self.was_paused: list[int] = []
        self.limits = dict.fromkeys(LIMITS, 0)  # how often a limit of the machine was reached
        self.terminal: list[dict[str, Any]] = []  # what the deployer's tools printed
        self.begin_evening()
        self.help_level = "2012"  # how much the desks are shown
        self.watched: str | None = None  # stock whose price the risk manager watches

    @staticmethod
    def _no_steps() -> dict[str, int]:
        return {f"{kind}_{span}": 0 for kind in ("firm", "smars", "server") for span in ("bell", "day")}

    def day_memory(self) -> dict[str, Any]:
        """What `begin_day` made, JSON-able."""
        found = {name: getattr(self, name) for name in MEMORY}
        rest: dict[str, Any] = {"built": sorted(self.built), "mails": list(self.mails.values()), **self.injects_memory()}
        if self.start < 0:
            rest["agenda"] = self.agenda
        return {**found, **rest, "agreed": asdict(self.agreed), "evening": self.evening.to_dict()}

    def recall_day(self, memory: dict[str, Any]) -> None:
        """Take back what `day_memory` gave."""
        for name in MEMORY:
            setattr(self, name, memory[name])
        self.built = set(memory["built"])
        self.agenda = memory.get("agenda", self.agenda)
        self.mails = {mail["id"]: mail for mail in memory["mails"]}
        self.evening.restore(memory["evening"])
        self.agreed = phone.Agreed(**memory["agreed"])
        self.recall_injects(memory)

    # -- risk

    def flatten(self, symbols: list[str], style: str) -> None:
        """Put orders of the desk to work against the monitor's positions; earlier ones in the same stocks are withdrawn."""
        shown, _ = self.monitor.read()
        behaviour = FLATTEN_PASSIVE if style == "passive" else FLATTEN_AGGRESSIVE
        index = {name: i for i, name in enumerate(self.names)}
        for name in symbols:
            s = index[name]
            turn.withdraw_desk(self.machine, s, self.now)
            if shown[s]:
                self.desk_orders += 1
                side, qty = (-1, int(shown[s])) if shown[s] > 0 else (1, -int(shown[s]))
                turn.flatten(self.machine, s, FIRST_DESK_ORDER + self.desk_orders, side, qty, behaviour, self.machine.dials[0].unwind_gap, self.now)

    def ask_bust(self) -> None:
        """Ask for a review; the ruling comes half an hour later."""
        self.bust_asked = self.now

    def ruling_min(self) -> int:
        """Minutes from asking for a review to its ruling."""
        return self.scenario.exchange.bust_ruling_min + self.agreed.ruling_min

    def accept_cut(self) -> None:
        """The exchanges cut the firm off."""
        self.cut_off = self.cut_by_exchange = True
        self.disconnect("exchange.disconnected")

    # -- the day

    def turn_of_day(self, step: int) -> None:
        """What happens at a moment of the day or of the exchanges' clocks."""
        numbers = self.scenario
        if step in (OPEN, BELL_END, CLOSE, BLOCK):
            self.tell("phase.changed", phase=phase(step))
        if step == OPEN:
            self.tell("market.opened")
        if step == BELL_END and turn.count_runaway(self.machine) > 0:
            self.cut_by_exchange = True
            self.disconnect("exchange.disconnected")
        if step == step_at("10:00"):
            self.rlp_late = not (self.fault_found or self.machine.tally[0].power_peg > 0 or self.rlp_live())
        if self.cut_off and step >= step_at(numbers.exchange.cut_until) and (self.fault_found or any(s.state == STOPPED for s in self.fleet.servers)):
            self._readmit()
        if self.bust_asked is not None and step >= self.bust_asked + self.ruling_min() * STEPS_PER_MINUTE:
            self._rule_on_busts()
        if step >= OPEN and (step - OPEN) % (numbers.monitor.allocate_min * STEPS_PER_MINUTE) == 0:
            allocate_clients(self.machine)
        if step == CLOSE:
            for server in self.fleet.servers:
                turn.withdraw_all(self.machine, step, server.n)
            turn.withdraw_all(self.machine, step, 0)
            allocate_clients(self.machine)
        if step >= BLOCK:
            self.turn_of_evening(step)

    def rlp_live(self) -> bool:
        """Whether every server runs a release that knows the new order type and orders carry the flag."""
        live = all(self.fleet.sends(s.n) and self.fleet.does(s.running) == "rlp" for s in self.fleet.servers)
        return live and self.flag_percent() == 100

    def flag_percent(self) -> int:
        """Percent of the orders meant for it that carry the flag."""
        controls = self.machine.controls[0]
        return 0 if controls.flag_off else 100 - int(controls.ramp_out)

    def _readmit(self) -> None:
        self.cut_off = False
        for server in self.fleet.servers:
            server.connected = server.state == RUNNING
        self.machine.controls["connected"] = 1
        self.set_servers()
        self.tell("exchange.readmitted")

    def _rule_on_busts(self) -> None:
        assert self.bust_asked is not None
        last = (self.bust_asked - OPEN) // STEPS_PER_MINUTE
        relief = cancel_far(self.machine, last - self.scenario.exchange.bust_request_min, last)
        self.bust_relief += relief
        self.busts.append([self.now, relief])
        self.bust_asked = None
        self.tell("trades.busted", relief_usd=relief // HC)

    def charge_halting(self, first: int, until: int) -> None:
        """Count the steps in which flow is not served, by what is down."""
        down = sum(int(self.machine.servers[server.n]) == 0 for server in self.fleet.servers)
        if down == 0:
            return
        firm = self.cut_off or self.shut is not None
        kind, times = ("firm", 1) if firm else (("smars", 1) if down == len(self.fleet.servers) else ("server", down))
        span = "bell" if OPEN <= first < BELL_END else "day"
        self.halted[f"{kind}_{span}"] += times * (until - first)
        if self.away_at is None and first >= self.agreed.rest_until:
            self.harmed[f"{kind}_{span}"] += times * (until - first)

    def hand_back_waiting(self) -> int:
        """Give the orders that wait for a server back to the clients; how many."""
        tally = self.machine.tally
        count = int(tally[0].waiting)
        self.machine.waiting[:] = 0
        tally["handed_back"] += count
        tally["waiting"] = 0
        return count

    def gross_usd(self) -> int:
        """What the firm holds of its own, long and short together, whole dollars at mid."""
        return gross_hc(self.machine) // HC

    def service_kept(self) -> float:
        """Share of clients' parents so far that were routed within a minute."""
        ended = self.machine.ended
        routed = int(ended["routed"].sum())
        lost = int(ended["late"].sum() + ended["handed_back"].sum()) + int(self.machine.tally[0].handed_back)
        return round(routed / max(routed + lost, 1), 4)
