"""The evidence bundle: the same bytes for the same run, played again bit for bit, and whatever is wrong with one is said."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import RULES, Bundle, BundleError, Command, Log, Moment, OtherRules, load_scenario, pack, played_again, unpack, verify
from engine.scenario.scenario import SCENARIOS, read_folder
from tests.days import WEEK, step_at

LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8)
UNTIL = Moment(step_at("08:12"), 3)
COMMANDS = (
    Command(1, step_at("08:01"), "operator", "server.stop", {"server": 3}, "likely", "It felt wrong."),
    Command(2, step_at("08:03"), "operator", "server.stop", {"server": 3}),
    Command(3, step_at("08:05"), "risk", "bridge.say", {"text": "Grüße an alle"}),
)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """Twelve minutes before the market opens: nothing trades, so that this is quick also where kernels are plain Python."""
    scenario = load_scenario("knight-2012")
    return played_again(Log(scenario, 79, COMMANDS, UNTIL, refused=frozenset({2})))


@pytest.fixture(scope="module")
def data(bundle) -> bytes:
    return pack(bundle)


def rezipped(data: bytes, how=zipfile.ZIP_STORED, **files: bytes) -> bytes:
    """The same zip with other files in it."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    content = {name: archive.read(name) for name in archive.namelist()} | {name.replace("__", "."): text for name, text in files.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as made:
        for name, text in content.items():
            made.writestr(zipfile.ZipInfo(name) if how == zipfile.ZIP_STORED else name, text)
    return buffer.getvalue()


def changed(data: bytes, **values) -> bytes:
    archive = zipfile.ZipFile(io.BytesIO(data))
    manifest = json.loads(archive.read("manifest.json")) | values
    return rezipped(data, manifest__json=(json.dumps(manifest, sort_keys=True, separators=(",", ":")) + "\n").encode())


def test_the_same_run_makes_the_same_bytes_and_they_hold_all_of_it(bundle, data):
    assert pack(bundle) == data
    found = unpack(data)
    assert found == bundle and found.log.commands[2].args == {"text": "Grüße an alle"}


def test_it_names_the_version_that_packed_it_and_one_without_is_read_as_before(bundle, data):
    named = pack(replace(bundle, version="0.13.0"))
    assert unpack(named).version == "0.13.0" and verify(unpack(named)) == []
    assert "version" not in json.loads(zipfile.ZipFile(io.BytesIO(data)).read("manifest.json")) and unpack(data).version == ""


def test_a_run_is_verified_to_the_last_bit(data):
    assert verify(unpack(data)) == []


def test_what_differs_is_named(bundle):
    other = replace(bundle, score={**bundle.score, "total": 1.0}, curve=bundle.curve[:-1], events=bundle.events[:-1])
    assert [line.split(":")[0] for line in verify(other)] == ["score, total", "events", "minutes"]
    assert verify(replace(bundle, curve=((240, 5), *bundle.curve[1:]))) == ["minute 1: $0 at 08:01:00 when played again, $5 at 08:01:00 in the bundle"]
    assert [line.split(":")[0] for line in verify(replace(bundle, outcome="0" * 64))] == ["outcome"]
    told = replace(bundle, events=({**bundle.events[0], "kind": "market.opened"}, *bundle.events[1:]))
    assert verify(told) == [f"event 1: {bundle.events[0]['kind']} when played again, market.opened in the bundle"]
    without = replace(bundle, log=replace(bundle.log, commands=COMMANDS[1:]))
    assert verify(without)


def test_one_changed_byte_is_found_wherever_it_is(data):
    for place in range(0, len(data), max(1, len(data) // 400)):
        broken = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(BundleError):
            unpack(broken)


def test_a_bundle_has_no_translation_and_a_mended_one_leaves_it_as_it_was(data):
    files = unpack(data).log.scenario.files.texts
    assert "knight-2012/mail.toml" in files and not [place for place in files if place.endswith(".po")]


def test_a_zip_bomb_is_refused_before_it_is_opened(data):
    bomb = rezipped(data, zipfile.ZIP_DEFLATED, events__jsonl=b"0" * 50_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(BundleError, match="compressed or locked: expected a plain file"):
        unpack(bomb)


def test_a_path_outside_or_any_other_file_is_refused(data):
    for name in ("../../etc/passwd", "/etc/passwd", "more.txt"):
        archive = io.BytesIO(data)
        with zipfile.ZipFile(archive, "a") as made:
            made.writestr(name, "x")
        with pytest.raises(BundleError, match="expected manifest.json, scenario.jsonl, commands.jsonl, events.jsonl, curve.jsonl, in this order"):
            unpack(archive.getvalue())


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"format": 1}, "format is 1: expected 2"),
        ({"scenario": "nowhere"}, "scenario cannot be read: nowhere/scenario.toml: missing"),
        ({"scenario": "../knight-2012"}, "scenario cannot be read"),
        ({"scenario_sha256": "0" * 64}, "another knight-2012: its hash is 000000000000, that of the scenario in it"),
        ({"scenario_code": "f" * 64}, "another knight-2012: its hash is"),
        ({"seed": "79"}, "seed = 79: expected a whole number from 0"),
        ({"until": 480}, "until = 480: expected two whole numbers"),
        ({"until": [10**12, 0]}, "until = 1000000000000: expected a whole number"),
        ({"rules": 0}, "rules = 0: expected a whole number"),
        ({"noise": -1}, "noise = -1"),
        ({"score": None}, "score or notes are not as they should be"),
    ],
)
def test_a_wrong_value_says_what_was_expected(data, values, reason):
    with pytest.raises(BundleError, match=reason):
        unpack(changed(data, **values))


def test_other_rules_are_said_and_not_played(bundle):
    with pytest.raises(OtherRules, match=f"played by rules {RULES + 1}: expected {RULES}, those that are here"):
        verify(replace(bundle, rules=RULES + 1))


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_bundle_says_so(content):
    with pytest.raises(BundleError, match="it is no bundle|it holds nothing"):
        unpack(content)


@pytest.mark.parametrize(
    "line",
    [b"[", b"NaN", b"\xff", b"[]", b'{"seq": 1}', b'{"args":{},"confidence":null,"desk":"risk","kind":"no.such","seq":1,"step":5,"why":""}', b"[" * 100_000],
)
def test_a_line_that_is_no_command_is_refused(data, line):
    with pytest.raises(BundleError):
        unpack(rezipped(data, commands__jsonl=line + b"\n"))


# -- the scenario in it


def scenario_of(data: bytes) -> dict[str, str]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return dict(json.loads(line) for line in archive.read("scenario.jsonl").splitlines())


def with_scenario(data: bytes, files: dict[str, str]) -> bytes:
    return rezipped(data, scenario__jsonl="".join(json.dumps(row) + "\n" for row in files.items()).encode())


def test_a_scenario_is_carried_whole_with_the_one_it_is_based_on_and_needs_not_be_here(monkeypatch, tmp_path):
    quiet = load_scenario("quiet-open")
    data = pack(played_again(Log(quiet, 79, (), Moment(480, 0))))
    assert {"quiet-open/scenario.toml", "knight-2012/mail.toml", "knight-2012/playbooks/history.toml"} <= set(scenario_of(data))
    monkeypatch.setattr("engine.scenario.scenario.SCENARIOS", tmp_path)  # nothing ships
    found = unpack(data)
    assert (found.log.scenario, found.log.scenario.sha256) == (quiet, quiet.sha256) and verify(found) == []


def test_a_scenario_that_was_changed_is_another_one(data):
    files = scenario_of(data)
    for name, old, new in (("scenario.toml", "tau_min = 19.755275", "tau_min = 19.5"), ("mail.toml", "Pow", "Pew"), ("symbols.csv", "Health,230578", "Health,230579")):
        text = files[f"knight-2012/{name}"]
        assert old in text, "the test itself is stale"
        with pytest.raises(BundleError, match="another knight-2012: its hash is"):
            unpack(with_scenario(data, files | {f"knight-2012/{name}": text.replace(old, new, 1)}))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("knight-2012/scenario.toml", "id = ["),
        ("knight-2012/scenario.toml", "a = " + "[" * 100_000),
        ("knight-2012/scenario.toml", f"a = {'9' * 10_000}"),
        ("knight-2012/scenario.toml", 'id = "other"'),
        ("knight-2012/symbols.csv", "symbol,adv_shares\n" + "9" * 5000),
        ("knight-2012/symbols.csv", '"' + "x" * 200_000),
        ("knight-2012/mail.toml", "[names]\nsymbols = 5"),
        ("knight-2012/large.toml", "#" * 1_100_000),
        ("knight-2012/module.py", "print()"),
        ("knight-2012/../x.toml", ""),
        ("/etc/passwd", ""),
        ("x", ""),
        ("other/scenario.toml", ""),
        ("\ud800/scenario.toml", ""),
    ],
)
def test_a_hostile_scenario_is_refused_under_the_limits_of_one_that_ships(data, name, text):
    with pytest.raises(BundleError, match="its scenario cannot be read|scenario.jsonl"):
        unpack(with_scenario(data, scenario_of(data) | {name: text}))


def test_too_many_files_are_refused(data):
    with pytest.raises(BundleError, match="expected an id and at most 64"):
        unpack(with_scenario(data, scenario_of(data) | {f"knight-2012/x{i}.toml": "" for i in range(64)}))


def test_a_module_of_a_scenario_is_never_carried_and_said_when_it_is_not_here(monkeypatch, tmp_path):
    home = Path(shutil.copytree(SCENARIOS / "knight-2012", tmp_path / "knight-2012"))
    (home / "module.py").write_text("RULES = 1\n\n\ndef register(door):\n    assert door.levers == {}\n")
    scenario = read_folder(home)
    assert scenario.code and scenario.sha256 != load_scenario("knight-2012").sha256
    data = pack(played_again(Log(scenario, 79, (), Moment(240, 0))))
    assert b"def register" not in data
    bundle = unpack(data)
    with pytest.raises(BundleError, match=f"brings code along, which is not here: expected a module whose SHA-256 is {scenario.code}"):
        verify(bundle)
    monkeypatch.setattr("engine.scenario.scenario.SCENARIOS", tmp_path)
    assert verify(bundle) == []


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["manifest.json", "scenario.jsonl", "commands.jsonl", "events.jsonl", "curve.jsonl"]), rows=st.lists(JSON, max_size=4))
def test_whatever_stands_in_a_file_a_bundle_is_refused_with_a_reason(data, name, rows):
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    with pytest.raises(BundleError, match=r"\w"):
        unpack(rezipped(data, **{name.replace(".", "__"): content + b"{}\n"}))


@settings(deadline=None, max_examples=80)
@given(values=st.dictionaries(st.sampled_from(["rules", "scenario", "scenario_code", "seed", "noise", "start", "since", "until", "refused", "score", "outcome", "ended", "notes"]), JSON, min_size=1, max_size=3))
def test_whatever_stands_in_the_manifest_it_is_refused_or_read_as_it_is(data, values):
    try:
        assert pack(unpack(changed(data, **values))) == changed(data, **values)
    except BundleError as problem:
        assert str(problem)


# -- what outlives the code


def test_a_bundle_is_verified_after_a_comment_was_added_to_every_file_of_the_engine(tmp_path):
    """In a copied tree, by the command, in another process and with kernels as plain Python: an evening, in which nothing trades."""
    said = tuple(Command(seq, WEEK, "risk", "bridge.say", {"text": f"Thing {seq}"}) for seq in range(1, 7))
    data = pack(played_again(Log(load_scenario("knight-2012"), 79, said, Moment(WEEK + 480, 6), start=WEEK)))
    root = SCENARIOS.parents[1]
    for part in ("engine", "game"):
        shutil.copytree(root / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "manage.py", tmp_path)
    files = sorted((tmp_path / "engine").rglob("*.py"))
    for path in files:
        path.write_bytes(path.read_bytes() + b"\n# Said more clearly.\n")
    (tmp_path / "run.zip").write_bytes(data)

    def verified() -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "OPENING_BELL_CACHE": str(tmp_path), "STATE_DIR": str(tmp_path / "state")}
        command = [sys.executable, "manage.py", "verify", "run.zip"]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    done = verified()
    assert (done.returncode, len(files) > 90) == (0, True) and "the same to the last bit" in done.stdout, done.stdout + done.stderr
    rules = tmp_path / "engine" / "rules.py"
    rules.write_text(rules.read_text().replace(f"RULES = {RULES}", f"RULES = {RULES + 1}"))
    done = verified()
    assert done.returncode == 3 and f"played by rules {RULES}: expected {RULES + 1}, those that are here" in done.stderr, done.stdout + done.stderr
