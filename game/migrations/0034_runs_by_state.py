"""Runs that have something left to do are found among thousands that have not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The reaper asks for them many times a second."""

    dependencies = [("game", "0033_packed_logs")]
    operations = [migrations.AddIndex("run", models.Index(fields=["state"], name="runs_by_state"))]
