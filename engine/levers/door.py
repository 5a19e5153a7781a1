"""What a scenario's module may use of the engine: `from engine import door`. It registers with the `Extension` that its `register` is given.

Everything here keeps its names and what they mean; what is not here may change with any version.
"""

from engine.arguments import Args, phrase
from engine.commands import Refused, StoryWords, line, one_of, server, servers, whole
from engine.firm.bridge import notice
from engine.firm.safeguards import standby_hole
from engine.firm.server_ops import fail_over, log_line, say_in_terminal, set_servers, start_server, stop_server
from engine.jit import kernel, piece
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND
from engine.scenario.module import Extension

__all__ = [
    "STEPS_PER_MINUTE",
    "STEPS_PER_SECOND",
    "Args",
    "Extension",
    "Refused",
    "StoryWords",
    "fail_over",
    "kernel",
    "line",
    "log_line",
    "notice",
    "one_of",
    "phrase",
    "piece",
    "say_in_terminal",
    "server",
    "servers",
    "set_servers",
    "standby_hole",
    "start_server",
    "stop_server",
    "whole",
]
