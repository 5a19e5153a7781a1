"""Hashed file names for static files, relative ES imports included, and one request for each style sheet a page asks for."""

import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import PurePosixPath
from posixpath import normpath, relpath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

Paths = dict[str, tuple[Any, str]]
IMPORT = re.compile(r"""@import\s+url\(["']?(?P<url>[^"')]+)["']?\)(?:\s+layer\((?P<layer>[\w.-]+)\))?\s*;""")
URL = re.compile(r"""url\(["']?(?P<url>\.[^"')]+)["']?\)""")
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
INDENT = re.compile(r"\n\s+")
MODULE = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](?P<url>\.{1,2}/[^"']+)["']""")
OWN_LINES = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.DOTALL | re.MULTILINE)  # a comment in a script that shares no line with code


class HashedNames(CompressedManifestStaticFilesStorage):
    """`app.css` -> `app.3f2a.css`, with `import './x.js';` rewritten to match and `@import url(x.css) layer(y)` put in place.

    Forty small sheets compress to twice the size of one, and a browser finds each level of imports only after the one above it.
    Comments stay in the repository.
    """

    support_js_module_import_aggregation = True
    max_post_process_passes = 12  # one more than the longest way from a page's script to what it imports: 5 by default

    def post_process(self, paths: Paths, *args: Any, **options: Any) -> Iterator[Any]:
        """What collectstatic calls with every file: name -> (storage, path there)."""
        slim = {name: (_slim(paths, name), paths[name][1]) for name in paths}
        yield from super().post_process({name: slim[name] for name in _imported_first(slim)}, *args, **options)


class _Text(Storage):
    """A storage of one file, as post_process reads it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def open(self, name: str, mode: str = "rb") -> Any:
        """The file, whatever its name."""
        return ContentFile(self.text.encode())


def _imported_first(paths: Paths) -> Iterator[str]:
    """The names, each behind what it imports: whoever imports a script then has its last name at once.

    Django goes over all files again until no name changes, which takes as many rounds as the longest way from a page's script.
    """
    needs = {name: set[str]() for name in paths}
    for name in paths:
        if name.startswith("js/") and name.endswith(".js"):
            storage, path = paths[name]
            with storage.open(path) as file:
                found = {normpath(str(PurePosixPath(name).parent / match["url"])) for match in MODULE.finditer(file.read().decode())}
            needs[name] = found & paths.keys()
    return iter(TopologicalSorter(needs).static_order())


def _slim(paths: Paths, name: str) -> Any:
    """Where the file is read from: other people's files from where they lie, ours without what browsers do not need."""
    storage, path = paths[name]
    if name.endswith(".css"):
        return _Text(flat(paths, name))
    if name.startswith("js/") and name.endswith(".js"):
        with storage.open(path) as file:
            return _Text(OWN_LINES.sub("", file.read().decode()))
    return storage


def flat(paths: Paths, name: str, at: str | None = None) -> str:
    """A sheet with its imports in place and without comments; addresses are made relative to the folder of `at`, the sheet it ends in.

    Raises KeyError for an import that is not among `paths`.
    """
    storage, path = paths[name]
    with storage.open(path) as file:
        text = INDENT.sub("\n", COMMENT.sub("", file.read().decode()))
    at = at or name

    def beside(url: str) -> str:
        return normpath(str(PurePosixPath(name).parent / url))

    def put(found: re.Match[str]) -> str:
        inner = flat(paths, beside(found["url"]), at)
        return f"@layer {found['layer']} {{\n{inner}}}\n" if found["layer"] else inner

    parts, end = [], 0
    for found in IMPORT.finditer(text):
        parts += [text[end : found.start()], put(found)]
        end = found.end()
    kept = text[end:]
    if name != at:
        kept = URL.sub(lambda found: f'url("{relpath(beside(found["url"]), str(PurePosixPath(at).parent))}")', kept)
    return "".join([*parts, kept.lstrip("\n") if parts else kept])
