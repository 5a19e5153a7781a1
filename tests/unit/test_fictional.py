"""A scenario that has nothing of those that ship is played, and nothing that anybody sees of it speaks of them."""

import io
import re
import zipfile
from pathlib import Path

import pypdf
import pytest
from django.test import Client

import engine
from engine.scenario import scenario as scenarios
from game.control.exercise_controls import drive, next_phase, to_next
from game.control.forms import NewExercise
from game.debrief import tables
from game.models import Exercise, Experiment, Ghost, RuleBroken, planning
from game.models.experiments import PLAYERS
from game.ops import demo
from game.people import joining
from tests.bench.corpus.pages import TABLES
from tests.bench.corpus.text import of_page
from tests.builders import finished_run, made_by_here, new_exercise, new_facilitator, taken_seat
from tests.small import before

FOLDER = Path(__file__).parents[1] / "scenarios"
ID = "night-rate"
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
NAMES = re.compile(
    r"SMARS|Power Peg|\beight\b|\b2012\b(?!\"|,)|Knight|\bUBS\b|Goldman|(?-i:\bRLP\b)|risk manager|\b154 (stocks|prices|cells)|(?-i:\bJul(y)?\b|\bAug(ust)?\b)",
    re.IGNORECASE,
)
# Ids that every scenario has: of commands, events, counters, and of the help level; and resume words, of which one is "eight".
IDS = re.compile(r"smars\.disconnect(ed)?|smars_(bell|day)|power_peg(_mails)?|\"smars\"|(value|help)[\"=: ]+2012\"?|id_help\S*|data-word=\"\"\n\w+ \w+ \w+")


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
                seen[f"{sim.calendar.told(sim.now, 0)} {desk} {name}"] = repr(engine.told(sim.scenario, card))
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
    places = {card: place for place, card in seen.items()}  # most are as they were at the look before
    assert {place: found for card, place in places.items() if (found := told_of(card))} == {}
    assert any("GATE-2" in card for card in seen.values()) and any("the gate" in card for card in seen.values())


def test_no_event_story_moment_or_decision_speaks_of_another(played):
    run, *_ = played
    scenario = run.sim.scenario
    texts = [repr(engine.told(scenario, event.data)) for event in run.events] + [repr(engine.told(scenario, engine.story(run.events, scenario, engine.score(run.sim))))]
    texts += [repr(engine.moments(run.events, scenario)), repr(engine.scenario_script(scenario, scenario.calendar.week)), repr(engine.told(scenario, engine.ready_injects(scenario)))]
    texts += [engine.tell(scenario, lever.named(scenario)) for lever in engine.KINDS.values()]
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
    assert engine.tell(scenario, day.phrase("By {due}, only until {notice}'s end.")) == "By 09:25, only until Monday's end."
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


class Sight:
    """Everything that was seen, by where: pages as their texts and attributes, reports and bundles unpacked."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def see(self, client: Client, *addresses: str, by: str = "") -> None:
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code, answer.content[:400])
            body = b"".join(answer) if answer.streaming else answer.content
            self.found[f"{by} {address}".strip()] = self._text(answer.headers["content-type"], body)

    def _text(self, kind: str, body: bytes) -> str:
        if "html" in kind:
            return of_page(body.decode())
        if "pdf" in kind:
            return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages).split())
        if "zip" in kind:
            whole = zipfile.ZipFile(io.BytesIO(body))
            return "\n".join(f"{name}\n{whole.read(name).decode()}" for name in whole.namelist())
        return body.decode()

    def of_others(self) -> dict[str, str]:
        """What speaks of another scenario."""
        return {place: told for place, text in self.found.items() if (told := told_of(text))}


@pytest.mark.django_db
def test_no_page_before_an_exercise_speaks_of_another(client, scenario):
    sight = Sight()
    sight.see(client, "/", "/join/", "/check/", *(f"/brief/{desk}/" for desk in engine.DESKS))
    client.force_login(new_facilitator(), "django.contrib.auth.backends.ModelBackend")
    sight.see(client, "/facilitator/", "/facilitator/guide/", "/facilitator/lab/", "/facilitator/sessions/")
    assert [*sight.of_others().items()][:3] == []
    form = sight.found["/facilitator/"]
    assert "The Night Rate" in form and "As in history" in form and "History's, 11" in form
    assert "Forty-five minutes" not in sight.found["/"] and "Treasurer" in sight.found["/"] and "The record" not in sight.found["/"]
    assert "A competent gatekeeper" in sight.found["/facilitator/lab/"] and "what was decided then" in sight.found["/facilitator/lab/"]
    assert "the treasurer's approval" in sight.found["/facilitator/guide/"] and "the treasurer's approval" in sight.found["/brief/operator/"]


@pytest.mark.django_db
def test_a_game_for_one_and_the_demo_are_of_the_scenario_that_ships(client, scenario):
    player, _ = joining.play_now("all")
    assert (player.exercise.title, player.exercise.scenario) == ("The Night Rate", ID)
    shown, _ = demo.start(5.0, scenario.calendar.open)
    assert (shown.title, shown.scenario, shown.seed) == ("The Night Rate", ID, 11)
    client.force_login(new_facilitator(), "django.contrib.auth.backends.ModelBackend")
    client.post("/facilitator/new/", {"title": "Ours", "seed_from": "history"})
    made = Exercise.objects.get(title="Ours")
    assert (made.scenario, made.seed, made.start_step) == (ID, 11, 0)


@pytest.mark.django_db
def test_no_page_of_an_exercise_with_it_speaks_of_another(client, played):
    run, *_ = played
    erin, sight = new_facilitator(), Sight()
    exercise = new_exercise(scenario=ID, seed=11, start_step=run.sim.calendar.week, facilitator=erin)
    code = exercise.code
    seats = {desk: taken_seat(exercise, desk, name=name) for desk, name in zip(engine.DESKS, ("Dana", "Olu", "Ruth"), strict=True)}
    boss = Client()
    boss.force_login(erin, "django.contrib.auth.backends.ModelBackend")
    spare = exercise.add_team("Amber").seats.get(desk="risk")
    sight.see(Client(), f"/join/{code}/", f"/seat/{spare.issue_link()}/")
    for desk, (_, cookie) in seats.items():
        client.cookies["player"] = cookie
        sight.see(client, f"/brief/{desk}/")
        sight.see(client, "/lobby/", by=desk)
    sight.see(boss, f"/facilitator/{code}/", f"/facilitator/{code}/edit/", f"/facilitator/{code}/injects/ready.json", by="before")
    exercise.start()
    for desk, (_, cookie) in seats.items():
        client.cookies["player"] = cookie
        sight.see(client, f"/desk/{desk}/")
    sight.see(client, f"/projector/{code}/")
    sight.see(boss, f"/facilitator/{code}/", "/facilitator/sessions/", by="running")
    finished = finished_run(run, exercise)
    score, story = engine.score(run.sim), engine.story(run.events, run.sim.scenario, engine.score(run.sim))
    Ghost.objects.create(scenario=ID, seed=11, noise=None, made_by=made_by_here(ID), curve=run.curve, score=score, story=story)
    exercise.runs().exclude(pk=finished.pk).update(state="ended")
    own = f"/result/{code}/{finished.team_id}"
    sight.see(client, f"/result/{code}/", f"{own}/debrief.json", f"{own}/worth.json", f"{own}/report.pdf", "/lessons/")
    sight.see(client, *(f"{own}/{table}.csv" for table in tables.ROWS))
    sight.see(client, *(f"/replay/{code}/{finished.team_id}/?desk={desk}" for desk in engine.DESKS))
    sight.see(boss, f"/facilitator/{code}/", f"/result/{code}/", f"/facilitator/{code}/debrief.json", f"/facilitator/{code}/report.pdf", by="ended")
    sight.see(boss, *(f"/facilitator/{code}/{table}.csv" for table in TABLES), f"/facilitator/{code}/{finished.team_id}/bundle.zip", "/facilitator/results.csv")
    assert [*sight.of_others().items()][:3] == []
    assert "Starts at the bell, 09:00." in sight.found[f"running /facilitator/{code}/"]
    events = sight.found[f"/facilitator/{code}/events.csv"]
    assert "Wed 5 Jun" in events or "3 Jun 19:00" in events
    assert "the gate servers" in sight.found["/desk/operator/"] and "from three servers" in sight.found["/brief/operator/"]
    for place in (f"/result/{code}/", f"{own}/report.pdf"):
        assert "Release hand" in sight.found[place] and "Deployer" not in sight.found[place], place
    assert "Treasurer" in sight.found["/desk/risk/"] and "Gatekeeper" in sight.found[f"/replay/{code}/{finished.team_id}/?desk=operator"]


@pytest.mark.django_db
def test_no_page_of_the_lab_speaks_of_another(client, scenario):
    client.force_login(new_facilitator(), "django.contrib.auth.backends.ModelBackend")
    sight, pages = Sight(), []
    for players in PLAYERS:
        made = client.post("/facilitator/lab/new/", {"players": players, "seeds": 2, "varies": "noise"})
        assert made.status_code == 302, made.content[:2000]
        pages.append(made.headers["location"])
        Experiment.objects.update(state="done")
    sight.see(client, "/facilitator/lab/", *pages, *(f"{page}told.json" for page in pages), *(f"{page}seeds.csv" for page in pages))
    assert [*sight.of_others().items()][:3] == []
    assert {one.market for one in Experiment.objects.all()} == {11}
