"""The deck's matrix: every fault against every answer, the same mornings for each. What is right for one has to be wrong for most others.

An answer is a playbook that ships with the scenario and is named so (`playbooks/answer-*.toml`): one thing done three minutes after the
bell, whatever is wrong. A fault is dealt on a seed by leaving no other card in the deck; place, strength and orders are then what they would
be anyway. Losses are to the close, by formula from the calendar's horizon on; the ghost is nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.analysis.playbook import playbook_names
from engine.analysis.rehearsal import BEFORE, play, wound_up
from engine.firm.score import grade
from engine.scenario.scenario import Scenario

_ANSWER = "answer-"


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer came to on one morning: its fault, its answer, the seed, the loss in whole dollars and the grade."""

    fault: str
    answer: str
    seed: int
    loss_usd: int
    grade: float


def answers(scenario: Scenario) -> list[str]:
    """The answers that ship with a scenario, without the word before their names."""
    return [name.removeprefix(_ANSWER) for name in playbook_names(scenario) if name.startswith(_ANSWER)]


def dealt(scenario: Scenario, fault: str) -> Scenario:
    """The scenario with this card twice and no other: always drawn, and still a deck. Raises StopIteration where there is no such fault."""
    text = next(one for one in scenario.faults.fault if one.id == fault)
    faults = scenario.faults.model_copy(update={"fault": (text, text.model_copy(update={"id": f"{fault}-again"}))})
    return scenario.model_copy(update={"faults": faults, "sha256": f"{scenario.sha256} {fault}"})


def cells(scenario: Scenario, fault: str, seed: int, given: Sequence[str] | None = None, until: int | None = None) -> list[Answered]:
    """A row of the matrix on one seed: every answer to one fault, or those that are given, up to a step (the horizon)."""
    one, until = dealt(scenario, fault), scenario.calendar.horizon if until is None else until
    ghost_usd = wound_up(play(one, BEFORE, seed, until=until))["total"]
    found = []
    for answer in answers(scenario) if given is None else given:
        score = wound_up(play(one, f"{_ANSWER}{answer}", seed, until=until))
        found.append(Answered(fault, answer, seed, round(score["total"]), grade(score["total"], ghost_usd, score["yardstick"])))
    return found
