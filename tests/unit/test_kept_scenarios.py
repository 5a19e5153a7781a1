"""Scenarios that facilitators bring along: kept with their versions, private or everybody's, chosen for exercises, previewed by workers."""

import shutil
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import engine
from game.lab.tasks import preview_seed
from game.live import senders
from game.models import Exercise, KeptScenario, Run, ScenarioVersion, contents, kept
from tests.builders import new_exercise, new_facilitator, taken_seat
from tests.unit.test_fictional import FOLDER, ID
from tests.unit.test_scenario_command import zipped

pytestmark = pytest.mark.django_db
PAGE = "/facilitator/scenarios/"
TITLE = "The Night Rate"


class Shelf:
    """Erin, signed in, with a scenario's folder of her own; and others."""

    def __init__(self, at: Path) -> None:
        self.folder = Path(shutil.copytree(FOLDER / ID, at / ID))
        self.erin = new_facilitator("erin")
        self.client, self.finn, self.stella = Client(), Client(), Client()
        self.client.force_login(self.erin)
        self.finn.force_login(new_facilitator("finn"))
        self.stella.force_login(new_facilitator("stella", staff=True))

    def change(self, old: str, new: str, file: str = "scenario.toml") -> None:
        text = (self.folder / file).read_text()
        assert old in text
        (self.folder / file).write_text(text.replace(old, new, 1))

    def bring(self, data: bytes | None = None, whose: str = "mine", client: Client | None = None) -> str:
        data = engine.pack_scenario(engine.Folder.at(self.folder)) if data is None else data
        answer = (client or self.client).post(PAGE, {"zip": SimpleUploadedFile("ours.zip", data), "whose": whose}, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    @property
    def kept(self) -> KeptScenario:
        return KeptScenario.objects.get()

    def do(self, do: str, client: Client | None = None, **form: object) -> str:
        return (client or self.client).post(f"{PAGE}{self.kept.pk}/act/", {"do": do, **form}, follow=True).content.decode()

    def exercise(self) -> Exercise:
        """A new one on the newest version, by the form."""
        latest = self.kept.latest
        assert latest is not None
        answer = self.client.post("/facilitator/new/", {"title": "Monday", "scenario": latest.ref, "teams": 1, "phase": "08:00"})
        assert answer.status_code == 302, answer.content.decode()
        return Exercise.objects.latest("pk")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(senders, "preview_seed", lambda version, seed: found.append((version, seed)))
    return found


def test_what_nothing_is_wrong_with_is_kept_and_its_zip_comes_back_as_it_was(shelf):
    page = shelf.bring()
    assert "is kept, and can be chosen for exercises" in page and "Version 1" in page
    again = shelf.client.get(f"{PAGE}{shelf.kept.pk}/1.zip")
    assert again.content == engine.pack_scenario(engine.Folder.at(shelf.folder))
    shelf.bring()
    assert shelf.kept.versions.count() == 1, "the same again is no new version"


def test_what_something_is_wrong_with_is_not_kept_and_everything_is_said(shelf):
    shelf.change("servers = 3", "servers = 30")
    (shelf.folder / "hints.toml").write_text("[[hint]]\nid = 3\n")
    page = shelf.bring()
    assert "fleet.servers = 30" in page and "hints.toml" in page and not KeptScenario.objects.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (zipped((f"{ID}/scenario.toml", b""), (f"{ID}/module.py", b"import os")), "is code, which nobody takes from a zip"),
        (zipped(("ours/scenario.toml", b""), ("ours/../../mail.toml", b"")), "expected .toml, .csv and .po files"),
        (b"PK\x03\x04 no", "it is no zip, or damaged"),
        (zipped(("knight-2012/scenario.toml", b'id = "knight-2012"\ntitle = "Mine"\nbased_on = "quiet-open"\n')), "knight-2012"),
    ],
)
def test_what_may_not_be_taken_is_refused_in_words_and_nothing_of_it_stays(shelf, data, says):
    page = shelf.bring(data)
    assert says in page and 'data-state="refused"' in page and not ScenarioVersion.objects.exists()


def test_an_id_of_this_servers_folders_is_refused(shelf):
    ours = 'id = "quiet-open"\ntitle = "Mine"\nbased_on = "knight-2012"\ndefault_seed = 3\n'
    assert "There is a scenario quiet-open on this server already" in shelf.bring(zipped(("quiet-open/scenario.toml", ours.encode())))
    assert not KeptScenario.objects.exists()


def test_a_private_one_is_as_good_as_none_for_others_and_staff_sees_it(shelf):
    shelf.bring()
    for path in ("", "1.zip", "1/preview/"):
        assert shelf.finn.get(f"{PAGE}{shelf.kept.pk}/{path}").status_code == 404
        assert shelf.stella.get(f"{PAGE}{shelf.kept.pk}/{path}").status_code == 200
    ref = shelf.kept.latest.ref
    assert ref in shelf.client.get("/facilitator/").content.decode() and ref not in shelf.finn.get("/facilitator/").content.decode()
    assert TITLE not in shelf.finn.get(PAGE).content.decode()
    assert shelf.finn.post("/facilitator/new/", {"title": "Mine", "scenario": ref, "teams": 1}).status_code == 400


def test_one_of_the_house_is_chosen_by_all_and_changed_by_its_owner_alone(shelf):
    shelf.bring()
    assert "every facilitator may choose it" in shelf.do("house")
    assert shelf.kept.latest.ref in shelf.finn.get("/facilitator/").content.decode()
    assert shelf.finn.get(f"{PAGE}{shelf.kept.pk}/").status_code == 200
    shelf.do("rename", shelf.finn, name="Finn's")
    shelf.do("delete", shelf.finn)
    assert shelf.kept.label == TITLE
    assert "Ours" in shelf.do("rename", name=" Ours ") and "A name has 1 to 80" in shelf.do("rename", name=" ")


def test_an_exercise_keeps_the_version_that_it_was_made_with_also_when_the_scenario_is_deleted(shelf):
    shelf.bring()
    exercise = shelf.exercise()
    shelf.change(TITLE, "The Day Rate")
    shelf.bring()
    assert shelf.kept.versions.count() == 2 and shelf.kept.latest.title == "The Day Rate"
    kept._version.cache_clear()  # as another process finds it
    assert contents.here(exercise.scenario).title == TITLE and contents.here(shelf.exercise().scenario).title == "The Day Rate"
    assert shelf.client.get(f"/facilitator/{exercise.code}/edit/").content.decode().count(f'value="{exercise.scenario}" selected') == 1
    Exercise.objects.exclude(pk=exercise.pk).delete()
    assert "keep their version" in shelf.do("delete")
    kept._version.cache_clear()
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    assert contents.scenario_of(run).title == TITLE and shelf.client.get(PAGE).content.decode().count(TITLE) == 0
    assert list(ScenarioVersion.objects.values_list("number", flat=True)) == [1], "what nobody plays is gone"


def test_one_that_nothing_is_played_on_goes_without_a_trace(shelf):
    shelf.bring()
    assert "is deleted." in shelf.do("delete") and not KeptScenario.objects.exists() and not ScenarioVersion.objects.exists()


def test_an_older_version_is_brought_back_as_the_newest(shelf):
    shelf.bring()
    shelf.change(TITLE, "The Day Rate")
    shelf.bring()
    page = shelf.do("back", version=1)
    assert "Version 3" in page and shelf.kept.latest.title == TITLE
    assert "There is no such version" in shelf.do("back", version="9")


def test_a_base_that_has_changed_is_told_and_taken_when_its_owner_says_so(shelf, tmp_path):
    places = [tmp_path / "here"]
    shutil.copytree(FOLDER / ID, places[0] / ID)
    engine.look_for_scenarios_in(places)
    try:
        shelf.bring(zipped(("ours/scenario.toml", f'id = "ours"\ntitle = "Ours"\nbased_on = "{ID}"\n'.encode())))
        page = f"{PAGE}{shelf.kept.pk}/"
        assert "not here any more as it was" not in shelf.client.get(page).content.decode()
        mail = places[0] / ID / "mail.toml"
        mail.write_text(mail.read_text() + "\n# later\n")
        engine.look_for_scenarios_in(places)
        assert "not here any more as it was then" in shelf.client.get(page).content.decode()
        assert "It stands on what is here now" in shelf.do("rebase") and shelf.kept.latest.number == 2
        shutil.rmtree(places[0] / ID)
        engine.look_for_scenarios_in(places)
        assert "does not fit what it is based on any more" in shelf.do("rebase"), "and it is played as it was"
        kept._version.cache_clear()
        assert contents.here(shelf.kept.latest.ref).title == "Ours"
    finally:
        engine.look_for_scenarios_in([])


def test_one_that_cannot_be_read_any_more_stops_no_other(shelf):
    shelf.bring()
    ScenarioVersion.objects.update(files={f"{ID}/scenario.toml": 'id = "other"'})
    kept._version.cache_clear()
    assert "It cannot be played any more" in shelf.client.get(f"{PAGE}{shelf.kept.pk}/").content.decode()
    page = shelf.client.get("/facilitator/")
    assert page.status_code == 200 and shelf.kept.latest.ref not in page.content.decode() and "knight-2012" in page.content.decode()
    exercise = new_exercise(scenario=shelf.kept.latest.ref, facilitator=shelf.erin)
    assert shelf.client.get("/facilitator/sessions/").status_code == 200 and contents.here(exercise.scenario) is None
    room = shelf.client.get(f"/facilitator/{exercise.code}/")
    assert room.status_code == 409 and "releases.toml" in room.content.decode()
    player = Client()
    player.cookies["player"] = taken_seat(exercise, desk="operator", name="Pat")[1]
    lobby = player.get("/lobby/")
    assert lobby.status_code == 409 and "cannot be read" in lobby.content.decode() and "releases.toml" not in lobby.content.decode()


@pytest.mark.whole
def test_workers_preview_a_version_seed_by_seed_and_each_seed_once(shelf, sent):
    shelf.bring()
    version, page = shelf.kept.latest, f"{PAGE}{shelf.kept.pk}/1/preview/"
    assert "0 of 10" in shelf.client.post(page, follow=True).content.decode() and sent == [(version.key, 1)]
    preview_seed(version.key, 2)
    preview_seed("00000000", 1)
    assert len(sent) == 1, "neither is wanted"
    preview_seed(version.key, 1)
    preview_seed(version.key, 1)
    assert sent == [(version.key, 1), (version.key, 2)]
    text = shelf.client.get(page).content.decode()
    assert "1 of 10 seeds are played" in text and "What it costs" in text and "data-awaits" in text and "style=" not in text
    version.stop_preview("AutopilotError: nobody knows")
    preview_seed(version.key, 2)
    text = shelf.client.get(page).content.decode()
    assert "nobody knows" in text and "data-awaits" not in text and len(ScenarioVersion.objects.get().previewed) == 1
    shelf.client.post(page)
    assert sent[-1] == (version.key, 2), "it goes on where it was"
