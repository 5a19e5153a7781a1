"""A run whose log was deleted knows when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Every log is there so far."""

    dependencies = [("game", "0030_deeds_in_any_language")]
    operations = [
        migrations.AddField(
            "run",
            "log_deleted",
            models.DateTimeField(null=True, help_text="when its log was deleted, see game.ops.retention; what came of it is kept"),
        ),
    ]
