"""An error is answered with a sentence and a way out, also where the page that says so cannot be made."""

import pytest
from django.test import override_settings

from game.static_names import HashedNames

NAMED = f"{HashedNames.__module__}.{HashedNames.__qualname__}"


@pytest.mark.django_db
def test_without_static_files_an_error_is_a_bare_page(client, tmp_path):
    storages = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}, "staticfiles": {"BACKEND": NAMED}}
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path, DEBUG=False):
        answer = client.get("/nothing/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is nothing at this address." in page and 'href="/"' in page and "/static/" not in page
