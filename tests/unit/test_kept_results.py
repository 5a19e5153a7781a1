"""What came of a run is shown for ever: other rules and other data change no word and no figure of it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import engine
from engine.scenario import scenario as scenarios
from game.debrief import counterfactuals
from game.debrief import finished as finished_runs
from game.models import Course, Event, Exercise, Finished, Lesson, Player, Run, contents, lessons, run_log
from tests.builders import new_facilitator, taken_seat
from tests.played import finished
from tests.unit.test_report import reckon, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
WEEK_AND_MORNING = {"since": "27 Jul 18:00", "until": "09:40"}
# What asks the machine again: it goes, and in its place stands why.
AGAIN = (
    "Show that moment", "Replay Cobalt, desk by desk", "Replay Ochre, desk by desk", "Each time below opens the replay there.",
    "Replay", "Start another exercise from", "Continue from there : Cobalt", "Continue from there : Ochre",
)  # fmt: skip


def exercise(*, whole: bool = False, **values: Any) -> Exercise:
    """Two teams that have played, the first, or both, with every course run."""
    found = finished({"Cobalt": "competent", "Ochre": "novice"}, facilitator=new_facilitator(), **{"until": "09:50", **values})
    reckon(found.runs()[0])
    reckon(found.runs()[1], all_of_them=whole)
    return found


@pytest.fixture
def later(monkeypatch, tmp_path: Path) -> Iterator[Any]:
    """Makes it the day after an upgrade: other rules, a scenario with other words, and processes that know nothing yet."""

    def upgrade() -> None:
        monkeypatch.setattr(engine, "RULES", engine.RULES + 1)
        monkeypatch.setattr("engine.analysis.bundle.RULES", engine.RULES)
        shutil.copytree(scenarios.SCENARIOS, tmp_path / "scenarios")
        folder = tmp_path / "scenarios/knight-2012"
        for name in ("scenario.toml", "barriers.toml", "week.toml", "calls.toml", "mails.toml"):
            if (folder / name).is_file():
                text = (folder / name).read_text()
                (folder / name).write_text(re.sub(r'^(title|label|text|stops|subject) = "', r'\1 = "Changed ', text, flags=re.M))
        monkeypatch.setattr(scenarios, "SCENARIOS", tmp_path / "scenarios")
        forget()

    def forget() -> None:
        for kept in (finished_runs._lasting, run_log._logs):
            kept.clear()
        scenarios.load_scenario.cache_clear()
        contents._kept.cache_clear()

    yield upgrade
    monkeypatch.undo()
    forget()


def plain(page: str) -> str:
    """What a page says, without what would have to be played again."""
    page = re.sub(r"<(script|style)\b.*?</\1>|<svg\b.*?</svg>|<input\b[^>]*>", "", page, flags=re.S)
    page = re.sub(r'<p class="second"[^>]*>\s*It cannot be replayed.*?</p>', "", page, flags=re.S)
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for words in AGAIN:
        text = text.replace(words, "")
    return " ".join(text.split())


def everything(client: Client, found: Exercise) -> dict[str, str]:
    """Every page, report and table of a result, by address."""
    code, teams = found.code, [run.team_id for run in found.runs()]
    tables = [f"/facilitator/{code}/{what}.csv" for what in ("decisions", "events", "curve", "objectives", "survey", "attendance", "results")]
    tables_of_a_team = ("debrief.json", "decisions.csv", "events.csv", "curve.csv", "objectives.csv", "survey.csv")
    tables += [f"/result/{code}/{team}/{what}" for team in teams for what in tables_of_a_team]
    tables += [f"/facilitator/{code}/debrief.json", "/facilitator/results.csv"]
    reports = [f"/facilitator/{code}/report.pdf", *(f"/result/{code}/{team}/report.pdf" for team in teams)]
    said = {address: b"".join(client.get(address)).decode() for address in tables}
    said |= {address: text_of(b"".join(client.get(address))) for address in reports}
    said |= {address: plain(client.get(address).content.decode()) for address in (f"/result/{code}/", f"/projector/{code}/")}
    return said | {f"/result/{code}/lessons.json": client.get(f"/result/{code}/lessons.json").content.decode()}


@pytest.mark.parametrize("played", [{}, WEEK_AND_MORNING], ids=["morning", "week"])
def test_after_an_upgrade_every_page_report_and_table_says_what_it_said(client, later, played):
    found = exercise(whole=True, **played)
    taken_seat(found, name="Dana")
    player = Player.objects.get(exercise=found, name="Dana")
    control = next(iter(lessons.controls_of(found)))
    Lesson.objects.create(player=player, team=found.runs()[0].team, desk="operator", controls=[control], surprised="All of it", ready=3, useful=4)
    client.force_login(found.facilitator)
    before = everything(client, found)
    assert all(len(said) > 30 for said in before.values()), {address: len(said) for address, said in before.items()}
    later()
    after = everything(client, found)
    for address, said in before.items():
        assert after[address].split() == said.split(), address


def test_figures_of_courses_that_were_run_stay_and_the_page_says_which_rules_the_rest_needs(client, later, monkeypatch):
    found = exercise()
    whole, part = found.runs()
    address = f"/result/{found.code}/{{}}/worth.json"
    client.force_login(found.facilitator)
    before = {run.pk: client.get(address.format(run.team_id)).json() for run in (whole, part)}
    later()
    monkeypatch.setattr(counterfactuals, "send_for_missing", lambda *_: pytest.fail("nobody is sent: nobody could play it"))
    after = {run.pk: client.get(address.format(run.team_id)).json() for run in (whole, part)}
    assert after[whole.pk] == before[whole.pk] and before[whole.pk]["complete"]
    assert after[part.pk].pop("needs") == f"It was played by rules {engine.RULES - 1}: expected {engine.RULES}, those that are here."
    assert before[part.pk].pop("needs") == "" and after[part.pk] == before[part.pk] and not before[part.pk]["complete"]
    course = client.get(f"/result/{found.code}/{whole.team_id}/course.json", {"key": "without:1"})
    assert course.status_code == 200 and course.json()["loss"]


def test_what_needs_the_machine_says_which_rules_are_gone(client, later):
    found = exercise()
    run = found.runs()[0]
    client.force_login(found.facilitator)
    later()
    needs = f"It was played by rules {engine.RULES - 1}: expected {engine.RULES}, those that are here."
    pages = [client.get(f"/replay/{found.code}/{run.team_id}/"), client.get(f"/replay/{found.code}/{run.team_id}/risk/frames.json")]
    fork = client.post(f"/facilitator/{found.code}/{run.team_id}/fork/", {"at": "09:45"}, follow=True)
    lab = client.get(f"/result/{found.code}/")
    for page in (*pages, fork, lab):
        assert needs in page.content.decode()
    assert [page.status_code for page in pages] == [409, 409]


def test_its_bundle_is_there_and_says_by_which_rules_it_was_played(client, later):
    found = exercise()
    run = found.runs()[0]
    client.force_login(found.facilitator)
    address = f"/facilitator/{found.code}/{run.team_id}/bundle.zip"
    before = client.get(address).content
    assert engine.verify(engine.unpack(before)) == []
    later()
    after = client.get(address).content
    assert engine.unpack(after) == engine.unpack(before) and after == before
    with pytest.raises(engine.OtherRules):
        engine.verify(engine.unpack(before))


def test_a_run_that_ended_before_rules_had_a_number_stays_readable(client, monkeypatch):
    found = exercise()
    for run in found.runs():
        Course.objects.filter(run=run).update(made_by="1.0+abcdef012345")
    Run.objects.update(rules=None, content=None, seq=None, events_told=None, played_by="1.0+abcdef012345")
    client.force_login(found.facilitator)
    monkeypatch.setattr(counterfactuals, "send_for_missing", lambda *_: pytest.fail("nobody is sent: nobody could play it"))
    said = everything(client, found)
    assert "1.0+abcdef012345" in said[f"/result/{found.code}/"] and "1.0+abcdef012345" in said["/facilitator/results.csv"]
    told = client.get(f"/result/{found.code}/{found.runs()[0].team_id}/worth.json").json()
    assert told["complete"] and told["decisions"][0]["worth_usd"] == 30_000_000
    assert Finished.objects.count() == 2
    assert client.get(f"/facilitator/{found.code}/{found.runs()[0].team_id}/bundle.zip").status_code == 409


def test_events_of_a_run_that_has_ended_are_read_once(client, django_assert_max_num_queries):
    found = exercise()
    client.force_login(found.facilitator)
    before = plain(client.get(f"/result/{found.code}/").content.decode())
    Event.objects.filter(kind__startswith="bridge").delete()
    finished_runs._lasting.clear()
    assert plain(client.get(f"/result/{found.code}/").content.decode()) == before


def test_what_is_kept_is_plain_json():
    found = exercise()
    kept = Finished.objects.filter(run=found.runs()[0]).first()
    assert kept is None, "it is put down when somebody asks, where no clock did"
    from game.debrief import finished as keeping

    kept = keeping.of(found.runs()[0])
    assert json.loads(json.dumps(kept.told)) == kept.told
