"""A scenario's files, in memory: its own over those of another scenario which it is based on; what it has not itself it takes from there.

They come from the folder that ships or out of an evidence bundle, and are under the same limits in both.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAME = re.compile(r"(playbooks/)?[a-z0-9]+(-[a-z0-9]+)*\.(toml|csv)|[a-z]{2,3}(-[a-z0-9]{2,8})*\.po")
CODE = "module.py"  # what a scenario brings along beside its data, where an incident needs it
MOST_FILES = 64
MOST_BYTES = 1 << 20  # of one file


def is_scenario_id(text: str) -> bool:
    """Whether a scenario may be called so."""
    return ID.fullmatch(text) is not None and len(text) <= 40


class File:
    """One file, there or not."""

    def __init__(self, name: str, content: bytes | None) -> None:
        self.name, self.content = name.rpartition("/")[2], content

    def is_file(self) -> bool:
        """Whether it is there."""
        return self.content is not None

    def read_bytes(self) -> bytes:
        """What is in it. Raises FileNotFoundError."""
        if self.content is None:
            raise FileNotFoundError(self.name)
        return self.content

    def read_text(self, encoding: str = "utf-8") -> str:
        """What is in it as text. Raises FileNotFoundError, UnicodeDecodeError."""
        return self.read_bytes().decode(encoding)


class Folder:
    """`folder / name` is the scenario's own file, or where it has none its base's. Raises ValueError for what is beyond the limits.

    `code`: SHA-256 of the scenario's module or else its base's, "" for none: it is known by it and never carried about. `place`: where the folder
    lies, None where it came out of something else.
    """

    def __init__(self, name: str, own: Mapping[str, bytes], base: "Folder | None" = None, code: str = "", place: Path | None = None) -> None:
        if not ID.fullmatch(name) or len(own) > MOST_FILES:
            raise ValueError(f"{name[:40]!r} with {len(own)} files: expected an id and at most {MOST_FILES}")
        for file, content in own.items():
            if not NAME.fullmatch(file) or len(content) > MOST_BYTES:
                raise ValueError(f"{name}/{file[:60]} with {len(content):,} bytes: expected a .toml, .csv or .po of at most {MOST_BYTES:,}")
        self.name, self.own, self.base, self.code, self.place = name, dict(own), base, code, place

    @classmethod
    def at(cls, path: Path) -> "Folder":
        """What lies in a folder. Raises OSError, ValueError."""
        found = sorted([*path.glob("*.toml"), *path.glob("*.csv"), *path.glob("*.po"), *path.glob("playbooks/*.toml")])
        code = path / CODE
        told = hashlib.sha256(code.read_bytes()).hexdigest() if code.is_file() else ""
        return cls(path.name, {file.relative_to(path).as_posix(): file.read_bytes() for file in found}, code=told, place=path)

    def over(self, base: "Folder") -> "Folder":
        """The same over a base."""
        return Folder(self.name, self.own, base, self.code or base.code, self.place)

    def write(self, path: Path) -> None:
        """Put its own files into a folder that is made for it. Raises OSError."""
        for name, content in self.own.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)

    def __truediv__(self, name: str) -> File:
        if name in self.own or self.base is None:
            return File(name, self.own.get(name))
        return self.base / name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folder) and (self.name, self.data, self.code) == (other.name, other.data, other.code)

    @property
    def line(self) -> "list[Folder]":
        """It, its base, that one's base, and so on."""
        return [self, *(self.base.line if self.base else ())]

    @property
    def names(self) -> list[str]:
        """Every file that there is, its own or its base's."""
        return sorted({*self.own, *(self.base.names if self.base else ())})

    @property
    def texts(self) -> dict[str, str]:
        """All of it as texts by "folder/name", its base's with it. Raises UnicodeDecodeError."""
        own = {f"{self.name}/{name}": content.decode() for name, content in self.own.items()}
        return dict(sorted({**(self.base.texts if self.base else {}), **own}.items()))

    @property
    def data(self) -> dict[str, str]:
        """What a run depends on: its texts without translations. One that is mended leaves the scenario, and a run's bundle, what they were."""
        return {place: text for place, text in self.texts.items() if not place.endswith(".po")}
