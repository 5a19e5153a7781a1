"""The engine gives today what it gave when its results were last changed on purpose."""

import pytest

from engine import load_scenario
from tests.golden import MOMENTS, SCENARIOS, SEEDS, made_now, stored

CASES = [(scenario_id, seed) for scenario_id in SCENARIOS for seed in SEEDS]


@pytest.mark.whole
@pytest.mark.parametrize(("scenario_id", "seed"), CASES)
def test_history_gives_the_golden_digests(scenario_id, seed):
    golden, found = stored(scenario_id), made_now(scenario_id, seed)
    expected = golden["digests"][str(seed)]
    differ = [moment for moment in MOMENTS if found[moment] != expected[moment]]
    data = "and so did the scenario's data" if golden["scenario"] != load_scenario(scenario_id).sha256 else "on the same scenario's data"
    assert not differ, (
        f"{scenario_id}, seed {seed}, playbook {golden['playbook']}: results changed from {differ[0]} on, {data}. Recorded runs no longer replay. "
        "If that is not what the change was for, it is a bug; if it is, run `python -m tests.golden` and say why in the commit."
    )


def test_golden_digests_are_whole_and_all_different():
    for scenario_id in SCENARIOS:
        digests = stored(scenario_id)["digests"]
        assert {seed: tuple(moments) for seed, moments in digests.items()} == {str(seed): MOMENTS for seed in SEEDS}
        every = [digest for moments in digests.values() for digest in moments.values()]
        assert len(set(every)) == len(every)
        assert all(len(digest) == 64 for digest in every)
