"""What the operator can do: look, tail, stop and start servers, stop all, disconnect, press a kill switch that exists."""

from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args, typed
from engine.commands import ALONE, Refused, StoryWords, Wish, lever
from engine.firm import bridge, safeguards, server_ops
from engine.firm.fleet import RUNNING, STARTING, STOPPED
from engine.scenario.wordings import REJECT

_RULES = 10

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def _is_up(sim: "Simulation", args: Args) -> None:
    name = sim.fleet.label(args["server"])
    if sim.fleet[args["server"]].state == STOPPED:
        raise Refused("{name} is stopped already", name=name)
    for work in sim.works:
        if work.kind == "server.stop" and work.args["server"] == args["server"]:
            raise Refused("{name} is being stopped already", name=name)


def _can_start(sim: "Simulation", args: Args) -> None:
    """What a host answers to whoever tries: also a deployer, who has no card of processes."""
    name = sim.fleet.label(args["server"])
    if sim.fleet[args["server"]].broken:
        raise Refused("{name}: its host answers that the file on its disk is not whole", name=name)
    if sim.fleet[args["server"]].state == STARTING:
        raise Refused("{name}: its host answers that the process is starting already", name=name)
    # Stopped while it started: the first start still holds its hand, and would bring the second up before its time.
    for work in sim.works:
        if work.kind == "server.start" and work.args["server"] == args["server"]:
            raise Refused(
                "{name}: its host answers that an earlier start is still under way ({seconds} s left)", name=name, seconds=work.left_s(sim.now),
            )


def _no_such_rule(sim: "Simulation", args: Args) -> None:
    match = args["match"].casefold()
    if any(rule["match"].casefold() == match for rule in sim.inbox.rules):
        raise Refused("{rule}: there is such a rule already", rule=repr(args["match"]))
    if any(work.kind == "mail.page" and work.args["match"].casefold() == match for work in sim.works):
        raise Refused("{rule}: such a rule is being written already", rule=repr(args["match"]))
    if len(sim.inbox.rules) >= _RULES:
        raise Refused("there are {most} rules already: no more fit", most=_RULES)


def _something_up(sim: "Simulation") -> None:
    if all(server.state == STOPPED for server in sim.fleet.servers):
        raise Refused("every server is stopped already")


def _connected(sim: "Simulation") -> None:
    if not any(server.connected for server in sim.fleet.servers):
        raise Refused("{system} is disconnected from the exchanges already", system=sim.scenario.told.system)


@lever(
    "server.stop",
    "operator",
    "Stop a server",
    args={"server": commands.server},
    check=_is_up,
    dangerous=True,
    stops=True,
    word="stopping more than two servers",
    word_beyond=ALONE,
    word_label="Stop more than two servers",
    story=StoryWords(84, "Stopped {servers}.", once="stop {servers}"),
    card="servers",
    wishes=(Wish("Stop {server}", when="day", rank=4),),
)
def _stop_server(sim: "Simulation", args: Args) -> None:
    """End the process: its parents end, what it has resting is cancelled."""
    server_ops.stop_server(sim, args["server"])


def _go_down(sim: "Simulation", args: Args) -> None:
    if sim.fleet[args["server"]].state == RUNNING:
        server_ops.stop_server(sim, args["server"])
    sim.fleet[args["server"]].state = STARTING


def _stay_down(sim: "Simulation", args: Args) -> None:
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
    word="restarting more than two servers",
    word_beyond=ALONE,
    word_label="Start or restart more than two servers",
    story=StoryWords(48, "Started {servers}.", once="start {servers}"),
    group=("Set", "Servers"),
    card="servers",
    help="The process comes back with what is on its disk.",
    typed="$ restart {hosts}",
    printed="{host}: restart requested, done",
    wishes=(Wish("Restart {server}", desk="deployer"), Wish("Restart {server}", when="day", rank=4)),
)
def _start_server(sim: "Simulation", args: Args) -> None:
    """Run what is on disk and log on to the exchanges; a running server is stopped first. One stopped meanwhile stays down."""
    server = sim.fleet[args["server"]]
    if server.broken:  # its file was written over meanwhile, by a copy that was cut off
        server.state = STOPPED
    elif server.state == STARTING:
        server_ops.start_server(sim, args["server"])


@lever(
    "server.look",
    "operator",
    "Look at one server's rates",
    args={"server": commands.server},
    informs=True,
    shows="look",
    counted="reading",
    card="rates",
    wishes=(Wish("Look at the rates of {server}", when="day", rank=2),),
)
def _look(sim: "Simulation", args: Args) -> None:
    """Read the last full minute of one server's rates."""
    server_ops.look_at(sim, args["server"])


@lever(
    "log.tail",
    "operator",
    "Tail one server's log",
    args={"server": commands.server},
    informs=True,
    shows="log",
    counted="reading",
    card="log",
    wishes=(Wish("Read the log of {server}", when="day", rank=1),),
)
def tail(sim: "Simulation", args: Args) -> None:
    """Read the last lines of one server's log."""
    server_ops.tail_log(sim, args["server"])


def sought(sim: "Simulation", value: object) -> str:
    """an order's number, a stock's symbol or a broker's name"""
    text = commands.line("text", 1, 40)(sim, value)
    known = {name.casefold(): name for name in (*sim.names, *sim.scenario.brokers)}
    if text.casefold() in known:
        return known[text.casefold()]
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return str(int(text))
    if not sim.scenario.brokers:
        raise Refused("text = {given}: expected an order's number or a stock such as {stock}", given=repr(text), stock=sim.names[0])
    names = [*sim.scenario.brokers]
    raise Refused(
        "text = {given}: expected an order's number, a stock such as {stock} or a broker: {names}", given=repr(text), stock=sim.names[0], names=names,
    )


@lever(
    "log.search",
    "operator",
    "Search every server's log",
    args={"text": sought},
    informs=True,
    shows="log",
    counted="reading",
    card="log",
    help="For an order's number, a stock or a broker.",
    wishes=(Wish("Search all logs for {text}", when="day", rank=3),),
)
def _search(sim: "Simulation", args: Args) -> None:
    """Read the last lines of all logs that are about one order, one stock or one broker's orders."""
    server_ops.search_logs(sim, typed(args))


@lever(
    "mail.open",
    ("operator", "deployer", "risk"),
    "Open a mail",
    args={"mail": commands.mail},
    routine=True,
    informs=True,
    shows="mail",
    counted="reading",
    group="",
    card="inbox",
)
def _open_mail(sim: "Simulation", args: Args) -> None:
    """Read a mail."""
    sim.inbox.opened[str(args["mail"])] = sim.now
    mail = sim.inbox.mails[args["mail"]]
    if mail["subject"]["text"] == REJECT and bridge.rejects_before(sim):
        bridge.notice(sim)
    server_ops.notice_in_mail(sim, mail["body"])


@lever(
    "mail.page",
    "operator",
    "Page on mails",
    args={"match": commands.line("match", 3, 60)},
    check=_no_such_rule,
    informs=True,
    group="Build",
    help="Mail with these words in it becomes an alert.",
    wishes=(Wish("Page on mail with {system} in it", {"match": "{system}"}),),
)
def _page(sim: "Simulation", args: Args) -> None:
    """Later mails whose sender, subject or body contains these words become alerts."""
    sim.inbox.rules.append({"match": args["match"], "step": sim.now})
    if sim.now < 0:  # on the day somebody watches what comes of it
        safeguards.build(sim, "mail.page")


@lever(
    "servers.stop_all",
    "operator",
    "Stop all servers by hand",
    ready=_something_up,
    dangerous=True,
    exclusive=True,
    stops=True,
    word="stopping all servers",
    story=StoryWords(92, "Stopped every server by hand.", once="stop all"),
    card="levers",
    wishes=(Wish("Stop all servers", when="day", rank=5),),
)
def stop_all(sim: "Simulation", args: Args) -> None:
    """End every process, one after the other; the last one down ends the lever."""
    for server in sim.fleet.servers:
        if server.state != STOPPED:
            server_ops.stop_server(sim, server.n)


@lever(
    "smars.disconnect",
    "operator",
    "Disconnect {system} at the exchanges",
    ready=_connected,
    dangerous=True,
    exclusive=True,
    stops=True,
    word="disconnecting {system}",
    story=StoryWords(94, "Had {system} disconnected at the exchanges.", once="disconnect"),
    card="levers",
    wishes=(Wish("Disconnect {system} at the exchanges", when="day", rank=5),),
)
def _disconnect(sim: "Simulation", args: Args) -> None:
    """The exchanges close the servers' sessions: nothing is sent any more, what rests is cancelled."""
    server_ops.disconnect(sim, "smars.disconnected")


@lever(
    "killswitch.press",
    "operator",
    "Press the kill switch",
    ready=_something_up,
    dangerous=True,
    exclusive=True,
    stops=True,
    story=StoryWords(94, "Pressed the kill switch.", once="kill switch"),
    card="levers",
)
def _press(sim: "Simulation", args: Args) -> None:
    """End every process that it reaches, at once."""
    for server in sim.fleet.servers:
        if server.state != STOPPED and server.n != safeguards.unwired_server(sim):
            server_ops.stop_server(sim, server.n)
