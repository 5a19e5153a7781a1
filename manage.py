#!/usr/bin/env python
"""Opening Bell's command line: `python manage.py play --demo` is the one to try first."""

import os
import sys


def main() -> int:
    """Run a management command; what it cannot do anything about is one line on stderr and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")
    try:
        from game.ops import door
    except ImportError as problem:
        if (problem.name or "").split(".")[0] in ("game", "engine"):
            raise
        print(
            f"{problem.name} is missing: run `.venv/bin/pip install -r requirements.txt` and use `.venv/bin/python`.", file=sys.stderr
        )
        return 2
    return door.run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
