"""The languages that people may choose from: English, and each that has a catalogue in a folder of LOCALE_PATHS."""

from collections.abc import Iterable
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language

ENGLISH = ("en", "English")


def languages(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """Code and the language's own name, English first, then by code. A language that Django does not know is named by its code."""
    codes = {to_language(found.parts[-3]) for folder in folders for found in folder.glob("*/LC_MESSAGES/django.mo")} - {"en"}
    return [ENGLISH, *((code, str(LANG_INFO.get(code, {}).get("name_local", code))) for code in sorted(codes))]
