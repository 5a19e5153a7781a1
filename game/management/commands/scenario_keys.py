"""`manage.py scenario_keys`: every key that a scenario's files may have, with its bounds."""

from typing import Any

from django.core.management.base import BaseCommand

import engine


class Command(BaseCommand):
    """What the models say, as Markdown; it is part of engine/scenarios/README.md."""

    help = "Print every key of a scenario's files, with its bounds and what holds where it is left out."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(engine.scenario_keys(), ending="")
