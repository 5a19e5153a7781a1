"""The one app of the project."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

import engine


class GameConfig(AppConfig):
    """Named in INSTALLED_APPS."""

    name = "game"
    verbose_name = "Opening Bell"

    def ready(self) -> None:
        """Tell the engine, which reads no environment, where scenarios lie."""
        engine.look_for_scenarios_in(settings.SCENARIO_PATH)


class GameAdminConfig(AdminConfig):
    """Django's admin on our own site."""

    default_site = "game.site.Site"


class SentFiles(StaticFilesConfig):
    """What browsers may ask for: the fonts of printed reports are read from where they lie, and compressing 5 MB of them takes a second."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "report-fonts"]
