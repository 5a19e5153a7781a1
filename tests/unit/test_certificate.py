"""Certificates: a page each for who had a desk, when it has ended, and a player's own alone."""

import pytest

from game.models import Exercise
from tests.builders import new_exercise, new_facilitator, taken_seat
from tests.played import finished
from tests.unit.test_report import read, text_of

pytestmark = pytest.mark.django_db


def test_it_says_who_took_part_in_what_when_and_what_the_log_shows(client):
    exercise = finished({"Cobalt": "competent", "Ochre": "novice"}, facilitator=new_facilitator(), until="09:50", title="Autumn class")
    _, client.cookies["player"] = taken_seat(exercise, "risk", name="Dana")
    taken_seat(exercise, "operator", team="Ochre", name="Fay")
    own = client.get("/certificate.pdf")
    text = text_of(own.content)
    assert own["Content-Type"] == "application/pdf" and len(read(own.content).pages) == 1
    for words in ("Dana took part in Autumn class on", "in team Cobalt, at the desk of the", "Scenario:", "Share what is seen"):
        assert words.casefold() in text.casefold(), words
    assert "Fay" not in text
    Exercise.objects.filter(pk=exercise.pk).update(held_back=True)
    assert client.get("/certificate.pdf").status_code == 404
    client.force_login(exercise.facilitator)
    everybody = client.get(f"/facilitator/{exercise.code}/certificates.pdf").content
    assert len(read(everybody).pages) == 2 and "Dana" in text_of(everybody) and "Fay" in text_of(everybody)


def test_before_the_end_or_for_nobody_there_is_none(client):
    exercise = new_exercise(facilitator=new_facilitator())
    _, client.cookies["player"] = taken_seat(exercise)
    assert client.get("/certificate.pdf").status_code == 409
    client.force_login(exercise.facilitator)
    assert client.get(f"/facilitator/{exercise.code}/certificates.pdf").status_code == 409
