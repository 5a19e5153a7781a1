"""`manage.py scenario`: one begun, checked, carried in a zip, previewed; and one from outside the repository, played and looked back on."""

import io
import json
import shutil
import warnings
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

import engine
from engine.analysis.scenario_zip import ZipError, pack_scenario, unpack_scenario
from engine.scenario.folders import Folder
from engine.scenario.scenario import SCENARIOS
from game.scenarios import preview_shown
from tests.builders import finished_run, new_exercise, new_facilitator
from tests.unit.test_fictional import FOLDER, ID

OUR_MAIL = "We moved the harbour's own clock by a minute"


@pytest.fixture
def place(tmp_path, settings):
    """An empty folder of SCENARIO_PATH."""
    found = tmp_path / "ours"
    before, settings.SCENARIO_PATH = settings.SCENARIO_PATH, [found]
    engine.look_for_scenarios_in([found])
    yield found
    engine.look_for_scenarios_in(before)


def scenario(*words: object) -> str:
    """What the command prints. Raises CommandError."""
    out = io.StringIO()
    call_command("scenario", *map(str, words), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def refused(*words: object) -> tuple[str, str]:
    """What it prints, and the line with which it ends."""
    out = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("scenario", *map(str, words), stdout=out, stderr=io.StringIO())
    assert refusal.value.returncode == 2
    return out.getvalue(), str(refusal.value)


def test_a_new_one_says_what_differs_and_can_be_played_at_once(place):
    assert "scenario.toml, mail.toml" in scenario("new", "our-firm", "--from", "knight-2012", "--copy", "mail.toml", "--title", "Our firm")
    found = engine.load_scenario("our-firm")
    assert (found.title, found.files.base and found.files.base.name) == ("Our firm", "knight-2012")
    assert sorted(found.files.own) == ["mail.toml", "scenario.toml"]
    assert found.told.system == "SMARS" and "can be played" in scenario("check", "our-firm")


def test_a_new_one_that_copies_everything_stands_on_its_own(place):
    scenario("new", "alone", "--from", "knight-2012", "--copy", "all")
    found = engine.load_scenario("alone")
    assert found.files.base is None and found.title == "Alone" and engine.playbook_names(found) == engine.playbook_names(engine.load_scenario("knight-2012"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["Our Firm", "--from", "knight-2012"], "expected an id of small letters"),
        (["knight-2012", "--from", "quiet-open"], "there is one already"),
        (["ours", "--from", "knight"], "'knight' is no scenario: expected one of any-morning"),
        (["ours", "--from", "knight-2012", "--copy", "mails.toml"], "--copy mails.toml: expected all, or some of barriers.toml"),
        (["ours", "--from", "quiet-open", "--copy", "all"], "--from knight-2012"),
    ],
)
def test_what_cannot_be_begun_is_one_line_and_leaves_nothing_behind(place, words, says):
    assert says in refused("new", *words)[1]
    assert not any(place.iterdir())


def test_check_says_everything_that_is_wrong_at_once_in_words_for_a_trainer(place):
    folder = Path(shutil.copytree(SCENARIOS / "knight-2012", place / "mine"))

    def spoil(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))

    spoil("scenario.toml", "servers = 8 ", "servers = 9 ")
    spoil("scenario.toml", "[router]", "[router]\nrest = 3")
    spoil("symbols.csv", "Energy,2386117", "Energy,many")
    spoil("mail.toml", "premarket = 250", "premarket = -1")
    spoil("mail.toml", 'id = "fire-drill"\n', 'id = "fire-drill"\nweigth = 2\n')
    spoil("calls.toml", "ring_s = 60", "")
    spoil("week.toml", 'at = ["27 Jul 18:04"]', 'at = ["28 Jul 18:04"]')
    spoil("injects.toml", "talk_only = true", 'talk_only = "yes"')
    (folder / "front.toml").write_text("[")
    (folder / "mails.toml").touch()
    printed, line = refused("check", folder)
    assert line == f"mine: {len(printed.splitlines())} problems"
    for said in (
        "scenario.toml: fleet.servers = 9: expected a whole number from 1 to 8",
        "scenario.toml: router.rest = 3: expected one of rest_s",
        "symbols.csv: line 2: adv_shares = 'many': expected a whole number from 1,000 to 1,000,000,000",
        "mail.toml: plan.operator: premarket = -1: expected a whole number at least 0",
        "mail.toml: people 'fire-drill': weigth = 2: expected one of weight: nobody reads this one",
        "calls.toml: call 'exchange': ring_s: expected a whole number from 5 to 3,600: it is required",
        "week.toml: people 'eve-golive': at number 1 = '28 Jul 18:04': expected 27 Jul, 30 Jul, 31 Jul",
        "injects.toml: inject 'status_mail': talk_only = 'yes': expected `true` or `false`",
        "front.toml: not TOML",
        "mails.toml: file: expected one of scenario.toml",
    ):
        assert said in printed, printed
    assert len(printed.splitlines()) == 10, printed


def test_what_is_read_only_when_it_is_needed_is_checked_too(place):
    folder = Path(shutil.copytree(SCENARIOS / "knight-2012", place / "mine"))
    text = (folder / "scenario.toml").read_text()
    (folder / "scenario.toml").write_text(text.replace('id = "knight-2012"', 'id = "other"', 1))
    for file, old, new in (
        ("playbooks/history.toml", "kind = ", "kin = "),
        ("playbooks/competent.toml", "args = { ", "args = { side = 3, "),
        ("slices.toml", "[[slice]]", "[[slice]]\nprice = 3"),
        ("lab.toml", "[[safeguard]]", "[[safeguards]]"),
        ("glossary.toml", "[[term]]", "[[terms]]"),
    ):
        spoilt = (folder / file).read_text()
        assert old in spoilt, file
        (folder / file).write_text(spoilt.replace(old, new, 1))
    printed, _ = refused("check", folder)
    assert "glossary.toml: terms" in printed  # without its texts the rest is not looked at
    (folder / "glossary.toml").unlink()
    printed, _ = refused("check", folder)
    for said in (
        "scenario.toml: id = 'other': expected 'mine', as its folder is called", "playbooks/history.toml: command 1: kin: expected only",
        "playbooks/competent.toml: command 1: args", "slices.toml: slice", "price: expected only id, label", "lab.toml: safeguards: expected",
    ):  # fmt: skip
        assert said in printed, printed


def test_a_translator_has_a_file_written_and_is_told_what_it_lacks(place):
    scenario("new", "our-firm", "--from", "knight-2012", "--title", "Our firm")
    file, says = place / "our-firm" / "xx.po", ("our-firm", "--language", "xx")
    printed, line = refused("check", *says)
    assert line == "our-firm: 1 problem" and printed == "xx.po: title = 'Our firm': expected a translation, or it is told in English\n"
    assert f"{file}: 1 texts, 1 of them to be translated" in scenario("texts", *says)
    file.write_text(file.read_text().replace('msgid "Our firm"\nmsgstr ""', 'msgid "Our firm"\nmsgstr "Unsere Firma"'))
    assert "1 texts, 0 of them" in scenario("texts", *says) and "Unsere Firma" in file.read_text(), "what is translated stays"
    assert scenario("check", *says) == "our-firm: can be played, all of it in xx.\n"
    file.write_text("Our firm = Unsere Firma\n")
    for what in ("check", "texts"):
        printed, line = refused(what, *says)
        assert "xx.po: line 1 = " in printed + line
    assert "--language DE!: expected a language's code" in refused("check", "quiet-open", "--language", "DE!")[1]
    assert "etc/scenario.toml: missing" in refused("texts", "/etc", "--language", "xx")[1]
    assert "problems" in refused("check", engine.GLOSSARY, "--language", "yy")[1], "and of the words that all explain"


def test_it_goes_into_a_zip_and_comes_out_as_it_was(place, tmp_path):
    folder = Path(shutil.copytree(FOLDER / ID, tmp_path / ID))
    (folder / "xx.po").write_text('msgid "The Night Rate"\nmsgstr "Der Nachttarif"\n')
    assert f"{tmp_path / 'a.zip'}: {ID}, " in scenario("export", folder, tmp_path / "a.zip")
    assert "can be played" in scenario("import", tmp_path / "a.zip")
    assert Folder.at(place / ID) == Folder.at(folder)
    assert "there is one already" in refused("import", tmp_path / "a.zip")[1]
    assert pack_scenario(Folder.at(folder)) == (tmp_path / "a.zip").read_bytes()


def test_one_that_is_wrong_goes_into_no_zip_and_none_is_taken_from_one(place, tmp_path):
    folder = Path(shutil.copytree(FOLDER / ID, tmp_path / ID))
    (folder / "week.toml").write_text("[plan]\n")
    assert "plan: desks" in refused("export", folder, tmp_path / "a.zip")[0]
    (tmp_path / "a.zip").write_bytes(pack_scenario(Folder.at(folder)))
    assert "plan: desks" in refused("import", tmp_path / "a.zip")[0]
    assert not any(place.iterdir()), "nothing half is left behind"


def zipped(*entries: tuple[str, bytes], **how: int) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", how.get("packed", zipfile.ZIP_DEFLATED)) as archive:
        warnings.simplefilter("ignore")  # of names that are in it twice
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type, entry.external_attr = how.get("packed", zipfile.ZIP_DEFLATED), how.get("mode", 0o100644) << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


WHOLE = ("ours/scenario.toml", b"id = 3")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 no", "it is no zip, or damaged"),
        (zipped(), "it holds nothing: expected one folder"),
        (zipped(("scenario.toml", b"")), "expected one folder"),
        (zipped(WHOLE, ("theirs/mail.toml", b"")), "it holds ours, theirs: expected one folder"),
        (zipped(("../scenario.toml", b"")), "it holds ..: expected one folder"),
        (zipped(("/etc/passwd", b"")), "expected one folder"),
        (zipped(WHOLE, ("ours/../../mail.toml", b"")), "expected .toml, .csv and .po files"),
        (zipped(WHOLE, ("ours/playbooks/deep/mail.toml", b"")), "expected .toml, .csv and .po files"),
        (zipped(WHOLE, ("ours/module.py", b"import os")), "is code, which nobody takes from a zip"),
        (zipped(WHOLE, ("ours/run.sh", b"")), "expected .toml, .csv and .po files"),
        (zipped(WHOLE, WHOLE), "is in it twice"),
        (zipped(WHOLE, mode=0o120777), "is locked, a link, or packed"),
        (zipped(WHOLE, packed=zipfile.ZIP_LZMA), "packed in a way of its own"),
        (zipped(WHOLE, ("ours/mail.toml", b"0" * ((1 << 20) + 1))), "has more than 1,048,576 bytes"),
        (zipped(WHOLE, *((f"ours/playbooks/p{n}.toml", b"") for n in range(64))), "it holds 65 files: expected at most 64"),
        (zipped(("ours/mail.toml", b"")), "ours/scenario.toml is not in it"),
        (zipped(WHOLE, ("ours/mail.toml", b"0" * 900), packed=zipfile.ZIP_STORED).replace(b"0" * 900, b"1" * 900), "it is no zip, or damaged"),
    ],
)
def test_a_hostile_zip_is_refused_in_one_line(data, says):
    with pytest.raises(ZipError) as refusal:
        unpack_scenario(data)
    assert says in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_zip_that_lies_about_its_size_fills_no_memory():
    data = bytearray(zipped(WHOLE, ("ours/mail.toml", b"0" * (32 << 20))))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.rindex(signature)
        data[place + offset : place + offset + 4] = (900).to_bytes(4, "little")
    with pytest.raises(ZipError, match="damaged"):
        unpack_scenario(bytes(data))


def test_what_file_managers_add_does_no_harm():
    found = unpack_scenario(zipped(("ours/", b""), WHOLE, ("ours/playbooks/", b""), ("ours/.DS_Store", b"x"), ("__MACOSX/ours/._scenario.toml", b"x")))
    assert (found.name, list(found.own)) == ("ours", ["scenario.toml"])


@pytest.mark.django_db
@pytest.mark.whole
def test_one_written_outside_the_repository_is_taken_played_previewed_and_looked_back_on(place, tmp_path):
    folder = Path(shutil.copytree(FOLDER / ID, tmp_path / "written" / "our-night"))
    text = (folder / "scenario.toml").read_text().replace('id = "night-rate"', 'id = "our-night"').replace('title = "The Night Rate"', 'title = "Our night"')
    (folder / "scenario.toml").write_text(text)
    with (folder / "mail.toml").open("a") as mail:
        mail.write(f'\n[[people]]\nid = "ours"\ndesk = "risk"\nsender = "harbour"\nsubject = "{OUR_MAIL}"\nat = ["08:30"]\nbody = "It was slow."\n')
        mail.write('\n[[state]]\nid = "never"\nwhen = ["lost_usd > 900000000000"]\nsender = "harbour"\nsubject = "All gone"\nbody = "All of it."\n')
    scenario("export", folder, tmp_path / "night.zip")
    shutil.rmtree(folder)
    scenario("import", tmp_path / "night.zip")
    found = engine.load_scenario("our-night")
    assert str(place) in str(engine.home_of("our-night"))

    seed = engine.preview_on(found, 11)
    shown = engine.preview(found, [11], [seed])
    assert shown["never_seen"] == ["mail:never"] and shown["losses"]["history"]["median"] > shown["losses"]["competent"]["median"]
    assert shown["desks"]["deployer"]["commands"] > 5 and "killswitch.press" in shown["never_used"]["operator"]
    page = preview_shown(found, json.loads(json.dumps(shown)))
    assert page["unseen"] == [{"kind": "mail", "id": "never", "text": "All gone"}]

    played = engine.rehearse(found, 11, dict.fromkeys(engine.DESKS, "novice"))
    assert played.sim.ended and OUR_MAIL in repr(engine.told(found, [event.data for event in played.events]))
    erin = new_facilitator()
    run = finished_run(played, new_exercise(scenario="our-night", seed=11, facilitator=erin))
    client = Client()
    client.force_login(erin, "django.contrib.auth.backends.ModelBackend")
    code = run.team.exercise.code
    result, data = client.get(f"/result/{code}/"), client.get(f"/facilitator/{code}/debrief.json")
    assert (result.status_code, data.status_code) == (200, 200) and "the gate" in result.content.decode()
    bundle = engine.rehearsed_bundle(played)
    assert engine.verify(engine.unpack(engine.pack(bundle))) == []
