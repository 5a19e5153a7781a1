"""What several of these tests play in: another language."""

import pytest
from django.test import override_settings

from game.languages import languages
from tests.catalogue import bracketed


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("locale")
    bracketed(made)
    return made


@pytest.fixture
def another(folder):
    """A language of brackets."""
    with override_settings(LOCALE_PATHS=[str(folder)], LANGUAGES=languages([folder])):
        yield
