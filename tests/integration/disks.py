"""Disks that are small enough to be filled, and commands that may not write everywhere: the real thing, which needs root."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.builders import missing


class SmallDisk:
    """A file system of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no byte."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 4096, 512, 1):
                with suppress(OSError):
                    while file.write(b"\1" * size):
                        pass

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(megabytes: float, folder: Path | None = None) -> Iterator[SmallDisk]:
    """A small disk, mounted on an empty folder; it is gone afterwards."""
    if os.getuid():
        missing("root", "mounting a small file system takes it")
    folder = folder or Path(tempfile.mkdtemp(prefix="ob-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={int(megabytes * 1024)}k,mode=755", "tmpfs", str(folder)], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def bound_by_modes() -> list[str]:
    """What a command line begins with where file modes are to count: root passes by them, unless it gives that right up."""
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
