"""What the week is for: building releases and automation, looking twice, rehearsing, a staged flag rollout, a standby."""

from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args, msgid, phrase
from engine.commands import Refused, StoryWords, Wish, lever
from engine.firm import inbox, safeguards, server_ops, trial, week
from engine.firm.clients import flag_percent
from engine.firm.fleet import STARTING
from engine.firm.safeguards import builds
from engine.firm.week import once
from engine.levers.deployer import free_servers, not_frozen, stop_short

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

# -- releases


def _to_build(sim: "Simulation", value: object) -> str:
    """the name of a release that can be built"""
    names = [name for name, found in sim.fleet.releases.items() if found.build is not None]
    if not isinstance(value, str) or value not in names:
        raise Refused("release = {given}: expected one of {names}", given=repr(str(value)[:60]), names=names or phrase("none: nothing can be built"))
    return value


def _not_built(sim: "Simulation", args: Args) -> None:
    if args["release"] in sim.safeguards.built:
        raise Refused("{release} is built already", release=args["release"])
    if any(work.kind == "release.build" and work.args == args for work in sim.works):
        raise Refused("{release} is being built already", release=args["release"])


def _build_minutes(sim: "Simulation", args: Args) -> float:
    return float(sim.fleet.releases[args["release"]].build or 0)


@lever(
    "release.build",
    "deployer",
    "Build a release",
    args={"release": _to_build},
    check=_not_built,
    minutes=_build_minutes,
    group="Build",
    help="Makes a release that can be copied.",
    typed="$ make {release}",
    wishes=(Wish("Build the release without the dead code", {"release": "{clean}"}),),
)
def _build(sim: "Simulation", args: Args) -> None:
    """Make a release that can be copied from now on."""
    name = args["release"]
    sim.safeguards.built.add(name)
    sim.week.facts[name] = sim.now
    server_ops.say_in_terminal(sim, [f"{name}: built, {sim.fleet.releases[name].hash}"])
    sim.tell("release.built", release=name)


# -- looking twice


@lever(
    "fleet.review",
    "deployer",
    "Have a second technician review the fleet",
    exclusive=True,
    informs=True,
    settles="second",
    story=StoryWords(66, "Had a second technician look at every server.", once="review"),
    group="Look twice",
    help="Two people hold disk and process of every server against what was recorded.",
)
def _review(sim: "Simulation", args: Args) -> None:
    """Two people look at the disk and the process of every server, and hold them against what the copy tool recorded."""
    server_ops.review_fleet(sim)


@lever(
    "counter.test",
    "deployer",
    "Test the old counter again",
    ready=once("counter", msgid("that was tested already")),
    exclusive=True,
    informs=True,
    settles="counter",
    group="Look twice",
    help="Runs the oldest release on a test order with the flag, and counts what it sends.",
    wishes=(Wish(rank=6),),
)
def test_counter(sim: "Simulation", args: Args) -> None:
    """Run the oldest release on a test order that carries the flag, and count what it sends."""
    sim.week.facts["counter"] = sim.now
    old = sim.scenario.fleet.release[0]
    wild = old.flag_set == "power_peg"
    lines = [f"test order: buy 300 with flag {old.flag}, on {old.name}, market simulated"]
    if wild:
        lines += ["300 of 300 executed: the order is not told, children go on", "stopped by hand after 60 s: 214 children, 21,200 shares"]
        lines += ["FAILED: cumulative quantity is not seen since it moved in 2005"]
    else:
        lines += ["300 of 300 executed: the order ends", "passed"]
    server_ops.say_in_terminal(sim, lines)
    sim.tell("counter.tested", failed=wild)


@lever(
    "rollback.rehearse",
    "deployer",
    "Rehearse the rollback",
    exclusive=True,
    informs=True,
    group="Look twice",
    help="Rolls a copy of this fleet back with the flag set, and opens a market on it.",
    typed="$ rehearse rollback --flag set",
)
def _rehearse(sim: "Simulation", args: Args) -> None:
    """Roll a copy of this fleet back while the flag is set, and let its market open for two minutes."""
    found = trial.rolled_back(sim)
    sim.week.facts["rehearsed"] = sim.now
    lines = [
        f"rehearsal: all servers back, then run {' and '.join(found.releases)}; flag set",
        f"{trial.TRIAL_MINUTES} minutes of the open: {found.flagged} flagged orders, {found.met} of them run away on {found.servers} servers",
    ]
    if found.met:
        lines.append(f"held at the end about ${found.gross_usd / 1e6:,.0f} million, given up about ${max(found.loss_usd, 0) / 1e6:,.1f} million")
    else:
        lines.append("every order ends when it is filled: nothing is held")
    server_ops.say_in_terminal(sim, lines)
    inbox.alert(sim, "operator", "rehearsal_wild" if found.met else "rehearsal_clean", met=found.met, flagged=found.flagged)
    sim.tell("rollback.rehearsed", **found._asdict())


# -- automation


@lever(
    "automation.write",
    "deployer",
    "Write deploy automation",
    ready=once("automation", msgid("there is automation already")),
    exclusive=True,
    group="Build",
    help="One command for the whole inventory from then on.",
)
def automate(sim: "Simulation", args: Args) -> None:
    """Copy, restart and hash every host of the inventory with one command."""
    sim.week.facts["automation"] = sim.now
    sim.safeguards.built.add("automation.deploy")
    server_ops.say_in_terminal(sim, week.inventory_lines(sim))
    sim.tell("automation.written")


@lever(
    "inventory.audit",
    "operator",
    "Audit the inventory",
    ready=once("audited", msgid("the inventory was audited already")),
    exclusive=True,
    group="Look and drill",
    help="Walks the racks with the list of hosts.",
)
def audit(sim: "Simulation", args: Args) -> None:
    """Walk through the racks with the list: the automation then knows every host."""
    name = sim.fleet.label(week.missing_host(sim))
    sim.week.facts["audited"] = sim.now
    inbox.alert(sim, "operator", "host_unlisted", host=week.missing_host(sim))
    server_ops.say_in_terminal(sim, [f"inventory: {name.lower()} added by operations"])
    sim.tell("inventory.audited", server=week.missing_host(sim))


def _may_deploy(sim: "Simulation") -> None:
    not_frozen(sim)
    free_servers(sim, {"servers": week.inventory(sim)})


def _hosts_answer(sim: "Simulation", args: Args) -> None:
    """Only whoever tries is told by the hosts: what the operator does to a process stands on no card of the deployer."""
    for n in week.inventory(sim):
        if sim.fleet[n].state == STARTING:
            raise Refused("{server}: its host answers that the process is starting", server=sim.fleet.label(n))


@lever(
    "automation.deploy",
    "deployer",
    "Deploy with the automation",
    args={"release": commands.release},
    ready=_may_deploy,
    check=_hosts_answer,
    dangerous=True,
    exclusive=True,
    expand=lambda sim, args: {**args, "servers": week.inventory(sim)},
    cut=stop_short,
    writes=True,
    word="deploying with the automation",
    story=StoryWords(68, "Deployed {release} with the automation.", once="deploy {release}"),
    group="Servers",
    rank=7,
    help="Copies, restarts and hashes every host of the inventory.",
    typed="$ deploy {release} --all    ({count} hosts)",
    printed="{host}: {release} copied, restarted, hashed\n{hashes}",
    wishes=(Wish("Deploy the new release with the automation", {"release": "{target}"}, group="Build", rank=5),),
)
def _deploy(sim: "Simulation", args: Args) -> None:
    """Copy, restart and hash host after host of the inventory."""
    for n in args["servers"]:
        sim.fleet.copy(n, args["release"], sim.now)
        server_ops.log_line(sim, n, "copied")
        server_ops.stop_server(sim, n)
        server_ops.start_server(sim, n)
        server_ops.run_checksum(sim, [n])


# -- the flag


def _before_tuesday(sim: "Simulation") -> None:
    once("brokers", msgid("the brokers have agreed already"))(sim)
    if sim.now >= -sim.calendar.evening_steps:
        raise Refused("the brokers change nothing on a day's notice: they wanted to know by {weekday}'s end", weekday=sim.calendar.notice)
    if any(work.kind == "chief.call" for work in sim.works):
        raise Refused("the telephone is in use: the chief executive is being called")


@lever(
    "brokers.call",
    "risk",
    "Ask the brokers to follow a staged flag rollout",
    ready=_before_tuesday,
    exclusive=True,
    informs=True,
    group="By phone",
    help="They set the flag that the releases read, and as much of it as the plan says. Only until {notice}'s end.",
)
def call_brokers(sim: "Simulation", args: Args) -> None:
    """They will set the flag that the releases read, and as much of it as the plan says, if there is one by then."""
    if sim.now <= -sim.calendar.evening_steps:
        sim.week.facts["brokers"] = sim.now
        sim.tell("brokers.agreed")


@lever(
    "ramp.plan",
    "deployer",
    "Plan a staged flag rollout",
    ready=once("ramp", msgid("there is a plan already")),
    exclusive=True,
    group="Build",
    help="If the brokers agree, the flag starts on no orders and is raised by hand.",
)
def plan_ramp(sim: "Simulation", args: Args) -> None:
    """With the brokers' word the morning starts with the flag on no order."""
    sim.week.facts["ramp"] = sim.now
    sim.tell("ramp.planned")


def _percent(sim: "Simulation", value: object) -> int:
    """percent of the orders: 0, 1, 10 or 100"""
    if isinstance(value, bool) or value not in (0, 1, 10, 100) or not isinstance(value, int):
        raise Refused("percent = {given}: expected 0, 1, 10 or 100", given=repr(str(value)[:20]))
    return value


def _another_share(sim: "Simulation", args: Args) -> None:
    if flag_percent(sim.machine) == args["percent"]:
        raise Refused("the flag is on {percent} % of the orders already", percent=args["percent"])


@lever(
    "ramp.set",
    "deployer",
    "Raise or lower the flag",
    args={"percent": _percent},
    check=_another_share,
    dangerous=True,
    exclusive=True,
    changes_flag=True,
    story=StoryWords(60, "Had the flag set on {percent} % of the orders.", once="ramp {percent}"),
    help="The brokers set the flag on that part of their orders. It has to be on all of them by {due}.",
)
def set_ramp(sim: "Simulation", args: Args) -> None:
    """The brokers set the flag on that part of its orders; what runs already goes on."""
    sim.machine.controls["ramp_out"] = 100 - args["percent"]
    sim.tell("ramp.changed", percent=args["percent"])


# -- the standby

builds(
    "standby.build",
    "operator",
    "Build a hot standby",
    "standby",
    "Hot standby on the previous release",
    lambda sim: phrase(
        "the standby of {server} has no sessions at the exchanges: it will not come up", server=sim.fleet.label(safeguards.standby_hole(sim))
    ),
    opens=("standby.failover",),
    rank=6,
    help="Spare machines with the release before this one, ready in two minutes.",
)


def _sessions_stand(sim: "Simulation") -> None:
    if sim.exchanges.cut_off:
        raise Refused("the exchanges have cut the firm off: the standby would be cut off as well")


@lever(
    "standby.failover",
    "operator",
    "Fail over to the standby",
    ready=_sessions_stand,
    dangerous=True,
    exclusive=True,
    story=StoryWords(90, "Failed over to the standby on the release before.", once="failover"),
    rank=4,
    help="Every server's sessions move to a machine with the release before this one. What ran ends.",
)
def _fail_over(sim: "Simulation", args: Args) -> None:
    """Every server's sessions move to a machine that runs the release before; what ran ends."""
    server_ops.fail_over(sim, safeguards.standby_hole(sim) if sim.safeguards.has_hole("standby") else 0)
