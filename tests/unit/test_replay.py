"""The log is the save: a replay gives the same run, a checkpoint only saves time, and one that does not fit is refused."""

import hashlib
import json
import re

import numpy as np
import pytest
import zstandard

from engine import LAYOUT, CheckpointError, Command, Moment, Simulation, playbook, replay, restore, save, step_to
from engine.analysis.replay import PROGRESS_STEPS, ahead
from tests.days import END, OPEN
from tests.small import before, give, small_scenario

SCENARIO = small_scenario(2)
COMMANDS = [
    Command(5, OPEN + 30, "risk", "authorise.give", {"what": "servers.stop_all"}),
    Command(9, OPEN + 95, "risk", "authorise.give", {"what": "smars.disconnect"}),
    Command(2, OPEN + 90, "operator", "servers.stop_all"),
    Command(1, OPEN + 30, "operator", "server.stop", {"server": 2}),
    Command(3, OPEN + 90, "operator", "servers.stop_all"),  # refused: under way
    Command(4, OPEN + 4000, "operator", "smars.disconnect"),
]


def by_hand(until: int) -> Simulation:
    sim = Simulation(SCENARIO, 7)
    for command in sorted(COMMANDS, key=lambda command: (command.step, command.seq)):
        if command.step < until:
            sim.step(command.step - sim.now)
            sim.submit(command)
    sim.step(until - sim.now)
    return sim


def signed(raw: bytes) -> bytes:
    body = zstandard.compress(raw)
    return hashlib.sha256(body).digest() + body


def rewritten(blob: bytes, **changes: object) -> bytes:
    """A checkpoint with a changed head."""
    raw = zstandard.decompress(blob[32:])
    length = int.from_bytes(raw[:8], "big")
    head = json.loads(raw[8 : 8 + length]) | changes
    text = json.dumps(head).encode()
    return signed(len(text).to_bytes(8, "big") + text + raw[8 + length :])


@pytest.mark.parametrize("until", [OPEN + 30, OPEN + 90, OPEN + 91, OPEN + 600])
def test_a_replay_is_the_run_whatever_the_order_of_the_list(until):
    expected = by_hand(until).digest()
    assert replay(SCENARIO, 7, COMMANDS, before(until)).digest() == expected
    assert replay(SCENARIO, 7, reversed(COMMANDS), before(until)).digest() == expected


def test_commands_at_or_after_the_end_are_not_given():
    events = [event.kind for event in replay(SCENARIO, 7, COMMANDS, before(OPEN + 90)).take_events()]
    assert events.count("command.applied") == 2
    events = [event.kind for event in replay(SCENARIO, 7, COMMANDS, before(OPEN + 91)).take_events()]
    assert (events.count("command.applied"), events.count("command.refused")) == (3, 1)


def test_a_moment_is_a_step_and_a_place_and_commands_of_one_step_are_told_apart():
    """As in a planning pause: the clock stands, and the run ends between two commands of the same step."""
    kinds = {seq: [one.kind for one in replay(SCENARIO, 7, COMMANDS, Moment(OPEN + 90, seq)).take_events()] for seq in (0, 1, 2, 3)}
    applied = [kinds[seq].count("command.applied") for seq in (0, 1, 2, 3)]
    assert applied == [2, 2, 3, 3] and [kinds[seq].count("command.refused") for seq in (0, 1, 2, 3)] == [0, 0, 0, 1]
    assert Moment.before(OPEN + 90, COMMANDS) == (OPEN + 90, 5) and Moment.at_end(OPEN + 90, COMMANDS) == (OPEN + 90, 5)
    assert [one.seq for one in COMMANDS if Moment(OPEN + 90, 2).takes(one)] == [5, 2, 1]


def test_a_run_goes_on_from_between_two_commands_of_one_step_and_gives_none_twice():
    for seq in (0, 2, 3):
        middle = replay(SCENARIO, 7, COMMANDS, Moment(OPEN + 90, seq))
        assert middle.moment == (OPEN + 90, seq or 5)
        again = replay(SCENARIO, 7, COMMANDS, before(OPEN + 300), checkpoint=save(middle))
        assert again.digest() == replay(SCENARIO, 7, COMMANDS, before(OPEN + 300)).digest()
        kinds = [one.kind for one in [*middle.take_events(), *again.take_events()]]
        assert (kinds.count("command.applied"), kinds.count("command.refused")) == (4, 1)


def test_a_replay_makes_the_curve_that_the_clock_makes():
    by_clock: list[list[int]] = []
    sim = Simulation(SCENARIO, 7)
    step_to(sim, OPEN + 500, by_clock)
    curve: list[list[int]] = []
    replay(SCENARIO, 7, [], before(OPEN + 500), curve=curve)
    assert curve == by_clock and [step for step, _ in curve] == list(range(240, OPEN + 500, 240))


def test_progress_is_told_as_the_market_goes():
    heard: list[int] = []
    replay(SCENARIO, 7, [], before(OPEN), progress=heard.append)
    assert heard == list(range(PROGRESS_STEPS, OPEN + 1, PROGRESS_STEPS))


@pytest.mark.parametrize("middle", [1, OPEN - 1, OPEN, OPEN + 33, OPEN + 95, OPEN + 130])
def test_a_checkpoint_from_any_moment_leads_to_the_same_end(middle):
    """With a lever under way, servers going down and mail read or not."""
    first = replay(SCENARIO, 7, COMMANDS, before(middle))
    again = replay(SCENARIO, 7, COMMANDS, before(OPEN + 300), checkpoint=save(first))
    assert again.digest() == replay(SCENARIO, 7, COMMANDS, before(OPEN + 300)).digest()
    assert restore(SCENARIO, save(first)).memory() == first.memory()


def test_a_checkpoint_remembers_seed_noise_and_how_levers_work():
    sim = Simulation(SCENARIO, 7, noise=3, instant=True)
    sim.step(OPEN + 20)
    again = restore(SCENARIO, save(sim))
    assert (again.seed, again.noise, again.instant, again.now) == (7, 3, True, sim.now)
    assert give(again, "operator", "server.stop", server=1) is None
    assert again.fleet[1].state == "stopped"
    assert again.take_events()[-1].kind == "lever.finished", "and nothing of before"


def test_a_checkpoint_that_does_not_fit_is_refused_and_says_why():
    blob = save(replay(SCENARIO, 7, [], before(OPEN + 5)))
    assert restore(SCENARIO, blob).now == OPEN + 5
    for bad, why in (
        (b"", "not a checkpoint"),
        (blob[:200], "not a checkpoint"),
        (blob[:-1] + bytes([blob[-1] ^ 1]), "its digest does not match its content"),
        (signed(b"x"), "not a checkpoint"),
        (signed(blob), "not a checkpoint"),
        (rewritten(blob, layout=0), f"layout is 0: expected {LAYOUT}"),
        (rewritten(blob, scenario="other"), "scenario is other: expected"),
    ):
        with pytest.raises(CheckpointError, match=re.escape(why)):
            restore(SCENARIO, bad)
    with pytest.raises(CheckpointError, match="scenario is"):
        restore(small_scenario(3), blob)


@pytest.mark.parametrize("moved", ["memory", "aside", "taken", "seed", "used", "fleet", "an array", "its size"])
def test_a_layout_that_moved_without_its_number_is_said_and_is_no_traceback(moved):
    sim = replay(SCENARIO, 7, [], before(OPEN + 5))
    blob, memory = save(sim), sim.memory()
    raw = zstandard.decompress(blob[32:])
    arrays = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "big")])["arrays"]
    if moved == "an array":
        bad = rewritten(blob, arrays=arrays[1:])
    elif moved == "its size":
        bad = rewritten(blob, arrays=[[name, size + (name == "turns")] for name, size in arrays])
    elif moved == "fleet":
        bad = rewritten(blob, memory={**memory, "fleet": {"servers": 8}})
    else:
        bad = rewritten(blob, **{moved: None})
    with pytest.raises(CheckpointError, match="not of this layout, though its number is"):
        restore(SCENARIO, bad)


def test_what_is_written_of_books_in_use_is_small_and_makes_the_same_state():
    sim = replay(SCENARIO, 7, COMMANDS, before(OPEN + 300))
    blob, digest = save(sim), sim.digest()
    assert len(blob) < sum(array.nbytes for array in sim.machine) / 4
    other = replay(SCENARIO, 7, [], before(OPEN + 900))
    assert restore(SCENARIO, blob, into=other).digest() == restore(SCENARIO, blob).digest() == digest


@pytest.mark.parametrize("name", ["position", "counters", "parents", "turns", "waiting", "controls", "gross", "far_qty", "lows", "recent"])
def test_every_array_that_changes_is_in_the_digest(name):
    sim = replay(SCENARIO, 7, [], before(OPEN + 41))
    digest = sim.digest()
    array = getattr(sim.machine, name)
    array.view(np.uint8).reshape(-1)[0] ^= 1
    assert sim.digest() != digest


def test_measurements_and_the_monitor_are_in_the_digest_and_in_a_checkpoint():
    sim = replay(SCENARIO, 7, [], before(OPEN + 41))
    digests = {sim.digest()}
    gauges, monitor = sim.gauges, sim.monitor
    for array in (gauges.samples, gauges.moved_bp, gauges.closes, gauges.traded, monitor.shares, monitor.cash, monitor.path):
        array.reshape(-1)[0] += 1
        digests.add(sim.digest())
    assert len(digests) == 8
    again = restore(SCENARIO, save(sim))
    assert (again.gauges.samples == sim.gauges.samples).all()
    assert (again.monitor.cash == sim.monitor.cash).all()


def test_what_is_remembered_outside_arrays_is_in_the_digest():
    for change in ("now", "cursor", "executions", "day.hand_steps", "exchanges.bust_relief", "monitoring.runaway", "exchanges.cut_off"):
        sim = replay(SCENARIO, 7, [], before(OPEN + 41))
        digest = sim.digest()
        *part, name = change.split(".")
        owner = getattr(sim, part[0]) if part else sim
        setattr(owner, name, getattr(owner, name) + 1)
        assert sim.digest() != digest, change


@pytest.mark.whole
def test_a_replay_can_run_to_the_end_of_the_day():
    scenario = small_scenario(1, flow={"plain_bell_per_min": 0.0, "plain_day_per_min": 0.0, "queued_flagged": 2, "flagged_per_min": 0.0})
    sim = replay(scenario, 7, playbook(scenario, "none", 7), before(END))
    assert sim.ended
    assert sim.now == END


@pytest.mark.parametrize(("wrong", "word"), [({"seed": 8}, "seed"), ({"noise": 9}, "noise"), ({"instant": True}, "instant")])
def test_a_checkpoint_of_another_run_is_refused(wrong, word):
    scenario = small_scenario(4)
    blob = save(Simulation(scenario, 7))
    given = {"seed": 7, "noise": None, "instant": False, **wrong}
    with pytest.raises(CheckpointError, match=word):
        replay(scenario, given["seed"], [], before(20), noise=given["noise"], instant=given["instant"], checkpoint=blob)


def test_who_looks_ahead_leaves_everything_as_it_was():
    sim = by_hand(OPEN + 95)
    was, told = sim.digest(), list(sim.events)
    assert ahead(sim, 600, Simulation.digest) != was
    assert (sim.digest(), sim.events, sim.now) == (was, told, OPEN + 95)
