"""`manage.py makemessages`: as Django does, with the engine's sentences, which it marks in its own way (engine.msgids)."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

import engine

_ABOUT = "#. Of the engine. What is in braces stays as it is, wherever it stands."


class Command(makemessages.Command):
    """The catalogue `django` has what pages, answers and reports say, and what the engine says."""

    def process_files(self, file_list: Any) -> None:
        super().process_files(file_list)
        if self.domain == "django":
            with Path(settings.LOCALE_PATHS[0], "django.pot").open("a", encoding="utf-8") as pot:
                pot.writelines(map(_entry, engine.msgids()))


def _entry(english: str) -> str:
    """As xgettext would write it, told of the braces alone: a per cent sign is one."""
    flags = "#, python-brace-format\n" if "{" in english else ""
    return f'\n{_ABOUT}\n{flags}msgid {json.dumps(english, ensure_ascii=False)}\nmsgstr ""\n'
