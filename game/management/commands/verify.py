"""`manage.py verify FILE`: play the run of an evidence bundle again, and say whether it comes out the same."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import engine

MOST_BYTES = 256 * 1024 * 1024


class Command(BaseCommand):
    """Exit code 0: the same to the last bit; 1: it differs, and where; 2: the file cannot be used, and why; 3: it was played by other
    rules than those that are here."""

    help = "Recompute the score of an evidence bundle bit for bit."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="an evidence bundle, from a result page")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            if path.stat().st_size > MOST_BYTES:
                raise CommandError(f"{path.name} has {path.stat().st_size:,} bytes: expected at most {MOST_BYTES:,}", returncode=2)
            bundle = engine.unpack(path.read_bytes())
            self._say_what(bundle)
            differs = engine.verify(bundle)
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror or problem}", returncode=2) from None
        except engine.OtherRules as problem:
            raise CommandError(f"{path.name}: {problem}", returncode=3) from None
        except engine.BundleError as problem:
            raise CommandError(f"{path.name}: {problem}", returncode=2) from None
        if differs:
            for line in differs:
                self.stdout.write(f"  {line}")
            raise CommandError("the run did not come out the same", returncode=1)
        found = f"Loss ${bundle.score['total']:,.2f}, {len(bundle.events)} events, outcome {bundle.outcome[:12]}"
        self.stdout.write(f"{found}: the same to the last bit.")

    def _say_what(self, bundle: engine.Bundle) -> None:
        """What it is, and what is to be known about it, whether it can be played again or not: its notes may say why it cannot."""
        log = bundle.log
        by = f", packed by {bundle.version}" if bundle.version else ""
        what = f"{log.scenario.title} ({log.scenario.id}), seed {log.seed}, rules {bundle.rules}{by}"
        self.stdout.write(f"{what}, {len(log.commands)} commands, to {log.scenario.calendar.told(log.until.step, 0)}")
        for note in filter(None, (bundle.ended, *bundle.notes)):
            self.stdout.write(f"  {note}")
