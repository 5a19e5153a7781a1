"""Fifty logs and everything that is shown of them: what a change that is to change nothing is held against.

`python -m tests.bench corpus --make FOLDER` plays the logs and writes each with its outcome digest and its text: every desk's cards at some
twenty moments, the events, what is told afterwards, and of a few logs the pages. `python -m tests.bench corpus FOLDER` plays the logs of the
folder again and says for each that differs where first. `--sample 8` takes the first eight. FOLDER is one of the temporary folder unless
it is named; where there is none, the logs are played by their players and held against the digests of `tests/bench/corpus.json`, which
`--make` writes: they tell that something differs, and not what.
"""

import gzip
import hashlib
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import engine
from tests.bench.corpus.logs import PLAYS, played
from tests.bench.corpus.looks import shown
from tests.bench.corpus.text import canonical, comparable, first_difference

DIGESTS = Path(__file__).parent.with_name("corpus.json")
FOLDER = Path(tempfile.gettempdir()) / "opening-bell-corpus"
WORKERS = 2
CUT = 300  # letters of what stood there and of what stands there now


class Entry(NamedTuple):
    """A log with what came of it and what was shown."""

    log: dict[str, Any]
    outcome: str
    lines: dict[str, str]

    @property
    def digests(self) -> list[str]:
        """Of the log, of its outcome and of its text."""
        return [_sha(canonical(self.log)), self.outcome, _sha(canonical(self.lines))]


def run(args: Any) -> dict[str, Any]:
    """Make or compare; `failures`: log -> the first line that differs."""
    began, folder = time.monotonic(), Path(args.folder or FOLDER)
    names = list(PLAYS)[: args.sample]
    found: dict[str, Any] = {"logs": len(names), "folder": str(folder)}
    engine.warm()  # compiled once here, and not by both at the same time
    if args.make:
        folder.mkdir(parents=True, exist_ok=True)
        made = _all(partial(_make, folder), names)
        changed = sorted(name for name in names if _committed().get(name) != made[name][0])
        if len(names) == len(PLAYS):
            DIGESTS.write_text("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(made[name][0])}" for name in names) + "\n}\n", encoding="utf-8")
        found |= {"other_digests": ", ".join(changed) or "none", "mb": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1)}
    else:
        whole = path_of(folder, names[0]).exists()
        made = _all(partial(_compare, folder) if whole else _held_against_digests, names)
        found |= {"against": "the folder" if whole else DIGESTS.name, "failures": {name: made[name][0] for name in names if made[name][0]}}
        found["differing"] = len(found["failures"])
    return found | {"wall_s": round(time.monotonic() - began, 1), "cpu_s": round(sum(cpu for _, cpu in made.values()), 1)}


def _all(what: Callable[[str], Any], names: Iterable[str]) -> dict[str, tuple[Any, float]]:
    """What came of each log, and the CPU seconds it took."""
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        return {name: (found, cpu) for name, found, cpu in pool.imap_unordered(partial(_timed, what), names)}


def _timed(what: Callable[[str], Any], name: str) -> tuple[str, Any, float]:
    began = time.process_time()
    return name, what(name), time.process_time() - began


def _make(folder: Path, name: str) -> list[str]:
    """Play a log and write it; its digests."""
    entry = _played(name)
    with gzip.open(path_of(folder, name), "wt", compresslevel=4, encoding="utf-8") as file:
        json.dump(entry._asdict(), file, ensure_ascii=False)
    return entry.digests


def _played(name: str) -> Entry:
    # Through JSON, as it is read again. Every other one goes through checkpoints: the rest keeps what sights have kept.
    log = json.loads(json.dumps(played(name) | {"stored": list(PLAYS).index(name) % 2 == 1}))
    return Entry(log, *shown(log))


def _compare(folder: Path, name: str) -> str:
    """Where a log of the folder comes out otherwise now; "" nowhere."""
    with gzip.open(path_of(folder, name), "rt", encoding="utf-8") as file:
        before = Entry(**json.load(file))
    try:
        outcome, lines = shown(before.log)
    except Exception as problem:  # that is what is looked for, and the other logs are to be looked at all the same
        return f"it cannot be played any more: {type(problem).__name__}: {problem}"
    return difference(before, Entry(before.log, outcome, lines))


def _held_against_digests(name: str) -> str:
    before, now = _committed().get(name), _played(name).digests
    differing = [what for what, one, other in zip(("log", "outcome", "text"), before or ("", "", ""), now, strict=True) if one != other]
    return f"another {', '.join(differing)}: make the folder where they were written to see the lines" if differing else ""


def difference(before: Entry, now: Entry) -> str:
    """The first line that differs, as path: before -> now; "" where none does."""
    old, new = ({path: comparable(line) for path, line in entry.lines.items()} for entry in (before, now))
    differing = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    if not differing:
        return "" if before.outcome == now.outcome else "another outcome digest, and everything shown is the same"
    path = differing[0]
    one, other = old.get(path), new.get(path)
    place, one, other = ("", one or "nothing", other or "nothing") if one is None or other is None else first_difference(one, other)
    outcome = "" if before.outcome == now.outcome else ", and another outcome digest"
    return f"{path}{place and '/'}{place}: {one[:CUT]} -> {other[:CUT]} (the first of {len(differing)}{outcome})"


def path_of(folder: Path, name: str) -> Path:
    """The file of a log."""
    return folder / f"{name}.json.gz"


def _committed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(DIGESTS.read_text(encoding="utf-8")) if DIGESTS.exists() else {}
    return found


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
