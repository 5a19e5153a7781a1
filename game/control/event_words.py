"""An event feed's words: a command in the engine's labels, an event in a sentence, and which of both a person wants to read unasked."""

from collections.abc import Callable, Mapping
from typing import Any

import engine

SAID = 120  # letters of what somebody said


def _usd(value: Any) -> str:
    return f"${value / 1e6:,.1f} M" if value >= 1e6 else f"${value:,.0f}"


# Events that are told, and in which words; what a command says already is left out.
EVENTS: dict[str, Callable[[dict[str, Any], engine.Scenario], str]] = {
    "market.opened": lambda d, s: "The opening bell",
    "evening.began": lambda d, s: "An evening of the week begins",
    "call.rang": lambda d, s: f"{d['caller']} rings: {engine.tell(s, d['opening'])}",
    "act.began": lambda d, s: f"The second act: {s.second_act.told(d['of'], d['place'])}",
    "duty.missed": lambda d, s: f"Not done before the bell: {d['label']}",
    "call.missed": lambda d, s: f"{d['caller']} was not answered",
    "exchange.disconnected": lambda d, s: "The exchanges disconnect what still sends",
    "exchange.readmitted": lambda d, s: "The exchanges let the firm in again",
    "smars.disconnected": lambda d, s: f"{s.told.system} is disconnected at the exchanges",
    "server.failed": lambda d, s: "A server does not start",
    "threshold.tripped": lambda d, s: f"The capital threshold of {_usd(d['threshold_usd'])} stops all order entry",
    "trades.busted": lambda d, s: f"The exchange rules: {_usd(max(d['relief_usd'], 0))} less lost",
    "block.sold": lambda d, s: f"{d['bank']} takes the block",
    "capital.raised": lambda d, s: f"{d['lender']} puts in {_usd(d['amount_usd'])}",
    "broker.left": lambda d, s: f"{d['broker']} leaves for the day",
    "gateway.mended": lambda d, s: f"{d['broker']} has mended its gateway",
    "inject.delivered": lambda d, s: f"Inject: {engine.tell(s, d['title'])}",
    "control.built": lambda d, s: f"Built: {d['label']}",
    "control.tested": lambda d, s: f"Tested: {d['label']}, {'a hole' if d['hole'] else 'it holds'}",
}
ASIDE: dict[str, Callable[[dict[str, Any], engine.Scenario], str]] = {
    "alert.raised": lambda d, s: f"Alert: {engine.tell(s, d['text'])}",
    "headline": lambda d, s: f"Headline: {engine.tell(s, d['text'])}",
    "lever.finished": lambda d, s: f"Done: {engine.KINDS[d['command']].named(s)}",
    "server.stopped": lambda d, s: f"{s.fleet.name.format(n=d['server'])} has stopped",
    "server.started": lambda d, s: f"{s.fleet.name.format(n=d['server'])} has started",
    "limit.reached": lambda d, s: f"A queue is full: {d['limit']}",
    "breaker.paused": lambda d, s: f"{d['symbol']} is paused by its breaker",
}
NOTICED = "symptom.noticed"
ARRIVED = "mail.arrived"
TOLD = (*EVENTS, *ASIDE, NOTICED, ARRIVED)


def decision(kind: str) -> bool:
    """Whether a kind of command is something that a desk decided, and not read, ticked off or said."""
    return counts(kind) == "decision"


def counts(kind: str) -> str:
    """How a kind of command counts among what a team did; "" for one of an older log that there is no more."""
    return engine.KINDS[kind].counts if kind in engine.KINDS else ""


def words(kind: str, given: Mapping[str, Any], scenario: engine.Scenario) -> str:
    """A command in the engine's words: its label, and on what. An older log may hold any arguments: what has not their form is left out."""
    label, args = engine.KINDS[kind].named(scenario) if kind in engine.KINDS else kind, engine.fitting(kind, given)
    if kind in ("bridge.say", "persona.reply"):
        said = f"\u201c{str(args.get('text', ''))[:SAID]}\u201d"
        return said if kind == "bridge.say" else f"Answers a message: {said}"
    servers = args.get("servers") or ([args["server"]] if args.get("server") else [])
    if servers:
        some = len(servers) < scenario.fleet.servers
        return f"{label}: {scenario.fleet.name.format(n=', '.join(map(str, servers))) if some else 'all servers'}"
    if kind == "diagnosis.declare":
        return f"{label}: {args.get('cause', 'a cause')}"
    told = next(
        (
            value
            for name, value in args.items()
            if name in ("release", "gross_usd", "usd", "percent", "per_second", "control", "what")
        ),
        None,
    )
    if told is None:
        return label
    return f"{label}: {_usd(told)}" if isinstance(told, int) and told > 1000 else f"{label}: {told}"
