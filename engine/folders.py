"""A scenario's folder, over that of another scenario which it is based on: what it has not itself it takes from there."""

from pathlib import Path


class Folder:
    """`folder / name` is the scenario's own file, or where it has none its base's."""

    def __init__(self, own: Path, base: Path | None = None) -> None:
        self.own, self.base = own, base
        self.name = own.name

    def __truediv__(self, name: str) -> Path:
        own = self.own / name
        return own if self.base is None or own.exists() else self.base / name
