"""A command that is refused changes nothing, and says why: in a sentence of the catalogue, with nothing left open in it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import DESKS, KINDS, Command, Simulation, misfit, restore, save, sight
from engine.arguments import REMARKS
from engine.commands import is_remark
from tests.days import OPEN
from tests.property.test_laws import SCENARIO
from tests.property.test_laws import run as busy
from tests.pseudo import Untold, sentences, unfilled

SAYS = st.one_of(st.sampled_from([*REMARKS, "{name.__class__}", "Stop {server} at once", "{name:>9999999}"]), st.text(max_size=3))
FILLS = st.dictionaries(
    st.sampled_from(["name", "system", "many", "x"]),
    st.one_of(st.sampled_from(["SMARS-3", "{0}", "\u202e", "x" * 101]), st.integers(), st.floats(), st.none(), st.lists(st.integers(), max_size=1)),
    max_size=3,
)
SAID = st.one_of(st.fixed_dictionaries({"say": SAYS, "values": FILLS}), st.dictionaries(st.sampled_from(["say", "text", "values"]), st.one_of(SAYS, FILLS)))
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
        "text": st.one_of(st.text(max_size=3), st.integers(), SAID),
        "at": st.one_of(st.none(), st.integers(-200_000, 200_000), st.floats()),
        "when": st.one_of(st.none(), st.fixed_dictionaries({"what": st.text(max_size=3), "above": st.integers()})),
        "sender": st.text(max_size=3),
        "message": st.one_of(st.integers(-1, 3), st.lists(st.integers(), max_size=1)),
        "junk": st.integers(),
    },
)


FOUND = Untold(SCENARIO)
# What fills a refusal and is no word of anybody's: what was given, and the names that commands and their arguments have.
GIVEN = {"given", "names", "kind", "name", "known", "reached"}


def without_given(reason: Any) -> Any:
    """A refusal without what came from whoever gave the command, and the names that it might have had."""
    if not isinstance(reason, dict):
        return reason
    values = {name: without_given(value) for name, value in reason["values"].items()}
    return {**reason, "values": {name: "" if name in GIVEN and not isinstance(value, dict) else value for name, value in values.items()}}


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
        assert not unfilled(SCENARIO, refusal.reason) and not FOUND.within(refusal.reason), refusal.reason
        assert not FOUND.of(without_given(refusal.reason)), refusal.reason
    for one in DESKS:
        shown = sight(copy, one)
        assert not unfilled(SCENARIO, shown) and not any(map(FOUND.within, sentences(shown)))


@settings(deadline=None, max_examples=200)
@given(SAID)
def test_nothing_is_said_on_the_bridge_but_what_was_typed_and_what_autopilots_have(waiting, given_text):
    copy = restore(SCENARIO, save(waiting))
    refusal = copy.submit(Command(99, copy.now, "risk", "bridge.say", {"text": given_text}))
    assert (refusal is None) == is_remark(given_text)
    if refusal is None:
        assert copy.bridge.items[-1]["title"] == given_text and not unfilled(SCENARIO, given_text)
    assert misfit("bridge.say", {"text": given_text}), "from a browser no such thing is taken"
