"""How far the end has been revealed on the wall."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A count that begins at nothing."""

    dependencies = [("game", "0027_waits_for_teams")]
    operations = [
        migrations.AddField(
            "exercise",
            "revealed",
            models.PositiveSmallIntegerField(default=0, help_text="how many steps of the end the wall has shown, see game.control.reveal"),
        ),
    ]
