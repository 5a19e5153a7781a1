"""Slides of a debrief: from this room's runs and the scenario's epilogue, when it has ended, for its facilitator."""

import re

import pytest

from game.models import Action
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
