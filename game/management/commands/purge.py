"""`manage.py purge --older-than 180d`: delete what was played long ago, now. The control worker does it daily where KEEP_DAYS is set."""

import re
from argparse import ArgumentParser
from collections import Counter
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from game.environment import KEEP
from game.management.process import refusal
from game.ops import retention

MOST_DAYS = 36_500


class Command(BaseCommand):
    """Says what goes before and after. What goes on is never touched."""

    help = "Delete what was played longer ago than some days: all of it, or all but its results. What goes on is never touched."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = "none" if settings.KEEP_DAYS is None else f"{settings.KEEP_DAYS}d"
        parser.add_argument("--older-than", metavar="DAYS", help=f"such as 180d, counted from the end of an exercise (default: KEEP_DAYS, {usual})")
        parser.add_argument("--keep", choices=KEEP, default=settings.KEEP, help="results: figures and result pages stay (default: KEEP, %(default)s)")
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        days, keep = self._days(options["older_than"]), options["keep"]
        before = timezone.now() - timedelta(days=days)
        found = retention.due(before, keep)
        over = f"{len(found.played)} ended before {before:%Y-%m-%d %H:%M} UTC"
        self.stdout.write(f"Exercises: {over}, {len(found.unplayed)} never played and as old. Kept of those that ended: {keep}.")
        if found.cohorts:
            self.stdout.write(f"Cohorts of courses: {len(found.cohorts)} that were over by then.")
        self.stdout.write(f"To be deleted: {_words(found.counts(keep))}.")
        if options["dry_run"]:
            self.stdout.write("Nothing was deleted.")
            return
        stayed = 0
        gone: Counter[str] = Counter()
        for exercise, counts, why in retention.purge(found, keep):
            gone += counts
            stayed += bool(why)
            self.stdout.write(f"  {exercise}: {why or 'done'}")
        gone += retention.sweep_sign_ins(days)
        self.stdout.write(f"Deleted: {_words(gone)}.{f' {stayed} could not be deleted.' if stayed else ''}")

    def _days(self, typed: str | None) -> int:
        if typed is None:
            if settings.KEEP_DAYS is None:
                raise refusal("--older-than is missing, and KEEP_DAYS is not set: expected a number of days such as 180d")
            return settings.KEEP_DAYS
        found = re.fullmatch(r"(\d{1,5})d?", typed.strip(), re.ASCII)
        if not found or not 1 <= int(found[1]) <= MOST_DAYS:
            raise refusal(f"--older-than is {typed!r}: expected a number of days from 1d to {MOST_DAYS}d, such as 180d")
        return int(found[1])


def _words(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing"
