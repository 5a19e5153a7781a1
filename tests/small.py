"""A scenario small enough for plain Python: few stocks, the day's own numbers."""

import hashlib
from copy import deepcopy
from typing import Any

from engine import Command, Event, Moment, Scenario, Simulation, load_scenario, restore, save, tell
from engine.evidence.evidence import Call
from engine.evidence.telling import said
from engine.evidence.words import fill
from engine.firm import bridge, inbox
from engine.firm.view import View
from tests.days import step_at


def small_scenario(symbols: int = 4, **parts: dict[str, Any]) -> Scenario:
    """knight-2012 with its first stocks only; `parts` updates sections, such as flow={"plain_bell_per_min": 600.0}."""
    whole = load_scenario("knight-2012")
    assert whole.evidence  # its copies have these texts, and not, where nobody had read them before, some that know fewer companies
    rows = whole.symbols[:symbols]
    known = {row.symbol for row in rows}
    update: dict[str, Any] = {
        "symbols": rows,
        "parents": (),
        "default_seed": 79,
        "flow": whole.flow.model_copy(
            update={
                "premarket_flagged": 16,
                "queued_flagged": 16,
                "history_short": symbols // 2,
                "plain_premarket_per_min": 0.5,
                "plain_bell_per_min": 60.0,
                **parts.pop("flow", {}),
            }
        ),
    }
    for name, values in parts.items():
        update[name] = getattr(whole, name).model_copy(update=values)
    update["sha256"] = hashlib.sha256(repr((sorted(known), sorted(parts.items()), update["flow"])).encode()).hexdigest()
    return whole.model_copy(update=update)


_begun: dict[Any, tuple[Scenario, bytes, list[Event], list[Any]]] = {}  # by what makes a simulation and its step


def begun(scenario: Scenario, step: int, seed: int = 7, *, tape: bool = False, **how: Any) -> Simulation:
    """A simulation that has run until a step. Most tests begin at one of few moments: the way there is gone once, and kept as a checkpoint."""
    key = (scenario.sha256, step, seed, tape, *sorted(how.items()))
    sim = Simulation(scenario, seed, tape=tape, **how)
    if (known := _begun.get(key)) and known[0] == scenario:  # a scenario that was changed by hand has the fingerprint it had
        restore(scenario, known[1], into=sim)
        sim.events[:], sim._kept[:] = deepcopy(known[2]), known[3]
    else:
        sim.step(step - sim.now)
        _begun[key] = scenario, save(sim), deepcopy(sim.events), list(sim._kept)
    return sim


def give(sim: Simulation, desk: str, kind: str, /, **args: Any) -> str | None:
    """Give a command now; the reason when it was refused."""
    refusal = sim.submit(Command(len(sim.events) + 1, sim.now, desk, kind, args))
    return tell(sim.scenario, refusal.reason) if refusal else None


def ok(sim: Simulation, desk: str, kind: str, /, **args: Any) -> None:
    """Give a command that is not refused."""
    assert give(sim, desk, kind, **args) is None, (kind, args)


def before(step: int) -> Moment:
    """The clock at a step with all that was given before it, and nothing of that step itself."""
    return Moment(step, 0)


def until(sim: Simulation, moment: str) -> Simulation:
    """Step to a market time such as 09:31 or 30 Jul 18:30."""
    sim.step(step_at(moment) - sim.now)
    return sim


def heard(sim: Simulation, kind: str) -> list[dict[str, Any]]:
    """What the events of one kind told."""
    return [event.data for event in sim.events if event.kind == kind]


def settle(sim: Simulation) -> None:
    """The risk manager gives the word for everything that needs one now."""
    for what, word in sim.bridge.authorisations.items():
        if word["state"] != "given" and bridge.needs_authorisation(sim, what):
            assert give(sim, "risk", "authorise.give", what=what) is None


def ring(sim: Simulation, call: str) -> int:
    """A call of the scenario rings now, whatever its conditions; its number."""
    text = next(text for text in sim.scenario.evidence.calls if text.id == call)
    number = 100_000 + len(sim.inbox.calls)
    replies = tuple(reply.key for reply in text.replies)
    opening = said(sim.scenario.evidence.wordings, f"call:{call}.opening", fill(View(sim, sim.now), sim.now, None).values)
    inbox.deliver(sim, Call(number, sim.now, text.desk, text.caller, text.number, opening, replies, text.ring_s))
    return number


def reply(sim: Simulation, key: str) -> str | None:
    """The call of a reply rings and is answered with it; the reason when that was refused."""
    number = ring(sim, key.split(".")[0])
    return give(sim, sim.inbox.calls[-1]["desk"], "call.answer", call=number, reply=key)
