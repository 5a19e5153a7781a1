"""What a morning is to teach, from `objectives.toml`: each objective with what in a run shows it, a check of a small vocabulary. It is about runs
and no part of one.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from engine.events import Desk
from engine.scenario.folders import ID
from engine.scenario.parts import Section

CheckName = Literal[
    "looked-before-acting", "word-before-acting", "checked-after-mending", "compared-before-open", "flag-before-rolling-back",
    "done-before", "shared-in-time", "read-in-time", "right-cause", "contained-in-time",
]  # fmt: skip
OBJECTIVE_CHECKS: tuple[str, ...] = get_args(CheckName)
# What a check is told beside its name: the keys that it must have, and those that it may have.
_MUST: dict[str, frozenset[str]] = {
    "looked-before-acting": frozenset({"within_min"}),
    "checked-after-mending": frozenset({"within_min"}),
    "done-before": frozenset({"levers", "before"}),
    "shared-in-time": frozenset({"within_min"}),
    "read-in-time": frozenset({"within_min"}),
    "contained-in-time": frozenset({"within_min"}),
}
_MAY: dict[str, frozenset[str]] = {
    "looked-before-acting": frozenset({"levers"}),
    "word-before-acting": frozenset({"levers"}),
    "checked-after-mending": frozenset({"levers"}),
    "flag-before-rolling-back": frozenset({"levers"}),
}
_KEYS = ("levers", "before", "within_min")
_Levers = Annotated[tuple[str, ...], Field(max_length=20, strict=False)]


class Objective(Section):
    """What a team is to have done by the end. `check`: what of a run shows it.
    `looked-before-acting`: evidence was opened, or read on the bridge, by the desk within `within_min` before each of `levers` (left out: all that
    can hurt). `word-before-acting`: approval stood when one of `levers` that needs it was first tried. `checked-after-mending`: each server that
    was mended by `levers` was looked at within `within_min`. `compared-before-open`: each server was compared with the record before the bell.
    `flag-before-rolling-back`: the flag was cleared, or the rollback rehearsed, before one of `levers`. `done-before`: one of `levers` before the
    first of `before`. `shared-in-time`, `read-in-time`: evidence was on the bridge so soon after it was seen, and read by another desk so soon
    after that. `right-cause`: a cause and place that were declared with evidence were right. `contained-in-time`: so soon after it was noticed.
    `desks`: whose deeds count."""

    id: Annotated[str, Field(pattern=ID.pattern, max_length=40)]
    title: Annotated[str, Field(min_length=3, max_length=60)]
    text: Annotated[str, Field(min_length=8, max_length=300)]
    check: CheckName
    desks: Annotated[tuple[Desk, ...], Field(min_length=1, max_length=3, strict=False)] = ("deployer", "operator", "risk")
    levers: _Levers = ()
    before: _Levers = ()
    within_min: Annotated[float | None, Field(gt=0, le=240)] = None

    @model_validator(mode="after")
    def _keys_of_its_check(self) -> "Objective":
        must = _MUST.get(self.check, frozenset())
        may = must | _MAY.get(self.check, frozenset())
        given = {name for name in _KEYS if getattr(self, name)}
        if missing := sorted(must - given):
            raise ValueError(f"check {self.check} needs {', '.join(missing)}")
        if beside := sorted(given - may):
            raise ValueError(f"check {self.check} takes no {', '.join(beside)}: expected {', '.join(sorted(may)) or 'none of these'}")
        return self


class Objectives(Section):
    """The whole of `objectives.toml`."""

    objective: Annotated[tuple[Objective, ...], Field(max_length=8, strict=False)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Objectives":
        ids = [one.id for one in self.objective]
        if len(set(ids)) < len(ids):
            raise ValueError(f"objective: ids {', '.join(ids)}: expected each once")
        return self
