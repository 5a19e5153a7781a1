"""What observers saw of a team."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table."""
    dependencies = [
        ("game", "0039_bots"),
    ]

    operations = [
        migrations.CreateModel(
            name="ObserverSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("observer", models.CharField(max_length=24)),
                ("marks", models.JSONField(default=dict, help_text="id of an objective -> mark and note")),
                ("given", models.DateTimeField(default=django.utils.timezone.now)),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="observations", to="game.team")),
            ],
            options={
                "ordering": ["observer", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("team", "observer"), name="one_sheet_an_observer"),
                    models.CheckConstraint(
                        condition=models.Q(("observer", ""), _negated=True),
                        name="an_observation_is_somebodys",
                        violation_error_message="Expected something in observer.",
                    ),
                ],
            },
        ),
    ]
