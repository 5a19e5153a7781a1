"""The guide's card: the step that comes next, at whichever desk, with what is done before it and what follows. Each desk is shown the same."""

from typing import Any

from engine.arguments import SaidText
from engine.firm.guide import step_now
from engine.firm.simulation import Simulation
from engine.scenario.guide_texts import GuideStep, guide_text
from engine.sights import cards


def _said(step: str, part: str) -> SaidText:
    return {"text": guide_text(step, part), "values": {}}


def guide_card(sim: Simulation) -> cards.Guide:
    """How far the team is along the guide."""
    guide, now = sim.scenario.guide, step_now(sim)
    rows: list[cards.GuideRow] = [
        {
            "id": step.id,
            "desk": step.desk,
            "title": _said(step.id, "title"),
            "state": "done" if step.id in sim.guide.done else "now" if step is now else "to come",
        }
        for step in guide.step
    ]
    after = _said("after", "text") if guide.after and now is None else None
    return {"rows": rows, "done": len(sim.guide.done), "now": _now(sim, now) if now else None, "after": after}


def _now(sim: Simulation, step: GuideStep) -> cards.GuideNow:
    servers = [server.n for server in sim.fleet.servers]
    known: dict[str, Any] = {"all": servers, "target": sim.fleet.target}
    args: Any = {name: known.get(str(value), value) for name, value in step.args.items()}
    return {"id": step.id, "desk": step.desk, "text": _said(step.id, "text"), "card": step.card, "lever": step.lever, "args": args}
