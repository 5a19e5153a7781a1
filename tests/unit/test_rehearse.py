"""Rehearsals: whole mornings without people, and the command that prints them."""

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

import engine
from engine import DESKS, Rehearsal, load_scenario, play, rehearse, rehearsed, score, wound_up
from game import __version__
from tests import days
from tests.days import step_at
from tests.read import seen
from tests.small import give, small_scenario

SCENARIO = load_scenario("knight-2012")
SEEDS = (79, 2, 5)


@lru_cache(maxsize=16)
def morning(name: str, seed: int, until: str = "11:00") -> Rehearsal:
    return rehearse(SCENARIO, seed, dict.fromkeys(DESKS, name), until=step_at(until))


@lru_cache(maxsize=1)
def historys_day() -> Rehearsal:
    return play(SCENARIO, "history", 79)


@lru_cache(maxsize=4)
def whole_day(name: str) -> dict[str, Any]:
    """Beside history's day, which is played once for all of them."""

    def ghost(scenario: engine.Scenario, name: str, seed: int, *, noise: int | None, since: int, until: int | None) -> Rehearsal:
        assert (scenario, name, seed, noise, since, until) == (SCENARIO, "history", 79, None, 0, SCENARIO.calendar.end)
        return historys_day()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.analysis.rehearsal.play", ghost)
        return rehearsed(SCENARIO, 79, dict.fromkeys(DESKS, name))


def loss(run: Rehearsal) -> float:
    return float(score(run.sim)["total"])


def at(run: Rehearsal, kind: str) -> list[str]:
    """When levers of a kind had their effect."""
    return [days.clock(event.step) for event in run.events if event.kind == "lever.finished" and event.data["command"] == kind]


# -- the characters


@pytest.mark.whole
@pytest.mark.parametrize("seed", SEEDS)
def test_competent_loses_less_than_novice_and_novice_less_than_history(seed):
    competent, novice, history = (loss(morning(name, seed)) for name in ("competent", "novice", "history"))
    assert competent < 0.05 * history
    assert competent * 5 < novice < 0.75 * history


@pytest.mark.whole
def test_history_from_its_sights_agrees_with_the_record_of_its_commands():
    run, record = morning("history", 79), play(SCENARIO, "history", 79, until=step_at("11:00"))
    assert loss(run) == pytest.approx(loss(record), rel=0.03)
    assert at(run, "release.rollback") == ["09:54:00"]
    assert at(run, "smars.disconnect") == ["10:15:00"]
    assert not run.sim.exchanges.cut_by_exchange
    assert run.refused == []


@pytest.mark.whole
@pytest.mark.parametrize("name", engine.AUTOPILOTS)
def test_no_autopilot_gives_a_command_that_is_refused(name):
    assert [(days.clock(command.step), command.desk, command.kind, reason) for command, reason in morning(name, 79).refused] == []


@pytest.mark.whole
def test_one_competent_deployer_is_enough_where_the_others_are_new():
    run = rehearse(SCENARIO, 79, {"operator": "novice", "risk": "novice", "deployer": "competent"}, until=step_at("10:15"))
    assert loss(run) < 0.1 * loss(morning("history", 79))


@pytest.mark.whole
def test_assistants_alone_stop_nothing():
    run = morning("assistant", 79)
    assert {command.kind for command in run.commands} <= {"mail.open", "pin.read", "evidence.share", "call.answer"}
    assert run.sim.exchanges.cut_by_exchange


@pytest.mark.whole
@pytest.mark.parametrize("name", engine.AUTOPILOTS)
def test_autopilots_read_the_cards_of_the_helped_too(name):
    run = rehearse(SCENARIO, 79, dict.fromkeys(DESKS, name), until=step_at("09:45"), help_level="assisted")
    assert [(days.clock(command.step), command.desk, command.kind, reason) for command, reason in run.refused] == []


# -- playing on


@pytest.mark.whole
def test_a_rehearsal_is_a_log_like_any_other():
    run = morning("novice", 79)
    again = engine.replay(SCENARIO, 79, run.commands, run.sim.moment)
    assert again.digest() == run.sim.digest()


@pytest.mark.whole
def test_before_the_moment_they_begin_history_plays_every_desk():
    seats = dict.fromkeys(DESKS, "competent")
    run = rehearse(SCENARIO, 79, seats, since=step_at("10:00"), until=step_at("10:30"))
    assert at(run, "release.rollback") == ["09:54:00"]
    assert "10:00:00" < at(run, "smars.disconnect")[0] < "10:10:00"


@pytest.mark.whole
def test_whoever_takes_the_operators_desk_over_from_history_still_finds_the_rejects_in_the_inbox():
    assert not morning("history", 79).sim.phone.filtered
    run = rehearse(SCENARIO, 79, dict.fromkeys(DESKS, "history"), until=step_at("09:29"))
    waiting = [mail for mail in seen(run.sim, "operator")["inbox"]["mails"] if "Power Peg" in mail["subject"] and not mail["read"]]
    assert len(waiting) > 10


@pytest.mark.whole
def test_a_desk_nobody_plays_does_nothing():
    run = rehearse(SCENARIO, 79, {"risk": "competent"}, until=step_at("09:00"))
    assert {command.desk for command in run.commands} == {"risk"}


@pytest.mark.whole
def test_a_rehearsed_day_goes_to_the_evening_and_tells_the_fate():
    found = whole_day("competent")
    assert found["until"] == "19:00:00"
    assert found["score"]["survives"] is True
    assert found["share_avoided"] > 0.95
    assert found["story"][-1]["text"].startswith("The firm goes on")
    assert found["ghost"]["story"][-1]["at"] == "19:00:00"
    assert found["minutes"]["diagnose"]["minutes"] < 0 < found["ghost"]["minutes"]["contain"]["minutes"]


# -- the command


def rehearsal(*args: str) -> str:
    out = io.StringIO()
    call_command("rehearse", *args, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.mark.whole
def test_json_is_one_object_and_nothing_else():
    seats = "deployer=history, operator=novice,risk=history"
    found = json.loads(rehearsal("knight-2012", "--seats", seats, "--seed", "4", "--noise", "9", "--until", "09:40", "--json"))
    assert (found["scenario"], found["seed"], found["noise"], found["help"]) == ("knight-2012", 4, 9, "2012")
    assert found["seats"] == {"deployer": "history", "operator": "novice", "risk": "history"}
    assert found["until"] == "09:40:00"
    assert {"commands", "score", "ghost", "avoided_usd", "share_avoided", "grade", "story", "waits", "minutes"} <= set(found)
    assert {command["desk"] for command in found["commands"]} <= set(DESKS)


@pytest.mark.whole
def test_people_read_the_story_and_the_score_beside_historys():
    text = rehearsal("knight-2012", "--until", "09:35")
    assert text.startswith("knight-2012, seed 79, noise 79, help 2012: deployer competent, operator competent, risk competent\n")
    for words in ("The opening bell.", "history", "losses avoided", "noticed", "contained"):
        assert words in text


@pytest.mark.whole
def test_many_seeds_are_one_table_of_line_ups_beside_history_however_many_processes_play_them(monkeypatch):
    history = ",".join(f"{desk}=history" for desk in DESKS)
    args = ("knight-2012", "--from", "31 Jul 18:00", "--until", "09:32", "--seats", history, "--seeds", "2")
    found = json.loads(rehearsal(*args, "--json"))
    assert (found["seeds"], found["from"], found["until"], [line_up["name"] for line_up in found["line_ups"]]) == (
        2,
        "31 Jul 18:00",
        "09:32:00",
        ["as given"],
    )
    rows = found["line_ups"][0]["rows"]
    assert [row["seed"] for row in rows] == [1, 2]
    assert all(row["runaway"] == "running" and abs(row["loss_usd"] - row["ghost_usd"]) < 0.05 * row["ghost_usd"] for row in rows)
    monkeypatch.setattr("game.management.cores.cpu_count", lambda: 1)
    assert json.loads(rehearsal(*args, "--json")) == found
    text = rehearsal(*args, "--until", "08:01")  # the last of an option counts
    assert text.startswith("knight-2012 from 31 Jul 18:00 to 08:01:00, help 2012, seeds 1 to 2; loss in $M\n")


@pytest.mark.whole
def test_how_long_desks_wait_for_something_new_is_a_row_a_line_up_and_desk():
    args = ("knight-2012", "--waits", "--seeds", "3-4", "--until", "09:31")
    found = json.loads(rehearsal(*args, "--json"))
    assert [(row["seed"], row["line_up"]) for row in found["rows"]] == [(s, name) for s in (3, 4) for name in ("all competent", "all novice")]
    text = rehearsal(*args).splitlines()
    assert text[0].startswith("knight-2012 from 08:00:00 to 09:31:00, seeds 3 to 4; waits for something new in wall time, too long from 60 s")
    assert [line[:28].rstrip() for line in text[2:]] == [f"all {name}, {desk}" for name in ("competent", "novice") for desk in DESKS]
    longest = max(row["risk"]["longest"]["wall_s"] for row in found["rows"] if row["line_up"] == "all novice")
    assert text[-1][28:].split()[0] == f"{longest:.1f}"


STOPS = """
[[command]]
at = 2012-08-01T09:31:00
desk = "operator"
kind = "servers.stop_all"
"""
REFUSED = STOPS.replace('"operator"', '"risk"').replace("servers.stop_all", "rate.set")  # there is none, it was never built


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("stops", STOPS), ("nobody", ""), ("not-so", REFUSED)):
        (tmp_path / f"{name}.toml").write_text(text)
    return tmp_path


@pytest.mark.whole
def test_playbooks_of_a_folder_are_played_alone_on_every_seed_and_what_is_refused_is_skipped(folder):
    args = ("knight-2012", "--playbooks", str(folder), "--seeds", "5-6", "--until", "09:37")
    found = json.loads(rehearsal(*args, "--json"))
    assert (found["scenario"], found["until"]) == ("knight-2012", "09:37:00")
    rows = {(row["playbook"], row["seed"]): row for row in found["rows"]}
    assert list(rows) == [(name, seed) for seed in (5, 6) for name in ("nobody", "not-so", "stops")]
    for seed in (5, 6):
        stops, nobody, refused = (rows[name, seed] for name in ("stops", "nobody", "not-so"))
        assert (stops["given"], stops["refused"]) == (2, 0), "the word is implied"
        assert (refused["given"], refused["refused"]) == (1, 1)
        assert nobody["loss_usd"] == refused["loss_usd"] and nobody["trading"] > stops["trading"]
        assert stops["service_kept"] < nobody["service_kept"] and stops["client_harm"] > nobody["client_harm"], "closed for the day"
        assert stops["ghost_usd"] == nobody["ghost_usd"]
    again = json.loads(rehearsal("knight-2012", "--playbooks", str(folder), "--seed", "6", "--until", "09:37", "--json"))
    assert again["rows"] == [row for row in found["rows"] if row["seed"] == 6]
    lines = rehearsal(*args).splitlines()
    assert lines[0] == "knight-2012 until 09:37:00, seeds 5 to 6; loss in $M"
    assert [line.split()[0] for line in lines[2:]] == ["nobody", "stops", "not-so"], "the best first, and apart what was mostly skipped"
    assert [line.split()[-1] for line in lines[2:]] == ["0%", "0%", "100%"]


def test_a_playbook_that_is_wrong_is_named_before_any_is_played(folder):
    (folder / "wrong.toml").write_text(STOPS.replace("servers.stop_all", "servers.explode"))
    with pytest.raises(CommandError, match=r"^wrong.toml: command 1: kind = 'servers.explode': expected one of "):
        rehearsal("knight-2012", "--playbooks", str(folder))


def test_quantiles_are_values_and_say_how_many_seeds_avoided_most():
    rows = [{"seed": seed, "loss_usd": seed, "grade": float(seed), "share_avoided": seed / 100} for seed in range(100, 0, -1)]
    found = engine.summary(rows)
    assert (found["loss_usd"]["least"], found["loss_usd"]["median"], found["loss_usd"]["most"], found["grade"]["p90"]) == (1, 51, 100, 90.0)
    assert found["most_avoided"] == 0.06
    assert [row["seed"] for row in found["rows"]] == list(range(1, 101))
    with pytest.raises(ValueError, match="at least one value"):
        engine.summary([])


@pytest.mark.whole
@pytest.mark.parametrize(
    "args",
    [
        ("quiet-open", "--until", "09:34", "--seats", "risk=novice,operator=history", "--noise", "5"),
        ("knight-2012", "--from", "deployment", "--until", "09:32", "--unwind", "formula"),
    ],
)
def test_a_rehearsal_is_written_as_a_bundle_that_is_verified(args, tmp_path):
    file, said = tmp_path / "run.zip", io.StringIO()
    rehearsal(*args, "--bundle", str(file))
    call_command("verify", str(file), stdout=said)
    assert "the same to the last bit" in said.getvalue() and "rehearsed with deployer competent" in said.getvalue()
    bundle = engine.unpack(file.read_bytes())
    assert bundle.version == __version__ and f"packed by {__version__}" in said.getvalue()
    assert bundle.log.until == (step_at(args[args.index("--until") + 1]), len(bundle.log.commands)) and len(bundle.log.commands) > 3


def test_what_is_down_when_a_run_is_cut_short_counts_as_down_to_the_close():
    run = Rehearsal(engine.Simulation(small_scenario(1), 7))
    assert give(run.sim, "operator", "server.stop", server=3) is None
    run.sim.step(step_at("09:00"))
    costs, before = run.sim.scenario.costs, score(run.sim)["halting"]
    minutes = 45 + costs.after_bell * (30 + 345)  # the bell counts whole
    assert wound_up(run)["halting"] - before == pytest.approx(costs.server_minute_usd * minutes, rel=0.001)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["knight-2012", "--seeds", "0"], "--seeds: 0: expected 1 to 1000"),
        (["knight-2012", "--seeds", "7-5"], "--seeds: 7-5: expected 1 to 1000, or so many of them as a range such as 41-50"),
        (["knight-2012", "--seeds", "1-1001"], "--seeds: 1-1001: expected 1 to 1000"),
        (["knight-2012", "--playbooks", "/no/where"], "--playbooks /no/where: expected a folder with playbooks (*.toml) in it"),
        (["knight-2012", "--bundle", "x.zip", "--playbooks", "."], "--bundle: expected without --seeds, --habits, --waits and --playbooks"),
        (["knight-2012", "--seeds", "2", "--noise", "3"], "--seeds: expected without --seed and --noise"),
        (["knight-2012", "--unwind", "formula", "--from", "12:00"], "--until is 11:30: expected a time after --from, which is 12:00"),
        (["knight-2012", "--bundle", "/no/where.zip"], "--bundle /no/where.zip: cannot be written: No such file or directory"),
        (["knight-2012", "--bundle", "x.zip", "--waits"], "--bundle: expected without --seeds, --habits, --waits and --playbooks"),
        (["knight-2012", "--waits", "--seeds", "0"], "--seeds: 0: expected 1 to 1000"),
        (["knight-2012", "--bundle", "x.zip", "--seeds", "2"], "--bundle: expected without --seeds, --habits, --waits and --playbooks"),
        (["knight-1987"], "'knight-1987' is no scenario: expected one of any-morning, flag-first, hot-failover-trap, knight-0958"),
        (["knight-2012", "--seats", "ceo=novice"], "--seats: 'ceo=novice': expected DESK=AUTOPILOT, desks deployer, operator, risk, autopilots assistant, competent, history, novice"),
        (["knight-2012", "--seats", "risk=expert"], "--seats: 'risk=expert': expected DESK=AUTOPILOT"),
        (["knight-2012", "--seats", "risk"], "--seats: 'risk': expected DESK=AUTOPILOT"),
        (["knight-2012", "--seats", "risk=novice,risk=history"], "--seats: risk is named twice: expected each desk once"),
        (["knight-2012", "--seed", "-1"], "--seed and --noise: expected 0 or more"),
        (["knight-2012", "--from", "soon"], "--from: 'soon' is not a market time"),
        (["knight-2012", "--until", "07:00"], "--until: '07:00' lies before the day's start"),
        (["knight-2012", "--from", "10:00", "--until", "09:00"], "--until is 09:00: expected a time after --from, which is 10:00"),
        (["knight-2012", "--help-level", "easy"], "invalid choice: 'easy' (choose from"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(args, words):
    with pytest.raises(CommandError) as found:
        rehearsal(*args)
    assert words in str(found.value)
    assert "\n" not in str(found.value)
