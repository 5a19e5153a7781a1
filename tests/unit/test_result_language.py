"""A result in a language of brackets: what is outside of them is a name, a figure, or a text of the scenario."""

import csv
import io
import re

import pypdf
import pytest
from django.conf import settings
from django.test import Client

import engine
from game.models import Exercise, Run
from game.spoken import to_row
from tests.builders import new_facilitator, taken_seat
from tests.catalogue import scenario_texts, unbracketed
from tests.played import finished

pytestmark = pytest.mark.django_db
# Names of languages, teams, people, stocks, machines; codes and addresses of exercises; versions of rules and data; a scenario's titles of desks.
NAMES = re.compile(r"(?i:deployer|operator|risk manager)|rules \d+, data \w+|http\S+|\b\w\w-\w{3}\b|English|Esperanto|Cobalt|Ochre|A morning|Dana|\b[A-Z]{3,4}\b|\bSMARS(-\d)?")


def left(page: str) -> list[str]:
    """English on a page that is neither a name nor a text of a scenario."""

    def known(text: str) -> bool:
        data = any(all(map(scenario_texts().fullmatch, parts)) for parts in ([text], text.rstrip(":").split(": ")))
        return data or not re.search("[A-Za-z]{2,}", re.sub("⟦.*⟧", "", NAMES.sub("", text)))

    return [one for one in unbracketed(page) if not known(one)]


@pytest.mark.parametrize("who", ["a player", "its facilitator"])
def test_a_result_speaks_the_language_of_whoever_reads_it(who, another):
    exercise = finished({"Cobalt": "competent", "Ochre": "novice"}, facilitator=new_facilitator(), until="09:50")
    reader = Client()
    if who == "a player":
        reader.cookies["player"] = taken_seat(exercise)[1]
    else:
        reader.force_login(exercise.facilitator)
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "eo"
    found = left(reader.get(f"/result/{exercise.code}/").content.decode())
    assert not found, "\n".join(found)
    assert Exercise.objects.get(pk=exercise.pk).title == exercise.title


def test_so_do_its_report_and_its_tables(another):
    exercise = finished({"Cobalt": "competent"}, facilitator=new_facilitator(), until="09:50")
    Run.objects.update(note=to_row(engine.phrase("interrupted by an upgrade")))
    reader, team = Client(), exercise.teams.get().pk
    reader.cookies["player"] = taken_seat(exercise)[1]
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "eo"
    facilitator = Client()
    facilitator.force_login(exercise.facilitator)
    facilitator.cookies[settings.LANGUAGE_COOKIE_NAME] = "eo"
    pages = pypdf.PdfReader(io.BytesIO(reader.get(f"/result/{exercise.code}/{team}/report.pdf").content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "⟦LOSSES AVOIDED⟧" in text, text[:2000]
    decisions = list(csv.DictReader(io.StringIO(b"".join(reader.get(f"/result/{exercise.code}/{team}/decisions.csv")).decode())))
    assert decisions and all("⟦" in row["decision"] for row in decisions), decisions
    results = list(csv.DictReader(io.StringIO(b"".join(facilitator.get(f"/facilitator/{exercise.code}/results.csv")).decode())))
    assert "⟦interrupted by an upgrade⟧" in results[0].values(), results
