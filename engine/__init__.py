"""Opening Bell's engine: a pure, deterministic machine. Nothing else of it is imported from outside."""

from engine.commands import LEVERS as KINDS
from engine.commands import Command, Lever, Refusal
from engine.events import Event
from engine.evidence import log_text
from engine.market_time import BELL_END, BLOCK, CLOSE, END, OPEN, STEPS_PER_MINUTE, STEPS_PER_SECOND, clock, phase, step_at
from engine.playbook import PlaybookError, playbook, playbook_names
from engine.record import beside_history, record
from engine.replay import ENGINE_VERSION, CheckpointError, replay, restore, save
from engine.scenario import Scenario, ScenarioError, load_scenario, scenario_ids
from engine.score import grade, score
from engine.sight import sight
from engine.simulation import Simulation
from engine.warm import warm

__all__ = [
    "BELL_END",
    "BLOCK",
    "CLOSE",
    "END",
    "ENGINE_VERSION",
    "KINDS",
    "OPEN",
    "STEPS_PER_MINUTE",
    "STEPS_PER_SECOND",
    "CheckpointError",
    "Command",
    "Event",
    "Lever",
    "PlaybookError",
    "Refusal",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "beside_history",
    "clock",
    "grade",
    "load_scenario",
    "log_text",
    "phase",
    "playbook",
    "playbook_names",
    "record",
    "replay",
    "restore",
    "save",
    "scenario_ids",
    "score",
    "sight",
    "step_at",
    "warm",
]
