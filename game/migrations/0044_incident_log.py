"""What incident commanders and scribes write down."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table."""

    dependencies = [
        ("game", "0043_api_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.IntegerField()),
                ("role", models.CharField(max_length=12)),
                ("by", models.CharField(blank=True, max_length=24)),
                ("kind", models.CharField(max_length=12)),
                ("text", models.CharField(max_length=300)),
                ("cause", models.CharField(blank=True, help_text="what was believed to be the cause", max_length=120)),
                ("impact", models.CharField(blank=True, help_text="what the impact was estimated at", max_length=120)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="game.logentry"
                    ),
                ),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="log_entries", to="game.team")),
            ],
            options={
                "ordering": ["step", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="an_entry_says_something",
                        violation_error_message="Expected something in text.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["commander", "scribe"]), ("kind__in", ["action", "decision", "observation", "question"])),
                        name="an_entry_is_of_a_role_and_kind",
                        violation_error_message="Expected role as one of commander, scribe; kind as one of action, decision, observation, question.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__range", (-129600, 158400))),
                        name="an_entry_is_of_the_week",
                        violation_error_message="Expected step from -129600 to 158400.",
                    ),
                ],
            },
        ),
    ]
