"""The fleet: servers, releases on disk, the running release, process state; what a release does with an order.

The copy tool's report and the truth are two things: `reported` is what the tool said, `installed` what lies on disk and
would run after a restart, `running` what the process was started from.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from engine.router import BEHAVIOURS
from engine.scenario import Release, Scenario

RUNNING, STARTING, STOPPED = "running", "starting", "stopped"


@dataclass(slots=True)
class Server:
    """One of the simulated servers."""

    n: int
    disk: list[str]  # releases on disk, oldest first
    installed: str  # release that a restart runs
    running: str  # release of the process; kept while the process is stopped
    state: str = RUNNING
    reported: str = ""  # what the copy tool recorded
    reported_at: int = -1  # step of the last copy that was recorded
    previous: str = ""  # release that a rollback returns to
    recorded_previous: str = ""  # release that the tool will record then: it never looks at the disk
    connected: bool = True  # its session to the exchanges


@dataclass(slots=True)
class Fleet:
    """All servers and the scenario's releases."""

    servers: list[Server]
    releases: dict[str, Release]
    target: str
    name: str = "SMARS-{n}"
    _names: dict[int, str] = field(default_factory=dict)

    @classmethod
    def deployed(cls, scenario: Scenario, stale: int) -> "Fleet":
        """The fleet on the morning of history: the new release on every server but one."""
        fleet = scenario.fleet
        oldest = fleet.release[0].name
        servers = [
            Server(
                n=n,
                disk=[oldest] if n == stale else [oldest, fleet.target],
                installed=oldest if n == stale else fleet.target,
                running=oldest if n == stale else fleet.target,
                reported=fleet.reported,
                previous=oldest,
                recorded_previous=oldest,
            )
            for n in range(1, fleet.servers + 1)
        ]
        return cls(servers, {release.name: release for release in fleet.release}, fleet.target, fleet.name)

    def __getitem__(self, n: int) -> Server:
        return self.servers[n - 1]

    def label(self, n: int) -> str:
        """Name of a server on screens and in logs."""
        return self.name.format(n=n)

    def sends(self, n: int) -> bool:
        """Whether a server routes orders: its process runs and its session stands."""
        server = self[n]
        return server.state == RUNNING and server.connected

    def behaviour(self, n: int, flagged: bool, in_session: bool) -> int:
        """Index of what a server's release does with an order (see BEHAVIOURS of the router)."""
        release = self.releases[self[n].running]
        if not flagged:
            return BEHAVIOURS.index(release.flag_clear)
        return BEHAVIOURS.index(release.flag_set if in_session else release.flag_set_before_open)

    def defective(self, n: int) -> bool:
        """Whether a server's running release treats a flagged order otherwise than the release meant to be live."""
        return self[n].running != self.target and self.releases[self[n].running].flag_set != self.releases[self.target].flag_set

    def hashes(self, n: int) -> tuple[str, str]:
        """Checksum of the file on disk and of the running process ("" when it is down)."""
        server = self[n]
        return self.releases[server.installed].hash, self.releases[server.running].hash if server.state == RUNNING else ""

    def copy(self, n: int, release: str, step: int) -> None:
        """Put a release on a server's disk; a restart runs it."""
        server = self[n]
        if release in server.disk:
            server.disk.remove(release)
        if server.installed != release:
            server.previous = server.installed
        if server.reported != release:
            server.recorded_previous = server.reported
        server.disk.append(release)
        server.installed = server.reported = release
        server.reported_at = step

    def roll_back(self, n: int, step: int) -> None:
        """Point a server at its previous release and restart it."""
        server = self[n]
        server.installed = server.previous if server.previous in server.disk else server.disk[0]
        server.reported, server.reported_at = server.recorded_previous, step
        if server.state == RUNNING:
            server.running = server.installed

    def to_dict(self) -> list[dict[str, Any]]:
        """Servers, JSON-able."""
        return [asdict(server) for server in self.servers]

    def restore(self, data: list[dict[str, Any]]) -> None:
        """Take servers back from `to_dict`."""
        self.servers = [Server(**row) for row in data]
