"""A few rounds of `python -m tests.bench chaos`: killed and frozen in the middle, a run stays true."""

import pytest

from tests.chaos import rounds
from tests.chaos.plan import PHASES, drawn

SEEDS = {"sqlite": (40, 57), "postgresql": (44, 42, 19)}  # short ones


def test_the_rounds_below_begin_in_every_phase():
    assert {drawn(seed).phase for seeds in SEEDS.values() for seed in seeds} == set(PHASES)


@pytest.mark.parametrize("database", SEEDS)
def test_a_run_stays_true_whatever_is_killed(world, database):
    rounds.begin(world)
    for seed in SEEDS[database]:
        found = rounds.play(world, drawn(seed))
        assert found.troubles == [], f"python -m tests.bench chaos --database {database} --seed {seed} --rounds 1"
        assert found.acknowledged > 0 and found.verified == drawn(seed).teams and found.kills
