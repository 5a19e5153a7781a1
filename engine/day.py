"""The day around the market: what the turns of the day, the exchanges and the levers do to fleet, desks and evidence."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import agenda, bridge, phone, safeguards, turn, week
from engine.controls import MISSED, REASONS
from engine.evening import Night
from engine.events import Event, event
from engine.evidence import Alert, Call, Evidence, Mail
from engine.fleet import RUNNING, STOPPED, Fleet
from engine.gauges import Gauges, mid_prices_hc
from engine.market_time import BELL_END, BLOCK, CLOSE, OPEN, STEPS_PER_MINUTE, phase, step_at
from engine.positions import Monitor, allocate_clients, cancel_far, marks, price_text
from engine.router import FLATTEN_AGGRESSIVE, FLATTEN_PASSIVE, RUNAWAY
from engine.scenario import Scenario
from engine.score import HC
from engine.state import CHILDREN, EXECUTIONS, PARENTS, REJECTS, Machine
from engine.terminal import cut_off, prompts, results
from engine.view import View

if TYPE_CHECKING:
    from engine.simulation import Work

KEPT_LINES = 400
KEPT_PRINTS = 120  # of the deployer's terminal
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


class Day(bridge.Bridge, week.Week, agenda.Agenda, safeguards.Safeguards, Night):
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
        self.limits = dict.fromkeys(("parents", "pool", "window"), 0)  # how often a limit of the machine was reached
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
        rest: dict[str, Any] = {"built": sorted(self.built), "mails": list(self.mails.values())}
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

    # -- the fleet

    def set_servers(self) -> None:
        """Tell the compiled router which servers send, and what their releases do."""
        machine = self.machine
        for server in self.fleet.servers:
            machine.servers[server.n] = 1 if self.fleet.sends(server.n) and not self.cut_off and self.shut is None else 0
            for flagged in (0, 1):
                for session in (0, 1):
                    machine.behaviours[server.n, flagged, session] = self.fleet.behaviour(server.n, bool(flagged), bool(session))

    def log(self, n: int, kind: str) -> None:
        """Note a line in a server's log. The operator reads it, so it never names a release: that is what a checksum is for."""
        self.lines.append({"step": self.now, "server": n, "kind": kind})
        del self.lines[:-KEPT_LINES]

    def stop_server(self, n: int) -> None:
        """End a server's process: its parents end, what it has resting is cancelled."""
        self.fleet[n].state = STOPPED
        turn.withdraw_all(self.machine, self.now, n)
        self.log(n, "stopped")
        self.tell("server.stopped", server=n)

    def start_server(self, n: int) -> None:
        """Run what is on disk, and log on to the exchanges again."""
        server = self.fleet[n]
        server.running, server.state, server.connected = server.installed, RUNNING, True
        self.machine.controls["connected"] = 1
        self.log(n, "started")
        self.tell("server.started", server=n)

    def roll_back(self, n: int) -> None:
        """Previous release, restarted where the server was up: what ran on it ends."""
        self.fleet.roll_back(n, self.now)
        self.log(n, "copied")
        if self.fleet[n].state == RUNNING:
            turn.withdraw_all(self.machine, self.now, n)
            self.log(n, "started")

    def disconnect(self, kind: str) -> None:
        """Close SMARS's sessions: parents end, what rests is cancelled."""
        for server in self.fleet.servers:
            server.connected = False
            turn.withdraw_all(self.machine, self.now, server.n)
        self.machine.controls["connected"] = 0
        self.set_servers()
        self.tell(kind)
        self.watch_runaway()

    def refuse_orders(self, orders: list[list[int]]) -> None:
        """A legacy server refused flagged orders before the open: each is mailed, and logged by its server."""
        for order, server, step, symbol in orders:
            self.refusals.append([order, server, step, symbol])
            if self.agreed.filtered:
                continue
            self._deliver(self.evidence.reject_mail(step, order, self.names[symbol]))

    def mirror_orders(self: Any, first: int, until: int) -> None:
        """A forgotten host outside of the fleet gets the flagged orders too that the seed's server would be dealt, and refuses them: they
        are mailed, and no server of the fleet has a line of them."""
        old, controls = self.scenario.fleet.release[0], self.machine.controls[0]
        if old.flag_set_before_open != "refuse" or old.flag != self.fleet.flag or controls.flag_off:
            return
        rows = self.arrivals[first:until]
        place = np.count_nonzero(self.arrivals["flagged"][:first]) + np.cumsum(rows["flagged"]) - 1
        sent = rows["flagged"].astype(bool) & (place % len(self.fleet.servers) == self.stale - 1)
        sent &= (rows["step"] < OPEN) & (rows["kept_away"] >= controls.away_256)
        sent &= (rows["id"].astype(np.int64) * 2654435761 >> 12) % 100 < 100 - controls.ramp_out
        self.refuse_orders([[int(row.id), 0, int(row.step), int(row.symbol)] for row in rows[sent]])

    # -- evidence asked for

    def tail_log(self, n: int) -> None:
        """Keep the last lines of a server's log as the desk now sees them."""
        self.tails = {"server": n, "step": self.now, "lines": self.log_records(n)}
        wild = self.runaway_orders(n)
        if any(record["kind"] == "refused" or record.get("order") in wild for record in self.tails["lines"]):
            self.notice()

    def log_records(self, n: int, most: int = 14) -> list[dict[str, Any]]:
        """Last records of one server, oldest first: refused orders, what was done to it, child orders."""
        names, machine = self.names, self.machine
        found: list[dict[str, Any]] = [
            {"step": step, "kind": "refused", "order": order, "symbol": names[symbol]}
            for order, server, step, symbol in self.refusals[-200:]
            if server == n
        ]
        found += [{key: value for key, value in line.items() if key != "server"} for line in self.lines if line["server"] == n]
        where = np.argwhere((machine.recent["server"] == n) & (machine.recent["parent"] > 0))
        found += [self._child_record(int(s), machine.recent[s, k]) for s, k in where.tolist()]
        found.sort(key=lambda record: (record["step"], record.get("order", 0)))
        return found[-most:]

    def _child_record(self, s: int, child: Any) -> dict[str, Any]:
        price = int(child.price) * int(self.machine.symbols[s].tick_hc)
        reason = int(child.reason)
        record = {
            "step": int(child.step),
            "kind": "reject" if reason not in (0, MISSED) else "child",
            "order": int(child.parent),
            "symbol": self.names[s],
            "side": "buy" if child.side > 0 else "sell",
            "qty": int(child.total_qty),
            "filled": int(child.total_filled),
            "price": price_text(price),
        }
        return {**record, "reason": REASONS[reason]} if record["kind"] == "reject" else record

    def look_at(self, n: int) -> None:
        """Keep one server's rates of the last full minute."""
        rates = {
            name: round(self.gauges.per_s(column, n), 1)
            for name, column in (("parents_in", PARENTS), ("children_out", CHILDREN), ("executions", EXECUTIONS), ("rejects", REJECTS))
        }
        self.looks = {"server": n, "step": self.now, **rates}
        if self.runaway_orders(n):
            self.notice()

    def runaway_orders(self, n: int) -> list[int]:
        """Orders that run away on a server now."""
        machine = self.machine
        at_work = np.arange(machine.parents.shape[1])[None, :] < machine.parent_count[:, None]
        wild = at_work & (machine.parents["server"] == n) & np.isin(machine.parents["behaviour"], RUNAWAY)
        found: list[int] = machine.parents["id"][wild].tolist()
        return found

    def run_checksum(self, servers: list[int]) -> None:
        """Keep the hashes of the file on disk and of the running process."""
        for n in servers:
            disk, process = self.fleet.hashes(n)
            self.checksums.append({"server": n, "step": self.now, "disk": disk, "process": process})
            if self._is_a_fault(n, disk, process):
                self.fault_found = self.now >= 0 or self.fault_found  # found in the week it is no excuse for the morning
                self.notice()

    def _is_a_fault(self, n: int, disk: str, process: str) -> bool:
        """Whether hashes show something wrong: not what was recorded; on the day also a release that treats flagged orders otherwise, or a
        process that is not what lies on its disk."""
        releases = self.fleet.releases
        if releases[self.fleet[n].reported].hash != disk:
            return True
        if self.now < 0:
            return False
        meant = self.fleet.does(self.fleet.target)
        return self.fleet.does(self.fleet[n].reported) != meant or bool(process and disk != process)

    def type_command(self, kind: str, args: dict[str, Any]) -> None:
        """Print what the deployer typed to begin a lever."""
        self._print(prompts(self.fleet, kind, args))

    def print_result(self, kind: str, args: dict[str, Any]) -> None:
        """Print what a tool of the deployer's says at the end: what it did, never what it did not look at."""
        self._print(results(self.fleet, kind, args))

    def print_cut(self, n: int) -> None:
        """Print that a tool was cut off at a server."""
        self._print(cut_off(self.fleet, n))

    def say_in_terminal(self, lines: list[str]) -> None:
        """Print what a tool of the deployer's found."""
        self._print(lines)

    def alert(self, desk: str, text: str) -> None:
        """Raise an alert at a desk now."""
        self._deliver(Alert(self.now, desk, text))

    def review_fleet(self) -> None:
        """Hash disk and process of every server, and say which are not as recorded and which were not restarted since."""
        fleet = self.fleet
        everyone = [server.n for server in fleet.servers]
        self.run_checksum(everyone)
        self.facts["reviewed"] = self.now
        wrong = [n for n in everyone if fleet.hashes(n)[0] != fleet.releases[fleet[n].reported].hash]
        behind = [n for n in everyone if n not in wrong and fleet.hashes(n)[1] not in ("", fleet.hashes(n)[0])]
        said = [f"on {fleet.label(n)} the file on disk is not the one that was recorded" for n in wrong]
        said += [f"{fleet.label(n)} has not been restarted since its file was copied" for n in behind]
        for text in said or ["every server is as recorded"]:
            self.alert("operator", f"Review of the fleet: {text}.")
        self._print([f"review: {text}" for text in said or ["every server is as recorded"]])
        self.tell("fleet.reviewed", wrong=wrong, behind=behind)

    def fail_over(self) -> None:
        """Move every server's sessions to its standby: what runs there is what a rollback would run, and what ran here ends."""
        hole = self.standby_hole() if self.has_hole("standby") else 0
        for server in self.fleet.servers:
            turn.withdraw_all(self.machine, self.now, server.n)
            server.running = server.previous
            server.state, server.connected = (STOPPED, False) if server.n == hole else (RUNNING, True)
            self.log(server.n, "stopped" if server.n == hole else "started")
        self.machine.controls["connected"] = 1
        self.set_servers()
        self.tell("standby.failed_over")

    def _print(self, lines: list[str]) -> None:
        self.terminal += [{"step": self.now, "text": line} for line in lines]
        del self.terminal[:-KEPT_PRINTS]

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
        return marks(self.machine, self.scenario).gross // HC

    def service_kept(self) -> float:
        """Share of clients' parents so far that were routed within a minute."""
        ended = self.machine.ended
        routed = int(ended["routed"].sum())
        lost = int(ended["late"].sum() + ended["handed_back"].sum()) + int(self.machine.tally[0].handed_back)
        return round(routed / max(routed + lost, 1), 4)

    def watch_runaway(self) -> None:
        """Count runaway parents, and note when the first appeared and the last ended."""
        before, self.runaway = self.runaway, int(turn.count_runaway(self.machine))
        if self.runaway and self.first_runaway is None:
            self.first_runaway = self.now
        if before and not self.runaway:
            self.contained = self.now

    def look_in_the_week(self, step: int) -> None:
        """Every minute of an evening: let evidence fall due. No market is open, nothing is measured."""
        view = View(self, step)
        phone.look(self, view.served)
        for item in self.evidence.tick(step, view):
            self._deliver(item)

    def look_around(self, step: int) -> None:
        """Every five seconds: measure, notice pauses, and let evidence fall due."""
        tick = step // 20
        self.watch_runaway()
        self.watch_threshold()
        self.gauges.take(self, tick)
        self.watch_dashboard()
        self.monitor.take(tick, self.machine)
        lag_s = self.scenario.monitor.calm_lag_s if self.agreed.feed else self.monitor.lag_s(self.scenario, self.gauges.per_s(EXECUTIONS))
        self.monitor.show(tick, lag_s)
        if step % STEPS_PER_MINUTE == 0 and step <= CLOSE:
            self.monitor.note(step // STEPS_PER_MINUTE, mid_prices_hc(self))
        self._notice_limits()
        if step <= CLOSE:
            self._notice_pauses(step)
            view = View(self, step)
            phone.look(self, view.served)
            for item in self.evidence.tick(step, view):
                self._deliver(item)
            self.hints = [hint for hint in self.hints if hint["end"] > step] + [hint.to_dict() for hint in self.evidence.hints(view)]
            text = self.evidence.headline(view)
            if text:
                self.headlines.append({"step": step, "text": text})
                self.tell("headline", text=text)

    def _notice_limits(self) -> None:
        """Reaching a limit of the machine is an event, never an exception."""
        books = self.machine.books
        reached = {
            "parents": int(self.machine.tally[0].overflow + self.machine.ended["overflow"].sum()),
            "pool": int(books["drops"].sum()),
            "window": int(books["far"].sum()),
        }
        if reached != self.limits:
            for name, count in reached.items():
                if count > self.limits[name]:
                    self.tell("limit.reached", limit=name, times=count - self.limits[name])
            self.limits = reached

    def _notice_pauses(self, step: int) -> None:
        paused = np.flatnonzero(self.machine.market["paused_until"] > step).tolist()
        if paused != self.was_paused:
            for s in sorted(set(paused) - set(self.was_paused)):
                self.tell("breaker.paused", symbol=self.names[s])
            for s in sorted(set(self.was_paused) - set(paused)):
                self.tell("breaker.resumed", symbol=self.names[s])
            self.was_paused = paused

    def _page_on(self, mail: Mail) -> None:
        """A mail to the operator that a rule speaks of becomes an alert."""
        unheard = self.has_hole("mail.page") and mail.sender == self.scenario.evidence.reject_sender
        if mail.desk == "operator" and self.rules and not unheard:
            said = f"{mail.sender}\n{mail.subject}\n{mail.body}".casefold()
            if any(rule["match"].casefold() in said for rule in self.rules):
                self._deliver(Alert(mail.step, "operator", f"Mail from {mail.sender}: {mail.subject}"))

    def _deliver(self, item: Any) -> None:
        """Put a mail, call or alert where its desk finds it."""
        if isinstance(item, Mail):
            self.mails[item.id] = item.to_dict()
            self._page_on(item)
            self.events.append(event(item.step, "mail.arrived", (item.desk,), mail=item.id, sender=item.sender, subject=item.subject))
        elif isinstance(item, Call):
            caller = item.replies[0][0].split(".")[0]
            self.calls.append({**item.to_dict(), "caller_key": caller, "state": "ringing", "answer": None})
            self.tell("call.rang", (item.desk,), call=item.id, caller=item.caller, opening=item.opening)
        else:
            self.alerts.append(item.to_dict())
            self.tell("alert.raised", (item.desk,), text=item.text)
