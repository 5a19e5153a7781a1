"""What the deployer's tools print: the command that was typed, and at its end what the tool says.

A tool says what it did. Only checksums and comparisons look at the machine; copies and rollbacks print their record. Its lines are those of a
program, in English on every machine: no catalogue has them. What people say around them, such as the title of a pin of this, is translated.
"""

from engine.arguments import Args
from engine.commands import Lever
from engine.firm.fleet import RUNNING, Fleet
from engine.scenario.versions import READ


def _binary(fleet: Fleet) -> str:
    return f"/opt/{fleet.process}/bin/{fleet.process}"


def _host(fleet: Fleet, n: int) -> str:
    return fleet.label(n).lower()


def _servers(args: Args) -> list[int]:
    return [args["server"]] if "server" in args else list(args.get("servers", ()))


def prompts(fleet: Fleet, lever: Lever, args: Args) -> list[str]:
    """Lines typed to begin a lever: none for a lever that is no tool."""
    typed, hosts = lever.typed, [_host(fleet, n) for n in _servers(args)]
    if "{host}" in typed:
        return [typed.format(host=host, binary=_binary(fleet)) for host in hosts]
    return typed.format_map({**args, "hosts": " ".join(hosts), "count": len(hosts)}).splitlines()


def results(fleet: Fleet, lever: Lever, args: Args) -> list[str]:
    """Lines printed when a lever has taken effect, for each of its servers."""
    lines: list[str] = []
    for n in _servers(args):
        words = {**args, "host": _host(fleet, n), "recorded": fleet[n].reported, "hashes": _hashes(fleet, n)}
        for what in READ:
            words |= {what: _versions(fleet, n, what), f"{what}_loaded": _loaded(fleet, n, what)}
        lines += lever.printed.format_map(words).splitlines()
    return lines


def _hashes(fleet: Fleet, n: int) -> str:
    disk, process = fleet.hashes(n)
    host = _host(fleet, n)
    return f"{disk}  {host}:{_binary(fleet)}\n{process or 'no such process':16}  {host}:/proc/{fleet.process}/exe"


def _versions(fleet: Fleet, n: int, what: str) -> str:
    """What a server has on disk and in its process, and how either differs from what is recorded; the same difference once."""
    disk, loaded = fleet.hashes_of(n, what)
    versions, host = fleet.versions[what], _host(fleet, n)
    lines: list[str] = []
    for found, place, before in ((disk, "disk  ", ""), (loaded, "loaded", disk)):
        if not found:
            lines.append(f"{host} {place}  no such process")
            continue
        version = versions.of_hash(found)
        lines.append(f"{host} {place}  {found}  {'as recorded' if version == versions.right else f'{version.name} differs'}")
        if found != before:
            lines += [f"  {sign} {line}" for sign, line in versions.right.changes(version)]
    return "\n".join(lines)


def _loaded(fleet: Fleet, n: int, what: str) -> str:
    """What was done to bring the recorded version to a server."""
    up = fleet[n].state == RUNNING
    return f"{fleet.versions[what].recorded} written, {'loaded, done' if up else 'no process to load it'}"


def cut_off_lines(fleet: Fleet, n: int) -> list[str]:
    """Lines printed when an evening's end cut a tool off at a server."""
    return [f"{_host(fleet, n)}: connection closed, copy not complete"]
