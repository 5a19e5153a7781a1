"""The one door of the command line: what a command cannot do anything about is one line on stderr and exit code 2, never a traceback.

A command whose reader has gone (`... | head`) ends without a word. A fault of our own keeps its traceback: nobody else can mend it.
"""

import os
import select
import sys
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import Any, NoReturn

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as QueueGone

from game import __version__
from game.environment import without_password
from game.storage import is_full

READER_GONE = 141  # a shell's code for what a closed pipe has ended: 128 and SIGPIPE


class _Utility(ManagementUtility):
    """Django's, whose commands refuse a bad option in one line, and whose version is this project's."""

    def execute(self) -> None:
        if self.argv[1:] in (["--version"], ["version"]):
            sys.stdout.write(f"{__version__}\n")
        else:
            super().execute()

    def fetch_command(self, subcommand: str) -> BaseCommand:
        known = get_commands()
        if subcommand not in known:
            settings.INSTALLED_APPS  # noqa: B018  settings that cannot be read hide every command, and say here what is wrong with them
            near = get_close_matches(subcommand, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "expected one of those that `manage.py help` lists"
            raise CommandError(f"{subcommand!r} is no command: {hint}", returncode=2)
        command = super().fetch_command(subcommand)
        command.get_version = lambda: __version__  # type: ignore[method-assign]
        command.create_parser = partial(_strict, command.create_parser)  # type: ignore[method-assign]
        return command


def _strict(made: Callable[..., CommandParser], program: str, name: str, **options: Any) -> CommandParser:
    parser = made(program, name, **options)

    def refuse(message: str) -> NoReturn:
        raise CommandError(f"{message} (see `manage.py {name} --help`)", returncode=2)

    parser.error = refuse  # type: ignore[method-assign]
    return parser


def run(arguments: list[str]) -> int:
    """Run a management command; the exit code, where the command itself did not end the process."""
    try:
        return _carried_out(arguments)
    except (BrokenPipeError, SystemExit):
        if _reader_is_gone():
            os._exit(READER_GONE)  # not by Python's own end, which would try to write what is left, and say that it cannot
        raise


def _carried_out(arguments: list[str]) -> int:
    try:
        _Utility(arguments).execute()
        sys.stdout.flush()
    except CommandError as problem:
        return _refuse(str(problem), problem.returncode)
    except Exception as problem:
        line = plain_reason(problem)
        if line is None:
            raise
        return _refuse(line, 2)
    return 0


def _refuse(line: str, code: int) -> int:
    print(" ".join(line.split()), file=sys.stderr)
    if not _is_writable_still():
        os._exit(code)  # what is left in the buffer cannot be written: Python would say so in a traceback at its end
    return code


def _reader_is_gone() -> bool:
    """Whether standard output is a pipe or a socket that nobody reads any more."""
    try:
        watched = select.poll()
        watched.register(sys.stdout.fileno(), 0)
        return any(state & (select.POLLERR | select.POLLHUP) for _, state in watched.poll(0))
    except (OSError, ValueError):  # no file at all
        return False


def _is_writable_still() -> bool:
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        return False
    return True


def plain_reason(problem: Exception) -> str | None:
    """One line about what is wrong outside of this program: where, and what was expected. None for what is a fault of its own."""
    if isinstance(problem, ImproperlyConfigured):
        return str(problem)
    if is_full(problem, settings.STATE_DIR if settings.configured else None):
        return f"The disk is full{_where(problem)}: make room, and run this again."
    if isinstance(problem, (OperationalError, InterfaceError)):
        return f"The database {_database()} cannot be used: {first_line(_unreached() or problem)}"
    if isinstance(problem, (redis.ConnectionError, redis.TimeoutError, QueueGone)):
        broker = without_password(settings.REDIS_URL)
        return f"The broker {broker!r} does not answer: {first_line(problem)}. Is `manage.py play` running, or REDIS_URL right?"
    if isinstance(problem, OSError) and problem.filename is not None:
        return f"{os.fsdecode(problem.filename)}: cannot be used: {problem.strerror}"
    return None


def _unreached() -> Exception | None:
    """Why nobody reaches a PostgreSQL: the pool knows only that it waited in vain."""
    if connection.vendor != "postgresql" or connection.connection is not None:
        return None
    import psycopg

    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.Error as problem:
        return problem
    return None


def first_line(problem: Exception) -> str:
    """What it says first."""
    return next((line.strip() for line in str(problem).splitlines() if line.strip()), type(problem).__name__)


def _where(problem: Exception) -> str:
    named = getattr(problem, "filename", None)
    if named is not None:
        return f" ({os.fsdecode(named)})"
    return f" (STATE_DIR is {str(settings.STATE_DIR)!r})" if settings.configured else ""


def _database() -> str:
    """Its name, and where it is; never its password."""
    entry = settings.DATABASES["default"]
    place = ":".join(str(entry[key]) for key in ("HOST", "PORT") if entry.get(key))
    return f"{str(entry['NAME'])!r}" + (f" at {place}" if place else "")
