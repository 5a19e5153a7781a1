"""Children that end with their parent, however it ends, and one that lets all others go first.

A killed worker loses nothing (game/live/clock.py), so no time is given for a farewell.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

PARENT = "OPENING_BELL_PARENT"  # the supervisor's process id, in its children's environment
LOOK_S = 1.0
BEHIND = 15  # of 19
A_LITTLE = 5  # behind games still, before debriefs: somebody waits with a finger on it
stopping = threading.Event()  # set once this worker was told to end
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int, sign: int = signal.SIGKILL) -> None:
    """Let this process be ended when `parent` is gone: by the kernel on Linux, elsewhere by a thread that looks every second.

    On Linux it outlives exec, so it also serves a program that knows nothing of it.
    """
    if _libc is None:
        threading.Thread(target=_watch, args=(parent, sign), daemon=True).start()
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(sign))
    if os.getppid() != parent:  # it went between the fork and this line
        os.kill(os.getpid(), sign)


def name_process(name: str) -> None:
    """Give this process the name that `ps -e` and `top` show, on Linux: 15 characters of it."""
    if _libc is not None:
        _libc.prctl(_PR_SET_NAME, name.encode())


def _watch(parent: int, sign: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os.kill(os.getpid(), sign)


def hold_on() -> None:
    """Where the kernel does not do it: a process that `play` started ends with it. Others are left alone."""
    parent = os.environ.get(PARENT, "")
    if _libc is None and parent.isdigit():
        die_with_parent(int(parent))


def step_back(behind: int = BEHIND) -> None:
    """Let everything else on this machine go first: for work that nobody waits for within a beat. Threads begun afterwards inherit it."""
    os.nice(behind)
    # Linux shares a core evenly between sessions, and every process of `play` is one: there niceness alone would count for nothing.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(behind))
