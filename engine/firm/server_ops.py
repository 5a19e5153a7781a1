"""What is done to servers and looked at on them: processes, sessions, logs, rates, checksums, the deployer's terminal.

`fleet.py` knows what lies on a server, this what follows for the market and the desks.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arguments import Args, SaidText
from engine.firm import bridge, inbox, post_only, quoting, replays, routing
from engine.firm.fleet import RUNNING, STOPPED
from engine.firm.terminal import cut_off_lines, prompts, results
from engine.market import market_step
from engine.market.controls import MISSED, QUOTED, REASONS, UNACKED
from engine.market.positions import price_text
from engine.market.router import RUNAWAY
from engine.market.state import CHILDREN, EXECUTIONS, PARENTS, REJECTS

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

KEPT_LINES = 400
SEARCHED = 40  # lines of a search that are shown
KEPT_PRINTS = 120  # of the deployer's terminal


@dataclass(slots=True)
class Records:
    """What servers and tools have written down, and what a desk last asked to see of it; JSON-able fields."""

    refusals: list[list[int]] = field(default_factory=list)  # (order, server, step, symbol) refused before the open
    lines: list[dict[str, Any]] = field(default_factory=list)  # what was done to servers, for their logs
    tails: dict[str, Any] | None = None  # the end of a server's log, or what a search of all of them found (server 0)
    looks: dict[str, Any] | None = None  # a server's rates
    checksums: list[dict[str, Any]] = field(default_factory=list)
    comparisons: list[dict[str, Any]] = field(default_factory=list)  # of config and reference data
    fault_found: bool = False  # a checksum or a comparison of the day showed something wrong
    terminal: list[dict[str, Any]] = field(default_factory=list)  # what the deployer's tools printed

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return {
            "refusals": self.refusals,
            "lines": self.lines,
            "tails": self.tails,
            "looks": self.looks,
            "checksums": self.checksums,
            "comparisons": self.comparisons,
            "fault_found": self.fault_found,
            "terminal": self.terminal,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Records":
        """What `to_dict` gave."""
        return cls(**data)


def set_servers(sim: "Simulation") -> None:
    """Tell the compiled router which servers send, and what their releases do."""
    machine = sim.machine
    for server in sim.fleet.servers:
        machine.servers[server.n] = 1 if sim.fleet.sends(server.n) and not sim.exchanges.cut_off and sim.safeguards.shut is None else 0
        for order, (flagged, wakes) in enumerate(((False, False), (True, False), (False, True), (True, True))):
            for session in (0, 1):
                machine.behaviours[server.n, order, session] = sim.fleet.behaviour(server.n, flagged, bool(session), wakes)


def log_line(sim: "Simulation", n: int, kind: str) -> None:
    """Note a line in a server's log. The operator reads it, so it never names a release: that is what a checksum is for."""
    sim.records.lines.append({"step": sim.now, "server": n, "kind": kind})
    del sim.records.lines[:-KEPT_LINES]


def stop_server(sim: "Simulation", n: int) -> None:
    """End a server's process: its parents end, what it has resting is cancelled."""
    sim.fleet[n].state = STOPPED
    market_step.withdraw_all(sim.machine, sim.now, n)
    log_line(sim, n, "stopped")
    sim.tell("server.stopped", server=n)


def start_server(sim: "Simulation", n: int) -> None:
    """Run what is on disk, and log on to the exchanges again."""
    server = sim.fleet[n]
    server.load()
    quoting.price_anew(sim, n)
    server.state, server.connected = RUNNING, True
    sim.machine.controls["connected"] = 1
    log_line(sim, n, "started")
    sim.tell("server.started", server=n)


def roll_back(sim: "Simulation", n: int) -> None:
    """Previous release, restarted where the server was up: what ran on it ends."""
    sim.fleet.roll_back(n, sim.now)
    log_line(sim, n, "copied")
    if sim.fleet[n].state == RUNNING:
        market_step.withdraw_all(sim.machine, sim.now, n)
        quoting.price_anew(sim, n)
        log_line(sim, n, "started")


def disconnect(sim: "Simulation", kind: str) -> None:
    """Close the servers' sessions: parents end, what rests is cancelled."""
    for server in sim.fleet.servers:
        server.connected = False
        market_step.withdraw_all(sim.machine, sim.now, server.n)
    sim.machine.controls["connected"] = 0
    set_servers(sim)
    sim.tell(kind)
    sim.monitoring.watch_runaway(sim.machine, sim.now)


def refuse_orders(sim: "Simulation", orders: list[list[int]]) -> None:
    """A legacy server refused flagged orders before the open: each is mailed, and logged by its server."""
    for order, server, step, symbol in orders:
        sim.records.refusals.append([order, server, step, symbol])
        if sim.phone.filtered:
            continue
        inbox.deliver(sim, sim.evidence.reject_mail(step, order, sim.names[symbol]))


def mirror_orders(sim: "Simulation", first: int, until: int) -> None:
    """A forgotten host outside of the fleet gets the flagged orders too that one server would be dealt, and refuses them as the old
    release does: they are mailed, and no server of the fleet has a line of them."""
    old, controls = sim.scenario.fleet.release[0], sim.machine.controls[0]
    if old.flag_set_before_open != "refuse" or old.flag != sim.fleet.flag or controls.flag_off:
        return
    rows = sim.arrivals[first:until]
    place = np.count_nonzero(sim.arrivals["flagged"][:first]) + np.cumsum(rows["flagged"]) - 1
    sent = rows["flagged"].astype(bool) & np.isin(place % len(sim.fleet.servers) + 1, sim.fault.mirrors)
    sent &= (rows["step"] < sim.calendar.open) & (rows["kept_away"] >= controls.away_256)
    sent &= ((controls.held | controls.unflagged) >> rows["broker"] & 1) + sim.machine.withdrawn[rows["symbol"]] == 0
    sent &= market_step.ramp_share(rows["id"].astype(np.int64)) < 100 - controls.ramp_out
    sent &= market_step.waking_4096(rows["id"].astype(np.int64)) < sim.fault.mirrored
    refuse_orders(sim, [[int(row.id), 0, int(row.step), int(row.symbol)] for row in rows[sent]])


# -- evidence asked for


def tail_log(sim: "Simulation", n: int) -> None:
    """Keep the last lines of a server's log as the desk now sees them."""
    sim.records.tails = {"server": n, "step": sim.now, "lines": log_records(sim, n)}
    _notice_in(sim, sim.records.tails["lines"], [n])


def search_logs(sim: "Simulation", text: str) -> None:
    """Keep the last lines of all servers' logs about an order, a stock or a broker's orders, and how many there are on which."""
    lines = [record for record in _records(sim, [server.n for server in sim.fleet.servers]) if _is_about(record, text)]
    servers = Counter(record["server"] for record in lines)
    shown = lines[-SEARCHED:]
    sim.records.tails = {"server": 0, "search": text, "step": sim.now, "lines": shown, "found": [[n, servers[n]] for n in sorted(servers)]}
    _notice_in(sim, shown, sorted(servers))
    if text.isdigit() and post_only.in_question(sim, [record["order"] for record in shown if record["kind"] == "child"]):
        bridge.notice(sim, how="log")


def notice_in_mail(sim: "Simulation", said: SaidText) -> None:
    """Somebody reads a mail: whoever reads of an order that the fault of the day concerns has noticed."""
    values = said["values"]
    orders = [order for order in map(values.get, ("their_order", "other_order", "repeated_order")) if isinstance(order, int)]
    if post_only.in_question(sim, orders) or replays.come_again(sim, [(sim.now, order) for order in orders]):
        bridge.notice(sim, how="complaint")


def _is_about(record: dict[str, Any], text: str) -> bool:
    return text in (str(record.get("order", "")), record.get("symbol"), record.get("broker"))


def _notice_in(sim: "Simulation", lines: list[dict[str, Any]], servers: list[int]) -> None:
    """Somebody reads lines of some servers: whoever sees a refused order, one that runs away or one that comes again, has noticed."""
    wild = {order for n in servers for order in runaway_orders(sim, n)}
    shown = [record for record in lines if record["kind"] == "refused" or record.get("order") in wild]
    if any(runs_before(sim, record["server"]) for record in shown) or any(_began_before(sim, record) for record in lines):
        bridge.notice(sim)
    elif replays.come_again(sim, [(record["step"], record["order"]) for record in lines if "order" in record]):
        bridge.notice(sim, how="log")


def _began_before(sim: "Simulation", record: dict[str, Any]) -> bool:
    """Whether a line is there because of what the fault of the day has begun."""
    if record["kind"] == "quote":
        return bridge.has_begun(sim, "stale-reference")
    return record.get("reason") == REASONS[UNACKED] and bridge.has_begun(sim, "stuck-sessions")


def runs_before(sim: "Simulation", n: int) -> bool:
    """Whether a server would run away, or refuse, if the team had touched nothing."""
    return n in bridge.wrong_before(sim) or sim.fault.mechanism == "defective-release"


def runaway_before(sim: "Simulation") -> bool:
    """Whether a parent runs away now, on any server, as one would if the team had touched nothing."""
    return any(runs_before(sim, server.n) and runaway_orders(sim, server.n) for server in sim.fleet.servers)


def log_records(sim: "Simulation", n: int, most: int = 14) -> list[dict[str, Any]]:
    """Last records of one server, oldest first: refused orders, what was done to it, child orders."""
    return _records(sim, [n])[-most:]


def _records(sim: "Simulation", servers: list[int]) -> list[dict[str, Any]]:
    """All that the logs of some servers still hold, oldest first."""
    names, machine = sim.names, sim.machine
    found: list[dict[str, Any]] = [
        {"step": step, "server": server, "kind": "refused", "order": order, "symbol": names[symbol], "broker": routing.broker_of(sim, order)}
        for order, server, step, symbol in sim.records.refusals[-200:]
        if server in servers
    ]
    found += [dict(line) for line in sim.records.lines if line["server"] in servers]
    where = np.argwhere(np.isin(machine.recent["server"], servers) & (machine.recent["parent"] > 0))
    found += [_child_record(sim, int(s), machine.recent[s, k]) for s, k in where.tolist()]
    found.sort(key=lambda record: (record["step"], record.get("order", 0)))
    return found


def _child_record(sim: "Simulation", s: int, child: Any) -> dict[str, Any]:
    price = int(child.price) * int(sim.machine.symbols[s].tick_hc)
    reason = int(child.reason)
    record = {
        "step": int(child.step),
        "server": int(child.server),
        "kind": "quote" if reason == QUOTED else "child" if reason in (0, MISSED, UNACKED) else "reject",
        "order": replays.order_of(sim, int(child.parent)),
        "symbol": sim.names[s],
        "broker": sim.scenario.brokers[child.broker - 1] if child.broker else "",
        "exchange": sim.scenario.exchanges[child.exchange - 1] if child.exchange else "",
        "side": "buy" if child.side > 0 else "sell",
        "qty": int(child.total_qty),
        "filled": int(child.total_filled),
        "price": price_text(price),
    }
    return {**record, "reason": REASONS[reason]} if record["kind"] == "reject" or reason == UNACKED else record


def look_at(sim: "Simulation", n: int) -> None:
    """Keep one server's rates of the last full minute."""
    rates = {
        name: round(sim.gauges.per_s(column, n), 1)
        for name, column in (("parents_in", PARENTS), ("children_out", CHILDREN), ("executions", EXECUTIONS), ("rejects", REJECTS))
    }
    sim.records.looks = {"server": n, "step": sim.now, **rates}
    if runaway_orders(sim, n) and runs_before(sim, n):
        bridge.notice(sim)


def runaway_orders(sim: "Simulation", n: int) -> list[int]:
    """Orders that run away on a server now."""
    machine = sim.machine
    at_work = np.arange(machine.parents.shape[1])[None, :] < machine.parent_count[:, None]
    wild = at_work & (machine.parents["server"] == n) & np.isin(machine.parents["behaviour"], RUNAWAY)
    found: list[int] = machine.parents["id"][wild].tolist()
    return found


def run_checksum(sim: "Simulation", servers: list[int]) -> None:
    """Keep the hashes of the file on disk and of the running process. What the team has spoilt itself is nothing found, nor is a part of a
    file that a copy has left which was cut off.
    """
    for n in servers:
        disk, process = sim.fleet.hashes(n)
        sim.records.checksums.append({"server": n, "step": sim.now, "disk": disk, "process": process})
        if _is_a_fault(sim, n, disk, process) and n in bridge.wrong_before(sim) and not sim.fleet[n].broken:
            _found(sim)


def _found(sim: "Simulation") -> None:
    """Somebody has seen what is wrong; in the week that is no excuse for the morning."""
    sim.records.fault_found = sim.now >= 0 or sim.records.fault_found
    bridge.notice(sim)


def _is_a_fault(sim: "Simulation", n: int, disk: str, process: str) -> bool:
    """Whether hashes show something wrong: not what was recorded; on the day also a release that treats flagged orders otherwise, or a
    process that is not what lies on its disk."""
    releases, server = sim.fleet.releases, sim.fleet[n]
    if disk not in (releases[server.reported].hash, releases[server.agreed].hash if server.agreed else ""):
        return True
    if sim.now < 0:
        return False
    meant = sim.fleet.meant(sim.fleet.target)
    return sim.fleet.meant(sim.fleet[n].reported) != meant or bool(process and disk != process)


def compare(sim: "Simulation", what: str, servers: list[int]) -> None:
    """Keep the hashes of config or reference data on disk and in the process. What a server has on purpose differs, and is no fault."""
    for n in servers:
        disk, loaded = sim.fleet.hashes_of(n, what)
        sim.records.comparisons.append({"what": what, "server": n, "step": sim.now, "disk": disk, "loaded": loaded})
        if sim.fleet.astray(n, what) and n in bridge.wrong_before(sim):
            _found(sim)


def load(sim: "Simulation", what: str, servers: list[int]) -> None:
    """Bring the recorded config or reference data to servers; a process reads it again and is not restarted."""
    for n in servers:
        sim.fleet.bring(n, what)
        if sim.fleet[n].state == RUNNING:
            log_line(sim, n, "loaded")


def type_command(sim: "Simulation", kind: str, args: Args) -> None:
    """Print what the deployer typed to begin a lever."""
    _print(sim, prompts(sim.fleet, sim.scenario.kinds[kind], args))


def print_result(sim: "Simulation", kind: str, args: Args) -> None:
    """Print what a tool of the deployer's says at the end: what it did, never what it did not look at."""
    _print(sim, results(sim.fleet, sim.scenario.kinds[kind], args))


def print_cut(sim: "Simulation", n: int) -> None:
    """Print that a tool was cut off at a server."""
    _print(sim, cut_off_lines(sim.fleet, n))


def say_in_terminal(sim: "Simulation", lines: list[str]) -> None:
    """Print what a tool of the deployer's found."""
    _print(sim, lines)


def review_fleet(sim: "Simulation") -> None:
    """Hash disk and process of every server, and say which are not as recorded and which were not restarted since."""
    fleet = sim.fleet
    everyone = [server.n for server in fleet.servers]
    run_checksum(sim, everyone)
    sim.week.facts["reviewed"] = sim.now
    wrong = [n for n in everyone if fleet.hashes(n)[0] != fleet.releases[fleet[n].reported].hash]
    behind = [n for n in everyone if n not in wrong and fleet.hashes(n)[1] not in ("", fleet.hashes(n)[0])]
    for name, hosts in (("review_disk", wrong), ("review_process", behind)):
        for n in hosts:
            inbox.alert(sim, "operator", name, host=n)
    if not wrong and not behind:
        inbox.alert(sim, "operator", "review_clean")
    found = [f"on {fleet.label(n)} the file on disk is not the one that was recorded" for n in wrong]
    found += [f"{fleet.label(n)} has not been restarted since its file was copied" for n in behind]
    _print(sim, [f"review: {line}" for line in found or ["every server is as recorded"]])
    sim.tell("fleet.reviewed", wrong=wrong, behind=behind)


def fail_over(sim: "Simulation", hole: int, release: str = "") -> None:
    """Move every server's sessions to its standby: what runs there is `release`, else what a rollback would run, and what ran here ends; but
    for the server `hole`, whose standby has none (0: there is no such server)."""
    for server in sim.fleet.servers:
        market_step.withdraw_all(sim.machine, sim.now, server.n)
        sim.fleet.stand_by(server.n, release)
        quoting.price_anew(sim, server.n)
        server.state, server.connected = (STOPPED, False) if server.n == hole else (RUNNING, True)
        log_line(sim, server.n, "stopped" if server.n == hole else "started")
    sim.machine.controls["connected"] = 1
    set_servers(sim)
    sim.tell("standby.failed_over")


def _print(sim: "Simulation", lines: list[str]) -> None:
    sim.records.terminal += [{"step": sim.now, "text": line} for line in lines]
    del sim.records.terminal[:-KEPT_PRINTS]
