"""Static files under hashed names, collected when there are others than last time."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from game import __version__, static_names


def collect() -> bool:
    """collectstatic, unless what it made last is of these very files: hashing and compressing them takes seconds. Whether it ran."""
    stamp, kept = _stamp(), settings.STATE_DIR / "static.stamp"
    made = Path(settings.STATIC_ROOT) / "staticfiles.json"
    with suppress(OSError):
        if made.exists() and kept.read_text() == stamp:
            return False
    kept.unlink(missing_ok=True)  # broken off half way, it is done again
    call_command("collectstatic", interactive=False, verbosity=0)
    kept.write_text(stamp)
    return True


def lacking() -> str:
    """What of the static files is not there as this version has it; "" when all of it is. By names and times: reading them takes seconds."""
    made = Path(settings.STATIC_ROOT) / "staticfiles.json"
    try:
        known, at = json.loads(made.read_text())["paths"], made.stat().st_mtime
    except (OSError, ValueError, KeyError):
        return f"There are no static files in {str(settings.STATIC_ROOT)!r}: run `manage.py collectstatic --noinput`."
    stale = [name for name, path in _own() if name not in known or path.stat().st_mtime > at]
    return f"The static files are of another version ({stale[0]} differs): run `manage.py collectstatic --noinput`." if stale else ""


def _stamp() -> str:
    """SHA-256 over everything that decides what is collected: 64 hex characters."""
    sha = hashlib.sha256(f"{__version__} {settings.STATIC_URL} {settings.STORAGES['staticfiles']}".encode())
    sha.update(Path(static_names.__file__).read_bytes())
    for name, path in _own():
        found = path.stat()
        sha.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return sha.hexdigest()


def _own() -> Iterator[tuple[str, Path]]:
    """Every file that is to be sent, and where it lies."""
    left_out = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]
    for finder in get_finders():
        for name, storage in finder.list(left_out):
            yield name, Path(storage.path(name))
