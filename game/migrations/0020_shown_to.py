from django.db import migrations, models


def drop_checkpoints(apps, schema_editor):
    """Nobody takes up a run that has ended."""
    apps.get_model("game", "Checkpoint").objects.filter(run__state="ended").delete()


class Migration(migrations.Migration):
    dependencies = [("game", "0019_shared_results")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="shown_to",
            field=models.IntegerField(help_text="no screen was shown a later step: written some beats ahead, see game.clock", null=True),
        ),
        migrations.RunPython(drop_checkpoints, migrations.RunPython.noop),
    ]
