"""A second act: one smaller event beside the morning's own fault, the same in every team's run of a seed, whatever its state.

A run has one when its log says so at the first step; history, its ghost and whatever plays without people have none. What people say and
ask in it is evidence like any other, under the condition that it is on.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from engine.arguments import SaidText
from engine.firm.onsets import begin
from engine.firm.places import STOCKS, told_place
from engine.market.chance import SECOND_ACTS, below
from engine.market.faults import draw_fault
from engine.market_time import STEPS_PER_MINUTE, TICK_STEPS
from engine.scenario.wordings import act_text

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation
    from engine.scenario.scenario import Scenario
    from engine.scenario.second_act import ActText

FIRST_MIN, LAST_MIN, OVER_MIN = 10, 25, 40  # minutes from the open: it begins between the first two, and is over by the third
_ACT, _STEP, _PLACE = range(3)  # what a draw of the stream decides


@dataclass(slots=True)
class SecondAct:
    """Whether a run has one, and which has begun; JSON-able fields. `on`: its id until it is over, and then ""."""

    given: bool = False
    on: str = ""
    place: str = ""  # of the one that is on, as it is told

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "SecondAct":
        """What `to_dict` gave."""
        return cls(**data)


class Drawn(NamedTuple):
    """The second act of a seed: when it begins, and where ("" where it is no place's)."""

    text: "ActText"
    step: int
    place: str


def draw_act(scenario: "Scenario", seed: int) -> Drawn | None:
    """The second act of a seed, never of the kind of the morning's own fault; None where the scenario has none."""
    kind = draw_fault(scenario, seed).mechanism
    texts = [text for text in scenario.second_act.act if text.mechanism != kind]
    if not texts:
        return None
    left = below(seed, SECOND_ACTS, _ACT, 0, sum(text.weight for text in texts))
    for text in texts:
        left -= text.weight
        if left < 0:
            break
    ticks = below(seed, SECOND_ACTS, _STEP, 0, (LAST_MIN - FIRST_MIN) * STEPS_PER_MINUTE // TICK_STEPS + 1)
    return Drawn(text, scenario.calendar.open + FIRST_MIN * STEPS_PER_MINUTE + ticks * TICK_STEPS, _place(scenario, seed, text))


def _place(scenario: "Scenario", seed: int, text: "ActText") -> str:
    """Where it is: a broker, an exchange, or one of the stocks that are traded most."""
    if text.mechanism is None:
        return ""
    if text.mechanism == "stale-reference":
        busy = sorted(scenario.symbols, key=lambda row: (-row.adv_shares * row.price_hc, row.symbol))[:10]
        return f"{STOCKS} {busy[below(seed, SECOND_ACTS, _PLACE, 0, len(busy))].symbol}"
    kind, there = ("broker", scenario.brokers) if text.mechanism == "broker-replay" else ("exchange", scenario.exchanges)
    return f"{kind} {below(seed, SECOND_ACTS, _PLACE, 0, len(there)) + 1}"


def turn_of_acts(sim: "Simulation", step: int) -> None:
    """Begin the second act where the run has one, and note when it is over."""
    if not sim.second_act.given or not sim.calendar.open < step <= sim.calendar.open + OVER_MIN * STEPS_PER_MINUTE:
        return
    drawn = sim.kept.setdefault("second act", (None, draw_act(sim.scenario, sim.seed)))[1]
    if drawn is not None and step == drawn.step:
        text = drawn.text
        sim.second_act.on, sim.second_act.place = text.id, told_place(sim.scenario, drawn.place) if drawn.place else ""
        sim.tell("act.began", of=text.id, place=sim.second_act.place)
        if text.mechanism and text.strength and text.lasts_min:
            begin(sim, text.mechanism, drawn.place, text.strength, step + text.lasts_min * STEPS_PER_MINUTE)
    if step == sim.calendar.open + OVER_MIN * STEPS_PER_MINUTE:
        sim.second_act.on = ""


def names_act(sim: "Simulation", cause: str, place: str) -> bool:
    """Whether a diagnosis names what has come beside the morning's own fault, and where: a team that says so is not wrong, and has not found
    the fault. What is only said by people is nobody's cause.
    """
    drawn = draw_act(sim.scenario, sim.seed) if sim.second_act.given else None
    if drawn is None or drawn.text.mechanism is None or sim.now < drawn.step:
        return False
    causes = [fault.cause for fault in sim.scenario.faults.fault if fault.mechanism == drawn.text.mechanism]
    return cause in causes and place == drawn.place


def act_said(act: str, place: str, part: Literal["story", "epilogue"] = "story") -> SaidText:
    """What is told of an event of the second act, with its place."""
    return {"text": act_text(act, part), "values": {"place": place}}


def act_told(scenario: "Scenario", seed: int) -> dict[str, Any] | None:
    """What came beside the morning's own fault, for the debrief: {id, at, story, epilogue}; None where nothing may."""
    drawn = draw_act(scenario, seed)
    if drawn is None:
        return None
    place = told_place(scenario, drawn.place) if drawn.place else ""
    name = drawn.text.id
    return {"id": name, "at": scenario.calendar.hm(drawn.step), "story": act_said(name, place), "epilogue": act_said(name, place, "epilogue")}
