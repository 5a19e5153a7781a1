"""The engine gives today what it gave when its behaviour was last changed on purpose, and the number of its rules says when that was."""

import pytest

from engine import KINDS, RULES, load_scenario, scenario_ids
from tests.golden import NAMES, faults, made_now, stored


@pytest.mark.whole
def test_what_comes_out_and_the_number_of_the_rules_change_together():
    others, rules = {}, {stored(name)["rules"] for name in NAMES}
    for name in NAMES:
        outcomes, _ = made_now(name)
        expected = stored(name)["outcomes"]
        others[name] = [time for time in expected if outcomes.get(time) != expected[time]]
    own = {name: (stored(name).get("own_rules", 0), load_scenario(stored(name)["scenario"]).extension.rules) for name in NAMES}
    assert {name: pair for name, pair in own.items() if pair[0] != pair[1]} == {}, "a module's RULES: run `python -m tests.golden`"
    assert len(rules) == 1, "written by different rules: run `python -m tests.golden`"
    assert faults(rules.pop(), others) == []


@pytest.mark.whole
def test_together_they_apply_every_lever_there_is():
    applied = frozenset[str]().union(*(made_now(name)[1] for name in NAMES))
    assert set(KINDS) - applied == set(), "a lever that no golden log pulls: add it to one, so that RULES guards it"


def test_they_cover_every_scenario_and_their_outcomes_all_differ():
    assert {stored(name)["scenario"] for name in NAMES} == set(scenario_ids())
    every = [digest for name in NAMES for digest in stored(name)["outcomes"].values()]
    assert len(set(every)) == len(every) > len(NAMES) and all(len(digest) == 64 for digest in every)
    assert {load_scenario(stored(name)["scenario"]).sha256 == stored(name)["sha256"] for name in NAMES} == {True}, (
        "a scenario's data changed: run `python -m tests.golden`, and raise RULES only if what comes out changed"
    )


def test_a_number_that_does_not_fit_says_what_to_do():
    changed = {"day": ["Wed 1 Aug 09:45:00"], "quiet": []}
    (same,) = faults(RULES, changed)
    assert "day at Wed 1 Aug 09:45:00" in same and "raise RULES in engine/rules.py by one, run `python -m tests.golden`" in same
    (raised,) = faults(RULES - 1, changed)
    assert f"raised from {RULES - 1} to {RULES}: run `python -m tests.golden`" in raised
    (alone,) = faults(RULES - 1, {"day": []})
    assert "nothing comes out otherwise: set it back" in alone
    assert faults(RULES, {"day": [], "quiet": []}) == []
