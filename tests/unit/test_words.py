"""Every word that a person reads goes through gettext, a whole page speaks another language when it is chosen, and English when it is chosen again."""

import re
from collections.abc import Mapping

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.base import Lexer, TokenType
from django.test import Client, override_settings

from game.languages import languages
from game.views import words
from tests.builders import new_exercise
from tests.catalogue import ROOT, SAME, SCRIPTS, TEMPLATES, WORD, bracketed, said, unbracketed

NO_WORDS = re.compile(r"(page|body)_(class|data)|first_tab|scripts|style|entry")


def bare(source: str) -> list[str]:
    """Words that a template says itself, outside of what is translated."""
    kept, blocks, inside = [], [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name, *rest = token.contents.split()
            if name == "block":
                blocks.append(rest[0])
            elif name == "endblock":
                blocks.pop()
            inside = name in ("blocktranslate", "plural") or (inside and name != "endblocktranslate")
        elif token.token_type == TokenType.TEXT and not inside and not any(NO_WORDS.fullmatch(one) for one in blocks):
            kept.append(token.contents)
            continue
        kept.append("\x00" if token.token_type == TokenType.VAR else " ")
    return [one for one in said("".join(kept)) if WORD.search(SAME.sub("", one))]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_template_says_nothing_that_is_not_translated(path):
    assert bare(path.read_text()) == []


def test_a_word_that_is_not_translated_is_found():
    assert bare('<p title="Say so">{% translate "Yes" %} and <b>{{ no }}</b></p>') == ["Say so", "and"]
    assert bare('{% block page_class %}join{% endblock %}<kbd>Esc</kbd>{% blocktranslate %}All {{ n }}{% endblocktranslate %}') == []


def strings(source: str) -> list[str]:
    """What lit templates of a script say themselves: the words of html`...`, with what is put into them left out."""
    found, at = [], 0
    while (start := source.find("html`", at)) >= 0:
        text, at = _template(source, start + 5)
        found.append(text)
    return found


def _template(source: str, at: int) -> tuple[str, int]:
    """A template literal from behind its opening sign: its own text, and where the next may begin. Those inside it are found by themselves."""
    own, depth, first = [], 0, None
    while at < len(source):
        if source[at] == "\\":
            at += 2
        elif depth == 0 and source[at] == "`":
            return "".join(own), first or at + 1
        elif depth == 0 and source.startswith("${", at):
            own.append("\x00")
            depth, at = 1, at + 2
        elif depth == 0:
            own.append(source[at])
            at += 1
        elif source[at] in "{}":
            depth += 1 if source[at] == "{" else -1
            at += 1
        elif source[at] == "`":
            first = first or (at - 4 if source.startswith("html`", at - 4) else None)
            at = _past(source, at + 1)
        elif source[at] in "\"'":
            at = source.index(source[at], at + 1) + 1 if "\\" not in source[at : source.index(source[at], at + 1)] else _past_quote(source, at)
        else:
            at += 1
    raise AssertionError("a template without an end")


def _past(source: str, at: int) -> int:
    """Behind the end of a template literal that is inside another."""
    depth = 0
    while True:
        if source[at] == "\\":
            at += 2
        elif depth == 0 and source[at] == "`":
            return at + 1
        elif depth == 0 and source.startswith("${", at):
            depth, at = 1, at + 2
        elif depth and source[at] in "{}":
            depth += 1 if source[at] == "{" else -1
            at += 1
        elif depth and source[at] == "`":
            at = _past(source, at + 1)
        elif depth and source[at] in "\"'":
            at = _past_quote(source, at)
        else:
            at += 1


def _past_quote(source: str, at: int) -> int:
    sign, at = source[at], at + 1
    while source[at] != sign:
        at += 2 if source[at] == "\\" else 1
    return at + 1


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT / "static/js").as_posix())
def test_a_lit_template_says_nothing_that_is_not_translated(path):
    found = [one for text in strings(path.read_text()) for one in said(text) if WORD.search(SAME.sub("", one))]
    assert found == []


def test_a_word_in_a_lit_template_is_found_however_deep_it_stands():
    source = 'const a = html`<p title="Say">${b ? html`<b>deep ${c({ d: "}" })}</b>` : nothing} <i>${gettext("no")}</i> more</p>`; html`last`;'
    assert [one for text in strings(source) for one in said(text) if WORD.search(one)] == ["Say", "more", "deep \x00", "last"]


@pytest.fixture
def another(tmp_path):
    """A language of brackets, which the pages are offered in."""
    bracketed(tmp_path)
    with override_settings(LOCALE_PATHS=[str(tmp_path)], LANGUAGES=[("en", "English"), ("eo", "Esperanto")]):
        assert languages([tmp_path]) == [("en", "English"), ("eo", "Esperanto")]
        yield


@pytest.mark.django_db
def test_a_language_is_chosen_and_given_back_without_a_restart(client, another):
    assert "⟦" not in client.get("/join/").content.decode(), "English until somebody chooses"
    assert "⟦" in Client(headers={"accept-language": "eo"}).get("/join/").content.decode(), "the browser's wish, where it can be met"
    assert "⟦" not in Client(headers={"accept-language": "fi, de;q=0.8"}).get("/join/").content.decode()
    chosen = client.post("/language/", {"language": "eo", "next": "/join/"})
    assert chosen.status_code == 302 and chosen.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]
    page = client.get("/join/").content.decode()
    assert '<html lang="eo"' in page and "⟦Join⟧" in page and "<script defer src=" in page
    client.post("/language/", {"language": "en", "next": "/join/"})
    assert '<html lang="en"' in (page := client.get("/join/").content.decode()) and "⟦" not in page and "/words/" not in page


def data_of(page: HttpResponse) -> list[str]:
    """What a page shows of a scenario, of its teams and of its players: data, told in its own way. The longest first."""
    found: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, str):
            found.update({value, value.capitalize()})
        elif isinstance(value, Mapping):
            for one in value.values():
                collect(one)
        elif isinstance(value, list | tuple):
            for one in value:
                collect(one)
        elif hasattr(value, "model_dump"):
            collect(value.model_dump())

    for name in ("front", "doors", "words", "desks", "first", "card", "starts", "player"):
        collect(page.context.get(name))
    collect(getattr(page.context.get("player"), "word", ""))
    if exercise := page.context.get("exercise"):
        collect(exercise.words)
    return sorted((one for one in found if len(one) > 2 and "⟦" not in one), key=len, reverse=True)


@pytest.mark.django_db
def test_pages_say_every_word_in_the_language_that_was_chosen(another):
    client = Client(headers={"accept-language": "eo"})
    exercise = new_exercise(title="Qxz")
    client.post("/join/", {"code": exercise.code, "name": "Wvu"})
    for address in ("/", "/join/", f"/join/{exercise.code}/", "/check/", "/account/sign-in/", "/lobby/", f"/projector/{exercise.code}/", f"/result/{exercise.code}/"):
        page = client.get(address)
        names = ("Qxz", "Wvu", exercise.code, "English", "Esperanto", "testserver", *data_of(page))
        assert page.status_code == 200 and unbracketed(page.content.decode(), names) == [], address


@pytest.mark.django_db
def test_the_scripts_words_are_kept_for_good_under_their_digest_and_english_has_none(client, another):
    where = words.address("eo")
    found = client.get(where)
    assert found.headers["content-type"].startswith("text/javascript") and "immutable" in found.headers["cache-control"]
    assert '"Withdraw": "\\u27e6Withdraw\\u27e7"' in found.content.decode()
    assert "no-store" in client.get("/words/eo/000000000000.js").headers["cache-control"]
    assert words.address("en") == "" and client.get("/words/en/000000000000.js").status_code == 404
    assert client.get("/words/fi/000000000000.js").status_code == 404
