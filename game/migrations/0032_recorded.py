"""What the join page says is recorded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A house that wrote nothing says what the game does."""

    dependencies = [("game", "0031_log_deleted")]
    operations = [
        migrations.AddField(
            "defaults",
            "recorded",
            models.TextField(
                blank=True,
                max_length=600,
                help_text="what the join page says is recorded, who sees it and for how long; empty: what this game does, in the reader's language",
            ),
        ),
    ]
