"""A new house makes its tables at once, an old one step by step: both come to the same."""

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader

STEPS, WHOLE = ("game", "0030_deeds_in_any_language"), ("game", "0001_start")


def test_the_tables_of_a_new_house_are_those_that_thirty_steps_leave():
    by_steps, at_once = MigrationLoader(None, replace_migrations=False), MigrationLoader(None)
    assert WHOLE in at_once.graph.nodes and STEPS not in at_once.graph.nodes
    left, made = by_steps.project_state(STEPS), at_once.project_state(WHOLE)
    assert len(made.models) > 20
    for old, new in ((left, made), (made, left)):
        assert MigrationAutodetector(old, new)._detect_changes() == {}
