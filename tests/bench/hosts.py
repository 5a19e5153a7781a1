"""Network namespaces as hosts: this machine's own is the one with broker and database, every other has an address of its own on a bridge.

Linux with iproute2, by root. What crosses the bridge goes through the whole of TCP, which what crosses a socket file does not.
"""

import os
import shutil
import subprocess

SUBNET = "10.213.0"  # on a bridge that only this machine sees


def possible() -> bool:
    """Whether this machine and user can have any: root in a container often cannot."""
    if not (hasattr(os, "getuid") and os.getuid() == 0 and shutil.which("ip")):
        return False
    probe = f"obp{os.getpid() % 10**6}"
    made = subprocess.run(["ip", "link", "add", probe, "type", "bridge"], capture_output=True).returncode == 0
    if made:
        _ip("link", "del", probe)
    return made


class Hosts:
    """Hosts by name, made when they are first named; all are gone at the end of the `with`."""

    address = f"{SUBNET}.1"  # of who has broker and database

    def __init__(self) -> None:
        self.bridge = f"ob{os.getpid() % 10**6}"
        self.numbers: dict[str, int] = {}

    def __enter__(self) -> "Hosts":
        _ip("link", "add", self.bridge, "type", "bridge")
        _ip("addr", "add", f"{self.address}/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")
        return self

    def __exit__(self, *_: object) -> None:
        for number in self.numbers.values():
            _ip("netns", "del", self._space(number))  # takes its end of the line with it, and so the line
        _ip("link", "del", self.bridge)

    def of(self, name: str) -> str:
        """The address of a host."""
        if name not in self.numbers:
            self._make(len(self.numbers) + 2)
            self.numbers[name] = len(self.numbers) + 2
        return f"{SUBNET}.{self.numbers[name]}"

    def on(self, name: str, command: list[str]) -> list[str]:
        """The command line that runs a command there; the process is the command's own."""
        self.of(name)
        return ["ip", "netns", "exec", self._space(self.numbers[name]), *command]

    def _space(self, number: int) -> str:
        return f"{self.bridge}-{number}"

    def _make(self, number: int) -> None:
        space, line = self._space(number), f"{self.bridge}v{number}"
        _ip("netns", "add", space)
        _ip("link", "add", line, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("link", "set", line, "master", self.bridge, "up")
        for rest in (("addr", "add", f"{SUBNET}.{number}/24", "dev", "eth0"), ("link", "set", "eth0", "up"), ("link", "set", "lo", "up")):
            _ip("-n", space, *rest)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
