"""Wrong data is refused at the door, with file, key, value and what was expected."""

import shutil
from pathlib import Path

import pytest

from engine import PlaybookError, ScenarioError, load_scenario, playbook, playbook_names, scenario_ids
from engine.analysis.replay import CheckpointError, restore
from engine.market.arrivals import arrival_plan
from engine.market.faults import stale_server
from engine.scenario.scenario import SCENARIOS, read_folder
from tests.days import clock, following, phase, step_at
from tests.small import small_scenario

HOME = SCENARIOS / "knight-2012"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOME, tmp_path / "trial"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("scenario.toml", "servers = 8 ", "servers = 9 ", ("fleet.servers", "9", "from 1 to 8")),
        ("scenario.toml", "phi = 0.071143", "phi = 1.5", ("market.phi", "1.5")),
        ("scenario.toml", "phi = 0.071143", 'phi = "x"', ("market.phi", "'x'", "number")),
        ("scenario.toml", "pool = 128\n", "", ("market.pool", "required")),
        ("scenario.toml", "[hands]\n", "[hands]\npilot = 2\n", ("hands.pilot", "2")),
        ("scenario.toml", 'target = "smars-rlp"', 'target = "smars-9"', ("smars-9", "smars-2003")),
        ("scenario.toml", "79 = 8", "79 = 12", ("79", "12", "1 to 8")),
        ("scenario.toml", 'breakers_from = "09:45"', 'breakers_from = "9h45"', ("breakers_from", "9h45", "HH:MM")),
        ("scenario.toml", 'id = "knight-2012"', "id = ", ("not TOML",)),
        ("scenario.toml", '"31 Jul 19:30",', "", ("fleet", "copied", "7", "8")),
        ("scenario.toml", '"31 Jul 19:30"', '"Tuesday"', ("fleet.copied number 8", "Tuesday")),
        ("releases.toml", 'release = "smars-rlp"', 'release = "smars-9"', ("releases.toml", "smars-9", "smars-rlp")),
        ("releases.toml", "-    case 'P'", "x    case 'P'", ("releases.toml", "diff 'rlp-dispatch'.text", "line 6", "'x'")),
        ("releases.toml", 'id = "peg-2005"', 'id = "rlp-build"', ("releases.toml", "rlp-build", "twice")),
        ("releases.toml", 'when = "26 Jul 16:40"', 'when = "yesterday"', ("releases.toml", "change number 1.when", "yesterday")),
        ("releases.toml", 'who = "Network"', 'by = "Network"', ("releases.toml", "change number 3.", "who")),
        ("releases.toml", "[[note]]", "[[note", ("releases.toml", "not TOML")),
        ("scenario.toml", 'from = "18:40"', 'from = "17:40"', ("block.bid 'second'.from", "17:40", "18:30 to 19:00")),
        ("scenario.toml", 'until = "18:40"', 'until = "18:30"', ("block.bid number 1", "lasts")),
        ("scenario.toml", 'until = "19:00"', 'until = "18:50"', ("block", "second", "18:50", "19:00")),
        ("scenario.toml", 'id = "second"', 'id = "first"', ("block", "each once")),
        ("scenario.toml", "counter = 0.005 ", "counter = 5 ", ("block.counter", "5")),
        ("scenario.toml", "amount_usd = 400_000_000", "amount_usd = -1", ("capital.offer 'consortium'.amount_usd", "-1")),
        ("scenario.toml", 'id = "rival"', 'id = "bridge"', ("capital", "each once")),
        ("symbols.csv", "name,adv_shares", "name,adv", ("symbols.csv", "header", "adv_shares")),
        ("symbols.csv", "Energy,2386117", "Energy,many", ("symbols.csv", "line 2", "adv_shares", "many")),
        ("symbols.csv", "AMQT,", "ALDV,", ("symbols.csv", "twice")),
        ("parents.csv", "1,GLNV,BUY", "1,NONE,BUY", ("parents.csv", "n = 1", "NONE")),
        ("scenario.toml", 'open = "09:30"', 'open = "09:00"', ("flow", "09:29:55", "two times up to the open")),
        ("scenario.toml", 'open = "09:30"', 'open = "07:00"', ("market.open", "07:00", "after start = '08:00'")),
        ("scenario.toml", 'bell_end = "10:15"', 'bell_end = "09:15"', ("market.bell_end", "09:15", "after open = '09:30'")),
        ("scenario.toml", 'bell_end = "10:15"', 'bell_end = "10:15:30"', ("market.bell_end", "10:15:30")),
        ("scenario.toml", "[told]", '[calendar]\nclose = "10:00"\n\n[told]', ("calendar.close", "10:00", "after bell_end = '10:15'")),
        ("scenario.toml", "[told]", '[calendar]\nend = "18:00"\n\n[told]', ("calendar.end", "18:00", "after block = '18:30'")),
        ("scenario.toml", "[told]", '[calendar]\nclose = "18:00"\n\n[told]', ("calendar.close", "18:00", "at most 8 hours after start")),
        ("scenario.toml", "[told]", '[calendar]\ndue = "09:00"\n\n[told]', ("calendar.due", "09:00", "between open = '09:30' and close")),
        ("scenario.toml", "[told]", "[calendar]\ndate = 2012-07-30\n\n[told]", ("calendar.evenings", "2012-07-31", "before date = 2012-07-30")),
        ("scenario.toml", "[told]", "[calendar]\nevenings = []\n\n[told]", ("calendar.evenings", "a list of 1 to 3")),
        ("scenario.toml", "[told]", '[calendar]\nevening_to = "22:30"\n\n[told]', ("calendar.evening_to", "22:30", "one to 3 hours after evening_from")),
        ("scenario.toml", "[told]", '[calendar]\nlunch = "12:00"\n\n[told]', ("calendar.lunch", "12:00")),
        ("scenario.toml", 'breakers_to = "15:35"', 'breakers_to = "09:40"', ("market", "09:40", "in order")),
        ("scenario.toml", 'premarket_to = "09:29:55"', 'premarket_to = "09:45"', ("flow", "09:45", "up to the open")),
        ("scenario.toml", 'flagged_last = "10:14:24"', 'flagged_last = "09:00"', ("flow", "09:00", "between the open and the close")),
        ("scenario.toml", 'history_rollback = "09:54"', 'history_rollback = "18:00"', ("flow", "18:00", "between the open and the close")),
        ("scenario.toml", 'cut_until = "10:30"', 'cut_until = "09:15"', ("exchange", "09:15", "between the open and the close")),
        ("scenario.toml", 'name = "SMARS-{n}"', 'name = "SMARS-{n}{x}"', ("fleet.name", "{x}", "{n} in it once")),
        ("scenario.toml", 'name = "SMARS-{n}"', 'name = "SMARS-{{n}}"', ("fleet.name", "{n} in it once")),
        ("scenario.toml", "copies_an_evening = 4", "copies_an_evening = 2", ("fleet", "3 times on", "copies_an_evening = 2")),
        ("scenario.toml", "[levers]\n", '[levers]\n"server.halt" = { hands = 1, minutes = 1.0 }\n', ("levers", "server.halt", "server.stop")),
        ("scenario.toml", '"log.tail" = { hands = 1, minutes = 1.0 }\n', "", ("levers", "log.tail", "every lever")),
        ("scenario.toml", '"log.tail" = { hands = 1, minutes = 1.0 }', '"log.tail" = { hands = 1, minutes = 1.0, each = true }', ("log.tail.each", "no servers")),
        ("scenario.toml", '"log.tail" = { hands = 1, minutes = 1.0 }', '"log.tail" = { hands = 1, minutes = 1.0, tonight = true }', ("tonight", "without evening")),
        ("scenario.toml", '"plan.add" = { hands = 0, minutes = 0.0 }', '"plan.add" = { hands = 1, minutes = 0.0 }', ("plan.add", "talk")),
        ("scenario.toml", "evening_held = { operator = 60 }", "evening_held = { risk = 60 }", ("rollback.rehearse", "evening_held of risk")),
        ("scenario.toml", "reconcile = 0.3", "reconciled = 0.3", ("controls.of", "reconciled", "reconcile")),
        ("barriers.toml", 'built = ["', 'built = ["un', ("barriers.toml", "built", "'un")),
        ("parents.csv", "\n2,GKV", "\n3,GKV", ("parents.csv", "n = 3", "expected 2")),
        ("parents.csv", "1,GLNV,BUY", "1,GLNV,HOLD", ("parents.csv", "line 2", "side", "HOLD")),
    ],
)
def test_a_wrong_value_is_refused_with_where_what_and_what_was_expected(folder, name, old, new, words):
    change(folder, name, old, new)
    with pytest.raises(ScenarioError) as refusal:
        read_folder(folder)
    for word in words:
        assert word in str(refusal.value), str(refusal.value)


def test_no_server_of_a_parent_is_beyond_the_fleet(folder):
    text = (folder / "scenario.toml").read_text().replace("servers = 8 ", "servers = 7 ", 1).replace('"27 Jul 18:30", ', "", 1).replace("79 = 8", "79 = 7", 1)
    (folder / "scenario.toml").write_text(text)
    with pytest.raises(ScenarioError, match="server = 8: expected a number up to 7"):
        read_folder(folder)


@pytest.mark.parametrize("name", ["scenario.toml", "releases.toml", "symbols.csv", "parents.csv"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ScenarioError, match=f"{name}: missing"):
        read_folder(folder)


def test_an_unknown_scenario_is_answered_with_those_there_are():
    for wrong in ("knight-2013", "../knight-2012", ""):
        with pytest.raises(ScenarioError, match=r"knight-2012"):
            load_scenario(wrong)
    assert scenario_ids() == [
        "any-morning", "flag-first", "hot-failover-trap", "knight-0958", "knight-2012", "knight-front", "options-wrong-year", "quiet-open",
        "same-bug-everywhere", "same-bug-everywhere-hard", "test-data-2011",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[command]]\nat = 2012-08-01T09:54:00\ndesk = 'operator'\nkind = 'server.halt'", ("command 1", "kind", "server.halt", "server.stop")),
        ("[[command]]\nat = 2012-08-02T09:54:00\ndesk = 'operator'\nkind = 'server.stop'", ("command 1", "at", "2012-08-01")),
        ("[[command]]\nat = '07:00'\ndesk = 'operator'\nkind = 'server.stop'", ("at", "08:00 or later")),
        ("[[command]]\nat = 09:54:00\ndesk = 'trader'\nkind = 'server.stop'", ("desk", "trader", "risk")),
        ("[[command]]\nat = 09:54:00\ndesk = 'operator'\nkind = 'server.stop'\nargs = 3", ("args", "3", "table")),
        ("[[command]]\nat = 09:54:00\ndesk = 'operator'\nkind = 'server.stop'\nsure = true", ("sure",)),
        ("[[command]]\nat = 09:54:00\ndesk = 'operator'\nkind = 'server.stop'\nconfidence = 'very'", ("confidence", "very", "guessing")),
        ("[[command]]\nat = 09:54:00\ndesk = 'deployer'\nkind = 'checksum.run'\nargs = { servers = 'bad' }", ("servers", "bad", "stale")),
        ("command = [3]", ("command 1", "3")),
        ("orders = []", ("orders",)),
        ("= 3", ("not TOML",)),
    ],
)
def test_a_wrong_playbook_is_refused_with_file_entry_key_and_what_was_expected(tmp_path, text, words):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(PlaybookError) as refusal:
        playbook(load_scenario("knight-2012"), str(path), 79)
    for word in ("mine.toml", *words):
        assert word in str(refusal.value), str(refusal.value)


def test_a_playbook_fits_any_seed():
    scenario = load_scenario("knight-2012")
    for seed in (79, 7):
        stale = stale_server(scenario, seed)
        rollback = next(command for command in playbook(scenario, "history", seed) if command.kind == "release.rollback")
        assert rollback.args == {"servers": [n for n in range(1, 9) if n != stale]}
        assert playbook(scenario, "competent", seed)[0].args == {"server": stale}
    assert playbook(scenario, "none", 79) == []
    assert playbook_names(scenario) == ["competent", "history", "history-week", "none"]
    with pytest.raises(PlaybookError, match="competent, history, history-week, none"):
        playbook(scenario, "absent", 79)


def test_the_default_seeds_orders_are_the_records():
    scenario = load_scenario("knight-2012")
    rows, activations = arrival_plan(scenario, 79)
    assert len(activations) == (rows["flagged"] * (rows["step"] >= step_at("09:30"))).sum()
    flagged = rows[rows["flagged"] == 1]
    assert (flagged["step"] < step_at("09:30")).sum() == 776
    assert (flagged["step"] == step_at("09:30")).sum() == 576
    assert 380 <= (flagged["step"] > step_at("09:30")).sum() <= 410
    assert (rows["id"][1:] > rows["id"][:-1]).all()
    assert arrival_plan(scenario, 79)[0] is rows
    assert arrival_plan(small_scenario(4), 3)[0]["symbol"].max() == 3


def test_a_checkpoint_of_another_version_or_of_noise_is_refused():
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        restore(load_scenario("knight-2012"), b"noise")


def test_market_time_reads_and_writes_clocks():
    assert clock(step_at("09:30:00.250"), ms=True) == "09:30:00.250"
    assert [phase(step_at(text)) for text in ("08:00", "09:30", "10:15", "18:30")] == ["premarket", "bell", "unwind", "block"]
    assert [phase(step_at(text)) for text in ("18:59:59", "19:00")] == ["block", "ended"]
    assert clock(following(step_at("15:59:59.750"))) == "18:30:00"
    for wrong in ("25:00", "9", "09:61", "07:59", ""):
        with pytest.raises(ValueError, match="expected"):
            step_at(wrong)
