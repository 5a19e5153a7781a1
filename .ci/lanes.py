"""Runs the suites in shards, some beside each other, and tells what each took.

    python .ci/lanes.py             every lane
    python .ci/lanes.py --quick     the unit tests alone
    python .ci/lanes.py pages e2e   some lanes
    python .ci/lanes.py --record    every lane, and keep what each file took in durations.json, by which shards are balanced

A lane is a part of the suite under one way to run it. Some lanes only compute; what drives processes and browsers waits half of its time.
Two cores carry three shards: two that wait, and one that computes with what those leave it. It has the lowest priority: beside an equal,
every page and every beat would be late.

A test of processes or browsers that fails beside others is run once more with the machine for itself, and named at the end whatever comes
of it: what fails again is broken, what passes was too slow for company. What only computes gets no second run, since nothing but a fault
could make it come out otherwise.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DURATIONS = ROOT / ".ci" / "durations.json"
COVERED_PERCENT = 95
AGAIN_AT_MOST = 6  # more than a few at a time are no accident
LAST = 19  # of nice
UNKNOWN_S = 5.0  # a file that was never measured
SMALL = ("tests/unit", "tests/property")
# Kernels that check their bounds are other machine code, and numba's cache does not tell the two apart.
CHECKED = {"NUMBA_BOUNDSCHECK": "1", "OPENING_BELL_CACHE": str(ROOT / ".local" / "checked")}
TAKES = (("computing", "waiting"), ("waiting", "computing"), ("waiting", "computing"))  # what each place runs: the first kind, then the other


@dataclass(frozen=True)
class Lane:
    """`marks`: pytest's -m. `traced`: the lines of engine/ that it runs count for the coverage."""

    name: str
    folders: tuple[str, ...]
    marks: str = ""
    kind: str = "computing"
    shards: int = 1
    traced: bool = False
    environment: dict[str, str] = field(default_factory=dict)


LANES = (
    Lane("integration", ("tests/integration",), "not alone", kind="waiting", shards=3),
    Lane("e2e", ("tests/e2e",), "not alone", kind="waiting", shards=3),
    Lane("seconds", ("tests/integration",), "alone", kind="timed", shards=2),
    Lane("evening", ("tests/e2e",), "alone", kind="timed"),
    Lane("pages", SMALL, "django_db and not whole"),
    Lane("engine", SMALL, "not django_db and not whole and not kernels", traced=True),
    Lane("checked", SMALL, "kernels and not whole", environment=CHECKED),
    Lane("kernels", SMALL, "kernels and not whole", traced=True, environment={"NUMBA_DISABLE_JIT": "1"}),
    Lane("mornings", SMALL, "whole", shards=2, traced=True),
)
QUICK = (Lane("unit", ("tests/unit",), "not whole", shards=2),)


@dataclass
class Shard:
    """Files of a lane that one pytest runs, and what came of it."""

    lane: Lane
    number: int
    files: list[str] = field(default_factory=list)
    expected_s: float = 0.0
    code: int = -1
    took: dict[str, float] = field(default_factory=dict)  # seconds by file
    tests: set[str] = field(default_factory=set)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.lane.name}-{self.number}"

    def run(self, folder: Path) -> str:
        """Run it to its end; everything there is to say about it."""
        report = folder / f"{self.name}.xml"
        command = [sys.executable, *(tracing(self.lane, folder / f"{self.name}.json") if self.lane.traced else ())]
        command += ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *self.files]
        command += ["-m", self.lane.marks] if self.lane.marks else []
        environment = {**os.environ, **self.lane.environment}
        report.unlink(missing_ok=True)
        began = time.monotonic()
        with (folder / self.name).open("w+b") as said:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
            if self.lane.kind == "computing":
                os.setpriority(os.PRIO_PROCESS, process.pid, LAST)
            _, status, used = os.wait4(process.pid, 0)
            self.code = process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            words = said.read().decode(errors="replace")
        if report.exists():
            self._read(ET.parse(report))
        wall = time.monotonic() - began
        return f"== {self.name}: {wall:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of them computing, exit code {self.code}\n{words}"

    def _read(self, report: "ET.ElementTree[ET.Element]") -> None:
        for case in report.iter("testcase"):
            file = f"{case.get('classname', '').replace('.', '/')}.py"
            self.took[file] = self.took.get(file, 0.0) + float(case.get("time", 0))
            self.tests.add(name := f"{file}::{case.get('name')}")
            if case.find("skipped") is not None:
                self.skipped.append(name)
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed.append(name)


def shards_of(lane: Lane, durations: dict[str, float]) -> list[Shard]:
    """A lane's files, dealt out longest first, each to the shard that has least so far."""
    shards = [Shard(lane, number) for number in range(1, lane.shards + 1)]
    files = [file.relative_to(ROOT).as_posix() for folder in lane.folders for file in sorted((ROOT / folder).glob("test_*.py"))]
    for file in sorted(files, key=lambda file: (-durations.get(file, UNKNOWN_S), file)):
        least = min(shards, key=lambda shard: shard.expected_s)
        least.files.append(file)
        least.expected_s += durations.get(file, UNKNOWN_S)
    for shard in shards:
        shard.files.sort()
    return shards


def tracing(lane: Lane, seen: Path) -> list[str]:
    """Arguments that have Python note which lines of engine/ it runs. Where the kernels are compiled, they are not among them: what notes
    a line stands in the function itself, and numba would have to compile it.
    """
    plain = lane.environment.get("NUMBA_DISABLE_JIT") == "1"
    kernels = [str(file) for file in (ROOT / "engine").rglob("*.py") if not plain and re.search(r"^@(kernel|piece)$", file.read_text(), re.MULTILINE)]
    return ["-m", "slipcover", "--immediate", "--source", "engine", *(["--omit", ",".join(kernels)] if kernels else []), "--json", "--out", str(seen)]


def covered(seen: Iterable[Path], folder: Path) -> bool:
    """Whether the traced lanes together saw enough of the engine; what none of them saw is printed."""
    command = [sys.executable, "-m", "slipcover", "--merge", *map(str, seen), "--out", str(folder / "together.json"), "--skip-covered"]
    return subprocess.run([*command, "--fail-under", str(COVERED_PERCENT)], cwd=ROOT).returncode == 0


def run_all(shards: Iterable[Shard], folder: Path) -> None:
    """Run them in their places, the longest of a kind first; what each says is printed in one piece when it ends."""
    waiting: dict[str, list[Shard]] = defaultdict(list)
    for shard in sorted(shards, key=lambda shard: shard.expected_s):
        waiting[shard.lane.kind].append(shard)
    lock = threading.Lock()

    def place(kinds: tuple[str, ...]) -> None:
        while True:
            with lock:
                shard = next((waiting[kind].pop() for kind in kinds if waiting[kind]), None)
            if shard is None:
                return
            said = shard.run(folder)
            with lock:
                print(said, flush=True)

    # What holds something to seconds comes when all the rest is over.
    for takes in (TAKES, (("timed",), ("timed",))):
        places = [threading.Thread(target=place, args=(kinds,)) for kinds in takes]
        for one in places:
            one.start()
        for one in places:
            one.join()


def run_again(shards: Iterable[Shard], folder: Path) -> list[str]:
    """Run what failed beside other tests by itself; the tests that passed then, whose shard counts as passed when no other is left."""
    failed = [shard for shard in shards if shard.lane.kind != "computing" and shard.code == 1 and shard.failed]
    if not failed or sum(len(shard.failed) for shard in failed) > AGAIN_AT_MOST:
        return []
    passed = []
    for shard in failed:
        again = Shard(shard.lane, shard.number, sorted(set(shard.failed)))
        print(f"Again: {again.run(folder)}", flush=True)
        shard.code = again.code
        shard.skipped += again.skipped
        passed += sorted(set(again.files) - set(again.failed)) if again.tests else []
    return passed


def every_test() -> set[str]:
    """What pytest collects: file::name."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {line for line in found.splitlines() if "::" in line}


def main() -> int:
    """0 when every test ran and passed, none skipped."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("lanes", nargs="*", help=", ".join(lane.name for lane in LANES))
    options.add_argument("--quick", action="store_true")
    options.add_argument("--record", action="store_true")
    chosen = options.parse_args()
    known: dict[str, dict[str, float]] = json.loads(DURATIONS.read_text()) if DURATIONS.exists() else {}
    lanes = QUICK if chosen.quick else tuple(lane for lane in LANES if not chosen.lanes or lane.name in chosen.lanes)
    shards = [shard for lane in lanes for shard in shards_of(lane, known.get(lane.name, {}))]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lanes-") as name:
        run_all(shards, folder := Path(name))
        again = run_again(shards, folder)
        enough = lanes != LANES or covered(sorted(folder.glob("*.json")), folder)
    problems = [f"{shard.name} failed" for shard in shards if shard.code]
    problems += [f"{name} was skipped" for shard in shards for name in shard.skipped]
    ran = set[str]().union(*(shard.tests for shard in shards))
    if lanes == LANES:
        problems += [f"{name} is in no lane" for name in sorted(every_test() - ran)]
        problems += [] if enough else [f"less than {COVERED_PERCENT} % of engine/ is covered"]
    if chosen.record:
        for shard in shards:
            known.setdefault(shard.lane.name, {}).update({file: round(took, 1) for file, took in shard.took.items()})
        DURATIONS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    company = [f"{name} failed beside other tests and passed by itself" for name in again]
    print(f"{len(ran)} tests in {(time.monotonic() - began) / 60:.1f} minutes", *company, *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
