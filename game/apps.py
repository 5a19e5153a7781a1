"""The one app of the project."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class GameConfig(AppConfig):
    """Named in INSTALLED_APPS."""

    name = "game"
    verbose_name = "Opening Bell"


class GameAdminConfig(AdminConfig):
    """Django's admin on our own site."""

    default_site = "game.site.Site"
