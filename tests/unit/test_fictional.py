"""A scenario that has nothing of those that ship is played, and nothing that anybody sees of it speaks of them."""

import re
from pathlib import Path

import pytest

import engine
from engine.scenario import scenario as scenarios
from tests.bench.corpus.text import of_page
from tests.builders import finished_run, new_exercise, new_facilitator, taken_seat
from tests.small import before

FOLDER = Path(__file__).parents[1] / "scenarios"
ID = "night-rate"
NAMES = re.compile(r"SMARS|Power Peg|\beight\b|\b2012\b(?!\"|,)|Knight|UBS|Goldman", re.IGNORECASE)
# Ids that every scenario has: of commands, events, counters, and of the help level.
IDS = re.compile(r"smars\.disconnect(ed)?|smars_(bell|day)|power_peg(_mails)?|\"smars\"|(value|help)[\"=: ]+2012\"?|id_help\S*")
MOMENTS = ("08:00", "09:05", "09:31", "09:52", "12:00", "18:45")


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
    """Its day, and every card of every desk at some moments of it: (run, texts by name)."""
    seen = dict[str, str]()

    def watch(sim, sights):
        for desk, cards in sights.items():
            for name, card in cards.items():
                seen[f"{engine.told(sim.now, 0)} {desk} {name}"] = repr(card)

    seats = {"deployer": "competent", "operator": "competent", "risk": "competent"}
    return engine.rehearse(scenario, 11, seats, since=engine.WEEK, watch=watch), seen


def test_it_is_three_servers_and_six_stocks_that_the_others_do_not_have(scenario):
    assert (scenario.fleet.servers, scenario.fleet.many, scenario.fleet.name) == (3, "three", "GATE-{n}")
    assert scenario.told.past == "history" and len(scenario.symbols) == 6 and engine.scenario_ids() == [ID]


def test_its_week_and_day_are_played_to_the_end_and_no_card_speaks_of_another(played):
    run, seen = played
    assert run.sim.ended and {"operator", "deployer", "risk"} <= {place.split()[-2] for place in seen}
    assert [reason for _, reason in run.refused if told_of(reason)] == []
    assert {place: found for place, card in seen.items() if (found := told_of(card))} == {}
    assert any("GATE-2" in card for card in seen.values()) and any("the gate" in card for card in seen.values())


def test_no_event_story_moment_or_decision_speaks_of_another(played):
    run, _ = played
    scenario = run.sim.scenario
    texts = [repr(event.data) for event in run.events] + [repr(engine.story(run.events, scenario, engine.score(run.sim)))]
    texts += [repr(engine.moments(run.events, scenario)), repr(engine.scenario_script(scenario, engine.WEEK)), repr(engine.ready_injects(scenario))]
    texts += [lever.named(scenario) for lever in engine.KINDS.values()]
    assert [found for text in texts if (found := told_of(text))] == []


def test_the_same_seed_and_commands_come_out_the_same(played):
    run, _ = played
    again = engine.replay(run.sim.scenario, 11, run.commands, before(run.sim.now), start=engine.WEEK)
    assert again.digest() == run.sim.digest()


@pytest.mark.django_db
def test_no_page_of_an_exercise_with_it_speaks_of_another(client, played):
    run, _ = played
    erin = new_facilitator()
    exercise = new_exercise(scenario=ID, seed=11, start_step=engine.WEEK, facilitator=erin)
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
    assert "the gate servers" in found["/desk/operator/"] and "on three servers" in found["/brief/operator/"]
