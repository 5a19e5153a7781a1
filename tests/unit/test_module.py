"""A scenario's own code: a module beside its data, in a folder outside of what ships, registers levers, agents and numbers for it alone."""

import pytest

import engine
from engine.analysis.debrief import Log
from engine.jit import COMPILED, _cache_folder
from engine.scenario.module import faults_of
from tests.read import seen
from tests.small import give

MODULE = '''"""A watchman walks around and counts what he has seen; he can be sent to bed."""

import numpy as np

from engine import door

RULES = 1


@door.kernel
def add_up(seen):
    total = 0
    for i in range(seen.shape[0]):
        total += seen[i]
    return total


def register(at):
    @at.lever("own.bed", "operator", "Send the watchman to bed", dangerous=True, args={"server": door.server}, check=awake)
    def send(sim, args):
        """He sleeps, and one server with him."""
        sim.own["asleep"] = sim.now
        door.stop_server(sim, args["server"])

    @at.number("own.rounds")
    def rounds(sim):
        return sim.own.get("rounds", 0)

    @at.agent
    def walk(sim):
        if "asleep" not in sim.own:
            sim.own["rounds"] = sim.own.get("rounds", 0) + int(add_up(np.ones(1, dtype=np.int64)))


def awake(sim, args):
    if "asleep" in sim.own:
        raise door.Refused("he is in bed already")
'''
DATA = """
based_on = "quiet-open"
id = "{}"
title = "A watchman"

[levers]
"own.bed" = {{ hands = 1, minutes = 2.0 }}
"""
MAIL = '''

[[state]]
id = "watchman"
sender = "Watchman"
subject = "I have walked around"
when = ["own.rounds >= 12"]
body = "Twelve times, and nothing."
'''


@pytest.fixture
def shelf(tmp_path, settings):
    """A folder of one's own."""
    engine.look_for_scenarios_in([tmp_path])
    yield tmp_path
    engine.look_for_scenarios_in(settings.SCENARIO_PATH)


def write(shelf, name="watchman", code=MODULE, data=DATA):
    folder = shelf / name
    folder.mkdir()
    (folder / "scenario.toml").write_text(data.format(name))
    if code:
        (folder / "module.py").write_text(code)
    mail = engine.load_scenario("knight-2012").files / "mail.toml"
    (folder / "mail.toml").write_text(mail.read_text() + (MAIL if code else ""))
    return folder


def test_a_module_gives_its_scenario_a_lever_an_agent_and_a_number_and_no_other(shelf):
    write(shelf)
    ours, record = engine.load_scenario("watchman"), engine.load_scenario("quiet-open")
    assert set(ours.kinds) - set(record.kinds) == {"own.bed"} and record.kinds is engine.KINDS and ours.extension.rules == 1
    sim, other = engine.Simulation(ours, 5), engine.Simulation(record, 5)
    for one in (sim, other):
        one.step(240)
    assert sim.own == {"rounds": 13} and any("walked" in mail["subject"] for mail in (read(sim, mail) for mail in seen(sim, "operator")["inbox"]["mails"]))
    row = next(row for row in seen(sim, "operator")["levers"]["levers"] if row["kind"] == "own.bed")
    assert row["allowed"] and row["minutes"] == 2.0 and engine.tell(ours, row["label"]) == "Send the watchman to bed"
    assert not any(row["kind"] == "own.bed" for row in seen(other, "operator")["levers"]["levers"])
    assert "is no command" in str(give(other, "operator", "own.bed", server=3))
    assert give(sim, "operator", "own.bed", server=3) is None
    assert [task["label"] for task in seen(sim, "operator")["work"]["tasks"]] == ["Send the watchman to bed"]
    sim.step(600)
    assert sim.fleet[3].state == "stopped" and sim.own["rounds"] < 40 and give(sim, "operator", "own.bed", server=4) is not None


def read(sim, mail):
    return engine.told(sim.scenario, mail)


def test_a_run_with_it_is_the_same_again_from_a_checkpoint_and_out_of_a_bundle(shelf):
    write(shelf)
    scenario = engine.load_scenario("watchman")
    command = engine.Command(1, 500, "operator", "own.bed", {"server": 2})
    log = Log(scenario, 5, (command,), engine.Moment(2000, 1))
    played = engine.replay(scenario, 5, [command], engine.Moment(2000, 1))
    half = engine.replay(scenario, 5, [command], engine.Moment(700, 1))
    again = engine.restore(scenario, engine.save(half))
    again.step(2000 - again.now)
    assert played.digest() == again.digest() and played.own["rounds"] == again.own["rounds"] == 49
    data = engine.pack(engine.played_again(log))
    assert b"def register" not in data and engine.verify(engine.unpack(data)) == []
    (shelf / "watchman" / "module.py").write_text(MODULE.replace("RULES = 1", "RULES = 2"))
    engine.load_scenario.cache_clear()
    assert engine.load_scenario("watchman").sha256 != scenario.sha256, "its source is in the fingerprint"
    bundle = engine.unpack(data)
    with pytest.raises(engine.BundleError, match="brings code along, which is not here"):
        engine.verify(bundle)
    with pytest.raises(engine.ScenarioError, match="brings code along, which is not here: expected a module whose SHA-256 is"):
        engine.Simulation(bundle.log.scenario, 5)


def test_one_that_is_based_on_it_has_its_code_and_a_chain_of_bases_is_followed(shelf):
    write(shelf)
    write(shelf, "two-watchmen", code="", data='based_on = "watchman"\nid = "{}"\ntitle = "Two"\n')
    third = shelf / "third"
    third.mkdir()
    (third / "scenario.toml").write_text('based_on = "two-watchmen"\nid = "third"\ntitle = "Three"\ndefault_seed = 4\n')
    scenario = engine.load_scenario("third")
    assert scenario.code == engine.load_scenario("watchman").code and "own.bed" in scenario.kinds and scenario.default_seed == 4
    (shelf / "watchman" / "scenario.toml").write_text('based_on = "third"\nid = "watchman"\ntitle = "In a circle"\n')
    engine.load_scenario.cache_clear()
    with pytest.raises(engine.ScenarioError, match="based_on = 'third'"):
        engine.load_scenario("third")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def register(at):\n    pass\n", "RULES = None"),
        ("RULES = 1\n", "a function of the extension"),
        ("RULES = (\n", "no Python"),
        ("RULES = 1\nimport os\n", "line 2: imports os"),
        ("RULES = 1\nfrom engine.firm import fleet\n", "line 2: imports engine.firm"),
        ("RULES = 1\nimport engine.door, random\n", "imports random"),
        ("RULES = 1\nx = ().__class__\n", "__class__"),
        ("RULES = 1\nopen('x')\n", "line 2: open()"),
        ("RULES = 1\nfor x in {1, 2}: pass\n", "iterates over a set"),
        ("RULES = 1\ndef f():\n    global RULES\n", "outlives a run"),
        ("RULES = 1\nimport numpy as np\nnp.random.rand()\n", "line 3: random"),
        ("RULES = 1\nfrom engine import door\n@door.kernel\ndef f(a):\n    return a / 2\n", "in a kernel"),
        ("RULES = 1\nraise KeyError('x')\n", "KeyError: 'x'"),
        ("RULES = 1\ndef register(at):\n    at.lever('bed', 'operator', 'Bed')\n", "lever 'bed'"),
        ("RULES = 1\ndef register(at):\n    at.lever('own.bed', 'cook', 'Bed')\n", "desks of"),
        ("RULES = 1\ndef register(at):\n    at.lever('own.bed', 'operator', 'Bed', talk=True)\n", "no talk"),
        ("RULES = 1\ndef register(at):\n    at.number('own.b-d')\n", "number 'own.b-d'"),
        ("RULES = 1\ndef register(at):\n    pass\n", "own.rounds: expected a number of its module: it has none"),
    ],
)
def test_a_module_that_breaks_a_law_or_cannot_be_read_is_refused_in_one_line_and_stops_no_other(shelf, code, says):
    write(shelf, code=code)
    with pytest.raises(engine.ScenarioError) as refused:
        engine.load_scenario("watchman")
    assert says in str(refused.value) and str(refused.value).startswith("watchman/") and "\n" not in str(refused.value)
    assert engine.load_scenario("quiet-open").extension.rules == 0


def test_a_condition_on_a_number_that_the_module_has_not_is_refused(shelf):
    folder = write(shelf)
    mail = folder / "mail.toml"
    mail.write_text(mail.read_text().replace("own.rounds >= 12", "own.steps >= 12"))
    with pytest.raises(engine.ScenarioError, match=r"mail\.toml: own\.steps: expected a number of its module: own\.rounds"):
        engine.load_scenario("watchman")


@pytest.mark.skipif(not COMPILED, reason="kernels run as plain Python")
def test_its_kernels_lie_under_a_key_of_their_own(shelf):
    write(shelf)
    scenario = engine.load_scenario("watchman")
    engine.Simulation(scenario, 5).step(40)
    walk = scenario.extension.agents[0].__globals__["add_up"]
    assert walk.stats.cache_path not in ("", _cache_folder(engine.jit.SOURCE)) and "kernels" in walk.stats.cache_path


def test_modules_that_ship_keep_the_laws():
    for name in engine.shipped_ids():
        path = engine.scenario.scenario.SCENARIOS / name / "module.py"
        assert not path.is_file() or list(faults_of(path.read_text())) == [], name


def test_a_playbook_may_pull_its_lever_and_is_held_to_its_arguments(shelf):
    book = write(shelf) / "playbooks" / "sleepy.toml"
    book.parent.mkdir()
    book.write_text('[[command]]\nat = "09:40"\ndesk = "operator"\nkind = "own.bed"\nargs = { server = 3 }\n')
    assert engine.check_scenario(shelf / "watchman") == []
    book.write_text(book.read_text().replace("server = 3", 'side = "left"'))
    assert ["own.bed knows no argument 'side'" in str(problem) for problem in engine.check_scenario(shelf / "watchman")] == [True]
