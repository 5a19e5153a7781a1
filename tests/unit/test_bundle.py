"""The evidence bundle: the same bytes for the same run, played again bit for bit, and whatever is wrong with one is said."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from engine import ENGINE_VERSION, Bundle, BundleError, Command, Log, load_scenario, pack, replay, score, step_at, unpack, verify

UNTIL = step_at("08:12")
COMMANDS = (
    Command(1, step_at("08:01"), "operator", "server.stop", {"server": 3}, "likely", "It felt wrong."),
    Command(2, step_at("08:03"), "operator", "server.stop", {"server": 3}),
    Command(3, step_at("08:05"), "risk", "bridge.say", {"text": "Grüße an alle"}),
)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """Twelve minutes before the market opens: nothing trades, so that this is quick also where kernels are plain Python."""
    scenario = load_scenario("knight-2012")
    sim = replay(scenario, 79, COMMANDS, UNTIL)
    events = tuple(json.loads(json.dumps(event.to_dict())) for event in sim.take_events())
    return Bundle(Log(scenario, 79, COMMANDS, UNTIL, refused=frozenset({2})), ENGINE_VERSION, events, score(sim), sim.digest())


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


def test_a_run_is_verified_to_the_last_bit(data):
    assert verify(unpack(data)) == []


def test_what_differs_is_named(bundle):
    other = replace(bundle, score={**bundle.score, "total": 1.0}, digest="0" * 64, events=bundle.events[:-1])
    assert [line.split(":")[0] for line in verify(other)] == ["score, total", "events", "digest"]
    told = replace(bundle, events=({**bundle.events[0], "kind": "market.opened"}, *bundle.events[1:]))
    assert verify(told) == [f"event 1: {bundle.events[0]['kind']} when played again, market.opened in the bundle"]
    without = replace(bundle, log=replace(bundle.log, commands=COMMANDS[1:]))
    assert verify(without)


def test_one_changed_byte_is_found_wherever_it_is(data):
    for place in range(0, len(data), max(1, len(data) // 400)):
        broken = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(BundleError):
            unpack(broken)


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
        with pytest.raises(BundleError, match="expected manifest.json, commands.jsonl, events.jsonl, in this order"):
            unpack(archive.getvalue())


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"format": 2}, "format is 2: expected 1"),
        ({"scenario": "nowhere"}, "scenario is not here"),
        ({"scenario_sha256": "0" * 64}, "another knight-2012: its hash is 000000000000, expected"),
        ({"seed": "79"}, "seed = 79: expected a whole number from 0"),
        ({"until": 10**12}, "until = 1000000000000: expected a whole number"),
        ({"noise": -1}, "noise = -1"),
        ({"score": None}, "not as it should be"),
    ],
)
def test_a_wrong_value_says_what_was_expected(data, values, reason):
    with pytest.raises(BundleError, match=reason):
        unpack(changed(data, **values))


def test_another_engine_is_said_and_not_played(bundle):
    with pytest.raises(BundleError, match=r"played by engine 0\.9: expected"):
        verify(replace(bundle, engine_version="0.9"))


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
