"""Logs that are put away, and courses without the curves that nobody can ask for."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def drop_curves(apps, schema_editor) -> None:
    apps.get_model("game", "Course").objects.filter(key__startswith="taken:").update(curve=[])


class Migration(migrations.Migration):
    """The control worker puts away what has ended within a day."""

    dependencies = [("game", "0032_recorded")]
    operations = [
        migrations.CreateModel(
            "PackedLog",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("blob", models.BinaryField()),
                ("counts", models.JSONField(help_text="table -> how many rows are in it")),
                ("packed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("run", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="packed", to="game.run")),
            ],
        ),
        migrations.RunPython(drop_curves, migrations.RunPython.noop),
    ]
