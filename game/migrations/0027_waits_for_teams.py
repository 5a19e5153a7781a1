"""A run that is far ahead in the unwind waits for the others: for whom, and how long it has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody has waited yet."""

    dependencies = [("game", "0026_second_act")]
    operations = [
        migrations.AddField(
            "run",
            "waits_for",
            models.JSONField(blank=True, default=list, help_text="names of the teams that it is too far ahead of, see game.live.pacing"),
        ),
        migrations.AddField("run", "waited_s", models.FloatField(default=0.0, help_text="for how long it has waited for others")),
    ]
