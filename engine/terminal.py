"""What the deployer's tools print: the command that was typed, and at its end what the tool says.

A tool says what it did. Only a checksum looks at the machine; copies and rollbacks print their record, as they did in 2012.
"""

from typing import Any

from engine.fleet import Fleet

BINARY = "/opt/smars/bin/smars"


def _host(fleet: Fleet, n: int) -> str:
    return fleet.label(n).lower()


def _servers(args: dict[str, Any]) -> list[int]:
    return [args["server"]] if "server" in args else list(args.get("servers", ()))


def prompts(fleet: Fleet, kind: str, args: dict[str, Any]) -> list[str]:
    """Lines typed to begin a lever: none for a lever that is no tool."""
    hosts = " ".join(_host(fleet, n) for n in _servers(args))
    if kind == "checksum.run":
        return [f"$ sha256sum {_host(fleet, n)}:{BINARY}" for n in _servers(args)]
    if kind == "release.copy":
        return [f"$ copy releases/{args['release']} {hosts}"]
    if kind == "automation.deploy":
        return [f"$ deploy {args['release']} --all    ({len(_servers(args))} hosts)"]
    if kind == "release.build":
        return [f"$ make {args['release']}"]
    if kind == "rollback.rehearse":
        return ["$ rehearse rollback --flag set"]
    if kind == "release.rollback":
        return [f"$ rollback {hosts}"]
    if kind == "server.start":
        return [f"$ restart {hosts}"]
    return []


def results(fleet: Fleet, kind: str, args: dict[str, Any]) -> list[str]:
    """Lines printed when a lever has taken effect."""
    lines: list[str] = []
    for n in _servers(args):
        host = _host(fleet, n)
        if kind == "automation.deploy":
            lines.append(f"{host}: {args['release']} copied, restarted, hashed")
        if kind in ("checksum.run", "automation.deploy"):
            disk, process = fleet.hashes(n)
            lines.append(f"{disk}  {host}:{BINARY}")
            lines.append(f"{process or 'no such process':16}  {host}:/proc/smars/exe")
        elif kind == "release.copy":
            lines.append(f"{host}: {args['release']} copied, done")
        elif kind == "release.rollback":
            lines.append(f"{host}: back on {fleet[n].reported}, done")
        elif kind == "server.start":
            lines.append(f"{host}: restart requested, done")
    return lines


def cut_off(fleet: Fleet, n: int) -> list[str]:
    """Lines printed when an evening's end cut a tool off at a server."""
    return [f"{_host(fleet, n)}: connection closed, copy not complete"]
