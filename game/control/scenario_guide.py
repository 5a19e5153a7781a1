"""What a facilitator should know of a scenario before the room plays it, from the scenario's own data."""

from typing import Any

import engine
from game.live.words import Reader
from game.people.desks import ORDER
from game.scenarios import level_words
from game.spoken import read, spoken


def scenario_guide(scenario: engine.Scenario) -> dict[str, Any]:
    """What the page shows: `causes` (labels, one of which the seed draws), `objectives`, `calls` (from, to, desk, caller, text), `injects` (title,
    effect), and what is said at the end. Texts that only a run fills are left out.
    """
    scenario = read(scenario)
    reader, desks = Reader(scenario, spoken()), scenario.told.desks
    calls = [
        {
            "from": call.from_,
            "to": call.to,
            "desk": getattr(desks, call.desk).title,
            "caller": call.caller,
            "text": "" if "{" in call.opening else call.opening,
        }
        for call in scenario.evidence.calls
    ]
    return {
        "door": scenario.front.door,
        "level": level_words(scenario.front.door.level if scenario.front.door else None),
        "causes": [*dict.fromkeys(reader.line({"text": f"cause:{fault.cause}", "values": {}}) for fault in scenario.faults.fault)],
        "objectives": scenario.objectives.objective,
        "calls": sorted((call for n, call in enumerate(calls) if call not in calls[:n]), key=lambda call: (call["from"], call["to"])),
        "injects": [{"title": one.title, "effect": one.effect.format(minutes=one.minutes, server="n", text="")} for one in scenario.evidence.injects],
        "desks": [getattr(desks, desk).title for desk in ORDER],
        "lead": scenario.epilogue.lead,
        "lessons": scenario.epilogue.lesson,
        "passages": scenario.epilogue.passage,
    }
