"""A moment of a run: how far its clock and its log have come.

A step alone is none. In a planning pause the clock stands while commands are given, all at one and the same step.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from engine.commands import Command


class Moment(NamedTuple):
    """The clock at `step`, commands up to place `seq` of the log taken in (0: none; places begin at 1). Moments are in the log's order."""

    step: int
    seq: int

    @classmethod
    def of(cls, command: "Command") -> "Moment":
        """Just after a command was taken in."""
        return cls(command.step, command.seq)

    @classmethod
    def before(cls, step: int, commands: "Iterable[Command]") -> "Moment":
        """The clock at `step` with all that was given before, and nothing of that step itself."""
        return cls(step, max((command.seq for command in commands if command.step < step), default=0))

    @classmethod
    def at_end(cls, step: int, commands: "Iterable[Command]") -> "Moment":
        """The clock at `step` with everything that was given up to then, at that step too."""
        return cls(step, max((command.seq for command in commands if command.step <= step), default=0))

    def takes(self, command: "Command") -> bool:
        """Whether a command has been taken in by then."""
        return (command.step, command.seq) <= self
