"""What a run holds, in the words of its scenario, as whoever reads it is told it."""

import lzma
from dataclasses import replace
from typing import Any

import engine
from engine import Scenario, Simulation
from engine.evidence.telling import is_said


def words(sim: Simulation, content: Any) -> Any:
    """A text, or anything that has texts in it."""
    return engine.told(sim.scenario, content)


def seen(sim: Simulation, desk: str, help_level: str | None = None) -> Any:
    """A desk's cards as they stand on its screen."""
    return words(sim, engine.sight(sim, desk, help_level))


def mails(sim: Simulation, desk: str = "") -> list[dict[str, Any]]:
    """Mails that have arrived, of one desk or of all."""
    return [words(sim, mail) for mail in sim.inbox.mails.values() if desk in ("", mail["desk"])]


def item(scenario: Scenario, found: Any) -> Any:
    """A mail, a call or an alert with words for its texts."""
    texts = {name: value for name in found.__dataclass_fields__ if is_said(value := getattr(found, name))}
    return replace(found, **{name: engine.tell(scenario, value) for name, value in texts.items()})


def texts_in(content: Any) -> list[dict[str, Any]]:
    """Every text that stands in something by its id."""
    if isinstance(content, dict):
        return ([content] if is_said(content) and "text" in content else []) + [text for value in content.values() for text in texts_in(value)]
    return [text for one in content for text in texts_in(one)] if isinstance(content, list | tuple) else []


def everywhere(*words: str) -> list[str]:
    """Table and value of every cell that has one of these words in it, however it is written."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for value in (cell for row in cursor.fetchall() for cell in row):
                text = lzma.decompress(value).decode() if isinstance(value, bytes) and value.startswith(b"\xfd7zXZ") else str(value)
                found += [f"{table}: {text[:200]}" for word in words if word.casefold() in text.casefold()]
    return found
