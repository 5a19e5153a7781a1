"""The one app of the project."""

from django.apps import AppConfig


class GameConfig(AppConfig):
    """Named in INSTALLED_APPS."""

    name = "game"
    verbose_name = "Opening Bell"
