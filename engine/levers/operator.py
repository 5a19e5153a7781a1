"""What the operator can do: look, tail, stop and start servers, stop all, disconnect, press a kill switch that exists."""

from typing import TYPE_CHECKING, Any

from engine import commands
from engine.commands import Refused, lever
from engine.fleet import RUNNING, STARTING, STOPPED

RULES = 10

if TYPE_CHECKING:
    from engine.simulation import Simulation


def _is_up(sim: "Simulation", args: dict[str, Any]) -> None:
    name = sim.fleet.label(args["server"])
    if sim.fleet[args["server"]].state == STOPPED:
        raise Refused(f"{name} is stopped already")
    for work in sim.works:
        if work.kind == "server.stop" and work.args["server"] == args["server"]:
            raise Refused(f"{name} is being stopped already")


def _can_start(sim: "Simulation", args: dict[str, Any]) -> None:
    """What a host answers to whoever tries: also a deployer, who has no card of processes."""
    name = sim.fleet.label(args["server"])
    if sim.fleet[args["server"]].broken:
        raise Refused(f"{name}: its host answers that the file on its disk is not whole")
    if sim.fleet[args["server"]].state == STARTING:
        raise Refused(f"{name}: its host answers that the process is starting already")
    # Stopped while it started: the first start still holds its hand, and would bring the second up before its time.
    for work in sim.works:
        if work.kind == "server.start" and work.args["server"] == args["server"]:
            raise Refused(f"{name}: its host answers that an earlier start is still under way ({sim.left_s(work)} s left)")


def _no_such_rule(sim: "Simulation", args: dict[str, Any]) -> None:
    match = args["match"].casefold()
    if any(rule["match"].casefold() == match for rule in sim.rules):
        raise Refused(f"{args['match']!r}: there is such a rule already")
    if any(work.kind == "mail.page" and work.args["match"].casefold() == match for work in sim.works):
        raise Refused(f"{args['match']!r}: such a rule is being written already")
    if len(sim.rules) >= RULES:
        raise Refused(f"there are {RULES} rules already: no more fit")


def _something_up(sim: "Simulation") -> None:
    if all(server.state == STOPPED for server in sim.fleet.servers):
        raise Refused("every server is stopped already")


def _connected(sim: "Simulation") -> None:
    if not any(server.connected for server in sim.fleet.servers):
        raise Refused("SMARS is disconnected from the exchanges already")


@lever("server.stop", "operator", "Stop a server", args={"server": commands.server}, check=_is_up, dangerous=True)
def stop_server(sim: "Simulation", args: dict[str, Any]) -> None:
    """End the process: its parents end, what it has resting is cancelled."""
    sim.stop_server(args["server"])


def _go_down(sim: "Simulation", args: dict[str, Any]) -> None:
    if sim.fleet[args["server"]].state == RUNNING:
        sim.stop_server(args["server"])
    sim.fleet[args["server"]].state = STARTING


def _stay_down(sim: "Simulation", args: dict[str, Any]) -> None:
    """The evening is over before the process is up."""
    sim.fleet[args["server"]].state = STOPPED


@lever(
    "server.start",
    ("operator", "deployer"),
    "Start or restart a server",
    args={"server": commands.server},
    check=_can_start,
    dangerous=True,
    begin=_go_down,
    cut=_stay_down,
)
def start_server(sim: "Simulation", args: dict[str, Any]) -> None:
    """Run what is on disk and log on to the exchanges; a running server is stopped first. One stopped meanwhile stays down."""
    server = sim.fleet[args["server"]]
    if server.broken:  # its file was written over meanwhile, by a copy that was cut off
        server.state = STOPPED
    elif server.state == STARTING:
        sim.start_server(args["server"])


@lever("server.look", "operator", "Look at one server's rates", args={"server": commands.server})
def look(sim: "Simulation", args: dict[str, Any]) -> None:
    """Read the last full minute of one server's rates."""
    sim.look_at(args["server"])


@lever("log.tail", "operator", "Tail one server's log", args={"server": commands.server})
def tail(sim: "Simulation", args: dict[str, Any]) -> None:
    """Read the last lines of one server's log."""
    sim.tail_log(args["server"])


@lever("mail.open", ("operator", "deployer", "risk"), "Open a mail", args={"mail": commands.mail})
def open_mail(sim: "Simulation", args: dict[str, Any]) -> None:
    """Read a mail."""
    sim.opened[str(args["mail"])] = sim.now
    if sim.mails[args["mail"]]["subject"] == sim.scenario.evidence.reject_subject:
        sim.notice()


@lever("mail.page", "operator", "Page on mails", args={"match": commands.line("match", 3, 60)}, check=_no_such_rule)
def page(sim: "Simulation", args: dict[str, Any]) -> None:
    """Later mails whose sender, subject or body contains these words become alerts."""
    sim.rules.append({"match": args["match"], "step": sim.now})
    if sim.now < 0:  # on the day somebody watches what comes of it
        sim.build("mail.page")


@lever("servers.stop_all", "operator", "Stop all servers by hand", ready=_something_up, dangerous=True, exclusive=True)
def stop_all(sim: "Simulation", args: dict[str, Any]) -> None:
    """End every process, one after the other; the last one down ends the lever."""
    for server in sim.fleet.servers:
        if server.state != STOPPED:
            sim.stop_server(server.n)


@lever("smars.disconnect", "operator", "Disconnect SMARS at the exchanges", ready=_connected, dangerous=True, exclusive=True)
def disconnect(sim: "Simulation", args: dict[str, Any]) -> None:
    """The exchanges close SMARS's sessions: nothing is sent any more, what rests is cancelled."""
    sim.disconnect("smars.disconnected")


@lever("killswitch.press", "operator", "Press the kill switch", ready=_something_up, dangerous=True, exclusive=True)
def press(sim: "Simulation", args: dict[str, Any]) -> None:
    """End every process that it reaches, at once."""
    for server in sim.fleet.servers:
        if server.state != STOPPED and server.n != sim.unwired_server():
            sim.stop_server(server.n)
