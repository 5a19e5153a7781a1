"""`manage.py keep_history`: history's run on the default seed of every scenario that ships, kept beside the code."""

from typing import Any

from django.core.management.base import BaseCommand

import engine
from game.debrief import front_picture, kept_history
from game.scenarios import standard


class Command(BaseCommand):
    """Play history on every default seed, and write down what came of it."""

    help = "Play history on the default seed of every scenario and keep it, so that games on those seeds do not wait for it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for name, one in kept_history.keep().items():
            self.stdout.write(f"{name}, seed {one['seed']}: {engine.dollars(one['score']['total'])} in {len(one['curve'])} minutes")
        if scenario := standard():
            self.stdout.write(f"the start page's picture: {front_picture.keep(scenario).name}")
