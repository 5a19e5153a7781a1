"""The deployer's cards: releases as the copy tool reported them, checksums asked for; no rates, no positions, no money."""

from typing import Any

from engine.commands import LEVERS
from engine.fleet import Fleet
from engine.market_time import told
from engine.sight_parts import alerts_card, clock_card, inbox_card, kept, levers_card, work_card
from engine.sight_team import team_cards
from engine.sight_week import week_cards
from engine.simulation import Simulation

LINES = 60  # of the terminal
NAMES = {"rlp": "RLP", "power_peg": "Power Peg"}  # behaviours that have a name of their own
FLAG_KINDS = ("flag.clear", "flag.set")


def _work_on(sim: Simulation, n: int) -> dict[str, Any] | None:
    """What this desk is doing to a server."""
    for work in sim.works:
        if "deployer" in (work.desk, *work.hands) and (work.args.get("server") == n or n in work.args.get("servers", ())):
            return {"kind": work.kind, "label": LEVERS[work.kind].label, "left_s": sim.left_s(work)}
    return None


def _compared(fleet: Fleet, at: str, disk: str, process: str) -> dict[str, Any]:
    """Two hashes, and the releases they belong to ("" where there is none)."""
    names = {release.hash: name for name, release in fleet.releases.items()}
    return {
        "at": at,
        "disk": disk,
        "process": process,
        "disk_release": names.get(disk, ""),
        "process_release": names.get(process, ""),
        "same": disk == process,
    }


def fleet_card(sim: Simulation, help_level: str) -> dict[str, Any]:
    """Every server as the copy tool recorded it, and the last checksum asked for; with help, the truth as it is now."""
    fleet, truth = sim.fleet, help_level != "2012"
    last: dict[int, dict[str, Any]] = {} if truth else {found["server"]: found for found in sim.checksums}
    rows = []
    for server in fleet.servers:
        n, checksum = server.n, None
        if truth:
            checksum = _compared(fleet, "now", *fleet.hashes(n))
        elif n in last:
            checksum = _compared(fleet, told(last[n]["step"], sim.now), last[n]["disk"], last[n]["process"])
        copied_at = "" if server.reported_at is None else told(server.reported_at, sim.now)
        rows.append(
            {
                "n": n,
                "name": fleet.label(n),
                "recorded": server.reported,
                "copied_at": copied_at,
                "work": _work_on(sim, n),
                "checksum": checksum,
            }
        )
    return {"target": fleet.target, "truth": truth, "servers": rows}


def releases_card(sim: Simulation) -> dict[str, Any]:
    """The releases there are, what they do with an order by its flag, and the diffs between them. Never changes."""
    scenario = sim.scenario

    def make() -> dict[str, Any]:
        releases = [
            {
                "name": release.name,
                "built": release.built,
                "hash": release.hash,
                "note": scenario.releases.note_of(release.name),
                "flag_clear": NAMES.get(release.flag_clear, release.flag_clear),
                "flag_set": NAMES.get(release.flag_set, release.flag_set),
            }
            for release in scenario.fleet.release
        ]
        diffs = scenario.releases.diff
        shown = [{"id": diff.id, "title": diff.title, "lines": [{"sign": sign, "text": text} for sign, text in diff.lines]} for diff in diffs]
        return {"releases": releases, "diffs": shown}

    return kept(sim, "releases", 0, make)


def changes_card(sim: Simulation) -> dict[str, Any]:
    """The change calendar of the week. Never changes."""
    return kept(sim, "changes", 0, lambda: {"rows": [change.model_dump() for change in sim.scenario.releases.change]})


def terminal_card(sim: Simulation) -> dict[str, Any]:
    """What the deployer's tools printed, oldest first."""
    return {"lines": [{"at": told(line["step"], sim.now), "text": line["text"]} for line in sim.terminal[-LINES:]]}


def flag_card(sim: Simulation) -> dict[str, Any]:
    """Whether orders carry the flag upstream, as upstream said, and what it was asked for."""
    asked = next((work for work in sim.works if work.kind in FLAG_KINDS), None)
    doing = asked and {"label": LEVERS[asked.kind].label, "left_s": sim.left_s(asked)}
    return {"set": bool(sim.machine.controls[0].flag_off == 0), "work": doing}


def deployer(sim: Simulation, help_level: str) -> dict[str, Any]:
    """All cards of the deployer."""
    return {
        "clock": clock_card(sim),
        "fleet": fleet_card(sim, help_level),
        "releases": releases_card(sim),
        "changes": changes_card(sim),
        "terminal": terminal_card(sim),
        "flag": flag_card(sim),
        "inbox": inbox_card(sim, "deployer"),
        "alerts": alerts_card(sim, "deployer"),
        "work": work_card(sim, "deployer"),
        "levers": levers_card(sim, "deployer"),
        **week_cards(sim, "deployer"),
        **team_cards(sim, "deployer", help_level),
    }
