"""The story of a run in ten lines: what was noticed, found, decided and done, by which desk and when. Desks, never names; no blame.

A line comes from an event; of too many the ten that mattered most are kept, in order of time.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from engine.events import Event
from engine.market_time import END, told
from engine.scenario import Scenario

LINES = 10
CUT_WORDS = "The exchanges disconnected what was still sending."
MILLION, BILLION = 1_000_000, 1_000_000_000


class Line(NamedTuple):
    """A line and how much it matters (more is more)."""

    step: int
    weight: int
    desk: str  # "" for the exchanges and the day itself
    text: str


class Teller:
    """Goes through a run's events once, and makes the lines."""

    def __init__(self, scenario: Scenario) -> None:
        self.label, self.servers = scenario.fleet.name, scenario.fleet.servers
        self.reject = scenario.evidence.reject_subject
        self.before = ""  # kind of the event before, or of the command that it was about
        self.causes = {cause.id: cause.label for cause in scenario.diagnosis.cause}
        self.replies = scenario.evidence.replies
        self.lines: list[Line] = []
        self.given: dict[int, tuple[str, dict[str, Any]]] = {}  # seq -> desk and args of a command under way
        self.told: dict[str, int] = {}  # what was told already -> how often

    def names(self, args: dict[str, Any]) -> str:
        """The servers a command names, for people."""
        found = args.get("servers", [args["server"]] if args.get("server") else [])
        if len(found) == self.servers:
            return "all servers"
        if len(found) > 2:
            return f"{len(found)} servers"
        return " and ".join(self.label.format(n=n) for n in found)

    def add(self, event: Any, weight: int, desk: str, text: str, *, once: str = "") -> None:
        """Add a line; with `once` only the first of that name."""
        if once:
            self.told[once] = self.told.get(once, 0) + 1
            if self.told[once] > 1:
                return
        self.lines.append(Line(event.step, weight, desk, text))

    def hear(self, event: Any) -> None:
        """Take in one event."""
        data = event.data
        if event.kind == "command.applied":
            desk = next(iter(event.audience), "")
            self.given[data["seq"]] = (desk, data["args"])
            tell = GIVEN.get(data["command"])
            if tell is not None:
                tell(self, event, desk, data["args"])
        elif event.kind == "lever.finished":
            desk, args = self.given.get(data["seq"], (next(iter(event.audience), ""), data["args"]))
            tell = FINISHED.get(data["command"])
            if tell is not None:
                tell(self, event, desk, args)
        elif event.kind in HAPPENED:
            HAPPENED[event.kind](self, event)
        self.before = data["command"] if event.kind == "command.applied" else event.kind


Tell = Callable[[Teller, Any, str, dict[str, Any]], None]


def dollars(usd: float) -> str:
    """Money for people: "$457.6M", "$1.2bn", "$80,000"."""
    amount = abs(usd)
    if amount >= BILLION:
        text = f"${amount / BILLION:.2f}bn"
    elif amount >= MILLION:
        text = f"${amount / MILLION:.1f}M"
    else:
        text = f"${amount:,.0f}"
    return f"-{text}" if usd < 0 else text


def _line(weight: int, text: str, *, once: str = "") -> Tell:
    """A line with {servers} and the command's arguments filled in."""

    def tell(teller: Teller, event: Any, desk: str, args: dict[str, Any]) -> None:
        words = {"servers": teller.names(args), **{key: value for key, value in args.items() if key != "servers"}}
        teller.add(event, weight, desk, text.format_map(words), once=once.format_map(words))

    return tell


def _cap(teller: Teller, event: Any, desk: str, args: dict[str, Any]) -> None:
    usd = args.get("gross_usd", 0)
    teller.add(event, 66, desk, f"Capped the gross exposure of account 33 at {dollars(usd)}." if usd else "Lifted the gross cap of account 33.")


WHAT = {"servers.stop_all": "stopping all servers", "smars.disconnect": "disconnecting SMARS", "release.copy": "an emergency copy"}


def _word(weight: int, text: str) -> Tell:
    def tell(teller: Teller, event: Any, desk: str, args: dict[str, Any]) -> None:
        what = WHAT.get(args.get("what", ""), str(args.get("what")))
        teller.add(event, weight, desk, text.format(what=what), once=f"{text}{what}")

    return tell


def _flatten(teller: Teller, event: Any, desk: str, args: dict[str, Any]) -> None:
    style = "patiently" if args.get("style") == "passive" else "at any price"
    teller.add(event, 52, desk, f"Began to trade the position back through the market, {style}.", once="flatten")


GIVEN: dict[str, Tell] = {
    "authorise.ask": _word(34, "Asked for the word for {what}."),
    "authorise.give": _word(56, "Gave the word for {what}."),
    "authorise.refuse": _word(60, "Refused the word for {what}."),
}
FINISHED: dict[str, Tell] = {
    "server.stop": _line(84, "Stopped {servers}.", once="stop {servers}"),
    "servers.stop_all": _line(92, "Stopped every server by hand.", once="stop all"),
    "smars.disconnect": _line(94, "Had SMARS disconnected at the exchanges.", once="disconnect"),
    "killswitch.press": _line(94, "Pressed the kill switch.", once="kill switch"),
    "server.start": _line(48, "Started {servers}.", once="start {servers}"),
    "release.copy": _line(72, "Copied {release} to {servers}.", once="copy {servers} {release}"),
    "release.rollback": _line(90, "Rolled back {servers} to the release before.", once="roll back {servers}"),
    "checksum.run": _line(40, "Had checksums of {servers}.", once="checksum {servers}"),
    "flag.clear": _line(76, "Had the order flag cleared upstream.", once="flag off"),
    "flag.set": _line(50, "Had the order flag set again upstream.", once="flag on"),
    "limit.set": _cap,
    "rate.set": _line(62, "Capped child orders at {per_second} a second for each parent.", once="rate"),
    "threshold.set": _line(64, "Set the firm's capital threshold to {usd:,} dollars.", once="threshold {usd}"),
    "hold.set": _line(50, "Let parents above {shares:,} shares wait for a person.", once="hold"),
    "drill.run": _line(42, "Drilled who stops what.", once="drill"),
    "fleet.review": _line(66, "Had a second technician look at every server.", once="review"),
    "automation.deploy": _line(68, "Deployed {release} with the automation.", once="deploy {release}"),
    "standby.failover": _line(90, "Failed over to the standby on the release before.", once="failover"),
    "ramp.set": _line(60, "Had the flag set on {percent} % of the orders.", once="ramp {percent}"),
    "collar.set": _line(62, "Set a price collar of {percent} %.", once="collar"),
    "reconcile.on": _line(70, "Switched the reconciliation of executions on.", once="reconcile"),
    "position.flatten": _flatten,
    "exchange.bust": _line(50, "Asked the exchange to cancel erroneous executions.", once="bust"),
    "exchange.accept": _line(88, "Accepted the exchange's offer to cut the firm off.", once="accept"),
    "clients.route_away": _line(54, "Asked clients to route their orders elsewhere.", once="away"),
    "clients.recall": _line(46, "Called the clients back.", once="recall"),
}


def _noticed(teller: Teller, event: Any) -> None:
    if teller.before == "evidence.shared":
        teller.add(event, 82, event.data["desk"], "Showed the others the first sign that something is wrong.")
    elif teller.before != "call.answer":  # else it was a call, and what was said there is a line of its own
        teller.add(event, 82, event.data["desk"], f"Opened the first mail of its kind: {teller.reject}")


def _declared(teller: Teller, event: Any) -> None:
    data = event.data
    where = f" ({teller.names(data)})" if data["server"] else ""
    text = f"Declared: {teller.causes.get(data['cause'], data['cause'])}{where}."
    teller.add(event, 86, data["desk"], text, once=text)


def _opened(teller: Teller, event: Any) -> None:
    teller.add(event, 58, "", "The opening bell.", once="bell")


def _cut(teller: Teller, event: Any) -> None:
    teller.add(event, 93, "", CUT_WORDS, once="cut")


def _readmitted(teller: Teller, event: Any) -> None:
    teller.add(event, 44, "", "The exchanges let the firm in again.", once="readmitted")


def _busted(teller: Teller, event: Any) -> None:
    relief = event.data["relief_usd"]
    text = f"The exchange cancelled executions far from the open: {dollars(relief)} less lost."
    if relief <= 0:
        text = "The exchange found nothing to cancel."
    teller.add(event, 58, "", text)


def _sold(teller: Teller, event: Any) -> None:
    if event.data["gross_usd"] > 0:
        gross, cost = dollars(event.data["gross_usd"]), dollars(event.data["cost_usd"])
        bank, part = event.data["bank"], event.data["discount_pct"]
        teller.add(event, 78, "", f"{bank} took what was left, {gross}, at a discount of {part:.1f} %: {cost}.", once="sold")


def _raised(teller: Teller, event: Any) -> None:
    amount, stake = dollars(event.data["amount_usd"]), event.data["stake_pct"]
    teller.add(event, 80, "", f"{event.data['lender']} put in {amount} for {stake:.0f} % of the firm.")


def _answered(teller: Teller, event: Any) -> None:
    data = event.data
    weight = 74 if data["reply"].startswith("exchange.") else 50
    teller.add(event, weight, next(iter(event.audience), ""), f'Told {data["caller"]}: "{teller.replies.get(data["reply"], data["reply"])}"')


def _missed(teller: Teller, event: Any) -> None:
    teller.add(event, 46, next(iter(event.audience), ""), f"Could not take the call from {event.data['caller']}.")


def _built(teller: Teller, event: Any) -> None:
    teller.add(event, 54, "", f"Built: {event.data['label'][0].lower()}{event.data['label'][1:]}.", once=event.data["control"])


def _tripped(teller: Teller, event: Any) -> None:
    teller.add(event, 95, "", f"The capital threshold of {dollars(event.data['threshold_usd'])} stopped all order entry.", once="tripped")


def _added(teller: Teller, event: Any) -> None:
    teller.add(event, 57, "", f'The facilitator added: "{event.data["title"]}"', once=f"added {event.data['title']}")


HAPPENED: dict[str, Callable[[Teller, Any], None]] = {
    "inject.delivered": _added,
    "control.built": _built,
    "threshold.tripped": _tripped,
    "market.opened": _opened,
    "symptom.noticed": _noticed,
    "diagnosis.declared": _declared,
    "call.answered": _answered,
    "call.missed": _missed,
    "exchange.disconnected": _cut,
    "exchange.readmitted": _readmitted,
    "trades.busted": _busted,
    "block.sold": _sold,
    "capital.raised": _raised,
}


def story(events: Iterable[Event | Any], scenario: Scenario, score: dict[str, Any] | None = None, *, lines: int = LINES) -> list[dict[str, Any]]:
    """At most `lines` lines {at: "HH:MM:SS", desk: a desk or "", text}, oldest first; with a day's score the last one tells the fate.

    Events are the run's, in order (anything with step, kind, audience and data).
    """
    teller = Teller(scenario)
    for event in events:
        teller.hear(event)
    kept = sorted(teller.lines, key=lambda line: (-line.weight, line.step, line.desk, line.text))[: lines - (score is not None)]
    kept.sort(key=lambda line: (line.step, -line.weight, line.text))
    if score is not None:
        kept.append(Line(END, 100, "", fate(score, scenario.cash.start_usd)))
    return [{"at": told(line.step, 0), "desk": line.desk, "text": line.text} for line in kept]


def moments(events: Iterable[Event | Any], scenario: Scenario) -> list[Line]:
    """What happened to a team beside what its desks did, and when its first sign came: places to look at in a run, by time."""
    teller, subject, found, told_of = Teller(scenario), scenario.evidence.reject_subject, [], False
    for event in events:
        told = len(teller.lines)
        teller.hear(event)
        if event.kind in HAPPENED:
            found += teller.lines[told:]
        elif event.kind == "mail.arrived" and event.data["subject"] == subject and not told_of:
            told_of = True
            found.append(Line(event.step, 0, event.audience[0], f"The first of these mails came: {subject}"))
    return sorted(found)


def fate(score: dict[str, Any], cash_usd: int) -> str:
    """What became of the firm."""
    lost, cash = dollars(score["trading"]), dollars(cash_usd)
    if not score["survives"]:
        return f"The firm does not open again: {lost} lost in trading, {cash} of cash, and nobody to put in the rest."
    if score.get("fate") == "rescued":
        return f"The firm goes on under new owners: {lost} lost in trading, more than its {cash} of cash."
    if score["trading"] <= 0:
        return f"The firm goes on: nothing was lost in trading, and the day cost {dollars(score['total'])}."
    return f"The firm goes on: {lost} lost in trading, {cash} of cash before."
