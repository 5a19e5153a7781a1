"""The game for programs: the environment is the game as a rehearsal plays it, tells an agent what its screen tells, and passes PettingZoo's own tests."""

import json
import warnings

import numpy as np
import pytest

from engine import DESKS, BadAction, DeskScreen, Environment, misfit, rehearse, score
from engine.env.moves import WAIT
from engine.sights.sight import told_sight
from tests.days import step_at
from tests.small import small_scenario

SPAN = {"start": "09:29", "end": "09:31"}


@pytest.fixture(scope="module")
def small():
    return small_scenario(4)


@pytest.fixture(scope="module")
def at_the_bell(small):
    """An environment a few looks into its morning, after moves that the masks allow, and what was refused on the way."""
    env = Environment(small, **SPAN)
    observations, _ = env.reset(seed=7)
    given = refused = 0
    for _ in range(9):
        actions = {desk: env.action_space(desk).sample(observations[desk]["action_mask"]) for desk in env.agents}
        given += sum(action != WAIT for action in actions.values())
        observations, *_, infos = env.step(actions)
        refused += sum(bool(info["refused"]) for info in infos.values())
    return env, observations, given, refused


def test_an_agent_is_told_what_its_screen_tells_and_the_mask_is_made_of_that_alone(at_the_bell):
    env, observations, _, _ = at_the_bell
    for desk in DESKS:
        assert observations[desk]["sight"] == told_sight(env.run().sim, desk, "2012")
        copied = json.loads(json.dumps(observations[desk]["sight"]))
        catalogue = env.catalogues[desk]
        assert np.array_equal(catalogue.mask(catalogue.eyes(copied)), observations[desk]["action_mask"]), "from the cards and from nothing else"


def test_a_screen_made_of_cards_alone_says_and_reads_what_the_environment_does(at_the_bell):
    env, observations, _, _ = at_the_bell
    for desk in DESKS:
        screen = DeskScreen(env.catalogues[desk], json.loads(json.dumps(observations[desk]["sight"])))
        assert screen.moves == np.flatnonzero(observations[desk]["action_mask"]).tolist()
        assert screen.text(env._refused[desk]) == env.text(desk)
        dead = next(number for number in range(env.catalogues[desk].size) if env.catalogues[desk].move(env._eyes[desk], number) is None and number)
        assert screen.read([WAIT, dead]) == [None] and screen.read(None) == []
        with pytest.raises(BadAction, match="expected a number from 0"):
            screen.read(-1)


def test_looking_and_masking_leave_the_run_as_it_is(at_the_bell):
    env, *_ = at_the_bell
    before = env.run().sim.digest()
    text = env.render()
    assert env.run().sim.digest() == before and all(f"{n}. " in text for n in (WAIT,))


def test_what_a_mask_allows_has_the_form_of_its_lever_and_is_seldom_refused(at_the_bell):
    env, observations, given, refused = at_the_bell
    for desk in DESKS:
        for number in np.flatnonzero(observations[desk]["action_mask"])[1:]:
            move = env.catalogues[desk].move(env.catalogues[desk].eyes(observations[desk]["sight"]), int(number))
            assert move and not misfit(move.kind, move.args, env.run().sim.scenario.kinds), (desk, number)
    assert given >= 20 and refused <= given / 3


def test_a_lever_that_the_card_forbids_has_no_number_and_its_reason_stands_in_the_text(at_the_bell):
    env, observations, _, _ = at_the_bell
    eyes = env.catalogues["operator"].eyes(observations["operator"]["sight"])
    assert not eyes.allowed("smars.disconnect"), "it needs the risk manager's word"
    row = next(row for row in env.catalogues["operator"].rows if row.lever.kind == "smars.disconnect")
    assert not observations["operator"]["action_mask"][row.first]
    text = env.text("operator")
    assert f"\n{row.first}. " not in text
    assert "(smars.disconnect): not now" in text and "by name. Say something on the bridge" in text


def test_the_commands_of_a_rehearsal_come_to_the_same_outcome(small):
    """Number by number or by name, the machine behind it is the same, and so is the loss that rewards are made of."""
    seats = dict.fromkeys(DESKS, "competent")
    since, until = step_at("09:29"), step_at("09:33")
    played = rehearse(small, 7, seats, since=since, until=until, live=True)
    env = Environment(small, start="09:29", end="09:33")
    env.reset(seed=7)
    lost = score(env.run().sim)["total"]
    while env.agents:
        now = env.run().sim.now
        mine = [command for command in played.commands if command.step == now and command.desk in DESKS and now >= since]
        said = {desk: [_action(command) for command in mine if command.desk == desk] for desk in DESKS}
        _, rewards, ended, cut, _ = env.step(said)
        lost -= rewards["risk"]
    assert env.run().outcome() == played.outcome()
    assert lost == pytest.approx(score(env.run().sim)["total"])
    assert (ended, cut) == (dict.fromkeys(DESKS, False), dict.fromkeys(DESKS, True))
    assert env.step({}) == ({}, {}, {}, {}, {})
    seated = Environment(small, seats={"deployer": "competent", "risk": "competent"}, start="09:29", end="09:33")
    seated.reset(seed=7)
    assert seated.agents == ["operator"]
    while seated.agents:
        now = seated.run().sim.now
        mine = [command for command in played.commands if command.step == now and command.desk == "operator"]
        seated.step({"operator": [_action(command) for command in mine]})
    assert seated.run().outcome() == played.outcome(), "absent desks are played by their autopilots"


def _action(command):
    return {"kind": command.kind, "args": command.args, "confidence": command.confidence, "why": command.why}


def test_a_wrong_action_is_told_in_one_line_and_nothing_happens(small):
    env = Environment(small, **SPAN)
    env.reset(seed=7)
    before = env.run().sim.digest()
    for action, words in {
        -1: "expected a number from 0 to ",
        True: "expected a number from 0 to ",
        "[[0]]": "expected a number from 0 to ",
        "[" * 100_000: "expected a number, or a lever by name as JSON",
        "stop it": "expected a number, or a lever by name as JSON",
        '{"kind": "limit.set"}': "kind = 'limit.set': expected one of assistant.ask, ",
        '{"kind": "server.stop"}': "server.stop needs server",
        '{"kind": "server.stop", "args": {"server": 1}, "now": 1}': "an action has no 'now'",
        '{"kind": "server.stop", "args": {"server": 1}, "confidence": "sure"}': "expected one of guessing, likely, certain",
    }.items():  # fmt: skip
        with pytest.raises(BadAction, match="operator: ") as told:
            env.step({"operator": action})
        assert words in str(told.value) and "\n" not in str(told.value)
    assert env.run().sim.digest() == before
    nothing = next(n for n in range(env.catalogues["operator"].size) if not env._masks["operator"][n])
    *_, infos = env.step({"operator": [nothing, '{"kind": "server.look", "args": {"server": 99}}'], "risk": "0"})
    assert "expected a number from 1 to 8" in infos["operator"]["refused"], "a refusal is the agent's to read"


def test_pettingzoos_own_tests_find_nothing(small):
    gymnasium = pytest.importorskip("gymnasium")
    from pettingzoo.test import api_test, parallel_api_test
    from pettingzoo.utils import parallel_to_aec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would have arrays, and agents named with numbers
        parallel_api_test(Environment(small, **SPAN), num_cycles=40)
        api_test(parallel_to_aec(Environment(small, **SPAN, spaces=gymnasium.spaces)), num_cycles=10)
