"""What is done to servers and looked at on them: processes, sessions, logs, rates, checksums, the deployer's terminal.

State and acts that the day mixes in; `fleet.py` knows what lies on a server, this what follows for the market and the desks.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine import turn
from engine.controls import MISSED, REASONS
from engine.evidence import Evidence
from engine.fleet import RUNNING, STOPPED, Fleet
from engine.gauges import Gauges
from engine.market_time import OPEN
from engine.phone import Agreed
from engine.positions import price_text
from engine.router import RUNAWAY
from engine.scenario import Scenario
from engine.state import CHILDREN, EXECUTIONS, PARENTS, REJECTS, Machine
from engine.terminal import cut_off, prompts, results

KEPT_LINES = 400
KEPT_PRINTS = 120  # of the deployer's terminal


class Hosts:
    """Acts on the fleet, and the evidence of it that a desk asks for."""

    now: int
    scenario: Scenario
    names: tuple[str, ...]
    machine: Machine
    fleet: Fleet
    gauges: Gauges
    evidence: Evidence
    agreed: Agreed
    facts: dict[str, int]
    shut: int | None
    cut_off: bool
    fault_found: bool
    refusals: list[list[int]]
    lines: list[dict[str, Any]]
    tails: dict[str, Any] | None
    looks: dict[str, Any] | None
    checksums: list[dict[str, Any]]
    terminal: list[dict[str, Any]]

    if TYPE_CHECKING:  # what other parts of the day do

        def tell(self, kind: str, audience: Any = None, **data: Any) -> None: ...
        def notice(self) -> None: ...
        def watch_runaway(self) -> None: ...
        def alert(self, desk: str, text: str) -> None: ...
        def deliver(self, item: Any) -> None: ...
        def has_hole(self, name: str) -> bool: ...
        def standby_hole(self) -> int: ...

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
            self.deliver(self.evidence.reject_mail(step, order, self.names[symbol]))

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
