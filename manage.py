#!/usr/bin/env python
"""Opening Bell's command line: `python manage.py play --demo` is the one to try first."""

import os
import sys


def main() -> int:
    """Run a management command; a bad environment variable is one line on stderr and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        print("Django is missing: run `.venv/bin/pip install -r requirements.txt` and use `.venv/bin/python`.", file=sys.stderr)
        return 2
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
