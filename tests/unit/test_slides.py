"""Slides of a debrief: from this room's runs and the scenario's epilogue, when it has ended, for its facilitator."""

import re

import pytest

from game.control import schedule
from game.debrief import compare
from game.models import Action, Exercise
from tests.builders import new_exercise, new_facilitator
from tests.played import finished

pytestmark = pytest.mark.django_db


def test_they_tell_of_this_room_then_of_what_really_happened_and_end_with_its_actions(client):
    exercise = finished({"Cobalt": "competent", "Ochre": "novice"}, facilitator=new_facilitator(), until="09:50")
    client.force_login(exercise.facilitator)
    Action.objects.create(team=exercise.teams.first(), change="Checksum every server", owner="Dana", due="2027-01-15")
    told = client.get(f"/facilitator/{exercise.code}/slides/").content.decode()
    slides = [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in told.split('<section class="slide')[1:]]
    order = [
        next(at for at, slide in enumerate(slides) if words in slide)
        for words in (
            "what did you think was happening", "This day:", "All teams", "Ask this room", "What the log shows",
            "What really happened", "In 2012", "This was a model", "Checksum every server",
        )
    ]  # fmt: skip
    assert order == sorted(order) and order[-1] == len(slides) - 1
    assert sum("This day:" in slide for slide in slides) == 2, "a slide each team"


def test_before_the_end_there_are_none_and_it_says_so(client):
    exercise = new_exercise(facilitator=new_facilitator())
    client.force_login(exercise.facilitator)
    response = client.get(f"/facilitator/{exercise.code}/slides/")
    assert response.status_code == 409 and "when the exercise has ended" in response.content.decode()


def test_a_second_round_stands_beside_the_first_team_by_team_on_the_result_and_on_a_slide(client):
    first = finished({"Cobalt": "novice", "Ochre": "novice"}, facilitator=new_facilitator(), until="09:50")
    copy = schedule.copy_of(first, new_market=True)
    assert copy.round_before == first and schedule.copy_of(first).round_before is None
    second = finished({"Cobalt": "competent", "Ochre": "novice"}, facilitator=first.facilitator, until="09:50", round_before=first)
    found = compare.rounds(second, compare.shown(second))
    assert found["teams"] == ["Cobalt, before", "Cobalt, now", "Ochre, before", "Ochre, now"]
    loss = [cell["usd"] for cell in found["rows"][0]["cells"]]
    assert loss[1] < loss[0] == loss[2] == loss[3]
    client.force_login(first.facilitator)
    for address in (f"/result/{second.code}/", f"/facilitator/{second.code}/slides/"):
        told = client.get(address).content.decode()
        assert "The round before, and this one" in told and "Cobalt, before" in told
    assert "The round before" not in client.get(f"/result/{first.code}/").content.decode()
    Exercise.objects.filter(pk=first.pk).delete()
    second.refresh_from_db()
    assert compare.rounds(second, compare.shown(second)) is None
