"""The rules that the models' methods kept are kept by the database. Rows that break one already are mended where it is plain what they
should say, and else named: nothing of a log is changed.
"""

from django.db import migrations, models

BOUNDS = {"places": (1, 60), "planning_s": (0, 600), "stuck_s": (0, 86400), "place": (1, 1000)}
NAMES = {"title": "An exercise", "name": "Nameless {}", "name_key": "nameless {}"}
FORGOTTEN = {"seat": {"ready": (0, 2)}, "lesson": {"ready": (1, 5), "useful": (1, 5)}}  # an evening or an answer that cannot be
SPEEDS = (0.5, 120.0)
TOLD = 10  # rows


def mend(apps, schema_editor):
    """Mend, or refuse with the rows and the rule."""
    for rule in RULES:
        model = apps.get_model("game", rule.model_name)
        for row in _breaking(model, rule.constraint, schema_editor):
            _mend(row)
        left = [row.pk for row in _breaking(model, rule.constraint, schema_editor)]
        if left:
            told = ", ".join(str(pk) for pk in left[:TOLD])
            raise ValueError(
                f"{model._meta.db_table} {told}: {rule.constraint.violation_error_message} ({rule.constraint.name}) Mend these rows first."
            )


def _breaking(model, constraint, schema_editor):
    """The rows that the database would refuse. Asked as it asks itself, for which nothing is no breach."""
    found = constraint._get_check_sql(model, schema_editor)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT {model._meta.pk.column} FROM {model._meta.db_table} WHERE NOT ({found})")
        keys = [row[0] for row in cursor.fetchall()]
    return list(model._base_manager.using(schema_editor.connection.alias).filter(pk__in=keys))


def _mend(row):
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
    for name, (least, most) in BOUNDS.items():
        if name in values:
            values[name] = max(least, min(most, values[name]))
    for name, text in NAMES.items():
        if values.get(name) == "":
            values[name] = text.format(row.pk)
    for name, (least, most) in FORGOTTEN.get(row._meta.model_name, {}).items():
        if values[name] is not None and not least <= values[name] <= most:
            values[name] = None
    if isinstance(values.get("speeds"), dict):
        values["speeds"] = {phase: speed for phase, speed in values["speeds"].items() if _goes(speed)}
    changed = [name for name, value in values.items() if value != getattr(row, name)]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)


def _goes(speed):
    return isinstance(speed, (int, float)) and not isinstance(speed, bool) and SPEEDS[0] <= speed <= SPEEDS[1]


RULES = [
    migrations.AddConstraint(
        model_name="checkpoint",
        constraint=models.CheckConstraint(
            condition=models.Q(("step__range", (-129600, 158400))),
            name="a_checkpoint_is_of_the_week",
            violation_error_message="Expected step from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="command",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("seq__isnull", True), ("step__isnull", True)), models.Q(("seq__isnull", False), ("step__isnull", False)), _connector="OR"
            ),
            name="a_stamp_is_whole",
            violation_error_message="Expected seq and step together.",
        ),
    ),
    migrations.AddConstraint(
        model_name="command",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("seq__isnull", True), ("state", "pending")),
                models.Q(("seq__isnull", False), ("state__in", ("stamped", "applied"))),
                ("state", "refused"),
                _connector="OR",
            ),
            name="who_waits_has_no_stamp",
            violation_error_message="Expected pending without a place in the log; stamped or applied with one; or refused.",
        ),
    ),
    migrations.AddConstraint(
        model_name="command",
        constraint=models.CheckConstraint(
            condition=models.Q(("step__range", (-129600, 158400))),
            name="a_command_is_of_the_week",
            violation_error_message="Expected step from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="command",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("desk__in", ["deployer", "facilitator", "operator", "risk"]), ("confidence__in", ["", "certain", "guessing", "likely"])
            ),
            name="a_command_is_somebodys",
            violation_error_message="Expected desk as one of deployer, facilitator, operator, risk; confidence as one of , certain, guessing, likely.",
        ),
    ),
    migrations.AddConstraint(
        model_name="command",
        constraint=models.CheckConstraint(
            condition=models.Q(("kind", ""), _negated=True), name="a_command_has_a_kind", violation_error_message="Expected something in kind."
        ),
    ),
    migrations.AddConstraint(
        model_name="course",
        constraint=models.CheckConstraint(
            condition=models.Q(("key", ""), _negated=True), name="a_course_has_a_key", violation_error_message="Expected something in key."
        ),
    ),
    migrations.AddConstraint(
        model_name="deed",
        constraint=models.CheckConstraint(
            condition=models.Q(models.Q(("by", ""), _negated=True), models.Q(("text", ""), _negated=True)),
            name="a_deed_is_somebodys",
            violation_error_message="Expected something in by, text.",
        ),
    ),
    migrations.AddConstraint(
        model_name="deed",
        constraint=models.CheckConstraint(
            condition=models.Q(("step__range", (-129600, 158400))),
            name="a_deed_is_of_the_week",
            violation_error_message="Expected step from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="defaults",
        constraint=models.CheckConstraint(
            condition=models.Q(("autopilot__in", ["assistant", "competent", "history", "novice"])),
            name="the_defaults_play",
            violation_error_message="Expected autopilot as one of assistant, competent, history, novice.",
        ),
    ),
    migrations.AddConstraint(
        model_name="defaults",
        constraint=models.CheckConstraint(
            condition=models.Q(("id__range", (1, 1))), name="there_is_one_row_of_defaults", violation_error_message="Expected id from 1 to 1."
        ),
    ),
    migrations.AddConstraint(
        model_name="event",
        constraint=models.CheckConstraint(
            condition=models.Q(("step__range", (-129600, 158400))),
            name="an_event_is_of_the_week",
            violation_error_message="Expected step from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="event",
        constraint=models.CheckConstraint(
            condition=models.Q(("kind", ""), _negated=True), name="an_event_has_a_kind", violation_error_message="Expected something in kind."
        ),
    ),
    migrations.AddConstraint(
        model_name="exercise",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("code", ""), _negated=True), models.Q(("title", ""), _negated=True), models.Q(("scenario", ""), _negated=True)
            ),
            name="an_exercise_is_named",
            violation_error_message="Expected something in code, title, scenario.",
        ),
    ),
    migrations.AddConstraint(
        model_name="exercise",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("state__in", ["ended", "lobby", "paused", "running"]),
                ("loss_counter__in", ["delayed", "hidden", "live"]),
                ("help__in", ["2012", "assisted", "guided"]),
                ("names__in", ["letters", "people", "teams"]),
            ),
            name="an_exercise_stands_somehow",
            violation_error_message="Expected state as one of ended, lobby, paused, running; loss_counter as one of delayed, hidden, live; help as one of 2012, assisted, guided; names as one of letters, people, teams.",
        ),
    ),
    migrations.AddConstraint(
        model_name="exercise",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("start_step__range", (-129600, 158400)), ("first__range", (-129600, 158400)), ("advance_step__range", (-129600, 158400))
            ),
            name="an_exercise_is_of_the_week",
            violation_error_message="Expected start_step from -129600 to 158400; first from -129600 to 158400; advance_step from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="exercise",
        constraint=models.CheckConstraint(
            condition=models.Q(("planning_s__range", (0, 600)), ("stuck_s__range", (0, 86400))),
            name="an_exercise_waits_within_bounds",
            violation_error_message="Expected planning_s from 0 to 600; stuck_s from 0 to 86400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="exercise",
        constraint=models.CheckConstraint(
            condition=models.Q(("places__range", (1, 60))), name="a_desk_has_places", violation_error_message="Expected places from 1 to 60."
        ),
    ),
    migrations.AddConstraint(
        model_name="exercise",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(
                    ("speeds__deployment__isnull", True),
                    models.Q(("speeds__deployment__gte", 0.5), ("speeds__deployment__lte", 120.0)),
                    _connector="OR",
                ),
                models.Q(
                    ("speeds__premarket__isnull", True), models.Q(("speeds__premarket__gte", 0.5), ("speeds__premarket__lte", 120.0)), _connector="OR"
                ),
                models.Q(("speeds__bell__isnull", True), models.Q(("speeds__bell__gte", 0.5), ("speeds__bell__lte", 120.0)), _connector="OR"),
                models.Q(("speeds__unwind__isnull", True), models.Q(("speeds__unwind__gte", 0.5), ("speeds__unwind__lte", 120.0)), _connector="OR"),
                models.Q(("speeds__block__isnull", True), models.Q(("speeds__block__gte", 0.5), ("speeds__block__lte", 120.0)), _connector="OR"),
                models.Q(("speeds__ended__isnull", True), models.Q(("speeds__ended__gte", 0.5), ("speeds__ended__lte", 120.0)), _connector="OR"),
            ),
            name="an_exercises_speeds_within_bounds",
            violation_error_message="Expected speeds from 0.5 to 120.",
        ),
    ),
    migrations.AddConstraint(
        model_name="experiment",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("title", ""), _negated=True), models.Q(("scenario", ""), _negated=True), models.Q(("players", ""), _negated=True)
            ),
            name="an_experiment_is_named",
            violation_error_message="Expected something in title, scenario, players.",
        ),
    ),
    migrations.AddConstraint(
        model_name="experiment",
        constraint=models.CheckConstraint(
            condition=models.Q(("state__in", ["cancelled", "done", "running"])),
            name="an_experiment_stands_somehow",
            violation_error_message="Expected state as one of cancelled, done, running.",
        ),
    ),
    migrations.AddConstraint(
        model_name="experiment",
        constraint=models.CheckConstraint(
            condition=models.Q(("seeds__range", (1, 400))), name="an_experiment_has_seeds", violation_error_message="Expected seeds from 1 to 400."
        ),
    ),
    migrations.AddConstraint(
        model_name="experiment",
        constraint=models.CheckConstraint(
            condition=models.Q(("since__range", (-129600, 158400))),
            name="an_experiment_is_of_the_week",
            violation_error_message="Expected since from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="facilitatorlink",
        constraint=models.CheckConstraint(
            condition=models.Q(("token_hash", ""), _negated=True),
            name="a_link_has_a_token",
            violation_error_message="Expected something in token_hash.",
        ),
    ),
    migrations.AddConstraint(
        model_name="fork",
        constraint=models.CheckConstraint(
            condition=models.Q(models.Q(("code", ""), _negated=True), models.Q(("team", ""), _negated=True)),
            name="a_fork_has_a_source",
            violation_error_message="Expected something in code, team.",
        ),
    ),
    migrations.AddConstraint(
        model_name="fork",
        constraint=models.CheckConstraint(
            condition=models.Q(("since__range", (-129600, 158400))),
            name="a_fork_is_of_the_week",
            violation_error_message="Expected since from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="ghost",
        constraint=models.CheckConstraint(
            condition=models.Q(("scenario", ""), _negated=True),
            name="a_ghost_has_a_market",
            violation_error_message="Expected something in scenario.",
        ),
    ),
    migrations.AddConstraint(
        model_name="inject",
        constraint=models.CheckConstraint(
            condition=models.Q(models.Q(("card", ""), _negated=True), models.Q(("by", ""), _negated=True)),
            name="an_inject_is_a_card_of_somebody",
            violation_error_message="Expected something in card, by.",
        ),
    ),
    migrations.AddConstraint(
        model_name="inject",
        constraint=models.CheckConstraint(
            condition=models.Q(("at__range", (-129600, 158400))),
            name="an_inject_is_of_the_week",
            violation_error_message="Expected at from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="lesson",
        constraint=models.CheckConstraint(
            condition=models.Q(("desk__in", ["deployer", "operator", "risk"])),
            name="a_lesson_is_of_a_desk",
            violation_error_message="Expected desk as one of deployer, operator, risk.",
        ),
    ),
    migrations.AddConstraint(
        model_name="lesson",
        constraint=models.CheckConstraint(
            condition=models.Q(("ready__range", (1, 5)), ("useful__range", (1, 5))),
            name="a_lesson_counts_to_five",
            violation_error_message="Expected ready from 1 to 5; useful from 1 to 5.",
        ),
    ),
    migrations.AddConstraint(
        model_name="message",
        constraint=models.CheckConstraint(
            condition=models.Q(models.Q(("sender", ""), _negated=True), models.Q(("text", ""), _negated=True), models.Q(("by", ""), _negated=True)),
            name="a_message_says_something",
            violation_error_message="Expected something in sender, text, by.",
        ),
    ),
    migrations.AddConstraint(
        model_name="note",
        constraint=models.CheckConstraint(
            condition=models.Q(("text", ""), _negated=True), name="a_note_says_something", violation_error_message="Expected something in text."
        ),
    ),
    migrations.AddConstraint(
        model_name="note",
        constraint=models.CheckConstraint(
            condition=models.Q(("step__range", (-129600, 158400))),
            name="a_note_is_of_the_week",
            violation_error_message="Expected step from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="planning",
        constraint=models.CheckConstraint(
            condition=models.Q(("evening__range", (0, 2))), name="a_pause_is_of_an_evening", violation_error_message="Expected evening from 0 to 2."
        ),
    ),
    migrations.AddConstraint(
        model_name="player",
        constraint=models.CheckConstraint(
            condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("name_key", ""), _negated=True)),
            name="a_player_is_named",
            violation_error_message="Expected something in name, name_key.",
        ),
    ),
    migrations.AddConstraint(
        model_name="player",
        constraint=models.CheckConstraint(
            condition=models.Q(models.Q(("token_hash", ""), _negated=True), models.Q(("word", ""), _negated=True)),
            name="a_player_can_come_back",
            violation_error_message="Expected something in token_hash, word.",
        ),
    ),
    migrations.AddConstraint(
        model_name="run",
        constraint=models.CheckConstraint(
            condition=models.Q(("state__in", ["ended", "failed", "pending", "running", "standing"])),
            name="a_run_stands_somehow",
            violation_error_message="Expected state as one of ended, failed, pending, running, standing.",
        ),
    ),
    migrations.AddConstraint(
        model_name="run",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("step__range", (-129600, 158400)), ("start_step__range", (-129600, 158400)), ("advance_step__range", (-129600, 158400))
            ),
            name="a_run_is_of_the_week",
            violation_error_message="Expected step from -129600 to 158400; start_step from -129600 to 158400; advance_step from -129600 to 158400.",
        ),
    ),
    migrations.AddConstraint(
        model_name="run",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(
                    ("speeds__deployment__isnull", True),
                    models.Q(("speeds__deployment__gte", 0.5), ("speeds__deployment__lte", 120.0)),
                    _connector="OR",
                ),
                models.Q(
                    ("speeds__premarket__isnull", True), models.Q(("speeds__premarket__gte", 0.5), ("speeds__premarket__lte", 120.0)), _connector="OR"
                ),
                models.Q(("speeds__bell__isnull", True), models.Q(("speeds__bell__gte", 0.5), ("speeds__bell__lte", 120.0)), _connector="OR"),
                models.Q(("speeds__unwind__isnull", True), models.Q(("speeds__unwind__gte", 0.5), ("speeds__unwind__lte", 120.0)), _connector="OR"),
                models.Q(("speeds__block__isnull", True), models.Q(("speeds__block__gte", 0.5), ("speeds__block__lte", 120.0)), _connector="OR"),
                models.Q(("speeds__ended__isnull", True), models.Q(("speeds__ended__gte", 0.5), ("speeds__ended__lte", 120.0)), _connector="OR"),
            ),
            name="a_runs_speeds_within_bounds",
            violation_error_message="Expected speeds from 0.5 to 120.",
        ),
    ),
    migrations.AddConstraint(
        model_name="seat",
        constraint=models.CheckConstraint(
            condition=models.Q(("desk__in", ["deployer", "operator", "risk"])),
            name="a_seat_is_a_desk",
            violation_error_message="Expected desk as one of deployer, operator, risk.",
        ),
    ),
    migrations.AddConstraint(
        model_name="seat",
        constraint=models.CheckConstraint(
            condition=models.Q(("ready__range", (0, 2))), name="a_seat_is_ready_for_an_evening", violation_error_message="Expected ready from 0 to 2."
        ),
    ),
    migrations.AddConstraint(
        model_name="team",
        constraint=models.CheckConstraint(
            condition=models.Q(("name", ""), _negated=True), name="a_team_is_named", violation_error_message="Expected something in name."
        ),
    ),
    migrations.AddConstraint(
        model_name="team",
        constraint=models.CheckConstraint(
            condition=models.Q(("place__range", (1, 1000))), name="a_team_has_a_place", violation_error_message="Expected place from 1 to 1000."
        ),
    ),
    migrations.AddConstraint(
        model_name="trial",
        constraint=models.CheckConstraint(
            condition=models.Q(("side__in", ["with", "without"])),
            name="a_trial_has_a_side",
            violation_error_message="Expected side as one of with, without.",
        ),
    ),
]


class Migration(migrations.Migration):
    dependencies = [("game", "0021_doors")]

    operations = [migrations.RunPython(mend, migrations.RunPython.noop), *RULES]
