"""`python -m tests.bench engine|incident|games|...|scrub [--json]`: what this machine does, as a table or as one object."""

import argparse
import importlib
import json
import os
import sys
from typing import Any

BENCHES = ("engine", "incident", "games", "sockets", "clicks", "paint", "room", "wall", "debrief", "opened", "lab", "scrub")


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
    parser.add_argument("--repeats", type=int, help="engine, incident: medians of this many")
    parser.add_argument("--runs", type=int, help="games, clicks, room: games at once")
    parser.add_argument("--clients", type=int, help="sockets: browsers at once")
    parser.add_argument("--seconds", type=float, help="games, sockets, clicks, paint, room, wall: length of a window")
    parser.add_argument("--ahead", action="store_true", help="games, sockets, clicks, room, opened, lab, scrub: run before everything else on this machine (Linux, root)")
    args = parser.parse_args()
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
