"""Settings for every test: a state folder of its own, no broker unless a test starts one."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest

_state = Path(tempfile.mkdtemp(prefix="opening-bell-tests-"))
(_state / "static").mkdir()
atexit.register(shutil.rmtree, _state, ignore_errors=True)
for name in ("REDIS_URL", "DATABASE_URL", "ALLOWED_HOSTS", "DEBUG", "SECRET_KEY"):
    os.environ.pop(name, None)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every process that a test starts would compile the whole project
os.environ["STATE_DIR"] = str(_state)
os.environ["LOG_LEVEL"] = "WARNING"
os.environ["DJANGO_SETTINGS_MODULE"] = "game.settings"
django.setup()

from django.conf import settings as _settings  # noqa: E402

# Named in an ini file, the settings would be read before this file sets the folder, and tests would write into .local/.
assert str(_settings.STATE_DIR) == os.environ["STATE_DIR"], "DJANGO_SETTINGS_MODULE belongs here, not into .pytest.ini"


@pytest.fixture(autouse=True)
def plain_static_names(settings) -> None:
    """Pages without a collectstatic before; passwords that take no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """What tests before tried too often is forgotten."""
    from game.people import limiter

    limiter.forget()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers last: their driver keeps an event loop in this thread, and Django refuses its database to a thread that has one."""
    items.sort(key=lambda item: "tests/e2e/" in item.path.as_posix())
