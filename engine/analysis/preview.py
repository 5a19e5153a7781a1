"""A scenario as autopilots find it, seed after seed: what it costs, what each desk has to do, how long it waits, what nobody sees or uses."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypedDict

from engine.analysis.balance import SeedOutcome, beside_ghost, quantiles
from engine.analysis.idle_time import Waits, waits_of
from engine.analysis.rehearsal import BEFORE, Rehearsal, play, rehearse, wound_up
from engine.events import DESKS, Event
from engine.evidence.telling import ids
from engine.market.faults import draw_fault
from engine.scenario.scenario import Scenario

TEAMS = ("novice", "competent")
SEEDS = range(1, 11)
_KINDS = ("planned", "mail", "call", "headline")  # kinds of texts that come by themselves, by how their ids begin


class SeedPreview(TypedDict):
    """A seed's games. By team: its outcome, the commands of each desk by kind, and its waits. `said`: which texts, by id."""

    outcomes: dict[str, SeedOutcome]
    done: dict[str, dict[str, dict[str, int]]]
    waits: dict[str, dict[str, Waits]]
    said: list[str]


class DeskPreview(TypedDict):
    """Of a desk, with competent players at all three: its commands in a game by kind, most frequent first, and the longest wait for something
    new over all games: in seconds of wall time, with its clock times, its seed and the team's name."""

    commands: float
    kinds: dict[str, float]
    longest_wait_s: float
    wait_from: str
    wait_to: str
    seed: int
    team: str


class ScenarioPreview(TypedDict):
    """Over all seeds. `losses`: by team, and of history's run ("nobody acts otherwise than in the playbook"), quantiles in dollars; `rows`: by
    team, a row a seed; `never_seen`: evidence by its id; `never_used`: levers by the desk that has them."""

    scenario: str
    title: str
    seeds: list[int]
    week: bool
    losses: dict[str, dict[str, float]]
    rows: dict[str, list[SeedOutcome]]
    desks: dict[str, DeskPreview]
    never_seen: list[str]
    never_used: dict[str, list[str]]


def preview_on(scenario: Scenario, seed: int) -> SeedPreview:
    """What teams of autopilots make of a seed, from the first evening where there is one. Raises AutopilotError, PlaybookError."""
    calendar = scenario.calendar
    since, until = calendar.week if has_week(scenario) else 0, calendar.horizon
    ghost = play(scenario, BEFORE, seed, until=until)
    ghost_usd, said = wound_up(ghost)["total"], said_in(ghost.events)
    found: SeedPreview = {"outcomes": {}, "done": {}, "waits": {}, "said": []}
    fault = draw_fault(scenario, seed).text.id
    for team in TEAMS:
        run = rehearse(scenario, seed, dict.fromkeys(DESKS, team), since=since, until=until, live=True)
        found["outcomes"][team] = {"seed": seed, "fault": fault, **beside_ghost(wound_up(run), ghost_usd), "refused": len(run.refused)}
        found["done"][team] = _done(run)
        found["waits"][team] = waits_of(calendar, run.events, since, until)
        said |= said_in(run.events)
    found["said"] = sorted(said)
    return found


def has_week(scenario: Scenario) -> bool:
    """Whether its games may begin on the first evening."""
    return not scenario.faults.deck and bool(scenario.evidence.week_quotas)


def said_in(events: Iterable[Event]) -> set[str]:
    """Ids of entries that were said, without the part of the text."""
    return {name.partition(".")[0] for event in events for name in ids(event.data)}


def _done(run: Rehearsal) -> dict[str, dict[str, int]]:
    refused = {command.seq for command, _ in run.refused}
    done = Counter((command.desk, command.kind) for command in run.commands if command.seq not in refused)
    return {desk: {kind: count for (whose, kind), count in sorted(done.items()) if whose == desk} for desk in DESKS}


def preview(scenario: Scenario, seeds: Sequence[int], found: Sequence[SeedPreview]) -> ScenarioPreview:
    """What the seeds come to; `found`: of each, in the same order. Raises ValueError where there are none."""
    rows = {team: [one["outcomes"][team] for one in found] for team in TEAMS}
    losses = {"history": quantiles([row["ghost_usd"] for row in rows[TEAMS[0]]])}
    losses |= {team: quantiles([row["loss_usd"] for row in of]) for team, of in rows.items()}
    said = {name for one in found for name in one["said"]}
    texts = {name.partition(".")[0] for name in scenario.evidence.wordings if name.partition(":")[0] in _KINDS}
    used = {kind for one in found for team in TEAMS for kinds in one["done"][team].values() for kind in kinds}
    unused = [(kind, lever.desks) for kind, lever in scenario.kinds.items() if kind not in used]
    return {
        "scenario": scenario.id,
        "title": scenario.title,
        "seeds": [*seeds],
        "week": has_week(scenario),
        "losses": losses,
        "rows": rows,
        "desks": {desk: _desk(desk, seeds, found) for desk in DESKS},
        "never_seen": sorted(texts - said),
        "never_used": {desk: sorted(kind for kind, desks in unused if desk in desks) for desk in DESKS},
    }


def _desk(desk: str, seeds: Sequence[int], found: Sequence[SeedPreview]) -> DeskPreview:
    counted = Counter[str]()
    for one in found:
        counted.update(one["done"]["competent"][desk])
    waits = [(one["waits"][team][desk]["longest"], seed, team) for seed, one in zip(seeds, found, strict=True) for team in TEAMS]
    longest, seed, team = max(waits, key=lambda wait: wait[0]["wall_s"])
    return {
        "commands": round(counted.total() / len(found), 1),
        "kinds": {kind: round(count / len(found), 1) for kind, count in counted.most_common()},
        "longest_wait_s": longest["wall_s"],
        "wait_from": longest["from"],
        "wait_to": longest["to"],
        "seed": seed,
        "team": team,
    }
