"""Everything as text, and where two texts part."""

import json
import re
from html.parser import HTMLParser
from typing import Any

TOKEN = re.compile(r"(?<=/)(seat|shared|facilitator)/[\w:=-]{16,}(?=/)")
DATA = re.compile(r"(?<=, data )[0-9a-f]{12}\b")  # the fingerprint of a scenario's data: another one wherever they gain a key
WORDS = {f"data-{name}" for name in ["system", "server", "servers", "many", "target", "clean", "past", "titles", "weekday", "copies", "calendar"]}  # what scripts make texts of
NAMELESS = ("csrfmiddlewaretoken", "csrf-token")


def canonical(content: Any) -> str:
    """JSON with sorted keys, the same for the same content."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def comparable(text: str) -> str:
    """A text without what may be another one."""
    return DATA.sub("DATA", text)


def first_difference(before: str, after: str) -> tuple[str, str, str]:
    """Where two texts part: the place within them ("" as a whole), and what stands there. JSON parts by key, other text by line."""
    try:
        return _parting(json.loads(before), json.loads(after), "")
    except ValueError:
        pass
    one, other = before.splitlines(), after.splitlines()
    for number in range(max(len(one), len(other))):
        left, right = (lines[number] if number < len(lines) else "nothing" for lines in (one, other))
        if left != right:
            return f"line {number + 1}", left, right
    return "", before, after


def _parting(one: Any, other: Any, place: str) -> tuple[str, str, str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if one.get(key, _NOTHING) != other.get(key, _NOTHING):
                return _parting(one.get(key, _NOTHING), other.get(key, _NOTHING), f"{place}/{key}" if place else key)
    if isinstance(one, list) and isinstance(other, list):
        for number in range(max(len(one), len(other))):
            left, right = (rows[number] if number < len(rows) else _NOTHING for rows in (one, other))
            if left != right:
                return _parting(left, right, f"{place}/{number}" if place else str(number))
    return place, *("nothing" if value is _NOTHING else canonical(value) for value in (one, other))


_NOTHING = object()


class _Lines(HTMLParser):
    """A page as lines: an element with its attributes by name, or a text; data of scripts as canonical JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs if name != "nonce" and name not in WORDS}
        if given.get("name") in NAMELESS:
            given |= {"value": "", "content": ""}
        self._data = given.get("type", "") if tag == "script" else ""
        self.lines.append(" ".join([f"<{tag}", *(f'{name}="{" ".join(value.split())}"' for name, value in sorted(given.items()))]))

    def handle_endtag(self, tag: str) -> None:
        self._data = ""

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self._data == "application/json":
            text = json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, indent=0)
        self.lines += text.splitlines() if text else []


def of_page(html: str) -> str:
    """Visible text and attributes of a page, a line each, without what no two answers share."""
    parser = _Lines()
    parser.feed(html)
    return TOKEN.sub(r"\1/TOKEN", "\n".join(parser.lines))
