"""What some outsiders can see of a run and may tell: a clearing firm the true position, an exchange its sessions, an auditor the disks."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from engine.firm import brokers_today, order_facts, replays, week
from engine.firm.score import HC
from engine.market.measure import VOLUME
from engine.market.positions import marks
from engine.market.state import EXECUTIONS, SHARES
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

_LAST = 3  # refused orders named in one mail
BUSY_PER_S = 25.0  # executions; an ordinary opening brings about three, and three times as many orders about ten


def share_pct(sim: "Simulation") -> float:
    """The firm's part of the shares that traded in the last minute, percent."""
    total = sim.gauges.per_s(VOLUME)
    return 100 * sim.gauges.per_s(SHARES) / total if total > 0 else 0.0


def busy_sessions(sim: "Simulation") -> int:
    """Sessions on which more is executed than any ordinary morning brings."""
    return sum(sim.gauges.per_s(EXECUTIONS, server.n) > BUSY_PER_S for server in sim.fleet.servers)


def busiest_session(sim: "Simulation") -> tuple[int, int]:
    """(server, percent) of the session with most executions in the last minute; (0, 0) when there are none."""
    rates = [sim.gauges.per_s(EXECUTIONS, server.n) for server in sim.fleet.servers]
    total, most = sum(rates), max(rates)
    return (rates.index(most) + 1, round(100 * most / total)) if total > 0 else (0, 0)


def busiest_order(sim: "Simulation") -> tuple[int, str]:
    """(order, symbol) at work with most child orders; (0, "") when none is."""
    machine = sim.machine
    rows = np.arange(machine.parents.shape[1])
    sent = np.where(rows[None, :] < machine.parent_count[:, None], machine.parents["sent"], -1)
    s, i = (int(k) for k in np.unravel_index(int(sent.argmax()), sent.shape))
    return (replays.order_of(sim, int(machine.parents[s, i].id)), sim.names[s]) if sent[s, i] > 0 else (0, "")


def refused_share(sim: "Simulation") -> int:
    """Of how many orders that carried the flag one was refused; 0 where none was."""
    refused, flagged = len(sim.records.refusals), int(sim.machine.tally[0].flagged)
    return round(flagged / refused) if refused else 0


def refused_last(sim: "Simulation") -> list[list[int | str]]:
    """The last refused orders, by number and stock."""
    return [[order, sim.names[symbol]] for order, _, _, symbol in sim.records.refusals[-_LAST:]]


def hashes(sim: "Simulation") -> list[list[int | str]]:
    """[server, on disk, running] of every server: first digits of its checksums, "" where nothing runs."""
    found = [(server.n, *sim.fleet.hashes(server.n)) for server in sim.fleet.servers]
    return [[n, disk[:8], process[:8]] for n, disk, process in found]


def week_numbers(sim: "Simulation") -> Mapping[str, float]:
    """What the evenings have seen so far, as the tools and the calendar say it, by the names of `conditions.WEEK_NUMBERS`."""
    tonight = sim.calendar.evening_of(sim.now)
    begin = sim.now if tonight is None else sim.calendar.week + tonight * sim.calendar.evening_steps
    spans = [(row["from"], row["to"]) for row in sim.week.calendar if row["desk"] == "deployer"]
    spans += [(work.start, sim.now) for work in sim.works if work.desk == "deployer" and work.hands]
    recorded = [server.n for server in sim.fleet.servers if server.reported != sim.scenario.fleet.release[0].name]
    copying = [n for work in sim.works if work.kind == "release.copy" for n in work.args["servers"]]
    return {
        "recorded": len(recorded),
        "begun": len({*recorded, *copying}),
        "copies_tonight": 0 if tonight is None else sim.week.copies[tonight],
        "copies_left": week.copies_left(sim),
        "checked": len({found["server"] for found in sim.records.checksums}),
        "worked_min": sum(max(0, min(to, sim.now) - max(start, begin)) for start, to in spans) / STEPS_PER_MINUTE,
        "builds": sum(work.kind == "release.build" for work in sim.works),
        **{name: int(name in sim.week.facts) for name in ("reviewed", "automation", "audited", "brokers", "ramp")},
    }


def telling(sim: "Simulation") -> Mapping[str, Callable[[], object]]:
    """Placeholder -> what fills it now: dollars, percent, minutes, numbers of servers and orders; words are made of them by
    `evidence.telling`."""
    return {
        "gross": lambda: marks(sim.machine, sim.scenario).gross // HC,
        "long": lambda: marks(sim.machine, sim.scenario).long // HC,
        "short": lambda: marks(sim.machine, sim.scenario).short // HC,
        "share": lambda: round(share_pct(sim), 1),
        "busy_sessions": lambda: busy_sessions(sim),
        "session": lambda: busiest_session(sim)[0],
        "session_share": lambda: busiest_session(sim)[1],
        **brokers_today.told_of_brokers(sim),
        **order_facts.words_of_orders(sim),
        "act_place": lambda: sim.second_act.place,
        "order": lambda: busiest_order(sim)[0],
        "order_symbol": lambda: busiest_order(sim)[1],
        "refused": lambda: len(sim.records.refusals),
        "refused_share": lambda: refused_share(sim),
        "refused_last": lambda: refused_last(sim),
        "recorded": lambda: int(week_numbers(sim)["recorded"]),
        "missing": lambda: len(sim.fleet.servers) - int(week_numbers(sim)["begun"]),
        "copies_left": lambda: week.copies_left(sim),
        "copies_tonight": lambda: int(week_numbers(sim)["copies_tonight"]),
        "checked": lambda: int(week_numbers(sim)["checked"]),
        "listed": lambda: len(week.inventory(sim)),
        "worked": lambda: round(week_numbers(sim)["worked_min"]),
        "hotfixed_servers": lambda: [server.n for server in sim.fleet.servers if server.agreed],
        "hotfix_hash": lambda: sim.scenario.fleet.hotfix.hash[:8] if sim.scenario.fleet.hotfix else "none",
        "hashes": lambda: hashes(sim),
    }
