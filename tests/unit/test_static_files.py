"""Static files are collected when there is something new to collect, and only then."""

import os

import pytest
from django.contrib.staticfiles import finders

from game.ops import static_files


@pytest.fixture
def sheet(tmp_path, settings):
    """A style sheet that is all there is, and a state folder."""
    settings.STATE_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "game.static_names.HashedNames"}}
    finders.get_finder.cache_clear()
    (tmp_path / "source").mkdir()
    path = tmp_path / "source" / "app.css"
    path.write_text("a { color: red }")
    yield path
    finders.get_finder.cache_clear()


def test_a_second_start_collects_nothing_and_a_changed_file_is_collected_again(sheet):
    assert static_files.collect()
    assert not static_files.collect()
    os.utime(sheet, ns=(1, 1))
    assert static_files.collect()
    sheet.with_name("new.css").write_text("b { color: blue }")
    assert static_files.collect()
    assert not static_files.collect()


def test_what_was_removed_or_broken_off_is_collected_again(sheet, settings, monkeypatch):
    static_files.collect()
    (settings.STATIC_ROOT / "staticfiles.json").unlink()
    assert static_files.collect()
    os.utime(sheet, ns=(1, 1))
    with monkeypatch.context() as patch:
        patch.setattr(static_files, "call_command", _full)
        with pytest.raises(OSError, match="No space left"):
            static_files.collect()
    assert static_files.collect()


def _full(*_: object, **__: object) -> None:
    raise OSError("No space left on device")
