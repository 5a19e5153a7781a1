"""What takes long to prepare and is the same for every session of the same files is kept beside the compiled kernels."""

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLES = ("game/requirements.txt", "game/settings.py", "game/models", "game/migrations")  # what decides about them


def made_from(*names: str) -> str:
    """What files and folders of the project have in them: 16 hex characters."""
    sha = hashlib.sha256()
    for name in names:
        for path in sorted(one for one in (ROOT / name).rglob("*") if one.is_file() and one.suffix != ".pyc") or [ROOT / name]:
            sha.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return sha.hexdigest()[:16]


def _of_tables(more: str) -> str:
    """What tables are made from, and with what: 16 hex characters."""
    return hashlib.sha256(f"{sys.prefix} {more} {made_from(*TABLES)}".encode()).hexdigest()[:16]


@contextmanager
def tables(kind: str, make: Callable[[Path], None], more: str = "") -> Iterator[Path]:
    """A folder with a migrated database in it, as `make` has filled it once; it is to be copied before this ends. `more`: what else it is of."""
    kept = Path(os.environ.get("OPENING_BELL_CACHE") or ROOT / ".local") / "tables"
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = kept / f"{kind}-{_of_tables(more)}"
        if not ready.exists():
            for old in kept.glob(f"{kind}-*"):  # of other files, or broken off half way
                shutil.rmtree(old, ignore_errors=True)
            making = kept / f"{kind}-making"
            making.mkdir()
            make(making)
            making.rename(ready)
        yield ready
