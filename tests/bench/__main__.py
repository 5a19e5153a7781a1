"""`python -m tests.bench engine|env|incident|games|...|corpus [--json]`: what this machine does, as a table or as one object."""

import argparse
import importlib
import json
import os
import sys
from typing import Any

from tests.children import end_with_us

BENCHES = ("engine", "env", "incident", "games", "sockets", "clicks", "paint", "layout", "room", "wall", "debrief", "courses", "opened", "lab", "scrub", "chaos", "corpus", "faults", "deck", "rows", "scale")


def _lines(found: dict[str, Any], within: str = "") -> list[str]:
    """A row a value; what is nested is named with dots."""
    rows = []
    for key, value in found.items():
        if isinstance(value, dict):
            rows += _lines(value, f"{within}{key}.")
        else:
            rows.append(f"{within + key:<40} {value:>16,}" if type(value) in (int, float) else f"{within + key:<40} {value!s:>16}")
    return rows


def main() -> int:
    """Run one bench."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("bench", choices=BENCHES)
    parser.add_argument("--json", action="store_true", help="print one object and nothing else")
    parser.add_argument("--repeats", type=int, help="engine, env, incident: medians of this many")
    parser.add_argument("--runs", type=int, help="games, clicks, room, scale: games at once")
    parser.add_argument("--clients", type=int, help="sockets: browsers at once")
    parser.add_argument("--seconds", type=float, help="games, sockets, clicks, paint, room, wall, scale: length of a window")
    parser.add_argument("--rounds", type=int, help="chaos: how many, over all databases")
    parser.add_argument("--seed", type=int, help="chaos: of the first round")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), help="chaos, rows: where the rows lie")
    parser.add_argument("--ahead", action="store_true", help="games, sockets, clicks, room, opened, lab, scrub: run before everything else on this machine (Linux, root)")
    parser.add_argument("folder", nargs="?", help="corpus: where it lies")
    parser.add_argument("--make", action="store_true", help="corpus: play its logs and write it")
    parser.add_argument("--sample", type=int, help="corpus: only the first so many logs; faults, deck: seeds; layout: sets of bands on each screen")
    args = parser.parse_intermixed_args()  # `--make` may stand before the folder
    end_with_us()
    load = os.getloadavg()[0]
    found = importlib.import_module(f"tests.bench.{args.bench}").run(args)
    found = {
        "bench": args.bench,
        "cores": os.cpu_count(),
        "load_before": round(load, 2),
        "load_after": round(os.getloadavg()[0], 2),
        "ahead": args.ahead,
        **found,
    }
    print(json.dumps(found) if args.json else "\n".join(_lines(found)))
    return 1 if found.get("failures") else 0


if __name__ == "__main__":
    sys.exit(main())
