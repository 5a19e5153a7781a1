"""An observer's sheet: opened by a link without an account, and told beside what the log says."""

import re

import pytest

from game.models import Exercise, ObserverSheet, observing
from game.people import sharing
from game.views import debrief
from game.views.observing import path_of
from tests.builders import new_facilitator
from tests.played import finished
from tests.unit.test_exports import table
from tests.unit.test_report import ADDRESS, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
SHEET = {"observer": "Kim", "mark-share": "partly", "note-share": "Said aloud, and not written", "mark-compare": "seen"}


@pytest.fixture
def room() -> Exercise:
    return finished({"Cobalt": "competent", "Ochre": "novice"}, facilitator=new_facilitator(), until="09:50")


def test_a_link_opens_the_objectives_and_a_sheet_can_be_gone_on_with(client, room):
    cobalt, ochre = room.teams.all()
    page = client.get(path_of(cobalt)).content.decode()
    assert all(one["title"] in page for one in observing.items(room)) and len(observing.items(room)) >= 4
    back = client.post(path_of(cobalt), SHEET).headers["location"]
    again = client.get(back).content.decode()
    assert 'value="Kim"' in again and "Said aloud, and not written" in again
    client.post(back, {**SHEET, "mark-share": "seen"})
    sheet = ObserverSheet.objects.get()
    assert (sheet.team, sheet.marks["share"]["mark"], sheet.marks["compare"]["mark"]) == (cobalt, "seen", "seen")
    assert not ochre.observations.exists()


def test_without_a_name_a_right_mark_or_a_whole_link_nothing_is_kept(client, room):
    cobalt = room.teams.first()
    assert client.post(path_of(cobalt), {**SHEET, "observer": " "}).status_code == 400
    assert client.post(path_of(cobalt), {**SHEET, "mark-share": "bad"}).status_code == 400
    assert client.get(f"{path_of(cobalt)[:-2]}x/").status_code == 403
    before = path_of(cobalt)
    sharing.take_back(room)
    assert client.post(before, SHEET).status_code == 403
    Exercise.objects.update(archived=True)
    cobalt.refresh_from_db()
    refused = client.post(path_of(cobalt), SHEET)
    assert refused.status_code == 400 and "archived this exercise" in refused.content.decode()
    assert not ObserverSheet.objects.exists()


def test_it_stands_beside_the_log_on_the_result_in_the_report_and_in_the_table(client, room):
    cobalt = room.teams.first()
    client.post(path_of(cobalt), SHEET)
    client.force_login(room.facilitator)
    links = re.findall(r"/observe/[^/]+/", client.get(f"/facilitator/{room.code}/questions/").content.decode())
    assert len(links) == room.teams.count() and client.get(links[0]).status_code == 200
    told = client.get(f"/result/{room.code}/").content.decode().split('id="objectives"')[1]
    assert told.index("Share what is seen") < told.index("Said aloud, and not written") < told.index(f"objectives-{room.teams.last().pk}")
    content = debrief.report_content(room, list(room.runs())[:1], ADDRESS, facilitator=False)
    seen = {one["id"]: observing.in_words(one["observed"]) for one in content["teams"][0]["objectives"]}
    assert seen["share"] == "Kim: Partly (Said aloud, and not written)" and seen["compare"] == "Kim: Seen" and seen["look-first"] == ""
    base = f"/result/{room.code}/{cobalt.pk}"
    assert "Kim: Partly" in text_of(client.get(f"{base}/report.pdf").content)
    rows = table(b"".join(client.get(f"{base}/objectives.csv")).decode())
    assert [row["observers"] for row in rows if row["objective"] == "Share what is seen"] == ["Kim: Partly (Said aloud, and not written)"]
