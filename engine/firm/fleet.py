"""The fleet: servers, releases on disk, the running release, process state; what a release does with an order.

The copy tool's report and the truth are two things: `reported` is what the tool said, `installed` what lies on disk and
would run after a restart, `running` what the process was started from. So it is with the config and the reference data that a
process reads: recorded is one version for all, and what a server has on its disk and in its process may be another.
"""

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.market.faults import Fault
from engine.market.router import BEHAVIOURS
from engine.scenario.parts import Release
from engine.scenario.scenario import Scenario
from engine.scenario.versions import READ, Versions

RUNNING, STARTING, STOPPED = "running", "starting", "stopped"
UNCOUNTED = "power_peg"  # sends for ever, for it never counts what was filled
MISCOUNTED = "miscount"  # sends far too much, for it counts what was filled in thousands
RETIRED = (UNCOUNTED,)  # what a release does only to flagged orders that wake it; the others it treats as plain ones


@dataclass(slots=True)
class Held:
    """What a server has of its config or its reference data: names of versions."""

    disk: str
    loaded: str  # by the process; kept while the process is stopped
    agreed: str = ""  # this server has that one on purpose, and the change calendar says so


@dataclass(slots=True)
class Server:
    """One of the simulated servers."""

    n: int
    disk: list[str]  # releases on disk, oldest first
    installed: str  # release that a restart runs
    running: str  # release of the process; kept while the process is stopped
    config: Held
    data: Held
    state: str = RUNNING
    reported: str = ""  # what the copy tool recorded
    reported_at: int | None = None  # step of the last copy that was recorded
    previous: str = ""  # release that a rollback returns to
    recorded_previous: str = ""  # release that the tool will record then: it never looks at the disk
    connected: bool = True  # its session to the exchanges
    broken: bool = False  # the file on disk is a part of one: its copy was cut off
    agreed: str = ""  # a build that this server has on purpose, and the change calendar says so

    def reads(self, what: str) -> Held:
        """Its `config` or its reference `data`."""
        found: Held = getattr(self, what)
        return found

    def load(self) -> None:
        """A process begins with what lies on the disk: release, config and reference data."""
        self.running = self.installed
        for what in READ:
            self.reads(what).loaded = self.reads(what).disk


@dataclass(slots=True)
class Fleet:
    """All servers and the scenario's releases."""

    servers: list[Server]
    releases: dict[str, Release]
    versions: dict[str, Versions]  # of config and data
    target: str
    name: str
    flag: str  # the one that clients set
    process: str  # the name of a release's file
    fault: Fault  # what is wrong today
    _names: dict[int, str] = field(default_factory=dict)

    @classmethod
    def before(cls, scenario: Scenario, fault: Fault) -> "Fleet":
        """The fleet before the week: the oldest release everywhere, and all that it reads as recorded."""
        fleet, versions = scenario.fleet, {"config": scenario.config, "data": scenario.data}
        old = fleet.release[0].name

        config, data = (versions[what].recorded for what in READ)
        servers = [
            Server(n, [old], old, old, Held(config, config), Held(data, data), reported=old, previous=old, recorded_previous=old)
            for n in range(1, fleet.servers + 1)
        ]
        return cls(servers, fleet.releases, versions, fleet.target, fleet.name, fleet.flag, scenario.told.process, fault)

    @classmethod
    def deployed(cls, scenario: Scenario, fault: Fault) -> "Fleet":
        """The fleet on the morning: the new release recorded on every server, and there but for what the fault of the day left out."""
        found, calendar = cls.before(scenario, fault), scenario.calendar
        for server, at in zip(found.servers, scenario.fleet.copied, strict=True):
            if fault.mechanism == "stale-release" and server.n == fault.place:
                found.record(server.n, scenario.fleet.reported, calendar.step_at(at))
            else:
                found.copy(server.n, scenario.fleet.reported, calendar.step_at(at))
            fault.lay_out(server.n, server.config, server.data)
            if fault.agreed.get("release", (0, ""))[0] == server.n:
                server.agreed = server.installed = fault.agreed["release"][1]
                server.disk.append(server.agreed)
            if fault.mechanism != "stale-process" or server.n != fault.place:
                server.load()
        return found

    def __getitem__(self, n: int) -> Server:
        return self.servers[n - 1]

    def label(self, n: int) -> str:
        """Name of a server on screens and in logs."""
        return self.name.format(n=n)

    def sends(self, n: int) -> bool:
        """Whether a server routes orders: its process runs and its session stands."""
        server = self[n]
        return server.state == RUNNING and server.connected

    def behaviour(self, n: int, flagged: bool, in_session: bool, wakes: bool = True) -> int:
        """Index of what a server's release does with an order (see BEHAVIOURS of the router). `wakes`: it is one of those that meet the
        fault of the day."""
        release = self.releases[self[n].running]
        if wakes and in_session and self.misconfigured(n):
            return BEHAVIOURS.index(MISCOUNTED)
        if not flagged or release.flag != self.flag:  # it knows no other flag than its own
            return BEHAVIOURS.index(release.flag_clear)
        if wakes:
            return BEHAVIOURS.index(self.does(release.name) if in_session else release.flag_set_before_open)
        usual = release.flag_clear if release.flag_set in RETIRED else release.flag_set if in_session else release.flag_set_before_open
        return BEHAVIOURS.index(usual)

    def misconfigured(self, n: int) -> bool:
        """Whether a server's process has loaded the config that is the fault of the day."""
        _, version = self.fault.old_config
        return self[n].config.loaded == version != ""

    def meant(self, release: str) -> str:
        """What a release does in the session with an order that carries the flag clients set, as it was written to."""
        found = self.releases[release]
        return found.flag_set if found.flag == self.flag else found.flag_clear

    def does(self, release: str) -> str:
        """What it does with one that meets the fault of the day."""
        found = self.releases[release]
        if found.flag != self.flag:
            return found.flag_clear
        if self.fault.mechanism == "defective-release" and found.flag_set in (self.releases[self.target].flag_set, *RETIRED):
            spared = found.flag_set in RETIRED and self.fault.clean_before
            return found.flag_clear if spared else UNCOUNTED
        return found.flag_set

    def defective(self, n: int) -> bool:
        """Whether a server's running release treats a flagged order neither as the release meant to be live should nor as a plain one."""
        target = self.releases[self.target]
        return self.misconfigured(n) or self.does(self[n].running) not in (target.flag_set, target.flag_clear)

    def hashes(self, n: int) -> tuple[str, str]:
        """Checksum of the file on disk and of the running process ("" when it is down)."""
        server = self[n]
        disk = self.releases[server.installed].hash
        if server.broken:
            disk = hashlib.sha256(f"part of {disk}".encode()).hexdigest()[: len(disk)]
        return disk, self.releases[server.running].hash if server.state == RUNNING else ""

    def hashes_of(self, n: int, what: str) -> tuple[str, str]:
        """Hash of a server's `config` or `data` on disk, and as its process has loaded it ("" when it is down)."""
        server, versions = self[n], self.versions[what]
        held = server.reads(what)
        return versions[held.disk].hash, versions[held.loaded].hash if server.state == RUNNING else ""

    def astray(self, n: int, what: str) -> bool:
        """Whether a server has, on disk or in its process, neither the recorded version nor one that was agreed on for it."""
        server, held = self[n], self[n].reads(what)
        right = (self.versions[what].recorded, held.agreed)
        return held.disk not in right or (server.state == RUNNING and held.loaded not in right)

    def bring(self, n: int, what: str) -> None:
        """Put the recorded version on a server's disk, and have its process, where there is one, load it."""
        server = self[n]
        held = server.reads(what)
        held.disk = self.versions[what].recorded
        if server.state == RUNNING:
            held.loaded = held.disk

    def stand_by(self, n: int, release: str = "") -> None:
        """Run a server's standby: a release, else that which a rollback would run, and what is recorded of all that it reads, which it has
        by itself.
        """
        self[n].running = release or self[n].previous
        for what, versions in self.versions.items():
            self[n].reads(what).loaded = versions.recorded

    def record(self, n: int, release: str, step: int) -> None:
        """What the copy tool writes down, whatever reached the disk."""
        server = self[n]
        if server.reported != release:
            server.recorded_previous = server.reported
        server.reported, server.reported_at = release, step

    def copy(self, n: int, release: str, step: int) -> None:
        """Put a release on a server's disk; a restart runs it."""
        self._write(n, release)
        self.record(n, release, step)

    def break_off(self, n: int, release: str) -> None:
        """A copy that was cut off: a part of the file is on disk, and nothing is recorded."""
        self._write(n, release)
        self[n].broken = True

    def _write(self, n: int, release: str) -> None:
        server = self[n]
        if release in server.disk:
            server.disk.remove(release)
        if server.installed != release and not server.broken:
            server.previous = server.installed
        server.disk.append(release)
        server.installed, server.broken = release, False

    def roll_back(self, n: int, step: int) -> None:
        """Point a server at its previous release and restart it, where it is up."""
        server = self[n]
        server.installed, server.broken = server.previous if server.previous in server.disk else server.disk[0], False
        server.reported, server.reported_at = server.recorded_previous, step
        if server.state == RUNNING:
            server.load()

    def to_dict(self) -> list[dict[str, Any]]:
        """Servers, JSON-able."""
        return [asdict(server) for server in self.servers]

    def restore(self, data: list[dict[str, Any]]) -> None:
        """Take servers back from `to_dict`."""
        self.servers = [Server(**{**row, **{what: Held(**row[what]) for what in READ}}) for row in data]
