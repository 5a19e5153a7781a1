"""A scenario's folder in one zip, and back: for whoever carries it to another machine. Code is never in it, and a base that it has is not either."""

import io
import zipfile
import zlib

from engine.analysis.bundle import LONG_AGO
from engine.scenario.folders import CODE, ID, MOST_BYTES, MOST_FILES, NAME, Folder

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ZipError(ValueError):
    """A zip holds no scenario that may be taken: the message says what was wrong and what was expected."""


def pack_scenario(folder: Folder) -> bytes:
    """The bytes of a zip with the folder's own files: the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(folder.own.items()):
            entry = zipfile.ZipInfo(f"{folder.name}/{name}", LONG_AGO)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def unpack_scenario(data: bytes) -> Folder:
    """The folder in these bytes, under the limits of every scenario's. Raises ZipError."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not _of_a_desktop(entry)]
        if len(entries) > MOST_FILES:
            raise ZipError(f"it holds {len(entries)} files: expected at most {MOST_FILES}")
        tops = sorted({entry.filename.partition("/")[0] for entry in entries})
        if len(tops) != 1 or not ID.fullmatch(tops[0]):
            raise ZipError(f"it holds {', '.join(top[:40] for top in tops[:5]) or 'nothing'}: expected one folder, named by the scenario's id")
        own: dict[str, bytes] = {}
        for entry in entries:
            name = entry.filename.partition("/")[2]
            if name in own:
                raise ZipError(f"{entry.filename[:80]} is in it twice: expected each file once")
            own[name] = _content(archive, entry, name)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, OverflowError, RuntimeError, ValueError, zlib.error) as problem:
        if isinstance(problem, ZipError):
            raise
        raise ZipError(f"it is no zip, or damaged: {problem}") from None
    if "scenario.toml" not in own:
        raise ZipError(f"{tops[0]}/scenario.toml is not in it: expected a scenario's folder")
    return Folder(tops[0], own)


def _of_a_desktop(entry: zipfile.ZipInfo) -> bool:
    """What file managers add by themselves: folders, and macOS's own files."""
    return entry.is_dir() or entry.filename.startswith("__MACOSX/") or entry.filename.rpartition("/")[2] == ".DS_Store"


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    if name == CODE:
        raise ZipError(f"{entry.filename} is code, which nobody takes from a zip: expected data alone; whoever runs the server copies code by hand")
    if not NAME.fullmatch(name):
        raise ZipError(f"{entry.filename[:80]}: expected .toml, .csv and .po files, in small letters, digits and hyphens")
    kind = entry.external_attr >> 28 if entry.create_system == 3 else 0
    if entry.flag_bits & 1 or entry.compress_type not in _PACKED or kind not in (0, 8):
        raise ZipError(f"{entry.filename} is locked, a link, or packed in a way of its own: expected a plain file")
    with archive.open(entry) as file:
        content = file.read(MOST_BYTES + 1)  # whatever it says of its size
    if entry.file_size > MOST_BYTES or len(content) > MOST_BYTES:
        raise ZipError(f"{entry.filename} has more than {MOST_BYTES:,} bytes: expected at most so many")
    return content
