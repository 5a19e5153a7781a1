"""The engine speaks the language of whoever is answered: its sentences stand in Django's catalogues, and what is lacking there is English."""

import asyncio
import json
import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.test import override_settings
from django.utils.translation import gettext, override

import engine
from engine.evidence.telling import Language
from game.languages import languages
from game.live.control import BY_HAND, HALTED
from game.live.db_threads import at_once
from game.live.loudspeaker import to_json
from game.live.words import Reader
from game.models import contents, lessons
from game.people.desks import seat_words
from game.sockets.doors import language_of
from game.spoken import language_called, spoken, tell
from tests import days
from tests.builders import missing, new_exercise
from tests.catalogue import ROOT, catalogue, texts
from tests.small import small_scenario

REFUSAL = "{name} is stopped already"


def test_a_sentence_of_the_engine_is_told_in_the_language_of_whoever_is_answered(another):
    say = engine.msgids()[0]
    assert tell(None, engine.phrase(say)) == engine.tell(None, engine.phrase(say)) and spoken() is engine.ENGLISH
    with override("eo"):
        assert spoken().code == "eo" and tell(None, engine.phrase(say)).startswith("⟦")
        assert tell(None, engine.phrase("No catalogue has this, {name}.", name="Dana")) == "No catalogue has this, Dana."
        assert tell(None, "What somebody typed") == "What somebody typed"
    assert spoken() is engine.ENGLISH


@pytest.mark.parametrize(
    ("name", "value", "english", "other"),
    [
        ("worked", 90, "an hour and a half", "⟦an hour and a half⟧"),
        ("worked", 300, "5 hours", "⟦5 hours⟧"),
        ("direction", -1, "down", "⟦down⟧"),
        ("their_price", None, "the touch", "⟦the touch⟧"),
        ("gone_brokers", [], "nobody", "⟦nobody⟧"),
        ("gone_brokers", ["A", "B", "C"], "A and B and C", "⟦⟦A and B⟧ and C⟧"),
        ("refused_share", 20, "one in 20", "⟦one in 20⟧"),
        ("refused_last", [[4, "WZE"], [7, "QX"]], "order 4 in WZE, order 7 in QX", "⟦order 4 in WZE⟧, ⟦order 7 in QX⟧"),
        ("span", 12 * 240 + 20, "12 min", "⟦12 min⟧"),
        ("span", 0, "at once", "⟦at once⟧"),
        ("gross", 4_600_000_000, "$4.60 billion", "⟦$4.60 billion⟧"),
        ("withdrawn", ["WZE", "QX"], "WZE, QX", "WZE, QX"),
        ("move", -1234, "12 %", "12 %"),
    ],
)
def test_what_fills_a_sentence_has_words_in_every_language_and_figures_in_none(another, name, value, english, other):
    sentence = engine.phrase(f"{{{name}}}", **{name: value})
    assert tell(small_scenario(), sentence) == english
    with override("eo"):
        assert tell(small_scenario(), sentence) == other


def test_the_hashes_of_all_servers_are_a_line_each_in_every_language(another):
    sentence = engine.phrase("{hashes}", hashes=[[1, "aa11", "aa11"], [2, "bb22", ""]])
    first, second = engine.tell(small_scenario(), sentence).split("\n")
    assert first.endswith(": on disk aa11, running aa11") and second.endswith(": on disk bb22, running nothing")
    with override("eo"):
        assert tell(small_scenario(), sentence).count("⟦") == 3


def test_desks_dates_and_the_words_of_a_texts_own_lists_are_a_languages_own():
    scenario = small_scenario()
    own = Language("xx", {"risk manager": "chief of risk", "risk": "chief", "Jul": "July", "Tue": "Tuesday", "buy": "a buy"})
    sentence = engine.phrase("At {at} the {seat}: {Seat}", at=-1, seat="risk", Seat=scenario.told.called("risk"))
    assert engine.tell(scenario, sentence) == "At 31 Jul 20:59 the risk manager: Risk manager"
    assert engine.tell(scenario, sentence, own) == "At 31 July 20:59 the chief of risk: Chief of risk"
    assert engine.tell(scenario, scenario.calendar.dated(-1)) == scenario.calendar.date(-1)
    assert engine.tell(None, scenario.calendar.dated(-1), own) == "Tuesday 31 July"
    for step, now in ((-1, -1), (-1, 0), (0, -1), (days.step_at("09:30"), 0)):
        for seconds in (True, False):
            written, sentence = scenario.calendar.told(step, now, seconds=seconds), scenario.calendar.when(step, now, seconds=seconds)
            assert engine.tell(None, sentence) == engine.tell(None, engine.retold(written)) == written
            assert engine.tell(None, engine.retold(written), own) == engine.tell(None, sentence, own)
    name, side = "planned:imbalance.subject", scenario.wording("planned:imbalance.subject").params["side"].index("buy")
    subject = {"text": name, "values": dict.fromkeys(scenario.wording(name).names, 0) | {"side": side}}
    assert " a buy" in engine.tell(scenario, subject, own) and " a buy" not in engine.tell(scenario, subject)
    refusal = engine.KINDS["server.stop"].not_for("risk", scenario)
    assert engine.tell(scenario, refusal, own).endswith("not the chief")


@pytest.mark.django_db
def test_pages_and_the_survey_call_desks_days_and_controls_as_the_readers_language_does(tmp_path, another):
    lasting = catalogue(tmp_path, {"risk manager": "chief of risk", "A kill switch": "A big red button", "j F": "F j", "Jul": "July"})
    exercise = new_exercise()
    english = exercise.words, lessons.controls_of(exercise)
    assert english[0]["desks"]["risk"]["head"] == "Risk manager" and english[0]["on"] == "1 August" and english[1]["killswitch"] == "A kill switch"
    with override_settings(LOCALE_PATHS=[str(lasting)], LANGUAGES=languages([lasting])), override("eo"):
        words, controls = exercise.words, lessons.controls_of(exercise)
        assert words["desks"]["risk"]["head"] == "Chief of risk" and words["on"] != english[0]["on"]
        assert json.loads(words["hours"])["dates"][0] == "27 July" and json.loads(words["hours"])["typed"][0] == "27 Jul"
        assert controls["killswitch"] == "A big red button" and tell(small_scenario(), seat_words(exercise.teams.get().seats.get(desk="risk"))) == "the chief of risk's seat"
    assert (exercise.words, lessons.controls_of(exercise)) == english


@pytest.mark.parametrize("desk", engine.DESKS)
def test_a_question_of_a_menu_is_told_on_the_bridge_in_each_readers_language_however_it_was_asked(another, desk):
    scenario = small_scenario()
    sim = engine.Simulation(scenario, 7)
    with override("eo"):
        menu = json.loads(contents.wishes_of("knight-2012"))[desk]["day"]
    (wish,) = [wish for wish in menu if wish["kind"] == "bridge.say"]
    assert wish["words"].startswith("⟦")
    asker = next(one for one in engine.DESKS if one != desk)
    assert sim.submit(engine.Command(1, sim.now, asker, "bridge.say", wish["args"])) is None
    (item,) = engine.sight(sim, desk, "2012")["bridge"]["items"]
    english, other = engine.tell(scenario, item["title"]), engine.tell(scenario, item["title"], language_called("eo"))
    assert desk in english.lower() and english.endswith("?") and other.startswith("⟦") and other.endswith("⟧")


def test_a_sentence_whose_braces_a_catalogue_has_broken_is_english():
    broken = Language("xx", {"{n} more": "noch {n", "{n} less": "{m} weniger"})
    assert engine.tell(None, engine.phrase("{n} more", n=3), broken) == "3 more"
    assert engine.tell(None, engine.phrase("{n} less", n=3), broken) == "… weniger"


def test_a_card_is_told_once_in_each_language_however_many_screens_are_sent_it(another):
    text = to_json({"why": engine.phrase("at once")})
    english, other = Reader(small_scenario()), Reader(small_scenario(), language_called("eo"))
    assert json.loads(english.card(text)) == {"why": "at once"} and json.loads(other.card(text)) == {"why": "⟦at once⟧"}
    assert english.card(text) is english.card(text) and other.card(text) is other.card(text)


@pytest.mark.parametrize("accepts", ["", "eo", "fi, eo;q=0.5", "de-DE,de;q=0.9", "*", "en-GB, eo;q=0.9", "no such thing;;"])
@pytest.mark.parametrize("cookie", ["", "eo", "en", "xx", "eo-DE", "../../etc"])
def test_a_socket_is_in_the_language_that_its_page_is_in(another, cookie, accepts):
    cookies = {settings.LANGUAGE_COOKIE_NAME: cookie} if cookie else {}
    headers = [(b"accept-language", accepts.encode())] if accepts else []
    page = HttpRequest()
    page.COOKIES = cookies
    if accepts:
        page.META["HTTP_ACCEPT_LANGUAGE"] = accepts
    with override("en"):
        LocaleMiddleware(lambda request: None).process_request(page)
    assert language_of({"cookies": cookies, "headers": headers}) == page.LANGUAGE_CODE


def test_threads_of_rows_speak_the_language_of_the_socket_that_asks(another):
    async def asked(language: str) -> str:
        with override(language):
            return await at_once(lambda: gettext("Resume"))()

    async def both() -> list[str]:
        return await asyncio.gather(*(asked(language) for language in ("eo", "en") * 8))

    assert asyncio.run(both()) == ["⟦Resume⟧", "Resume"] * 8


def test_reasons_of_a_pause_are_in_the_catalogue():
    assert {BY_HAND, *HALTED.values()} <= set(texts())


def entries(path) -> set[str]:
    """The msgids of a .po file."""
    found = re.findall(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)', path.read_text(encoding="utf-8"), re.MULTILINE)
    return {"".join(json.loads(part) for part in one.splitlines()) for one in found}


def test_makemessages_finds_what_pages_scripts_and_the_engine_say(tmp_path):
    if not shutil.which("msgmerge"):
        missing("gettext", "apt-get install -y gettext")
    for name in ("engine", "game", "templates", "static/js", "manage.py"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    made = tmp_path / "game/locale/eo/LC_MESSAGES"
    made.mkdir(parents=True)
    before = {path for path in tmp_path.rglob("*") if "__pycache__" not in path.parts}
    for domain in ("django", "djangojs"):
        command = [sys.executable, "manage.py", "makemessages", "-l", "eo", "-d", domain]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    catalogues = {made / "django.po", made / "djangojs.po"}
    left = {path for path in tmp_path.rglob("*") if "__pycache__" not in path.parts and ".local" not in path.parts}
    assert left - before == catalogues, "nothing else is left"
    django, scripts = (entries(path) for path in sorted(catalogues))
    assert REFUSAL in django and engine.KINDS["server.stop"].label in django and "an hour and a half" in django
    assert "Your name" in django and "Withdraw" in scripts
    assert set(engine.msgids()) <= django
    lacking = {one.split("\0")[0] for one in texts()} - django - scripts
    assert lacking == set(), "the language of brackets has nothing that a catalogue has not"
    assert "\n#, python-format\nmsgid \"50 %" not in (made / "django.po").read_text()
