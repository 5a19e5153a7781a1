"""The log is the save: scenario, seed, engine version and ordered commands make a simulation again.

A checkpoint is only a cache of that: arrays and memory, compressed, with version and digest; one that does not match is
thrown away by its reader.
"""

import io
import json
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from engine.commands import Command
from engine.jit import SOURCE
from engine.market_time import CLOSE, END
from engine.scenario import Scenario
from engine.simulation import Simulation
from engine.state import FIXED

ENGINE_VERSION = f"1.0+{SOURCE[:12]}"
PROGRESS_STEPS = 1200


class CheckpointError(ValueError):
    """A checkpoint cannot be used: the message says why."""


def save(sim: Simulation) -> bytes:
    """Checkpoint of a simulation, compressed."""
    buffer = io.BytesIO()
    arrays = {name: array.view(np.uint8) for name, array in _changing(sim).items()}
    np.savez(buffer, **arrays)
    head = {
        "version": ENGINE_VERSION,
        "scenario": sim.scenario.sha256,
        "seed": sim.seed,
        "noise": sim.noise,
        "start": sim.start,
        "instant": sim.instant,
        "digest": sim.digest(),
        "memory": sim.memory(),
        "aside": sim.aside(),
    }
    text = json.dumps(head).encode()
    return zlib.compress(len(text).to_bytes(8, "big") + text + buffer.getvalue(), 1)


def restore(scenario: Scenario, blob: bytes, *, threads: int = 1, into: Simulation | None = None) -> Simulation:
    """Simulation of a checkpoint; `into`: one of the same market that is no longer wanted and becomes it, in half the time.

    Raises CheckpointError when version, scenario or digest do not match.
    """
    try:
        raw = zlib.decompress(blob)
        length = int.from_bytes(raw[:8], "big")
        head = json.loads(raw[8 : 8 + length])
        arrays = np.load(io.BytesIO(raw[8 + length :]), allow_pickle=False)
    except (zlib.error, ValueError, KeyError, EOFError, OSError) as error:
        raise CheckpointError(f"not a checkpoint: {error}") from None
    for key, expected in (("version", ENGINE_VERSION), ("scenario", scenario.sha256)):
        if head[key] != expected:
            raise CheckpointError(f"{key} is {head[key]}: expected {expected}")
    market = {key: head[key] for key in ("noise", "start", "instant")}
    sim = into or Simulation(scenario, head["seed"], threads=threads, **market)
    assert (sim.scenario, sim.seed, {key: getattr(sim, key) for key in market}) == (scenario, head["seed"], market), "of another market"
    for name, array in _changing(sim).items():
        array.view(np.uint8)[...] = arrays[name]
    sim.remember(head["memory"])
    sim.recall_aside(head["aside"])
    sim.events.clear()
    sim.kept.clear()  # what sights made of another moment
    if sim.digest() != head["digest"]:
        raise CheckpointError("digest does not match the content")
    return sim


def _changing(sim: Simulation) -> dict[str, Any]:
    machine = {name: array for name, array in zip(sim.machine._fields, sim.machine, strict=True) if name not in FIXED}
    return {**machine, **sim.arrays()}


def replay(
    scenario: Scenario,
    seed: int,
    commands: Iterable[Command],
    until: int = END,
    *,
    noise: int | None = None,
    start: int = 0,
    instant: bool = False,
    threads: int = 1,
    tape: bool = False,
    checkpoint: bytes | None = None,
    progress: Callable[[int], None] | None = None,
) -> Simulation:
    """Run a log up to step `until`; with a checkpoint only what came at or after it is run. `progress` hears of steps reached."""
    if checkpoint is None:
        sim = Simulation(scenario, seed, noise=noise, start=start, instant=instant, threads=threads, tape=tape)
    else:
        sim = restore(scenario, checkpoint, threads=threads)
        for what, found, expected in (
            ("seed", sim.seed, seed),
            ("noise", sim.noise, seed if noise is None else noise),
            ("start", sim.start, start),
            ("instant", sim.instant, instant),
        ):
            if found != expected:
                raise CheckpointError(f"{what} is {found}: expected {expected}")
    play_on(sim, in_order(commands), until, progress)
    return sim


def in_order(commands: Iterable[Command]) -> list[Command]:
    """A log as it was given."""
    return sorted(commands, key=lambda command: (command.step, command.seq))


def play_on(sim: Simulation, ordered: Sequence[Command], until: int, progress: Callable[[int], None] | None = None) -> None:
    """Go on to step `until`, giving what the log has from where the simulation is up to there (at `until` itself nothing yet)."""

    def go(to: int) -> None:
        while sim.now < to and not sim.ended:
            stop = CLOSE if sim.now < CLOSE < to else to  # from there the clock jumps: what is left of a stretch would be too much
            sim.step(min(stop - sim.now, PROGRESS_STEPS))
            if progress:
                progress(sim.now)

    for place in range(bisect_left(ordered, sim.now, key=lambda command: command.step), len(ordered)):
        command = ordered[place]
        if command.step >= until:
            break
        go(command.step)
        sim.submit(command)
    go(until)
