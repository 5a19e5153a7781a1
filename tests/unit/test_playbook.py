"""Playbooks fit any seed, and what is wrong in one is refused with file, entry, key, value and what was expected."""

import pytest

from engine import PlaybookError, Simulation, load_scenario, playbook, playbook_names, replay
from tests.days import BELL_END, OPEN, step_at
from tests.engine_builders import quiet_scenario
from tests.small import before

SCENARIO = load_scenario("knight-2012")
GOOD = '[[command]]\nat = 2012-08-01T09:40:00\ndesk = "operator"\nkind = "server.stop"\nargs = { server = "stale" }\n'


@pytest.fixture
def write(tmp_path):
    def put(text: str) -> str:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return put


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("server.stop", "server.kick", ["mine.toml: command 1: kind = 'server.kick'", "expected one of", "server.stop"]),
        ('desk = "operator"', 'desk = "ceo"', ["command 1: desk = 'ceo'", "expected one of deployer, operator, risk"]),
        ('desk = "operator"\n', "", ["command 1: desk = None", "expected one of"]),
        ("at = 2012-08-01T09:40:00\n", "", ["command 1: at = None", "expected a time such as 2012-08-01T09:30:00"]),
        ("2012-08-01T09:40:00", "2012-08-02T09:40:00", ["at = 2012-08-02 09:40:00", "neither on the day"]),
        ("2012-08-01T09:40:00", "2012-08-01T09:40:00Z", ["at = 2012-08-01 09:40:00+00:00", "expected a time"]),
        ("2012-08-01T09:40:00", "2012-08-01T07:40:00", ["at = 07:40:00", "08:00 or later"]),
        ("2012-08-01T09:40:00", '"soon"', ["at = soon", "expected a time"]),
        ("args = ", "arguments = ", ["command 1: arguments", "expected only args, at, confidence"]),
        ('{ server = "stale" }', "3", ["args = 3", "expected a table"]),
        ('{ server = "stale" }', '{ servers = "bad" }', ["args.servers = 'bad'", "expected numbers, or one of stale, good, all"]),
        ("args = ", 'confidence = "sure"\nargs = ', ["confidence = 'sure'", "guessing, likely, certain"]),
        ("[[command]]", "[command]", ["mine.toml: command: expected [[command]] entries only"]),
        ("[[command]]", "[[order]]", ["mine.toml: order: expected [[command]] entries only"]),
        ("[[command]]", "[[command]", ["mine.toml: not TOML"]),
    ],
)
def test_a_wrong_entry_is_refused_with_file_entry_key_value_and_what_was_expected(write, old, new, words):
    assert old in GOOD
    with pytest.raises(PlaybookError) as found:
        playbook(SCENARIO, write(GOOD.replace(old, new)), 79)
    for word in words:
        assert word in str(found.value)


def test_an_entry_that_is_no_table_is_refused(write):
    with pytest.raises(PlaybookError, match="command 1 = 3: expected a table"):
        playbook(SCENARIO, write("command = [3]"), 79)


def test_an_unknown_playbook_is_refused_with_those_that_ship():
    with pytest.raises(PlaybookError, match=r"nobody: no such playbook: expected one of competent, history, history-week, none, or a TOML file"):
        playbook(SCENARIO, "nobody", 79)


@pytest.mark.parametrize("seed", [79, 7, 8])
def test_servers_named_by_what_they_are_become_the_seeds_numbers(write, seed):
    text = GOOD + GOOD.replace("server.stop", "checksum.run").replace("operator", "deployer").replace('server = "stale"', 'servers = "good"')
    text += GOOD.replace("server.stop", "checksum.run").replace("operator", "deployer").replace('server = "stale"', 'servers = "all"')
    stale = Simulation(quiet_scenario(), seed).stale
    one, good, everyone = playbook(SCENARIO, write(text), seed)
    assert one.args == {"server": stale}
    assert good.args == {"servers": [n for n in range(1, 9) if n != stale]}
    assert everyone.args == {"servers": list(range(1, 9))}


def test_entries_come_by_time_numbered_from_one_and_equal_times_keep_their_order(write):
    late = GOOD.replace("09:40", "09:50").replace('"stale"', "1")
    twice = GOOD.replace('"stale"', "2")
    found = playbook(SCENARIO, write(late + GOOD + twice), 79)
    assert [(command.seq, command.step, command.args["server"]) for command in found] == [
        (1, step_at("09:40"), 8),
        (2, step_at("09:40"), 2),
        (3, step_at("09:50"), 1),
    ]


def test_times_may_be_toml_times_or_text(write):
    for at in ("09:40:00", '"09:40"', "2012-08-01T09:40:00"):
        assert playbook(SCENARIO, write(GOOD.replace("2012-08-01T09:40:00", at)), 79)[0].step == step_at("09:40")


def test_confidence_and_reason_are_kept(write):
    (command,) = playbook(SCENARIO, write(GOOD + 'confidence = "likely"\nwhy = "rates"\n'), 79)
    assert (command.confidence, command.why) == ("likely", "rates")


@pytest.mark.whole
def test_every_playbook_that_ships_is_accepted_by_the_machine():
    """On a small morning: each command is taken when it is given."""
    scenario = quiet_scenario()
    assert {"history", "none", "competent"} <= set(playbook_names(SCENARIO))
    for name in playbook_names(SCENARIO):
        commands = [command for command in playbook(scenario, name, 79) if command.step < OPEN + 5000]
        sim = replay(scenario, 79, commands, before(OPEN + 5000))
        assert "command.refused" not in [event.kind for event in sim.take_events()], name


@pytest.mark.whole
def test_history_rolls_back_in_effect_at_0954_and_disconnects_at_1015():
    scenario = quiet_scenario()
    commands = playbook(scenario, "history", 79)
    rollback = step_at("09:54")
    sim = replay(scenario, 79, commands, before(rollback - 1))
    assert {server.running for server in sim.fleet.servers if server.n != 8} == {"smars-rlp"}
    sim.step(1)
    assert {server.running for server in sim.fleet.servers} == {"smars-2003"}
    assert sim.monitoring.runaway == 1
    sim = replay(scenario, 79, commands, before(BELL_END - 1))
    assert sim.machine.controls[0].connected == 1
    sim.step(1)
    assert sim.machine.controls[0].connected == 0
    assert sim.monitoring.runaway == 0
    assert "smars.disconnected" in [event.kind for event in sim.take_events()]
    assert not sim.exchanges.cut_by_exchange, "history hung up before the exchanges did"


@pytest.mark.whole
def test_none_leaves_it_to_the_exchanges():
    scenario = quiet_scenario()
    sim = replay(scenario, 79, playbook(scenario, "none", 79), before(BELL_END))
    assert sim.exchanges.cut_by_exchange
