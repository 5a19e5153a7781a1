"""The facilitator's guide and the briefs: agendas that add up, and every lever of a desk on its page."""

import html
import re

import pytest

import engine
from game.control import guide
from game.control.briefs import BRIEFS, brief, levers, picture, reading
from tests import days
from tests.builders import new_exercise, new_facilitator, taken_seat

SCENARIO = engine.load_scenario("knight-2012")


@pytest.mark.parametrize("total", guide.AGENDAS)
def test_an_agenda_fills_its_time_and_leaves_two_fifths_for_the_debrief(total):
    parts = guide.AGENDAS[total]
    assert sum(part.minutes for part in parts) == total
    assert sum(part.minutes for part in parts if part.debrief) == 0.4 * total
    rounds = 2 if total == guide.HALF_A_DAY else 1
    turns = [before.debrief for before, after in zip(parts, (*parts[1:], None), strict=True) if after is None or before.debrief != after.debrief]
    assert turns == [False, True] * rounds, "the debrief comes last, in each round"
    rows = guide.agenda(total, guide.words_for(SCENARIO))
    assert rows[0]["at"] == "0:00" and re.fullmatch(r"\d:\d\d", rows[-1]["at"])


@pytest.mark.parametrize(("total", "week"), [(45, False), (60, False), (90, True), (guide.HALF_A_DAY, True)])
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
    own = [engine.tell(SCENARIO, lever.named(SCENARIO)) for kind, lever in engine.KINDS.items() if desk in lever.desks and not lever.talk and kind in SCENARIO.levers]
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
    assert brief(desk, SCENARIO)["title"] in page and BRIEFS[desk].blind in page.replace("&#x27;", "'")
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


@pytest.mark.django_db
def test_every_scenario_has_a_guide_that_says_what_is_wrong_and_only_facilitators_read_it(client):
    assert client.get("/facilitator/guide/knight-2012/").status_code == 403
    client.force_login(new_facilitator())
    links = re.findall(r'href="(/facilitator/guide/[^"]+/)"', client.get("/facilitator/guide/").content.decode())
    assert sorted(links) == sorted(f"/facilitator/guide/{name}/" for name in engine.shipped_ids())
    for link in links:
        page, scenario = html.unescape(client.get(link).content.decode()), engine.load_scenario(link.split("/")[3])
        assert "this page says what is wrong" in page and scenario.title in page and " style=" not in page
        for told in (*scenario.objectives.objective, *scenario.epilogue.passage, *scenario.evidence.injects):
            assert told.title in page, told.title
        assert ("The seed draws one of these" in page) == (len({fault.cause for fault in scenario.faults.fault}) > 1)
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "{" not in re.sub(r"<[^>]*>", "", main), "a placeholder that only a run fills"
    assert client.get("/facilitator/guide/nobody/").status_code == client.get("/facilitator/guide/ours.12345678/").status_code == 404


def test_who_is_helped_is_asked_about_what_checks_show_and_told_no_answer():
    for desk in engine.DESKS:
        assert reading(desk, "2012") == ()
        for level in ("assisted", "guided"):
            asked = reading(desk, level)
            assert len(asked) >= 3 and sum(line.endswith("?") for line in asked) > len(asked) / 4, desk


def test_a_first_screen_says_who_one_is_what_for_and_what_to_do_first():
    record, lesson = engine.load_scenario("knight-2012"), engine.load_scenario("flag-first")
    for desk in engine.DESKS:
        week, morning, late = (brief(desk, record, step) for step in (days.WEEK, 0, days.OPEN))
        for one in (week, morning, late, brief(desk, lesson)):
            assert all(one[part].count(".") == 1 and "{" not in one[part] and len(one[part]) < 170 for part in ("you", "aim", "first")), one
        assert morning["you"].startswith("You work for a firm that sends its clients' orders to the exchanges, and you ")
        assert "Before the bell at 09:30" in morning["first"] and "tonight" in week["first"] and "The market is open" in late["first"]
        assert "the guide" in brief(desk, lesson)["first"] and brief(desk, lesson)["aim"] != morning["aim"]
    drawn = picture(record)
    assert [one["n"] for one in drawn["servers"]] == list(range(1, 9)) and len(drawn["stocks"]) == len(record.symbols)


@pytest.mark.parametrize("name", engine.scenario_ids())
def test_causes_to_declare_are_short_and_alike_in_length(name):
    lengths = [len(cause.label) for cause in engine.load_scenario(name).diagnosis.cause]
    assert max(lengths) <= 40 and max(lengths) <= 1.25 * min(lengths), lengths
