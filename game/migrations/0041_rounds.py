"""Which exercise was the round before."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A column."""
    dependencies = [
        ("game", "0040_observations"),
    ]

    operations = [
        migrations.AddField(
            model_name="exercise",
            name="round_before",
            field=models.ForeignKey(
                blank=True,
                help_text="played by the same teams on another market",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="game.exercise",
            ),
        ),
    ]
