"""What a team takes on after the debrief."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table."""
    dependencies = [
        ("game", "0036_undone_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Action",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("change", models.CharField(max_length=200)),
                ("owner", models.CharField(max_length=40)),
                ("due", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Not asked yet"), ("done", "Done"), ("under way", "Under way"), ("dropped", "Dropped")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("said", models.CharField(blank=True, help_text="what became of it, in a sentence", max_length=200)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="actions", to="game.team")),
            ],
            options={
                "ordering": ["due", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("change", ""), _negated=True), models.Q(("owner", ""), _negated=True)),
                        name="an_action_has_a_change_and_an_owner",
                        violation_error_message="Expected something in change, owner.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["done", "dropped", "open", "under way"])),
                        name="an_action_stands_somehow",
                        violation_error_message="Expected state as one of done, dropped, open, under way.",
                    ),
                ],
            },
        ),
    ]
