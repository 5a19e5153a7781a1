"""What a browser fetches before a page is painted and takes commands: at most 60 kB of script and style, compressed as they are served."""

import gzip
import re
from pathlib import Path

import pytest

from game.static_names import OWN_LINES, flat

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
MOST = 60_100  # bytes, gzip
PAGES = ["projector.html", "facilitator/exercise.html", "result.html", "home.html", *(f"desks/{desk}.html" for desk in ("deployer", "operator", "risk"))]
STATICALLY = re.compile(r"""(?:^|\s)(?:import|export)\b[^;(]*?["'](\.[^"']+)["']\s*;""")
TAG = re.compile(r"""<(?:script|link)\b[^>]*?\{% static '((?:css|js|vendor)/[^']+\.(?:css|js))' %\}""")


class Files:
    """The folder of static files, as a storage."""

    def open(self, path: str, mode: str = "rb"):
        return (STATIC / path).open("rb")


SHEETS = {path.relative_to(STATIC).as_posix(): (Files(), path.relative_to(STATIC).as_posix()) for path in STATIC.rglob("*.css")}


def scripts(name: str, found: set[str]) -> set[str]:
    """A script and what it imports at once; what it imports later, with import(), left out."""
    if name not in found:
        found.add(name)
        for other in STATICALLY.findall((STATIC / name).read_text()):
            scripts((STATIC / name).parent.joinpath(other).resolve().relative_to(STATIC).as_posix(), found)
    return found


def template(name: str) -> str:
    """A template's source and its ancestors', the block `name` of an ancestor left out where it is overridden."""
    text = (ROOT / "templates" / name).read_text()
    parent = re.search(r'{% extends "([^"]+)" %}', text)
    if parent is None:
        return re.sub(r"<template.*?</template>", "", text, flags=re.DOTALL)
    above = template(parent[1])
    for block in re.findall(r"{% block (\w+) %}", text):
        above = re.sub(rf"{{% block {block} %}}.*?{{% endblock %}}", "", above, count=1, flags=re.DOTALL)
    return above + text


def first_load(page: str) -> dict[str, int]:
    """File -> compressed bytes."""
    named = TAG.findall(template(page))
    assert named, page
    found: dict[str, int] = {}
    for name in named:
        if name.endswith(".css"):
            found[name] = len(gzip.compress(flat(SHEETS, name).encode(), 9))
            continue
        for script in scripts(name, set()):
            text = (STATIC / script).read_text()
            found[script] = len(gzip.compress((OWN_LINES.sub("", text) if script.startswith("js/") else text).encode(), 9))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_first_load_is_light(page):
    weights = first_load(page)
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:12]
    assert sum(weights.values()) <= MOST, f"{page}: {sum(weights.values()):,} bytes, {heaviest}"


def test_a_desks_first_load_counts_its_sheet_its_cards_and_no_chart_library():
    found = first_load("desks/operator.html")
    assert {"css/app.css", "css/desk-operator.css", "js/desk-operator.js", "js/cards/inbox.js", "js/lib/app.js"} <= set(found)
    assert "css/desk.css" not in found and "js/cards/asks.js" not in found and not any("uplot" in name.lower() for name in found)


def test_sheets_are_served_in_one_piece_with_their_layers_and_addresses():
    sheet = flat(SHEETS, "css/app.css")
    assert "@import" not in sheet and sheet.startswith("@layer reset, tokens,")
    assert "@layer parts {" in sheet and 'url("../vendor/inter-5.3.0/' in sheet
    desk = flat(SHEETS, "css/desk-operator.css")
    assert "@import" not in desk and ".topbar" in desk and ".servers" in desk


def test_only_comments_that_share_no_line_with_code_are_left_out_of_scripts():
    text = '/* one\n   two */\nconst a = "/* kept */"; /* kept too */\n  /* out */\nb();\n'
    assert OWN_LINES.sub("", text) == 'const a = "/* kept */"; /* kept too */\nb();\n'
