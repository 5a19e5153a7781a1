"""Opening Bell's engine: a pure, deterministic machine. Nothing else of it is imported from outside."""

from engine.autopilot import AUTOPILOTS, AutopilotError, autopilot, looks_at, next_look
from engine.autopilot_parts import Move
from engine.balance import HORIZON, LINE_UPS, outcomes, summary
from engine.barriers import barrier_outcome, barrier_variations
from engine.bundle import Bundle, BundleError, pack, unpack, verify
from engine.commands import LEVERS as KINDS
from engine.commands import Command, Lever, Refusal
from engine.debrief import Decision, Log, Outcome, Replays, Variation, alternatives, decision_words, pivotal, shares, subset, subsets
from engine.deck import CONDITIONS, fault_of, inject_preview, ready_injects, scenario_script
from engine.events import DESKS, Event
from engine.evidence import log_text
from engine.habits import habits_beside
from engine.lab import PLAYERS, SIDES, SMALL_USD, Plan, Stopped, distribution, run_trial
from engine.ledger import Entry, ledger
from engine.market_time import (
    BELL_END,
    BELL_FROM,
    BELL_TO,
    BLOCK,
    CLOSE,
    END,
    OPEN,
    STEPS_PER_MINUTE,
    STEPS_PER_SECOND,
    WEEK,
    clock,
    date,
    evening_of,
    phase,
    step_at,
    told,
    week_step,
)
from engine.playbook import PlaybookError, Safeguard, lab_safeguards, playbook, playbook_names
from engine.record import beside_history, record
from engine.reel import Reel
from engine.rehearsal import BEFORE, Given, Rehearsal, look, loss_of, play, rehearse, rehearsed, step_to, wound_up
from engine.replay import ENGINE_VERSION, CheckpointError, replay, restore, save
from engine.scenario import Scenario, ScenarioError, load_scenario, scenario_ids
from engine.score import grade, score
from engine.sight import sight
from engine.simulation import Simulation
from engine.slices import alone_table, week_supply
from engine.story import CUT_WORDS, moments, story
from engine.warm import warm

__all__ = [
    "AUTOPILOTS",
    "BEFORE",
    "BELL_END",
    "BELL_FROM",
    "BELL_TO",
    "BLOCK",
    "CLOSE",
    "CONDITIONS",
    "CUT_WORDS",
    "DESKS",
    "END",
    "ENGINE_VERSION",
    "HORIZON",
    "KINDS",
    "LINE_UPS",
    "OPEN",
    "PLAYERS",
    "SIDES",
    "SMALL_USD",
    "STEPS_PER_MINUTE",
    "STEPS_PER_SECOND",
    "WEEK",
    "AutopilotError",
    "Bundle",
    "BundleError",
    "CheckpointError",
    "Command",
    "Decision",
    "Entry",
    "Event",
    "Given",
    "Lever",
    "Log",
    "Move",
    "Outcome",
    "Plan",
    "PlaybookError",
    "Reel",
    "Refusal",
    "Rehearsal",
    "Replays",
    "Safeguard",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "Stopped",
    "Variation",
    "alone_table",
    "alternatives",
    "autopilot",
    "barrier_outcome",
    "barrier_variations",
    "beside_history",
    "clock",
    "date",
    "decision_words",
    "distribution",
    "evening_of",
    "fault_of",
    "grade",
    "habits_beside",
    "inject_preview",
    "lab_safeguards",
    "ledger",
    "load_scenario",
    "log_text",
    "look",
    "looks_at",
    "loss_of",
    "moments",
    "next_look",
    "outcomes",
    "pack",
    "phase",
    "pivotal",
    "play",
    "playbook",
    "playbook_names",
    "ready_injects",
    "record",
    "rehearse",
    "rehearsed",
    "replay",
    "restore",
    "run_trial",
    "save",
    "scenario_ids",
    "scenario_script",
    "score",
    "shares",
    "sight",
    "step_at",
    "step_to",
    "story",
    "subset",
    "subsets",
    "summary",
    "told",
    "unpack",
    "verify",
    "warm",
    "week_step",
    "week_supply",
    "wound_up",
]
