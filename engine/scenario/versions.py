"""What a server reads beside its program: its config and its reference data, in the versions that there are of each."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from engine.scenario.parts import Section
from engine.scenario.release_texts import Ticket, ticket_id

READ = ("config", "data")  # what there are versions of: by these names in a scenario, on a server and in the levers

_Line = Annotated[str, Field(pattern=r"^[^ =][^=]* = .+$", max_length=80, description="a line `key = value` of at most 80 characters")]


class Version(Section):
    """One version. `lines` are what a comparison shows where they differ from those of the recorded one. `ticket`: the change that lets one
    server have this version on purpose; its `title` may hold {server}. `halves`: reference data from which some stocks are quoted at half
    their price.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=24)]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    dated: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    note: Annotated[str, Field(min_length=1, max_length=200)]
    lines: Annotated[tuple[_Line, ...], Field(min_length=1, max_length=12, strict=False)]
    ticket: Ticket | None = None
    halves: bool = False

    @property
    def values(self) -> dict[str, str]:
        """Its lines by their keys."""
        return dict(line.split(" = ", 1) for line in self.lines)

    def changes(self, other: "Version") -> list[tuple[str, str]]:
        """(sign, line) that lead from this version to another, in the order of its keys."""
        own, others = self.values, other.values
        found = []
        for key in {**own, **others}:
            if own.get(key) != others.get(key):
                found += [(sign, f"{key} = {values[key]}") for sign, values in (("-", own), ("+", others)) if key in values]
        return found


class Versions(Section):
    """The versions that there are, one of them on record as the right one for every server."""

    recorded: str
    version: Annotated[tuple[Version, ...], Field(min_length=1, strict=False)]

    @model_validator(mode="after")
    def _told_apart(self) -> "Versions":
        for key in ("name", "hash"):
            found = [getattr(version, key) for version in self.version]
            twice = [value for value in found if found.count(value) > 1]
            if twice:
                raise ValueError(f"version {key} = {twice[0]!r} stands twice: expected each once")
        if self.recorded not in [version.name for version in self.version]:
            raise ValueError(f"recorded = {self.recorded!r}: expected one of {', '.join(version.name for version in self.version)}")
        for version in self.version:
            if len(version.values) < len(version.lines):
                raise ValueError(f"version {version.name}: a key of its lines stands twice: expected each once")
            if version.name != self.recorded and not self.right.changes(version):
                raise ValueError(f"version {version.name}: lines as in {self.recorded}: expected one that differs, for a comparison to show")
        return self

    def wordings(self, what: str) -> Iterator[tuple[str, str]]:
        """(id, text) of the notes and tickets, by what there are versions of."""
        for version in self.version:
            yield version_text(what, version.name), version.note
            if version.ticket:
                yield from version.ticket.wordings(ticket_id(what, version.name))

    def __getitem__(self, name: str) -> Version:
        """A version by its name. Raises KeyError."""
        return {version.name: version for version in self.version}[name]

    @property
    def right(self) -> Version:
        """The recorded one."""
        return self[self.recorded]

    def of_hash(self, found: str) -> Version:
        """A version by its hash. Raises KeyError."""
        return {version.hash: version for version in self.version}[found]


def version_text(what: str, name: str) -> str:
    """The id of a version's note."""
    return f"{what}:{name}.note"
