"""Where compiled kernels are kept, and that compiling them ahead needs no more than a call."""

import subprocess
import sys

import pytest

from engine import compiled, warm
from engine.jit import HERE, SOURCE, _cache_folder, all_compiled, source_hash

pytestmark = pytest.mark.kernels


def test_the_cache_is_named_after_every_line_that_a_kernel_can_see(tmp_path, monkeypatch):
    assert source_hash() == SOURCE
    copy = tmp_path / "engine"
    for path in HERE.rglob("*.py"):
        place = copy / path.relative_to(HERE)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())
    monkeypatch.setattr("engine.jit.HERE", copy)
    assert source_hash() == SOURCE
    for name, seen in (("levers/risk.py", False), ("market_time.py", True), ("market/book.py", True)):
        before, late = source_hash(), copy / name
        late.write_bytes(late.read_bytes() + b"#")
        assert (source_hash() != before) is seen, name


def test_kernels_go_where_they_are_told_under_the_hash_of_the_source(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENING_BELL_CACHE", str(tmp_path))
    assert _cache_folder("a" * 64) == str(tmp_path / "kernels" / ("a" * 16))
    assert list((tmp_path / "kernels" / ("a" * 16)).iterdir()) == [], "nothing of the trial is left"


def test_without_a_writable_folder_the_complaint_names_the_place_and_the_way_out(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("OPENING_BELL_CACHE", str(tmp_path / "file"))
    with pytest.raises(RuntimeError, match=r"tried .*file\): make one writable or set OPENING_BELL_CACHE"):
        _cache_folder("a" * 64)


def test_a_process_that_only_shows_what_others_computed_reads_no_compiler():
    """As a web process begins: numba would be a second of its start, and 90 MB."""
    script = "import game.asgi, engine, sys; engine.load_scenario('knight-2012'); print([name for name in sys.modules if name in ('numba', 'llvmlite')])"
    done = subprocess.run([sys.executable, "-c", script], cwd=HERE.parent, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_it_is_known_whether_everything_is_compiled(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.jit.COMPILED", True)
    monkeypatch.setenv("OPENING_BELL_CACHE", str(tmp_path))
    assert not compiled()
    (tmp_path / "kernels" / SOURCE[:16] / "book.nbi").touch()
    assert not compiled(), "some are not all"
    all_compiled()
    assert compiled()


@pytest.mark.whole
def test_warming_says_what_it_compiles():
    heard: list[str] = []
    warm(heard.append)
    assert heard == ["router and books", "flattening", "gross cap"]
    warm()
