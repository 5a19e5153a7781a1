"""A language whose catalogues have everything in brackets: on a page that speaks it, what is outside of them was never translated."""

import ast
import json
import re
import struct
from collections.abc import Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from math import ceil
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import engine

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted(path for path in (ROOT / "static/js").rglob("*.js") if path.name not in {"too-old.js", "theme.js"})
READ = ("aria-label", "placeholder", "title", "alt")
# Names, abbreviations and examples, the same in every language; and blocks whose words are classes and attributes.
SAME = re.compile(r"https?://\S+|Opening Bell|maple river stone|K7-M4Q|\b(?:ET|CSV|XLSX|JSON|UTC|QR|bn|px|Enter|Esc|Tab|Space)\b|&\w+;")
WORD = re.compile(r"[A-Za-z]{2,}")


class Visible(HTMLParser):
    """What a page says: texts, and the attributes that are read aloud or shown; what stands in <kbd>, <script> and the like left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "kbd", "code"}:
            self.silent.append(tag)
        self.found += [value for name, value in attrs if name in READ and value]

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def said(text: str) -> list[str]:
    """The words of HTML, a text each."""
    page = Visible()
    page.feed(text)
    page.close()
    return [" ".join(one.split()) for one in page.found if one.strip()]


def unbracketed(page: str, names: tuple[str, ...] = ()) -> list[str]:
    """Words of a page outside of brackets; `names`: what is nobody's to translate."""
    kept, depth = [], 0  # a sentence in brackets may have elements within
    for one in said(page):
        rest = ""
        for sign in one:
            depth += {"⟦": 1, "⟧": -1}.get(sign, 0)
            rest += sign if not depth and sign not in "⟦⟧" else ""
        for name in names:
            rest = rest.replace(name, "")
        if WORD.search(SAME.sub("", rest)):
            kept.append(one)
    return kept


def bracketed(locale: Path, code: str = "eo") -> None:
    """Both catalogues of a language that says everything in brackets, in a folder of LOCALE_PATHS."""
    catalogue(locale, {one: brackets(one) for one in texts()}, code)


def catalogue(locale: Path, known: Mapping[str, str], code: str = "eo") -> Path:
    """Both catalogues of a language, in a folder of LOCALE_PATHS, which is given back: GNU's .mo, written by hand."""
    folder = locale / code / "LC_MESSAGES"
    pairs = sorted([("", "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"), *known.items()])
    ids, values, where = b"", b"", []
    for one, told in pairs:
        key, value = one.encode(), told.encode()
        where.append((len(key), len(ids), len(value), len(values)))
        ids, values = ids + key + b"\0", values + value + b"\0"
    first = 28 + 16 * len(pairs)
    table = [struct.pack("<II", size, first + at) for size, at, _, _ in where]
    table += [struct.pack("<II", size, first + len(ids) + at) for _, _, size, at in where]
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "django.mo").write_bytes(head + b"".join(table) + ids + values)
    (folder / "djangojs.mo").write_bytes(head + b"".join(table) + ids + values)
    return locale


def brackets(text: str) -> str:
    """Both forms of a plural are in brackets."""
    return "\0".join(f"⟦{form}⟧" for form in text.split("\0"))


ACCENTED = str.maketrans("AaBbCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz", "ÂâɃƀĈĉĎďÊêĜĝĤĥÎîĴĵĶķĻļÑñÔôŔŕŜŝŦŧÛûŴŵŶŷŽž")
# What fills a sentence, marks a part of it, stands for a sign or is typed as it is: no words.
FILLED = re.compile(r"(<code>.*?</code>|%\(\w+\)[sd]|%%|\{\w*(?:[.!:][^{}]*)?\}|<[^<>]+>|&\w+;|\s+)")


def stretched(text: str) -> str:
    """As long words of a foreign alphabet: every letter has an accent, and a word is longer by two fifths."""
    return "\0".join("".join(one if FILLED.fullmatch(one) else _longer(one) for one in FILLED.split(form)) for form in text.split("\0"))


def _longer(word: str) -> str:
    """Its vowels twice, and other letters as well while there is room."""
    more = ceil(0.4 * len(word)) if any(map(str.isalpha, word)) else 0
    twice = {*sorted(range(len(word)), key=lambda at: (word[at].lower() not in "aeiou", at))[:more]}
    return "".join(sign * (2 if at in twice and sign.isalpha() else 1) for at, sign in enumerate(word)).translate(ACCENTED)


def texts() -> list[str]:
    """What templates, views, scripts and the engine have translated, by the source: the msgids of both catalogues."""
    found = set(engine.msgids())
    for path in TEMPLATES:
        source = path.read_text()
        for one in re.findall(r"""{% translate (?:"([^"]*)"|'([^']*)')|_\("([^"]*)"\)""", source):
            found.add(next(filter(None, one)).replace("%", "%%"))
        for head, body in re.findall(r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate %}", source, re.DOTALL):
            forms = [re.sub(r"{{ (\w+) }}", r"%(\1)s", " ".join(form.split()) if "trimmed" in head else form) for form in body.split("{% plural %}")]
            found.add("\0".join(forms))
    for path in (ROOT / "game").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and re.match("n?gettext", call.func.id):
                forms = [str(one.value) for one in call.args[:2] if isinstance(one, ast.Constant)]
                found.add("\0".join(forms) if call.func.id.startswith("n") else "".join(forms[:1]))
    string = r'("(?:[^"\\]|\\.)*")'
    for path in SCRIPTS:
        source = path.read_text()
        found |= {str(json.loads(one)) for one in re.findall(rf"\bgettext\({string}", source)}
        found |= {f"{json.loads(one)}\0{json.loads(many)}" for one, many in re.findall(rf"\bngettext\(\s*{string},\s*{string}", source)}
    return sorted(found - {""})


@cache
def scenario_texts() -> re.Pattern[str]:
    """Texts of scenarios, as they stand or filled: they have ids, and no translation yet."""
    known = [engine.load_scenario(name) for name in engine.scenario_ids()]
    data = (text for one in known for text in _strings([one, one.evidence, one.wordings, one.evidence.wordings]))
    lines = {" ".join(line.split()) for text in data for line in (text, *text.splitlines())}
    told = (re.sub(r"\\\{[^{}]*\\\}", ".*", re.escape(line)) for line in lines if re.search("[A-Za-z]{2,}", re.sub("{[^{}]*}", "", line)))
    return re.compile("|".join(sorted(told, key=len, reverse=True)), re.IGNORECASE)  # what begins a line has a capital


def _strings(value: Any) -> Iterator[str]:
    """Every text in a scenario's data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        yield from _strings({name: getattr(value, name) for name in type(value).model_fields})  # and not what it keeps of itself
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in _strings(one))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (text for one in value for text in _strings(one))
    elif hasattr(value, "__dict__"):
        yield from _strings(vars(value))
