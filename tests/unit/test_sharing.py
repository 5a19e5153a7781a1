"""Who sees a team's result, and the link that opens it on another device for thirty days."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from game.models import Exercise, Team
from game.people import sharing
from tests.builders import new_facilitator
from tests.unit.test_lessons import ended

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
PARTS = ("worth.json", "events.csv", "debrief.json", "report.pdf")


def page(client, exercise: Exercise) -> str:
    return client.get(f"/result/{exercise.code}/").content.decode()


def teams(exercise: Exercise) -> tuple[Team, Team]:
    first, second = exercise.teams.order_by("place")
    return first, second


def link(client, team: Team) -> str:
    """Open a team's link; where it leads."""
    return client.get(f"/shared/{sharing.link_token(team)}/").headers.get("location", "")


def test_a_player_sees_their_own_teams_result_and_nobody_without_a_seat_sees_one(client):
    exercise, cookie = ended()
    cobalt, ochre = teams(exercise)
    stranger = page(client, exercise)
    assert "Results are private to each team" in stranger and "Losses avoided" not in stranger
    assert [client.get(f"/result/{exercise.code}/{cobalt.pk}/{part}").status_code for part in PARTS] == [404] * 4
    client.cookies["player"] = cookie
    own = page(client, exercise)
    assert "The play of Cobalt" in own and "Ochre" not in own
    assert client.get(f"/result/{exercise.code}/{cobalt.pk}/events.csv").status_code == 200
    assert [client.get(f"/result/{exercise.code}/{ochre.pk}/{part}").status_code for part in PARTS] == [404] * 4
    assert client.get(f"/result/{exercise.code}/lessons.json").json()["people"] == 2


def test_the_facilitator_can_let_everybody_see_all_teams(client):
    exercise, _ = ended()
    client.force_login(exercise.facilitator)
    both = page(client, exercise)
    assert "The play of Cobalt" in both and "The play of Ochre" in both
    client.post(f"/facilitator/{exercise.code}/debrief/", {"open": "yes"})
    client.logout()
    assert "The play of Ochre" in page(client, exercise)
    assert client.get(f"/result/{exercise.code}/{teams(exercise)[1].pk}/events.csv").status_code == 200
    client.force_login(exercise.facilitator)
    client.post(f"/facilitator/{exercise.code}/debrief/", {"open": "no"})
    client.logout()
    assert "The play of" not in page(client, exercise)


def test_of_a_single_team_the_code_opens_the_result(client):
    exercise, _ = ended()
    exercise.teams.get(name="Ochre").delete()
    assert "The play of Cobalt" in page(client, exercise)


def test_a_link_opens_its_teams_result_on_a_device_that_has_never_been_there(client):
    exercise, _ = ended()
    cobalt, ochre = teams(exercise)
    assert link(client, ochre) == f"/result/{exercise.code}/"
    cookie = client.cookies[sharing.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 30 * 24 * 3600
    found = page(client, exercise)
    assert "The play of Ochre" in found and "Cobalt" not in found
    assert client.get(f"/result/{exercise.code}/{ochre.pk}/events.csv").status_code == 200
    assert client.get(f"/result/{exercise.code}/{cobalt.pk}/events.csv").status_code == 404
    assert "/shared/" not in found, "who came by a link cannot make it last longer"


def test_players_and_the_facilitator_are_shown_the_link_and_until_when_it_opens(client):
    exercise, cookie = ended()
    until = f"until {timezone.now() + timedelta(days=30):%-d %B %Y}"
    client.cookies["player"] = cookie
    assert page(client, exercise).count("/shared/") == 1 and until in page(client, exercise)
    client.force_login(exercise.facilitator)
    assert page(client, exercise).count("/shared/") == 2 and until in page(client, exercise)


def test_a_link_that_does_not_open_says_why(client, monkeypatch):
    exercise, _ = ended()
    cobalt, _ = teams(exercise)
    token = sharing.link_token(cobalt)

    def said(token: str) -> str:
        answer = client.get(f"/shared/{token}/")
        assert answer.status_code == 403 and sharing.COOKIE not in client.cookies
        return answer.content.decode()

    assert "This link is incomplete" in said(token[:-3]) and "This link is incomplete" in said("x" * 300) and "This link is incomplete" in said("%00")
    assert "This link is incomplete" in said(signing.dumps("another", salt="opening-bell.result")[:-1])
    assert "This link is incomplete" in said(signing.dumps(7, salt="opening-bell.result"))
    with monkeypatch.context() as later:
        real = signing.time.time
        later.setattr(signing.time, "time", lambda: real() + 31 * 24 * 3600)
        assert "This link has expired" in said(token)
    client.force_login(exercise.facilitator)
    assert "have been revoked" in client.post(f"/facilitator/{exercise.code}/debrief/", {"links": "back"}, follow=True).content.decode()
    client.logout()
    assert "has revoked this link" in said(token)
    cobalt.refresh_from_db()
    token = sharing.link_token(cobalt)
    exercise.delete()
    assert "has been deleted" in said(token)


def test_a_link_that_was_taken_back_closes_where_it_was_opened(client):
    exercise, _ = ended()
    cobalt, _ = teams(exercise)
    link(client, cobalt)
    assert "The play of Cobalt" in page(client, exercise)
    sharing.take_back(exercise)
    assert "Results are private to each team" in page(client, exercise)


def test_a_link_waits_for_the_reveal_like_everybody(client):
    exercise, _ = ended(frozen={})
    link(client, teams(exercise)[0])
    assert "has not revealed the result" in page(client, exercise)


def test_only_the_facilitator_takes_links_back(client):
    exercise, _ = ended()
    client.force_login(new_facilitator("finn"))
    assert client.post(f"/facilitator/{exercise.code}/debrief/", {"links": "back"}).status_code == 404
    assert {team.links for team in exercise.teams.all()} == {0}
