"""Learning objectives: what of a run shows them, whose work it was, and what a scenario may ask for."""

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

import engine
from engine import Command, Event, Log, Moment, check_scenario, ledger, load_scenario, objectives, phrase, tell
from engine.scenario.scenario import SCENARIOS
from tests.days import step_at
from tests.played import rehearsed

SCENARIO = load_scenario("knight-2012")
SCORE: Any = {"total": 16_200_000.0, "claims": [], "runaway": "contained", "contained_at": "09:36:05"}


def at(text: str, kind: str, *audience: str, **data: Any) -> Event:
    return Event(step_at(text), kind, audience, data)


def gave(text: str, desk: str, seq: int, kind: str, **args: Any) -> list[Event]:
    """A command that has its effect at once."""
    told = {"seq": seq, "command": kind, "args": args}
    return [at(text, "command.applied", desk, **told, until=0), at(text, "lever.finished", desk, **told)]


def refused(text: str, desk: str, seq: int, kind: str, why: str = "{so_far}") -> Event:
    return at(text, "command.refused", desk, seq=seq, command=kind, reason=phrase(why, so_far=phrase("ask for it")) if "{" in why else phrase(why))


def assessed(events: list[Event], *, scenario: str = "knight-2012", since: str = "08:00", assistants: tuple[int, ...] = (), score: Any = SCORE) -> Any:
    """Objective -> what the run shows of it."""
    log = Log(load_scenario(scenario), 79, (), Moment(step_at("16:00"), 99), since=step_at(since))
    found = objectives(log, events, ledger(events, log.decisions), score, assistants)
    return {one["id"]: one for one in found}


def said(one: Any) -> list[str]:
    return [tell(SCENARIO, line["said"]) for line in one["shown"]]


LOOK, STOP = gave("09:33", "operator", 1, "server.look", server=8), gave("09:36", "operator", 2, "server.stop", server=8)


def test_a_lever_that_can_hurt_is_pulled_after_evidence_was_opened_and_not_long_after():
    one = assessed([*LOOK, *STOP])["look-first"]
    assert (one["outcome"], one["desks"]) == ("met", {"operator": [1, 1]})
    assert said(one) == ["09:36, operator: Stop a server. Since evidence was last opened or read: 3 min."]
    late = assessed([*LOOK, *gave("09:49", "operator", 2, "server.stop", server=8)])["look-first"]
    assert said(late) == ["09:49, operator: Stop a server, with no evidence opened or read in the 15 minutes before."]


def test_evidence_of_another_desk_counts_once_it_is_read_on_the_bridge():
    assert assessed([*LOOK, *gave("09:36", "risk", 2, "limit.set", gross_usd=1)])["look-first"]["outcome"] == "not-seen"
    read = at("09:35", "pin.read", "deployer", "operator", "risk", pin=1, desk="risk")
    assert assessed([*LOOK, read, *gave("09:36", "risk", 2, "limit.set", gross_usd=1)])["look-first"]["outcome"] == "met"


def test_what_an_assistant_did_is_no_desks_work_and_what_history_did_neither():
    assert assessed([*STOP], assistants=(2,))["look-first"]["outcome"] == "no-occasion"
    assert assessed([*STOP], since="09:40")["look-first"]["outcome"] == "no-occasion"


def test_approval_is_asked_for_before_the_lever_is_tried():
    given = at("09:34", "word.given", what="servers.stop_all", desk="risk")
    tried, pulled = refused("09:33", "operator", 1, "servers.stop_all"), gave("09:35", "operator", 2, "servers.stop_all")
    assert assessed([given, *pulled])["approval"]["outcome"] == "met"
    both = assessed([tried, given, *pulled])["approval"]
    assert (both["outcome"], both["met"], both["occasions"]) == ("partly", 1, 2)
    assert said(both)[0] == "09:33, operator: Stop all servers by hand was tried before it was approved."


def test_a_refusal_for_another_reason_and_a_lever_that_needed_no_approval_are_no_occasion():
    assert assessed([refused("09:33", "operator", 1, "servers.stop_all", "the day is over"), *STOP])["approval"]["outcome"] == "no-occasion"


def test_a_server_is_looked_at_after_it_was_last_mended():
    mend = [*gave("08:30", "deployer", 1, "release.copy", servers=[8]), *gave("08:50", "deployer", 2, "server.start", server=8)]
    between = gave("08:40", "deployer", 3, "checksum.run", servers=[8])
    other = gave("08:55", "deployer", 4, "checksum.run", servers=[7])
    assert assessed([*mend, *between, *other])["check-after"]["met"] == 0
    one = assessed([*mend, *gave("09:00", "deployer", 5, "checksum.run", servers=[7, 8])])["check-after"]
    assert said(one) == ["08:50, deployer: Start or restart a server (SMARS-8). Until it was checked: 10 min."]


def test_every_server_is_compared_before_the_bell_by_whoever_had_the_time():
    one = assessed(gave("08:40", "deployer", 1, "checksum.run", servers=[1, 2, 8]))["compare"]
    assert (one["outcome"], one["met"], one["occasions"]) == ("partly", 3, 8)
    assert assessed([], since="09:28")["compare"]["outcome"] == "no-occasion"


def test_a_rollback_is_judged_against_the_flag_as_it_stood():
    back = gave("09:50", "deployer", 9, "release.rollback", servers=[8])
    off, on = gave("09:40", "deployer", 1, "flag.clear"), gave("09:45", "deployer", 2, "flag.set")
    assert assessed(back)["flag"]["outcome"] == "not-seen"
    assert assessed([*off, *back])["flag"]["outcome"] == "met"
    assert assessed([*off, *on, *back])["flag"]["outcome"] == "not-seen"
    assert assessed([*gave("08:10", "deployer", 3, "rollback.rehearse"), *back])["flag"]["outcome"] == "met"


def test_evidence_is_shared_and_read_in_time():
    pin = [
        at("09:38", "bridge.posted", item=4, desk="operator", posted="pin", title="Rates of SMARS-8"),
        at("09:38", "evidence.shared", pin=4, desk="operator", what="look", number=8),
    ]
    read = at("09:42", "pin.read", pin=4, desk="risk")
    found = assessed([*LOOK, *pin, read])
    assert said(found["share"]) == ['09:33, operator: "Rates of SMARS-8" was seen. Until it was shared: 5 min.']
    assert (found["share"]["outcome"], found["read"]["outcome"]) == ("not-seen", "not-seen")
    assert said(assessed([*LOOK, *pin])["read"]) == ['09:38, operator: "Rates of SMARS-8" was shared, and no other desk opened it.']


def test_a_first_sign_that_nobody_else_hears_of_is_told_so():
    noticed = [*LOOK, at("09:33", "symptom.noticed", desk="operator")]
    assert said(assessed(noticed)["share"]) == ["09:33, operator: the first sign was seen, and nothing was put on the bridge after it."]
    assert assessed(noticed)["contain"]["desks"] == {}, "all desks contain it together, and not the one that noticed"
    assert said(assessed(noticed)["contain"]) == ["09:33, operator: a sign was noticed. Until it was contained: 3 min 5 s."]


def test_a_cause_counts_as_the_score_has_it():
    declared = [at("09:40", "diagnosis.declared", desk="risk"), at("09:45", "diagnosis.declared", desk="operator")]
    claims = [{"desk": "risk", "confidence": None, "right": False}, {"desk": "operator", "confidence": None, "right": True}]
    one = assessed(declared, scenario="any-morning", score=SCORE | {"claims": claims})["cause"]
    assert (one["outcome"], one["desks"]) == ("partly", {"operator": [1, 1], "risk": [0, 1]})


def test_one_lever_comes_before_another():
    check, raise_it = gave("08:20", "deployer", 1, "checksum.run", servers=[1]), gave("08:40", "deployer", 2, "ramp.set", percent=1)
    assert assessed([*check, *raise_it], scenario="flag-first")["check-first"]["outcome"] == "met"
    late = gave("08:50", "deployer", 3, "checksum.run", servers=[1])
    assert assessed([*raise_it, *late], scenario="flag-first")["check-first"]["outcome"] == "not-seen"


@pytest.mark.whole
def test_a_whole_run_is_assessed_in_less_than_fifty_milliseconds():
    played = rehearsed("competent")
    log = Log(SCENARIO, 79, tuple(played.commands), played.sim.moment, since=step_at("09:28"))
    entries, began = ledger(played.events, log.decisions), time.process_time()
    found = objectives(log, played.events, entries, engine.score(played.sim))
    assert time.process_time() - began < 0.05
    assert {one["id"]: one["outcome"] for one in found}["contain"] == "met" and len(found) == 8
    assert all("…" not in tell(SCENARIO, line["said"]) for one in found for line in one["shown"])


@pytest.mark.parametrize("scenario_id", engine.shipped_ids())
def test_every_scenario_that_ships_has_four_to_eight(scenario_id):
    assert 4 <= len(load_scenario(scenario_id).objectives.objective) <= 8


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ('check = "read-in-time"', 'check = "was-brave"', "check"),
        ('check = "word-before-acting"', 'check = "word-before-acting"\nlevers = ["server.hug"]', "'approval': levers = 'server.hug'"),
        ('check = "word-before-acting"', 'check = "word-before-acting"\nwithin_min = 3', "takes no within_min"),
        ('check = "read-in-time"\nwithin_min = 3', 'check = "read-in-time"', "needs within_min"),
        ('id = "read"', 'id = "share"', "each once"),
    ],
    ids=["unknown check", "unknown lever", "a key of another check", "a key that is missing", "twice"],
)
def test_what_an_objective_cannot_be_is_refused_by_name(tmp_path, was, now, expected):
    folder = Path(shutil.copytree(SCENARIOS / "knight-2012", tmp_path / "knight-2012"))
    file = folder / "objectives.toml"
    assert was in file.read_text()
    file.write_text(file.read_text().replace(was, now))
    problems = [problem for problem in check_scenario(folder) if problem.file == "objectives.toml"]
    assert expected in " ".join(map(str, problems)), problems


def test_objectives_are_no_part_of_what_is_played(tmp_path):
    folder = Path(shutil.copytree(SCENARIOS / "knight-2012", tmp_path / "knight-2012"))
    (folder / "objectives.toml").unlink()
    assert engine.read_folder(folder).sha256 == SCENARIO.sha256
    log = Log(engine.read_folder(folder), 79, (Command(1, 0, "operator", "server.stop", {"server": 1}),), Moment(9, 9))
    assert objectives(log, STOP, [], SCORE) == []
