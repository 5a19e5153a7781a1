"""Everything that a test or a bench starts ends with it, also when it is killed by force (Linux).

A process of its own, in a session of its own, waits for the end of the one that started it and then ends whatever carries its mark, and
removes its folders. The mark stands in the environment, which every generation inherits, whoever starts it and as whichever user, and in
the folders' names, for servers that write over their environment. The kernel's signal for a parent's death (game/lifeline.py) would not
do here: it is gone with a change of user, grandchildren do not have it, and it comes with the end of the thread that started the process.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path

MARK = "OPENING_BELL_CHILD_OF"
LOOK_S = 0.2
PATIENCE_S, GIVE_UP_S = 3.0, 30.0
GENTLY = {"postgres": signal.SIGQUIT}  # at once, but it takes its shared memory along

_watchers: dict[int, tuple[str, "subprocess.Popen[bytes]"]] = {}  # by process id: a forked child is another process


def end_with_us() -> str:
    """From now on every process that this one starts ends with it; the mark they carry. Whoever runs in a bench of a bench carries both."""
    if (here := os.getpid()) not in _watchers:
        mark = uuid.uuid4().hex[:12]
        watcher = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(here), mark],
            cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env={name: value for name, value in os.environ.items() if name != MARK},
        )  # fmt: skip
        os.environ[MARK] = f"{os.environ.get(MARK, '')} {mark}".strip()
        _watchers[here] = mark, watcher
    return _watchers[here][0]


def own_folder(prefix: str = "ob-") -> Path:
    """A new folder that goes with this process at the latest. Its name is short: a socket's path must not be longer than 107 bytes."""
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{end_with_us()}-"))


def processes_of(what: str | Path) -> dict[int, str]:
    """Command lines of the processes that have this text (a mark, a state folder) in their environment or command, by process id, and of
    those they started.
    """
    parents, found, lines = {}, set(), {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with suppress(OSError):
            line = (folder / "cmdline").read_bytes()
            state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            if state in "ZX":
                continue
            pid = int(folder.name)
            parents[pid], lines[pid] = int(parent), line.replace(b"\0", b" ").decode(errors="replace")
            if str(what).encode() in line or str(what).encode() in (folder / "environ").read_bytes():
                found.add(pid)
    while more := {pid for pid, parent in parents.items() if parent in found and pid not in found}:
        found |= more
    return {pid: lines[pid] for pid in found}


def _end(mark: str) -> None:
    """End them all, those that begin meanwhile included."""
    began = time.monotonic()
    while (there := processes_of(mark)) and (waited := time.monotonic() - began) < GIVE_UP_S:
        for pid in there:
            with suppress(OSError):
                name = Path(f"/proc/{pid}/comm").read_text().strip()
                os.kill(pid, GENTLY.get(name, signal.SIGKILL) if waited < PATIENCE_S else signal.SIGKILL)
        time.sleep(LOOK_S)


def _watch(parent: int, mark: str) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    _end(mark)
    for folder in Path(tempfile.gettempdir()).glob(f"*-{mark}-*"):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _watch(int(sys.argv[1]), sys.argv[2])
