"""The incident log: a commander and a scribe read the bridge by a link, write down what they hold to be so, and the debrief compares."""

import json
import re

import pytest

from game.models import Event, Exercise, LogEntry, incident_log
from game.people import sharing
from game.views import debrief
from game.views.incident_log import path_of
from tests import days
from tests.builders import new_exercise, new_facilitator
from tests.played import finished
from tests.unit.test_exports import table
from tests.unit.test_report import ADDRESS, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
ENTRY = {"role": "scribe", "by": "Kim", "kind": "observation", "text": "Rejects name one host", "cause": "An old release", "impact": "Two million"}


@pytest.fixture
def team():
    exercise = new_exercise()
    exercise.start()
    return Exercise.objects.get().teams.get()


def test_an_entry_has_its_market_time_and_is_corrected_by_a_later_one(client, team):
    back = client.post(path_of(team), ENTRY).headers["location"]
    first = LogEntry.objects.get()
    assert (first.step, first.role, first.by, first.cause) == (team.run.step, "scribe", "Kim", "An old release")
    asked = client.get(f"{back}&corrects={first.pk}").content.decode()
    assert "This entry corrects" in asked and f'value="{first.pk}"' in asked and 'value="Kim"' in asked
    client.post(path_of(team), {**ENTRY, "role": "commander", "text": "Two hosts", "corrects": first.pk})
    old, new = incident_log.of_team(team.pk, team.exercise.calendar)
    assert old["corrected"] and old["text"] == "Rejects name one host" and new["corrects"] == old["at"] and not new["corrected"]


def test_it_shows_what_stands_on_the_bridge_and_nothing_that_a_desk_sees_alone(client, team):
    told = {"item": 1, "desk": "risk", "posted": "say", "title": "We are over the limit"}
    Event.objects.create(run=team.run, number=900, step=team.run.step, kind="bridge.posted", data=told)
    Event.objects.create(run=team.run, number=901, step=team.run.step, kind="mail.arrived", audience=["operator"], data={"title": "For one desk alone"})
    page = client.get(path_of(team)).content.decode()
    assert "We are over the limit" in page and "For one desk alone" not in page


def test_what_is_not_an_entry_is_refused_with_a_reason_and_nothing_is_kept(client, team):
    path = path_of(team)
    for wrong in ({"role": "chief"}, {"kind": "song"}, {"text": " "}, {"text": "x" * 301}, {"corrects": "7000"}, {"corrects": "-1"}):
        assert client.post(path, {**ENTRY, **wrong}).status_code == 400, wrong
    assert client.get(f"{path[:-2]}x/").status_code == 403
    sharing.take_back(team.exercise)
    assert client.post(path, ENTRY).status_code == 403
    team.refresh_from_db()
    Exercise.objects.update(state="ended")
    closed = client.post(path_of(team), ENTRY)
    assert closed.status_code == 400 and "its log is closed" in closed.content.decode()
    assert not LogEntry.objects.exists()


def test_the_debrief_lays_it_beside_what_happened(client):
    room = finished({"Cobalt": "competent", "Ochre": "novice"}, facilitator=new_facilitator(), until="09:50")
    cobalt = room.teams.first()
    for at, text in (("09:29", "Quiet so far"), ("09:49", "All is stopped")):
        LogEntry.objects.create(team=cobalt, step=days.step_at(at), role="scribe", by="Kim", kind="observation", text=text, cause="An old release")
    client.force_login(room.facilitator)
    links = re.findall(r"/log/[^/]+/", client.get(f"/facilitator/{room.code}/questions/").content.decode())
    assert len(links) == room.teams.count() and client.get(links[0]).status_code == 200
    page = client.get(f"/result/{room.code}/").content.decode()
    assert f'id="log-{cobalt.pk}"' in page and f'id="log-{room.teams.last().pk}"' not in page and "Kim" not in page
    content = debrief.report_content(room, list(room.runs())[:1], ADDRESS, facilitator=False)
    beside = {one["label"]: one["written"] for one in content["teams"][0]["log"]["beside"]}
    assert "All is stopped" in beside["Contained"] and "min later" in beside["Contained"]
    calendar = room.calendar
    early = incident_log.beside(incident_log.of_team(cobalt.pk, calendar)[:1], {"contained_at": "09:31:00"}, calendar)
    assert [one["written"] for one in early] == ["nothing was written from then on"]
    base = f"/result/{room.code}/{cobalt.pk}"
    assert "suspected cause: An old release" in client.get(f"{base}/postmortem.md").content.decode()
    assert "Quiet so far" in text_of(client.get(f"{base}/report.pdf").content)
    rows = table(b"".join(client.get(f"{base}/log.csv")).decode())
    assert [(row["text"], row["who"]) for row in rows] == [("Quiet so far", ""), ("All is stopped", "")]
    assert json.loads(b"".join(client.get(f"{base}/debrief.json")))["teams"][0]["log"][1]["cause"] == "An old release"
