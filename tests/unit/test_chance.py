"""Draws depend on their key alone, are the published generator's, and are spread as they claim."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.market.chance import (
    FUNDAMENTAL,
    GOLDEN,
    MAKERS,
    MASK,
    _finalise,
    below,
    draw,
    draws,
    exponential_table,
    normal_quantiles,
    scaled,
    stream_key,
)
from tests.engine_builders import nth_draw

pytestmark = pytest.mark.kernels

SEEDS = st.integers(0, 2**40)


def test_the_finaliser_is_splitmix64s():
    """First outputs of SplitMix64 from state 1234567, as published with the reference code (Vigna, splitmix64.c)."""
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    assert [_finalise((1234567 + (n + 1) * GOLDEN) & MASK) for n in range(5)] == published


@settings(deadline=None)
@given(SEEDS, st.integers(1, 9), st.integers(0, 2**30), st.integers(1, 40))
def test_many_draws_at_once_are_the_single_draws(seed, stream, a, n):
    assert draws(seed, stream, a, n).tolist() == [draw(seed, stream, a, b) for b in range(n)]


@settings(deadline=None)
@given(SEEDS, st.integers(0, 1023), st.integers(0, 151_200), st.integers(0, 60))
def test_compiled_draws_are_the_plain_ones(seed, symbol, step, n):
    key = int(stream_key(seed, MAKERS))
    expected = _finalise((_finalise((key + ((symbol << 32) + step + 1) * GOLDEN) & MASK) + (n + 1) * GOLDEN) & MASK)
    with np.errstate(over="ignore"):
        assert int(nth_draw(np.uint64(key), np.int64(symbol), np.int64(step), np.int64(n))) == expected


def test_another_part_of_a_key_is_another_draw():
    keys = [(seed, stream, a, b) for seed in (0, 79) for stream in (FUNDAMENTAL, MAKERS) for a in range(50) for b in range(50)]
    assert len({draw(*key) for key in keys}) == len(keys)


@settings(deadline=None)
@given(SEEDS, st.integers(0, 1000), st.integers(1, 1000))
def test_a_draw_below_n_is_below_n(seed, a, n):
    assert 0 <= below(seed, MAKERS, a, 0, n) < n
    many = scaled(draws(seed, MAKERS, a, 20), n)
    assert many.tolist() == [below(seed, MAKERS, a, b, n) for b in range(20)]


def test_draws_are_even_over_their_range():
    found = np.bincount(scaled(draws(79, MAKERS, 1, 80_000), 8), minlength=8)
    assert np.abs(found - 10_000).max() < 400  # four standard deviations


def test_exponential_waits_have_mean_one_and_grow_with_the_cell():
    table = exponential_table()
    assert table.shape == (4096,)
    assert abs(int(table.sum()) / 4096 - 65_536) < 65_536 * 0.0002
    assert (np.diff(table) > 0).all()
    assert table.min() > 0
    assert abs(float(np.mean(table > 65_536)) - np.exp(-1)) < 0.001


def test_normal_quantiles_are_symmetric_and_have_variance_one():
    found = normal_quantiles(512)
    assert all(low < high for low, high in zip(found, found[1:], strict=False))
    assert all(abs(low + high) < Decimal("1e-24") for low, high in zip(found, reversed(found), strict=True))
    assert abs(sum(x * x for x in found) / 512 - 1) < Decimal("0.01")
    assert abs(found[511 - 12] - Decimal("1.9699")) < Decimal("0.01")  # 97.6 % of the area lies below


@pytest.mark.parametrize("seed", [0, 79, 2**63])
def test_streams_of_a_seed_differ(seed):
    assert len({int(stream_key(seed, stream)) for stream in range(10)}) == 10


def test_a_stream_key_is_a_machine_word():
    """With a signed number it would become a float."""
    assert isinstance(stream_key(79, 1), np.uint64)
