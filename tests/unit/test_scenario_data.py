"""What the scenario's data hold: frozen, fingerprinted, the record's figures in it, and more ways to spoil it (see test_scenario.py)."""

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine import ScenarioError, load_scenario, read_scenario, scenario_files, scenario_ids
from engine.market.derive import derive
from engine.scenario.scenario import SCENARIOS, read_folder


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the scenario that may be spoilt."""
    return Path(shutil.copytree(SCENARIOS / "knight-2012", tmp_path / "knight-2012"))


def spoil(folder: Path, file: str, old: str, new: str) -> str:
    """Replace the first `old`, read again: the complaint."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, "the test itself is stale"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as found:
        read_folder(folder)
    return str(found.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("scenario.toml", "servers = 8 ", 'servers = "8" ', ["fleet.servers = '8'", "a whole number"]),
        ("scenario.toml", "tau_min = 19.755275", "", ["market.tau_min", "required"]),
        ("scenario.toml", "tau_min = 19.755275", "tau_min = 0", ["market.tau_min = 0", "above 0"]),
        ("scenario.toml", "[router]", "[router]\nspeed = 3", ["router.speed = 3", "nobody reads this one"]),
        ("scenario.toml", '"server.stop" = { hands = 1,', '"server.stop" = { hands = 9,', ["levers.server.stop.hands = 9", "from 0 to 4"]),
        ("scenario.toml", 'premarket_from = "08:01"', 'premarket_from = "07:01"', ["flow.premarket_from = '07:01'", "08:00 or later"]),
        ("scenario.toml", 'premarket_from = "08:01"', 'premarket_from = "8 am"', ["flow.premarket_from = '8 am'", "HH:MM"]),
        (
            "scenario.toml",
            'target = "smars-rlp"',
            'target = "smars-9"',
            ["fleet", "'smars-9' is not a release: expected one of smars-2003, smars-rlp"],
        ),
        ("scenario.toml", 'flag_set = "power_peg"', 'flag_set = "powerpeg"', ["fleet.release 'smars-2003'.flag_set = 'powerpeg'", "`power_peg`"]),
        ("scenario.toml", 'hash = "5c1f0e93b7d24a86"', 'hash = "5C1F"', ["fleet.release 'smars-2003'.hash = '5C1F'", "text that matches"]),
        ("scenario.toml", "told = 0.82", "told = 1.82", ["costs.told", "from 0 to 1"]),
        ("scenario.toml", "[cash]", "[cash", ["scenario.toml: not TOML"]),
        ("symbols.csv", "Health,230578", "Health,", ["symbols.csv: line 3: adv_shares", "a whole number"]),
        ("symbols.csv", "Health,230578", "Health,12", ["line 3: adv_shares = 12", "from 1,000"]),
        ("symbols.csv", "AMQT,", "s-2,", ["line 3: symbol = 's-2'", "text that matches"]),
    ],
)
def test_a_wrong_value_is_refused_with_file_key_value_and_what_was_expected(folder, file, old, new, words):
    complaint = spoil(folder, file, old, new)
    for word in words:
        assert word in complaint


def test_a_file_that_is_not_text_is_refused(folder):
    (folder / "scenario.toml").write_bytes(b"\xff\xfe id")
    with pytest.raises(ScenarioError, match=r"scenario\.toml: not TOML"):
        read_folder(folder)


def test_a_scenario_is_frozen_and_made_once():
    scenario = load_scenario("knight-2012")
    assert scenario is load_scenario("knight-2012")
    with pytest.raises(ValidationError):
        scenario.default_seed = 1
    with pytest.raises(ValidationError):
        scenario.market.phi = 0.5


def test_every_number_is_in_the_fingerprint(folder):
    first = read_folder(folder).sha256
    assert first == load_scenario("knight-2012").sha256
    for name in ("scenario.toml", "symbols.csv", "parents.csv"):
        path = folder / name
        path.write_bytes(path.read_bytes() + b"\n")
        assert read_folder(folder).sha256 != first, name
        path.write_bytes(path.read_bytes()[:-1])


def test_every_scenario_that_ships_can_be_read():
    assert "knight-2012" in scenario_ids()
    for name in scenario_ids():
        assert load_scenario(name).id == name


def test_the_record_is_in_the_data():
    """SEC release 34-70694: 154 stocks, 212 parents, eight servers of which one was stale, 74 stocks short."""
    scenario = load_scenario("knight-2012")
    assert len(scenario.symbols) == 154
    assert sum(row.start_ms is not None for row in scenario.parents) == 212
    assert (scenario.fleet.servers, scenario.fleet.stale_seeds["79"]) == (8, 8)
    net = dict.fromkeys(scenario.names, 0)
    for row in scenario.parents[:212]:
        net[row.symbol] += row.rate_e6 if row.side == "BUY" else -row.rate_e6
    assert sum(value != 0 for value in net.values()) == 154


def test_derived_integers_hold_the_scenarios_numbers():
    scenario = load_scenario("knight-2012")
    found = derive(scenario)
    dials = found.dials[0]
    assert (dials.pause_steps, dials.rest_steps, dials.wait_steps) == (1200, 40, 240)
    assert dials.route_gap == 2 * 65536  # two children a second, four steps a second
    assert dials.race_4096 == round(0.12 * 4096)
    leak = 1 - dials.leak_24 / (1 << 24)
    assert abs(leak ** (240 * scenario.market.tau_min) - 0.36788) < 1e-3  # e^-1 after one time constant
    for row, numbers in zip(scenario.symbols, found.symbols, strict=True):
        assert numbers.tick_hc == (100 if row.price_hc >= 10_000 else 1)
        assert abs(int(numbers.price_256) * int(numbers.tick_hc) / 256 - row.price_hc) < 1
        kept, leaky = int(numbers.impact_kept), int(numbers.impact_leaky)
        assert abs(kept / (kept + leaky) - scenario.market.phi) < 1e-3
        assert numbers.unit * 2 <= numbers.depth * 3
        # background volume of the bell: open_share of ADV less the part that answers other trades
        expected = row.adv_shares * scenario.market.open_share * (1 - scenario.market.reply)
        assert abs(int(numbers.taker_bell) * 10_800 / 65536 - expected) < expected * 0.001
        limit = 5000 if row.price_hc < 10_000 else 1000 if row.price_hc * row.adv_shares > 5_000_000 * 10_000 else 3000
        assert numbers.breaker_bp == limit


def test_data_from_before_scenarios_said_what_things_are_called_keeps_the_words_of_the_code_then():
    shipped = load_scenario("knight-2012")
    files = dict(scenario_files(shipped))
    text = files["knight-2012/scenario.toml"]
    for begin, end in (("[told]", "[cash]"), ("[told.desks]", "[cash]")):  # before any were said, and before those of the desks and mails were
        files["knight-2012/scenario.toml"] = text[: text.index(begin)] + text[text.index(end) :]
        assert read_scenario("knight-2012", files).told == shipped.told


def test_what_the_start_page_says_is_no_part_of_a_run():
    shipped = load_scenario("knight-2012")
    files = dict(scenario_files(shipped))
    assert "2012" in shipped.front.lead and len(shipped.front.fact) == 4
    del files["knight-2012/front.toml"]
    bare = read_scenario("knight-2012", files)
    assert bare.sha256 == shipped.sha256 and "2012" not in bare.front.lead and bare.front.fact == ()
