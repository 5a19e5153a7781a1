"""The week's safeguards: caps and collar linked to the router, reconciliation, the capital threshold, dashboard, kill switch, drill."""

from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args, msgid, phrase
from engine.commands import Refused, StoryWords, lever
from engine.firm import safeguards
from engine.firm.safeguards import builds, control
from engine.firm.week import once

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

MOST_USD = 100_000_000_000


def _agreed_with_chief(sim: "Simulation") -> None:
    """A cap on all of the firm's trading is not the risk manager's to set alone."""
    if "chief" not in sim.week.facts and not sim.instant:
        raise Refused("a cap on the firm's own trading needs the chief executive's approval: call first")


def _one_call(sim: "Simulation") -> None:
    once("chief", msgid("the chief executive has agreed already"))(sim)
    if any(work.kind == "brokers.call" for work in sim.works):
        raise Refused("the telephone is in use: the brokers are being called")


@lever(
    "chief.call",
    "risk",
    "Call the chief executive about caps",
    ready=_one_call,
    exclusive=True,
    informs=True,
    group="By phone",
    rank=4,
    help="A cap on the firm's own trading needs this approval.",
)
def _call_chief(sim: "Simulation", args: Args) -> None:
    """The chief executive agrees to caps on the firm's own trading."""
    sim.week.facts["chief"] = sim.now
    sim.tell("chief.agreed")


# -- the risk manager's


def _link(sim: "Simulation", args: Args) -> None:
    safeguards.set_dial(sim, "limit", sim.scenario.monitor.account_limit_usd)


builds(
    "limit.link",
    "risk",
    "Link account 33 to a gross cap",
    "limit",
    "Gross cap of account 33",
    msgid("the cap is linked to another account: nothing that account 33 does counts against it"),
    opens=("limit.set",),
    on=lambda sim: sim.safeguards.settings.get("limit", 0) > 0,
    ready=_agreed_with_chief,
    done=_link,
    help="Children that would take account 33 above its cap are turned away.",
)
builds(
    "rate.build",
    "risk",
    "Build an order rate cap",
    "rate",
    "Order rate cap",
    msgid("its figure is taken for one of a tenth of a second: ten times as many children pass"),
    opens=("rate.set",),
    on=lambda sim: sim.safeguards.settings.get("rate", 0) > 0,
    ready=_agreed_with_chief,
    help="So many children a parent and second, and no more.",
)
builds(
    "collar.build",
    "risk",
    "Build a price collar",
    "collar",
    "Price collar",
    msgid("it measures from the best quote and not from the opening price: nothing ever lies beyond it"),
    opens=("collar.set",),
    on=lambda sim: sim.safeguards.settings.get("collar", 0) > 0,
    help="No child beyond a distance from the opening price.",
)
builds(
    "reconcile.build",
    "risk",
    "Build a reconciliation in the router",
    "reconcile",
    "Reconciliation of orders and executions",
    msgid("it counts what was sent and not what was filled: parents are given up before they are done"),
    opens=("reconcile.on",),
    done=lambda sim, args: safeguards.set_dial(sim, "reconcile", 1),
    rank=6,
    help="A parent's children never exceed it.",
)
builds(
    "threshold.build",
    "risk",
    "Build a capital threshold",
    "threshold",
    "Capital threshold of the firm",
    msgid("it takes what is short off what is long: a book that is both looks small"),
    opens=("threshold.set",),
    on=lambda sim: sim.safeguards.settings.get("threshold", 0) > 0,
    ready=_agreed_with_chief,
    help="All order entry stops above a gross figure.",
)


@lever(
    "threshold.set",
    "risk",
    "Set the capital threshold",
    args={"usd": commands.whole("usd", 0, MOST_USD, "dollars, 0 for none,")},
    dangerous=True,
    story=StoryWords(64, "Set the firm's capital threshold to {usd}.", once="threshold {usd}"),
    group="Set",
    card="limits",
    help="Gross dollars of the whole firm. 0 for none.",
)
def _set_threshold(sim: "Simulation", args: Args) -> None:
    """All order entry stops when the firm holds more than that, until the threshold is set anew."""
    safeguards.set_threshold(sim, args["usd"])


_SHARES = commands.whole("shares", 0, 1_000_000, "shares, 0 for none,")

builds(
    "parents.hold",
    "risk",
    "Hold large parents for a person",
    "hold",
    "Hold on large parents",
    msgid("it looks at the size of the child and not of the parent: nothing is ever held"),
    opens=("hold.set",),
    on=lambda sim: sim.safeguards.settings.get("hold", 0) > 0,
    args={"shares": _SHARES},
    done=lambda sim, args: safeguards.set_dial(sim, "hold", args["shares"]),
    rank=7,
    help="Parents above a size wait until a person lets them go. 0 for none.",
)


@lever(
    "hold.set",
    "risk",
    "Set the size from which parents are held",
    args={"shares": _SHARES},
    dangerous=True,
    story=StoryWords(50, "Let parents above {shares:,} shares wait for a person.", once="hold"),
    group="Set",
    card="limits",
    help="Shares from which a parent waits. 0 for none.",
)
def set_hold(sim: "Simulation", args: Args) -> None:
    """Larger parents wait until a person has let them go, one after the other."""
    safeguards.set_dial(sim, "hold", args["shares"])


@lever(
    "stop.preauthorise",
    "risk",
    "Agree in advance who may stop",
    ready=once("settled", msgid("that was settled already")),
    exclusive=True,
    informs=True,
    group="Agree",
    help="Stopping everything needs no approval on the day.",
)
def preauthorise(sim: "Simulation", args: Args) -> None:
    """Stopping all and disconnecting need no word on the day."""
    sim.week.facts["settled"] = sim.now
    safeguards.settle_stops(sim)


@lever(
    "credit.line",
    "risk",
    "Arrange a credit line",
    ready=once("credit", msgid("there is a credit line already")),
    exclusive=True,
    group="Agree",
    help="A part of what is left need not be sold the same night.",
)
def arrange_credit(sim: "Simulation", args: Args) -> None:
    """A part of what is left in the evening need not be sold the same night."""
    sim.week.facts["credit"] = sim.now
    sim.tell("credit.arranged", credit_usd=sim.scenario.block.credit_usd)


# -- the operator's

builds(
    "dashboard.build",
    "operator",
    "Build a dashboard of child orders",
    "dashboard",
    "Dashboard of children a parent and a server",
    lambda sim: phrase("it never hears of {server}: that server shows nothing", server=sim.fleet.label(safeguards.unseen_server(sim))),
    opens=("dashboard.alert",),
    informs=True,
    help="Children a parent, for every server, within five seconds.",
)


@lever(
    "dashboard.alert",
    "operator",
    "Set the dashboard's alert",
    args={"per_second": commands.whole("per_second", 0, 1000, "children a parent and second, 0 for none,")},
    informs=True,
    group="Set",
    rank=4,
    help="An alert when a server sends more children a parent and second. 0 for none.",
)
def set_alert(sim: "Simulation", args: Args) -> None:
    """Whoever sends more children than that over five seconds is an alert."""
    sim.safeguards.settings["dashboard"] = args["per_second"]
    sim.safeguards.dashboard["over"] = {}


builds(
    "killswitch.build",
    "operator",
    "Build a kill switch",
    "killswitch",
    "Kill switch",
    lambda sim: phrase("it does not reach {server}", server=sim.fleet.label(safeguards.unwired_server(sim))),
    opens=("killswitch.press",),
    help="Ends all sending within ten seconds. There is none today.",
)
control(
    "mail.page",
    "Paging on mails",
    "operator",
    "mail.page",
    msgid("it does not know the routers' own address as a sender: what they mail never becomes an alert"),
)


@lever(
    "drill.run",
    "operator",
    "Write a procedure and drill it",
    ready=once("drilled", msgid("that was drilled already")),
    exclusive=True,
    story=StoryWords(42, "Drilled who stops what.", once="drill"),
    group="Look and drill",
    help="Stopping takes half as long on the day, and who may stop is settled.",
)
def drill(sim: "Simulation", args: Args) -> None:
    """Levers that stop take half as long, and who may pull them is settled."""
    sim.week.facts["drilled"] = sim.now
    safeguards.settle_stops(sim)
    sim.tell("stops.drilled")
