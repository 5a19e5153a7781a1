"""A4 paper in the product's light colours: fonts for any script, text, tables that break between rows, and the foot of every page."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext
from fontTools.ttLib import TTFont
from fpdf import FPDF

import engine

FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "report-fonts"
UI = "Inter"
# Chinese, Japanese and Korean; Thai; Hindi, Marathi and Nepali; Arabic, Hebrew, Armenian, Georgian and signs.
OTHERS = ("DroidSansFallback", "NotoSansThai-Regular", "NotoSansDevanagari-Regular", "DejaVuSans")
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
TONES = range(0x1F3FB, 0x1F400)  # of an emoji's skin
EDGE = 14.0  # mm
WIDE = 210 - 2 * EDGE
PT = 0.3528  # mm
BODY, SMALL, LABEL = 8.5, 7.5, 6.5  # pt
LINE = 1.42  # of the size
PAD = 1.25  # mm above and below a row


@lru_cache(maxsize=1)
def colors() -> dict[str, tuple[int, int, int]]:
    """The light set of themes.css, by name."""
    text = (Path(settings.BASE_DIR) / "static" / "css" / "themes.css").read_text(encoding="utf-8")
    light = text[: text.index("}")]
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6});", light)
    return {name: (int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)) for name, code in found}


@lru_cache(maxsize=8)
def letters(font: str) -> frozenset[int]:
    """Every letter that a font has."""
    return frozenset(TTFont(FONTS / f"{font}.ttf", lazy=True).getBestCmap())


def printable(text: str) -> str:
    """The text with its name in brackets in place of each sign that no font has, an emoji say; what is never seen is left out."""
    if text.isascii():
        return text
    fonts = [letters(name) for name in (f"{UI}-Regular", *OTHERS)]
    seen = (letter for letter in unicodedata.normalize("NFC", text) if _is_seen(letter))
    return "".join(letter if any(ord(letter) in font for font in fonts) else _named(letter) for letter in seen)


def _is_seen(letter: str) -> bool:
    """Whether it is more than a way to write another one: a variation, the tone of a hand, a sign for a change of direction, what joins two."""
    varies = "\ufe00" <= letter <= "\ufe0f" or ord(letter) in TONES
    return not varies and unicodedata.category(letter) not in UNSEEN


def _named(letter: str) -> str:
    return f"[{unicodedata.name(letter, f'U+{ord(letter):04X}').lower()}]"


def _is_joined(text: str) -> bool:
    """Whether its letters are put in order, joined or set above each other: written from the right, Thai, or a script of India."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") or "\u0900" <= letter <= "\u0eff" for letter in text)


class Cell(NamedTuple):
    """What stands in a table: a text, with something smaller below it."""

    text: str
    color: str = "text"
    bold: bool = False
    of: str = ""


class Column(NamedTuple):
    """A column of a table, its width in millimetres."""

    title: str
    width: float
    align: str = "L"


class Paper(FPDF):
    """One report. `foot` stands at the foot of every page, `head` at the top of every page but a team's first."""

    def __init__(self, texts: str, foot: str, words: Mapping[str, Any], calendar: engine.Calendar) -> None:
        """`texts`: everything that will be printed, so that only the fonts it needs are read; `words`: what history and the desks are headed
        with; `calendar`: what its clocks are of.
        """
        super().__init__(format="A4")
        self.calendar = calendar
        self.foot, self.head, self.past = foot, "", words["past"][:1].upper() + words["past"][1:]
        self.alone: bool = words["alone"]  # measured against nobody at the desks
        self.desks: Mapping[str, str] = words["desks"]
        self.set_margins(EDGE, EDGE, EDGE)
        self.c_margin = 0.0
        self.set_auto_page_break(True, 19)
        self.add_font(UI, "", FONTS / f"{UI}-Regular.ttf")
        self.add_font(UI, "B", FONTS / f"{UI}-SemiBold.ttf")
        known = letters(f"{UI}-Regular")
        needed = {ord(letter) for letter in printable(texts)} - known
        others = [name for name in OTHERS if needed & letters(name)] if needed else []
        for name in others:
            self.add_font(name, "", FONTS / f"{name}.ttf")
        if others:
            self.set_fallback_fonts(others, exact_match=False)
        self.set_lang("en")

    # -- every page

    def header(self) -> None:
        """Whose report this is, on every page but the first."""
        if self.head:
            self.put(self.head, SMALL, "text-3")
            self.ln(8)

    def footer(self) -> None:
        """What the market was made of, where it is seen, and the page."""
        self.rule(297 - 15)
        self.set_y(-13.5)
        self.put(self.foot, LABEL, "text-3", width=WIDE - 24)
        text = gettext("page %(page_no)s of {nb}") % {"page_no": self.page_no()}
        self.pen(LABEL)
        over = self.get_string_width("{nb}") - self.get_string_width("9")  # what stands there until the number of pages is known
        self.at(210 - EDGE - 24 + over, 297 - 13.5, text, LABEL, "text-3", width=24, align="R")

    def rule(self, y: float, color: str = "line", width: float = 0.2) -> None:
        """A line across the page."""
        self.ink(color, width)
        self.line(EDGE, y, 210 - EDGE, y)

    def ink(self, color: str, width: float = 0.2, dash: float = 0) -> None:
        """What lines are drawn with."""
        self.set_draw_color(*colors()[color])
        self.set_line_width(width)
        self.set_dash_pattern(dash, dash * 0.8) if dash else self.set_dash_pattern()

    # -- text

    def pen(self, size: float, color: str = "text", *, bold: bool = False) -> None:
        """What is written with."""
        self.set_font(UI, "B" if bold else "", size)
        self.set_text_color(*colors()[color])

    def put(self, text: str, size: float = BODY, color: str = "text", *, bold: bool = False, width: float = 0, align: str = "L") -> None:
        """One line from where the paper stands, cut with dots where it is longer than `width`; it goes on at its end."""
        text = printable(text)
        self.pen(size, color, bold=bold)
        if width and self.get_string_width(text) > width:
            while text and self.get_string_width(text + "\u2026") > width:
                text = text[:-1]
            text += "\u2026"
        self._joined(text)
        self.cell(width or self.get_string_width(text) + 0.2, size * PT * LINE, text, align=align)

    def _joined(self, text: str) -> None:
        self.set_text_shaping(_is_joined(text))
        # Where another font was needed fpdf2 names its own inside a saved state that ends with the cell, and takes it for set ever after.
        self.current_font_is_set_on_page = False

    def at(self, x: float, y: float, text: str, size: float = BODY, color: str = "text", **how: Any) -> None:
        """The same at a place."""
        self.set_xy(x, y)
        self.put(text, size, color, **how)

    def folded(self, text: str, width: float, size: float) -> list[str]:
        """The lines of a text in a column, in the font that is set."""
        text = printable(text)
        self._joined(text)
        return list(self.multi_cell(width, size * PT * LINE, text, dry_run=True, output="LINES", align="L"))  # type: ignore[arg-type]

    def paragraph(self, text: str, size: float = BODY, color: str = "text-2", *, width: float = WIDE, x: float = EDGE, gap: float = 1.5) -> None:
        """Several lines, and some space below."""
        self.pen(size, color)
        self.set_x(x)
        text = printable(text)
        self._joined(text)
        self.multi_cell(width, size * PT * LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(gap)

    def heading(self, text: str, needs: float = 30, note: str = "") -> None:
        """The head of a part, on a new page where fewer than `needs` millimetres are left below it."""
        self.ln(4)
        self.room(needs)
        self.set_x(EDGE)
        self.put(text, 11.5, bold=True)
        if note:
            self.set_xy(self.get_x() + 3, self.get_y() + 1.1)
            self.put(note, SMALL, "text-3")
            self.set_y(self.get_y() - 1.1)
        self.ln(7)

    def room(self, needs: float) -> None:
        """On to a new page where fewer millimetres are left."""
        if self.get_y() + needs > self.page_break_trigger:
            self.add_page()

    # -- tables

    def rows(self, columns: list[Column], rows: list[list[Cell]], size: float = 8) -> None:
        """A table; a row is never cut, and the head stands on each page."""
        self._table_head(columns)
        for row in rows:
            self._row(columns, row, size)

    def _table_head(self, columns: list[Column]) -> None:
        self.room(16)
        x, y = EDGE, self.get_y()
        for column in columns:
            self.at(x, y, column.title, LABEL, "text-3", width=column.width - 2, align=column.align)
            x += column.width
        self.rule(y + 4.2, "line-strong")
        self.set_y(y + 4.4)

    def _row(self, columns: list[Column], row: list[Cell], size: float) -> None:
        high, folded = size * PT * LINE, []
        for column, cell in zip(columns, row, strict=True):
            self.pen(size, bold=cell.bold)
            lines = self.folded(cell.text, column.width - 2, size) if cell.text else [""]
            self.pen(LABEL)
            folded.append((lines, self.folded(cell.of, column.width - 2, LABEL) if cell.of else []))
        low = LABEL * PT * LINE
        needs = max(len(lines) * high + len(of) * low for lines, of in folded) + 2 * PAD
        if self.get_y() + needs > self.page_break_trigger:
            self.add_page()
            self._table_head(columns)
        x, top = EDGE, self.get_y()
        for column, cell, (lines, of) in zip(columns, row, folded, strict=True):
            y = top + PAD
            for line in lines:
                self.at(x, y, line, size, cell.color, bold=cell.bold, width=column.width - 2, align=column.align)
                y += high
            for line in of:
                self.at(x, y, line, LABEL, "text-3", width=column.width - 2, align=column.align)
                y += low
            x += column.width
        self.rule(top + needs)
        self.set_y(top + needs)
