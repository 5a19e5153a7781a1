"""Incident commanders and scribes come in under a name, and speak."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("game", "0048_calendars"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="role",
            field=models.CharField(blank=True, help_text="of the team's incident commander or scribe; empty: the facilitator says it", max_length=12),
        ),
        migrations.CreateModel(
            name="Aide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=12)),
                ("player", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="aiding", to="game.player")),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="aides", to="game.team")),
            ],
            options={
                "ordering": ["role"],
                "constraints": [
                    models.UniqueConstraint(fields=("team", "role"), name="one_aide_a_role"),
                    models.UniqueConstraint(fields=("player",), name="a_player_aides_one_team"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["commander", "scribe"])),
                        name="an_aide_has_a_role",
                        violation_error_message="Expected role as one of commander, scribe.",
                    ),
                ],
            },
        ),
    ]
