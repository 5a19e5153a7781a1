"""Courses: cohorts, students, homework and attempts; and a seed that nobody is told."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Six tables, and a column."""

    dependencies = [
        ("game", "0041_rounds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cohort",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("nameless", models.DateTimeField(help_text="when the names of its students were deleted, see game.courses.keeping", null=True)),
            ],
            options={
                "ordering": ["-created", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="exercise",
            name="seed_hidden",
            field=models.BooleanField(default=False, help_text="nobody is told the seed, also after the end: others play on it yet"),
        ),
        migrations.CreateModel(
            name="Homework",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80)),
                ("scenario", models.CharField(max_length=40)),
                ("way", models.CharField(choices=[("alone", "Alone"), ("team", "In the roster's teams")], default="alone", max_length=5)),
                ("desk", models.CharField(default="choose", help_text="that is played alone; the autopilot has the others", max_length=8)),
                ("autopilot", models.CharField(default="assistant", help_text="plays the desks that nobody is at", max_length=80)),
                (
                    "start",
                    models.CharField(
                        choices=[("week", "The week"), ("morning", "The morning"), ("bell", "The bell")], default="morning", max_length=7
                    ),
                ),
                ("help", models.CharField(default="assisted", max_length=8)),
                (
                    "pace",
                    models.CharField(
                        choices=[("slow", "Half as fast"), ("usual", "As in a room"), ("quick", "Twice as fast")], default="usual", max_length=5
                    ),
                ),
                ("deadline", models.DateTimeField()),
                ("zone", models.CharField(default="UTC", help_text="that the deadline was typed in", max_length=64)),
                (
                    "late",
                    models.CharField(
                        choices=[
                            ("closed", "None can begin"),
                            ("marked", "It counts, and is marked late"),
                            ("practice", "It is for practice and does not count"),
                        ],
                        default="closed",
                        help_text="an attempt that would begin after the deadline",
                        max_length=8,
                    ),
                ),
                ("attempts_most", models.PositiveSmallIntegerField(default=3, help_text="attempts that each has")),
                (
                    "counts",
                    models.CharField(
                        choices=[("best", "The best one"), ("last", "The last one")], default="best", help_text="which attempt", max_length=4
                    ),
                ),
                (
                    "seeds",
                    models.CharField(
                        choices=[
                            ("same", "One market for everybody and every attempt"),
                            ("attempt", "Another market for each attempt, the same for everybody"),
                            ("own", "A market of its own for every attempt"),
                        ],
                        default="same",
                        max_length=7,
                    ),
                ),
                ("drawn", models.JSONField(default=list, help_text="the seeds, attempt by attempt; empty: each draws its own")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("cohort", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="homework", to="game.cohort")),
            ],
            options={
                "verbose_name_plural": "homework",
                "ordering": ["deadline", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("team", models.CharField(blank=True, max_length=24)),
                ("number", models.PositiveSmallIntegerField()),
                ("begun", models.DateTimeField()),
                ("late", models.BooleanField(default=False, help_text="it began after the deadline")),
                ("outcome", models.JSONField(help_text="of one that has ended, see game.courses.outcomes", null=True)),
                (
                    "exercise",
                    models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="attempt", to="game.exercise"),
                ),
                ("homework", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="game.homework")),
            ],
            options={
                "ordering": ["number", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Student",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("ident", models.CharField(help_text="e-mail address or id, as the school knows them", max_length=254)),
                ("key", models.CharField(help_text="the same, as two are compared", max_length=254)),
                ("team", models.CharField(blank=True, max_length=24)),
                ("links", models.PositiveIntegerField(default=0, help_text="how often the personal link was renewed")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("cohort", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="students", to="game.cohort")),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempt", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="participations", to="game.attempt")),
                (
                    "player",
                    models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="participation", to="game.player"),
                ),
                ("student", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="participations", to="game.student")),
            ],
        ),
        migrations.AddField(
            model_name="attempt",
            name="student",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="game.student"),
        ),
        migrations.CreateModel(
            name="TaughtCourse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "teacher",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="courses", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ["-created", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="cohort",
            name="course",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="cohorts", to="game.taughtcourse"),
        ),
        migrations.AddConstraint(
            model_name="homework",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True), models.Q(("scenario", ""), _negated=True), models.Q(("zone", ""), _negated=True)
                ),
                name="homework_is_named",
                violation_error_message="Expected something in title, scenario, zone.",
            ),
        ),
        migrations.AddConstraint(
            model_name="homework",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("way__in", ["alone", "team"]),
                    ("desk__in", ["all", "choose", "deployer", "operator", "risk"]),
                    ("autopilot__in", ["assistant", "competent", "history", "novice"]),
                    ("start__in", ["bell", "morning", "week"]),
                    ("help__in", ["2012", "assisted", "guided"]),
                    ("pace__in", ["quick", "slow", "usual"]),
                    ("late__in", ["closed", "marked", "practice"]),
                    ("counts__in", ["best", "last"]),
                    ("seeds__in", ["attempt", "own", "same"]),
                ),
                name="homework_is_of_a_kind",
                violation_error_message="Expected way as one of alone, team; desk as one of all, choose, deployer, operator, risk; autopilot as one of assistant, competent, history, novice; start as one of bell, morning, week; help as one of 2012, assisted, guided; pace as one of quick, slow, usual; late as one of closed, marked, practice; counts as one of best, last; seeds as one of attempt, own, same.",
            ),
        ),
        migrations.AddConstraint(
            model_name="homework",
            constraint=models.CheckConstraint(
                condition=models.Q(("attempts_most__range", (1, 20))),
                name="homework_has_attempts",
                violation_error_message="Expected attempts_most from 1 to 20.",
            ),
        ),
        migrations.AddConstraint(
            model_name="student",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True), models.Q(("ident", ""), _negated=True), models.Q(("key", ""), _negated=True)
                ),
                name="a_student_is_known",
                violation_error_message="Expected something in name, ident, key.",
            ),
        ),
        migrations.AddConstraint(
            model_name="student",
            constraint=models.UniqueConstraint(fields=("cohort", "key"), name="one_student_of_an_id"),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(fields=("attempt", "student"), name="a_student_attempts_once"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("student__isnull", False)), fields=("homework", "student", "number"), name="one_attempt_of_a_student"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("student", None)), fields=("homework", "team", "number"), name="one_attempt_of_a_team"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("student__isnull", False), ("team", "")),
                    models.Q(("student", None), models.Q(("team", ""), _negated=True)),
                    _connector="OR",
                ),
                name="an_attempt_is_somebodys",
                violation_error_message="Expected a student or a team.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__range", (1, 1000))),
                name="an_attempt_has_a_number",
                violation_error_message="Expected number from 1 to 1000.",
            ),
        ),
        migrations.AddConstraint(
            model_name="taughtcourse",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="a_taught_course_is_named",
                violation_error_message="Expected something in title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cohort",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="a_cohort_is_named", violation_error_message="Expected something in name."
            ),
        ),
        migrations.AddConstraint(
            model_name="cohort",
            constraint=models.UniqueConstraint(fields=("course", "name"), name="one_cohort_of_a_name"),
        ),
    ]
