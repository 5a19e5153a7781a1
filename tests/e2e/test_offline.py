"""The room's network goes while four people play in two teams, and comes back: the market waits, and everybody has their seat."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.test_control_room import at_desk, come_in, goes_on

LONG = 60_000


def test_four_browsers_go_offline_the_exercise_waits_for_them_and_goes_on_with_everybody_in_their_seat(opens: Opens, facilitator: Control) -> None:
    stack = facilitator.stack
    code = facilitator.create("Wi-Fi", start="09:29", teams=2)
    people = [come_in(opens, stack.address, code, name) for name in ("Ana", "Ben", "Cleo", "Dan")]
    wall = opens(f"{stack.address}/projector/{code}/")
    facilitator.do(code, "Start")
    places = [at_desk(page) for page in people]
    assert len({place.split()[0] for place in places}) == 2, places
    for page in people:
        goes_on(page)
    for page in people:
        page.context.set_offline(True)
    room = facilitator.section(code)
    expect(room).to_contain_text("PAUSED AUTOMATICALLY. The room is offline", timeout=LONG)
    expect(wall.locator(".bands")).to_contain_text("the room is offline", timeout=LONG)
    expect(room).to_contain_text(re.compile("is offline, [34] of [34] people vanished at once"), timeout=LONG)
    expect(room.get_by_role("button", name="Keep paused")).to_be_visible()
    for width, height in ((1440, 900), (390, 844)):
        facilitator.page.set_viewport_size({"width": width, "height": height})
        assert (sideways(facilitator.page), axe(facilitator.page)) == (0, []), width
    for page in people:
        expect(page.locator(".band-link")).to_contain_text("Reconnecting", timeout=LONG)
    for page in people[:2]:
        page.context.set_offline(False)
    expect(people[0].locator(".bands")).to_contain_text("the room is offline", timeout=LONG)
    for page in people[:2]:
        page.wait_for_selector("[data-link=live]", timeout=LONG)
        goes_on(page)
    for page in people[2:]:
        page.context.set_offline(False)
    for page, place in zip(people, places, strict=True):
        page.wait_for_selector("[data-link=live]", timeout=LONG)
        assert at_desk(page) == place
        goes_on(page)
        expect(page.locator(".bands")).not_to_contain_text("The assistant is playing your seat")
    seats = "SELECT count(*) FROM game_seat s JOIN game_team t ON t.id = s.team_id JOIN game_exercise e ON e.id = t.exercise_id WHERE s.covered AND e.code = ?"
    assert stack.rows(seats, code) == [(0,)]
    facilitator.end(code)
    facilitator.page.goto(f"{stack.address}/result/{code}/")
    expect(facilitator.page.locator(".result-head")).to_contain_text(re.compile(r"The room was offline for (\d+ min )?\d+ s"))
