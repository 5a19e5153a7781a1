"""The Django project and its one app: windows on the engine, and the clock that turns it."""

from game.celery import app as celery_app

__all__ = ["celery_app"]
__version__ = "0.17.0"  # for people, and no outcome depends on it: pages, `manage.py --version` and bundles show it
