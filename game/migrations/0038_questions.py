"""What people are asked before, after and thirty days later."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables."""
    dependencies = [
        ("game", "0037_actions"),
    ]

    operations = [
        migrations.CreateModel(
            name="SurveyQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("text", "A sentence"), ("scale", "1 to 5"), ("choice", "One of several")], default="text", max_length=6
                    ),
                ),
                ("choices", models.JSONField(blank=True, default=list, help_text="of a choice: what can be chosen")),
                ("before", models.BooleanField(default=False)),
                ("after", models.BooleanField(default=False)),
                ("later", models.BooleanField(default=False)),
                ("exercise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="game.exercise")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="a_question_asks_something",
                        violation_error_message="Expected something in text.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["choice", "scale", "text"])),
                        name="a_question_has_a_kind",
                        violation_error_message="Expected kind as one of choice, scale, text.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("before", True), ("after", True), ("later", True), _connector="OR"),
                        name="a_question_is_asked_at_some_time",
                        violation_error_message="Expected a question that is asked before, after or later.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("when", models.CharField(max_length=6)),
                ("values", models.JSONField(default=dict, help_text="scale, or key of a question -> 1 to 5, the number of a choice, or a text")),
                ("given", models.DateTimeField(default=django.utils.timezone.now)),
                ("player", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="game.player")),
            ],
            options={
                "ordering": ["given", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("player", "when"), name="one_reply_a_time"),
                    models.CheckConstraint(
                        condition=models.Q(("when__in", ["after", "before", "later"])),
                        name="a_reply_is_of_a_time",
                        violation_error_message="Expected when as one of after, before, later.",
                    ),
                ],
            },
        ),
    ]
