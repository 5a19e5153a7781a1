"""The facilitator's guide and the briefs: agendas that add up, and every lever of a desk on its page."""

import re

import pytest

import engine
from game.control import guide
from game.control.briefs import BRIEFS, brief, levers
from tests import days
from tests.builders import new_exercise, new_facilitator, taken_seat

SCENARIO = engine.load_scenario("knight-2012")


@pytest.mark.parametrize("total", guide.AGENDAS)
def test_an_agenda_fills_its_time_and_leaves_two_fifths_for_the_debrief(total):
    parts = guide.AGENDAS[total]
    assert sum(part.minutes for part in parts) == total
    assert sum(part.minutes for part in parts if part.debrief) == 0.4 * total
    assert parts == tuple(sorted(parts, key=lambda part: part.debrief)), "the debrief comes last"
    rows = guide.agenda(total, guide.words_for(SCENARIO))
    assert rows[0]["at"] == "0:00" and re.fullmatch(r"\d:\d\d", rows[-1]["at"])


@pytest.mark.parametrize(("total", "week"), [(60, False), (90, True)])
def test_an_agenda_leaves_each_phase_the_time_it_takes_at_its_default_speed(total, week):
    from game.models.planning import PLANNING_S

    given = {part.title: part.minutes for part in guide.AGENDAS[total]}
    takes = {
        "Pre-market": days.OPEN / engine.SPEEDS["premarket"], "The opening bell": (days.BELL_END - days.OPEN) / engine.SPEEDS["bell"],
        "Unwind and evening": (days.CLOSE - days.BELL_END) / engine.SPEEDS["unwind"] + (days.END - days.BLOCK) / engine.SPEEDS["block"],
    }  # fmt: skip
    for title, steps in takes.items():
        assert steps / engine.STEPS_PER_MINUTE <= given[title], title
    assert ("The week" in given) is week
    if week:
        assert 3 * (180 / engine.SPEEDS["deployment"] + PLANNING_S / 60) <= given["The week"]


@pytest.mark.parametrize("desk", engine.DESKS)
def test_every_lever_that_takes_time_is_on_its_desks_page_once(desk):
    rows = [row for part in levers(desk, SCENARIO).values() for row in part]
    own = [lever.named(SCENARIO) for kind, lever in engine.KINDS.items() if desk in lever.desks and not lever.talk and kind in SCENARIO.levers]
    assert sorted(row.label for row in rows) == sorted(own)
    assert all(row.time for row in rows)


def test_a_lever_says_how_long_it_takes_and_when():
    found = {(part, row.label): (row.time, row.phone) for desk in engine.DESKS for part, rows in levers(desk, SCENARIO).items() for row in rows}
    assert found["day", "Checksum servers"] == ("2 min (10 min before the bell)", False)
    assert found["day", "Stop all servers by hand"] == ("8 min, 4 min with both hands", False)
    assert found["day", "Press the kill switch"] == ("10 s, if built", False)
    assert found["day", "Set the price collar"] == ("1 min if built, else 10 min", False)
    assert found["day", "Have the flag cleared upstream"] == ("5 min", True)
    assert found["week", "Write deploy automation"] == ("7 h", False)
    assert ("day", "Write deploy automation") not in found


@pytest.mark.django_db
@pytest.mark.parametrize("desk", BRIEFS)
def test_a_desks_page_is_anybodys_and_linked_from_its_lobby(client, desk):
    page = client.get(f"/brief/{desk}/").content.decode()
    assert brief(desk, "2012", SCENARIO)["title"] in page and BRIEFS[desk].blind in page.replace("&#x27;", "'")
    exercise = new_exercise()
    _, client.cookies["player"] = taken_seat(exercise, desk=desk)
    assert f'href="/brief/{desk}/"' in client.get("/lobby/").content.decode()


@pytest.mark.django_db
def test_there_is_no_page_for_a_desk_that_there_is_not(client):
    assert client.get("/brief/projector/").status_code == 404


@pytest.mark.django_db
def test_the_guide_is_linked_from_the_facilitators_pages_and_shows_both_agendas(client):
    client.force_login(new_facilitator())
    assert 'href="/facilitator/guide/"' in client.get("/facilitator/").content.decode()
    page = client.get("/facilitator/guide/").content.decode()
    assert "24 of 60 minutes are debrief" in page and "36 of 90 minutes are debrief" in page and "resume word" in page


def test_who_is_helped_is_told_what_checks_mean_and_shown_nothing_that_nobody_asked_for_on_a_drawn_morning():
    for desk in engine.DESKS:
        record, drawn = (engine.load_scenario(name) for name in ("knight-2012", "any-morning"))
        assert brief(desk, "2012", record)["reading"] == () and brief(desk, "2012", record)["shown"] == ""
        for level in ("assisted", "guided"):
            assert brief(desk, level, record)["shown"] and brief(desk, level, drawn)["shown"] == "", desk
            assert len(brief(desk, level, drawn)["reading"]) >= 3
