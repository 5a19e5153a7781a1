"""An event feed's words: a command in the engine's labels, an event in a sentence, and which of both a person wants to read unasked."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

import engine
from game.spoken import tell

SAID = 120  # letters of what somebody said


def _judged(unmet_usd: int) -> str:
    if not unmet_usd:
        return gettext("The clearing house's call was met")
    return gettext("The clearing house's call was not met: %(usd)s short") % {"usd": engine.dollars(unmet_usd)}


def _tested(control: str, *, hole: bool) -> str:
    if hole:
        return gettext("Tested, with a hole: %(control)s") % {"control": control}
    return gettext("Tested, and it holds: %(control)s") % {"control": control}


# Events that are told, and in which words; what a command says already is left out.
EVENTS: dict[str, Callable[[dict[str, Any], engine.Scenario], str]] = {
    "market.opened": lambda d, s: gettext("The opening bell"),
    "evening.began": lambda d, s: gettext("An evening of the week starts"),
    "call.rang": lambda d, s: gettext("%(caller)s rings: %(opening)s") % {"caller": d["caller"], "opening": tell(s, d["opening"])},
    "act.began": lambda d, s: gettext("The second act: %(told)s") % {"told": tell(s, engine.act_said(d["of"], d["place"]))},
    "deposit.called": lambda d, s: gettext("The clearing house calls for %(usd)s more") % {"usd": engine.dollars(d["short_usd"])},
    "deposit.judged": lambda d, s: _judged(d["unmet_usd"]),
    "duty.missed": lambda d, s: gettext("Not done before the bell: %(duty)s") % {"duty": tell(s, d["label"])},
    "call.missed": lambda d, s: gettext("%(caller)s was not answered") % {"caller": d["caller"]},
    "exchange.disconnected": lambda d, s: gettext("The exchanges disconnect whatever still sends"),
    "exchange.readmitted": lambda d, s: gettext("The exchanges let the firm back in"),
    "smars.disconnected": lambda d, s: gettext("%(system)s is disconnected at the exchanges") % {"system": s.told.system},
    "server.failed": lambda d, s: gettext("A server does not start"),
    "threshold.tripped": lambda d, s: gettext("The capital threshold of %(usd)s stops all order entry") % {"usd": engine.dollars(d["threshold_usd"])},
    "trades.busted": lambda d, s: gettext("The exchange rules: %(usd)s less lost") % {"usd": engine.dollars(max(d["relief_usd"], 0))},
    "block.sold": lambda d, s: gettext("%(bank)s takes the block") % {"bank": d["bank"]},
    "capital.raised": lambda d, s: gettext("%(lender)s puts in %(usd)s") % {"lender": d["lender"], "usd": engine.dollars(d["amount_usd"])},
    "broker.left": lambda d, s: gettext("%(broker)s leaves for the day") % {"broker": d["broker"]},
    "gateway.mended": lambda d, s: gettext("%(broker)s has fixed its gateway") % {"broker": d["broker"]},
    "inject.delivered": lambda d, s: gettext("Inject: %(title)s") % {"title": tell(s, d["title"])},
    "control.built": lambda d, s: gettext("Built: %(control)s") % {"control": tell(s, d["label"])},
    "control.tested": lambda d, s: _tested(tell(s, d["label"]), hole=d["hole"]),
}
ASIDE: dict[str, Callable[[dict[str, Any], engine.Scenario], str]] = {
    "alert.raised": lambda d, s: gettext("Alert: %(text)s") % {"text": tell(s, d["text"])},
    "headline": lambda d, s: gettext("Headline: %(text)s") % {"text": tell(s, d["text"])},
    "lever.finished": lambda d, s: gettext("Done: %(lever)s") % {"lever": tell(s, s.kinds[d["command"]].named(s))},
    "server.stopped": lambda d, s: gettext("%(name)s has stopped") % {"name": s.fleet.name.format(n=d["server"])},
    "server.started": lambda d, s: gettext("%(name)s has started") % {"name": s.fleet.name.format(n=d["server"])},
    "limit.reached": lambda d, s: gettext("A queue is full: %(queue)s") % {"queue": d["limit"]},
    "breaker.paused": lambda d, s: gettext("%(symbol)s is paused by its circuit breaker") % {"symbol": d["symbol"]},
}
NOTICED = "symptom.noticed"
ARRIVED = "mail.arrived"
TOLD = (*EVENTS, *ASIDE, NOTICED, ARRIVED)


def decision(kind: str) -> bool:
    """Whether a kind of command is something that a desk decided, and not read, ticked off or said."""
    return counts(kind) == "decision"


def counts(kind: str) -> str:
    """How a kind of command counts among what a team did; "" for one of an older log that there is no more."""
    if kind.startswith(engine.OWN_KIND):  # of a scenario's module, which has no talk
        return "decision"
    return engine.KINDS[kind].counts if kind in engine.KINDS else ""


def words(kind: str, given: Mapping[str, Any], scenario: engine.Scenario) -> str:
    """A command in the engine's words: its label, and on what. An older log may hold any arguments: what has not their form is left out."""
    label = tell(scenario, scenario.kinds[kind].named(scenario)) if kind in scenario.kinds else kind
    args = engine.fitting(kind, given, scenario.kinds)
    if kind in ("bridge.say", "persona.reply"):
        said = f"\u201c{tell(scenario, args.get('text', ''))[:SAID]}\u201d"
        return said if kind == "bridge.say" else gettext("Answers a message: %(said)s") % {"said": said}
    if kind == "persona.say":
        return gettext("%(sender)s: “%(said)s”") % {
            "sender": args.get("sender", ""),
            "said": tell(scenario, args.get("text", ""))[:SAID],
        }
    target = _target(args, scenario)
    return gettext("%(lever)s: %(target)s") % {"lever": label, "target": target} if target else label


def _target(args: Mapping[str, Any], scenario: engine.Scenario) -> str:
    """On what a command is, of which it may be any; "" where it is on nothing in particular."""
    servers = args.get("servers") or ([args["server"]] if args.get("server") else [])
    if servers:
        return scenario.fleet.name.format(n=", ".join(map(str, servers))) if len(servers) < scenario.fleet.servers else gettext("all servers")
    if "cause" in args:
        return tell(scenario, {"text": f"cause:{args['cause']}", "values": {}})
    if args.get("what") in engine.KINDS:
        return tell(scenario, engine.KINDS[args["what"]].word_for(scenario))
    if args.get("control") in engine.CONTROLS:
        return tell(scenario, engine.CONTROLS[args["control"]].label)
    dollars = next((args[name] for name in ("gross_usd", "usd") if name in args), None)
    if dollars is not None:
        return engine.dollars(dollars)
    return str(next((args[name] for name in ("release", "percent", "per_second") if name in args), ""))
