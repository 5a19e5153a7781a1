"""Real cards of every desk, thinned to one of each shape, as the browser's types are held against them.

`python -m tests.cards` plays two days in a minute and a half and writes tests/cards.json, which tests/js/cards.test.js reads. To be run
when a card changes.
"""

import json
from pathlib import Path
from typing import Any

import engine
from engine.firm import server_ops
from tests import days
from tests.read import seen, words

FILE = Path(__file__).resolve().parent / "cards.json"
WORDS = {"state", "phase", "by", "desk", "group", "word", "confidence", "servers"}  # fields whose very words are part of the protocol
EVERY = 5  # looks
LENGTH = 16  # of other texts, which say nothing here
Samples = dict[str, dict[str, Any]]  # desk -> card -> its samples


def shape(value: Any, field: str = "") -> Any:
    """What a type says of a value: fields, and of a list the shapes of its elements."""
    if isinstance(value, dict):
        return {key: shape(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape(part, field)) for part in value})
    if isinstance(value, str):
        return f"={value}" if field in WORDS else "text"
    return {type(None): "null", bool: "bool"}.get(type(value), "number")


def thinned(value: Any, field: str = "") -> Any:
    """The same with one element of each shape in its lists, and short texts."""
    if isinstance(value, dict):
        return {key: thinned(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return list({json.dumps(shape(part, field)): thinned(part, field) for part in reversed(value)}.values())
    return value[:LENGTH] if isinstance(value, str) and field not in WORDS else value


class Collector:
    """Takes in sights; keeps the first card of each shape."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], dict[str, Any]] = {}
        self.looks = 0

    def look(self, sim: engine.Simulation, sights: dict[str, dict[str, Any]]) -> None:
        """One look of a rehearsal."""
        self.looks += 1
        if self.looks % EVERY == 0:
            for desk, cards in sights.items():
                self.take(desk, words(sim, cards))

    def look_at_guide(self, sim: engine.Simulation, sights: dict[str, dict[str, Any]]) -> None:
        """The same of the one card that the other days have not."""
        for desk, cards in sights.items():
            self.take(desk, words(sim, {"guide": cards["guide"]}))

    def take(self, desk: str, cards: dict[str, Any]) -> None:
        """The cards of a desk."""
        for name, card in cards.items():
            content = json.loads(json.dumps(card))
            self.found.setdefault((desk, name), {}).setdefault(json.dumps(shape(content)), thinned(content))


def compared(sim: engine.Simulation) -> dict[str, Any]:
    """The fleet once config and reference data were compared, of which one server's differ; nobody above does that."""
    server = sim.fleet[1]
    server.config.disk, server.data.loaded = (
        next(version.name for version in read.version if version.name != read.recorded) for read in (sim.scenario.config, sim.scenario.data)
    )
    for what in ("config", "data"):
        server_ops.compare(sim, what, [1, 2])
    return seen(sim, "deployer")["fleet"]


def collected() -> Samples:
    """Cards of a week and a day that are played well, of a morning that is not, and of a lesson; with the projector's at the end."""
    scenario, collector = engine.load_scenario("knight-2012"), Collector()
    engine.rehearse(scenario, 79, dict.fromkeys(engine.DESKS, "competent"), since=days.WEEK, help_level="guided", live=True, watch=collector.look)
    since, until = days.step_at("09:20"), days.step_at("10:10")
    run = engine.rehearse(scenario, 79, dict.fromkeys(engine.DESKS, "novice"), since=since, until=until, watch=collector.look)
    lesson = engine.load_scenario("flag-first")
    guided = engine.rehearse(lesson, 5, dict.fromkeys(engine.DESKS, "novice"), until=lesson.calendar.step_at("09:35"), watch=collector.look_at_guide)
    for desk in engine.DESKS:
        collector.take(desk, {"guide": seen(guided.sim, desk)["guide"]})
    collector.take("projector", seen(run.sim, "projector"))
    collector.take("deployer", {"fleet": compared(run.sim)})
    samples: Samples = {}
    for (desk, name), cards in sorted(collector.found.items()):
        samples.setdefault(desk, {})[name] = [card for _, card in sorted(cards.items())]
    return samples


if __name__ == "__main__":
    FILE.write_text(json.dumps(collected(), indent=1, ensure_ascii=False) + "\n")
