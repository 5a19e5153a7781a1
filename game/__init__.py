"""The Django project and its one app: windows on the engine, and the clock that turns it."""

from game.celery import app as celery_app

__all__ = ["celery_app"]
