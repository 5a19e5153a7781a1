"""Who may do what: declared once, by the lever; judged by the engine; printed in the README."""

from pathlib import Path

import pytest

import engine
from engine.events import DESKS
from tests.small import small_scenario

README = Path(__file__).resolve().parents[2] / "README.md"


def matrix() -> list[str]:
    """The README's table of rights, a line a kind of command."""
    rows = ["| command | arguments | deployer | operator | risk | facilitator |", "|---|---|:-:|:-:|:-:|:-:|"]
    for kind, lever in sorted(engine.KINDS.items()):
        marks = " | ".join("x" if desk in lever.desks else " " for desk in (*DESKS, "facilitator"))
        rows.append(f"| `{kind}` | {', '.join(lever.args)} | {marks} |")
    return rows


def test_the_readme_prints_the_matrix_of_rights():
    text = README.read_text()
    found = text[text.index("| command | arguments") :].split("\n\n")[0].splitlines()
    assert found == matrix(), "print it anew: python -m tests.unit.test_rights"


@pytest.mark.parametrize("desk", (*DESKS, "projector", "facilitator", ""))
def test_a_desk_that_may_not_is_refused_by_name_and_nothing_changes(desk):
    sim = engine.Simulation(small_scenario(), 79)
    before = sim.digest()
    forbidden = [kind for kind, lever in engine.KINDS.items() if desk not in lever.desks]
    assert forbidden
    for seq, kind in enumerate(sorted(forbidden), 1):
        refusal = sim.submit(engine.Command(seq, sim.now, desk, kind, {}))
        assert refusal is not None and f"not the {desk}" in refusal.reason, kind
    assert sim.digest() == before


def test_every_kind_is_somebodys():
    for kind, lever in engine.KINDS.items():
        assert lever.desks and set(lever.desks) <= {*DESKS, "facilitator"}, kind


if __name__ == "__main__":
    print("\n".join(matrix()))
