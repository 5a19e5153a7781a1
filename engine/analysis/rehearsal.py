"""A run without people: autopilots look and give commands, the market moves in between. The game's clock takes the same looks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypedDict

from engine.analysis.curve import step_to
from engine.analysis.idle_time import Waits, waits_of
from engine.analysis.outcome import executed, outcome_digest
from engine.analysis.playbook import playbook, playbook_names
from engine.analysis.replay import ahead
from engine.analysis.story import StoryEntry, story
from engine.arguments import Sentence, phrase
from engine.autopilots.autopilot import autopilot, looks_at, next_look
from engine.autopilots.parts import Move, Words
from engine.commands import Command
from engine.events import DESKS, Event
from engine.evidence.telling import tell, told
from engine.firm.clients import Unserved, count_down, unserved
from engine.firm.score import Score, grade, score, wrong_minutes
from engine.firm.simulation import Simulation
from engine.firm.trading_day import rlp_missing
from engine.market_time import STEPS_PER_MINUTE, TICK_STEPS, Calendar
from engine.scenario.scenario import Scenario
from engine.sights.cards import DeskCards
from engine.sights.sight import desk_sight, told_sight

BEFORE = "history"  # who has played every desk before an exercise begins
SHARE_FROM_USD = 1_000_000  # below it a share of history's loss says nothing
LOOK_AHEAD = 5 * STEPS_PER_MINUTE  # enough orders to tell a rate by, and longer than any order waits
Watcher = Callable[[Simulation, dict[str, DeskCards]], None]


class Given(NamedTuple):
    """A move with the desk that made it and its place among that desk's moves of the look."""

    desk: str
    place: int
    move: Move


class Commanded(TypedDict):
    """A command as it was given, and why it was refused."""

    at: str
    desk: str
    kind: str
    args: Mapping[str, object]
    confidence: str | None
    why: str
    refused: str | None


class Minute(TypedDict):
    """When something was reached: a clock, minutes from the opening bell, and both for people."""

    at: str | None
    minutes: float | None
    text: str


class Ghost(TypedDict):
    """History's run on the same market."""

    score: Score
    minutes: dict[str, Minute]
    story: list[StoryEntry]


_Span = TypedDict("_Span", {"from": str, "until": str})


class Rehearsed(_Span):
    """A rehearsal beside history's run; dollars are whole, losses positive."""

    scenario: str
    seed: int
    noise: int
    seats: dict[str, str]
    help: str
    commands: list[Commanded]
    score: Score
    minutes: dict[str, Minute]
    ghost: Ghost
    avoided_usd: int
    share_avoided: float | None
    grade: float
    story: list[StoryEntry]
    waits: dict[str, Waits]


@dataclass(slots=True)
class Rehearsal:
    """A run that was played without people: the machine as it stands, what was commanded, what happened, the loss a minute."""

    sim: Simulation
    commands: list[Command] = field(default_factory=list)
    refused: list[tuple[Command, Sentence]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    curve: list[list[int]] = field(default_factory=list)

    def outcome(self) -> str:
        """Its outcome digest."""
        return outcome_digest(self.events, score(self.sim), self.curve, executed(self.sim))


def words_of(scenario: Scenario) -> Words:
    """What autopilots know of a scenario beside what they see: its people's words."""
    told, texts = scenario.told, scenario.evidence
    retired = told.behaviours.get("power_peg", texts.reject_words)
    return Words(told.system, scenario.fleet.many, texts.reject_sender, texts.reject_words, retired, told.subjects, scenario.calendar)


def look(sim: Simulation, pilots: dict[str, str], help_level: str = "2012") -> list[Given]:
    """What the autopilots of these desks (desk -> name) do now; each sees the moment before any of them moves. Raises AutopilotError."""
    found, words = [], words_of(sim.scenario)
    for desk in DESKS:
        if desk in pilots:
            moves = autopilot(pilots[desk], desk, words)(told_sight(sim, desk, help_level))
            found += [Given(desk, index, move) for index, move in enumerate(moves)]
    return found


def game_has(calendar: Calendar, since: int, *, second_act: bool = True) -> list[str]:
    """What a game that people play from step `since` on has and history had not, as kinds of commands of its first step."""
    return ["duties.give"] * (since <= 0) + ["act.give"] * (second_act and since <= calendar.open)


def rehearse(
    scenario: Scenario,
    seed: int,
    seats: dict[str, str],
    *,
    noise: int | None = None,
    since: int = 0,
    until: int | None = None,
    help_level: str = "2012",
    live: bool = False,
    threads: int = 1,
    watch: Watcher | None = None,
    before: "Callable[[Rehearsal], None] | None" = None,
) -> Rehearsal:
    """Play `seats` (desk -> autopilot; a desk that is left out does nothing) to step `until`, the end unless told otherwise.

    Before `since` history plays every desk; a `since` below 0 begins the run with the week. `watch` is shown every desk's
    sight at each look; `before` has its turn before anybody looks, from the first step on. `live`: with what a game has and
    history had not. Raises AutopilotError.
    """
    for desk, name in seats.items():
        autopilot(name, desk, words_of(scenario))
    calendar = scenario.calendar
    until = calendar.end if until is None else until
    run = Rehearsal(Simulation(scenario, seed, noise=noise, start=calendar.week if since < 0 else 0, threads=threads))
    sim = run.sim
    for kind in game_has(calendar, since) if live else ():
        submit(run, Command(len(run.commands) + 1, sim.now, "facilitator", kind))
    while sim.now < until and not sim.ended:
        if looks_at(calendar, sim.now):
            pilots = seats if sim.now >= since else dict.fromkeys(DESKS, BEFORE)
            if before is not None:
                before(run)
            if watch is not None and sim.now >= since:
                watch(sim, {desk: desk_sight(sim, desk, help_level) for desk in DESKS})
            for desk, _, move in look(sim, pilots, help_level):
                submit(run, Command(len(run.commands) + 1, sim.now, desk, *move))
        step_to(sim, min(next_look(calendar, sim.now), until), run.curve)
    run.events += sim.take_events()
    return run


def play(
    scenario: Scenario,
    name: str,
    seed: int,
    *,
    noise: int | None = None,
    since: int = 0,
    until: int | None = None,
    threads: int = 1,
    added: Iterable[tuple[int, str, Mapping[str, object]]] = (),
) -> Rehearsal:
    """Play a playbook to step `until`: what a team is measured against. With `since` below 0 its week is played before it, where that ships
    as NAME-week. `added`: the facilitator's commands as (step, kind, args). Commands of a week that there is not count as refused. Raises
    PlaybookError.
    """
    commands = playbook(scenario, name, seed)
    if since < 0 and f"{name}-week" in playbook_names(scenario):
        commands = [*playbook(scenario, f"{name}-week", seed), *commands]
    start = scenario.calendar.week if not scenario.faults.deck and any(command.step < 0 for command in commands) else 0
    until = scenario.calendar.end if until is None else until
    given = [Command(0, max(step, start), "facilitator", kind, args) for step, kind, args in added]
    commands = [
        replace(command, seq=seq)
        for seq, command in enumerate(sorted([*given, *commands], key=lambda command: command.step), 1)
    ]
    run = Rehearsal(Simulation(scenario, seed, noise=noise, start=start, threads=threads))
    for command in commands:
        if command.step < start:
            run.commands.append(command)
            run.refused.append((command, phrase("there is no week before a morning whose fault is drawn")))
        elif command.step < until:
            step_to(run.sim, command.step, run.curve)
            submit(run, command)
    step_to(run.sim, until, run.curve)
    run.events += run.sim.take_events()
    return run


def submit(run: Rehearsal, command: Command) -> None:
    """Give a command and keep what came of it."""
    refusal = run.sim.submit(command)
    run.commands.append(command)
    if refusal is not None:
        run.refused.append((command, refusal.reason))


def wound_up(run: Rehearsal) -> Score:
    """The score of a run that is cut short and not played on: what is down stays down until the close, and so does what is not served."""
    sim, calendar = run.sim, run.sim.calendar
    if sim.now >= calendar.close:
        return score(sim)
    orders = _carried(sim)
    moments = [sim.now, *(moment for moment in calendar.moments[:3] if moment > sim.now)]
    for first, until in zip(moments, moments[1:], strict=False):
        count_down(sim, first, until)
    sim.day.rlp_missed += rlp_missing(sim) * ((calendar.close - 1 - max(sim.now, calendar.due - 1)) // TICK_STEPS)
    return score(sim, orders)


def _carried(sim: Simulation) -> Unserved:
    """Client orders of the whole day that are not served, if the rest of it goes as the next few minutes do: whatever keeps orders from the
    market, now or for a while, is seen there."""
    first, before = sim.cursor, unserved(sim)
    last, after = ahead(sim, LOOK_AHEAD, lambda then: (then.cursor, unserved(then)))
    coming = last - first
    share = (len(sim.arrivals) - first) / coming if coming else 0.0
    return Unserved(*(one + (then - one) * share for one, then in zip(before, after, strict=True)))


def rehearsed(
    scenario: Scenario,
    seed: int,
    seats: dict[str, str],
    *,
    noise: int | None = None,
    since: int = 0,
    until: int | None = None,
    help_level: str = "2012",
    live: bool = False,
    formula: bool = False,
    ended: "Callable[[Rehearsal], None] | None" = None,
) -> Rehearsed:
    """A rehearsal beside history's run on the same market, as one JSON-able object; dollars are whole, losses positive. `formula`: what is
    down at `until` counts as down to the close, `live` as in `rehearse`. `ended` is shown the run as it was played, before anything is
    reckoned by formula.

    scenario, seed, noise, seats, help, commands, score, minutes, ghost {score, minutes, story}, avoided_usd, share_avoided, grade,
    story, waits {desk: {waits, wall_s, longest {from, to, wall_s}, long [{from, to, wall_s}]}}.
    """
    calendar = scenario.calendar
    until = calendar.end if until is None else until
    run = rehearse(scenario, seed, seats, noise=noise, since=since, until=until, help_level=help_level, live=live)
    if ended is not None:
        ended(run)
    ghost = play(scenario, BEFORE, seed, noise=noise, since=since, until=until)
    found, other = (wound_up(each) if formula else score(each.sim) for each in (run, ghost))
    avoided = other["total"] - found["total"]
    refused = {command.seq: tell(scenario, reason) for command, reason in run.refused}
    return {
        "scenario": scenario.id,
        "seed": seed,
        "noise": run.sim.noise,
        "seats": seats,
        "help": help_level,
        "from": calendar.told(since, 0),
        "until": calendar.told(run.sim.now, 0),
        "commands": [
            {
                "at": calendar.told(command.step, 0),
                "desk": command.desk,
                "kind": command.kind,
                "args": told(scenario, command.args),
                "confidence": command.confidence,
                "why": command.why,
                "refused": refused.get(command.seq),
            }
            for command in run.commands
        ],
        "score": found,
        "minutes": minutes(calendar, found),
        "ghost": {"score": other, "minutes": minutes(calendar, other), "story": _story(ghost, other)},
        "avoided_usd": round(avoided),
        "share_avoided": round(avoided / other["total"], 4) if other["total"] > SHARE_FROM_USD else None,
        "grade": grade(found["total"], other["total"], found["yardstick"]),
        "story": _story(run, found),
        "waits": waits_of(calendar, run.events, since, min(until, run.sim.now)),
    }


def minutes(calendar: Calendar, found: Score) -> dict[str, Minute]:
    """When a team noticed, diagnosed and contained, of a score: {notice, diagnose, contain} -> {at, minutes, text}.

    `at` is a clock or None, `minutes` counts from the opening bell and is negative before it, `text` is for people. Every wrong diagnosis
    adds WRONG_MIN minutes to the time to diagnose.
    """
    never = "nothing ran away" if found["runaway"] == "never" else "never"
    noticed, diagnosed, contained = found["noticed_at"], found["diagnosed_at"], found["contained_at"]
    return {
        "notice": _minute(calendar, noticed, "never"),
        "diagnose": _minute(calendar, diagnosed, "never", wrong_minutes(found)),
        "contain": _minute(calendar, contained, never),
    }


def _minute(calendar: Calendar, at: str | None, otherwise: str, added: int = 0) -> Minute:
    if at is None:
        return {"at": None, "minutes": None, "text": otherwise}
    minutes = round((calendar.step_at(at) - calendar.open) / STEPS_PER_MINUTE, 1) + added
    return {"at": at, "minutes": minutes, "text": f"{at} + {added} min" if added else at}


def _story(run: Rehearsal, found: Score) -> list[StoryEntry]:
    """In words, as all of a rehearsal."""
    return told(run.sim.scenario, story(run.events, run.sim.scenario, found if found["fate"] else None))
