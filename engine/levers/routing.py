"""What is done about brokers, exchanges and stocks: whose orders are routed, with what flag, and where."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args, Phrase, msgid, phrase
from engine.commands import Check, Refused, StoryWords, Wish, lever
from engine.firm import duties, replays, routing

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def _once(sim: "Simulation", kind: str, name: str, value: str) -> None:
    """Raises Refused while the same is under way for the same broker or exchange."""
    for work in sim.works:
        if work.kind == kind and dict(work.args)[name] == value:
            raise Refused("{name}: under way already, {seconds} s left", name=value, seconds=work.left_s(sim.now))


def _broker(kind: str, state: Callable[["Simulation", str], bool], wanted: bool, already: str) -> Check:
    """Refuses where a broker is already as it would be made."""

    def check(sim: "Simulation", args: Args) -> None:
        if state(sim, args["broker"]) is wanted:
            raise Refused(already, broker=args["broker"])
        _once(sim, kind, "broker", args["broker"])

    return check


@lever(
    "broker.hold",
    "risk",
    "Hold a broker's orders",
    args={"broker": commands.broker},
    check=_broker("broker.hold", routing.broker_is_held, True, msgid("{broker}: its orders are held already")),
    dangerous=True,
    story=StoryWords(70, "Held the orders of {broker}.", once="hold {broker}"),
    help="Nothing of that broker is routed. Its orders wait, and go back to it after a minute.",
    wishes=(Wish("Hold the orders of {broker}", when="day", rank=10),),
)
def _hold(sim: "Simulation", args: Args) -> None:
    """A broker's new orders are not routed; what is at work goes on. It is told why, and looks at its side."""
    routing.hold(sim, args["broker"], True)
    replays.tell_of_replay(sim, args["broker"])


@lever(
    "broker.release",
    "risk",
    "Release a broker's orders",
    args={"broker": commands.broker},
    check=_broker("broker.release", routing.broker_is_held, False, msgid("{broker}: its orders are not held")),
    story=StoryWords(48, "Released the orders of {broker}.", once="release {broker}"),
    help="That broker's orders are routed again.",
    wishes=(Wish("Release the orders of {broker}", when="day", rank=11),),
)
def _release(sim: "Simulation", args: Args) -> None:
    """A held broker's orders are routed again, those that still wait with them."""
    routing.hold(sim, args["broker"], False)


@lever(
    "broker.unflag",
    "deployer",
    "Have a broker taken off the flag",
    args={"broker": commands.broker},
    check=_broker("broker.unflag", routing.is_unflagged, True, msgid("{broker}: it is off the flag already")),
    dangerous=True,
    story=StoryWords(68, "Had {broker} taken off the order flag.", once="unflag {broker}"),
    help="By phone: upstream leaves the flag off that broker's new orders, for the day.",
    wishes=(Wish("Have {broker} taken off the flag", when="day", rank=10),),
)
def _unflag(sim: "Simulation", args: Args) -> None:
    """A broker's new orders come without the flag; parents already running go on."""
    routing.unflag(sim, args["broker"])


def _some_traded(sim: "Simulation", args: Args) -> None:
    if not set(args["symbols"]) - set(routing.withdrawn_stocks(sim)) and not set(args["symbols"]) & set(sim.duties.unlisted):
        raise Refused("{stocks}: withdrawn already", stocks=args["symbols"][:4])


def _some_withdrawn(sim: "Simulation", args: Args) -> None:
    if not set(args["symbols"]) & set(routing.withdrawn_stocks(sim)):
        raise Refused("{stocks}: not withdrawn", stocks=args["symbols"][:4])
    if first := duties.never_listed(sim, args["symbols"]):
        raise Refused("not all of them are loaded, {first}", first=first)


def _stocks(few: str, many: str) -> Callable[[Args], Phrase]:
    def told(args: Args) -> Phrase:
        chosen = args.get("symbols", [])
        return phrase(many, stocks=chosen[:4], count=len(chosen) - 4) if len(chosen) > 4 else phrase(few, stocks=chosen)

    return told


@lever(
    "stocks.withdraw",
    "risk",
    "Withdraw stocks",
    args={"symbols": commands.symbols},
    check=_some_traded,
    dangerous=True,
    story=StoryWords(72, _stocks(msgid("Withdrew from trading in {stocks}."), msgid("Withdrew from trading in {stocks} and {count} more stocks."))),
    help="Our orders in them end, and clients have theirs back at once.",
    wishes=(Wish("Withdraw {symbols}", when="day", rank=12),),
)
def _withdraw(sim: "Simulation", args: Args) -> None:
    """The router's orders in the stocks end, what rests is cancelled, and new ones go back; the desk's own go on."""
    routing.withdraw_stocks(sim, args["symbols"])
    duties.keep_out(sim, args["symbols"])


@lever(
    "stocks.readmit",
    "risk",
    "Readmit stocks",
    args={"symbols": commands.symbols},
    check=_some_withdrawn,
    story=StoryWords(46, _stocks(msgid("Went back to trading in {stocks}."), msgid("Went back to trading in {stocks} and {count} more stocks."))),
    help="Client orders in them are routed again.",
    wishes=(Wish("Readmit {symbols}", when="day", rank=13),),
)
def _readmit(sim: "Simulation", args: Args) -> None:
    """New orders in withdrawn stocks are routed again."""
    routing.readmit_stocks(sim, args["symbols"])


def _not_logging_on(sim: "Simulation", args: Args) -> None:
    if sim.exchanges.cut_off:
        raise Refused("the exchanges have cut the firm off")
    if first := duties.never_logged_on(sim, args["exchange"]):
        raise Refused("{exchange}: there is no session today, {first}", exchange=args["exchange"], first=first)
    _once(sim, "exchange.relogon", "exchange", args["exchange"])


@lever(
    "exchange.relogon",
    "operator",
    "Log on to an exchange again",
    args={"exchange": commands.exchange},
    check=_not_logging_on,
    dangerous=True,
    story=StoryWords(66, "Logged on to {exchange} again.", once="log on {exchange}"),
    help="Closes the session and opens it anew. What rests there is cancelled and placed again.",
    wishes=(Wish("Log on to {exchange} again", when="day", rank=11),),
)
def _log_on(sim: "Simulation", args: Args) -> None:
    """A new session: who waited for an acknowledgement goes on."""
    routing.log_on_again(sim, args["exchange"])


def _another_is_left(sim: "Simulation", args: Args) -> None:
    if routing.is_avoided(sim, args["exchange"]):
        raise Refused("{exchange}: avoided already", exchange=args["exchange"])
    _once(sim, "exchange.avoid", "exchange", args["exchange"])
    gone = {work.args["exchange"] for work in sim.works if work.kind == "exchange.avoid"}
    if not [name for name in sim.scenario.exchanges if name != args["exchange"] and name not in gone and not routing.is_avoided(sim, name)]:
        raise Refused("{exchange} is the last exchange that gets orders", exchange=args["exchange"])


@lever(
    "exchange.avoid",
    "operator",
    "Route around an exchange",
    args={"exchange": commands.exchange},
    check=_another_is_left,
    story=StoryWords(58, "Routed around {exchange}.", once="avoid {exchange}"),
    help="New orders go to the other exchanges. Those that are there stay.",
    wishes=(Wish("Route around {exchange}", when="day", rank=10),),
)
def _avoid(sim: "Simulation", args: Args) -> None:
    """New parents go to the other exchanges."""
    routing.avoid(sim, args["exchange"], True)


def _is_avoided(sim: "Simulation", args: Args) -> None:
    if not routing.is_avoided(sim, args["exchange"]):
        raise Refused("{exchange}: it gets its orders", exchange=args["exchange"])
    _once(sim, "exchange.resume", "exchange", args["exchange"])


@lever(
    "exchange.resume",
    "operator",
    "Route to an exchange again",
    args={"exchange": commands.exchange},
    check=_is_avoided,
    story=StoryWords(40, "Routed to {exchange} again.", once="resume {exchange}"),
    help="New orders go there as before.",
    wishes=(Wish("Route to {exchange} again", when="day", rank=12),),
)
def _resume(sim: "Simulation", args: Args) -> None:
    """New parents go where they would have gone."""
    routing.avoid(sim, args["exchange"], False)
