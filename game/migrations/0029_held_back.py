"""A result that waits for the reveal."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What has ended before is seen already."""

    dependencies = [("game", "0028_revealed")]
    operations = [
        migrations.AddField(
            "exercise",
            "held_back",
            models.BooleanField(default=False, help_text="ended on a secret: its result waits for the reveal"),
        ),
    ]
