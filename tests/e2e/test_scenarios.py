"""A facilitator's own scenario in a browser: refused with all that is wrong, kept, previewed by workers, chosen, replaced; a game keeps its version."""

import re
import shutil
from pathlib import Path

from playwright.sync_api import Page, expect

import engine
from tests.e2e.conftest import Control
from tests.e2e.test_pages import check
from tests.unit.test_fictional import FOLDER, ID

LONG = 240_000  # the lab's worker lets everything else on the machine go first


def bring(page: Page, address: str, folder: Path, button: str) -> None:
    page.goto(f"{address}/facilitator/scenarios/")
    data = engine.pack_scenario(engine.Folder.at(folder))
    page.get_by_label("Its folder, as a zip").set_input_files({"name": "ours.zip", "mimeType": "application/zip", "buffer": data})
    page.get_by_role("button", name=button).click()


def test_one_is_brought_checked_previewed_chosen_and_replaced(facilitator: Control, tmp_path: Path) -> None:
    page, address = facilitator.page, facilitator.stack.address
    folder = Path(shutil.copytree(FOLDER / ID, tmp_path / ID))
    whole = (folder / "scenario.toml").read_text()
    (folder / "scenario.toml").write_text(whole.replace("servers = 3", "servers = 30", 1))
    bring(page, address, folder, "Check and keep")
    main = page.locator("main")
    expect(main.get_by_role("alert")).to_contain_text("cannot be played yet")
    expect(main.get_by_role("list", name="Problems")).to_contain_text("a whole number from 1 to 8")
    check(page)

    (folder / "scenario.toml").write_text(whole)
    bring(page, address, folder, "Check and keep")
    page.wait_for_url(re.compile(r"/facilitator/scenarios/\d+/$"))
    expect(main.get_by_role("status")).to_contain_text("version 1 is kept")
    check(page)
    here = page.url
    page.goto(f"{address}/facilitator/")
    page.get_by_label("Title").fill("On the first version")
    chooser = page.get_by_label("Scenario")
    chooser.select_option(label="The Night Rate (night-rate), version 1")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(re.compile(r"/facilitator/\w\w-\w\w\w/$"))
    code = page.url.rstrip("/").rsplit("/", 1)[1]
    facilitator.do(code, "Start")
    expect(facilitator.section(code).get_by_role("button", name="Pause", exact=True)).to_be_visible()

    (folder / "scenario.toml").write_text(whole.replace("The Night Rate", "The Day Rate", 1))
    bring(page, address, folder, "Check and keep")
    expect(main.get_by_role("status")).to_contain_text("version 2 is kept")
    first = page.get_by_role("listitem").filter(has_text="Version 1")
    expect(first).to_contain_text("played")
    with page.expect_download() as download:
        first.get_by_role("link", name="Zip").click()
    assert engine.unpack_scenario(download.value.path().read_bytes()).own["scenario.toml"].decode() == whole
    facilitator.end(code)
    pinned = "SELECT c.scenario FROM game_run r JOIN game_team t ON r.team_id = t.id JOIN game_exercise e ON t.exercise_id = e.id"
    rows = facilitator.stack.rows(f"{pinned} JOIN game_scenariocontent c ON r.content_id = c.sha256 WHERE e.code = ?", code)
    assert set(rows) == {(ID,)}, "workers, which have no folder of it, played it"
    page.goto(f"{address}/facilitator/")
    expect(chooser.locator("option")).to_contain_text(["The Night Rate (night-rate), version 2"])

    page.goto(here)
    first.get_by_role("button", name="Bring back").click()
    expect(main.get_by_role("status")).to_contain_text("version 3")
    page.get_by_role("link", name="Preview").first.click()
    page.get_by_role("button", name="Begin").click()
    expect(main.get_by_role("status")).to_contain_text("of 10 seeds are played")
    expect(main.get_by_role("heading", name="What it costs")).to_be_visible(timeout=LONG)
    check(page)

    page.goto(here)
    page.get_by_text("Delete", exact=True).click()
    page.get_by_role("button", name="Delete permanently").click()
    expect(main.get_by_role("status")).to_contain_text("keep their version")
    expect(main.get_by_role("list").filter(has_text=ID)).to_have_count(0)


def test_one_is_begun_edited_checked_while_it_is_typed_undone_and_tried(facilitator: Control) -> None:
    page, address = facilitator.page, facilitator.stack.address
    main = page.locator("main")
    page.goto(f"{address}/facilitator/scenarios/")
    page.get_by_label("Based on").select_option("knight-2012")
    page.get_by_label("Title").fill("Our morning")
    page.get_by_label("Id", exact=True).fill("our-morning")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/edit/scenario/")
    check(page)

    page.get_by_role("link", name="Mails").click()
    first = page.get_by_role("group", name="Mail from a machine: fix-logon")
    first.get_by_label("Subject").fill("Sessions are up at Pike Street")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(main.get_by_role("status")).to_contain_text("version 2")
    expect(first.get_by_label("Subject")).to_have_value("Sessions are up at Pike Street")

    page.get_by_role("link", name="Calls").click()
    when = page.get_by_role("group", name="Call: golive", exact=True).get_by_label("Not before")
    before = when.input_value()
    when.fill("99:99")
    expect(when).to_have_attribute("aria-invalid", "true")
    expect(when).to_have_accessible_description(re.compile("HH:MM"))
    check(page)
    when.fill("08:31")
    expect(when).not_to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(main.get_by_role("status")).to_contain_text("version 3")
    page.reload()
    page.get_by_role("button", name="Undo what was saved last").click()
    expect(main.get_by_role("status")).to_contain_text("as version 2 was")
    expect(when).to_have_value(before)

    page.get_by_label("Try it from").fill("08:30")
    page.get_by_role("button", name="Save, and try it from here").click()
    page.wait_for_url("**/lobby/")
    expect(main).to_contain_text("Our morning")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/desk/**")
