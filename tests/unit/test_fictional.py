"""A scenario that has nothing of those that ship is played, and nothing that anybody sees of it speaks of them."""

import re
from pathlib import Path

import pytest

import engine
from engine.scenario import scenario as scenarios
from game.control.exercise_controls import drive, next_phase, to_next
from game.control.forms import NewExercise
from game.models import RuleBroken, planning
from tests.bench.corpus.text import of_page
from tests.builders import finished_run, new_exercise, new_facilitator, taken_seat
from tests.small import before

FOLDER = Path(__file__).parents[1] / "scenarios"
ID = "night-rate"
NAMES = re.compile(r"SMARS|Power Peg|\beight\b|\b2012\b(?!\"|,)|Knight|UBS|Goldman|\bJul(y)?\b|\bAug(ust)?\b", re.IGNORECASE)
# Ids that every scenario has: of commands, events, counters, and of the help level.
IDS = re.compile(r"smars\.disconnect(ed)?|smars_(bell|day)|power_peg(_mails)?|\"smars\"|(value|help)[\"=: ]+2012\"?|id_help\S*")


def told_of(text: str) -> str:
    """The first word that is another scenario's, with what stands around it; "" where there is none."""
    found = NAMES.search(IDS.sub("", text))
    return "" if found is None else IDS.sub("", text)[max(0, found.start() - 80) : found.end() + 80]


@pytest.fixture
def scenario(monkeypatch):
    """It, as if it were the only one that ships."""
    monkeypatch.setattr(scenarios, "SCENARIOS", FOLDER)
    scenarios.load_scenario.cache_clear()
    yield engine.load_scenario(ID)
    scenarios.load_scenario.cache_clear()


@pytest.fixture
def played(scenario):
    """Its day, and every card of every desk at some moments of it: (run, texts by name, clock cards by step). Played once; nobody changes it."""
    if not _played:
        _played.append(_play(scenario))
    return _played[0]


_played: list = []


def _play(scenario):
    seen, clocks = dict[str, str](), dict[int, dict]()

    def watch(sim, sights):
        for desk, cards in sights.items():
            for name, card in cards.items():
                seen[f"{sim.calendar.told(sim.now, 0)} {desk} {name}"] = repr(card)
                clocks[sim.now] = sights["risk"]["clock"]

    seats = {"deployer": "competent", "operator": "competent", "risk": "competent"}
    return engine.rehearse(scenario, 11, seats, since=scenario.calendar.week, watch=watch), seen, clocks


def test_it_is_three_servers_and_six_stocks_that_the_others_do_not_have(scenario):
    assert (scenario.fleet.servers, scenario.fleet.many, scenario.fleet.name) == (3, "three", "GATE-{n}")
    assert scenario.told.past == "history" and len(scenario.symbols) == 6 and engine.scenario_ids() == [ID]


def test_its_week_and_day_are_played_to_the_end_and_no_card_speaks_of_another(played):
    run, seen, _ = played
    assert run.sim.ended and {"operator", "deployer", "risk"} <= {place.split()[-2] for place in seen}
    assert [reason for _, reason in run.refused if told_of(reason)] == []
    assert {place: found for place, card in seen.items() if (found := told_of(card))} == {}
    assert any("GATE-2" in card for card in seen.values()) and any("the gate" in card for card in seen.values())


def test_no_event_story_moment_or_decision_speaks_of_another(played):
    run, *_ = played
    scenario = run.sim.scenario
    texts = [repr(event.data) for event in run.events] + [repr(engine.story(run.events, scenario, engine.score(run.sim)))]
    texts += [repr(engine.moments(run.events, scenario)), repr(engine.scenario_script(scenario, scenario.calendar.week)), repr(engine.ready_injects(scenario))]
    texts += [lever.named(scenario) for lever in engine.KINDS.values()]
    assert [found for text in texts if (found := told_of(text))] == []


def test_the_same_seed_and_commands_come_out_the_same(played):
    run, *_ = played
    again = engine.replay(run.sim.scenario, 11, run.commands, before(run.sim.now), start=run.sim.calendar.week)
    assert again.digest() == run.sim.digest()


def test_its_days_and_hours_are_its_own(scenario):
    day = scenario.calendar
    assert (day.day, day.evenings, day.evening_from, day.evening_to) == ("Wed 5 Jun", ("Mon 3 Jun", "Tue 4 Jun"), "19:00", "21:30")
    moments = {name: day.hm(getattr(day, name)) for name in ("open", "due", "bell_end", "close", "block", "end")}
    assert moments == {"open": "09:00", "due": "09:25", "bell_end": "09:40", "close": "15:30", "block": "17:30", "end": "18:15"}
    assert day.fill("By {due}, only until {notice}'s end.") == "By 09:25, only until Monday's end."
    assert (day.clock(0), day.step_at("4 Jun 21:30"), day.step_at("07:45"), day.week) == ("07:45:00", 0, 0, -2 * 150 * engine.STEPS_PER_MINUTE)
    for typed, said in (("07:44", "expected 07:45 or later"), ("27 Jul 18:30", "expected 3 Jun, 4 Jun"), ("3 Jun 18:59", "expected 19:00 to 21:30")):
        with pytest.raises(ValueError, match=said):
            day.step_at(typed)


def test_the_clock_card_and_its_phases_follow_its_hours(played):
    run, _, clocks = played
    day = run.sim.calendar
    shown = {(card["date"], card["clock"]): (card["phase"], card["open"]) for card in clocks.values()}
    assert shown["Mon 3 Jun", "19:00:00"] == ("deployment", False) and shown["Tue 4 Jun", "19:00:00"] == ("deployment", False)
    assert shown["Wed 5 Jun", "07:45:00"] == ("premarket", False) and shown["Wed 5 Jun", "09:00:00"] == ("bell", True)
    assert shown["Wed 5 Jun", "09:41:00"] == ("unwind", True) and shown["Wed 5 Jun", "17:30:00"] == ("block", False)
    assert {phase for (_, clock), (phase, is_open) in shown.items() if is_open} == {"bell", "unwind"}
    turns = [(day.told(event.step, 0), event.data["phase"]) for event in run.events if event.kind == "phase.changed"]
    assert turns == [("07:45:00", "premarket"), ("09:00:00", "bell"), ("09:40:00", "unwind"), ("15:30:00", "block"), ("17:30:00", "block")]


def test_its_week_is_two_evenings_of_its_own_length(played):
    run, seen, _ = played
    week = [card for place, card in seen.items() if place.endswith("deployer week")]
    assert any("'ends_at': '21:30'" in card for card in week) and not any("'evening': 2" in card for card in week)
    ends = [run.sim.calendar.told(event.step, 0) for event in run.events if event.kind in ("evening.began", "evening.ended")]
    assert ends == ["3 Jun 19:00", "4 Jun 19:00", "4 Jun 19:00", "07:45:00"]
    assert engine.replay(run.sim.scenario, 11, [], before(0), start=run.sim.calendar.week).week.copies == [0, 0]


@pytest.mark.django_db
def test_an_exercise_with_it_is_made_by_its_clocks(scenario):
    form = NewExercise({"title": "Night", "scenario": ID, "phase": "09:40"})
    assert [value for value, _ in form.fields["phase"].choices] == ["3 Jun 19:00", "07:45", "08:58", "09:40"]
    assert form.is_valid() and form.values()["start_step"] == scenario.calendar.bell_end
    assert 'placeholder="3 Jun 19:30"' in str(form["start"]) and "09:15 or 3 Jun 19:00" in form.start_hint
    typed = NewExercise({"title": "Night", "scenario": ID, "phase": "07:45", "start": "4 Jun 20:00"})
    assert typed.is_valid() and typed.values()["start_step"] == scenario.calendar.step_at("4 Jun 20:00")
    for start, said in (("27 Jul 18:30", "expected 3 Jun, 4 Jun"), ("15:30", "The market closes at 15:30"), ("07:30", "expected 07:45 or later")):
        wrong = NewExercise({"title": "Night", "scenario": ID, "phase": "07:45", "start": start})
        assert not wrong.is_valid() and said in str(wrong.errors["start"])


@pytest.mark.django_db
def test_the_time_of_an_exercise_with_it_is_driven_by_its_clocks(scenario):
    exercise = new_exercise(scenario=ID, seed=11, start_step=scenario.calendar.week)
    exercise.start()
    steps = [exercise.start_step]
    while steps[-1] < scenario.calendar.end:
        steps.append(next_phase(exercise.calendar, steps[-1]))
    assert [scenario.calendar.told(step, 0) for step in steps] == [
        "3 Jun 19:00", "4 Jun 19:00", "07:45:00", "09:00:00", "09:40:00", "17:30:00", "18:15:00",
    ]  # fmt: skip
    assert to_next(exercise.calendar, "bell") == "To 09:40"
    assert planning.next_opening(exercise, scenario.calendar.week) == scenario.calendar.step_at("4 Jun 19:00")
    drive(exercise, "advance", "15:00")
    assert exercise.advance_step == scenario.calendar.step_at("15:00")
    with pytest.raises(RuleBroken, match="The day ends at 18:15"):
        drive(exercise, "advance", "19:00")


@pytest.mark.django_db
def test_no_page_of_an_exercise_with_it_speaks_of_another(client, played):
    run, *_ = played
    erin = new_facilitator()
    exercise = new_exercise(scenario=ID, seed=11, start_step=run.sim.calendar.week, facilitator=erin)
    code, found = exercise.code, dict[str, str]()
    cookies = {desk: taken_seat(exercise, desk, name=name)[1] for desk, name in zip(engine.DESKS, ("Dana", "Olu", "Ruth"), strict=True)}

    def see(*addresses: str) -> None:
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            body = b"".join(answer).decode() if answer.streaming else answer.content.decode()
            found[address] = of_page(body) if "html" in answer.headers["content-type"] else body

    for desk, cookie in cookies.items():
        client.cookies["player"] = cookie
        see(f"/brief/{desk}/")
    see("/lobby/", f"/join/{code}/")
    exercise.start()
    for desk, cookie in cookies.items():
        client.cookies["player"] = cookie
        see(f"/desk/{desk}/")
    see(f"/projector/{code}/")
    client.force_login(erin, "django.contrib.auth.backends.ModelBackend")
    see(f"/facilitator/{code}/")
    own = f"/result/{code}/{finished_run(run, exercise).team_id}"
    see(f"/result/{code}/", f"{own}/debrief.json", f"/facilitator/{code}/", f"/facilitator/{code}/decisions.csv", f"/facilitator/{code}/events.csv")
    assert {address: text for address, page in found.items() if (text := told_of(page))} == {}
    assert "It begins at the bell, 09:00." in found[f"/facilitator/{code}/"]
    assert "Wed 5 Jun" in found[f"/facilitator/{code}/events.csv"] or "3 Jun 19:00" in found[f"/facilitator/{code}/events.csv"]
    assert "the gate servers" in found["/desk/operator/"] and "on three servers" in found["/brief/operator/"]
