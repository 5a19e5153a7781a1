"""Every fault of the deck against every line-up, the same mornings for each: mean, least and most of the grades. The ghost is nobody."""

from statistics import mean
from typing import Any

import engine
from engine.analysis.matrix import dealt
from engine.analysis.rehearsal import BEFORE, play, wound_up
from engine.firm.score import grade
from tests.days import step_at

LINE_UPS, SEEDS, UNTIL = ("competent", "novice"), 10, "10:45"


def run(args: Any) -> dict[str, Any]:
    """Grades to the close, by formula from 10:45 on; `--sample`: only so many seeds."""
    deck, until = engine.load_scenario("any-morning"), step_at(UNTIL)
    engine.warm(None, deck.id)
    seeds = range(1, (args.sample or SEEDS) + 1)
    found: dict[str, Any] = {}
    for fault in (text.id for text in deck.faults.fault):
        one = dealt(deck, fault)
        ghosts = {seed: wound_up(play(one, BEFORE, seed, until=until))["total"] for seed in seeds}
        for name in LINE_UPS:
            scores = {seed: wound_up(engine.rehearse(one, seed, dict.fromkeys(engine.DESKS, name), until=until)) for seed in seeds}
            grades = [grade(score["total"], ghosts[seed], score["yardstick"]) for seed, score in scores.items()]
            found.setdefault(fault, {})[name] = {"mean": round(mean(grades), 1), "least": round(min(grades), 1), "most": round(max(grades), 1)}
    return {"seeds": len(seeds), **found}
