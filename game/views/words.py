"""The words of the scripts in a language, as a script of its own: the content policy lets nothing stand inside a page."""

from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

from game.languages import ENGLISH

_YEAR_S = 365 * 86400


@lru_cache(maxsize=32)
def _script(language: str, folders: tuple[str, ...]) -> tuple[str, bytes]:
    """Digest and text; `folders` are those that the catalogues were found in. The catalogue asks its request for nothing."""
    with override(language):
        text = bytes(JavaScriptCatalog(packages=["game"]).get(HttpRequest()).content)
    return sha256(text).hexdigest()[:12], text


def _found(language: str) -> tuple[str, bytes]:
    return _script(language, tuple(map(str, settings.LOCALE_PATHS)))


def address(language: str) -> str:
    """Where a page finds the words of its scripts; empty where English will do. A new catalogue is a new address."""
    return "" if language == ENGLISH[0] else reverse("words", args=[language, _found(language)[0]])


@require_safe
def words(request: HttpRequest, language: str, digest: str) -> HttpResponse:
    """The script, to be kept for good under the digest that it has now, and not at all under another."""
    if language == ENGLISH[0] or language not in dict(settings.LANGUAGES):
        raise Http404
    now, text = _found(language)
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    if digest == now:
        patch_cache_control(response, public=True, max_age=_YEAR_S, immutable=True)
    else:
        patch_cache_control(response, no_store=True)
    return response


def context(request: HttpRequest) -> dict[str, str]:
    """For every page: where its scripts find their words."""
    return {"words_address": address(get_language() or ENGLISH[0])}
