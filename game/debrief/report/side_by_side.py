"""The report's figures side by side: teams, the rounds of a room, and what people answered before, after and thirty days later."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from game.debrief.report.paper import SMALL, WIDE, Cell, Column, Paper
from game.debrief.report.words import DASH, color, gain, share, tenths

Told = dict[str, Any]
TEXTS = 8  # answers to a question that are printed
ACROSS = 6  # columns of figures to a table


def table(paper: Paper, names: Sequence[str], found: Sequence[Told]) -> None:
    """Rows of figures with a column a name."""
    for first in range(0, len(names), ACROSS):
        chosen = slice(first, first + ACROSS)
        width = (WIDE - 38) / max(3, len(names[chosen]))
        columns = [Column("", 38), *(Column(name, width, "R") for name in names[chosen])]
        rows = [[Cell(row["label"], "text-2"), *(_compared(cell) for cell in row["cells"][chosen])] for row in found]
        paper.rows(columns, rows, SMALL)
        paper.ln(4)


def rounds(paper: Paper, found: Told | None) -> None:
    """The round before and this one, team by team, in the facilitator's copy only."""
    if not found:
        return
    paper.heading(gettext("The round before, and this one"), 50, f"{found['code']}  \u00b7  {found['title']}")
    said = gettext("Each round had a market of its own. Losses avoided and grades are each beside their own morning, and can be compared.")
    paper.paragraph(said, SMALL)
    table(paper, found["teams"], found["rows"])


def asked(paper: Paper, found: Told | None) -> None:
    """What people answered before, after and thirty days later, in counts, in the facilitator's copy only."""
    if not found or not any(found["answers"].values()):
        return
    paper.heading(gettext("Before, after and 30 days later"), 50, gettext("in counts, never by person"))
    columns = [Column(gettext("Question"), 92), *(Column(word, 30, "R") for word in found["occasions"])]
    rows = [[Cell(_prompt(row), of=_ends(row)), *(_answered(row, cell) for cell in row["cells"])] for row in found["rows"]]
    paper.rows(columns, rows, SMALL)
    paper.ln(1.5)
    how = gettext("Means of 1 to 5, how many answered, and how often each of 1 to 5 was chosen. The groups are not the same people each time.")
    paper.paragraph(how, SMALL, "text-3")
    for part in found["texts"]:
        answers = [(time["when"], text) for time in part["times"] for text in time["texts"]]
        if answers:
            rows = [[Cell(when, "text-2"), Cell(text)] for when, text in answers[:TEXTS]]
            paper.rows([Column("", 40), Column(part["prompt"], WIDE - 40)], rows, SMALL)
            paper.ln(1.5)
        if len(answers) > TEXTS:
            more = gettext("And %(rows)s more, in the table of answers.") % {"rows": len(answers) - TEXTS}
            paper.paragraph(more, SMALL, "text-3")


def _prompt(row: Told) -> str:
    return "\n".join(part for part in (row["prompt"], row["answer"]) if part)


def _ends(row: Told) -> str:
    return f"1, {row['low']}; 5, {row['high']}" if row["low"] else ""


def _answered(row: Told, cell: Told) -> Cell:
    """A mean, of how many, and how often each of 1 to 5; of a choice how many took it."""
    if not cell["n"]:
        return Cell(gettext("none"), "text-3")
    if row["answer"]:
        return Cell(gettext("%(count)s of %(n)s") % cell)
    return Cell(tenths(cell["mean"]), bold=True, of=f"n = {cell['n']}; {' · '.join(map(str, cell['counts']))}")


def _compared(cell: Told) -> Cell:
    if "usd" in cell:
        usd = cell["usd"] if cell["as"] == "gain" else -cell["usd"]
        return Cell(gain(usd), color(usd), bold=True, of=share(cell["share"]) if cell.get("share") is not None else cell.get("of", ""))
    if "share" in cell:
        return Cell(share(cell["share"]))
    return Cell(cell.get("text") or DASH, "text" if cell.get("text") else "text-3")
