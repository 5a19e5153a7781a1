"""`manage.py warm`: compile the market before anybody waits for it, as when an image is built."""

from typing import Any

from django.core.management.base import BaseCommand

import engine


class Command(BaseCommand):
    """Says what it compiles; the second time there is nothing to do."""

    help = "Compile the market, once for a version: half a minute now, and none when it is played."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        engine.warm(self.stdout.write)
        self.stdout.write("Ready.")
