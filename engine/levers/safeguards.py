"""The week's safeguards: caps and collar linked to the router, reconciliation, the capital threshold, dashboard, kill switch, drill."""

from typing import TYPE_CHECKING, Any

from engine import commands
from engine.commands import Refused, lever
from engine.week import builds, control, once

if TYPE_CHECKING:
    from engine.simulation import Simulation

MOST_USD = 100_000_000_000


def _agreed_with_chief(sim: "Simulation") -> None:
    """A cap on all of the firm's trading is not the risk manager's to set alone."""
    if "chief" not in sim.facts and not sim.instant:
        raise Refused("a cap on the firm's own trading needs the chief executive's word: call first")


def _one_call(sim: "Simulation") -> None:
    once("chief", "the chief executive has agreed")(sim)
    if any(work.kind == "brokers.call" for work in sim.works):
        raise Refused("the telephone is in use: the brokers are being called")


@lever("chief.call", "risk", "Call the chief executive about caps", ready=_one_call, exclusive=True)
def call_chief(sim: "Simulation", args: dict[str, Any]) -> None:
    """The chief executive agrees to caps on the firm's own trading."""
    sim.facts["chief"] = sim.now
    sim.tell("chief.agreed")


# -- the risk manager's


def _link(sim: "Simulation", args: dict[str, Any]) -> None:
    sim.set_dial("limit", sim.scenario.monitor.account_limit_usd)


builds(
    "limit.link",
    "risk",
    "Link account 33 to a gross cap",
    "limit",
    "Gross cap of account 33",
    "the cap is linked to another account: nothing that account 33 does counts against it",
    opens=("limit.set",),
    on=lambda sim: sim.settings.get("limit", 0) > 0,
    ready=_agreed_with_chief,
    done=_link,
)
builds(
    "rate.build",
    "risk",
    "Build an order rate cap",
    "rate",
    "Order rate cap",
    "its figure is taken for one of a tenth of a second: ten times as many children pass",
    opens=("rate.set",),
    on=lambda sim: sim.settings.get("rate", 0) > 0,
    ready=_agreed_with_chief,
)
builds(
    "collar.build",
    "risk",
    "Build a price collar",
    "collar",
    "Price collar",
    "it measures from the best quote and not from the opening price: nothing ever lies beyond it",
    opens=("collar.set",),
    on=lambda sim: sim.settings.get("collar", 0) > 0,
)
builds(
    "reconcile.build",
    "risk",
    "Build a reconciliation in the router",
    "reconcile",
    "Reconciliation of orders and executions",
    "it counts what was sent and not what was filled: parents are given up before they are done",
    opens=("reconcile.on",),
    done=lambda sim, args: sim.set_dial("reconcile", 1),
)
builds(
    "threshold.build",
    "risk",
    "Build a capital threshold",
    "threshold",
    "Capital threshold of the firm",
    "it takes what is short off what is long: a book that is both looks small",
    opens=("threshold.set",),
    on=lambda sim: sim.settings.get("threshold", 0) > 0,
    ready=_agreed_with_chief,
)


@lever("threshold.set", "risk", "Set the capital threshold", args={"usd": commands.whole("usd", 0, MOST_USD, "dollars, 0 for none,")}, dangerous=True)
def set_threshold(sim: "Simulation", args: dict[str, Any]) -> None:
    """All order entry stops when the firm holds more than that, until the threshold is set anew."""
    sim.set_threshold(args["usd"])


SHARES = commands.whole("shares", 0, 1_000_000, "shares, 0 for none,")

builds(
    "parents.hold",
    "risk",
    "Hold large parents for a person",
    "hold",
    "Hold on large parents",
    "it looks at the size of the child and not of the parent: nothing is ever held",
    opens=("hold.set",),
    on=lambda sim: sim.settings.get("hold", 0) > 0,
    args={"shares": SHARES},
    done=lambda sim, args: sim.set_dial("hold", args["shares"]),
)


@lever("hold.set", "risk", "Set the size from which parents are held", args={"shares": SHARES}, dangerous=True)
def set_hold(sim: "Simulation", args: dict[str, Any]) -> None:
    """Larger parents wait until a person has let them go, one after the other."""
    sim.set_dial("hold", args["shares"])


@lever("stop.preauthorise", "risk", "Settle beforehand who may stop", ready=once("settled", "that was settled"), exclusive=True)
def preauthorise(sim: "Simulation", args: dict[str, Any]) -> None:
    """Stopping all and disconnecting need no word on the day."""
    sim.facts["settled"] = sim.now
    sim.settle_stops()


@lever("credit.line", "risk", "Arrange a credit line", ready=once("credit", "there is a credit line"), exclusive=True)
def arrange_credit(sim: "Simulation", args: dict[str, Any]) -> None:
    """A part of what is left in the evening need not be sold the same night."""
    sim.facts["credit"] = sim.now
    sim.tell("credit.arranged", credit_usd=sim.scenario.block.credit_usd)


# -- the operator's

builds(
    "dashboard.build",
    "operator",
    "Build a dashboard of child orders",
    "dashboard",
    "Dashboard of children a parent and a server",
    lambda sim: f"it never hears of {sim.fleet.label(sim.unseen_server())}: that server shows nothing",
    opens=("dashboard.alert",),
)


@lever(
    "dashboard.alert",
    "operator",
    "Set the dashboard's alert",
    args={"per_second": commands.whole("per_second", 0, 1000, "children a parent and second, 0 for none,")},
)
def set_alert(sim: "Simulation", args: dict[str, Any]) -> None:
    """Whoever sends more children than that over five seconds is an alert."""
    sim.settings["dashboard"] = args["per_second"]
    sim.dashboard["over"] = {}


builds(
    "killswitch.build",
    "operator",
    "Build a kill switch",
    "killswitch",
    "Kill switch",
    lambda sim: f"it does not reach {sim.fleet.label(sim.unwired_server())}",
    opens=("killswitch.press",),
)
control(
    "mail.page",
    "Paging on mails",
    "operator",
    "mail.page",
    "it does not know the routers' own address as a sender: what they mail never becomes an alert",
)


@lever("drill.run", "operator", "Write a procedure and drill it", ready=once("drilled", "that was drilled"), exclusive=True)
def drill(sim: "Simulation", args: dict[str, Any]) -> None:
    """Levers that stop take half as long, and who may pull them is settled."""
    sim.facts["drilled"] = sim.now
    sim.settle_stops()
    sim.tell("stops.drilled")
