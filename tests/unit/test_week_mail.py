"""Mail and calls of the evenings: planned by the seed, or said because the run is so; the day's own are the same with and without a week."""

import shutil
from collections import Counter

import pytest

from engine import DESKS, Simulation, load_scenario, playbook, restore, save
from engine.evidence.evidence import EvidenceError, load_evidence
from engine.evidence.plan import plan
from engine.market_time import Calendar
from engine.scenario.folders import Folder
from engine.scenario.scenario import SCENARIOS
from tests.days import EVENING_STEPS, WEEK, evening_of, step_at
from tests.read import mails
from tests.read import seen as sight
from tests.small import give, small_scenario, until

WHOLE = load_scenario("knight-2012")
SCENARIO = small_scenario(4)
FOLDER = SCENARIOS / "knight-2012"


def week(seed: int = 7) -> Simulation:
    return Simulation(SCENARIO, seed, start=WEEK)


def history(seed: int = 7) -> Simulation:
    sim = week(seed)
    for command in playbook(WHOLE, "history-week", seed):
        sim.step(command.step - sim.now)
        assert sim.submit(command) is None
    sim.step(-sim.now)
    return sim


def subjects(sim: Simulation, desk: str) -> list[str]:
    return [mail["subject"] for mail in mails(sim) if mail["desk"] == desk]


@pytest.mark.parametrize("seed", [7, 79, 3])
def test_an_evening_has_about_twenty_five_mails_and_every_desk_some(seed):
    sim = history(seed)
    evenings = Counter(evening_of(mail["step"]) for mail in mails(sim))
    assert all(18 <= evenings[evening] <= 32 for evening in range(3)), evenings
    desks = Counter((evening_of(mail["step"]), mail["desk"]) for mail in mails(sim))
    assert min(desks[evening, desk] for evening in range(3) for desk in DESKS) >= 3


def test_the_noise_of_an_evening_stays_in_its_evening_and_is_the_seeds_alone():
    first, again, other = (plan.__wrapped__(WHOLE.evidence, seed) for seed in (7, 7, 8))  # made anew: one that is kept is always the same
    early = [entry for entry in first if entry.step < 0]
    assert first == again != other
    assert all(WEEK < entry.step < 0 and 240 <= entry.step % EVENING_STEPS <= EVENING_STEPS - 240 for entry in early)
    idle, busy = week(), history()
    idle.step(-idle.now)
    planned = {text.id for text in WHOLE.evidence.planned}
    assert planned
    said = [{(mail["step"], mail["body"]) for mail in mails(sim) if mail["group"] == "machines"} for sim in (idle, busy)]
    assert said[0] == said[1]


def test_the_mornings_mails_are_the_same_with_and_without_a_week():
    after, alone = history(), Simulation(SCENARIO, 7)
    for sim in (after, alone):
        sim.step(step_at("08:40") - sim.now)
    told = [[(mail["step"], mail["subject"], mail["body"]) for mail in mails(sim) if mail["step"] >= 0] for sim in (after, alone)]
    assert told[0] == told[1]
    assert len(told[0]) > 20
    assert min(alone.inbox.mails) == 1


def test_the_week_is_told_from_the_run():
    sim = history()
    mine = subjects(sim, "deployer")
    assert "First ones are over" in mine
    assert any(subject.startswith("Number 3 of tonight") for subject in mine), "a tired technician"
    assert "Go-live stands: Wednesday, 1 August" in mine
    assert {"8 of 8, thank you", "Who compares the machines?"} <= set(mine)
    assert not any(subject.endswith("of 8?") for subject in mine), "all were begun in time"
    assert "The list is closed" in subjects(sim, "risk")


def test_who_copies_nothing_is_told_that_the_date_will_not_move():
    sim = week()
    sim.step(-sim.now)
    assert "0 of 8?" in subjects(sim, "deployer")
    assert "8 of 8, thank you" not in subjects(sim, "deployer")
    body = next(mail["body"] for mail in mails(sim) if mail["subject"] == "0 of 8?")
    assert "8 that nobody has started, and you can start 4 more tonight" in body


def test_automation_without_an_audit_is_told_how_many_hosts_it_lists():
    sim = week()
    sim.week.facts["automation"] = sim.now
    sim.step(20 * 240)
    assert "a list of 7 machines" in next(mail["body"] for mail in mails(sim) if mail["subject"] == "Your list and our racks")


def test_the_data_centre_rings_and_a_door_kept_open_makes_the_audit_shorter():
    sim = until(week(), "30 Jul 18:31")
    call = next(call for call in sim.inbox.calls if call["caller"] == "Data center")
    assert sight(sim, "operator")["calls"]["calls"][0]["left_s"] > 1_500
    assert give(sim, "operator", "call.answer", call=call["id"], reply="racks.walk") is None
    assert give(sim, "operator", "inventory.audit") is None
    assert sim.works[-1].end - sim.now == 60 * 240


def test_a_second_pair_of_eyes_hashes_the_copy_that_was_recorded_last():
    sim = week()
    for moment, servers in (("27 Jul 18:00", [n for n in range(1, 9) if n != sim.stale][:4]), ("31 Jul 18:00", [sim.stale])):
        until(sim, moment)
        assert give(sim, "deployer", "release.copy", servers=servers, release="smars-rlp") is None
    until(sim, "31 Jul 18:50")
    call = next(call for call in sim.inbox.calls if call["caller"].startswith("Ravi"))
    blind = restore(SCENARIO, save(sim))
    assert give(blind, "deployer", "call.answer", call=call["id"], reply="tired.again") is None
    assert (blind.records.checksums, blind.records.terminal[-1]["text"]) == ([], f"smars-8: {blind.fleet[8].reported}, done")
    assert give(sim, "deployer", "call.answer", call=call["id"], reply="tired.two") is None
    assert (sim.records.checksums[-1]["server"], sim.phone.fees_usd) == (sim.stale, 2000)
    assert sim.records.checksums[-1]["disk"] == sim.fleet.releases["smars-2003"].hash


def test_asking_for_a_later_date_moves_nothing():
    sim = until(week(), "30 Jul 18:16")
    call = next(call for call in sim.inbox.calls if call["desk"] == "risk")
    assert give(sim, "risk", "call.answer", call=call["id"], reply="date.later") is None
    until(sim, "30 Jul 18:50")
    assert "The date isn't moving" in next(mail["body"] for mail in mails(sim) if mail["subject"] == "Re: the fifteenth")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('at = ["27 Jul 18:04"]', 'at = ["09:04"]', "times on the evenings of the week"),
        ('at = ["27 Jul 18:04"]', 'at = ["28 Jul 18:04"]', "no evening of the week"),
        ('"copies_tonight >= 3"', '"copies_tonite >= 3"', "copies_tonight"),
        ("evenings = [11, 11, 11]", "evenings = [11, 11]", "expected 3, one an evening of the week"),
        ('does = ["reread"]', 'does = ["rerun"]', "an act out of"),
        ('id = "date"', 'id = "golive"', "a key that begins with golive."),
    ],
)
def test_a_bad_text_of_the_week_is_refused_with_its_place(tmp_path, old, new, expected):
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER, folder)
    text = (folder / "week.toml").read_text()
    assert old in text
    (folder / "week.toml").write_text(text.replace(old, new))
    with pytest.raises(EvidenceError, match=r"week\.toml.*" + expected):
        load_evidence(Folder.at(folder), "SMARS-{n}", Calendar.of())


def test_a_scenario_may_have_no_texts_of_the_week(tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER, folder)
    (folder / "week.toml").unlink()
    assert all(entry.step >= 0 for entry in plan(load_evidence(Folder.at(folder), "SMARS-{n}", Calendar.of()), 7))
