"""`manage.py facilitator NAME`: a new one-time link that signs somebody in, at any time."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from game.models import FacilitatorLink
from game.ops.addresses import kept_address
from game.people.accounts import is_facilitator, may_run_exercises


class Command(BaseCommand):
    """Finds or makes the account, and prints the link."""

    help = "Print a new one-time link that signs a facilitator in; an account of that name is made when there is none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="the account; without one that of this machine")
        parser.add_argument("--address", default="", help="where the game is reached (default: as `play` printed it)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._account(options["name"]) if options["name"] else None
        token = FacilitatorLink.issue(user)
        address = options["address"].rstrip("/") or kept_address(settings.STATE_DIR) or f"http://127.0.0.1:8000{settings.BASE_PATH}"
        self.stdout.write(f"{address}/facilitator/{token}/")

    def _account(self, name: str) -> User:
        """The account of a name, a facilitator's when it has to be made: without a password, so that links alone open it."""
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User(username=name)
            user.set_unusable_password()
            try:
                user.full_clean(exclude=["password"])
            except ValidationError as problem:
                raise CommandError(f"{name!r} cannot be the name of an account: {'; '.join(problem.messages)}", returncode=2) from problem
            user.save()
            may_run_exercises(user)
            self.stderr.write(f"The account {name} is new. It has no password: links like this one open it.")
        if not user.is_active:
            raise CommandError(f"The account {name} is switched off: it is switched on in the admin.", returncode=2)
        if not is_facilitator(user):
            raise CommandError(f"The account {name} may not run exercises: put it into the group facilitators first.", returncode=2)
        return user
