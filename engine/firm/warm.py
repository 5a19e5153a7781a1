"""Compile every kernel into the cache, before anybody waits for one."""

from collections.abc import Callable

from engine.commands import Command
from engine.firm.simulation import Simulation
from engine.firm.trading_day import flatten_positions
from engine.jit import all_compiled
from engine.scenario.scenario import load_scenario

PARTS = ("router and books", "flattening", "gross cap")


def warm(progress: Callable[[str], None] | None = None, scenario_id: str = "knight-2012") -> None:
    """Run a few steps of every kind, none of which needs an open market; `progress` hears what is being compiled. Takes seconds once, then
    milliseconds.
    """
    say = progress or (lambda part: None)
    say(PARTS[0])
    sim = Simulation(load_scenario(scenario_id), 0, instant=True)
    sim.step(20)
    say(PARTS[1])
    flatten_positions(sim, list(sim.names), "passive")
    sim.submit(Command(1, sim.now, "operator", "server.stop", {"server": 1}))
    say(PARTS[2])
    sim.submit(Command(2, sim.now, "risk", "limit.set", {"gross_usd": 1_000_000}))
    sim.step(20)
    all_compiled()
