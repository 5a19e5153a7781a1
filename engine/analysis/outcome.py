"""What came of a run, as one number that another program could reckon too: it names no attribute of ours.

The state digest (`Simulation.digest`) is over every array and every thing remembered, by name: it guards a checkpoint, and moves with any
tidying. The outcome digest is over what people were told and what was traded, and moves only when a run comes out otherwise.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.events import Event
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def canonical(content: object) -> str:
    """JSON with sorted keys, no spaces and no number that is none."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def outcome_digest(
    events: Iterable[Event | Mapping[str, object]], score: Mapping[str, object], curve: Sequence[Sequence[int]], executions: str
) -> str:
    """SHA-256 of an outcome, 64 hex characters. `events`: in order, as they are or as Event.to_dict gives them; `score`: as engine.firm.score
    gives it; `curve`: [step, whole dollars] a minute, as `step_to` makes it; `executions`: see `executed`."""
    sha = hashlib.sha256()
    for one in events:
        row = one.to_dict() if isinstance(one, Event) else one
        text = canonical([row["step"], row["kind"], row["audience"], row["data"]])
        if '"say":' in text:
            text = canonical([row["step"], row["kind"], row["audience"], _wordless(row["data"])])
        sha.update(f"{text}\n".encode())
    sha.update(f"{canonical(score)}\n{canonical(curve)}\n{executions}\n".encode())
    return sha.hexdigest()


def _wordless(content: Any) -> Any:
    """The same, with what fills the code's own sentences in their place: how they are worded is no outcome."""
    if isinstance(content, dict):
        if content.keys() == {"say", "values"}:
            content = content["values"]
        return {name: _wordless(value) for name, value in content.items()}
    return [_wordless(one) for one in content] if isinstance(content, list) else content


def executed(sim: "Simulation") -> str:
    """SHA-256 over all executions by minute and stock, 64 hex characters.

    A line a stock, by symbol: shares that traded and last sale in hundredths of a cent for every minute of the continuous session that is
    over, then what has traded and the last sale now, then shares bought and sold, their value and the number of executions of clients, of
    the errors and of the firm's own trades. What it is made of is kept by the simulation in any case, so that keeping it costs nothing.
    """
    machine, gauges, names, opens = sim.machine, sim.gauges, sim.names, sim.calendar.open
    minutes = max(0, min(sim.now, sim.calendar.close) - opens) // STEPS_PER_MINUTE + (sim.now >= opens)
    ticks = machine.symbols["tick_hc"].astype(np.int64)
    closes, last = gauges.closes[:, :minutes] * ticks[:, None], machine.market["last"] * ticks
    sha = hashlib.sha256()
    for s in sorted(range(len(names)), key=lambda s: names[s]):
        by_minute = np.stack([gauges.traded[s, :minutes], closes[s]], axis=1).tolist()
        ours = [array[s].tolist() for array in (machine.bought, machine.sold, machine.traded, machine.fills)]
        now = [int(machine.market["volume"][s]), int(last[s])]
        sha.update(f"{canonical([names[s], by_minute, now, ours])}\n".encode())
    sha.update(f"{sim.executions}\n".encode())
    return sha.hexdigest()
