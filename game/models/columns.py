"""Kinds of columns."""

import re
from typing import Any

from django.db import models

_HALF = re.compile("[\ud800-\udfff]")


class SoundJSON(models.JSONField):
    """JSON whose texts can be printed: half of a character, which older doors let in, no page and no file takes. Read as U+FFFD."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return _sound(found) if isinstance(value, str) and "\\ud" in value.lower() else found

    def deconstruct(self) -> Any:
        """As the column it is in the database: nothing of it is another there."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_sound(one) for one in value]
    return {_sound(name): _sound(one) for name, one in value.items()} if isinstance(value, dict) else value
