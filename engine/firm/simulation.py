"""The machine: commands go in, steps are taken, events come out.

`step` is one ordered list. Between boundaries the market runs as compiled blocks; at a boundary (every five seconds, and
wherever a lever ends or the day turns) everything else happens, in a fixed order. How a run is cut into calls of `step`
never changes a bit of it.
"""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import numpy as np

from engine.arguments import Args
from engine.commands import Command, Lever, Refusal, Refused, clean_args, numbers_of
from engine.events import Event, event
from engine.evidence.evidence import Evidence
from engine.firm import bridge, server_ops, week
from engine.firm.agenda import Agenda
from engine.firm.bridge import Aside, Bridge
from engine.firm.clients import Clients, count_down
from engine.firm.deposit import MarginCalls
from engine.firm.duties import Duties, not_set_up
from engine.firm.evening import Evening
from engine.firm.exchanges import Exchanges
from engine.firm.fleet import Fleet
from engine.firm.gauges import Gauges
from engine.firm.guide import Guide
from engine.firm.inbox import Inbox
from engine.firm.injects import Injects, play_due
from engine.firm.monitoring import Monitoring, look_around, look_in_the_week
from engine.firm.onsets import Onsets
from engine.firm.phone import StandingAgreements
from engine.firm.post_only import begin_posting
from engine.firm.replays import sent_again
from engine.firm.safeguards import Safeguards
from engine.firm.second_act import SecondAct
from engine.firm.server_ops import Records
from engine.firm.trading_day import TradingDay, turn_of_day
from engine.firm.week import Week
from engine.firm.workload import Work, not_now, schedule
from engine.market.arrivals import arrival_plan
from engine.market.chance import stream_key
from engine.market.derive import derive
from engine.market.faults import draw_fault
from engine.market.market_step import deal, deal_waiting, run
from engine.market.positions import PositionMonitor
from engine.market.state import TAPE, TAPE_ROWS, Machine, allocate, digest_of, records
from engine.market_time import STEPS_PER_MINUTE, TICK_STEPS, Calendar
from engine.moment import Moment
from engine.scenario.problems import ScenarioError
from engine.scenario.scenario import Scenario

STREAMS = 10
MARKET_STREAMS = (1, 2, 3, 4, 5)  # redrawn by `noise`; the others belong to the seed
REFUSED_A_BLOCK = 4096


class Simulation:
    """One team's day, with `start` = its calendar's week the evenings before it too.

    `seed` draws orders, the stale server and evidence; `noise` (default: the seed) the market's chance.

    `instant`: levers take no time and no hands, and controls count as built (for calibration). `threads`: symbols are split over
    this many; the result is the same. `tape`: keep every execution (see `tape_rows`).
    """

    scenario: Scenario
    calendar: Calendar
    names: tuple[str, ...]
    machine: Machine
    fleet: Fleet
    evidence: Evidence
    gauges: Gauges
    monitor: PositionMonitor
    works: list[Work]
    events: list[Event]
    aside: Aside  # beside the state: no digest has it
    agenda: Agenda
    bridge: Bridge
    margin_calls: MarginCalls
    clients: Clients
    day: TradingDay
    duties: Duties
    evening: Evening
    exchanges: Exchanges
    guide: Guide
    inbox: Inbox
    injects: Injects
    monitoring: Monitoring
    onsets: Onsets
    phone: StandingAgreements
    records: Records
    safeguards: Safeguards
    second_act: SecondAct
    week: Week

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        *,
        noise: int | None = None,
        start: int = 0,
        instant: bool = False,
        threads: int = 1,
        tape: bool = False,
    ) -> None:
        self.calendar = scenario.calendar
        if start not in (0, self.calendar.week):
            raise ValueError(f"start = {start}: expected 0, the morning with history's week behind it, or {self.calendar.week}, the week")
        if start < 0 and scenario.faults.deck:
            raise ValueError(f"start = {start}: expected 0, there is no week before a morning whose fault is drawn")
        if not scenario.extension.here:
            raise ScenarioError(f"{scenario.id} brings code along, which is not here: expected a module whose SHA-256 is {scenario.code}")
        self.scenario, self.seed, self.noise = scenario, seed, seed if noise is None else noise
        self.names = scenario.names
        self.instant = instant
        self.acting = ""
        self.confidence: str | None = None  # of the command that is given
        numbers = derive(scenario)
        keys = np.array([stream_key(self.noise if stream in MARKET_STREAMS else seed, stream) for stream in range(STREAMS)], dtype=np.uint64)
        market = scenario.market
        self.fault = draw_fault(scenario, seed)
        self.machine = allocate(
            self.fault.trade_more(numbers.symbols), numbers.waits, numbers.powers, numbers.dials, keys,
            ladder=market.ladder, pool=market.pool, parents=market.parents,
        )  # fmt: skip
        self.machine.controls["connected"] = 1
        self.machine.controls["woken_4096"] = self.fault.share
        self.arrivals, self.activations = arrival_plan(scenario, seed)
        self._arrive_at = self.arrivals["step"]
        self.cursor = 0
        self.now = self.start = start
        self.taken = Moment(start, 0)  # the last command's place in its log: beside the state, for it changes nothing
        self.fleet = Fleet.before(scenario, self.fault) if start < 0 or not scenario.fleet.deployed else Fleet.deployed(scenario, self.fault)
        self.evidence = Evidence(scenario.evidence, seed, start)
        count = len(scenario.symbols)
        self.gauges, self.monitor = Gauges(count, self.calendar), PositionMonitor(count)
        self.adv_total = sum(row.adv_shares for row in scenario.symbols)
        self.works: list[Work] = []
        self.events: list[Event] = []
        self.executions = 0
        self.tape_lost = 0
        self._begin_parts()
        self._use(threads, tape)
        begin_posting(self)
        server_ops.set_servers(self)
        self._arrive(start)

    def _begin_parts(self) -> None:
        """Nothing has happened yet; a run that starts on the day finds history's week behind it."""
        self.aside = Aside()
        self.agenda = Agenda()
        self.bridge = Bridge()
        self.margin_calls = MarginCalls()
        self.clients = Clients()
        self.day = TradingDay()
        self.duties = Duties()
        self.evening = Evening(self.scenario, self.seed)
        self.exchanges = Exchanges()
        self.guide = Guide()
        self.inbox = Inbox()
        self.injects = Injects()
        self.monitoring = Monitoring()
        self.onsets = Onsets()
        self.phone = StandingAgreements()
        self.records = Records()
        self.safeguards = Safeguards()
        self.second_act = SecondAct()
        self.own: dict[str, Any] = {}  # what a scenario's module remembers, JSON-able
        self.week = Week(self.start >= 0 or self.fault.mechanism != "stale-release", [0] * len(self.calendar.evenings))
        week.find_done(self)

    def _use(self, threads: int, tape: bool) -> None:
        """How the machine is run: nothing of this changes what it does."""
        count = len(self.scenario.symbols)
        order = sorted(range(count), key=lambda i: -self.scenario.symbols[i].rate_e6)
        self._everybody = np.arange(count, dtype=np.int32)
        self._parts = [np.array(sorted(order[k::threads]), dtype=np.int32) for k in range(threads)]
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._tapes = [records((TAPE_ROWS if tape else 0,), TAPE) for _ in range(threads)]
        self._rows = [np.zeros(3, dtype=np.int64) for _ in range(threads)]
        self._kept: list[Any] = []
        self.kept: dict[str, tuple[Any, Any]] = {}  # what sights keep between looks, by name: (key, made)
        self._refused = np.zeros((REFUSED_A_BLOCK, 4), dtype=np.int64)
        self._refused_count = np.zeros(1, dtype=np.int64)

    # -- commands

    def submit(self, command: Command) -> Refusal | None:
        """Judge a command given now: None when it was taken, else why not. A refused one changes nothing but the record of it."""
        if command.step != self.now:
            raise ValueError(f"command {command.seq} is stamped {command.step}: expected {self.now}, the next step")
        self.taken = Moment.of(command)
        self.acting, self.confidence = command.desk, command.confidence
        try:
            lever, args = self._judge(command)
            work = schedule(self, command, lever, args)
        except Refused as refused:
            bridge.note_refused(self, command, refused.reason)
            self.tell("command.refused", (command.desk,), seq=command.seq, command=command.kind, reason=refused.reason)
            return Refusal(refused.reason)
        self.tell("command.applied", (command.desk,), seq=command.seq, command=command.kind, args=args, until=work.end)
        bridge.note_done(self, command, args)
        self.agenda.started(command.desk, command.kind)
        if command.desk == "deployer":
            server_ops.type_command(self, lever.kind, work.args)
        if lever.begin:
            lever.begin(self, work.args)
            server_ops.set_servers(self)
        if work.end == self.now:
            self._finish(work)
        else:
            self.works.append(work)
        return None

    def _judge(self, command: Command) -> tuple[Lever, Args]:
        if self.ended:
            raise Refused("the day is over")
        lever = self.scenario.kinds.get(command.kind)
        if lever is None:
            raise Refused("{given} is no command: expected one of {names}", given=repr(command.kind), names=sorted(self.scenario.kinds))
        if not_for := lever.not_for(command.desk, self.scenario):
            raise Refused(not_for)
        args = clean_args(self, lever, command.args)
        if lever.exclusive and any(work.kind == lever.kind for work in self.works):
            raise Refused("{lever}: under way already", lever=lever.named(self.scenario))
        late = not_now(self, lever.kind, lever.like(self, args) if lever.like else "")
        if late:
            raise Refused("{lever}: {why}", lever=lever.named(self.scenario), why=late)
        if lever.ready:
            lever.ready(self)
        if first := not_set_up(self, lever.kind):
            raise Refused(first)
        lever.check(self, args)
        missing = bridge.authorisation_missing(self, lever.kind, args)
        if missing:
            raise Refused(missing)
        return lever, args

    def _advance(self, work: Work) -> None:
        """The next stage of a lever takes effect; after the last one it is over."""
        if work.done + 1 >= work.stages:
            self._finish(work)
            return
        self._effect(work, {**work.args, "servers": [work.args["servers"][work.done]]})
        work.done += 1
        server_ops.set_servers(self)

    def _effect(self, work: Work, args: Args) -> None:
        self.acting = work.desk
        self.scenario.kinds[work.kind].effect(self, args)
        if work.desk == "deployer" and not self.scenario.kinds[work.kind].talk:
            server_ops.print_result(self, work.kind, args)

    def _finish(self, work: Work) -> None:
        if work in self.works:
            self.works.remove(work)
        week.charge_hands(self, work, min(work.end, self.now))  # one that ends in the evening does not wait for the block
        self._effect(work, work.left)
        if what := self.scenario.kinds[work.kind].shows:
            for number in numbers_of(work.left):
                bridge.note_seen(self, what, number)
        if self.scenario.kinds[work.kind].talk:
            return  # the machine is as it was: looking at it now, and not at its next tick, would be a trace
        week.note_work(self, work, "done")
        self.week.prices_usd += self.scenario.levers[work.kind].price_usd
        if self.scenario.levers[work.kind].built is not None:  # put together in a hurry, it stands from now on
            self.safeguards.built.add(work.kind)
        server_ops.set_servers(self)
        self.monitoring.watch_runaway(self.machine, self.now)
        self.tell("lever.finished", tuple(work.hands) or (work.desk,), seq=work.seq, command=work.kind, args=work.args)

    # -- time

    @property
    def stale(self) -> int:
        """The server that the draw fell on; whether anything is wrong with it, the fault says."""
        return self.fault.place

    @property
    def moment(self) -> Moment:
        """How far clock and log have come."""
        return Moment(self.now, self.taken.seq)

    @property
    def ended(self) -> bool:
        """Whether the day is over."""
        return self.now >= self.calendar.end

    def step(self, n: int = 1) -> None:
        """Run `n` steps of market time (fewer when the day ends)."""
        while n > 0 and not self.ended:
            until = min(self.now + n, self._next_boundary())
            self._run(self.now, until)
            n -= until - self.now
            self.now = until
            if until == self.calendar.close:
                self._arrive(self.calendar.close)
                self.now = self.calendar.block
            tick = TICK_STEPS if self.now >= 0 else STEPS_PER_MINUTE
            if self.now % tick == 0 or self.now in self.calendar.moments or any(work.due <= self.now for work in self.works):
                self._arrive(self.now)
            if self.injects.waiting:
                play_due(self)

    def _next_boundary(self) -> int:
        ends = [work.due for work in self.works if work.due > self.now] + self.injects.next_step(self.now)
        if self.now < 0:
            return min([(self.now // STEPS_PER_MINUTE + 1) * STEPS_PER_MINUTE, *ends])
        moments = [moment for moment in self.calendar.moments if moment > self.now]
        return min((self.now // TICK_STEPS + 1) * TICK_STEPS, *moments, *ends)

    def _run(self, first: int, until: int) -> None:
        """A block: deal the orders that arrive in it, then trade it."""
        machine = self.machine
        if first >= self.calendar.close or first < 0:
            return
        count_down(self, first, until)
        before, again = self.cursor, sent_again(self, first, until)
        if len(again) or (before < len(self._arrive_at) and self._arrive_at[before] < until):
            self.cursor = deal(machine, self.arrivals, self.activations, before, until, self._refused, self._refused_count, again)
            self._pass_on_refused()
        if self.fault.mirrors and first < self.calendar.open:
            server_ops.mirror_orders(self, before, self.cursor)
        if machine.controls[0].gross_cap_hc > 0:
            run(machine, self._everybody, first, until, True, self._tapes[0], self._rows[0])
        elif self._pool is None:
            run(machine, self._everybody, first, until, False, self._tapes[0], self._rows[0])
        else:
            parts = zip(self._parts, self._tapes, self._rows, strict=True)
            for job in [self._pool.submit(run, machine, part, first, until, False, tape, rows) for part, tape, rows in parts]:
                job.result()
        self._collect_tape()

    def _pass_on_refused(self) -> None:
        if self._refused_count[0]:
            server_ops.refuse_orders(self, self._refused[: self._refused_count[0]].tolist())
            self._refused_count[0] = 0

    def _collect_tape(self) -> None:
        for tape, rows in zip(self._tapes, self._rows, strict=True):
            written, lost, executions = rows.tolist()
            self.executions += executions
            self.tape_lost += lost if len(tape) else 0
            if written:
                self._kept.append(tape[:written].copy())
            rows[:] = 0

    def tape_rows(self) -> Any:
        """Every execution so far, (N,) TAPE, by step, symbol and order within it. Needs tape=True."""
        rows = np.concatenate(self._kept) if self._kept else np.zeros(0, dtype=TAPE)
        return rows[np.lexsort((rows["symbol"], rows["step"]))]

    def _arrive(self, step: int) -> None:
        """Everything that is not trading, in this order: levers end, the day turns, every five seconds the rest is looked at."""
        for work in sorted((work for work in self.works if work.due <= step), key=lambda work: (work.due, work.seq)):
            self._advance(work)
        if step <= 0 and self.start < 0:
            week.turn_of_week(self, step)
        if step < 0:
            if step % STEPS_PER_MINUTE == 0:
                look_in_the_week(self, step)
            return
        turn_of_day(self, step)
        if self.machine.tally[0].waiting:
            deal_waiting(self.machine, self.arrivals, self.activations, step, self._refused, self._refused_count)
            self._pass_on_refused()
        if step % TICK_STEPS == 0:
            look_around(self, step)

    # -- what comes out

    def tell(self, kind: str, audience: Iterable[str] | None = None, **data: Any) -> None:
        """Note an event."""
        self.events.append(event(self.now, kind, None if audience is None else tuple(audience), **data))

    def take_events(self) -> list[Event]:
        """Events since the last call, in order."""
        taken, self.events = self.events, []
        return taken

    def digest(self) -> str:
        """SHA-256 over the whole state: 64 hex characters."""
        extra = json.dumps(self.memory(), sort_keys=True, separators=(",", ":")).encode()
        for name, array in sorted(self.arrays().items()):
            extra += name.encode() + np.ascontiguousarray(array).tobytes()
        return digest_of(self.machine, extra)

    def arrays(self) -> dict[str, Any]:
        """Arrays beside the machine's, for digest and checkpoint."""
        return {**self.gauges.arrays(), **self.monitor.arrays()}

    def memory(self) -> dict[str, Any]:
        """All that is remembered outside arrays, JSON-able."""
        return {
            "now": self.now,
            "cursor": self.cursor,
            "executions": self.executions,
            "works": [asdict(work) for work in self.works],
            "fleet": self.fleet.to_dict(),
            "flag": self.fleet.flag,
            "evidence": self.evidence.to_dict(),
            "gauges": self.gauges.to_dict(),
            "monitor": {"last": self.monitor.last, "shown": self.monitor.shown},
            "agenda": self.agenda.to_dict(),
            "bridge": self.bridge.to_dict(),
            "margin_calls": self.margin_calls.to_dict(),
            "clients": self.clients.to_dict(),
            "day": self.day.to_dict(),
            "duties": self.duties.to_dict(),
            "evening": self.evening.to_dict(),
            "exchanges": self.exchanges.to_dict(),
            "guide": self.guide.to_dict(),
            "inbox": self.inbox.to_dict(),
            "injects": self.injects.to_dict(),
            "monitoring": self.monitoring.to_dict(),
            "onsets": self.onsets.to_dict(),
            "phone": self.phone.to_dict(),
            "records": self.records.to_dict(),
            "safeguards": self.safeguards.to_dict(),
            "second_act": self.second_act.to_dict(),
            "week": self.week.to_dict(),
        } | ({"own": self.own} if self.scenario.code else {})

    def remember(self, memory: dict[str, Any]) -> None:
        """Take back what `memory` gave."""
        self.now, self.cursor, self.executions = memory["now"], memory["cursor"], memory["executions"]
        self.works = [Work.of(work) for work in memory["works"]]
        self.fleet.restore(memory["fleet"])
        self.fleet.flag = memory["flag"]
        self.evidence.recall(memory["evidence"])
        self.gauges.restore(memory["gauges"])
        self.monitor.last, self.monitor.shown = memory["monitor"]["last"], memory["monitor"]["shown"]
        self.agenda = Agenda.from_dict(memory["agenda"])
        self.bridge = Bridge.from_dict(memory["bridge"])
        self.margin_calls = MarginCalls.from_dict(memory["margin_calls"])
        self.clients = Clients.from_dict(memory["clients"])
        self.day = TradingDay.from_dict(memory["day"])
        self.duties = Duties.from_dict(memory["duties"])
        self.evening.restore(memory["evening"])
        self.exchanges = Exchanges.from_dict(memory["exchanges"])
        self.guide = Guide.from_dict(memory["guide"])
        self.inbox = Inbox.from_dict(memory["inbox"])
        self.injects = Injects.from_dict(memory["injects"])
        self.monitoring = Monitoring.from_dict(memory["monitoring"])
        self.onsets = Onsets.from_dict(memory["onsets"])
        self.phone = StandingAgreements.from_dict(memory["phone"])
        self.records = Records.from_dict(memory["records"])
        self.safeguards = Safeguards.from_dict(memory["safeguards"])
        self.second_act = SecondAct.from_dict(memory["second_act"])
        self.week = Week.from_dict(memory["week"])
        self.own = memory.get("own", {})
