"""The week on screen: planned with the clock stopped, played by two teams, and what one of them did not look for at the bell."""

import json

from playwright.sync_api import Page, expect

from tests.e2e.conftest import TITLES, Control, Opens, axe, sideways
from tests.e2e.stack import wait_for

LONG = 60_000
DESKS = ("deployer", "operator", "risk")
STALE = 8  # of the default seed: the first copy by hand never arrives there


def week(facilitator: Control, title: str, teams: int = 1) -> str:
    """An exercise of the week on history's market, its evenings at ten times real time; its code."""
    page = facilitator.page
    page.goto(f"{facilitator.stack.address}/facilitator/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("The week (27 July)").check(force=True)
    page.get_by_label("Teams").fill(str(teams))
    page.locator("[name=speed_deployment]").fill("10")
    page.locator("[name=planning_s]").fill("300")
    page.locator("[name=seed_from][value=history]").check()
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(lambda address: address.rstrip("/")[-3] != "n" and "-" in address.rstrip("/")[-6:])
    return page.url.rstrip("/").rsplit("/", 1)[1]


def second_link(facilitator: Control, code: str, desk: str) -> str:
    """A one-time link to a seat of the second team."""
    row = facilitator.open(code, 1)
    row.get_by_role("button", name=f"New link for the {TITLES.get(desk, desk)}", exact=True).click()
    shown = row.get_by_label(f"One-time link of the {TITLES.get(desk, desk)}")
    expect(shown).to_be_visible()
    return shown.input_value()


def start(page: Page, kind: str, *servers: int) -> None:
    """Start a lever of the evening."""
    row = page.locator(f".deal[data-kind='{kind}']")
    for n in servers:
        row.locator(".servers-seg label").nth(n - 1).click()
    row.locator("[data-start]").click()


def hands_free(page: Page) -> None:
    expect(page.locator("[data-free]")).to_contain_text("2 of 2", timeout=LONG)


def advance(facilitator: Control, code: str, to: str, *pages: Page) -> None:
    """Run at full speed to this time, and wait until these desks show it."""
    facilitator.advance(code, to)
    *date, clock = to.split(" ")
    for page in pages:
        shown = page.locator("[data-text=phase]").first
        there = page.locator("[data-text=clock]").first
        wait_for(lambda s=shown, t=there: (not date or " ".join(date) in s.inner_text()) and t.inner_text() >= clock, 90, f"a desk shows {to}")


def copy_and_restart(facilitator: Control, code: str, day: str, servers: tuple[int, ...], deployers: list[Page]) -> None:
    """Four servers on one evening, by hand: copied by half past, restarted two by two."""
    for page in deployers:
        start(page, "release.copy", *servers)
        expect(page.locator("[data-tasks]")).to_contain_text("Copy a release", timeout=LONG)
    for at, pair in (("20:01", servers[:2]), ("20:12", servers[2:])):
        advance(facilitator, code, f"{day} {at}", *deployers)
        for page in deployers:
            hands_free(page)
            for n in pair:
                start(page, "server.start", n)
            expect(page.locator("[data-free]")).to_contain_text("0 of 2", timeout=LONG)


def test_a_team_that_looks_twice_has_a_quiet_open_and_one_that_does_not_has_none(opens: Opens, facilitator: Control) -> None:
    stack, code = facilitator.stack, week(facilitator, "The week", teams=2)
    deployer, operator, risk = (opens(facilitator.seat_link(code, desk)) for desk in DESKS)
    other = opens(second_link(facilitator, code, "deployer"))
    facilitator.do(code, "Start")
    for page in (deployer, operator, risk, other):
        expect(page.locator(".band-plan")).to_contain_text("Friday 27 July, planning", timeout=LONG)
    deployer.locator(".deal[data-kind='fleet.review'] .day").nth(2).click()
    expect(operator.locator(".meant")).to_contain_text("second technician", timeout=LONG)
    for page in (deployer, operator, risk):
        page.get_by_role("button", name="I am ready").click()
    expect(risk.locator(".band-plan")).to_contain_text("1 desk of another team is not ready yet", timeout=LONG)
    other.get_by_role("button", name="I am ready").click()
    expect(risk.locator(".band-plan")).not_to_be_visible(timeout=LONG)

    copy_and_restart(facilitator, code, "27 Jul", (1, 2, 3, 4), [deployer, other])
    advance(facilitator, code, "30 Jul 18:01", deployer, other)
    copy_and_restart(facilitator, code, "30 Jul", (5, 6, 7, 8), [deployer, other])
    advance(facilitator, code, "31 Jul 18:01", deployer, operator)
    start(deployer, "fleet.review")
    expect(operator.locator("[data-tasks]")).to_contain_text("second technician", timeout=LONG)
    for page in (deployer, other):
        page.get_by_label("The release is on all eight servers").check()
    advance(facilitator, code, "31 Jul 20:03", deployer, operator)
    expect(operator.locator(".alerts-slot")).to_contain_text(f"on SMARS-{STALE} the file on disk is not the one that was recorded", timeout=LONG)
    start(deployer, "release.copy", STALE)
    advance(facilitator, code, "31 Jul 20:35", deployer)
    hands_free(deployer)
    start(deployer, "server.start", STALE)
    expect(deployer.locator("[data-tasks]")).to_contain_text(f"SMARS-{STALE}", timeout=LONG)

    advance(facilitator, code, "09:29", deployer, other, risk)
    for page in (deployer, operator, risk, other):
        expect(page.locator(".week")).not_to_be_visible()
    expect(operator.locator(".mail", has_text="BNET reject")).to_have_count(0)
    advance(facilitator, code, "09:33", deployer, other)
    facilitator.end(code)
    rows = wait_for(lambda: _scores(stack, code), 60, "both runs are scored")
    assert rows["Cobalt"]["runaway"] == "never" and rows["Amber"]["runaway"] == "running"
    assert rows["Amber"]["trading"] > 10 * abs(rows["Cobalt"]["trading"])
    deployer.goto(f"{stack.address}/result/{code}/")
    expect(deployer.locator("section", has=deployer.locator(".slices"))).to_have_count(1)  # a team's result is its own
    assert axe(deployer) == []
    page = facilitator.page
    page.goto(f"{stack.address}/result/{code}/")
    weeks = page.locator("section", has=page.locator(".slices"))
    for team, second, tick in ((0, "Closed", "ticked, and true"), (1, "Left open", "ticked, but false")):
        section = weeks.nth(team)
        expect(section.locator("tr", has_text="A second technician looks")).to_contain_text("Had a hole" if team == 0 else second)
        expect(section.locator("li", has_text="The release is on all eight servers")).to_contain_text(tick)
    assert axe(page) == []


def _scores(stack, code: str) -> dict:
    rows = stack.rows(
        "select t.name, r.score from game_run r join game_team t on t.id = r.team_id join game_exercise e on e.id = t.exercise_id "
        "where e.code = ? and r.state = 'ended'", code
    )  # fmt: skip
    return {name: json.loads(score) for name, score in rows} if len(rows) == 2 else {}


def test_a_desk_in_the_week_fits_every_screen_and_is_played_by_keys_alone(opens: Opens, facilitator: Control) -> None:
    code = week(facilitator, "Sizes")
    pages = [opens(facilitator.seat_link(code, desk), theme=theme) for desk, theme in zip(DESKS, ("dark", "light", "dark"), strict=True)]
    facilitator.do(code, "Start")
    for page in pages:
        expect(page.locator(".band-plan")).to_be_visible(timeout=LONG)
        expect(page.locator(".deal").first).to_be_visible()
    operator = pages[1]
    operator.keyboard.press("e")
    operator.keyboard.press("Tab")
    expect(operator.locator(".tonight [data-deals]")).to_be_focused()
    operator.locator("[data-start='inventory.audit']").focus()
    operator.keyboard.press("Enter")
    expect(operator.locator(".bar", has_text="Audit the inventory")).to_be_visible(timeout=LONG)
    for page in pages:
        for width, height in ((1440, 900), (1024, 768), (390, 844), (320, 640)):
            page.set_viewport_size({"width": width, "height": height})
            assert sideways(page) == 0, f"{width}"
            assert axe(page) == [], f"{width}"
        page.set_viewport_size({"width": 1440, "height": 900})
        page.locator("[data-view-for=desk]").click()
        assert axe(page) == []
    facilitator.do(code, "Start the evening")
    expect(operator.locator(".band-plan")).not_to_be_visible(timeout=LONG)
    facilitator.end(code)


def test_everybody_sees_the_same_thirty_seconds_at_the_bell(opens: Opens, facilitator: Control) -> None:
    code = facilitator.create("The bell", start="09:29:25", premarket="1", bell="1")
    facilitator.do(code, "Start")
    pages = [opens(facilitator.seat_link(code, desk)) for desk in DESKS]
    pages.append(opens(f"{facilitator.stack.address}/projector/{code}/"))
    for page in pages:
        expect(page.locator(".bell-strip")).to_contain_text("Bell in", timeout=LONG)
    below = "document.querySelector('.floor').getBoundingClientRect().top - document.querySelector('.bell-strip').getBoundingClientRect().bottom"
    assert pages[1].evaluate(below) >= 0, "it lies over no panel"
    for page in pages:
        expect(page.locator(".bell-strip[data-open]")).to_contain_text("stocks have opened", timeout=LONG)
    for page in pages:
        expect(page.locator(".bell-strip")).not_to_be_visible(timeout=LONG)
