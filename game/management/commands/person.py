"""`manage.py person export|erase WHO`: hand over what is held about one person, or erase them: names and texts go, results stay. With
`--student` WHO is a student of a course, with every attempt.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from game.courses import keeping
from game.debrief import erasure, person
from game.management.process import refusal
from game.models import Player, RuleBroken, Student


class Command(BaseCommand):
    """Of one exercise at a time: whether the same name elsewhere is the same person, only people know."""

    help = "Export what is held about one player as JSON, or erase them: names and texts are replaced, results are kept."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=("export", "erase"))
        parser.add_argument("who", help="a player's name, or the number that the admin and an export have")
        parser.add_argument("--exercise", metavar="CODE", default="", help="of this exercise: needed where several have a player of that name")
        parser.add_argument("--student", action="store_true", help="WHO is a student of a course: a name, an e-mail address, an id, or #number")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["student"]:
            self._of_student(self._student(options["who"]), options["act"])
            return
        player = self._player(options["who"], options["exercise"])
        if options["act"] == "export":
            self.stdout.write(json.dumps(person.export(player), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
            return
        name, exercise = player.name, player.exercise
        try:
            treated = erasure.erase(player)
        except RuleBroken as problem:
            raise refusal(str(problem)) from None
        player.refresh_from_db()
        self.stdout.write(f"{name} of {exercise} is {player.name} now.")
        self._say(treated)
        pattern = person.named_in([name])
        if left := [text for text in (exercise.title, *(team.name for team in exercise.teams.all())) if pattern.search(text)]:
            self.stdout.write(f"The name still stands in {', '.join(map(repr, left))}, which can be renamed.")

    def _say(self, treated: list[erasure.Treated]) -> None:
        for run, needs in treated:
            how = f"only its rows were changed. {needs}" if needs else "played again without these texts, with the same score."
            self.stdout.write(f"  {run}: {how}")

    def _of_student(self, student: Student, act: str) -> None:
        if act == "export":
            self.stdout.write(json.dumps(keeping.export(student), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
            return
        name = student.name
        try:
            treated = keeping.erase(student)
        except RuleBroken as problem:
            raise refusal(str(problem)) from None
        student.refresh_from_db()
        self.stdout.write(f"{name} of {student.cohort} is {student.name} now.")
        self._say(treated)

    def _student(self, who: str) -> Student:
        found = keeping.called(who)
        if not found:
            raise refusal(f"There is no student {who!r}: expected a name, an e-mail address or id of a roster, or the number of one such as #12")
        if len(found) > 1:
            where = ", ".join(f"{one.cohort} (#{one.pk})" for one in found)
            raise refusal(f"{who!r} is in {where}: say which by the number")
        return found[0]

    def _player(self, who: str, code: str) -> Player:
        found = person.called(who, code)
        if not found:
            raise refusal(f"There is no player {who!r}{f' in {code}' if code else ''}: expected a name, or the number of one")
        if len(found) > 1:
            where = ", ".join(f"{one.exercise.code} (number {one.pk})" for one in found)
            raise refusal(f"{who!r} played in {where}: say which with --exercise, or by the number")
        return found[0]
