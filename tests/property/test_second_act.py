"""The second act is the seed's: no team's run of a seed has another, or has it at another step, whatever its desks do."""

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine import Simulation, load_scenario
from engine.firm.second_act import draw_act
from engine.jit import COMPILED
from engine.market_time import STEPS_PER_MINUTE
from tests.days import OPEN
from tests.small import give, small_scenario

SMALL = small_scenario(3, flow={"plain_bell_per_min": 60.0})
DEEDS = st.lists(
    st.tuples(
        st.integers(1, 3000),
        st.sampled_from(
            [
                ("operator", "server.stop", {"server": 3}),
                ("operator", "exchange.avoid", {"exchange": "ARCA"}),
                ("operator", "exchange.relogon", {"exchange": "NYSE"}),
                ("risk", "broker.hold", {"broker": "Harbor Lane"}),
                ("risk", "clients.route_away", {}),
                ("deployer", "server.start", {"server": 2}),
                ("deployer", "duty.do", {"duty": "symbols"}),
            ]
        ),
    ),
    max_size=6,
)


def began(seed: int, deeds: list) -> list:
    sim = Simulation(SMALL, seed)
    give(sim, "facilitator", "duties.give")
    give(sim, "facilitator", "act.give")
    sim.step(OPEN - 4000)
    for gap, (desk, kind, args) in deeds:
        sim.step(gap)
        give(sim, desk, kind, **args)
    sim.step(OPEN + 40 * STEPS_PER_MINUTE - sim.now)
    return [(event.step, event.data) for event in sim.events if event.kind == "act.began"]


@settings(deadline=None, max_examples=8 if COMPILED else 1, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.integers(0, 1 << 40), DEEDS)
def test_two_teams_of_a_seed_have_the_same_one_at_the_same_step(seed, deeds):
    assert began(seed, deeds) == began(seed, []) != []


@given(st.integers(0, 1 << 60))
def test_it_is_drawn_by_the_seed_alone_and_begins_in_its_quarter_of_an_hour(seed):
    for name in ("knight-2012", "any-morning"):
        scenario = load_scenario(name)
        drawn = draw_act(scenario, seed)
        assert drawn == draw_act(scenario, seed)
        assert 10 <= (drawn.step - scenario.calendar.open) / STEPS_PER_MINUTE <= 25
