"""Work that is shared by processes, one to a core."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count
from typing import TypeVar

import django

S = TypeVar("S")
T = TypeVar("T")


def on_all_cores(tasks: Sequence[S], work: Callable[[S], T]) -> Iterator[T]:
    """What `work` makes of every task, in their order: a process a core, because most of a rehearsal is cards and not market."""
    workers = min(len(tasks), cpu_count() or 1)
    if workers == 1:
        yield from map(work, tasks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=django.setup) as pool:
        yield from pool.map(work, tasks)
