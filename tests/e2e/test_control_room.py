"""A room: the control room, the projector and six people over two teams, and what a facilitator does to one team while the other plays on."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.stack import wait_for
from tests.e2e.test_injects import hold, view

LONG = 60_000
DESKS = {"deployer": "Deployer", "operator": "Operator", "risk": "Risk manager"}
SIZES = ((1440, 900), (1024, 768), (390, 844), (320, 640))


def come_in(opens: Opens, address: str, code: str, name: str) -> Page:
    page = opens(f"{address}/join/{code}/")
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_url("**/lobby/")
    return page


def at_desk(page: Page) -> str:
    """The desk and team whose page this is."""
    page.wait_for_url("**/desk/**", timeout=LONG)
    page.wait_for_selector("[data-link=live]", timeout=LONG)
    return f"{page.locator('[data-text=team]').inner_text()} {page.url.rstrip('/').rsplit('/', 1)[1]}"


def clock(page: Page) -> str:
    return page.locator("[data-text=clock]").first.inner_text()


def goes_on(page: Page) -> None:
    before = clock(page)
    wait_for(lambda: clock(page) > before, 60, "the desk's clock goes on")


def seat(detail: Locator, desk: str) -> Locator:
    return detail.locator(f".sits[data-desk={desk}]")


def more(detail: Locator, desk: str) -> Locator:
    """A seat, with what is folded away."""
    found = seat(detail, desk)
    if not found.locator("details[open]").count():
        found.locator("summary").click()
    return found


def test_a_room_of_two_teams_and_what_is_done_to_one_of_them(browser: Browser, opens: Opens, facilitator: Control) -> None:
    address, room = facilitator.stack.address, facilitator.page
    code = facilitator.create("A room", start="09:31", teams=2, bell="5")
    people = {name: come_in(opens, address, code, name) for name in ("Ana", "Ben", "Cleo", "Dana", "Eli", "Fay")}
    wall = opens(f"{address}/projector/{code}/")
    expect(facilitator.section(code)).to_contain_text("6 people, 6 of 6 seats taken")

    facilitator.do(code, "Start")
    desks = {at_desk(page): name for name, page in people.items()}
    assert len(desks) == 6, "nobody shares a seat"
    mine, theirs = people[desks["Cobalt operator"]], people[desks["Amber operator"]]
    expect(room.locator(".team-row [data-who=here]")).to_have_count(6)
    expect(facilitator.row(code, "Cobalt").locator("[data-label=Clock]")).to_contain_text("09:3", timeout=LONG)
    expect(room.locator("[data-part=feed]")).to_contain_text("started the exercise")

    observe(opens, facilitator, code, mine)
    pause_one(facilitator, code, mine, theirs, wall)
    what_happens(facilitator, code, mine)
    notes(facilitator, code)
    inject_and_message(facilitator, code, mine, theirs)
    move_and_lock(browser, facilitator, code, people, desks)
    rename_and_add(facilitator, code, mine)
    keys(room)
    freeze(facilitator, code, wall)
    end(facilitator, code, mine, theirs)
    reveal_and_export(facilitator, code, mine, wall)


def observe(opens: Opens, facilitator: Control, code: str, mine: Page) -> None:
    detail = facilitator.open(code)
    address = seat(detail, "operator").get_by_role("link", name="Watch Operator").evaluate("(a) => a.href")
    watching = opens(address, context=facilitator.page.context)
    watching.wait_for_selector("[data-link=live] #server-8")
    expect(watching.locator(".bands")).to_contain_text("Watching the operator of team Cobalt")
    assert watching.locator("h1").inner_text() == mine.locator("h1").inner_text()
    watching.close()


def pause_one(facilitator: Control, code: str, mine: Page, theirs: Page, wall: Page) -> None:
    facilitator.open(code).get_by_role("button", name="Pause this team Cobalt").click()
    expect(mine.locator(".bands")).to_contain_text("PAUSED. Market time is stopped: the facilitator has paused your team.")
    expect(facilitator.row(code, "Cobalt")).to_contain_text("paused")
    expect(wall.locator("main")).to_contain_text("paused", timeout=LONG)
    goes_on(theirs)
    expect(theirs.locator(".bands")).not_to_contain_text("PAUSED")
    facilitator.do(code, "2x")
    expect(facilitator.section(code).get_by_role("button", name="2x", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(mine.locator(".bands")).to_contain_text("PAUSED")
    facilitator.open(code).get_by_role("button", name="Resume Cobalt").click()
    expect(mine.locator(".bands")).not_to_contain_text("PAUSED")
    goes_on(mine)


def what_happens(facilitator: Control, code: str, mine: Page) -> None:
    feed = facilitator.section(code).locator("[data-part=feed]")
    expect(feed).to_contain_text("paused this team")
    mine.locator("#server-8 [data-act=stop]").click()
    mine.locator(".sure button").first.click()
    expect(feed).to_contain_text("Stop a server: SMARS-8")
    expect(facilitator.row(code, "Cobalt").locator(".last")).to_contain_text("Stop a server: SMARS-8")
    kinds = facilitator.section(code).locator("[data-part=kinds]")
    kinds.get_by_role("button", name="Decisions").click()
    expect(feed).not_to_contain_text("Stop a server")
    kinds.get_by_role("button", name="Decisions").click()
    kinds.get_by_label("Team").select_option("Amber")
    expect(feed).not_to_contain_text("Stop a server")
    kinds.get_by_label("Team").select_option("All teams")
    feed.locator("li", has_text="Stop a server: SMARS-8").get_by_role("button", name=re.compile("^Pin")).click()


def notes(facilitator: Control, code: str) -> None:
    part = facilitator.section(code).locator("[data-part=notes]")
    expect(part).to_contain_text("Operator: Stop a server: SMARS-8")
    part.get_by_label("A note to yourself").fill("Who told whom?")
    part.get_by_role("button", name="Add note").click()
    expect(part).to_contain_text("Who told whom?")
    part.get_by_role("button", name=re.compile("^Delete")).first.click()
    expect(part).not_to_contain_text("Who told whom?")


def inject_and_message(facilitator: Control, code: str, mine: Page, theirs: Page) -> None:
    room = facilitator.section(code)
    hold(room.page, "A server crashes")
    room.page.get_by_role("combobox", name="Server").select_option("5")
    room.page.get_by_role("button", name="Play now to all teams").click()
    for page in (mine, theirs):
        expect(page.locator("#server-5")).to_have_attribute("data-state", "stopped", timeout=LONG)
    expect(room.locator("[data-part=feed]")).to_contain_text("A server crashes")
    view(room.page, "Messages")
    room.page.get_by_label("From", exact=True).fill("The exchange")
    room.page.get_by_label("Message", exact=True).fill("Is it you?")
    room.page.get_by_role("button", name="Send as The exchange").click()
    expect(mine.locator("#messages")).to_contain_text("Is it you?", timeout=LONG)
    mine.get_by_label("Answer to The exchange").fill("We look.")
    mine.locator("#messages").get_by_role("button", name="Answer", exact=True).click()
    expect(room.locator("#injects .said-answers").first).to_contain_text("We look.", timeout=LONG)


def move_and_lock(browser: Browser, facilitator: Control, code: str, people: dict[str, Page], desks: dict[str, str]) -> None:
    name = desks["Cobalt risk"]
    risk = people[name]
    detail = facilitator.open(code)
    more(detail, "risk").get_by_label("Move to, from Risk manager, Cobalt").select_option(label=f"Amber, Risk manager: {desks['Amber risk']}")
    more(detail, "risk").get_by_role("button", name="Move there Risk manager, Cobalt").click()
    wait_for(lambda: risk.locator("[data-text=team]").inner_text() == "Amber", 20, "the moved player is at the other team's desk")
    expect(risk.locator("p", has_text="you are")).to_contain_text(name)
    expect(seat(detail, "risk")).to_contain_text("assistant")

    more(detail, "risk").get_by_label("Why Risk manager, Cobalt is locked").fill("Kept for the professor")
    more(detail, "risk").get_by_role("button", name="Lock Risk manager, Cobalt").click()
    expect(seat(detail, "risk")).to_contain_text("Kept for the professor")
    late = browser.new_page()  # a refusal is a line in its console
    late.goto(f"{facilitator.stack.address}/join/{code}/")
    expect(late.locator("main")).to_contain_text("1 locked by the facilitator")
    late.get_by_label("Your name").fill("Gus")
    late.get_by_role("button", name="Join", exact=True).click()
    expect(late.get_by_role("alert").first).to_contain_text("Every seat is taken")
    late.context.close()
    more(detail, "risk").get_by_label("Autopilot for Risk manager, Cobalt").select_option("novice")
    more(detail, "risk").get_by_role("button", name="Hand over Risk manager, Cobalt").click()
    expect(seat(detail, "risk").locator(".sits-who")).to_contain_text("novice")


def rename_and_add(facilitator: Control, code: str, mine: Page) -> None:
    detail = facilitator.open(code)
    detail.get_by_label("Name", exact=True).fill("Blue")
    detail.get_by_role("button", name="Rename Cobalt").click()
    expect(facilitator.row(code, "Blue")).to_be_visible()
    expect(mine.locator("[data-text=team]")).to_have_text("Blue")
    room = facilitator.section(code)
    room.get_by_label("Name of the new team").fill("Amber")
    room.get_by_role("button", name="Add team").click()
    expect(room.locator(".answer[role=alert]")).to_contain_text("There is already a team Amber")
    room.get_by_label("Name of the new team").fill("Slate")
    room.get_by_role("button", name="Add team").click()
    expect(facilitator.row(code, "Slate")).to_be_visible()
    expect(room.locator("#loss-curve .plot")).to_have_attribute("aria-label", re.compile("Loss by the minute from 09:30"))
    room.get_by_role("button", name="Show as table").click()
    expect(room.page.locator("#table")).to_contain_text("09:30")
    room.page.keyboard.press("Escape")


def keys(room: Page) -> None:
    """Rows by J and K and the arrows, Enter opens; the filter; help."""
    for key in ("j", "j", "ArrowUp", "j"):
        room.keyboard.press(key)
    expect(room.locator("[data-open-team]").nth(1)).to_be_focused()
    room.keyboard.press("Enter")
    expect(room.locator(".team-detail")).to_have_count(2)
    room.keyboard.press("Enter")
    expect(room.locator(".team-detail")).to_have_count(1)
    room.keyboard.press("f")
    room.keyboard.type("slate")
    expect(room.locator(".team-row:visible")).to_have_count(1)
    room.keyboard.press("Control+a")
    room.keyboard.press("Delete")
    room.locator("h1").click()
    room.keyboard.press("?")
    expect(room.get_by_role("dialog")).to_contain_text("Next and previous team")
    room.keyboard.press("Escape")
    room.get_by_role("button", name="Loss", exact=True).click()
    expect(room.locator("th[aria-sort=descending]")).to_contain_text("Loss")
    room.get_by_role("button", name="Team", exact=True).click()  # names stay where they are while losses grow
    expect(room.locator("th[aria-sort]", has_text="Team")).to_be_visible()


def freeze(facilitator: Control, code: str, wall: Page) -> None:
    facilitator.do(code, "Freeze the leaderboard")
    for shown in (wall.locator(".board"), facilitator.section(code).locator("[data-part=wall]")):
        expect(shown).to_contain_text("Frozen at 09:", timeout=LONG)


def reveal_and_export(facilitator: Control, code: str, mine: Page, wall: Page) -> None:
    address = f"{facilitator.stack.address}/result/{code}/"
    mine.goto(address)
    wait_for(lambda: mine.reload() and "has not revealed" in mine.locator("main").inner_text(), 30, "players wait for the reveal")
    facilitator.do(code, "Open the result pages")
    expect(wall.locator(".curtain")).to_contain_text("The market is closed", timeout=LONG)
    wait_for(lambda: mine.reload() and "$" in mine.locator("main").inner_text(), 30, "players see the result")
    for table, words in (("attendance", ("Ana", "Fay", "Amber")), ("results", ("Blue", "Amber", "Slate", code))):
        text = facilitator.page.request.get(f"{facilitator.stack.address}/facilitator/{code}/{table}.csv").text()
        assert all(word in text for word in words), text


def end(facilitator: Control, code: str, mine: Page, theirs: Page) -> None:
    detail = facilitator.open(code)
    detail.get_by_role("button", name=re.compile("^End this team")).click()
    detail.get_by_role("button", name="Keep playing").click()
    detail.get_by_role("button", name=re.compile("^End this team")).click()
    ended = facilitator.section(code).locator("[data-open-team]").first.inner_text()
    detail.get_by_role("button", name=f"End {ended}", exact=True).click()
    expect(facilitator.row(code, ended)).to_contain_text("ended", timeout=LONG)
    facilitator.do(code, "End")
    expect(facilitator.section(code)).to_contain_text("This ends the exercise for 3 teams.")
    facilitator.do(code, f"End {code}")
    for page in (mine, theirs):
        expect(page.locator(".bands")).to_contain_text("See the result", timeout=LONG)
    facilitator.page.goto(f"{facilitator.stack.address}/result/{code}/")
    expect(facilitator.page.locator("main")).to_contain_text("Your notes for the debrief", timeout=LONG)


def test_the_control_room_is_legible_in_every_size_and_theme(facilitator: Control) -> None:
    code, room = facilitator.create("Sizes", start="09:40", teams=12), facilitator.page
    facilitator.do(code, "Start")
    facilitator.open(code, 1)
    room.locator(".team-detail summary").first.click()
    for theme in ("dark", "light"):
        room.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        for width, height in SIZES:
            room.set_viewport_size({"width": width, "height": height})
            assert sideways(room) == 0, (theme, width)
            assert axe(room) == [], (theme, width)
    room.set_viewport_size({"width": 1440, "height": 900})
    room.locator("[data-open-team]").nth(1).click()
    last = room.locator(".team-row").nth(11).bounding_box()
    assert last is not None and last["y"] + last["height"] < 900, "twelve teams fit a laptop's window"
    facilitator.end(code)
