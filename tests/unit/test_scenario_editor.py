"""The form of a facilitator's scenario: begun from one of the server's, changed by its keys, checked, undone, tried; its files say what differs."""

import pytest

import engine
from game.control import scenario_editor as editor
from game.models import Exercise, KeptScenario, RuleBroken, contents
from tests.unit.test_kept_scenarios import PAGE, Shelf

pytestmark = pytest.mark.django_db


class Desk(Shelf):
    """Erin's form."""

    def begin(self, base: str = "knight-2012", name: str = "ours") -> str:
        return self.client.post(f"{PAGE}new/", {"base": base, "id": name, "title": 'Our "own"'}, follow=True).content.decode()

    def files(self) -> engine.Folder:
        return self.kept.latest.read().files

    def send(self, part: str, do: str = "save", **also: object):
        version = self.kept.latest.number
        typed = also.pop("typed", {})
        return self.client.post(f"{PAGE}{self.kept.pk}/edit/{part}/", {"do": do, "version": version, **typed, **also})

    def field(self, file: str, key: str) -> str:
        return next(field.name for entry in editor.entries(self.files(), file) for field in entry.fields if field.key == key)


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


def test_one_is_begun_in_the_browser_and_says_only_what_differs(desk):
    assert "Names, days and costs" in desk.begin()
    assert sorted(desk.files().own) == ["scenario.toml"] and desk.kept.latest.title == 'Our "own"'
    mail = desk.field("mail.toml", "machines 'fix-logon': subject")
    assert desk.send("mail", typed={mail: "Sessions are \\ up\ntoday"}).status_code == 302
    desk.send("scenario", typed={"costs/hand_hour_usd": "400", "told/desks/risk/title": "chief of risk"})
    read = desk.kept.latest.read()
    assert (read.costs.hand_hour_usd, read.told.desks.risk.title) == (400, "chief of risk")
    assert sorted(read.files.own) == ["mail.toml", "scenario.toml"] and read.files.own["scenario.toml"].count(b"\n") < 20
    assert "Sessions are \\ up\ntoday" in repr(read.evidence.wordings).replace("\\\\", "\\").replace("\\n", "\n")
    before = editor.entries(engine.load_scenario("knight-2012").files, "mail.toml")[0].fields
    desk.send("mail", typed={mail: next(field.text for field in before if field.label == "subject")})
    assert sorted(desk.files().own) == ["scenario.toml"], "a file that is as the base's again is not kept"


def test_an_error_is_told_beside_its_field_and_nothing_is_saved(desk):
    desk.begin()
    subject = desk.field("injects.toml", "inject 'status_mail': mail.0.subject")
    told = desk.send("injects", "check", typed={subject: "{nobody}"}).json()["problems"]
    assert [(one["field"], one["said"][:22]) for one in told] == [(subject, "expected a placeholder")]
    planned = desk.field("mail.toml", "machines 'fix-logon': body")
    assert [one["field"] for one in desk.send("mail", "check", typed={planned: "{nobody}"}).json()["problems"]] == [planned]
    reply = desk.field("calls.toml", "call 'golive': replies.1.text")
    assert [one["field"] for one in desk.send("calls", "check", typed={reply: ""}).json()["problems"]] == [reply]
    time = desk.field("calls.toml", "call 'golive': from")
    page = desk.send("calls", typed={time: "99:99"})
    assert page.status_code == 400 and "Nothing was saved" in page.content.decode() and "HH:MM" in page.content.decode()
    assert desk.send("scenario", "check", typed={"costs/told": "much"}).json()["problems"][0]["field"] == "costs/told"
    assert desk.kept.versions.count() == 1


@pytest.mark.parametrize("scenario_id", engine.shipped_ids())
def test_every_field_and_every_entry_has_words_in_place_of_its_key(scenario_id):
    scenario = engine.load_scenario(scenario_id)
    found = [entry for file in editor.parts(scenario) for entry in editor.entries(scenario.files, file)]
    assert [entry.title for entry in found if entry.words == entry.title] == []
    assert [field.key for entry in found for field in entry.fields if field.words == field.label] == []


def test_what_was_saved_is_undone_step_by_step_and_what_comes_after_as_well(desk):
    desk.begin()
    for title in ("B", "C"):
        desk.send("scenario", typed={"title": title})
    desk.do("undo", part="scenario")
    assert desk.kept.latest.title == "B"
    desk.do("undo")
    assert desk.kept.latest.title == 'Our "own"' and "There is nothing to undo" in desk.do("undo")
    desk.send("scenario", typed={"title": "D"})
    desk.do("undo")
    assert desk.kept.latest.title == 'Our "own"'


def test_who_saves_on_an_old_page_overwrites_nothing(desk):
    desk.begin()
    desk.send("scenario", typed={"title": "B"})
    page = desk.client.post(f"{PAGE}{desk.kept.pk}/edit/scenario/", {"do": "save", "version": 1, "title": "C"}, follow=True).content.decode()
    assert "Somebody saved another version meanwhile" in page and desk.kept.latest.title == "B"
    kept, made = desk.kept, desk.kept.versions.get(number=1).read()  # what two who save in the same moment have in hand
    with pytest.raises(RuleBroken, match="meanwhile"):
        kept.add(made, kept.owner, after=1)
    assert kept.latest.title == "B" and kept.add(made, kept.owner, after=2).number == 3


def test_a_fault_is_taken_out_of_the_deck(desk):
    desk.begin("any-morning")
    before = [fault.id for fault in desk.kept.latest.read().faults.fault]
    desk.send("faults", typed={"out/fault/1": "on"})
    assert [fault.id for fault in desk.kept.latest.read().faults.fault] == [before[0], *before[2:]]


def test_one_is_begun_as_a_copy_of_what_somebody_brought_along(desk):
    desk.begin()
    desk.send("scenario", typed={"costs/hand_hour_usd": "400"})
    ref = f"copy-{desk.kept.pk}"
    assert f'<option value="{ref}">' in desk.client.get(PAGE).content.decode()
    assert "Names, days and costs" in desk.begin(base=ref, name="theirs")
    copied = KeptScenario.objects.get(name="theirs").latest.read()
    assert (copied.id, copied.title, copied.costs.hand_hour_usd, copied.files.base.name) == ("theirs", 'Our "own"', 400, "knight-2012")
    answer = desk.finn.post(f"{PAGE}new/", {"base": ref, "id": "mine", "title": ""}, follow=True).content.decode()
    assert "is not here any more" in answer and not KeptScenario.objects.filter(name="mine").exists(), "it is private"


def test_one_more_mail_call_or_inject_is_begun_like_another_and_one_that_is_not_wanted_is_taken_out(desk):
    desk.begin()
    for file, table in (("mail", "people"), ("calls", "call"), ("injects", "inject")):
        entry = next(one for one in editor.entries(desk.files(), f"{file}.toml") if one.place.startswith(f"{table}/"))
        count = len(editor.entries(desk.files(), f"{file}.toml"))
        place = int(entry.place.rpartition("/")[2])
        title = next(field for field in entry.fields if field.label in ("subject", "caller", "title"))
        answer = desk.send(file, typed={title.name: "Changed as well"}, again=entry.place)
        assert answer.status_code == 302 and answer["Location"].endswith(f"#row-{table}/{place + 1}"), answer.content.decode()
        now = editor.entries(desk.files(), f"{file}.toml")
        added = next(one for one in now if one.place == f"{table}/{place + 1}")
        assert len(now) == count + 1 and added.title != entry.title and "Changed as well" in [field.text for field in added.fields]
        assert f'id="row-{added.place}"' in desk.client.get(f"{PAGE}{desk.kept.pk}/edit/{file}/", {"q": added.title}).content.decode()
        desk.send(file, typed={added.out: "on"})
        assert [one.title for one in editor.entries(desk.files(), f"{file}.toml")] == [one.title for one in now if one is not added]


def test_what_cannot_be_doubled_is_told_and_nothing_is_saved(desk):
    desk.begin()
    place = editor.entries(desk.files(), "objectives.toml")[0].place
    page = desk.send("objectives", again=place)
    assert page.status_code == 400 and "at most 8" in page.content.decode() and desk.kept.versions.count() == 1
    assert desk.send("objectives", again="objective/99").status_code == 302, "a row that is none adds nothing"
    assert sorted(desk.files().own) == ["scenario.toml"]


def test_start_and_length_are_there_to_change_where_no_file_names_them(desk):
    desk.begin()
    told = desk.send("scenario", "check", typed={"calendar/start": "08:30"}).json()["problems"]
    assert any("08:0" in one["where"] or "08:30" in one["said"] for one in told), f"its mails come before that: {told}"
    desk.send("scenario", typed={"calendar/due": "09:55", "calendar/close": "15:58"})
    calendar = desk.kept.latest.read().calendar
    assert (calendar.hm(calendar.due), calendar.hm(calendar.close)) == ("09:55", "15:58")
    page = desk.send("scenario", typed={"calendar/end": "14:00"})
    assert page.status_code == 400 and "expected a time after" in page.content.decode()


def test_it_is_tried_from_a_moment_by_a_game_of_ones_own(desk):
    desk.begin()
    answer = desk.send("scenario", "try", typed={"title": "Tried"}, start="09:20")
    assert answer.status_code == 302 and answer["Location"] == "/lobby/"
    exercise = Exercise.objects.get()
    assert exercise.owner is not None and contents.here(exercise.scenario).title == "Tried" and exercise.calendar.hm(exercise.start_step) == "09:20"
    page = desk.send("scenario", "try", start="25:00")
    assert page.status_code == 200 and 'data-state="refused"' in page.content.decode() and Exercise.objects.count() == 1


@pytest.mark.parametrize("form", [{"id": "Our Morning"}, {"id": "quiet-open"}, {"base": "nobody"}, {"id": "x" * 32}])
def test_what_cannot_be_begun_is_one_line(desk, form):
    page = desk.client.post(f"{PAGE}new/", {"base": "knight-2012", "id": "ours", "title": "", **form}, follow=True)
    assert page.status_code == 200 and 'data-state="refused"' in page.content.decode() and not KeptScenario.objects.exists()


def test_nobody_else_edits_and_a_file_that_is_none_is_not_there(desk):
    desk.begin()
    desk.do("house")
    assert desk.finn.get(f"{PAGE}{desk.kept.pk}/edit/mail/").status_code == 404
    assert desk.client.get(f"{PAGE}{desk.kept.pk}/edit/symbols/").status_code == 404
    assert desk.client.get(f"{PAGE}{desk.kept.pk}/edit/mail/?q=logon&page=9").status_code == 200
