"""Every table at once, as 0001 to 0030 leave them."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import game.models
from django.conf import settings
from django.db import migrations, models


def make_group(apps, _editor):
    apps.get_model("auth", "Group").objects.get_or_create(name="facilitators")


class Migration(migrations.Migration):
    """A new house has no history to walk through, which would take it four seconds."""

    replaces = [
        ("game", "0001_initial"),
        ("game", "0002_run_engine_version"),
        ("game", "0003_players"),
        ("game", "0004_ghost_story"),
        ("game", "0005_week_steps"),
        ("game", "0006_planning_pause"),
        ("game", "0007_drawn_scenario"),
        ("game", "0008_frozen_board"),
        ("game", "0009_facilitators"),
        ("game", "0010_injects"),
        ("game", "0011_control_room"),
        ("game", "0012_sessions"),
        ("game", "0013_courses"),
        ("game", "0014_names"),
        ("game", "0015_course_curves"),
        ("game", "0016_lab"),
        ("game", "0017_lessons"),
        ("game", "0018_forks"),
        ("game", "0019_shared_results"),
        ("game", "0020_shown_to"),
        ("game", "0021_doors"),
        ("game", "0022_rules_of_rows"),
        ("game", "0023_own_time"),
        ("game", "0024_pinned_rules"),
        ("game", "0025_doors_have_bounds"),
        ("game", "0026_second_act"),
        ("game", "0027_waits_for_teams"),
        ("game", "0028_revealed"),
        ("game", "0029_held_back"),
        ("game", "0030_deeds_in_any_language"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("auth", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.PositiveIntegerField(default=0, help_text="fencing token: grows with every worker that takes the run")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("standing", "Standing: something else is here than it was begun on"),
                            ("ended", "Ended"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="why it stands still, for the facilitator")),
                ("step", models.IntegerField(default=0)),
                ("shown_to", models.IntegerField(help_text="no screen was shown a later step: written some beats ahead, see game.clock", null=True)),
                ("paused", models.BooleanField(default=False, help_text="this team alone stands still")),
                ("stopped", models.BooleanField(default=False, help_text="this team alone was ended by the facilitator")),
                (
                    "speeds",
                    models.JSONField(blank=True, default=dict, help_text="its own, phase -> times real time; the exercise's where it has none"),
                ),
                ("advance_step", models.IntegerField(help_text="run at full speed up to here, or to the exercise's where that is later", null=True)),
                ("start_step", models.IntegerField(help_text="history plays what lies before; empty: before the exercise's start", null=True)),
                ("moving_since", models.DateTimeField(help_text="when it last went on after a pause of its own", null=True)),
                (
                    "waits_for",
                    models.JSONField(blank=True, default=list, help_text="names of the teams that it is too far ahead of, see game.live.pacing"),
                ),
                ("waited_s", models.FloatField(default=0.0, help_text="for how long it has waited for others")),
                ("curve", models.JSONField(default=list, help_text="[[step, loss in dollars], ...], one a market minute")),
                ("score", models.JSONField(null=True)),
                ("digest", models.CharField(blank=True, help_text="of the outcome, see engine.outcome_digest", max_length=64)),
                ("rules", models.PositiveIntegerField(help_text="it is played by; empty: begun before they had a number", null=True)),
                ("own_data", models.BooleanField(default=False, help_text="it goes on with that data though other data is here")),
                ("may_play_on", models.BooleanField(default=False, help_text="of one that stands: its checkpoint can be read here")),
                ("played_by", models.CharField(blank=True, help_text="the engine, where rules had no number yet", max_length=40)),
                ("seq", models.PositiveIntegerField(help_text="of one that has ended: the last command that belongs to it", null=True)),
                ("events_told", models.PositiveIntegerField(help_text="of one that has ended: how many events belong to it", null=True)),
                ("note", models.TextField(blank=True, help_text="what is to be known about how it was played or ended")),
                ("interrupted", models.BooleanField(default=False, help_text="it ended at its last checkpoint, by an upgrade")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["ended", "failed", "pending", "running", "standing"])),
                        name="a_run_stands_somehow",
                        violation_error_message="Expected state as one of ended, failed, pending, running, standing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__range", (-129600, 158400)), ("start_step__range", (-129600, 158400)), ("advance_step__range", (-129600, 158400))
                        ),
                        name="a_run_is_of_the_week",
                        violation_error_message="Expected step from -129600 to 158400; start_step from -129600 to 158400; advance_step from -129600 to 158400.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("speeds__deployment__isnull", True),
                                models.Q(("speeds__deployment__gte", 0.5), ("speeds__deployment__lte", 120.0)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("speeds__premarket__isnull", True),
                                models.Q(("speeds__premarket__gte", 0.5), ("speeds__premarket__lte", 120.0)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("speeds__bell__isnull", True), models.Q(("speeds__bell__gte", 0.5), ("speeds__bell__lte", 120.0)), _connector="OR"
                            ),
                            models.Q(
                                ("speeds__unwind__isnull", True),
                                models.Q(("speeds__unwind__gte", 0.5), ("speeds__unwind__lte", 120.0)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("speeds__block__isnull", True), models.Q(("speeds__block__gte", 0.5), ("speeds__block__lte", 120.0)), _connector="OR"
                            ),
                            models.Q(
                                ("speeds__ended__isnull", True), models.Q(("speeds__ended__gte", 0.5), ("speeds__ended__lte", 120.0)), _connector="OR"
                            ),
                        ),
                        name="a_runs_speeds_within_bounds",
                        violation_error_message="Expected speeds from 0.5 to 120.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScenarioContent",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("scenario", models.CharField(max_length=40)),
                ("files", models.JSONField()),
                ("code", models.CharField(blank=True, help_text="SHA-256 of its module, which is not kept; empty: it has none", max_length=64)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Defaults",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "autopilot",
                    models.CharField(
                        choices=[("assistant", "assistant"), ("competent", "competent"), ("history", "history"), ("novice", "novice")],
                        default="assistant",
                        help_text="plays the desks of a new exercise that nobody takes",
                        max_length=80,
                    ),
                ),
                (
                    "plays_a_minute",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="games for one that can be begun from one address in a minute",
                        validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5000)],
                    ),
                ),
                (
                    "solo_places",
                    models.PositiveSmallIntegerField(
                        default=40,
                        help_text="games for one that this machine plays at once; one address has half of them at most",
                        validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5000)],
                    ),
                ),
            ],
            options={
                "verbose_name": "defaults",
                "verbose_name_plural": "defaults",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("autopilot__in", ["assistant", "competent", "history", "novice"])),
                        name="the_defaults_play",
                        violation_error_message="Expected autopilot as one of assistant, competent, history, novice.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("id__range", (1, 1))),
                        name="there_is_one_row_of_defaults",
                        violation_error_message="Expected id from 1 to 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("plays_a_minute__range", (1, 5000)), ("solo_places__range", (1, 5000))),
                        name="somebody_may_play_alone",
                        violation_error_message="Expected plays_a_minute from 1 to 5000; solo_places from 1 to 5000.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exercise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=game.models.new_code, max_length=8, unique=True)),
                ("title", models.CharField(max_length=80)),
                ("scenario", models.CharField(default="knight-2012", max_length=40)),
                ("drawn", models.BooleanField(default=False, help_text="the scenario was drawn, and nobody is told which until the end")),
                ("seed", models.PositiveBigIntegerField(default=79)),
                ("noise", models.PositiveBigIntegerField(blank=True, null=True)),
                ("start_step", models.IntegerField(default=0, help_text="reached at full speed before the clock shows itself")),
                ("first", models.IntegerField(blank=True, help_text="of a fork: where its simulations begin, see game.forks", null=True)),
                ("advance_step", models.IntegerField(default=0, help_text="run at full speed up to here")),
                (
                    "state",
                    models.CharField(
                        choices=[("lobby", "Lobby"), ("running", "Running"), ("paused", "Paused"), ("ended", "Ended")], default="lobby", max_length=8
                    ),
                ),
                ("speeds", models.JSONField(blank=True, default=dict, help_text="phase -> times real time, where it is not the default")),
                (
                    "loss_counter",
                    models.CharField(choices=[("live", "Live"), ("delayed", "Delayed"), ("hidden", "Hidden")], default="delayed", max_length=8),
                ),
                (
                    "frozen",
                    models.JSONField(blank=True, help_text="the projector's losses as they stood when they were frozen, see game.wall", null=True),
                ),
                (
                    "revealed",
                    models.PositiveSmallIntegerField(default=0, help_text="how many steps of the end the wall has shown, see game.control.reveal"),
                ),
                ("held_back", models.BooleanField(default=False, help_text="ended on a secret: its result waits for the reveal")),
                (
                    "help",
                    models.CharField(
                        choices=[("2012", "As In 2012"), ("assisted", "Assisted"), ("guided", "Guided")],
                        default="2012",
                        help_text="how much the desks are shown",
                        max_length=8,
                    ),
                ),
                (
                    "second_act",
                    models.BooleanField(default=True, help_text="a smaller event comes beside the morning's own, the same for every team"),
                ),
                (
                    "planning_s",
                    models.PositiveSmallIntegerField(
                        default=90, help_text="wall seconds that an evening waits for its desks at most; 0: it does not wait"
                    ),
                ),
                ("places", models.PositiveSmallIntegerField(default=4, help_text="how many people may share a seat")),
                (
                    "stuck_s",
                    models.PositiveSmallIntegerField(default=180, help_text="wall seconds without a command of a team's people; 0: never stuck"),
                ),
                (
                    "names",
                    models.CharField(
                        choices=[("letters", "Team A, B, C"), ("teams", "Teams and desks"), ("people", "People as well")],
                        default="teams",
                        help_text="who is named in the debrief",
                        max_length=8,
                    ),
                ),
                ("open_results", models.BooleanField(default=False, help_text="everybody with the code sees every team's result, not only its own")),
                ("planned_for", models.DateTimeField(blank=True, help_text="when it is to be played, as whoever planned it typed it", null=True)),
                ("closed", models.BooleanField(default=False, help_text="the door: nobody new comes in, whoever is inside stays")),
                ("joins_a_minute", models.PositiveSmallIntegerField(default=120, help_text="people who may join from one address in a minute")),
                (
                    "came_from",
                    models.CharField(blank=True, help_text="of a game for one: whose address it counts for, as a keyed hash", max_length=32),
                ),
                ("archived", models.BooleanField(default=False, help_text="put away: it shows in no list unless asked for")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("halt", models.CharField(blank=True, help_text="why it paused by itself: offline or alone; empty: it did not", max_length=8)),
                ("halted", models.JSONField(blank=True, default=list, help_text="the players who vanished then")),
                ("offline_s", models.FloatField(default=0.0, help_text="for how long the room was offline in all")),
                ("offline_count", models.PositiveIntegerField(default=0, help_text="how often that was counted on")),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("moving_since", models.DateTimeField(blank=True, help_text="when its clock last began to go", null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "facilitator",
                    models.ForeignKey(
                        blank=True,
                        help_text="who runs it; without one, staff does",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="exercises",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("title", ""), _negated=True), models.Q(("scenario", ""), _negated=True)
                        ),
                        name="an_exercise_is_named",
                        violation_error_message="Expected something in code, title, scenario.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["ended", "lobby", "paused", "running"]),
                            ("loss_counter__in", ["delayed", "hidden", "live"]),
                            ("help__in", ["2012", "assisted", "guided"]),
                            ("names__in", ["letters", "people", "teams"]),
                        ),
                        name="an_exercise_stands_somehow",
                        violation_error_message="Expected state as one of ended, lobby, paused, running; loss_counter as one of delayed, hidden, live; help as one of 2012, assisted, guided; names as one of letters, people, teams.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_step__range", (-129600, 158400)), ("first__range", (-129600, 158400)), ("advance_step__range", (-129600, 158400))
                        ),
                        name="an_exercise_is_of_the_week",
                        violation_error_message="Expected start_step from -129600 to 158400; first from -129600 to 158400; advance_step from -129600 to 158400.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("planning_s__range", (0, 600)), ("stuck_s__range", (0, 86400))),
                        name="an_exercise_waits_within_bounds",
                        violation_error_message="Expected planning_s from 0 to 600; stuck_s from 0 to 86400.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("places__range", (1, 60))),
                        name="a_desk_has_places",
                        violation_error_message="Expected places from 1 to 60.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("joins_a_minute__range", (1, 5000))),
                        name="a_door_lets_somebody_in",
                        violation_error_message="Expected joins_a_minute from 1 to 5000.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("speeds__deployment__isnull", True),
                                models.Q(("speeds__deployment__gte", 0.5), ("speeds__deployment__lte", 120.0)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("speeds__premarket__isnull", True),
                                models.Q(("speeds__premarket__gte", 0.5), ("speeds__premarket__lte", 120.0)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("speeds__bell__isnull", True), models.Q(("speeds__bell__gte", 0.5), ("speeds__bell__lte", 120.0)), _connector="OR"
                            ),
                            models.Q(
                                ("speeds__unwind__isnull", True),
                                models.Q(("speeds__unwind__gte", 0.5), ("speeds__unwind__lte", 120.0)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("speeds__block__isnull", True), models.Q(("speeds__block__gte", 0.5), ("speeds__block__lte", 120.0)), _connector="OR"
                            ),
                            models.Q(
                                ("speeds__ended__isnull", True), models.Q(("speeds__ended__gte", 0.5), ("speeds__ended__lte", 120.0)), _connector="OR"
                            ),
                        ),
                        name="an_exercises_speeds_within_bounds",
                        violation_error_message="Expected speeds from 0.5 to 120.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80)),
                ("scenario", models.CharField(max_length=40)),
                ("players", models.CharField(help_text="a line-up of autopilots, or a recorded run", max_length=40)),
                ("since", models.IntegerField(default=0, help_text="step from which they play")),
                ("safeguards", models.JSONField(default=list, help_text="ids, see engine.lab_safeguards")),
                ("tested", models.BooleanField(default=True, help_text="every control was tested and mended; else it may have its hole")),
                ("seeds", models.PositiveSmallIntegerField(default=100)),
                ("first_seed", models.PositiveBigIntegerField(default=1)),
                (
                    "market",
                    models.PositiveBigIntegerField(help_text="the seed of every trial, when only the market's noise is drawn anew", null=True),
                ),
                ("log", models.JSONField(help_text="the recorded run, as it was when the experiment began", null=True)),
                ("played_by", models.CharField(blank=True, help_text="the team of the recorded run, and its exercise", max_length=80)),
                (
                    "state",
                    models.CharField(choices=[("running", "Running"), ("cancelled", "Cancelled"), ("done", "Done")], default="running", max_length=9),
                ),
                ("made_by", models.CharField(max_length=40)),
                ("shown", models.BooleanField(default=False, help_text="on the result's page of that exercise, for everybody in the room")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "exercise",
                    models.ForeignKey(
                        help_text="it is kept with",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="experiments",
                        to="game.exercise",
                    ),
                ),
                (
                    "facilitator",
                    models.ForeignKey(
                        help_text="without one, staff has it",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="experiments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "played_in",
                    models.ForeignKey(
                        help_text="of the recorded run", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="game.exercise"
                    ),
                ),
            ],
            options={
                "ordering": ["-created", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("scenario", ""), _negated=True),
                            models.Q(("players", ""), _negated=True),
                        ),
                        name="an_experiment_is_named",
                        violation_error_message="Expected something in title, scenario, players.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["cancelled", "done", "running"])),
                        name="an_experiment_stands_somehow",
                        violation_error_message="Expected state as one of cancelled, done, running.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seeds__range", (1, 400))),
                        name="an_experiment_has_seeds",
                        violation_error_message="Expected seeds from 1 to 400.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("since__range", (-129600, 158400))),
                        name="an_experiment_is_of_the_week",
                        violation_error_message="Expected since from -129600 to 158400.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FacilitatorLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        help_text="whom it signs in; nobody named: the machine's own facilitator",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        name="a_link_has_a_token",
                        violation_error_message="Expected something in token_hash.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Ghost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scenario", models.CharField(max_length=40)),
                ("seed", models.PositiveBigIntegerField()),
                ("noise", models.PositiveBigIntegerField(null=True)),
                ("made_by", models.CharField(help_text="see game.contents", max_length=40)),
                ("curve", models.JSONField(default=list)),
                ("score", models.JSONField(default=dict)),
                ("story", models.JSONField(default=list, help_text="[{at, desk, text}, ...], see engine.story")),
                (
                    "injects_key",
                    models.CharField(blank=True, help_text="of the injects in it that went to all teams, see game.injects", max_length=32),
                ),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scenario", ""), _negated=True),
                        name="a_ghost_has_a_market",
                        violation_error_message="Expected something in scenario.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Planning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("evening", models.PositiveSmallIntegerField()),
                ("left_s", models.FloatField(default=90)),
                ("counts", models.PositiveIntegerField(default=0, help_text="how often it was counted down")),
                ("over", models.BooleanField(default=False)),
                ("exercise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="plannings", to="game.exercise")),
            ],
            options={
                "ordering": ["evening"],
                "constraints": [
                    models.UniqueConstraint(fields=("exercise", "evening"), name="one_pause_an_evening"),
                    models.CheckConstraint(
                        condition=models.Q(("evening__range", (0, 2))),
                        name="a_pause_is_of_an_evening",
                        violation_error_message="Expected evening from 0 to 2.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Player",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=24)),
                ("name_key", models.CharField(help_text="the name as it is compared", max_length=500)),
                ("token_hash", models.CharField(help_text="of the cookie; a new browser gets a new one", max_length=64)),
                ("word", models.CharField(help_text="brings the player back on another device", max_length=40)),
                (
                    "seen_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="about when a screen of theirs last gave a sign of life, for the record"
                    ),
                ),
                ("gone_at", models.DateTimeField(help_text="since when every screen is gone or silent; null: here", null=True)),
                ("silent_s", models.FloatField(default=0.0, help_text="without a sign of life for so long when it was noticed that they are away")),
                ("halted", models.BooleanField(default=False, help_text="this absence has paused the exercise, which it does once")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("exercise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="players", to="game.exercise")),
            ],
            options={
                "ordering": ["created", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("exercise", "name_key"), name="one_name_a_player"),
                    models.UniqueConstraint(fields=("exercise", "word"), name="one_word_a_player"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("name_key", ""), _negated=True)),
                        name="a_player_is_named",
                        violation_error_message="Expected something in name, name_key.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("token_hash", ""), _negated=True), models.Q(("word", ""), _negated=True)),
                        name="a_player_can_come_back",
                        violation_error_message="Expected something in token_hash, word.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("player", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="holdings", to="game.player")),
            ],
            options={
                "ordering": ["taken_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="exercise",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                help_text="plays alone, and has pause and speed",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="owns",
                to="game.player",
            ),
        ),
        migrations.CreateModel(
            name="Finished",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told", models.JSONField(help_text="ledger, week, story, given, opened: see told_of")),
                ("controls", models.JSONField(default=dict, help_text="the scenario's barriers that the survey asks about: id -> label")),
                ("worth", models.JSONField(default=dict)),
                ("done", models.IntegerField(default=-1)),
                ("run", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="finished", to="game.run")),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("step", models.IntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("audience", models.JSONField(default=list)),
                ("data", models.JSONField(default=dict)),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="events", to="game.run")),
            ],
            options={
                "ordering": ["run", "number"],
                "indexes": [models.Index(fields=["kind", "run"], name="events_by_kind")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "number"), name="an_event_is_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__range", (-129600, 158400))),
                        name="an_event_is_of_the_week",
                        violation_error_message="Expected step from -129600 to 158400.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", ""), _negated=True),
                        name="an_event_has_a_kind",
                        violation_error_message="Expected something in kind.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("loss_usd", models.FloatField()),
                ("reason", models.TextField(blank=True, help_text="why what was moved could not have been done then")),
                ("curve", models.JSONField(default=list, help_text="[step, loss in dollars] of every full minute from the first difference on")),
                ("made_by", models.CharField(help_text="see game.contents", max_length=40)),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="courses", to="game.run")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "key"), name="a_course_is_run_once"),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        name="a_course_has_a_key",
                        violation_error_message="Expected something in key.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Command",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.UUIDField()),
                ("seq", models.PositiveIntegerField(null=True)),
                ("step", models.IntegerField(null=True)),
                ("desk", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=40)),
                ("args", models.JSONField(default=dict)),
                ("confidence", models.CharField(blank=True, max_length=8)),
                ("why", models.TextField(blank=True)),
                ("by", models.CharField(blank=True, help_text="the holder's name, or autopilot", max_length=24)),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Pending"), ("stamped", "Stamped"), ("applied", "Applied"), ("refused", "Refused")],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="commands", to="game.run")),
            ],
            options={
                "ordering": ["run", "seq"],
                "indexes": [models.Index(fields=["run", "state"], name="commands_waiting")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "client_id"), name="a_click_counts_once"),
                    models.UniqueConstraint(fields=("run", "seq"), name="one_order_of_commands"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seq__isnull", True), ("step__isnull", True)),
                            models.Q(("seq__isnull", False), ("step__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_stamp_is_whole",
                        violation_error_message="Expected seq and step together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seq__isnull", True), ("state", "pending")),
                            models.Q(("seq__isnull", False), ("state__in", ("stamped", "applied"))),
                            ("state", "refused"),
                            _connector="OR",
                        ),
                        name="who_waits_has_no_stamp",
                        violation_error_message="Expected pending without a place in the log; stamped or applied with one; or refused.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__range", (-129600, 158400))),
                        name="a_command_is_of_the_week",
                        violation_error_message="Expected step from -129600 to 158400.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("desk__in", ["deployer", "facilitator", "operator", "risk"]), ("confidence__in", ["", "certain", "guessing", "likely"])
                        ),
                        name="a_command_is_somebodys",
                        violation_error_message="Expected desk as one of deployer, facilitator, operator, risk; confidence as one of , certain, guessing, likely.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", ""), _negated=True),
                        name="a_command_has_a_kind",
                        violation_error_message="Expected something in kind.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.IntegerField()),
                ("seq", models.PositiveIntegerField(help_text="the last command in it")),
                ("events", models.PositiveIntegerField(help_text="how many it had told")),
                ("blob", models.BinaryField()),
                ("score", models.JSONField(default=dict, help_text="as it stood: what the run is scored by where it cannot go on from here")),
                ("executions", models.CharField(blank=True, help_text="their digest, see engine.executed", max_length=64)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("run", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="checkpoint", to="game.run")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("step__range", (-129600, 158400))),
                        name="a_checkpoint_is_of_the_week",
                        violation_error_message="Expected step from -129600 to 158400.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="run",
            name="content",
            field=models.ForeignKey(
                help_text="the data it is played on",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="game.scenariocontent",
            ),
        ),
        migrations.CreateModel(
            name="Fork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="of the source's exercise, which may be deleted", max_length=8)),
                ("team", models.CharField(max_length=24)),
                ("since", models.IntegerField(help_text="where the source's team began")),
                ("help", models.CharField(help_text="how much its desks were shown", max_length=8)),
                ("seq", models.PositiveIntegerField(default=0, help_text="the last command of the log that it begins with")),
                ("rules", models.PositiveIntegerField(help_text="the source was played by", null=True)),
                ("commands", models.JSONField(default=list)),
                ("exercise", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="fork", to="game.exercise")),
                ("source", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="forks", to="game.run")),
                (
                    "content",
                    models.ForeignKey(
                        help_text="the source was played on",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="game.scenariocontent",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("code", ""), _negated=True), models.Q(("team", ""), _negated=True)),
                        name="a_fork_has_a_source",
                        violation_error_message="Expected something in code, team.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("since__range", (-129600, 158400))),
                        name="a_fork_is_of_the_week",
                        violation_error_message="Expected since from -129600 to 158400.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("desk", models.CharField(max_length=12)),
                ("autopilot", models.CharField(blank=True, help_text="who plays it while nobody holds it; empty: nobody", max_length=80)),
                ("ready", models.PositiveSmallIntegerField(blank=True, help_text="the evening of the week that its people are ready for", null=True)),
                ("covered", models.BooleanField(default=False, help_text="its holders are away and the assistant plays it")),
                ("covered_after", models.BigIntegerField(help_text="the last command of its run when the assistant took it", null=True)),
                ("locked", models.CharField(blank=True, help_text="why nobody may sit down at it; empty: anybody may", max_length=80)),
                ("link_hash", models.CharField(blank=True, db_index=True, help_text="of the one-time link", max_length=64)),
                ("players", models.ManyToManyField(related_name="+", through="game.Holding", to="game.player")),
            ],
            options={
                "ordering": ["desk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("desk__in", ["deployer", "operator", "risk"])),
                        name="a_seat_is_a_desk",
                        violation_error_message="Expected desk as one of deployer, operator, risk.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ready__range", (0, 2))),
                        name="a_seat_is_ready_for_an_evening",
                        violation_error_message="Expected ready from 0 to 2.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="holding",
            name="seat",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="holdings", to="game.seat"),
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("player", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="stays", to="game.player")),
                ("seat", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="stays", to="game.seat")),
            ],
            options={
                "ordering": ["since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=24)),
                ("place", models.PositiveSmallIntegerField(default=1)),
                (
                    "links",
                    models.PositiveSmallIntegerField(default=0, help_text="how often the links to its result were taken back, see game.sharing"),
                ),
                ("exercise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="teams", to="game.exercise")),
            ],
            options={
                "ordering": ["place"],
                "constraints": [
                    models.UniqueConstraint(fields=("exercise", "name"), name="one_name_a_team"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="a_team_is_named", violation_error_message="Expected something in name."
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__range", (1, 1000))),
                        name="a_team_has_a_place",
                        violation_error_message="Expected place from 1 to 1000.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="seat",
            name="team",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="game.team"),
        ),
        migrations.AddField(
            model_name="run",
            name="team",
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="run", to="game.team"),
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.IntegerField()),
                ("text", models.CharField(max_length=500)),
                ("by", models.CharField(blank=True, max_length=150)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("exercise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="game.exercise")),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        help_text="empty: about all",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="game.team",
                    ),
                ),
            ],
            options={
                "ordering": ["step", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="a_note_says_something",
                        violation_error_message="Expected something in text.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__range", (-129600, 158400))),
                        name="a_note_is_of_the_week",
                        violation_error_message="Expected step from -129600 to 158400.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sender", models.CharField(max_length=40)),
                ("desks", models.JSONField(default=list)),
                ("text", models.TextField()),
                ("by", models.CharField(max_length=24)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("exercise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="game.exercise")),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        help_text="null: all teams",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="game.team",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sender", ""), _negated=True), models.Q(("text", ""), _negated=True), models.Q(("by", ""), _negated=True)
                        ),
                        name="a_message_says_something",
                        violation_error_message="Expected something in sender, text, by.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("desk", models.CharField(max_length=12)),
                ("surprised", models.CharField(blank=True, max_length=500)),
                ("differently", models.CharField(blank=True, max_length=500)),
                ("controls", models.JSONField(default=list, help_text="ids of the scenario's barriers that would have helped most")),
                ("ready", models.PositiveSmallIntegerField(null=True)),
                ("useful", models.PositiveSmallIntegerField(null=True)),
                ("given", models.DateTimeField(default=django.utils.timezone.now)),
                ("player", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="lesson", to="game.player")),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lessons", to="game.team")),
            ],
            options={
                "ordering": ["given", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("desk__in", ["deployer", "operator", "risk"])),
                        name="a_lesson_is_of_a_desk",
                        violation_error_message="Expected desk as one of deployer, operator, risk.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ready__range", (1, 5)), ("useful__range", (1, 5))),
                        name="a_lesson_counts_to_five",
                        violation_error_message="Expected ready from 1 to 5; useful from 1 to 5.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("card", models.CharField(max_length=40)),
                ("desks", models.JSONField(default=list)),
                ("server", models.PositiveSmallIntegerField(default=0)),
                ("minutes", models.PositiveSmallIntegerField(default=0)),
                ("text", models.TextField(blank=True)),
                ("at", models.IntegerField(null=True)),
                ("when", models.JSONField(help_text="{what, above}: see engine.CONDITIONS", null=True)),
                ("by", models.CharField(max_length=24)),
                (
                    "number",
                    models.PositiveBigIntegerField(help_text="of a fork's: what the runs know it by, which was given it in the source", null=True),
                ),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("taken_back", models.DateTimeField(null=True)),
                ("taken_back_at", models.IntegerField(help_text="where the furthest run was then", null=True)),
                ("exercise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="injects", to="game.exercise")),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        help_text="null: all teams",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="injects",
                        to="game.team",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("card", ""), _negated=True), models.Q(("by", ""), _negated=True)),
                        name="an_inject_is_a_card_of_somebody",
                        violation_error_message="Expected something in card, by.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("at__range", (-129600, 158400))),
                        name="an_inject_is_of_the_week",
                        violation_error_message="Expected at from -129600 to 158400.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.IntegerField()),
                ("by", models.CharField(max_length=150)),
                ("text", models.TextField(help_text="a sentence, see game.spoken.to_row; an older row holds words")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("exercise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deeds", to="game.exercise")),
                ("team", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="deeds", to="game.team")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("by", ""), _negated=True), models.Q(("text", ""), _negated=True)),
                        name="a_deed_is_somebodys",
                        violation_error_message="Expected something in by, text.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__range", (-129600, 158400))),
                        name="a_deed_is_of_the_week",
                        violation_error_message="Expected step from -129600 to 158400.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Trial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seed", models.PositiveBigIntegerField()),
                ("side", models.CharField(max_length=7)),
                ("found", models.JSONField(default=dict, help_text="see engine.run_trial")),
                ("fault", models.TextField(blank=True, help_text="why there is no outcome")),
                ("experiment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="trials", to="game.experiment")),
            ],
            options={
                "ordering": ["seed", "side"],
                "constraints": [
                    models.UniqueConstraint(fields=("experiment", "seed", "side"), name="a_trial_is_run_once"),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["with", "without"])),
                        name="a_trial_has_a_side",
                        violation_error_message="Expected side as one of with, without.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.UniqueConstraint(fields=("seat", "player"), name="a_player_sits_once"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("team", "desk"), name="one_seat_a_desk"),
        ),
        migrations.RunPython(make_group, migrations.RunPython.noop),
    ]
