"""What words of a floor mean, for somebody new to it: `scenarios/glossary.toml`, which every scenario has, and its own `glossary.toml` over it.

It is no part of a run: to explain a word otherwise changes nothing that was played.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from engine.scenario.folders import ID, File
from engine.scenario.parts import Section
from engine.scenario.problems import ScenarioError, problems_of

SHARED = Path(__file__).parents[1] / "scenarios" / "glossary.toml"


class Term(Section):
    """A term: the `words` by which screens call it, the first as its heading, and one or two sentences that need no other word explained."""

    id: Annotated[str, Field(pattern=ID.pattern)]
    words: Annotated[tuple[Annotated[str, Field(min_length=2, max_length=40)], ...], Field(min_length=1, strict=False)]
    text: Annotated[str, Field(min_length=20, max_length=260)]

    @property
    def name(self) -> str:
        """The id of its text."""
        return f"term:{self.id}"


class Glossary(Section):
    """All terms."""

    term: Annotated[tuple[Term, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Glossary":
        ids = [term.id for term in self.term]
        words = [word.casefold() for term in self.term for word in term.words]
        for what, names in (("id", ids), ("word", words)):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice:
                raise ValueError(f"{what} {twice!r}: expected each once")
        return self

    def over(self, base: "Glossary") -> "Glossary":
        """These terms, and those of a base that are not explained here."""
        own = {term.id for term in self.term}
        return Glossary.model_validate({"term": (*(term for term in base.term if term.id not in own), *self.term)})


def read_glossary(file: File) -> Glossary:
    """A scenario's own terms over the shared ones. Raises ValueError naming the file, the key and what was expected."""
    return _read(file.name, file.read_bytes()).over(shared()) if file.is_file() else shared()


@lru_cache(maxsize=1)
def shared() -> Glossary:
    """The terms that every scenario has. Raises ValueError."""
    return _read(SHARED.name, SHARED.read_bytes())


def _read(name: str, content: bytes) -> Glossary:
    try:
        data = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}: not TOML: {error}") from None
    try:
        return Glossary.model_validate(data)
    except ValidationError as error:
        problems = [problem for _, problem in problems_of(error, data, Glossary.model_json_schema(), name)]
        raise ScenarioError(str(problems[0]), problems) from None
