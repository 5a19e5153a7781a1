"""/facilitator/scenarios/: what is here, and the check of a zip in words."""

import shutil
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import engine
from game.views.scenarios import MOST_BYTES
from tests.builders import new_facilitator
from tests.unit.test_fictional import FOLDER, ID

pytestmark = pytest.mark.django_db
PAGE = "/facilitator/scenarios/"


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(new_facilitator(), "django.contrib.auth.backends.ModelBackend")
    return found


def checked(client: Client, content: bytes | None) -> tuple[int, str]:
    """What the page answers to a file."""
    page = client.post(PAGE, {} if content is None else {"zip": SimpleUploadedFile("ours.zip", content)})
    return page.status_code, page.content.decode()


def test_it_shows_what_is_here(client):
    page = client.get(PAGE).content.decode()
    assert all(engine.load_scenario(name).title in page for name in engine.shipped_ids()) and "cannot be played" not in page


def test_a_zip_with_nothing_wrong_is_told_so_and_nothing_of_it_is_kept(client):
    before = engine.scenario_ids()
    status, page = checked(client, engine.pack_scenario(engine.Folder.at(FOLDER / ID)))
    assert status == 200 and f"Nothing is wrong with {ID}." in page and engine.scenario_ids() == before


def test_everything_that_is_wrong_is_told_at_once(client, tmp_path):
    folder = Path(shutil.copytree(FOLDER / ID, tmp_path / ID))
    (folder / "hints.toml").write_text("[[hint]]\nid = 3\n")
    text = (folder / "scenario.toml").read_text()
    (folder / "scenario.toml").write_text(text.replace("servers = 3", "servers = 30", 1) + "\n[<script>]\n".replace("<script>", '"<script>"'))
    status, page = checked(client, engine.pack_scenario(engine.Folder.at(folder)))
    assert status == 200 and f"{ID} cannot be played yet:" in page
    assert "fleet.servers = 30" in page and "a whole number from 1 to 8" in page and "hints.toml" in page
    assert "&lt;script&gt;" in page and "<script>]" not in page


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "Choose a zip first"), (b"MZ", "That file cannot be checked: it is no zip, or damaged"), (b"\0" * (MOST_BYTES + 1), "has more than 4 MB"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_is_one_line(client, content, says):
    status, page = checked(client, content)
    assert status == 200 and says in page
