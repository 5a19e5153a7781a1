"""What a scenario says about its releases: notes, diffs between them, and the change calendar of the week.

Texts for the deployer's desk, from `releases.toml`, checked once at load. They change nothing in a run, and none of them says
which server missed a copy.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from engine.market_time import MONTHS

SIGNS = ("+", "-", " ", "@")
_Text = Annotated[str, Field(min_length=1, max_length=200)]


def _is_diff(text: str) -> str:
    for number, line in enumerate(text.strip("\n").split("\n"), start=1):
        if line and line[0] not in SIGNS:
            raise ValueError(f"line {number} begins with {line[0]!r}: expected +, -, @ or a space")
        if len(line) > 120:
            raise ValueError(f"line {number} has {len(line)} characters: expected at most 120")
    return text


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ReleaseNote(_Part):
    """What the release's own note says of it."""

    release: _Text
    note: Annotated[str, Field(min_length=1, max_length=400)]


class Diff(_Part):
    """A unified diff: every line of `text` begins with its sign."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: _Text
    text: Annotated[str, Field(min_length=1, description="a diff whose lines have at most 120 characters"), AfterValidator(_is_diff)]
    release: _Text | None = None  # shown once this one is built; without it always

    @property
    def lines(self) -> list[tuple[str, str]]:
        """(sign, text) a line."""
        return [(line[:1] or " ", line if line[:1] == "@" else line[1:]) for line in self.text.strip("\n").split("\n")]


def _dated(text: str) -> str:
    if text[3:6] not in MONTHS:
        raise ValueError(f"expected a month out of {', '.join(MONTHS)}")
    return text


class Ticket(_Part):
    """A change as the calendar has it."""

    when: Annotated[
        str, Field(pattern=r"^\d{2} [A-Z][a-z]{2} \d{2}:\d{2}$", description="a date and time such as 31 Jul 18:30"), AfterValidator(_dated)
    ]
    title: _Text
    who: _Text
    state: Annotated[str, Field(min_length=1, max_length=40)]

    def wordings(self, name: str) -> Iterator[tuple[str, str]]:
        """(id, text) of what it says, by what its ids begin with."""
        yield from ((f"{name}.{part}", getattr(self, part)) for part in ("title", "who", "state"))


class Change(Ticket):
    """An entry of the change calendar."""

    history: bool = False  # what history's team did: left out where a team plays the week itself


class ReleaseTexts(_Part):
    """The whole of `releases.toml`."""

    note: Annotated[tuple[ReleaseNote, ...], Field(min_length=1, strict=False)]
    diff: Annotated[tuple[Diff, ...], Field(strict=False)] = ()
    change: Annotated[tuple[Change, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "ReleaseTexts":
        for what, names in (("note", [note.release for note in self.note]), ("diff", [diff.id for diff in self.diff])):
            twice = [name for name in names if names.count(name) > 1]
            if twice:
                raise ValueError(f"{what} {twice[0]!r} stands twice: expected each once")
        return self

    def wordings(self) -> Iterator[tuple[str, str]]:
        """(id, text) of all that is said in words; what a diff holds is code."""
        yield from ((release_text(note.release), note.note) for note in self.note)
        yield from ((diff_text(diff.id), diff.title) for diff in self.diff)
        for number, change in enumerate(self.change):
            yield from change.wordings(change_id(number))


def release_text(release: str) -> str:
    """The id of a release's note."""
    return f"release:{release}.note"


def diff_text(diff: str) -> str:
    """The id of a diff's title."""
    return f"diff:{diff}.title"


def change_id(number: int) -> str:
    """What the ids of a change of the calendar begin with, by its place there."""
    return f"change:{number}"


def ticket_id(what: str, name: str) -> str:
    """The same of a change by which one server has a version or a build of its own."""
    return f"ticket:{what}:{name}"
