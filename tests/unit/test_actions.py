"""One change, one owner, one date: written by the team and its facilitator, and in everything that leaves the result."""

import pytest
from django.test import Client

from game.debrief import postmortem
from game.models import Action, Exercise, Team, actions
from game.people import sharing
from game.views import debrief
from tests.unit.test_exports import table
from tests.unit.test_lessons import ended
from tests.unit.test_report import ADDRESS, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
ONE = {"do": "keep", "change": "Checksum every server before the bell", "owner": "Dana", "due": "2027-01-15"}


def write(client: Client, team: Team, given: dict[str, str]) -> int:
    return client.post(f"/result/{team.exercise.code}/{team.pk}/actions/", given).status_code


def page(client: Client, exercise: Exercise) -> str:
    return client.get(f"/result/{exercise.code}/").content.decode()


@pytest.fixture
def cobalt(client) -> Team:
    """Dana's team, in the browser she played in; Ochre played beside it."""
    exercise, client.cookies["player"] = ended()
    return exercise.teams.get(name="Cobalt")


def test_a_team_writes_changes_and_removes_its_actions_on_its_result(client, cobalt):
    assert 'name="change"' in page(client, cobalt.exercise)
    assert write(client, cobalt, ONE) == 302
    action = cobalt.actions.get()
    assert "Checksum every server before the bell" in page(client, cobalt.exercise)
    assert write(client, cobalt, {**ONE, "pk": str(action.pk), "owner": "Eli"}) == 302
    assert [one["owner"] for one in actions.of_team(cobalt)] == ["Eli"]
    assert write(client, cobalt, {"do": "remove", "pk": str(action.pk)}) == 302
    assert not Action.objects.exists()


@pytest.mark.parametrize("wrong", [{"change": " "}, {"owner": ""}, {"due": "soon"}, {"due": ""}, {"change": "x" * 201}])
def test_without_a_change_an_owner_or_a_date_nothing_is_kept_and_it_says_why(client, cobalt, wrong):
    write(client, cobalt, {**ONE, **wrong})
    assert not Action.objects.exists() and "Expected one change, one owner and one date." in page(client, cobalt.exercise)


def test_another_team_reads_the_list_where_results_are_open_and_never_writes(client, cobalt):
    write(client, cobalt, ONE)
    ochre = cobalt.exercise.teams.get(name="Ochre")
    assert write(client, ochre, ONE) == 404
    Exercise.objects.filter(pk=cobalt.exercise_id).update(open_results=True)
    stranger = Client()
    told = page(stranger, cobalt.exercise)
    assert "Checksum every server before the bell" in told and 'name="change"' not in told
    assert [write(one, team, ONE) for one, team in ((stranger, cobalt), (client, ochre))] == [403, 403]
    assert Action.objects.count() == 1


def test_the_facilitator_and_whoever_has_the_link_write_too_until_it_is_archived(client, cobalt):
    by_link, erin = Client(), Client()
    by_link.get(f"/shared/{sharing.link_token(cobalt)}/")
    erin.force_login(cobalt.exercise.facilitator)
    assert [write(one, cobalt, ONE) for one in (by_link, erin)] == [302, 302] and Action.objects.count() == 2
    assert write(erin, cobalt, {**ONE, "pk": "999999"}) == 302 and "has been removed meanwhile" in page(erin, cobalt.exercise)
    Exercise.objects.filter(pk=cobalt.exercise_id).update(archived=True)
    write(erin, cobalt, ONE)
    assert Action.objects.count() == 2 and "archived this exercise" in page(erin, cobalt.exercise)


def test_a_list_has_an_end(client, cobalt):
    Action.objects.bulk_create(Action(team=cobalt, change="Test it", owner="Eli", due="2027-01-15") for _ in range(actions.MOST))
    write(client, cobalt, ONE)
    assert cobalt.actions.count() == actions.MOST and "remove one first" in page(client, cobalt.exercise)


def test_report_postmortem_and_tables_carry_it(client, cobalt):
    write(client, cobalt, ONE)
    cobalt.actions.update(state="under way", said="Half of them")
    told = debrief.report_content(cobalt.exercise, list(cobalt.exercise.runs())[:1], ADDRESS, facilitator=False)
    assert "| Checksum every server before the bell | Dana | 2027-01-15 | Under way: Half of them |" in postmortem.draft(told, told["teams"][0], [])
    base = f"/result/{cobalt.exercise.code}/{cobalt.pk}"
    printed = text_of(client.get(f"{base}/report.pdf").content)
    assert "Checksum every server before the bell" in printed and "Dana 2027-01-15" in printed and "Half of them" in printed
    (row,) = table(b"".join(client.get(f"{base}/actions.csv")).decode())
    assert (row["change"], row["owner"], row["date"], row["state"]) == (ONE["change"], "Dana", "2027-01-15", "Under way")
    assert '"actions": [{"change": "Checksum' in b"".join(client.get(f"{base}/debrief.json")).decode()
