"""The incident log: a commander and a scribe read the bridge by a link, write down what they hold to be so, and the debrief compares."""

import json
import re
from dataclasses import replace

import pytest
from django.test import Client

import engine
from engine.analysis.rehearsal import submit
from game.control import control_room
from game.control.overview import overview
from game.debrief.bundles import bundle_of
from game.models import Aide, Command, Event, Exercise, LogEntry, Player, aides, incident_log
from game.people import presence, sharing
from game.people.lobby import lobby_card
from game.people.sweep import Sweeper
from game.sockets import protocol
from game.views import debrief
from game.views.incident_log import path_of
from tests import days
from tests.builders import finished_run, new_exercise, new_facilitator, taken_seat
from tests.played import finished
from tests.unit.test_exports import table
from tests.unit.test_report import ADDRESS, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
ENTRY = {"kind": "observation", "text": "Rejects name one host", "cause": "An old release", "impact": "Two million"}


def comes_in(client, team, role="scribe", name="Kim") -> None:
    """Open the link, and give a name."""
    assert client.post(path_of(team), {"role": role, "name": name}).status_code == 302


@pytest.fixture
def team():
    exercise = new_exercise()
    exercise.start()
    return Exercise.objects.get().teams.get()


def test_an_entry_has_its_market_time_and_is_corrected_by_a_later_one(client, team):
    comes_in(client, team)
    back = client.post(path_of(team), ENTRY).headers["location"]
    first = LogEntry.objects.get()
    assert (first.step, first.role, first.by, first.cause) == (team.run.step, "scribe", "Kim", "An old release")
    asked = client.get(f"{back}?corrects={first.pk}").content.decode()
    assert "This entry corrects" in asked and f'value="{first.pk}"' in asked
    commander = Client()
    comes_in(commander, team, "commander", "Ana")
    commander.post(path_of(team), {**ENTRY, "text": "Two hosts", "corrects": first.pk})
    old, new = incident_log.of_team(team.pk, team.exercise.calendar)
    assert old["corrected"] and old["text"] == "Rejects name one host" and new["corrects"] == old["at"] and not new["corrected"]


def test_it_shows_what_stands_on_the_bridge_and_nothing_that_a_desk_sees_alone(client, team):
    told = {"item": 1, "desk": "risk", "posted": "say", "title": "We are over the limit"}
    Event.objects.create(run=team.run, number=900, step=team.run.step, kind="bridge.posted", data=told)
    Event.objects.create(run=team.run, number=901, step=team.run.step, kind="mail.arrived", audience=["operator"], data={"title": "For one desk alone"})
    comes_in(client, team)
    page = client.get(path_of(team)).content.decode()
    assert "We are over the limit" in page and "For one desk alone" not in page


def test_what_is_not_an_entry_is_refused_with_a_reason_and_nothing_is_kept(client, team):
    path = path_of(team)
    assert client.post(path, ENTRY).status_code == 400 and not LogEntry.objects.exists()
    assert client.post(path, {"role": "chief", "name": "Kim"}).status_code == 400
    comes_in(client, team)
    for wrong in ({"kind": "song"}, {"text": " "}, {"text": "x" * 301}, {"corrects": "7000"}, {"corrects": "-1"}):
        assert client.post(path, {**ENTRY, **wrong}).status_code == 400, wrong
    assert client.get(f"{path[:-2]}x/").status_code == 403
    sharing.take_back(team.exercise)
    assert client.post(path, ENTRY).status_code == 403
    team.refresh_from_db()
    Exercise.objects.update(state="ended")
    closed = client.post(path_of(team), ENTRY)
    assert closed.status_code == 400 and "its log is closed" in closed.content.decode()
    assert not LogEntry.objects.exists()


def test_of_each_role_there_is_one_known_by_a_name_that_nobody_else_has(client, team):
    door = client.get(path_of(team)).content.decode()
    assert "Come in" in door and "On the bridge" not in door
    comes_in(client, team)
    other = Client()
    taken = other.post(path_of(team), {"role": "scribe", "name": "Ana"})
    assert taken.status_code == 400 and "Kim has that role" in taken.content.decode()
    assert "The name KIM is taken" in other.post(path_of(team), {"role": "commander", "name": "KIM"}).content.decode()
    assert "at most 18 characters" in other.post(path_of(team), {"role": "commander", "name": "A" * 19}).content.decode()
    comes_in(other, team, "commander", "Ana")
    assert [(aide.role, aide.player.name) for aide in Aide.objects.all()] == [("commander", "Ana"), ("scribe", "Kim")]
    client.post(path_of(team), {"do": "leave"})
    assert Aide.objects.get().role == "commander" and "Come in" in client.get(path_of(team)).content.decode()
    comes_in(client, team, name="Kim")  # the same person, and nobody new
    assert Player.objects.filter(exercise=team.exercise).count() == 2


def test_who_has_a_desk_comes_in_elsewhere_and_who_takes_a_desk_leaves_the_log(client, team):
    _, client.cookies["player"] = taken_seat(team.exercise, "risk", name="Dana")
    refused = client.post(path_of(team), {"role": "scribe", "name": "Dana"})
    assert refused.status_code == 400 and "This browser has a desk" in refused.content.decode()
    other = Client()
    comes_in(other, team)
    team.seats.get(desk="operator").take(Player.objects.get(name="Kim"))
    assert not Aide.objects.exists()


def test_their_words_come_to_every_desk_by_a_command_and_the_run_is_played_again_with_them(client):
    exercise = new_exercise()
    exercise.start()
    team = exercise.teams.get()
    comes_in(client, team)
    assert client.post(path_of(team), {"do": "say", "said": " "}).status_code == 400
    assert client.post(path_of(team), {"do": "say", "said": "Who has the release list?"}).status_code == 302
    said = Command.objects.get(kind="persona.say")
    assert (said.desk, said.by, said.args["sender"], said.args["desks"]) == ("facilitator", "Kim", "Kim (Scribe)", ["deployer", "operator", "risk"])
    ahead = [
        engine.Command(0, days.step_at("09:29"), said.desk, said.kind, said.args),
        engine.Command(0, days.step_at("09:30"), "risk", "persona.reply", {"message": said.args["id"], "text": "I do"}),
        engine.Command(0, days.step_at("09:30"), "facilitator", "persona.say", {"id": 9, "sender": "Mother", "desks": ["risk"], "text": "Eat something"}),
    ]

    def more(run: engine.Rehearsal) -> None:
        while ahead and ahead[0].step <= run.sim.now:
            submit(run, replace(ahead.pop(0), seq=len(run.commands) + 1, step=run.sim.now))

    played = engine.rehearse(engine.load_scenario("knight-2012"), 79, {"deployer": "history"}, until=days.step_at("09:32"), before=more)
    for desk in ("deployer", "operator", "risk"):
        shown = engine.sight(played.sim, desk)["messages"]["messages"]
        assert {"from": "Kim (Scribe)", "text": "Who has the release list?"}.items() <= shown[-1].items()
    run = finished_run(played, exercise)
    assert engine.verify(engine.unpack(engine.pack(bundle_of(run)))) == []
    page = client.get(path_of(team)).content.decode()
    assert "Who has the release list?" in page and "Kim (Scribe)" in page and "I do" in page and "Eat something" not in page
    assert "has ended" in client.post(path_of(team), {"do": "say", "said": "Anybody?"}).content.decode()


def test_desks_lobby_and_control_room_show_who_is_there_and_the_facilitator_frees_the_role(client, team):
    comes_in(client, team)
    kim = Player.objects.get(name="Kim")
    presence.left(kim.pk)
    away = {"role": "scribe", "name": "Kim", "online": False}
    assert protocol.team_note(team.pk, None)["aides"] == [away]
    assert lobby_card(team.exercise)["teams"][0]["aides"] == [away]
    presence.seen(kim.pk)
    assert overview(team.exercise, {})["teams"][0]["aides"] == [{**away, "online": True, "id": kim.pk, "title": "Scribe"}]
    control_room.change_room(team.exercise, {"do": "person-rename", "who": str(kim.pk), "name": "Kimberley"}, "erin")
    assert protocol.team_note(team.pk, None)["aides"][0]["name"] == "Kimberley"
    control_room.change_room(team.exercise, {"do": "person-remove", "who": str(kim.pk)}, "erin")
    assert protocol.team_note(team.pk, None)["aides"] == []
    assert client.post(path_of(team), ENTRY).status_code == 400 and not LogEntry.objects.exists()


def test_whoever_falls_silent_on_the_page_is_away_after_ten_seconds(client, team):
    comes_in(client, team)
    sweeper, kim = Sweeper(), Player.objects.get(name="Kim")
    assert [sweeper.sweep(float(second), {kim.pk: second // 5})[0] for second in range(30)] == [set()] * 30
    assert [sweeper.sweep(float(second), {kim.pk: 5})[0] for second in range(30, 36)] == [*[set()] * 5, {team.pk}]
    assert not aides.of_team(team.pk)[0]["online"]


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
