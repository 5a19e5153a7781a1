"""The log is the save: scenario, seed, rules and ordered commands make a simulation again.

A checkpoint is only a cache of that: arrays and memory, compressed, with the number of their layout and a digest; one that does not match
is thrown away by its reader.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import zstandard

from engine.analysis.curve import step_to
from engine.commands import Command
from engine.firm.bridge import Aside
from engine.firm.simulation import Simulation
from engine.market.state import FIXED
from engine.market_time import STEPS_PER_MINUTE
from engine.moment import Moment
from engine.scenario.scenario import Scenario

LAYOUT = 10  # of a checkpoint: raised by hand when what `save` writes gets another name, place or shape
WORD, DIGEST = 8, 32  # bytes
_Answer = TypeVar("_Answer")
PROGRESS_STEPS = 5 * STEPS_PER_MINUTE


class CheckpointError(ValueError):
    """A checkpoint cannot be used: the message says why."""


def save(sim: Simulation) -> bytes:
    """Checkpoint of a simulation, compressed. Of 9.5 MB of arrays most is empty: only words that are not 0 are written, each with how many
    were since the one before.
    """
    arrays = _changing(sim)
    words = _room(arrays)
    np.concatenate([array.view(np.uint8).reshape(-1) for array in arrays.values()], out=words.view(np.uint8)[: _size(arrays)])
    _turn(arrays, words)
    used = np.flatnonzero(words)
    head = {
        "layout": LAYOUT,
        "scenario": sim.scenario.sha256,
        "seed": sim.seed,
        "noise": sim.noise,
        "start": sim.start,
        "instant": sim.instant,
        **_memory(sim),
        "arrays": [[name, array.nbytes] for name, array in arrays.items()],
        "used": used.size,
    }
    text = json.dumps(head).encode()
    gaps = np.diff(used, prepend=0).astype(np.uint32)
    # With zlib this was four fifths of a checkpoint, and the checkpoints an eighth of a worker.
    body = zstandard.compress(len(text).to_bytes(8, "big") + text + gaps.tobytes() + words[used].tobytes(), 1)
    return hashlib.sha256(body).digest() + body


def restore(scenario: Scenario, blob: bytes, *, threads: int = 1, into: Simulation | None = None) -> Simulation:
    """Simulation of a checkpoint; `into`: one of the same market that is no longer wanted and becomes it, in half the time.

    Raises CheckpointError when layout, scenario or digest do not match; `into` is then of no use any more.
    """
    if hashlib.sha256(blob[DIGEST:]).digest() != blob[:DIGEST]:
        raise CheckpointError("not a checkpoint: its digest does not match its content")
    try:
        raw = zstandard.decompress(blob[DIGEST:])
        length = int.from_bytes(raw[:8], "big")
        head = json.loads(raw[8 : 8 + length])
        if not isinstance(head, dict):
            raise ValueError("its head is no object")
    except (zstandard.ZstdError, ValueError) as error:
        raise CheckpointError(f"not a checkpoint: {error}") from None
    for key, expected in (("layout", LAYOUT), ("scenario", scenario.sha256)):
        if head.get(key) != expected:
            raise CheckpointError(f"{key} is {head.get(key)}: expected {expected}")
    try:
        return _filled(scenario, head, raw[8 + length :], threads, into)
    except (LookupError, TypeError, ValueError, AttributeError) as problem:  # its layout moved, and its number was not raised
        raise CheckpointError(f"not of this layout, though its number is {LAYOUT}: {type(problem).__name__}: {problem}") from None


def _filled(scenario: Scenario, head: dict[str, Any], content: bytes, threads: int, into: Simulation | None) -> Simulation:
    """The simulation of a checkpoint's parts."""
    market = {key: head[key] for key in ("noise", "start", "instant")}
    sim = into or Simulation(scenario, head["seed"], threads=threads, **market)
    assert (sim.scenario, sim.seed, {key: getattr(sim, key) for key in market}) == (scenario, head["seed"], market), "of another market"
    arrays = _changing(sim)
    if [[name, array.nbytes] for name, array in arrays.items()] != head["arrays"]:
        raise ValueError("its arrays are others")
    gaps = np.frombuffer(content, dtype=np.uint32, count=head["used"])
    words = _room(arrays)
    words[np.cumsum(gaps, dtype=np.int64)] = np.frombuffer(content, dtype=np.uint64, offset=gaps.nbytes)
    _turn(arrays, words)
    kept, at = words.view(np.uint8), 0
    for array in arrays.values():
        array.view(np.uint8).reshape(-1)[...] = kept[at : at + array.nbytes]
        at += array.nbytes
    _remember(sim, head)
    sim.events.clear()
    return sim


def _memory(sim: Simulation) -> dict[str, Any]:
    """What is no array."""
    return {"memory": sim.memory(), "aside": sim.aside.to_dict(), "taken": sim.taken}


def _remember(sim: Simulation, memory: Mapping[str, Any]) -> None:
    """Take back what `_memory` gave, once it has been JSON."""
    sim.remember(memory["memory"])
    sim.aside = Aside(**memory["aside"])
    sim.taken = Moment(*memory["taken"])
    sim.kept.clear()  # what sights made of another moment


def ahead(sim: Simulation, steps: int, asked: Callable[[Simulation], _Answer]) -> _Answer:
    """What is asked of a simulation as it would be so many steps on. It stays where it is, and there is no second one; one that keeps a tape
    would have them on it."""
    arrays = {name: array.copy() for name, array in _changing(sim).items()}
    memory, events = json.dumps(_memory(sim)), sim.take_events()
    sim.step(steps)
    answer = asked(sim)
    for name, array in _changing(sim).items():
        array[...] = arrays[name]
    _remember(sim, json.loads(memory))
    sim.events = events
    return answer


def _size(arrays: Mapping[str, npt.NDArray[Any]]) -> int:
    return sum(array.nbytes for array in arrays.values())


def _room(arrays: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.uint64]:
    """Room for all of them behind each other."""
    return np.zeros(-(-_size(arrays) // WORD), dtype=np.uint64)


def _turn(arrays: Mapping[str, npt.NDArray[Any]], words: npt.NDArray[np.uint64]) -> None:
    """Turn head and tail of every level over: of an empty one both are -1, the first word of its two, and 0 like all that is empty then."""
    before = 0
    for name, array in arrays.items():
        if name == "levels":
            first = slice(before // WORD, (before + array.nbytes) // WORD, 2)
            words[first] = ~words[first]
        before += array.nbytes


def _changing(sim: Simulation) -> dict[str, npt.NDArray[np.generic]]:
    machine = {name: array for name, array in zip(sim.machine._fields, sim.machine, strict=True) if name not in FIXED}
    return {**machine, **sim.arrays()}


def replay(
    scenario: Scenario,
    seed: int,
    commands: Iterable[Command],
    until: Moment,
    *,
    noise: int | None = None,
    start: int = 0,
    instant: bool = False,
    threads: int = 1,
    tape: bool = False,
    checkpoint: bytes | None = None,
    progress: Callable[[int], None] | None = None,
    curve: list[list[int]] | None = None,
) -> Simulation:
    """Run a log up to the moment `until`; with a checkpoint only what came after its moment is run. `progress` hears of steps reached,
    `curve` gets the loss of every full minute, see `step_to`."""
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
    play_on(sim, in_order(commands), until, progress, curve)
    return sim


def in_order(commands: Iterable[Command]) -> list[Command]:
    """A log as it was given."""
    return sorted(commands, key=lambda command: (command.step, command.seq))


def play_on(
    sim: Simulation,
    ordered: Sequence[Command],
    until: Moment,
    progress: Callable[[int], None] | None = None,
    curve: list[list[int]] | None = None,
) -> None:
    """Go on to the moment `until`, giving what the log has from the simulation's own moment up to there."""

    close = sim.calendar.close

    def go(to: int) -> None:
        while sim.now < to and not sim.ended:
            stop = close if sim.now < close < to else to  # from there the clock jumps: what is left of a stretch would be too much
            target = min(stop, sim.now + PROGRESS_STEPS)
            if curve is None:
                sim.step(target - sim.now)
            else:
                step_to(sim, target, curve)
            if progress:
                progress(sim.now)

    since = max(sim.taken, Moment(sim.now, 0))
    for place in range(bisect_right(ordered, since, key=Moment.of), len(ordered)):
        command = ordered[place]
        if not until.takes(command):
            break
        go(command.step)
        sim.submit(command)
    go(until.step)
