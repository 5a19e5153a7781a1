"""A cohort's table as it leaves the house: a line for every attempt, as CSV and XLSX, and the list of personal links."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext

from game.courses import outcomes
from game.debrief import exports
from game.models import Cohort

HEAD = (
    "course", "cohort", "name", "e-mail or id", "team", "homework", "deadline (UTC)", "attempt", "state", "begun (UTC)", "ended (UTC)", "late",
    "counts", "grade", "loss $", "objectives met", "of objectives", "ended early at",
)  # fmt: skip
LINKS = ("name", "e-mail or id", "team", "personal link")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attempts(cohort: Cohort) -> Iterator[tuple[Any, ...]]:
    """A row for every attempt of every student, and one without an attempt where there is none."""
    _, rows = outcomes.table(cohort)
    for student, cells in rows:
        who = (cohort.course.title, cohort.name, student.name, student.ident, student.team)
        for homework, tries, *_ in cells:
            what = (homework.title, homework.deadline)
            if not tries:
                yield (*who, *what, None, "not begun", *(None,) * 9)
            for told in tries:
                attempt = told.attempt
                yield (
                    *who, *what, attempt.number, told.state, attempt.begun, told.ended, "yes" if attempt.late else "no",
                    "yes" if told.counts else "no", None if told.grade is None else round(told.grade, 1), told.loss_usd,
                    told.met, told.occasions, told.until,
                )  # fmt: skip


def as_csv(cohort: Cohort) -> Iterator[str]:
    """The same, line by line; text that a spreadsheet would run as a formula is text."""
    return exports.lines(HEAD, attempts(cohort))


def links(cohort: Cohort, address: Callable[[str], str]) -> Iterator[str]:
    """The personal links, line by line. `address`: of a token."""
    return exports.lines(LINKS, ((one.name, one.ident, one.team, address(one.token)) for one in cohort.students.all()))


def as_xlsx(cohort: Cohort) -> bytes:
    """Two sheets: the grade that counts, students by homework; and every attempt."""
    from openpyxl import Workbook  # a fifth of a second that no other page should wait for

    book = Workbook(write_only=True)
    homework, rows = outcomes.table(cohort)
    wide = book.create_sheet(gettext("Grades")[:31])
    wide.append(_cells(wide, ("name", "e-mail or id", "team", *(one.title for one in homework))))
    for student, cells in rows:
        grades = [None if cell.counted is None or cell.counted.grade is None else round(cell.counted.grade, 1) for cell in cells]
        wide.append(_cells(wide, (student.name, student.ident, student.team, *grades)))
    long = book.create_sheet(gettext("Attempts")[:31])
    long.append(_cells(long, HEAD))
    for row in attempts(cohort):
        long.append(_cells(long, row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(sheet: Any, values: Any) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    row = []
    for value in values:
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else exports.cell(value))
        if isinstance(value, str):
            cell.data_type = "s"  # whatever it begins with: never a formula
        row.append(cell)
    return row
