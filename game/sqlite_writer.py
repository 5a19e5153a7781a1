"""Short writes, one at a time in this process.

SQLite lets one writer in and makes the others sleep and look again, longer each time: with twenty games in a process the one that
slept longest waited for seconds. Here the threads of a process wait for each other without sleeping, and only processes meet there.
What the ORM would compute while everybody waits is computed before.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection, models, transaction

SWITCH_S = 0.0005  # where many threads write: one that has the database's lock waits so long a turn for the interpreter, not Python's 5 ms
AT_ONCE = 1000  # rows that are deleted together
_turn = threading.RLock()


@contextmanager
def writing() -> Iterator[Any]:
    """A cursor in a transaction that is committed at the end."""
    with _ours(), transaction.atomic(), connection.cursor() as cursor:
        yield cursor


def write(sql: str, values: Sequence[Any]) -> int:
    """One statement, committed by itself: no Python runs while the database is locked. The number of rows it changed."""
    with _ours(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def insertion(rows: Sequence[models.Model], *, unless_there: bool = False) -> tuple[str, list[Any]]:
    """SQL and values that insert rows of one model: at least one, at most about a thousand. They do not learn their primary keys."""
    table = rows[0]._meta
    fields = [field for field in table.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]
    sql = f"INSERT INTO {table.db_table} ({names}) VALUES {', '.join([marks] * len(rows))}"
    return f"{sql} ON CONFLICT DO NOTHING" if unless_there else sql, values


def trim(rows: "models.QuerySet[Any]") -> int:
    """Delete rows that none refers to, a thousand at a time: the log of a room's morning is some hundred thousand, which together would hold
    SQLite's lock, and every market that runs, for a second. How many there were.
    """
    some, values = rows.order_by().values("pk")[:AT_ONCE].query.sql_with_params()
    gone = 0
    while part := write(f"DELETE FROM {rows.model._meta.db_table} WHERE id IN ({some})", values):
        gone += part
    return gone


def fold() -> None:
    """Copy what SQLite's log holds into the database, so that no writer has to stop for it (see WAL_PAGES in game/environment.py)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _ours() -> Any:
    return _turn if connection.vendor == "sqlite" else nullcontext()
