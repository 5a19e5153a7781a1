"""The standby: eight spare machines that take over all sessions in two minutes, by hand or by themselves, and run the release before.

The watch fails over when a server of the fleet has been silent for two minutes of the session. What the standby runs is on its own disks: nobody
looks there in a deployment, and a rollback of the fleet does not touch it.
"""

from typing import Any

from engine import door

RULES = 1
SILENT_STEPS = 2 * door.STEPS_PER_MINUTE


def register(own: door.Extension) -> None:
    """Everything of the standby."""
    own.lever(
        "own.fail-over", "operator", "Fail over to the standby", check=not_over, dangerous=True, exclusive=True,
        story=door.StoryWords(90, "Failed over to the standby.", once="failover"),
        help="All sessions move to the standby's machines. What ran ends.",
    )(by_hand)  # fmt: skip
    own.lever(
        "own.standby-check", "deployer", "Check the standby's release", informs=True, exclusive=True,
        story=door.StoryWords(64, "Checked what the standby runs.", once="standby-check"),
        help="Prints the release and the hash on the standby's disks.",
    )(look)  # fmt: skip
    own.lever(
        "own.standby-renew", "deployer", "Copy the release to the standby", check=not_renewed, exclusive=True,
        story=door.StoryWords(70, "Brought the release to the standby.", once="standby-renew"),
        help="The standby then runs what the fleet is meant to run.",
    )(renew)  # fmt: skip
    own.lever(
        "own.watch-hold", "operator", "Hold the automatic failover", check=watching, exclusive=True,
        story=door.StoryWords(58, "Held the automatic failover.", once="watch-hold"),
        help="The standby then takes over only by hand.",
    )(hold)  # fmt: skip
    own.number("own.failed_over")(lambda sim: "over" in sim.own)
    own.number("own.by_itself")(lambda sim: sim.own.get("by_itself", 0))
    own.number("own.renewed")(lambda sim: "renewed" in sim.own)
    own.agent(watch)


def not_over(sim: Any, args: door.Args) -> None:
    if "over" in sim.own:
        raise door.Refused("the standby has taken over already")
    if sim.exchanges.cut_off:
        raise door.Refused("the exchanges have cut the firm off: the standby would be cut off as well")


def not_renewed(sim: Any, args: door.Args) -> None:
    if "renewed" in sim.own:
        raise door.Refused("the standby has the release already")
    if "over" in sim.own:
        raise door.Refused("the standby is in use: it is a server like any other now")


def watching(sim: Any, args: door.Args) -> None:
    if "held" in sim.own or "over" in sim.own:
        raise door.Refused("the automatic failover is off already")


def by_hand(sim: Any, args: door.Args) -> None:
    """The operator has the sessions moved."""
    if "over" not in sim.own:  # the watch may have been quicker
        move(sim)


def move(sim: Any) -> None:
    """All sessions go to the standby's machines."""
    sim.own["over"] = sim.now
    door.fail_over(sim, 0, sim.fleet.target if "renewed" in sim.own else "")


def look(sim: Any, args: door.Args) -> None:
    """Print what is on the standby's disks."""
    name = sim.fleet.target if "renewed" in sim.own else sim.fleet.servers[0].previous
    release = sim.fleet.releases[name]
    sim.own["looked"] = sim.now
    door.say_in_terminal(sim, [f"standby: {release.name}, built {release.built}, {release.hash}  /opt/{sim.fleet.process}/bin/{sim.fleet.process}"])


def renew(sim: Any, args: door.Args) -> None:
    """Put the release that is meant to be live on the standby's disks."""
    sim.own["renewed"] = sim.now
    door.say_in_terminal(sim, [f"standby: {sim.fleet.target} copied, {sim.fleet.releases[sim.fleet.target].hash}"])


def hold(sim: Any, args: door.Args) -> None:
    """Nothing takes over by itself from now on."""
    sim.own["held"] = sim.now


def watch(sim: Any) -> None:
    """Fail over once a server has been silent for long enough, unless somebody holds it or everything is meant to be silent."""
    if not sim.calendar.open <= sim.now < sim.calendar.close or "held" in sim.own or "over" in sim.own or sim.exchanges.cut_off:
        return
    silent = [server.n for server in sim.fleet.servers if not sim.fleet.sends(server.n)]
    if not silent or len(silent) == len(sim.fleet.servers):
        sim.own.pop("silent", None)
        return
    if sim.now - sim.own.setdefault("silent", sim.now) >= SILENT_STEPS:
        sim.own["by_itself"] = 1
        move(sim)
