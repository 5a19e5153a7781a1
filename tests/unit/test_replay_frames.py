"""A finished run looked at again: every desk's cards at a step are those it had then, wherever one comes from."""

import json

import pytest

import engine
from engine.analysis.replay import play_on
from tests import days
from tests.small import before, small_scenario

SINCE, UNTIL = days.step_at("09:26"), days.step_at("09:37")


def text(sight: dict) -> str:
    return json.dumps(sight, sort_keys=True)


@pytest.fixture(scope="module")
def played():
    """A morning of beginners, and what every desk saw at each look."""
    seen: dict[int, dict[str, str]] = {}

    def watch(sim, sights):
        seen[sim.now] = {desk: text(sight) for desk, sight in sights.items()}

    scenario, seats = engine.load_scenario("knight-2012"), dict.fromkeys(engine.DESKS, "novice")
    run = engine.rehearse(scenario, 79, seats, since=SINCE, until=UNTIL, watch=watch)
    return engine.Log(scenario, 79, tuple(run.commands), run.sim.moment, since=SINCE), seen, run.sim.digest()


def test_forwards_backwards_and_from_checkpoints_the_cards_are_those_of_then(played):
    log, seen, _ = played
    reel, steps = engine.Reel(log), sorted(seen)
    zigzag = [step for pair in zip(steps[::7], steps[::-7], strict=False) for step in pair]
    before = [(step, desk) for step in zigzag[:30] for desk in engine.DESKS]
    for step, desk in before:
        ((at, sight),) = reel.sights(desk, "2012", step)
        assert (at, text(sight)) == (step, seen[step][desk]), f"{desk} at {days.clock(step)}"
    made = list(reel.unrolled())
    assert made == list(range(engine.STEPS_PER_MINUTE * 5, UNTIL, engine.STEPS_PER_MINUTE * 5))
    assert list(reel.unrolled()) == [], "they are made once"
    for step in reversed(zigzag):
        for desk in engine.DESKS:
            ((at, sight),) = reel.sights(desk, "2012", step)
            assert (at, text(sight)) == (step, seen[step][desk]), f"{desk} at {days.clock(step)}"


def test_a_stretch_holds_as_many_frames_as_were_asked_for_and_ends_with_the_run(played):
    log, seen, _ = played
    reel = engine.Reel(log)
    found = list(reel.sights("operator", "2012", SINCE, 60, 5))
    assert [step for step, _ in found] == [SINCE + 60 * n for n in range(5)]
    assert all(text(sight) == seen[step]["operator"] for step, sight in found if step in seen)
    assert [step for step, _ in reel.sights("risk", "2012", UNTIL - 70, 60, 16)] == [UNTIL - 70, UNTIL - 10, UNTIL]
    assert [step for step, _ in reel.sights("risk", "2012", days.WEEK, 60, 2)] == [0, 60], "before the run there is nothing"
    assert [step for step, _ in reel.sights("risk", "2012", days.END, 60, 2)] == [UNTIL], "nor after it"


def test_a_simulation_that_is_moved_back_is_the_one_that_was_there(played):
    log, _, digest = played
    sim = engine.Simulation(log.scenario, log.seed)
    ordered = sorted(log.commands, key=lambda command: (command.step, command.seq))
    play_on(sim, ordered, before(days.OPEN))
    kept, there = engine.save(sim), sim.digest()
    play_on(sim, ordered, before(UNTIL))
    assert sim.digest() == digest
    assert engine.restore(log.scenario, kept, into=sim) is sim and sim.digest() == there
    play_on(sim, ordered, before(UNTIL))
    assert sim.digest() == digest
    with pytest.raises(AssertionError, match="of another market"):
        engine.restore(log.scenario, kept, into=engine.Simulation(log.scenario, 80))


def test_after_the_close_comes_the_block_and_a_log_goes_on_there_at_its_step():
    scenario, at = small_scenario(2), days.BLOCK + 10
    # 1,201 steps are no divisor of the day: the stretch in which the market closes would have run on beyond the second command.
    log = [engine.Command(seq, step, "operator", "mail.open", {"mail": 1}) for seq, step in ((1, 1201), (2, at))]
    again = engine.replay(scenario, 7, log, before(at + 1))
    assert again.now == at + 1
    reel = engine.Reel(engine.Log(scenario, 7, tuple(log), before(at + 1)))
    assert [step for step, _ in reel.sights("risk", "2012", days.CLOSE - 30, 60, 3)] == [days.CLOSE - 30, days.BLOCK, at + 1]
