"""Opening Bell's engine: a pure, deterministic machine. Nothing else of it is imported from outside."""

from engine.analysis.account import Account, account, voiced
from engine.analysis.arena import Measures, measured
from engine.analysis.balance import LINE_UPS, PlaybookOutcome, SeedOutcome, outcomes, playbook_outcomes, summary, waits_on_seed
from engine.analysis.barriers import barrier_counterfactuals, barrier_outcome
from engine.analysis.beside import beside_record
from engine.analysis.bundle import Bundle, BundleError, OtherRules, pack, played_again, rehearsed_bundle, unpack, verify
from engine.analysis.closed_alone import alone_table, week_supply
from engine.analysis.courses import Replays
from engine.analysis.curve import costliest, loss_of, step_to
from engine.analysis.debrief import (
    Counterfactual,
    CounterfactualResult,
    Decision,
    Log,
    alternatives,
    decision_words,
    pivotal,
    shares,
    subset,
    subsets,
)
from engine.analysis.habits import HabitOutcome, habits_beside, habits_for
from engine.analysis.idle_time import LONG_S, Waits
from engine.analysis.lab import PLAYERS, SIDES, SMALL_USD, Plan, Stopped, distribution, run_trial
from engine.analysis.ledger import Entry, ledger
from engine.analysis.matrix import Answered, answers, cells
from engine.analysis.msgids import msgids
from engine.analysis.objectives import Assessed, objectives
from engine.analysis.outcome import executed, outcome_digest
from engine.analysis.playbook import PlaybookError, Safeguard, lab_safeguards, playbook, playbook_names
from engine.analysis.preview import ScenarioPreview, SeedPreview, preview, preview_on
from engine.analysis.questions import Question, questions
from engine.analysis.record import Record, beside_history, record
from engine.analysis.rehearsal import BEFORE, Given, Rehearsal, game_has, look, play, rehearse, rehearsed, words_of, wound_up
from engine.analysis.replay import LAYOUT, CheckpointError, replay, restore, save
from engine.analysis.replay_frames import Reel
from engine.analysis.scenario_check import check_scenario
from engine.analysis.scenario_keys import scenario_keys
from engine.analysis.scenario_texts import GLOSSARY, Texts, glossary_texts, own_texts, problems_of_texts, written_texts
from engine.analysis.scenario_zip import ZipError, pack_scenario, unpack_scenario
from engine.analysis.story import StoryEntry, moments, story
from engine.analysis.sureness import Forecast, sureness
from engine.arguments import Phrase, Sentence, phrase
from engine.autopilots.autopilot import AUTOPILOTS, STAND_IN, AutopilotError, autopilot, looks_at, next_look
from engine.autopilots.parts import Move
from engine.commands import Command, Lever, Refusal
from engine.env.actions import NOT_NOW, BadAction
from engine.env.environment import Environment, Observation
from engine.env.moves import Catalogue
from engine.env.screen import DeskScreen
from engine.events import DESKS, Event, EventData
from engine.evidence.telling import ENGLISH, MARK, Language, glossary, span, tell, told
from engine.firm.safeguards import CONTROLS
from engine.firm.score import Score, grade, score, wrong_minutes
from engine.firm.second_act import act_said, act_told
from engine.firm.simulation import Simulation
from engine.firm.warm import warm
from engine.jit import compiled
from engine.levers import LEVERS as KINDS
from engine.levers import door
from engine.levers.shapes import fitting, misfit
from engine.market.faults import fault_told
from engine.market_time import (
    EARLIEST,
    LATEST,
    PHASES,
    SPEEDS,
    STEPS_PER_MINUTE,
    STEPS_PER_SECOND,
    Calendar,
    NotATime,
    retold,
)
from engine.moment import Moment
from engine.money import dollars
from engine.rules import RULES
from engine.scenario.barrier_texts import barrier_text
from engine.scenario.catalogues import LANGUAGE, CatalogueError, file_of
from engine.scenario.folders import Folder, is_scenario_id
from engine.scenario.module import OWN_KIND
from engine.scenario.parts import Days, FrontPage, Told
from engine.scenario.problems import Problem, ScenarioError
from engine.scenario.scenario import (
    Scenario,
    home_of,
    load_scenario,
    look_for_scenarios_in,
    read_folder,
    read_scenario,
    scenario_files,
    scenario_ids,
    shipped_ids,
)
from engine.sights.deck import CONDITIONS, fault_of, inject_preview, ready_injects, scenario_script
from engine.sights.menu import wishes
from engine.sights.schema import card_schemas
from engine.sights.sight import sight

__all__ = [
    "AUTOPILOTS",
    "BEFORE",
    "CONDITIONS",
    "CONTROLS",
    "DESKS",
    "EARLIEST",
    "ENGLISH",
    "GLOSSARY",
    "KINDS",
    "LANGUAGE",
    "LATEST",
    "LAYOUT",
    "LINE_UPS",
    "LONG_S",
    "MARK",
    "NOT_NOW",
    "OWN_KIND",
    "PHASES",
    "PLAYERS",
    "RULES",
    "SIDES",
    "SMALL_USD",
    "SPEEDS",
    "STAND_IN",
    "STEPS_PER_MINUTE",
    "STEPS_PER_SECOND",
    "Account",
    "Answered",
    "Assessed",
    "AutopilotError",
    "BadAction",
    "Bundle",
    "BundleError",
    "Calendar",
    "Catalogue",
    "CatalogueError",
    "CheckpointError",
    "Command",
    "Counterfactual",
    "CounterfactualResult",
    "Days",
    "Decision",
    "DeskScreen",
    "Entry",
    "Environment",
    "Event",
    "EventData",
    "Folder",
    "Forecast",
    "FrontPage",
    "Given",
    "HabitOutcome",
    "Language",
    "Lever",
    "Log",
    "Measures",
    "Moment",
    "Move",
    "NotATime",
    "Observation",
    "OtherRules",
    "Phrase",
    "Plan",
    "PlaybookError",
    "PlaybookOutcome",
    "Problem",
    "Question",
    "Record",
    "Reel",
    "Refusal",
    "Rehearsal",
    "Replays",
    "Safeguard",
    "Scenario",
    "ScenarioError",
    "ScenarioPreview",
    "Score",
    "SeedOutcome",
    "SeedPreview",
    "Sentence",
    "Simulation",
    "Stopped",
    "StoryEntry",
    "Texts",
    "Told",
    "Waits",
    "ZipError",
    "account",
    "act_said",
    "act_told",
    "alone_table",
    "alternatives",
    "answers",
    "autopilot",
    "barrier_counterfactuals",
    "barrier_outcome",
    "barrier_text",
    "beside_history",
    "beside_record",
    "card_schemas",
    "cells",
    "check_scenario",
    "compiled",
    "costliest",
    "decision_words",
    "distribution",
    "dollars",
    "door",
    "executed",
    "fault_of",
    "fault_told",
    "file_of",
    "fitting",
    "game_has",
    "glossary",
    "glossary_texts",
    "grade",
    "habits_beside",
    "habits_for",
    "home_of",
    "inject_preview",
    "is_scenario_id",
    "lab_safeguards",
    "ledger",
    "load_scenario",
    "look",
    "look_for_scenarios_in",
    "looks_at",
    "loss_of",
    "measured",
    "misfit",
    "moments",
    "msgids",
    "next_look",
    "objectives",
    "outcome_digest",
    "outcomes",
    "own_texts",
    "pack",
    "pack_scenario",
    "phrase",
    "pivotal",
    "play",
    "playbook",
    "playbook_names",
    "playbook_outcomes",
    "played_again",
    "preview",
    "preview_on",
    "problems_of_texts",
    "questions",
    "read_folder",
    "read_scenario",
    "ready_injects",
    "record",
    "rehearse",
    "rehearsed",
    "rehearsed_bundle",
    "replay",
    "restore",
    "retold",
    "run_trial",
    "save",
    "scenario_files",
    "scenario_ids",
    "scenario_keys",
    "scenario_script",
    "score",
    "shares",
    "shipped_ids",
    "sight",
    "span",
    "step_to",
    "story",
    "subset",
    "subsets",
    "summary",
    "sureness",
    "tell",
    "told",
    "unpack",
    "unpack_scenario",
    "verify",
    "voiced",
    "waits_on_seed",
    "warm",
    "week_supply",
    "wishes",
    "words_of",
    "wound_up",
    "written_texts",
    "wrong_minutes",
]
