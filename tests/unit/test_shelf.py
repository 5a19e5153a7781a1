"""What stands on the shelf: every scenario says what it is, and the readings of the record lose what their sources make of it."""

import pytest

import engine
from game.debrief import front_picture, kept_history
from game.scenarios import doors

SHELF = [engine.load_scenario(name) for name in engine.scenario_ids()]
# Millions lost when it ends, where history is played on the default seed, and the minutes it trades.
READINGS = {"knight-2012": (452, 45), "knight-0958": (477, 28), "knight-front": (430, 45)}


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_of_the_record_loses_what_it_should_by_the_time_it_ends(name):
    usd, minutes = READINGS[name]
    losses = front_picture.losses_of(engine.load_scenario(name))
    assert losses[minutes + 1] / 1e6 == pytest.approx(usd, rel=0.03)
    assert losses[minutes + 5] - losses[minutes + 1] < 0.02 * losses[minutes], "nothing trades after it"


@pytest.mark.parametrize("scenario", SHELF, ids=lambda one: one.id)
def test_every_door_says_how_long_for_whom_and_what_is_learned(scenario):
    door = scenario.front.door
    if door is None:
        assert scenario.id == "quiet-open", "only what nobody may choose knowingly has none"
        return
    assert door.minutes and door.level and door.teaches and door.name != scenario.id
    outline = front_picture.outline(scenario)
    assert (len(outline.split()) > 20) == (kept_history.kept()[scenario.id]["score"]["total"] > 0)


def test_doors_have_places_of_their_own_and_names_that_differ():
    places, names = [one.front.door.place for one in doors()], [one.front.door.name for one in doors()]
    assert places == sorted(set(places)) and len(set(names)) == len(names)


@pytest.mark.parametrize("scenario", SHELF, ids=lambda one: one.id)
def test_every_epilogue_names_its_sources_or_says_that_it_is_invented(scenario):
    told = scenario.epilogue
    assert told.lead and told.model and {fault.id for fault in scenario.faults.fault} <= {one.id for one in told.fault}
    assert "invented" in told.lead.lower() or any(passage.source for passage in told.passage)


@pytest.mark.django_db
def test_the_start_page_shows_three_mornings_and_folds_the_rest(client):
    page = client.get("/").content.decode()
    shown, folded = page.split("<details", 1) if "<details" in page else (page, "")
    names = [one.front.door for one in doors()]
    assert all(f'value="{one.id}"' in (shown if one.front.door.place <= 3 else folded) for one in doors())
    assert all(door.teaches in page for door in names) and "<svg viewBox=\"0 -1 48 18\"" in folded
