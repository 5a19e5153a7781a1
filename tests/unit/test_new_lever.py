"""A lever is one place: one function and one line of a scenario, and it is found wherever levers are sorted, shown or told."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

import engine
from engine import Command, Log, Moment, Simulation, load_scenario, read_scenario, scenario_files, story, told, words_of
from engine.analysis.debrief import decision_words
from engine.analysis.ledger import ledger
from engine.autopilots.parts import Eyes, Move
from engine.commands import LEVERS, StoryWords, Wish, lever, servers
from engine.firm import inbox
from engine.levers.shapes import misfit
from game.control import briefs
from game.control.event_words import counts, decision, words
from tests.days import OPEN, WEEK
from tests.read import seen as sight
from tests.small import give, ok, small_scenario
from tests.unit.test_prose import rights

KIND, LABEL, MINUTES = "racks.photograph", "Photograph the racks", 40
LINE = f'"{KIND}" = {{ hands = 1, minutes = 20.0, evening = {MINUTES}.0 }}'
HELP = "A picture of every cable, for whoever comes after."


@pytest.fixture
def scenario() -> Iterator[engine.Scenario]:
    """A scenario that has one lever more. The others are read first: from then on one without its line is refused."""
    files, small = dict(scenario_files(load_scenario("knight-2012"))), small_scenario(2)
    files["knight-2012/scenario.toml"] = files["knight-2012/scenario.toml"].replace("[levers]\n", f"[levers]\n{LINE}\n")

    @lever(
        KIND,
        "operator",
        LABEL,
        args={"servers": servers},
        dangerous=True,
        informs=True,
        shows="racks",
        story=StoryWords(99, "Photographed {servers}.", once="photograph"),
        help=HELP,
    )
    def photograph(sim: Simulation, args: dict[str, list[int]]) -> None:
        """Take a picture of these servers."""
        inbox.alert(sim, "operator", "host_unlisted", host=args["servers"][0])

    try:
        yield small.model_copy(update={"levers": read_scenario("knight-2012", files).levers})
    finally:
        del LEVERS[KIND]


def test_a_new_lever_has_its_rights_its_form_and_a_row_in_the_brief(scenario):
    assert f"| `{KIND}` | servers |   | x |   |   |" in rights()
    assert KIND in engine.KINDS
    assert not misfit(KIND, {"servers": [1]})
    assert "expected a list of servers" in engine.tell(None, misfit(KIND, {"servers": "all"}))
    assert (LABEL, "20 min", False) in briefs.levers("operator", scenario)["day"]


@pytest.mark.parametrize(("start", "title"), [(WEEK, "Other"), (0, "")])
def test_a_new_lever_stands_on_its_desks_card_and_in_its_lists_alone(scenario, start, title):
    sim = Simulation(scenario, 7, start=start)
    card = sight(sim, "operator")["levers"]
    row = next(row for row in card["levers"] if row["kind"] == KIND)
    assert (row["label"], row["dangerous"], row["allowed"], row["args"]) == (LABEL, True, True, ["servers"])
    assert {"kind": KIND, "says": HELP} in next(part["rows"] for part in card["menu"] if part["title"] == title)
    for desk in ("deployer", "risk"):
        others = sight(sim, desk)["levers"]
        assert KIND not in str([others["levers"], others["menu"]])
    assert Eyes("operator", sight(sim, "operator"), words_of(sim.scenario)).may(Move(KIND, {"servers": [1]}))


def test_a_new_lever_can_be_planned_asked_for_and_is_told_where_levers_are(scenario):
    sim = Simulation(scenario, 7, start=WEEK)
    ok(sim, "operator", "plan.add", kind=KIND, evening=0)
    assert [item["label"] for item in sight(sim, "risk")["plan"]["items"]] == [LABEL]
    ok(sim, "risk", "assistant.ask", desk="operator", kind=KIND, args={"servers": [1, 2]})
    assert "only for the operator" in str(give(sim, "risk", KIND, servers=[1, 2]))
    command = Command(len(sim.events) + 1, sim.now, "operator", KIND, {"servers": [1, 2]})
    assert sim.submit(command) is None
    assert [task["label"] for task in sight(sim, "operator")["work"]["tasks"]] == [LABEL]
    assert sight(sim, "operator")["asks"]["asks"][0]["state"] == "done"
    sim.step(MINUTES * engine.STEPS_PER_MINUTE)
    events = sim.take_events()
    assert "SMARS-1 was in the rack and not on the list." in str(sight(sim, "operator")["alerts"])
    assert [line["text"] for line in told(scenario, story(events, scenario))] == ["Photographed SMARS-1 and SMARS-2."]
    ended = next(event for event in events if event.kind == "lever.finished")
    shared = [
        engine.Event(ended.step + 4, "bridge.posted", (), {"item": 9, "desk": "operator", "posted": "pin", "title": "Racks"}),
        engine.Event(ended.step + 4, "evidence.shared", (), {"pin": 9, "desk": "operator", "what": "racks", "number": 2}),
    ]
    assert [entry.seen for entry in ledger([ended, *shared], [])] == [ended.step]


def test_a_new_lever_is_in_the_menu_of_its_desks_assistant_on_an_evening(scenario):
    menus = engine.told(scenario, engine.wishes(scenario))
    assert {"kind": KIND, "words": f"{LABEL}: {{server}}", "args": {}, "servers": "any", "chosen": "none"} in menus["operator"]["evening"]
    assert KIND not in str([menus["operator"]["day"], menus["deployer"], menus["risk"]])


def test_a_new_lever_says_itself_what_its_assistant_is_asked_for(scenario, monkeypatch):
    wishes = (Wish("Photograph {server} of {system}", when="day", whole=False), Wish("Photograph {clean}", {"servers": "{clean}"}, when="day"))
    monkeypatch.setitem(LEVERS, KIND, replace(LEVERS[KIND], wishes=wishes))
    menus = engine.told(scenario, engine.wishes(scenario))["operator"]
    rows = [row for row in menus["day"] if row["kind"] == KIND]
    assert [(row["words"], row["args"], row["servers"]) for row in rows] == [
        ("Photograph {server} of SMARS", {}, "some"),
        ("Photograph smars-rlp-clean", {"servers": "smars-rlp-clean"}, "any"),
    ]
    assert KIND not in str(menus["evening"])


@pytest.mark.parametrize("informs", [True, False])
def test_a_new_lever_is_a_decision_of_the_feed_and_one_of_the_debrief_unless_it_only_informs(scenario, informs, monkeypatch):
    monkeypatch.setitem(LEVERS, KIND, replace(LEVERS[KIND], informs=informs))
    assert (counts(KIND), decision(KIND)) == ("decision", True)
    assert words(KIND, {"servers": [1, 2]}, scenario) == f"{LABEL}: SMARS-1, 2"
    log = Log(scenario, 7, (Command(1, WEEK, "operator", KIND, {"servers": [1]}),), Moment(OPEN, 1), start=WEEK)
    assert [engine.tell(scenario, decision_words(scenario, one)) for one in log.decisions] == ([] if informs else [f"{LABEL} (SMARS-1)"])


@pytest.mark.parametrize(("talk", "routine", "told"), [(True, False, "said"), (False, True, "decision")])
def test_talk_and_what_is_done_all_the_time_are_neither_planned_nor_asked_for(scenario, talk, routine, told):
    @lever("racks.greet", "operator", "Greet the racks", talk=talk, routine=routine)
    def greet(sim: Simulation, args: dict[str, int]) -> None:
        """Say good evening."""

    try:
        found = LEVERS["racks.greet"]
        assert (found.plannable, found.askable, found.counts) == (False, False, told)
    finally:
        del LEVERS["racks.greet"]
