"""The record beside the run: what `manage.py replay` prints, as one object."""

from typing import Any

from engine.gauges import concentration, knight
from engine.replay import ENGINE_VERSION
from engine.score import score
from engine.simulation import Simulation

# measure -> (what it is, the record's value, source). SEC: release 34-70694 by paragraph.
HISTORY: tuple[tuple[str, str, float, str], ...] = (
    ("parents", "parent orders that met Power Peg", 212, "SEC 1, 17"),
    ("executions", "executions", 4.0e6, "SEC 1, 17 (over)"),
    ("shares", "shares", 397e6, "SEC 1, 17 (over)"),
    ("symbols", "stocks", 154, "SEC 1, 17"),
    ("long_symbols", "stocks net long", 80, "SEC 1, 17"),
    ("short_symbols", "stocks net short", 74, "SEC 1, 17"),
    ("long_usd", "net long, dollars", 3.50e9, "SEC 1, 17"),
    ("short_usd", "net short, dollars", 3.15e9, "SEC 1, 17"),
    ("stocks_20_5", "stocks over 20 % of volume that moved over 5 %", 75, "SEC 18"),
    ("stocks_50_10", "stocks over 50 % of volume that moved over 10 %", 37, "SEC 18"),
    ("moved_30", "stocks that moved 30 %", 6, "exchange notice, six busted"),
    ("pauses", "trading pauses", 6, "press (at least six)"),
    ("emails_power_peg", 'e-mails "Power Peg disabled"', 97, "SEC 19"),
    ("trading", "trading loss, dollars", 457.6e6, "Knight 10-Q"),
)


def record(sim: Simulation, *, playbook: str, wall_s: float, cpu_s: float) -> dict[str, Any]:
    """One object of a run: losses are positive dollars, marks are signed."""
    money = score(sim)
    return {
        "scenario": sim.scenario.id,
        "seed": sim.seed,
        "noise": sim.noise,
        "engine_version": ENGINE_VERSION,
        "digest": sim.digest(),
        "playbook": playbook,
        "wall_s": round(wall_s, 3),
        "cpu_s": round(cpu_s, 3),
        "messages": int(sim.machine.market["messages"].sum()),
        "executions": sim.executions,
        "stale_servers": [server.n for server in sim.fleet.servers if server.n == sim.stale and not sim.scenario.fleet.copies_arrive],
        "knight": knight(sim),
        **concentration(sim),
        "pauses": int(sim.machine.market["pauses"].sum()),
        "emails_power_peg": len(sim.refusals),
        "loss": {
            key: money[key]
            for key in ("total", "trading", "mid_mark", "reverted", "liquidation", "busts", "halting", "client_harm", "precautions", "penalties")
        },
        "minute_path": sim.gauges.path,
    }


def beside_history(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of measure, history, run, deviation (a fraction, None where history is 0) and source."""
    values = {
        **found["knight"],
        **found["loss"],
        **{key: found[key] for key in ("stocks_20_5", "stocks_50_10", "moved_30", "pauses", "emails_power_peg")},
    }
    return [
        {
            "key": key,
            "what": what,
            "history": history,
            "run": values[key],
            "deviation": values[key] / history - 1 if history else None,
            "source": source,
        }
        for key, what, history, source in HISTORY
    ]
