"""What the deployer's cards say: the copy tool's record, checksums asked for, code and calendar."""

import json
import re

import pytest

from engine import Simulation, load_scenario, replay, restore, save
from tests.days import OPEN
from tests.engine_builders import quiet_scenario
from tests.read import seen as sight
from tests.small import before, begun, give, settle

SCENARIO = quiet_scenario(queued=0)
OLD, NEW = SCENARIO.fleet.release[:2]
STALE = 8


def morning(step: int = 400, *, instant: bool = True) -> Simulation:
    sim = begun(SCENARIO, step, 79, instant=instant)
    assert sim.stale == STALE
    return sim


def card(sim: Simulation, name: str, help_level: str = "2012") -> dict:
    return sight(sim, "deployer", help_level)[name]


def rows(sim: Simulation, help_level: str = "2012") -> dict[int, dict]:
    return {row["n"]: row for row in card(sim, "fleet", help_level)["servers"]}


def printed(sim: Simulation) -> list[str]:
    return [line["text"] for line in card(sim, "terminal")["lines"]]


def test_the_copy_tool_recorded_the_same_release_on_every_server():
    found = card(morning(), "fleet")
    assert (found["target"], len(found["servers"])) == (NEW.name, 8)
    assert {row["recorded"] for row in found["servers"]} == {NEW.name}
    assert {row["checksum"] for row in found["servers"]} == {None}
    assert [row["copied_at"] for row in found["servers"]] == list(SCENARIO.fleet.copied)
    days = [row["copied_at"][:6] for row in found["servers"]]
    assert sorted(set(days)) == ["27 Jul", "30 Jul", "31 Jul"]
    assert max(days.count(day) for day in days) <= 4, "a few a day"
    assert all(re.fullmatch(r"\d\d Jul 1[89]:\d\d", row["copied_at"]) for row in found["servers"])


def test_a_checksum_shows_the_file_on_disk_and_the_process_with_their_releases():
    sim = morning()
    give(sim, "deployer", "checksum.run", servers=[7, STALE])
    found = rows(sim)
    assert found[7]["checksum"] == {
        "at": "08:01:40",
        "disk": NEW.hash,
        "process": NEW.hash,
        "disk_release": NEW.name,
        "process_release": NEW.name,
        "same": True,
    }
    assert (found[STALE]["checksum"]["disk_release"], found[STALE]["checksum"]["same"]) == (OLD.name, True)
    assert found[1]["checksum"] is None


def test_a_server_copied_but_not_restarted_differs_in_the_process():
    sim = morning()
    give(sim, "deployer", "release.copy", servers=[STALE], release=NEW.name)
    give(sim, "deployer", "checksum.run", servers=[STALE])
    found = rows(sim)[STALE]
    assert (found["checksum"]["disk_release"], found["checksum"]["process_release"], found["checksum"]["same"]) == (NEW.name, OLD.name, False)
    assert found["copied_at"] == "08:01:40"


def test_a_checksum_stays_as_it_was_until_the_next_one_and_shows_a_process_that_is_down():
    sim = morning()
    give(sim, "deployer", "checksum.run", servers=[3])
    give(sim, "operator", "server.stop", server=3)
    sim.step(240)
    assert rows(sim)[3]["checksum"]["process"] == NEW.hash
    give(sim, "deployer", "checksum.run", servers=[3])
    assert rows(sim)[3]["checksum"] == {
        "at": "08:02:40",
        "disk": NEW.hash,
        "process": "",
        "disk_release": NEW.name,
        "process_release": "",
        "same": False,
    }


@pytest.mark.parametrize("level", ["assisted", "guided"])
def test_help_shows_no_checksum_that_nobody_asked_for(level):
    sim = morning()
    assert card(sim, "fleet", level) == card(sim, "fleet", "2012")
    assert [row["checksum"] for row in card(sim, "fleet", level)["servers"]] == [None] * 8


def test_a_rollback_records_what_the_tool_believes():
    sim = morning()
    give(sim, "deployer", "release.rollback", servers=[1, STALE])
    assert [rows(sim)[n]["recorded"] for n in (1, 2, STALE)] == [OLD.name, NEW.name, OLD.name]


def test_copying_the_old_release_and_rolling_back_looks_the_same_on_a_stale_server_and_on_a_good_one():
    sim = morning()
    for kind, args in (("release.copy", {"release": OLD.name}), ("release.rollback", {})):
        assert give(sim, "deployer", kind, servers=[1, STALE], **args) is None
        one, other = (rows(sim)[n] for n in (1, STALE))
        assert (one["recorded"], one["copied_at"]) == (other["recorded"], other["copied_at"])
    said = [line for line in printed(sim) if not line.startswith("$")]
    assert said == [
        f"smars-1: {OLD.name} copied, done",
        f"smars-8: {OLD.name} copied, done",
        f"smars-1: back on {NEW.name}, done",
        f"smars-8: back on {NEW.name}, done",
    ]
    assert sim.fleet[1].installed == NEW.name
    assert sim.fleet[STALE].installed == OLD.name


def test_work_on_a_server_shows_on_its_row_with_the_time_left():
    sim = morning(OPEN, instant=False)
    assert give(sim, "deployer", "checksum.run", servers=[4, 5]) is None
    sim.step(240)
    assert rows(sim)[4]["work"] == rows(sim)[5]["work"] == {"kind": "checksum.run", "label": "Checksum servers", "left_s": 180}
    assert rows(sim)[6]["work"] is None


def test_what_the_operator_does_to_a_server_is_not_on_the_fleet_card():
    sim = morning(OPEN, instant=False)
    before = sight(sim, "deployer")
    give(sim, "operator", "server.start", server=2)
    assert sight(sim, "deployer") == before


def test_the_terminal_prints_commands_when_typed_and_results_when_done():
    sim = morning(OPEN, instant=False)
    give(sim, "deployer", "checksum.run", servers=[STALE])
    assert printed(sim) == ["$ sha256sum smars-8:/opt/smars/bin/smars"]
    sim.step(480)
    assert printed(sim)[1:] == [f"{OLD.hash}  smars-8:/opt/smars/bin/smars", f"{OLD.hash}  smars-8:/proc/smars/exe"]
    give(sim, "deployer", "release.copy", servers=[STALE], release=NEW.name)
    sim.step(1440)
    assert printed(sim)[3:] == [f"$ copy releases/{NEW.name} smars-8", f"smars-8: {NEW.name} copied, done"]
    assert {line["at"] for line in card(sim, "terminal")["lines"]} == {"09:30:00", "09:32:00", "09:35:00"}


def test_a_restart_by_the_deployer_shows_on_the_row_and_on_the_terminal_and_by_the_operator_on_neither():
    sim = morning(OPEN, instant=False)
    give(sim, "operator", "server.start", server=2)
    give(sim, "deployer", "server.start", server=3)
    assert (rows(sim)[2]["work"], rows(sim)[3]["work"]["kind"]) == (None, "server.start")
    sim.step(1200)
    assert printed(sim) == ["$ restart smars-3", "smars-3: restart requested, done"]


def test_the_terminal_keeps_the_last_sixty_lines():
    sim = morning()
    for _ in range(4):
        give(sim, "deployer", "checksum.run", servers=list(range(1, 9)))
    assert len(printed(sim)) == 60
    assert len(sim.records.terminal) <= 120


def test_a_refused_command_prints_nothing():
    sim = morning()
    assert give(sim, "deployer", "checksum.run", servers=[9])
    assert printed(sim) == []


def test_the_flag_is_as_upstream_said_and_shows_what_was_asked():
    sim = morning(OPEN, instant=False)
    assert card(sim, "flag") == {"set": True, "percent": 100, "flag": "P", "work": None}
    settle(sim)
    give(sim, "deployer", "flag.clear")
    sim.step(240)
    assert card(sim, "flag") == {"set": True, "percent": 100, "flag": "P", "work": {"label": "Have the flag cleared upstream", "left_s": 240}}
    sim.step(1200)
    assert card(sim, "flag") == {"set": False, "percent": 0, "flag": "P", "work": None}


def test_releases_show_notes_hashes_and_what_the_flag_does():
    found = card(morning(), "releases")
    assert [(row["name"], row["hash"], row["flag_clear"], row["flag_set"]) for row in found["releases"]] == [
        (OLD.name, OLD.hash, "route", "Power Peg"),
        (NEW.name, NEW.hash, "route", "RLP"),
    ]
    assert all(row["note"] and row["built"] for row in found["releases"])


def test_the_diffs_tell_what_becomes_of_the_flag_and_where_the_counter_went():
    diffs = {diff["id"]: diff["lines"] for diff in card(morning(), "releases")["diffs"]}
    gone = [line["text"] for line in diffs["rlp-dispatch"] if line["sign"] == "-"]
    come = [line["text"] for line in diffs["rlp-dispatch"] if line["sign"] == "+"]
    assert any("'P'" in text for text in gone) and any("power_peg" in text for text in gone)
    assert any("'P'" in text for text in come) and any("rlp_" in text for text in come)
    moved = [line["text"].strip() for line in diffs["peg-2005"] if line["sign"] == "-"]
    assert "if (counter_.cumulative(parent.id) >= parent.quantity) {" in moved
    assert set(moved) <= {line["text"].strip() for line in diffs["peg-2005"] if line["sign"] == "+"}


def test_every_hunk_counts_its_lines_right():
    for diff in load_scenario("knight-2012").releases.diff:
        hunks: list[tuple[str, list[str]]] = []
        for sign, text in diff.lines:
            if sign == "@":
                hunks.append((text, []))
            else:
                hunks[-1][1].append(sign)
        for head, signs in hunks:
            match = re.match(r"@@ -\d+,(\d+) \+\d+,(\d+) @@", head)
            assert match, head
            assert [int(match[1]), int(match[2])] == [sum(sign in wanted for sign in signs) for wanted in ("- ", "+ ")], f"{diff.id}: {head}"


def test_nothing_that_never_changes_says_which_server_missed_the_release():
    """The same texts for every seed, and none singles a server out."""
    sims = [Simulation(SCENARIO, seed, instant=True) for seed in (79, 7, 11)]
    assert len({sim.stale for sim in sims}) > 1
    assert len({json.dumps([card(sim, name) for name in ("releases", "changes", "fleet")]) for sim in sims}) == 1
    titles = " ".join(row["title"] for row in card(sims[0], "changes")["rows"])
    assert all(f"SMARS-{n}" in titles for n in range(1, 9))
    assert "stale" not in titles


def test_terminal_and_record_survive_a_checkpoint_and_a_replay():
    sim = morning(OPEN, instant=False)
    give(sim, "deployer", "checksum.run", servers=[STALE])
    give(sim, "deployer", "release.rollback", servers=[1])
    sim.step(500)
    back = restore(SCENARIO, save(sim))
    assert sight(back, "deployer") == sight(sim, "deployer")
    for each in (sim, back):
        each.step(1000)
    assert sight(back, "deployer") == sight(sim, "deployer")
    assert back.digest() == sim.digest()
    again = replay(SCENARIO, 79, [], before(OPEN))
    assert card(again, "terminal") == {"lines": []}
