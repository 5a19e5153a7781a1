"""The files that `play` keeps of what its processes say.

A process writes into a pipe and the supervisor into the file: so a file can be put aside while its process lives, a full disk stops
nobody, and what a process said last is there also when it was killed.
"""

import os
import selectors
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from game.storage import FULL, is_full

LOG_BYTES = 5_000_000  # then it is put aside as <name>.log.1, in the place of the one before
HELD_BYTES = 500_000  # of what cannot be written yet; what is older is left out, and the file says how much
READ_BYTES = 65_536
AGAIN_S = 1.0  # how soon a file that could not be written is tried again
SILENT_S = 8.0  # a game that stands before a full disk says so every few seconds


@dataclass
class LogFile:
    """One process's file, and what it does not hold yet."""

    path: Path
    waiting: bytearray = field(default_factory=bytearray)
    left_out: int = 0
    problem: OSError | None = None
    _file: int | None = None
    _size: int = 0
    _again_at: float = 0.0

    def take(self, data: bytes) -> None:
        """Write it down, or hold it until it can be."""
        self.waiting += data
        if self.problem is not None and len(self.waiting) > HELD_BYTES:
            least = len(self.waiting) - HELD_BYTES
            over = self.waiting.find(b"\n", least - 1) + 1 or least
            self.left_out += over
            del self.waiting[:over]
        self.write()

    def write(self) -> None:
        """Write what waits, where the last failure is a while ago."""
        if not self.waiting or (self.problem is not None and time.monotonic() < self._again_at):
            return
        try:
            if self.left_out:
                self._put(bytearray(f"[{self.left_out:,} bytes are left out here: they could not be written]\n".encode()))
                self.left_out = 0
            self._put(self.waiting)
            self.problem = None
        except OSError as problem:
            self.problem, self._again_at = problem, time.monotonic() + AGAIN_S

    def _put(self, data: bytearray) -> None:
        while data:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                self._size = os.fstat(self._file).st_size
            # A file ends with a whole line: a traceback that is cut in two helps nobody.
            fits = data.rfind(b"\n", 0, max(0, LOG_BYTES - self._size)) + 1
            if self._size + len(data) > LOG_BYTES and not fits and self._size:
                self._put_aside()
                continue
            written = os.write(self._file, data[: fits or len(data)] if self._size + len(data) > LOG_BYTES else data)
            self._size += written
            del data[:written]

    def _put_aside(self) -> None:
        self.path.replace(self.path.with_suffix(".log.1"))
        self.close()

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Logs:
    """Every process's, and the wait in which they are filled."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.selector = selectors.DefaultSelector()
        self._of: dict[str, LogFile] = {}
        self._lines: dict[int, bytes] = {}  # a pipe's line that is not whole yet
        self._full = False
        self._games_until = 0.0  # they stand before a full disk: their database's, say

    def path(self, name: str) -> Path:
        """Where a process's words are."""
        return self.folder / f"{name}.log"

    def last_line(self, name: str) -> str:
        """The last that a process said before it ended."""
        self.wait(0.1)  # what it said as it ended may still be on its way
        with suppress(OSError):
            said = (self.path(name).read_bytes() if self.path(name).exists() else b"") + self._of[name].waiting
            return said.decode(errors="replace").strip().rpartition("\n")[2].removeprefix("CommandError: ")
        return ""

    def pipe(self, name: str) -> int:
        """The end for a new process of that name to write to: close it here once the process has it."""
        read, write = os.pipe()
        os.set_blocking(read, False)
        log = self._of.setdefault(name, LogFile(self.path(name)))
        self.selector.register(read, selectors.EVENT_READ, log)
        return write

    def wait(self, seconds: float) -> None:
        """Until somebody says something, at most so long, and write it down."""
        for key, _ in self.selector.select(seconds):
            if isinstance(key.data, LogFile):
                self._read(key.fd, key.data)
            else:
                os.read(key.fd, READ_BYTES)  # a signal came
        for log in self._of.values():
            log.write()
        self._tell(any(is_full(log.problem) for log in self._of.values()) or time.monotonic() < self._games_until)

    def drain(self) -> None:
        """Write down what was said and not read yet."""
        while any(isinstance(key.data, LogFile) for key, _ in self.selector.select(0)):
            self.wait(0)

    def _read(self, pipe: int, log: LogFile) -> None:
        try:
            data = os.read(pipe, READ_BYTES)
        except BlockingIOError:
            return
        log.take(data)
        *lines, rest = (self._lines.pop(pipe, b"") + data).split(b"\n")
        for line in lines:
            self._hear(line)
        if data:
            self._lines[pipe] = rest[-READ_BYTES:]
            return
        self.selector.unregister(pipe)
        os.close(pipe)

    def _hear(self, line: bytes) -> None:
        if f"event='{FULL}'".encode() in line:
            self._games_until = time.monotonic() + SILENT_S

    def _tell(self, full: bool) -> None:
        if full != self._full:
            self._full = full
            self.say("The disk is full: games stand still until there is room." if full else "There is room on the disk again: games go on.")

    def close(self) -> None:
        """Write down the last words."""
        self.drain()
        for log in self._of.values():
            log.close()
