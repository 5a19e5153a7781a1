"""The design's tokens keep their contrast in both themes, and the vendored files are what VENDOR.md says."""

import hashlib
import re
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
SURFACES = ("bg", "surface-1", "surface-2", "surface-3")
TEXTS = ("text", "text-2", "text-3", "accent", "gain", "loss", "flat", "ok", "warn", "crit")
FILLED = (("on-accent", "accent"), ("on-warn", "warn"), ("on-crit", "crit-fill"), ("text", "info-bg"), ("text", "warn-bg"), ("text-2", "crit-bg"))
HEAT = tuple(f"heat-{sign}{size}" for sign, size in product("pn", (1, 2, 3, 4)))


def declarations(css: str, selector: str) -> dict[str, str]:
    """Custom properties of the first block whose selector list contains `selector`: name -> value."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for head, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        if selector in (part.strip() for part in head.split(",")):
            return {name: value.strip() for name, value in re.findall(r"--([\w-]+)\s*:\s*([^;]+);", body)}
    raise AssertionError(f"no block for {selector}")


def themes() -> dict[str, dict[str, str]]:
    dark = declarations((STATIC / "css/tokens.css").read_text(), ":root")
    light = declarations((STATIC / "css/themes.css").read_text(), "[data-theme=light]")
    return {"dark": dark, "light": dark | light}


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("text", "surface"), list(product(TEXTS, SURFACES)))
def test_every_text_colour_is_readable_on_every_surface(theme: str, text: str, surface: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[text], tokens[surface]) >= 4.5


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("heat", HEAT)
def test_text_is_readable_on_every_heat(theme: str, heat: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens["text"], tokens[heat]) >= 4.5


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("ink", "fill"), FILLED)
def test_text_on_a_filled_block_is_readable(theme: str, ink: str, fill: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[ink], tokens[fill]) >= 4.5


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("surface", SURFACES)
def test_borders_of_controls_and_the_focus_ring_stand_out(theme: str, surface: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens["line-strong"], tokens[surface]) >= 3
    assert contrast(tokens["focus"], tokens[surface]) >= 3


def test_the_measured_contrasts_of_the_dark_theme_have_not_moved() -> None:
    dark = themes()["dark"]
    measured = {"text": (16.5, 12.2), "text-2": (9.5, 7.1), "text-3": (6.4, 4.7), "ok": (11.0, 8.2), "warn": (13.3, 9.9), "crit": (6.9, 5.1)}
    for name, (most, least) in measured.items():
        assert contrast(dark[name], dark["bg"]) == pytest.approx(most, abs=0.1)
        assert contrast(dark[name], dark["surface-3"]) == pytest.approx(least, abs=0.1)


def test_the_light_theme_redefines_values_that_the_dark_one_has() -> None:
    dark = declarations((STATIC / "css/tokens.css").read_text(), ":root")
    light = declarations((STATIC / "css/themes.css").read_text(), "[data-theme=light]")
    assert set(light) <= set(dark)


def test_cards_and_parts_use_tokens_and_no_colours_of_their_own() -> None:
    allowed = {
        "cards/join.css": {"#fff"},
        "pages/control.css": {"#fff"},
        "pages/join.css": {"#fff"},
        "parts/buttons.css": {"#000"},
    }  # a QR code is black on white; a darker crit fill on hover
    for sheet in sorted((STATIC / "css").glob("*/*.css")):
        name = sheet.relative_to(STATIC / "css").as_posix()
        found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text()))
        assert found <= allowed.get(name, set()), name


def test_every_used_token_is_defined() -> None:
    text = "".join(path.read_text() for path in sorted((STATIC / "css").rglob("*.css")))
    defined = set(re.findall(r"--([\w-]+)\s*:", text))
    used = set(re.findall(r"var\(--([\w-]+)", text))
    scripts = "".join(path.read_text() for path in sorted((STATIC / "js").rglob("*.js")))
    used |= set(re.findall(r'"--([a-z][\w-]*)"', scripts))
    assert used - defined == set()


def test_every_used_icon_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    templates = "".join(path.read_text() for path in sorted((ROOT / "templates").rglob("*.html")))
    used = set(re.findall(r'parts/icon.html" with name="([\w-]+)"', templates))
    scripts = "".join(path.read_text() for path in sorted((STATIC / "js").rglob("*.js")))
    used |= set(re.findall(r'icon\("([\w-]+)"\)', scripts)) | set(re.findall(r'icon: "([\w-]+)"', scripts))
    assert used - drawn == set()


def test_vendored_files_are_what_the_list_says() -> None:
    vendor = STATIC / "vendor"
    listed = dict(re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (vendor / "VENDOR.md").read_text()))
    present = {path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file()} - {"VENDOR.md"}
    assert set(listed) - {"../icons.svg"} == present
    for name, digest in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name
