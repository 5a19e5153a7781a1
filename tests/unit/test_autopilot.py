"""Autopilots know one desk's sight and nothing else, remember nothing, and never flood."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import engine
from engine import AUTOPILOTS, DESKS, AutopilotError, Move, Simulation, autopilot, looks_at, next_look, playbook, rehearse, replay, words_of
from engine.analysis.rehearsal import Rehearsal, step_to, submit
from engine.autopilots.parts import Eyes
from engine.commands import LEVERS
from engine.market_time import Calendar
from tests import days
from tests.days import BELL_END, BLOCK, CLOSE, END, OPEN, WEEK, step_at, told
from tests.read import seen
from tests.small import before, small_scenario

SEED = 7
DAY = Calendar.of()
WORDS = words_of(engine.load_scenario("knight-2012"))
ROOMS = sorted((Path(engine.__file__).parent / "autopilots").glob("*.py"))
MAY_IMPORT = {"collections", "functools", "typing", "re", "engine.arguments", "engine.commands", "engine.events", "engine.market_time", "engine.scenario.parts", "engine.sights.cards"}


def stale_at(server: int, **flow: Any) -> engine.Scenario:
    """A few stocks, rejects enough to be seen, and `server` the one that missed the release."""
    flow = {"premarket_flagged": 240, "queued_flagged": 32, "plain_premarket_per_min": 0.0, "plain_bell_per_min": 0.0, **flow}
    return small_scenario(3, flow=flow, fleet={"stale_seeds": {str(SEED): server}})


def played(scenario: engine.Scenario, name: str, until: str, change: Any = lambda sight: sight, seats: dict[str, str] | None = None) -> Rehearsal:
    """A run in which every desk sees what `change` leaves of its sight."""
    run = Rehearsal(Simulation(scenario, SEED))
    sim, end = run.sim, step_at(until)
    while sim.now < end:
        if looks_at(sim.calendar, sim.now):
            sights = {desk: change(json.loads(json.dumps(seen(sim, desk)))) for desk in DESKS}
            for desk in DESKS:
                for move in autopilot((seats or {}).get(desk, name), desk, WORDS)(sights[desk]):
                    submit(run, engine.Command(len(run.commands) + 1, sim.now, desk, *move))
        step_to(sim, min(next_look(sim.calendar, sim.now), end), run.curve)
    return run


def given(run: Rehearsal, *kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(clock, kind, args) of the commands of these kinds."""
    return [(days.clock(command.step), command.kind, command.args) for command in run.commands if command.kind in kinds]


def without_rejects(sight: dict[str, Any]) -> dict[str, Any]:
    """The router's reject mails deleted from the inbox."""
    mails = [mail for mail in sight["inbox"]["mails"] if "Power Peg" not in mail["subject"]]
    return {**sight, "inbox": {**sight["inbox"], "mails": mails}}


# -- the door


def test_looks_come_every_thirty_seconds_before_the_open_every_five_in_the_bell_and_every_two_minutes_in_the_unwind():
    steps = [0]
    while next_look(DAY, steps[-1]) < END:
        steps.append(next_look(DAY, steps[-1]))
    assert all(looks_at(DAY, step) for step in steps)
    assert steps == [step for step in range(END) if looks_at(DAY, step) and not CLOSE <= step < BLOCK]
    gaps = {
        phase: {b - a for a, b in zip(steps, steps[1:], strict=False) if lo <= a and b < hi}
        for phase, lo, hi in (("pre", 0, OPEN), ("bell", OPEN, BELL_END), ("unwind", BELL_END, CLOSE))
    }
    assert gaps == {"pre": {120}, "bell": {20}, "unwind": {480}}
    assert next_look(DAY, END - 1) == END


@pytest.mark.parametrize(
    ("name", "desk", "words"),
    [
        ("nobody", "risk", "'nobody' is no autopilot: expected one of assistant, competent"),
        ("novice", "ceo", "'ceo' has no autopilot: expected one of deployer"),
    ],
)
def test_an_unknown_autopilot_is_refused_with_those_there_are(name, desk, words):
    with pytest.raises(AutopilotError, match=words):
        autopilot(name, desk, WORDS)


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.stem)
def test_an_autopilot_can_reach_nothing_but_its_sight(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        )
        for name in names:
            assert name.split(".")[0] in MAY_IMPORT or name in MAY_IMPORT or name.startswith("engine.autopilots") or name == "engine", name


def test_every_kind_of_talk_takes_no_hand_and_no_time():
    for kind in (kind for kind, lever in LEVERS.items() if lever.talk):
        numbers = engine.load_scenario("knight-2012").levers[kind]
        assert (numbers.hands, numbers.minutes) == (0, 0), kind


# -- all of them


@pytest.mark.whole
@pytest.mark.parametrize("name", AUTOPILOTS)
def test_a_second_autopilot_that_never_saw_the_morning_gives_the_same_moves_and_none_floods(name):
    scenario = stale_at(3)
    run = Rehearsal(Simulation(scenario, SEED))
    sim, end = run.sim, step_at("09:50")
    kept = {desk: autopilot(name, desk, WORDS) for desk in DESKS}
    while sim.now < end:
        if looks_at(sim.calendar, sim.now):
            sights = {desk: seen(sim, desk) for desk in DESKS}
            for desk in DESKS:
                moves = kept[desk](sights[desk])
                assert moves == autopilot(name, desk, WORDS)(json.loads(json.dumps(sights[desk])))
                assert len(moves) <= 2
                assert all(isinstance(move, Move) and move.confidence in (None, "guessing", "likely", "certain") for move in moves)
                for move in moves:
                    submit(run, engine.Command(len(run.commands) + 1, sim.now, desk, *move))
        step_to(sim, min(next_look(sim.calendar, sim.now), end), run.curve)
    assert run.commands
    assert run.refused == []


# -- the cards decide


@pytest.mark.whole
@pytest.mark.parametrize("server", [2, 6])
def test_competent_finds_the_server_that_missed_the_release_wherever_it_is(server):
    run = played(stale_at(server), "competent", "09:29")
    assert [args["place"] for _, _, args in given(run, "diagnosis.declare")][:1] == [f"server {server}"]
    assert all(args["evidence"] for _, _, args in given(run, "diagnosis.declare")), "nobody guesses"
    assert [args["servers"] for _, _, args in given(run, "release.copy")] == [[server]]
    assert [args["server"] for _, _, args in given(run, "log.tail")] == list(range(1, server + 1))
    assert run.sim.fleet[server].running == run.sim.fleet.target


@pytest.mark.whole
def test_without_the_mails_competent_touches_nothing_before_the_bell_and_finds_it_from_the_flood():
    run = played(stale_at(2), "competent", "09:40", change=without_rejects)
    assert not [at for at, _, _ in given(run, "log.tail", "checksum.run", "release.copy", "diagnosis.declare") if at < "09:30"]


@pytest.mark.whole
@pytest.mark.parametrize("server", [2, 6])
def test_history_rolls_back_the_servers_that_its_checksum_showed_to_be_new(server):
    run = played(stale_at(server), "history", "09:55")
    assert given(run, "release.rollback") == [("09:48:00", "release.rollback", {"servers": [n for n in range(1, 9) if n != server]})]


# -- the week


@pytest.mark.parametrize("seed", [7, 79])
def test_history_from_its_sights_spends_the_week_as_the_record_of_its_commands_does(seed):
    scenario = small_scenario(1)
    run = rehearse(scenario, seed, dict.fromkeys(DESKS, "history"), since=WEEK, until=0)
    record = replay(scenario, seed, playbook(scenario, "history-week", seed), before(0), start=WEEK)
    assert [(command.kind, reason) for command, reason in run.refused] == []
    assert run.sim.stale == record.stale
    same = ("n", "disk", "installed", "running", "state", "reported", "previous", "broken")
    fleets = [[{key: server[key] for key in same} for server in sim.fleet.to_dict()] for sim in (run.sim, record)]
    assert fleets[0] == fleets[1]
    assert (run.sim.safeguards.controls, run.sim.week.facts, run.sim.safeguards.built) == ({}, record.week.facts, record.safeguards.built)
    done = [(row["kind"], told(row["from"], 0)) for row in run.sim.week.calendar if row["kind"] == "release.copy"]
    assert done == [(row["kind"], told(row["from"], 0)) for row in record.week.calendar if row["kind"] == "release.copy"]


# -- time


def test_a_moment_without_a_date_is_todays_and_the_day_has_not_come_in_the_week_before():
    week = Eyes("risk", {"clock": {"clock": "18:30:00", "date": "Mon 30 Jul", "phase": "deployment"}}, WORDS)
    day = Eyes("risk", {"clock": {"clock": "09:31:00", "date": "Wed 1 Aug", "phase": "bell"}}, WORDS)
    assert (week.past("08:00"), day.past("09:31"), day.past("09:32")) == (False, True, False)
    assert (week.ago("18:20:00"), day.ago("09:30:30")) == (600, 30)
    assert week.ago("27 Jul 18:30") >= 86_400, "evenings count as days in a row"
    assert day.ago("31 Jul 21:00") == 12 * 3600 + 31 * 60
    assert day.ago("now") < 0


# -- the assistant, sight by sight


def at_desk(desk: str, clock: str = "09:40:00", **cards: Any) -> dict[str, Any]:
    """A sight with nothing on it but these cards."""
    phase = days.phase(step_at(clock))
    levers = [{"kind": kind, "allowed": True, "word": None, "alone": None} for kind in cards.pop("allowed", ())]
    own = {
        "servers": {"servers": []},
        "rates": {"parents_in": 0.0, "children_out": 0.0, "executions": 0.0, "rejects": 0.0},
        "chart": {"every_s": 5, "from": "09:30", "children": [], "executions": []},
        "log": {"server": None, "at": None, "lines": []},
        "look": {"server": None},
    }
    return {
        "clock": {"step": step_at(clock), "clock": clock, "phase": phase},
        "inbox": {"unread": 0, "total": 0, "mails": []},
        "alerts": {"alerts": []},
        "work": {"hands": 2, "free": 2, "tasks": []},
        "levers": {"levers": levers},
        "calls": {"calls": []},
        "bridge": {"items": []},
        "words": {"words": []},
        "done": {"rows": []},
        "asks": {"asks": []},
        "diagnosis": {"causes": [], "places": [], "seen": [], "declared": []},
        "week": {"evening": None, "copies_left": 0, "calendar": []},
        "controls": {"rows": []},
        "duties": {"by": "09:30", "rows": []},
        **(own if desk == "operator" else {}),
        **cards,
    }


def item(number: int, at: str, desk: str, kind: str, title: str) -> dict[str, Any]:
    return {"id": number, "at": at, "desk": desk, "kind": kind, "title": title, "lines": [], "read": ["deployer", "operator", "risk"]}


def ask(number: int, kind: str, args: dict[str, Any], state: str = "open") -> dict[str, Any]:
    return {"id": number, "at": "09:39:00", "from": "operator", "kind": kind, "args": args, "label": kind, "state": state}


FLEET = {
    "target": "new",
    "truth": False,
    "servers": [
        {"n": n, "name": f"SMARS-{n}", "recorded": "new", "copied_at": "27 Jul 18:22", "work": None, "checksum": {"at": f"09:3{n}:00", "disk": "a", "process": "a", "disk_release": "new", "process_release": "new", "same": True}, "config": {"at": f"09:3{n}:30"}, "data": None}
        for n in (1, 2)
    ],
}  # fmt: skip


def assistant(desk: str, sight: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(move.kind, move.args) for move in autopilot("assistant", desk, WORDS)(sight)]


def test_the_assistant_does_what_it_is_asked_when_its_lever_allows_it():
    asks = {"asks": [ask(1, "checksum.run", {"servers": [3]}, "done"), ask(2, "checksum.run", {"servers": [5]})]}
    assert assistant("deployer", at_desk("deployer", asks=asks, allowed=["checksum.run"], fleet={**FLEET, "servers": []})) == [
        ("checksum.run", {"servers": [5]})
    ]
    assert assistant("deployer", at_desk("deployer", asks=asks, fleet={**FLEET, "servers": []})) == []


def test_the_assistant_asks_for_the_word_that_an_ask_needs():
    asks = {"asks": [ask(1, "servers.stop_all", {})]}
    for word, expected in (("needed", [("authorise.ask", {"what": "servers.stop_all"})]), ("asked", []), ("refused", [])):
        sight = at_desk("operator", asks=asks)
        sight["levers"]["levers"] = [{"kind": "servers.stop_all", "allowed": False, "word": word, "alone": None}]
        assert assistant("operator", sight) == expected


def test_the_assistant_gives_the_word_only_when_it_is_asked_to():
    words = {"words": [{"what": "smars.disconnect", "label": "", "state": "asked", "by": "operator", "at": "09:39:00"}]}
    assert assistant("risk", at_desk("risk", words=words)) == []
    asks = {"asks": [ask(1, "authorise.give", {"what": "smars.disconnect"})]}
    assert assistant("risk", at_desk("risk", words=words, asks=asks)) == [("authorise.give", {"what": "smars.disconnect"})]


def test_the_assistant_shows_what_an_ask_has_brought_and_shows_it_once():
    asks = {"asks": [ask(1, "checksum.run", {"servers": [1]}, "done"), ask(2, "checksum.run", {"servers": [2]}, "done")]}
    shown = [item(4, "09:33:00", "deployer", "pin", "Checksum of SMARS-1")]
    sight = at_desk("deployer", asks=asks, fleet=FLEET, bridge={"items": shown})
    assert assistant("deployer", sight) == [("evidence.share", {"what": "checksum", "id": 2})]
    sight["bridge"]["items"].append(item(5, "09:33:00", "deployer", "pin", "Checksum of SMARS-2"))
    assert assistant("deployer", sight) == []
    asks["asks"].append(ask(3, "config.compare", {"servers": [1, 2]}, "done"))
    assert assistant("deployer", sight) == [("evidence.share", {"what": "config", "id": 1})]
    sight["bridge"]["items"] += [item(n, f"09:3{n - 5}:30", "deployer", "pin", f"Config of SMARS-{n - 5}") for n in (6, 7)]
    assert assistant("deployer", sight) == []


@pytest.mark.parametrize(
    ("desk", "question", "cards", "expected"),
    [
        ("deployer", "Which checksum does SMARS-1 have?", {"fleet": FLEET}, {"what": "checksum", "id": 1}),
        ("deployer", "Any checksum yet?", {"fleet": FLEET}, {"what": "checksum", "id": 2}),
        ("deployer", "How is the config of SMARS-1?", {"fleet": FLEET}, {"what": "config", "id": 1}),
        ("deployer", "How is the config?", {"fleet": FLEET}, {"what": "config", "id": 2}),
        ("deployer", "Is the reference data right?", {"fleet": FLEET}, None),
        ("deployer", "Any checksum yet?", {"fleet": {**FLEET, "servers": []}}, None),
        ("operator", "What does the log say?", {"log": {"server": 3, "at": "09:36:00", "lines": []}}, {"what": "log", "id": 3}),
        ("operator", "What does the log say?", {"log": {"server": None, "at": None, "lines": []}}, None),
        ("risk", "What is our position?", {}, {"what": "pnl", "id": 0}),
        ("risk", "The position grows.", {}, None),
        ("operator", "Deployer, what does the fleet look like?", {"look": {"server": 3, "at": "09:36:00"}}, None),
        ("deployer", "Deployer, what does the fleet look like?", {"fleet": FLEET}, {"what": "fleet", "id": 0}),
        ("operator", "Operator, what are the rates?", {}, {"what": "rates", "id": 0}),
    ],
)
def test_the_assistant_answers_a_question_on_the_bridge_with_what_it_has(desk, question, cards, expected):
    asker = "risk" if desk != "risk" else "operator"
    sight = at_desk(desk, bridge={"items": [item(1, "09:39:50", asker, "say", question)]}, **cards)
    assert assistant(desk, sight) == ([("evidence.share", expected)] if expected else [])
    sight["bridge"]["items"].append(item(2, "09:39:55", desk, "pin", "Something"))
    assert assistant(desk, sight) == [], "answered already"
    old = at_desk(desk, bridge={"items": [item(1, "09:30:10", asker, "say", question)]}, **cards)
    assert assistant(desk, old) == [], "nobody waits for an answer any more"


def test_the_assistant_lets_a_call_ring_for_a_quarter_minute_and_takes_the_harmless_reply():
    replies = [{"key": key, "text": ""} for key in ("exchange.accept", "exchange.wait", "exchange.intended")]
    call = {"id": 7, "at": "09:39:50", "state": "ringing", "replies": replies, "answer": None}
    assert assistant("risk", at_desk("risk", calls={"calls": [call]})) == []
    assert assistant("risk", at_desk("risk", calls={"calls": [{**call, "at": "09:39:45"}]})) == [
        ("call.answer", {"call": 7, "reply": "exchange.wait"})
    ]
    assert assistant("risk", at_desk("risk", calls={"calls": [{**call, "at": "09:39:00", "state": "answered"}]})) == []


def test_history_lets_a_call_ring_out_to_which_it_has_no_answer():
    replies = [{"key": key, "text": ""} for key in ("blotter.list", "blotter.page", "blotter.clean")]
    sight = at_desk("operator", "08:21:00", calls={"calls": [{"id": 3, "at": "08:20:00", "state": "ringing", "replies": replies, "answer": None}]})
    assert autopilot("history", "operator", WORDS)(sight) == []
    assert [move.args["reply"] for move in autopilot("novice", "operator", WORDS)(sight)] == ["blotter.clean"]
