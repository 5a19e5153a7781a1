"""What came of attempts: the figures that are kept with one when it has ended, which one counts, and a cohort's table."""

from datetime import datetime
from statistics import median
from typing import Any, NamedTuple

from django.utils.translation import gettext, gettext_lazy

from game.debrief import finished, results
from game.models import Attempt, Cohort, Exercise, Homework, LtiScore, Participation, Run, Student, TaughtCourse

STATES = {
    "lobby": gettext_lazy("opened"),
    "running": gettext_lazy("playing"),
    "paused": gettext_lazy("interrupted"),
    "ended": gettext_lazy("ended"),
    "scoring": gettext_lazy("being scored"),
    "failed": gettext_lazy("stopped by a fault"),
    "deleted": gettext_lazy("deleted"),
}


class AttemptTold(NamedTuple):
    """An attempt as tables show it. `grade`, `loss_usd`, `met` (objectives), `occasions` (of so many that there was one for): None before
    the end, and `grade` also while history's run on its market is worked out, and where nothing had gone wrong yet. `until`: the market time at
    which it was ended before the close; "" otherwise.
    """

    attempt: Attempt
    state: str
    grade: float | None
    loss_usd: int | None
    met: int | None
    occasions: int | None
    until: str
    ended: datetime | None
    counts: bool

    @property
    def words(self) -> str:
        """Its state in words."""
        return str(STATES[self.state])


class HomeworkCell(NamedTuple):
    """A student's attempts at one homework, the one that counts, and what learning platforms know of it."""

    homework: Homework
    attempts: list[AttemptTold]
    scores: list[LtiScore]

    @property
    def counted(self) -> AttemptTold | None:
        """The one that counts."""
        return next((one for one in self.attempts if one.counts), None)


class StudentRow(NamedTuple):
    """A student beside all homework of the cohort."""

    student: Student
    cells: list[HomeworkCell]


class HomeworkProgress(NamedTuple):
    """A homework over the whole cohort: how many have begun and have one that counts; the medians of those, and of first attempts."""

    homework: Homework
    students: int
    begun: int
    done: int
    grade: float | None
    first: float | None
    met: float | None


def outcome_of(attempt: Attempt) -> dict[str, Any] | None:
    """The figures of an attempt that has ended, read from its run once and kept then; None before, and where there is nothing to read.
    Without history's run beside it they have no grade yet, and are not kept."""
    if attempt.outcome is not None or attempt.exercise is None or attempt.exercise.state != "ended":
        return attempt.outcome
    run = Run.objects.filter(team__exercise=attempt.exercise, state="ended").select_related("team__exercise").first()
    if run is None or run.score is None:
        return None
    ghost = attempt.exercise.ghost
    found = results.of(run, ghost)
    objectives = finished.told_of_run(run).get("objectives") or ()
    told = {
        "grade": found["grade"],
        "loss_usd": found["loss_usd"],
        "met": sum(one["outcome"] == "met" for one in objectives),
        "occasions": sum(one["outcome"] != "no-occasion" for one in objectives),
        "until": "" if found["whole"] else run.calendar.clock(run.step),
        "ended": attempt.exercise.ended_at.isoformat() if attempt.exercise.ended_at else None,
    }
    if ghost is not None:
        Attempt.objects.filter(pk=attempt.pk, outcome__isnull=True).update(outcome=told)
        attempt.outcome = told
    return told


def _state(exercise: Exercise | None, told: dict[str, Any] | None) -> str:
    if told is not None:
        return "ended"
    if exercise is None:
        return "deleted"
    if exercise.state != "ended":
        return exercise.state
    return "failed" if exercise.runs().filter(state="failed").exists() else "scoring"


def told_of(homework: Homework, attempts: list[Attempt]) -> list[AttemptTold]:
    """Attempts of one student or team at a homework, the one that counts marked."""
    found = []
    for attempt in attempts:
        told = outcome_of(attempt)
        ended = datetime.fromisoformat(told["ended"]) if told and told["ended"] else None
        grade, loss_usd, met, occasions = (told["grade"], told["loss_usd"], told["met"], told["occasions"]) if told else (None,) * 4
        until, state = told["until"] if told else "", _state(attempt.exercise, told)
        found.append(AttemptTold(attempt, state, grade, loss_usd, met, occasions, until, ended, counts=False))
    counted = counting(homework, found)
    return [one._replace(counts=one is counted) for one in found]


def counting(homework: Homework, attempts: list[AttemptTold]) -> AttemptTold | None:
    """Which of these counts: the last that has ended, or the best by grade; where none has a grade, by loss. One that was played to the close is
    better than any that was not: nobody gains by ending it at a good moment.
    """
    able = [one for one in attempts if one.state == "ended" and not (one.attempt.late and homework.late == Homework.Late.PRACTICE)]
    if not able:
        return None
    if homework.counts == Homework.Counts.LAST:
        return max(able, key=lambda one: one.attempt.number)
    return max(able, key=lambda one: (not one.until, one.grade is not None, one.grade or 0.0, -(one.loss_usd or 0), -one.attempt.number))


def table(cohort: Cohort) -> tuple[list[Homework], list[StudentRow]]:
    """Students by homework, each with attempts: five queries, and what is read of runs that have ended since it was last looked at."""
    homework = list(cohort.homework.all())
    return homework, _rows(cohort, homework)


def of_homework(homework: Homework) -> list[StudentRow]:
    """The students of its cohort, each with this one cell."""
    return _rows(homework.cohort, [homework])


def _rows(cohort: Cohort, homework: list[Homework]) -> list[StudentRow]:
    students = list(cohort.students.all())
    attempts = Attempt.objects.filter(homework__in=homework).select_related("exercise", "homework").order_by("number", "pk")
    alone: dict[tuple[int, int], list[Attempt]] = {}
    teams: dict[tuple[int, str], list[Attempt]] = {}
    for attempt in attempts:
        if attempt.student_id is not None:
            alone.setdefault((attempt.homework_id, attempt.student_id), []).append(attempt)
        else:
            teams.setdefault((attempt.homework_id, attempt.team), []).append(attempt)
    took = set(Participation.objects.filter(attempt__homework__in=homework).values_list("attempt", "student"))
    scores: dict[tuple[int, int], list[LtiScore]] = {}
    for score in LtiScore.objects.filter(link__homework__in=homework).select_related("link", "member"):
        scores.setdefault((score.link.homework_id, score.member.student_id), []).append(score)
    known: dict[tuple[int, ...], list[AttemptTold]] = {}
    rows = []
    for student in students:
        cells = []
        for one in homework:
            mine = alone.get((one.pk, student.pk), [])
            if one.way == Homework.Way.TEAM:  # who was not there when the team played has no part in it
                mine = [attempt for (work, _), theirs in teams.items() if work == one.pk for attempt in theirs if (attempt.pk, student.pk) in took]
            key = (one.pk, *(attempt.pk for attempt in mine))
            if key not in known:
                known[key] = told_of(one, mine)
            cells.append(HomeworkCell(one, known[key], scores.get((one.pk, student.pk), [])))
        rows.append(StudentRow(student, cells))
    return rows


def progress(homework: list[Homework], rows: list[StudentRow]) -> list[HomeworkProgress]:
    """The cohort over time, homework by homework in the order of the deadlines."""
    found = []
    for place, one in enumerate(homework):
        cells = [row.cells[place] for row in rows]
        counted = [cell.counted for cell in cells if cell.counted]
        firsts = [told.grade for cell in cells for told in cell.attempts if told.attempt.number == 1 and told.grade is not None]
        grades = [told.grade for told in counted if told.grade is not None]
        shares = [(told.met or 0) / told.occasions for told in counted if told.occasions]
        found.append(
            HomeworkProgress(
                one, len(rows), sum(bool(cell.attempts) for cell in cells), len(counted),
                median(grades) if grades else None, median(firsts) if firsts else None, median(shares) if shares else None,
            )
        )  # fmt: skip
    return found


def summary(course: TaughtCourse) -> str:
    """A course in a line."""
    students = Student.objects.filter(cohort__course=course).count()
    homework = Homework.objects.filter(cohort__course=course).count()
    return gettext("%(students)d students, %(homework)d homework") % {"students": students, "homework": homework}
