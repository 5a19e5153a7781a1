"""What a finished run leaves in the database, in kB: when it has just ended and its debrief was reckoned, and once its log was put away.

The run is the one of the bench `debrief`, with all of its courses, which are run here once (four minutes of a core). It is then put
down a few times over, so that pages that tables share count little. What all runs share (the scenario's data, history's run) is left out.
A table's bytes are what the database is smaller without its rows: with VACUUM on SQLite; with their indexes and TOAST on PostgreSQL.
"""

import json
import subprocess
import sys
from typing import Any

from tests.bench.debrief import _played
from tests.bench.stage import stage
from tests.builders import finished_run

DATABASES = ("sqlite", "postgresql")
RUNS = 8
LIMIT_KB = 120
SHARED = ("game_scenariocontent", "game_ghost")


def run(args: Any = None) -> dict[str, Any]:
    """kB a run by table, on each database."""
    database = getattr(args, "database", None) or "both"
    if database != "both":
        return _in_a_world(database)
    found = {}
    for one in DATABASES:  # each in a process of its own: Django knows one database a process
        command = [sys.executable, "-m", "tests.bench", "rows", "--database", one, "--json"]
        found |= json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    return found


def _in_a_world(database: str) -> dict[str, Any]:
    with stage(database):
        from django.db.models import F

        from game.debrief import counterfactuals
        from game.models import Course, Exercise
        from game.ops import retention

        empty = _sizes()
        played = _played()
        first = finished_run(played)
        _reckon(first)
        courses = list(Course.objects.filter(run=first))
        for _ in range(RUNS - 1):
            again = finished_run(played)
            for course in courses:
                course.pk, course.run = None, again
            Course.objects.bulk_create(courses)
            counterfactuals.keep(again)
        ended = _told(empty)
        Exercise.objects.update(ended_at=F("ended_at") - 2 * retention.PACKED_AFTER)
        if (packed := retention.put_away()) != RUNS:
            raise RuntimeError(f"{packed} logs were put away: expected {RUNS}")
        left = _told(empty)
    failures = [f"{left['all']} kB a run on {database}: at most {LIMIT_KB}"] if left["all"] > LIMIT_KB else []
    return {f"{database}_kb": {"ended": ended, "put_away": left}, "runs": RUNS, "courses": len(courses), "failures": failures}


def _reckon(row: Any) -> None:
    """Run every course of it here, as a worker of the lab would."""
    from game.debrief import counterfactuals, tasks
    from game.models.run_log import log_of

    while wanted := {*counterfactuals.counterfactuals_of(log_of(row), rows := counterfactuals.rows_of(row)), counterfactuals.SAME} - rows.keys():
        for key in sorted(wanted):
            tasks.reckon.run(row.pk, key)


def _told(empty: dict[str, int]) -> dict[str, float]:
    sizes = {table: (size - empty.get(table, 0)) / RUNS / 1000 for table, size in _sizes().items() if table not in SHARED}
    told = {table: round(kb, 1) for table, kb in sorted(sizes.items(), key=lambda one: -one[1]) if kb >= 0.5}
    return {"all": round(sum(sizes.values()), 1), **told}


def _sizes() -> dict[str, int]:
    """Bytes of every table, with its indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table.startswith("game_")]
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM FULL")
            cursor.execute("SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relname = ANY(%s)", [tables])
            return dict(cursor.fetchall())
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return _without(tables)


def _without(tables: list[str]) -> dict[str, int]:
    """By how much a copy of the SQLite database shrinks as it loses one table's rows after the other."""
    import sqlite3
    import tempfile
    from pathlib import Path

    from django.conf import settings

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.sqlite3"
        sqlite3.connect(settings.DATABASES["default"]["NAME"]).execute(f"VACUUM INTO '{path}'")
        copy, found = sqlite3.connect(path, isolation_level=None), {}
        before = path.stat().st_size
        for table in tables:
            copy.execute(f"DELETE FROM {table}")
            copy.execute("VACUUM")
            found[table] = before - path.stat().st_size
            before = path.stat().st_size
    return found
