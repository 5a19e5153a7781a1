"""The deployer's cards: releases as the copy tool reported them, checksums asked for; no rates, no positions, no money."""

from typing import Any

from engine.arguments import Json, SaidText, msgid, phrase
from engine.firm import week
from engine.firm.clients import flag_percent
from engine.firm.fleet import Fleet
from engine.firm.simulation import Simulation
from engine.market_time import MONTHS, STEPS_PER_MINUTE, Calendar
from engine.scenario.parts import Release
from engine.scenario.release_texts import Ticket, change_id, diff_text, release_text, ticket_id
from engine.scenario.versions import READ, Versions, version_text
from engine.sights import cards
from engine.sights.parts import alerts_card, bell_card, clock_card, inbox_card, kept, levers_card, work_card
from engine.sights.team import team_cards
from engine.sights.week import week_cards

_LINES = 60  # of the terminal
BUILT_ON = ("07-27", "07-30", "07-31")


def _work_on(sim: Simulation, n: int) -> cards.Doing | None:
    """What this desk is doing to a server."""
    for work in sim.works:
        if "deployer" in (work.desk, *work.hands) and (work.args.get("server") == n or n in work.args.get("servers", ())):
            return {"kind": work.kind, "label": sim.scenario.kinds[work.kind].named(sim.scenario), "left_s": work.left_s(sim.now)}
    return None


def _compared(fleet: Fleet, at: str, disk: str, process: str) -> cards.Checksum:
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


def _held(versions: Versions, found: str) -> cards.OneVersion:
    """The version with a hash, beside the recorded one."""
    version = versions.of_hash(found)
    lines: list[cards.DiffLine] = [{"sign": sign, "text": text} for sign, text in versions.right.changes(version)]
    return {"name": version.name, "dated": version.dated, "hash": found, "right": version == versions.right, "lines": lines}


def _comparisons(sim: Simulation) -> dict[tuple[str, int], cards.Comparison]:
    """What was found when config and reference data were last compared: by kind and server, those that nobody compared left out."""
    rows = sim.records.comparisons

    def made(row: dict[str, Any]) -> cards.Comparison:
        versions, loaded = sim.fleet.versions[row["what"]], row["loaded"]
        at = sim.calendar.told(row["step"], sim.now)
        return {"at": at, "disk": _held(versions, row["disk"]), "loaded": _held(versions, loaded) if loaded else None}

    def make() -> dict[tuple[str, int], cards.Comparison]:
        return {key: made(row) for key, row in {(row["what"], row["server"]): row for row in rows}.items()}

    return kept(sim, "comparisons", (len(rows), sim.calendar.date(sim.now)), make)


def _said(text: str, **values: Json) -> SaidText:
    return {"text": text, "values": values}


def _recorded(what: str, versions: Versions) -> cards.Recorded:
    right = versions.right
    return {"name": right.name, "dated": right.dated, "hash": right.hash, "note": _said(version_text(what, right.name))}


def fleet_card(sim: Simulation) -> cards.Fleet:
    """Every server as the copy tool recorded it, and the last checksum and comparisons asked for: help never shows what nobody asked for."""
    fleet, compared = sim.fleet, _comparisons(sim)
    last = {found["server"]: found for found in sim.records.checksums}
    rows: list[cards.Host] = []
    for server in fleet.servers:
        n, checksum = server.n, None
        if n in last:
            checksum = _compared(fleet, sim.calendar.told(last[n]["step"], sim.now), last[n]["disk"], last[n]["process"])
        copied_at = "" if server.reported_at is None else sim.calendar.told(server.reported_at, sim.now)
        rows.append(
            {
                "n": n,
                "name": fleet.label(n),
                "recorded": server.reported,
                "copied_at": copied_at,
                "work": _work_on(sim, n),
                "checksum": checksum,
                "config": compared.get(("config", n)),
                "data": compared.get(("data", n)),
            }
        )
    config, data = (_recorded(what, fleet.versions[what]) for what in READ)
    return {"target": fleet.target, "config": config, "data": data, "servers": rows}


def releases_card(sim: Simulation) -> cards.Releases:
    """The releases there are, what they do with an order by its flag, and the diffs between them: those that were built."""
    scenario = sim.scenario
    there: list[Release] = [
        release
        for release in scenario.fleet.release
        if release.build is None or release.name in sim.safeguards.built
    ]
    hotfix = scenario.fleet.hotfix
    if hotfix and any(server.agreed for server in sim.fleet.servers):
        there.append(hotfix)
    names = [release.name for release in there]

    def made_on(release: Release) -> str:
        day = 0 if release.name not in sim.week.facts else (sim.calendar.evening_of(sim.week.facts[release.name]) or 0)
        return f"{release.built[:4]}-{BUILT_ON[day]}" if release.build is not None else release.built

    def make() -> cards.Releases:
        releases: list[cards.Release] = [
            {
                "name": release.name,
                "built": made_on(release),
                "hash": release.hash,
                "note": _said(release_text(release.name)),
                "flag_clear": scenario.told.does(release.flag_clear),
                "flag_set": scenario.told.does(release.flag_set),
            }
            for release in there
        ]
        diffs = [diff for diff in scenario.releases.diff if diff.release is None or diff.release in names]
        shown: list[cards.Diff] = [
            {"id": diff.id, "title": _said(diff_text(diff.id)), "lines": [{"sign": sign, "text": text} for sign, text in diff.lines]}
            for diff in diffs
        ]
        to_build = [
            release.name
            for release in scenario.fleet.release
            if release.build is not None and release.name not in sim.safeguards.built
        ]
        return {"releases": releases, "diffs": shown, "to_build": to_build}

    return kept(sim, "releases", names, make)


def _day(calendar: Calendar, when: str) -> tuple[int, str]:
    """A moment of the change calendar as something to compare: "27 Jul 18:22" is before "01 Aug 08:00"; a later month is of last year."""
    day, month, clock = when.split()
    number = MONTHS.index(month) + 1
    return (number if number <= calendar.today.month else number - 12) * 31 + int(day), clock


_OWN = {  # what became of the desk's own work
    "planned": msgid("planned"),
    "under way": msgid("under way"),
    "done": msgid("done"),
    "cut off": msgid("cut off"),
    "abandoned": msgid("abandoned"),
}


def _change(change: Ticket, name: str, **values: Json) -> cards.Change:
    """An entry as the scenario has it, by what its texts' ids begin with."""
    return {"when": change.when, "title": _said(f"{name}.title", **values), "who": _said(f"{name}.who"), "state": _said(f"{name}.state")}


def _tickets(sim: Simulation) -> list[cards.Change]:
    """The changes by which a server has a version or a build of its own on purpose."""
    found: list[cards.Change] = []
    for server in sim.fleet.servers:
        agreed = [(what, server.reads(what).agreed) for what in READ]
        tickets = [(ticket_id(what, name), sim.fleet.versions[what][name].ticket) for what, name in agreed if name]
        if server.agreed and (hotfix := sim.scenario.fleet.hotfix):
            tickets.append((ticket_id("release", hotfix.name), hotfix.ticket))
        for name, ticket in tickets:
            if ticket:
                names = sim.scenario.wording(f"{name}.title").names
                found.append(_change(ticket, name, **{value: sim.fleet.label(server.n) for value in names}))
    return found


def changes_card(sim: Simulation) -> cards.Changes:
    """The change calendar of the week, with what was changed on one server alone. A team that plays the week itself finds what is to come
    planned, and its own work in it."""
    calendar, tickets, changes = sim.calendar, _tickets(sim), sim.scenario.releases.change
    rows = [_change(change, change_id(number)) for number, change in enumerate(changes)]
    if sim.start == 0 and sim.scenario.fleet.deployed:
        return kept(sim, "changes", tickets, lambda: cards.Changes(rows=sorted(rows + tickets, key=lambda row: _day(calendar, row["when"]))))

    def make() -> cards.Changes:
        now = _day(calendar, f"{calendar.date(sim.now)[4:]} {calendar.hm(sim.now)}")
        who = phrase("{Seat}", Seat=sim.scenario.told.called("deployer"))
        others = [row for row, change in zip(rows, changes, strict=True) if not change.history] + tickets
        shown: list[cards.Change] = [
            row if _day(calendar, row["when"]) <= now else {**row, "state": phrase(_OWN["planned"])} for row in others
        ]
        for work in sim.week.calendar:
            if work["desk"] == "deployer":
                when, label = f"{calendar.date(work['from'])[4:]} {calendar.hm(work['from'])}", sim.scenario.kinds[work["kind"]].named(sim.scenario)
                shown.append({"when": when, "title": label, "who": who, "state": phrase(_OWN[work["state"]])})
        return {"rows": sorted(shown, key=lambda row: _day(calendar, row["when"]))}

    return kept(sim, "changes", (sim.now // STEPS_PER_MINUTE, len(sim.week.calendar), tickets), make)


def inventory_card(sim: Simulation) -> cards.Inventory:
    """The hosts that the automation knows, once somebody has written or audited the list."""
    known = "automation" in sim.week.facts or "audited" in sim.week.facts
    hosts = [sim.fleet.label(n) for n in week.inventory(sim)] if known else []
    return {"written": "automation" in sim.week.facts, "audited": "audited" in sim.week.facts, "hosts": hosts}


def terminal_card(sim: Simulation) -> cards.Terminal:
    """What the deployer's tools printed, oldest first."""
    told = sim.calendar.told
    return {"lines": [{"at": told(line["step"], sim.now), "text": line["text"]} for line in sim.records.terminal[-_LINES:]]}


def flag_card(sim: Simulation) -> cards.Flag:
    """Whether orders carry the flag upstream, as upstream said, and what it was asked for."""
    asked = next((work for work in sim.works if sim.scenario.kinds[work.kind].changes_flag), None)
    doing: cards.FlagWork | None = None
    if asked is not None:
        doing = {"label": sim.scenario.kinds[asked.kind].named(sim.scenario), "left_s": asked.left_s(sim.now)}
    return {"set": bool(sim.machine.controls[0].flag_off == 0), "percent": flag_percent(sim.machine), "flag": sim.fleet.flag, "work": doing}


def deployer(sim: Simulation, help_level: str) -> cards.DeployerCards:
    """All cards of the deployer."""
    return {
        "clock": clock_card(sim),
        "bell": bell_card(sim),
        "fleet": fleet_card(sim),
        "releases": releases_card(sim),
        "changes": changes_card(sim),
        "inventory": inventory_card(sim),
        "terminal": terminal_card(sim),
        "flag": flag_card(sim),
        "inbox": inbox_card(sim, "deployer"),
        "alerts": alerts_card(sim, "deployer"),
        "work": work_card(sim, "deployer"),
        "levers": levers_card(sim, "deployer"),
        **week_cards(sim, "deployer"),
        **team_cards(sim, "deployer", help_level),
    }
