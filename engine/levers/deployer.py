"""What the deployer can do: checksum, copy, roll back, and ask upstream to change the flag."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args
from engine.commands import ALONE, Refused, StoryWords, Wish, lever
from engine.firm import server_ops, week

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def _flag_is(value: bool) -> Callable[["Simulation"], None]:
    def ready(sim: "Simulation") -> None:
        if bool(sim.machine.controls[0].flag_off == 0) is not value:
            raise Refused("the flag is off already" if value else "the flag is on already")

    return ready


def not_frozen(sim: "Simulation") -> None:
    """Raises Refused while the servers' disks may not be written to."""
    if sim.now < sim.phone.frozen_until:
        raise Refused(
            "nothing may be written to the servers before {until}: legal has their disks frozen", until=sim.calendar.hm(sim.phone.frozen_until),
        )


def free_servers(sim: "Simulation", args: Args) -> None:
    """Raises Refused when the disk of one of the servers is being written to."""
    for work in sim.works:
        if sim.scenario.kinds[work.kind].writes:
            both = sorted(set(work.args["servers"]) & set(args["servers"]))
            if both:
                raise Refused("{server} is being worked on: {seconds} s left", server=sim.fleet.label(both[0]), seconds=work.left_s(sim.now))


def _fit_tonight(sim: "Simulation", args: Args) -> None:
    free_servers(sim, args)
    if sim.now < 0 and len(args["servers"]) > week.copies_left(sim):
        most = sim.scenario.fleet.copies_an_evening
        raise Refused(
            "{count} servers are too many: at most {most} are copied by hand an evening, {left} are left",
            count=len(args["servers"]), most=most, left=week.copies_left(sim),
        )


def _count_copies(sim: "Simulation", args: Args) -> None:
    at = sim.calendar.evening_of(sim.now)
    if at is not None:
        sim.week.copies[at] += len(args["servers"])


def stop_short(sim: "Simulation", args: Args) -> None:
    """The file that was under way is a part of one; the servers behind it were not touched."""
    n = args["servers"][0]
    sim.fleet.break_off(n, args["release"])
    server_ops.log_line(sim, n, "copied")
    server_ops.print_cut(sim, n)


@lever(
    "checksum.run",
    "deployer",
    "Checksum servers",
    args={"servers": commands.servers},
    informs=True,
    shows="checksum",
    settles="compared",
    story=StoryWords(40, "Had checksums of {servers}.", once="checksum {servers}"),
    group="Servers",
    rank=6,
    card="fleet",
    help="Hashes of the file on disk and of the running process.",
    typed="$ sha256sum {host}:{binary}",
    printed="{hashes}",
    wishes=(Wish("Checksum {server}"), Wish("Checksum {server}", when="day", rank=2)),
)
def _checksum(sim: "Simulation", args: Args) -> None:
    """Print the hash of the file on disk and of the running process of each server."""
    server_ops.run_checksum(sim, args["servers"])


@lever(
    "release.copy",
    "deployer",
    "Copy a release",
    args={"servers": commands.servers, "release": commands.release},
    check=_fit_tonight,
    ready=not_frozen,
    begin=_count_copies,
    cut=stop_short,
    writes=True,
    word="an emergency copy",
    word_until_open=True,
    story=StoryWords(72, "Copied {release} to {servers}.", once="copy {servers} {release}"),
    group="Servers",
    rank=4,
    card="fleet",
    help="Puts the file on a disk. The process keeps its old one until it is restarted.",
    typed="$ copy releases/{release} {hosts}",
    printed="{host}: {release} copied, done",
    wishes=(
        Wish("Copy the new release to {server}", {"release": "{target}"}, whole=False),
        Wish("Copy the new release to {server}", {"release": "{target}"}, when="day", whole=False, rank=4),
    ),
)
def _copy(sim: "Simulation", args: Args) -> None:
    """Put a release on disk; a restart runs it. The tool records every copy, and the first one to the seed's server never arrived."""
    for n in args["servers"]:
        if n == sim.stale and not sim.week.first_copy_failed:
            sim.week.first_copy_failed = True
            sim.fleet.record(n, args["release"], sim.now)
        else:
            sim.fleet.copy(n, args["release"], sim.now)
        server_ops.log_line(sim, n, "copied")


@lever(
    "release.rollback",
    "deployer",
    "Roll back servers",
    args={"servers": commands.servers},
    check=free_servers,
    ready=not_frozen,
    dangerous=True,
    writes=True,
    word="rolling back more than two servers",
    word_beyond=ALONE,
    word_label="Roll back more than two servers",
    story=StoryWords(90, "Rolled back {servers} to the release before.", once="roll back {servers}"),
    card="fleet",
    typed="$ rollback {hosts}",
    printed="{host}: back on {recorded}, done",
    wishes=(Wish("Roll back {server}", when="day", rank=3),),
)
def _roll_back(sim: "Simulation", args: Args) -> None:
    """Run the previous release again: each server is restarted at the end."""
    for n in args["servers"]:
        server_ops.roll_back(sim, n)


@lever(
    "flag.clear",
    "deployer",
    "Have the flag cleared upstream",
    ready=_flag_is(True),
    dangerous=True,
    exclusive=True,
    changes_flag=True,
    word="clearing the flag",
    story=StoryWords(76, "Had the order flag cleared upstream.", once="flag off"),
    card="flag",
    wishes=(Wish("Have the flag cleared upstream", when="day", rank=9),),
)
def clear_flag(sim: "Simulation", args: Args) -> None:
    """New orders come without the flag; parents already running go on."""
    sim.machine.controls["flag_off"][0] = 1


@lever(
    "flag.set",
    "deployer",
    "Have the flag set upstream",
    ready=_flag_is(False),
    dangerous=True,
    exclusive=True,
    changes_flag=True,
    story=StoryWords(50, "Had the order flag set again upstream.", once="flag on"),
    card="flag",
    wishes=(Wish("Have the flag set again upstream", when="day", rank=9),),
)
def set_flag(sim: "Simulation", args: Args) -> None:
    """New orders carry the flag again."""
    sim.machine.controls["flag_off"][0] = 0
