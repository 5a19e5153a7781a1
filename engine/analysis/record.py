"""The record beside the run: what `manage.py replay` prints, as one object."""

from typing import TypedDict

from engine.firm.gauges import MinuteRow, concentration, knight
from engine.firm.score import score
from engine.firm.simulation import Simulation
from engine.rules import RULES

# measure -> (what it is, the record's value, source). SEC: release 34-70694 by paragraph.
_HISTORY: tuple[tuple[str, str, float, str], ...] = (
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


class Record(TypedDict):
    """A run as it is printed."""

    scenario: str
    seed: int
    noise: int
    rules: int
    digest: str
    playbook: str
    wall_s: float
    cpu_s: float
    messages: int
    executions: int
    stale_servers: list[int]
    knight: dict[str, int]
    stocks_20_5: int
    stocks_50_10: int
    moved_30: int
    pauses: int
    emails_power_peg: int
    loss: dict[str, float]
    minute_path: list[MinuteRow]


class Measure(TypedDict):
    """One measure of a run beside history's; `deviation` is a fraction, None where history is 0."""

    key: str
    what: str
    history: float
    run: float
    deviation: float | None
    source: str


def record(sim: Simulation, *, playbook: str, wall_s: float, cpu_s: float) -> Record:
    """One object of a run: losses are positive dollars, marks are signed."""
    money, near = score(sim), concentration(sim)
    return {
        "scenario": sim.scenario.id,
        "seed": sim.seed,
        "noise": sim.noise,
        "rules": RULES,
        "digest": sim.digest(),
        "playbook": playbook,
        "wall_s": round(wall_s, 3),
        "cpu_s": round(cpu_s, 3),
        "messages": int(sim.machine.market["messages"].sum()),
        "executions": sim.executions,
        "stale_servers": list(sim.fault.servers),
        "knight": knight(sim),
        "stocks_20_5": near["stocks_20_5"],
        "stocks_50_10": near["stocks_50_10"],
        "moved_30": near["moved_30"],
        "pauses": int(sim.machine.market["pauses"].sum()),
        "emails_power_peg": len(sim.records.refusals),
        "loss": {
            "total": money["total"],
            "trading": money["trading"],
            "mid_mark": money["mid_mark"],
            "reverted": money["reverted"],
            "liquidation": money["liquidation"],
            "busts": money["busts"],
            "halting": money["halting"],
            "client_harm": money["client_harm"],
            "precautions": money["precautions"],
            "penalties": money["penalties"],
        },
        "minute_path": sim.gauges.path,
    }


def beside_history(found: Record) -> list[Measure]:
    """The run's measures beside the record's."""
    values: dict[str, float] = {
        **found["knight"],
        **found["loss"],
        "stocks_20_5": found["stocks_20_5"],
        "stocks_50_10": found["stocks_50_10"],
        "moved_30": found["moved_30"],
        "pauses": found["pauses"],
        "emails_power_peg": found["emails_power_peg"],
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
        for key, what, history, source in _HISTORY
    ]
