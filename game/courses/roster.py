"""A roster from a CSV, as schools and spreadsheets write them: read whole, so that everything that is wrong with it is told at once."""

import csv
import io
import unicodedata
from collections import Counter
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from game.models import Cohort, RuleBroken, Student
from game.models.courses import IDENT_MAX, NAME_MAX, TEAM_MAX, ident_key
from game.models.people import clean_name, name_key
from game.rules import DESKS

BYTES_MOST = 1 << 20
STUDENTS_MOST = 1000  # of a cohort
TEAM_MOST = 12  # people in one: four at a desk
PROBLEMS_SHOWN = 100
SEPARATORS = ",;\t"
COLUMNS = {"name": ("name",), "id": ("id", "e-mail", "email", "mail"), "team": ("team",)}
HEAD = gettext_lazy("a first line with the columns name, e-mail (or id) and, for teams, team")


class RosterLine(NamedTuple):
    """A student as the roster has them."""

    name: str
    ident: str
    team: str


class RosterProblem(NamedTuple):
    """What is wrong: in which line of the file, counted from one, and column (empty: the line as a whole)."""

    line: int
    column: str
    value: str
    expected: str


class Roster(NamedTuple):
    """What a file holds. `problems` are the first hundred of so many `wrong`."""

    lines: list[RosterLine]
    problems: list[RosterProblem]
    wrong: int


def read(content: bytes) -> Roster:
    """A file's students, and everything that is wrong with it."""
    problems: list[RosterProblem] = []
    lines = list(_lines(content, problems))
    return Roster(lines, problems[:PROBLEMS_SHOWN], len(problems))


def _lines(content: bytes, problems: list[RosterProblem]) -> list[RosterLine]:
    text = _text(content, problems)
    if not text:
        return []
    first = next((line for line in text.splitlines() if line.strip()), "")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count), strict=True)
    found: list[RosterLine] = []
    width, places = 0, None
    seen: dict[str, int] = {}
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if places is None:
                width, places = len(row), _places(row, rows.line_num, problems)
                if places is None:
                    return []
            elif len(found) >= STUDENTS_MOST:
                most = gettext("at most %(most)d students: split the cohort") % {"most": STUDENTS_MOST}
                problems.append(RosterProblem(rows.line_num, "", "", most))
                break
            else:
                if any(cell.strip() for cell in row[width:]):
                    most = gettext("%(most)d columns, as in the first line") % {"most": width}
                    problems.append(RosterProblem(rows.line_num, "", ", ".join(row[width:])[:60], most))
                found.append(_line(row, rows.line_num, places, seen, problems))
    except csv.Error as error:
        problems.append(RosterProblem(rows.line_num, "", str(error)[:60], gettext("a CSV in which every quotation mark is closed")))
    _teams(found, problems)
    if not found and not problems:
        problems.append(RosterProblem(1, "", "", gettext("a line for every student below the first one")))
    return found


def _text(content: bytes, problems: list[RosterProblem]) -> str:
    """The file as text; "" where that cannot be."""
    if len(content) > BYTES_MOST:
        problems.append(RosterProblem(1, "", f"{len(content) >> 10:,} kB", gettext("a file of at most %(most)d kB") % {"most": BYTES_MOST >> 10}))
        return ""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        told = content[error.start : error.start + 1].hex()
        problems.append(RosterProblem(line, "", f"0x{told}", gettext("UTF-8: choose “CSV UTF-8” where your spreadsheet saves it")))
        return ""
    if "\0" in text:
        problems.append(
            RosterProblem(text[: text.index("\0")].count("\n") + 1, "", "\\0", gettext("text, not the file of a spreadsheet: save it as CSV"))
        )
        return ""
    if not text.strip():
        problems.append(RosterProblem(1, "", "", str(HEAD)))
        return ""
    return text


def _places(row: list[str], number: int, problems: list[RosterProblem]) -> dict[str, int] | None:
    """Which column stands where; None where name or id is missing, or a column is there twice."""
    titles = [cell.strip().casefold() for cell in row]
    found = {column: [place for place, title in enumerate(titles) if title in names] for column, names in COLUMNS.items()}
    twice = [column for column, places in found.items() if len(places) > 1]
    for column in twice:
        problems.append(RosterProblem(number, column, ", ".join(row[place].strip()[:20] for place in found[column]), gettext("this column once")))
    if not found["name"] or not found["id"]:
        problems.append(RosterProblem(number, "", ", ".join(titles)[:60], str(HEAD)))
        return None
    return None if twice else {column: places[0] for column, places in found.items() if places}


def _line(row: list[str], number: int, places: dict[str, int], seen: dict[str, int], problems: list[RosterProblem]) -> RosterLine:
    """One student; what is wrong with them goes to `problems`."""

    def cell(column: str) -> str:
        place = places.get(column, len(row))
        return unicodedata.normalize("NFC", " ".join(row[place].split())) if place < len(row) else ""

    def wrong(column: str, expected: str) -> None:
        problems.append(RosterProblem(number, column, cell(column)[:60], expected))

    for column, length in (("name", NAME_MAX), ("id", IDENT_MAX)):
        if not 1 <= len(cell(column)) <= length:
            wrong(column, gettext("1 to %(most)d characters") % {"most": length})
        elif not cell(column).isprintable():
            wrong(column, gettext("letters that can be printed"))
    key = ident_key(cell("id"))
    if key and key in seen:
        wrong("id", gettext("another one than in line %(line)d") % {"line": seen[key]})
    elif len(key) > IDENT_MAX:
        wrong("id", gettext("1 to %(most)d characters") % {"most": IDENT_MAX})
    seen.setdefault(key, number)
    if cell("team"):
        try:
            clean_name(cell("team"))
        except RuleBroken:
            wrong("team", gettext("a name of at most %(most)d characters") % {"most": TEAM_MAX})
    return RosterLine(cell("name"), cell("id"), cell("team"))


def _teams(found: list[RosterLine], problems: list[RosterProblem]) -> None:
    """No team is larger than a room for one can hold."""
    sizes = Counter(name_key(line.team) for line in found if line.team)
    for line in {name_key(line.team): line for line in found if line.team}.values():
        if (size := sizes[name_key(line.team)]) > TEAM_MOST:
            expected = gettext("at most %(most)d people in a team, not %(size)d") % {"most": TEAM_MOST, "size": size}
            problems.append(RosterProblem(0, "team", line.team[:60], expected))


def enrol(cohort: Cohort, lines: list[RosterLine]) -> tuple[int, int]:
    """Add these students, and give those who are there the name and team that the roster has; how many of each. Nobody is taken out, and
    who was there keeps link and attempts. Raises RuleBroken where that would be too many.
    """
    with transaction.atomic():
        Cohort.objects.select_for_update().get(pk=cohort.pk)  # of two uploads at once the second knows whom the first has added
        there = {student.key: student for student in cohort.students.all()}
        spelled = {name_key(team): team for team in [*(line.team for line in lines), *(one.team for one in there.values())] if team}
        fresh, changed = [], []
        for line in lines:
            key, team = ident_key(line.ident), clean_name(spelled[name_key(line.team)]) if line.team else ""
            student = there.get(key)
            if student is None:
                fresh.append(Student(cohort=cohort, name=line.name, ident=line.ident, key=key, team=team))
            elif (student.name, student.ident, student.team) != (line.name, line.ident, team):
                student.name, student.ident, student.team = line.name, line.ident, team
                changed.append(student)
        if len(there) + len(fresh) > STUDENTS_MOST:
            raise RuleBroken(gettext("A cohort has at most %(most)d students: make another one.") % {"most": STUDENTS_MOST})
        Student.objects.bulk_create(fresh, batch_size=500)
        Student.objects.bulk_update(changed, ["name", "ident", "team"], batch_size=200)
    return len(fresh), len(changed)


assert TEAM_MOST % len(DESKS) == 0, "all desks are shared by as many"
