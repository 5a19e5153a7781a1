"""An event feed's words: a command in the engine's labels, an event in a sentence, and which of both a person wants to read unasked."""

from collections.abc import Callable
from typing import Any

import engine

SAID = 120  # letters of what somebody said
READING = {"mail.open", "log.tail", "server.look", "stock.watch"}
BOOKS = {"plan.add", "plan.drop", "check.tick", "check.untick", "pin.read", "help.set"}
DECIDED = {"diagnosis.declare", "call.answer", "authorise.give", "authorise.refuse"}  # said, and decisions all the same


def _usd(value: Any) -> str:
    return f"${value / 1e6:,.1f} M" if value >= 1e6 else f"${value:,.0f}"


# Events that are told, and in which words; what a command says already is left out.
EVENTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "market.opened": lambda d: "The opening bell",
    "evening.began": lambda d: "An evening of the week begins",
    "call.rang": lambda d: f"{d['caller']} rings: {d['opening']}",
    "call.missed": lambda d: f"{d['caller']} was not answered",
    "exchange.disconnected": lambda d: "The exchanges disconnect what still sends",
    "exchange.readmitted": lambda d: "The exchanges let the firm in again",
    "smars.disconnected": lambda d: "SMARS is disconnected at the exchanges",
    "server.failed": lambda d: "A server does not start",
    "threshold.tripped": lambda d: f"The capital threshold of {_usd(d['threshold_usd'])} stops all order entry",
    "trades.busted": lambda d: f"The exchange rules: {_usd(max(d['relief_usd'], 0))} less lost",
    "block.sold": lambda d: f"{d['bank']} takes the block",
    "capital.raised": lambda d: f"{d['lender']} puts in {_usd(d['amount_usd'])}",
    "inject.delivered": lambda d: f"Inject: {d['title']}",
    "control.built": lambda d: f"Built: {d['label']}",
    "control.tested": lambda d: f"Tested: {d['label']}, {'a hole' if d['hole'] else 'it holds'}",
}
ASIDE: dict[str, Callable[[dict[str, Any]], str]] = {
    "alert.raised": lambda d: f"Alert: {d['text']}",
    "headline": lambda d: f"Headline: {d['text']}",
    "lever.finished": lambda d: f"Done: {engine.KINDS[d['command']].label}",
    "server.stopped": lambda d: f"SMARS-{d['server']} has stopped",
    "server.started": lambda d: f"SMARS-{d['server']} has started",
    "limit.reached": lambda d: f"A queue is full: {d['limit']}",
    "breaker.paused": lambda d: f"{d['symbol']} is paused by its breaker",
}
NOTICED = "symptom.noticed"
ARRIVED = "mail.arrived"
TOLD = (*EVENTS, *ASIDE, NOTICED, ARRIVED)


def decision(kind: str) -> bool:
    """Whether a kind of command is something that a desk decided, and not read, ticked off or said."""
    lever = engine.KINDS[kind]
    return kind in DECIDED or not (lever.talk or lever.desks == ("facilitator",) or kind in READING or kind in BOOKS)


def words(kind: str, args: dict[str, Any]) -> str:
    """A command in the engine's words: its label, and on what."""
    label = engine.KINDS[kind].label
    if kind in ("bridge.say", "persona.reply"):
        said = f"\u201c{str(args.get('text', ''))[:SAID]}\u201d"
        return said if kind == "bridge.say" else f"Answers a message: {said}"
    servers = args.get("servers") or ([args["server"]] if args.get("server") else [])
    if servers:
        return f"{label}: {'SMARS-' + ', '.join(map(str, servers)) if len(servers) < 8 else 'all servers'}"
    if kind == "diagnosis.declare":
        return f"{label}: {args.get('cause')}"
    told = next((value for name, value in args.items() if name in ("release", "gross_usd", "usd", "percent", "per_second", "control", "what")), None)
    return label if told is None else f"{label}: {_usd(told) if isinstance(told, int) and told > 1000 else told}"
