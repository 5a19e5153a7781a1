"""A command that is refused changes nothing, and says why."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import KINDS, Command, Simulation, restore, save
from tests.days import OPEN
from tests.property.test_laws import SCENARIO
from tests.property.test_laws import run as busy

BAD = st.fixed_dictionaries(
    {},
    optional={
        "server": st.one_of(st.integers(-3, 12), st.text(max_size=3), st.none(), st.booleans()),
        "servers": st.one_of(st.lists(st.integers(-1, 10), max_size=3), st.integers(), st.text(max_size=4)),
        "release": st.text(max_size=12),
        "gross_usd": st.one_of(st.integers(-5, -1), st.floats(), st.text(max_size=3)),
        "mail": st.integers(-5, 10**9),
        "percent": st.one_of(st.just(float("nan")), st.integers(100, 10**6), st.none()),
        "symbols": st.one_of(st.lists(st.text(max_size=4), max_size=2), st.none()),
        "style": st.text(max_size=8),
        "id": st.one_of(st.integers(-1, 3), st.booleans(), st.text(max_size=2)),
        "card": st.one_of(st.sampled_from(["crash", "technician", "rumour"]), st.text(max_size=4), st.none()),
        "desks": st.one_of(st.lists(st.sampled_from(["risk", "operator", "board"]), max_size=3), st.none()),
        "minutes": st.one_of(st.integers(-1, 200), st.none()),
        "text": st.one_of(st.text(max_size=3), st.integers()),
        "at": st.one_of(st.none(), st.integers(-200_000, 200_000), st.floats()),
        "when": st.one_of(st.none(), st.fixed_dictionaries({"what": st.text(max_size=3), "above": st.integers()})),
        "sender": st.text(max_size=3),
        "message": st.one_of(st.integers(-1, 3), st.lists(st.integers(), max_size=1)),
        "junk": st.integers(),
    },
)


@pytest.fixture(scope="module")
def waiting() -> Simulation:
    return busy([10**6], until=OPEN + 130)


@settings(deadline=None, max_examples=80)
@given(st.sampled_from([*sorted(KINDS), "no.such", ""]), st.sampled_from(["deployer", "operator", "risk", "facilitator", ""]), BAD)
def test_a_refused_command_leaves_the_digest_unchanged_and_says_why(waiting, kind, desk, args):
    before = waiting.digest()
    copy = restore(SCENARIO, save(waiting))
    refusal = copy.submit(Command(99, copy.now, desk, kind, args))
    if refusal is not None:
        assert refusal.reason
        assert copy.digest() == before, f"{desk} {kind} {args}"
