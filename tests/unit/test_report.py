"""The printed report: pages, what stands on them, fonts that are in the file, and what is still being reckoned."""

import io
from typing import Any

import pypdf
import pytest

import engine
from game.debrief import compare, counterfactuals, first_screen, report
from game.debrief.report import words
from game.debrief.report.paper import colors, letters, printable
from game.models import Course, Exercise, Note, Player, Run
from game.models.run_log import log_of
from game.views import debrief
from game.views.questions import links
from tests.builders import new_exercise, new_facilitator
from tests.played import finished

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
ADDRESS = "https://bell.example/result/K7-M4Q/"
LINE_UPS = {"Cobalt": "competent", "Ochre": "history"}


def exercise(names: tuple[str, str] = ("Cobalt", "Ochre"), **values: Any) -> Exercise:
    """A team that stopped it in ten minutes and one that played history."""
    return finished(dict(zip(names, LINE_UPS.values(), strict=True)), until="10:20", title="Autumn class", **values)


def told(found: Exercise, *, teams: int = 1, facilitator: bool = False) -> dict[str, Any]:
    return debrief.report_content(found, compare.shown(found)[:teams], ADDRESS, facilitator=facilitator)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """Every page's text, spaces of layout made one."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def fonts_of(reader: pypdf.PdfReader) -> dict[str, bool]:
    """Name of each font -> whether it is in the file."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            inside = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            found[str(font.get_object()["/BaseFont"])] = "/FontFile2" in inside
    return found


def reckon(run: Run, *, all_of_them: bool = True) -> None:
    """Losses of its courses: the first decision saved 30 million, every later one a million, and one cost two."""
    log = log_of(run)
    made: dict[str, float] = {"played": 40e6, "nothing": 400e6}
    for one in log.decisions:
        made[f"without:{one.number}"] = 70e6 if one.number == 1 else 38e6 if one.number == 2 else 41e6
        made[f"earlier:{one.number}"] = made[f"later:{one.number}"] = 39e6
    rows = {key: Course(run=run, key=key, loss_usd=usd, made_by=run.made_by) for key, usd in made.items()}
    if all_of_them:
        for key in counterfactuals.counterfactuals_of(log, rows):
            rows.setdefault(key, Course(run=run, key=key, loss_usd=50e6, made_by=run.made_by))
        rows["same"] = Course(run=run, key="same", loss_usd=0, made_by=run.made_by)
    Course.objects.bulk_create(rows.values())


def test_a_team_has_two_to_five_pages_of_a4_with_result_decisions_lanes_and_questions():
    found = exercise()
    reckon(found.runs()[0])
    pdf = report.make(told(found), engine.Calendar.of())
    reader, text = read(pdf), text_of(pdf)
    assert 2 <= len(reader.pages) <= 5
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842], "A4"
    for words_ in (
        "Cobalt",
        "Autumn class",
        "Loss by the minute",
        "What each decision was worth",
        "Who knew what, when",
        "Learning objectives",
        "Contributing factors",
        "One owner",
        "Questions to discuss",
        "Barriers",
    ):
        assert words_ in text, words_
    assert "Copy a release (SMARS-8: smars-rlp)" in text and "almost certain" in text
    assert "With nothing done, the loss would have been $400 M." in text and "Shares are Shapley values" in text
    assert "came out identical" in text and "were computed when this was printed" not in text
    for number, page in enumerate(reader.pages, 1):
        foot = " ".join(page.extract_text().split())
        assert f"page {number} of {len(reader.pages)}" in foot
        assert f"seed 79, knight-2012, rules {engine.RULES}" in foot and ADDRESS in foot


def test_fonts_are_in_the_file_and_curves_are_vectors():
    reader = read(report.make(told(exercise()), engine.Calendar.of()))
    fonts = fonts_of(reader)
    assert any(name.endswith("+Inter") for name in fonts) and all(fonts.values()), fonts
    assert not any("/XObject" in page["/Resources"] and page["/Resources"]["/XObject"] for page in reader.pages), "no pictures"


def test_what_is_not_reckoned_yet_is_counted():
    found = exercise()
    run = found.runs()[0]
    reckon(run, all_of_them=False)
    one = told(found)["teams"][0]["worth"]
    assert not one["complete"] and one["done"] and one["of"]
    assert f"{one['done']} of {one['of']} were computed when this was printed" in text_of(report.make(told(found), engine.Calendar.of()))
    Course.objects.all().delete()
    assert "none were computed yet when this was printed" in text_of(report.make(told(found), engine.Calendar.of()))


@pytest.mark.parametrize(
    ("name", "font"), [("Команда Ёж", "Inter"), ("Ομάδα Αλφα", "Inter"), ("日本チーム", "DroidSansFallback"), ("한국 팀", "DroidSansFallback"), ("צוות א", "DejaVuSans"), ("فريق", "DejaVuSans"), ("ทีมหนึ่ง", "NotoSansThai"), ("टीम एक", "NotoSansDevanagari")]
)  # fmt: skip
def test_a_name_in_any_script_comes_out(name, font):
    pdf = report.make(told(exercise((name, "Ochre"))), engine.Calendar.of())
    reader = read(pdf)
    assert any(font in found for found in fonts_of(reader)) and all(fonts_of(reader).values())
    shown = set(text_of(pdf))
    assert set(name) <= shown or font not in ("Inter", "DroidSansFallback"), "letters that are joined have codes of their own"
    assert "[" not in printable(name)


def test_a_sign_that_no_font_has_is_replaced_by_its_name():
    assert printable("Team 🎉 Ω") == "Team [party popper] Ω" and printable("a\u200bb\ufe0f\u202e") == "ab"
    assert printable("\U0001f469\U0001f3fd\u200d\U0001f680") == "[woman][rocket]"
    assert printable("ক") == "[bengali letter ka]"
    assert "Team [party popper]" in text_of(report.make(told(exercise(("Team 🎉", "Ochre"))), engine.Calendar.of()))


def test_no_letter_of_any_script_is_a_box():
    known = set().union(*map(letters, ("Inter-Regular", "DroidSansFallback", "NotoSansThai-Regular", "NotoSansDevanagari-Regular", "DejaVuSans")))
    every = "".join(chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000)
    assert {ord(letter) for letter in printable(every)} <= known | set(range(128))


def test_the_facilitators_notes_stand_in_the_facilitators_copy_only(client):
    found = exercise()
    first, second = found.teams.all()
    Note.objects.create(exercise=found, team=first, step=0, text="They argued about the rollback.")
    Note.objects.create(exercise=found, team=second, step=0, text="Very quiet.")
    players = text_of(report.make(told(found), engine.Calendar.of()))
    copy = text_of(report.make(told(found, facilitator=True), engine.Calendar.of()))
    assert "They argued" not in players and "notes" not in players
    assert "They argued about the rollback." in copy and "Very quiet." not in copy


def test_the_whole_exercise_has_its_teams_side_by_side_and_then_one_by_one():
    found = exercise()
    Note.objects.create(exercise=found, step=0, text="Ask about the phone.")
    pdf = report.make(told(found, teams=2, facilitator=True), engine.Calendar.of())
    pages = [" ".join(page.extract_text().split()) for page in read(pdf).pages]
    assert "2 teams beside history's run" in pages[0] and "Decision worth most" in pages[0] and "Cobalt" in pages[0] and "Ochre" in pages[0]
    whole = " ".join(pages)
    assert whole.count("Questions to discuss") == 1 and whole.count("Ask about the phone.") == 1
    assert whole.count("Who knew what, when") == 2 and 4 <= len(pages) <= 10


def test_every_decision_stands_there_however_many_and_the_head_of_the_table_on_each_page():
    found = told(exercise())
    worth = found["teams"][0]["worth"]
    worth["decisions"] = [
        {**worth["decisions"][0], "number": number, "words": f"Decision number {number:02} of many that were taken"} for number in range(1, 61)
    ]
    pdf = report.make(found, engine.Calendar.of())
    text = text_of(pdf)
    assert all(f"Decision number {number:02}" in text for number in range(1, 61))
    with_rows = [page for page in read(pdf).pages if "Decision number" in page.extract_text()]
    assert len(with_rows) > 1 and all("5 min earlier" in page.extract_text() for page in with_rows)


def test_the_same_report_is_the_same_bytes():
    found = told(exercise())
    first = report.make(found, engine.Calendar.of())
    report._drawn.cache_clear()
    assert report.make(found, engine.Calendar.of()) == first


def test_letters_in_place_of_names_hold_for_the_report_and_what_it_is_called(client):
    found = exercise()
    Exercise.objects.filter(pk=found.pk).update(names="letters", open_results=True)
    team = found.teams.first().pk
    answer = client.get(f"/result/{found.code}/{team}/report.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="opening-bell-{found.code}-report.pdf"'
    text = text_of(answer.content)
    assert "Team " in text and "Cobalt" not in text


def test_the_report_is_there_after_the_end_and_the_reveal(client):
    found = exercise(open_results=True)
    team = found.teams.first().pk
    address = f"/result/{found.code}/{team}/report.pdf"
    assert client.get(address).headers["content-disposition"].endswith('-report-1.pdf"')
    Exercise.objects.filter(pk=found.pk).update(frozen={})
    assert client.get(address).status_code == 404
    Exercise.objects.filter(pk=found.pk).update(frozen=None, state="running")
    assert client.get(address).status_code == 404
    assert client.get(f"/result/{found.code}/999999/report.pdf").status_code == 404


def test_money_is_written_as_on_the_page():
    assert [words.gain(usd) for usd in (None, 0, 1_250_000, -44_960_850, 399e6, -2_270, 1.2e9)] == [
        "…", "$0", "▲ +$1.3 M", "▼ −$45.0 M", "▲ +$399 M", "▼ −$2 k", "▲ +$1.20 bn",
    ]  # fmt: skip
    assert (words.share(0.912), words.share(-0.02), words.share(0.9999)) == ("91.2 %", "−2.0 %", "99.99 %")


def test_the_colours_are_the_light_ones_of_the_pages():
    assert colors()["text"] == (0x12, 0x1A, 0x26) and colors()["loss"] == (0xA8, 0x43, 0x00) and "role-risk" in colors()


def test_where_the_seed_drew_what_was_wrong_the_report_says_it_and_measures_against_nobody():
    played = exercise()
    deck = new_exercise(title="Another class", scenario="any-morning", team="Cobalt", seed=5)
    assert deck.fault_told is None, "not before its end"
    deck.start()
    deck.end()
    fault = first_screen.truth_of(deck)["fault"]
    for teams in (1, 2):
        content = told(played, teams=teams) | {"fault": fault}
        content["words"] |= {"past": deck.words["beside"], "alone": deck.words["alone"]}
        text = text_of(report.make(content, engine.Calendar.of()))
        assert text.count("What was wrong") == 1 and " ".join(fault["story"].split()) in text
        assert "beside a run with nobody at the desks on the same market" in text and "history's run" not in text


def test_both_rounds_of_a_room_stand_in_the_facilitators_copy_only():
    first = finished({"Cobalt": "novice", "Ochre": "novice"}, until="09:50", title="Autumn class", facilitator=new_facilitator())
    second = finished({"Cobalt": "competent", "Ochre": "novice"}, until="09:50", facilitator=first.facilitator, round_before=first)
    for teams, columns in ((2, ("Cobalt, before", "Cobalt, now", "Ochre, before", "Ochre, now")), (1, ("Cobalt, before", "Cobalt, now"))):
        text = text_of(report.make(told(second, teams=teams, facilitator=True), engine.Calendar.of()))
        part = text[text.index("The round before, and this one") :]
        assert first.code in part and all(name in part for name in columns), columns
        figures = compare.rounds(second, compare.shown(second)[:teams])["rows"][0]["cells"]
        for cell in figures:
            assert words.gain(-cell["usd"]) in part, "each team's loss in each round"
        assert "The round before" not in text_of(report.make(told(second, teams=teams), engine.Calendar.of()))
    assert "The round before" not in text_of(report.make(told(first, teams=2, facilitator=True), engine.Calendar.of()))


def test_what_people_answered_before_after_and_later_stands_in_the_facilitators_copy_in_counts():
    found = exercise()
    assert "30 days later" not in text_of(report.make(told(found, facilitator=True), engine.Calendar.of())), "nobody has answered"
    choice = found.questions.create(text="Would you stop it?", kind="choice", choices=["at once", "after a call"], before=True, later=True)
    said = found.questions.create(text="What would you change?", kind="text", later=True)
    for name, before, later, text in (("Ada", 1, 4, "A drill on Mondays"), ("Ben", 2, 5, "The pager")):
        player, _ = Player.enter(found, name)
        player.replies.create(when="before", values={"explain": before, choice.key: 1})
        player.replies.create(when="later", values={"explain": later, choice.key: 0, said.key: text})
    copy = text_of(report.make(told(found, facilitator=True), engine.Calendar.of()))
    part = copy[copy.index("Before, after and 30 days later") :]
    row = part[part.index("How well could you explain") : part.index("How ready")] if "How ready" in part else part
    assert "1.5" in row and "4.5" in row and "n = 2; 1 · 1 · 0 · 0 · 0" in row and "n = 2; 0 · 0 · 0 · 1 · 1" in row
    assert "at once" in part and "2 of 2" in part and "0 of 2" in part
    assert "A drill on Mondays" in part and "The pager" in part and "Ada" not in part and "Ben" not in part
    assert "A drill on Mondays" not in text_of(report.make(told(found), engine.Calendar.of()))


def test_result_and_report_say_which_desks_programs_played(client):
    found = exercise(open_results=True)
    seat = found.teams.first().seats.get(desk="operator")
    bot, _ = Player.enter(found, "rover", bot=True)
    seat.take(bot)
    assert told(found)["teams"][0]["programs"] == "Played by programs: operator."
    seat.vacate()
    page = client.get(f"/result/{found.code}/").content.decode()
    assert page.count("Played by programs: operator.") == 1, "also where it has left since, and of its own team alone"
    assert "Played by programs: operator." in text_of(report.make(told(found), engine.Calendar.of()))
    whole = text_of(report.make(told(found, teams=2), engine.Calendar.of()))
    assert "Cobalt: Played by programs: operator." in whole and "Ochre: Played" not in whole


def test_a_program_gets_no_certificate_and_no_link_for_later(client):
    found = exercise(facilitator=new_facilitator())
    for name, desk in (("Ada", "risk"), ("rover", "operator")):
        player, _ = Player.enter(found, name, bot=name == "rover")
        found.teams.first().seats.get(desk=desk).take(player)
    assert [one["name"] for one in links(found)] == ["Ada"]
    client.force_login(found.facilitator)
    pages = [page.extract_text() for page in read(client.get(f"/facilitator/{found.code}/certificates.pdf").content).pages]
    assert len(pages) == 1 and "Ada" in pages[0]
