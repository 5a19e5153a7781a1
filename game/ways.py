"""Addresses of pages from anywhere: in the threads and tasks of sockets Django does not know the path that the game lies below."""

from typing import Any

from django.conf import settings
from django.urls import reverse, set_script_prefix


def below_base() -> None:
    """Have `reverse` know BASE_PATH in this thread or task."""
    set_script_prefix(settings.COOKIE_PATH)


def way(name: str, *args: Any) -> str:
    """The path of a page."""
    below_base()
    return reverse(name, args=args)
