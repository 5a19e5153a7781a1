"""The scenarios that ship, as people look at them: which can be played, and what is wrong with one that cannot."""

from typing import Any, NamedTuple

from django.utils.translation import gettext

import engine
from game.spoken import read, tell


class Look(NamedTuple):
    """A scenario's folder. `problem` is what its data breaks, in the words of its validation; empty when it is valid."""

    id: str
    title: str
    problem: str
    scenario: "engine.Scenario | None"

    @property
    def sections(self) -> list[tuple[str, Any]]:
        """Its data as it was validated: name of a section, and what is in it. Long lists are counted, not listed."""
        if self.scenario is None:
            return []
        data = self.scenario.model_dump(mode="json")
        plain = {name: value for name, value in data.items() if not isinstance(value, dict | list)}
        return [("scenario", plain), *((name, _short(value)) for name, value in data.items() if isinstance(value, dict | list))]


LISTED = 40  # entries of a list that are shown


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [*map(_short, value[:LISTED]), *([f"... {len(value):,} in all"] if len(value) > LISTED else [])]
    return value


def look_at(scenario_id: str) -> Look:
    """One of them."""
    try:
        scenario = engine.load_scenario(scenario_id)
    except (engine.ScenarioError, OSError) as problem:
        return Look(scenario_id, scenario_id, str(problem), None)
    return Look(scenario_id, read(scenario).title, "", scenario)


def all_of_them() -> list[Look]:
    """Every scenario there is a folder for, also those that cannot be played; first those that are based on no other."""
    looks = [look_at(scenario_id) for scenario_id in engine.scenario_ids()]
    return sorted(looks, key=lambda look: look.scenario is not None and look.scenario.files.base is not None)


def playable() -> list[Look]:
    """Those that can be played."""
    return [look for look in all_of_them() if look.scenario]


def doors() -> list[engine.Scenario]:
    """What the start page offers to play alone, in its order; where no scenario has a door, the first that can be played."""
    known = [look.scenario for look in playable() if look.scenario]
    return sorted((one for one in known if one.front.door), key=lambda one: one.front.door.place if one.front.door else 0) or known[:1]


def level_words(level: str | None) -> str:
    """For whom a morning is, in words."""
    return {"first": gettext("for a first time"), "usual": gettext("for anybody"), "hard": gettext("for those who have played")}.get(level or "", "")


def standard() -> engine.Scenario | None:
    """What is played where nobody chose, and what the pages before an exercise speak of: the first door. None where none can be played."""
    return next(iter(doors()), None)


def preview_shown(scenario: engine.Scenario, found: engine.ScenarioPreview) -> dict[str, Any]:
    """What the page of a preview shows: losses in millions, desks with their levers by name, evidence with its words."""

    def label(kind: str) -> str:
        return tell(scenario, scenario.kinds[kind].named(scenario))

    unseen = []
    for name in found["never_seen"]:
        kind, _, entry = name.partition(":")
        text = next((text for key in (f"{name}.subject", f"{name}.opening", name) if (text := scenario.evidence.wordings.get(key))), None)
        unseen.append({"kind": kind, "id": entry, "text": text.text if text else ""})
    desks = [
        {
            "title": getattr(read(scenario).told.desks, desk).title,
            **found["desks"][desk],
            "done": [(label(kind), count) for kind, count in found["desks"][desk]["kinds"].items()],
            "unused": [label(kind) for kind in found["never_used"][desk]],
        }
        for desk in engine.DESKS
    ]
    losses = [(name, [losses[key] / 1e6 for key in ("least", "median", "p90", "most")]) for name, losses in found["losses"].items()]
    rows = [
        (row["seed"], row["fault"], row["ghost_usd"] / 1e6, [(found["rows"][team][place]["loss_usd"] / 1e6) for team in found["rows"]])
        for place, row in enumerate(found["rows"]["competent"])
    ]
    return {"preview": found, "losses": losses, "desks": desks, "unseen": unseen, "rows": rows}
