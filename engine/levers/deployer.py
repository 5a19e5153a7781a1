"""What the deployer can do: checksum, copy, roll back, and ask upstream to change the flag."""

from typing import TYPE_CHECKING, Any

from engine import commands
from engine.commands import Refused, lever
from engine.market_time import clock, evening_of

if TYPE_CHECKING:
    from engine.simulation import Simulation


def _flag_is(value: bool) -> Any:
    def ready(sim: "Simulation") -> None:
        if bool(sim.machine.controls[0].flag_off == 0) is not value:
            raise Refused(f"the flag is {'off' if value else 'on'} already")

    return ready


def not_frozen(sim: "Simulation") -> None:
    """Raises Refused while the servers' disks may not be written to."""
    if sim.now < sim.agreed.frozen_until:
        raise Refused(f"nothing may be written to the servers before {clock(sim.agreed.frozen_until)[:5]}: legal has their disks frozen")


def free_servers(sim: "Simulation", args: dict[str, Any]) -> None:
    """Raises Refused when the disk of one of the servers is being written to."""
    for work in sim.works:
        if work.kind in ("release.copy", "release.rollback", "automation.deploy"):
            both = sorted(set(work.args["servers"]) & set(args["servers"]))
            if both:
                raise Refused(f"{sim.fleet.label(both[0])} is being worked on: {sim.left_s(work)} s left")


def _fit_tonight(sim: "Simulation", args: dict[str, Any]) -> None:
    free_servers(sim, args)
    if sim.now < 0 and len(args["servers"]) > sim.copies_left():
        most = sim.scenario.fleet.copies_an_evening
        raise Refused(f"{len(args['servers'])} servers are too many: at most {most} are copied by hand an evening, {sim.copies_left()} are left")


def _count_copies(sim: "Simulation", args: dict[str, Any]) -> None:
    at = evening_of(sim.now)
    if at is not None:
        sim.copies[at] += len(args["servers"])


def stop_short(sim: "Simulation", args: dict[str, Any]) -> None:
    """The file that was under way is a part of one; the servers behind it were not touched."""
    n = args["servers"][0]
    sim.fleet.break_off(n, args["release"])
    sim.log(n, "copied")
    sim.print_cut(n)


@lever("checksum.run", "deployer", "Checksum servers", args={"servers": commands.servers})
def checksum(sim: "Simulation", args: dict[str, Any]) -> None:
    """Print the hash of the file on disk and of the running process of each server."""
    sim.run_checksum(args["servers"])


@lever(
    "release.copy",
    "deployer",
    "Copy a release",
    args={"servers": commands.servers, "release": commands.release},
    check=_fit_tonight,
    ready=not_frozen,
    begin=_count_copies,
    cut=stop_short,
)
def copy(sim: "Simulation", args: dict[str, Any]) -> None:
    """Put a release on disk; a restart runs it. The tool records every copy, and the first one to the seed's server never arrived."""
    for n in args["servers"]:
        if n == sim.stale and not sim.first_copy_failed:
            sim.first_copy_failed = True
            sim.fleet.record(n, args["release"], sim.now)
        else:
            sim.fleet.copy(n, args["release"], sim.now)
        sim.log(n, "copied")


@lever("release.rollback", "deployer", "Roll back servers", args={"servers": commands.servers}, check=free_servers, ready=not_frozen, dangerous=True)
def roll_back(sim: "Simulation", args: dict[str, Any]) -> None:
    """Run the previous release again: each server is restarted at the end."""
    for n in args["servers"]:
        sim.roll_back(n)


@lever("flag.clear", "deployer", "Have the flag cleared upstream", ready=_flag_is(True), dangerous=True, exclusive=True)
def clear_flag(sim: "Simulation", args: dict[str, Any]) -> None:
    """New orders come without the flag; parents already running go on."""
    sim.machine.controls["flag_off"][0] = 1


@lever("flag.set", "deployer", "Have the flag set upstream", ready=_flag_is(False), dangerous=True, exclusive=True)
def set_flag(sim: "Simulation", args: dict[str, Any]) -> None:
    """New orders carry the flag again."""
    sim.machine.controls["flag_off"][0] = 0
