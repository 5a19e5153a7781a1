import django.utils.timezone
from django.db import migrations, models


def seconds_that_were_left(apps, schema_editor):
    """A pause that is on had an end by the wall clock, or what was left of it while the exercise was paused."""
    planning = apps.get_model("game", "Planning")
    planning.objects.filter(left_s=None).update(left_s=90)


class Migration(migrations.Migration):
    dependencies = [("game", "0022_rules_of_rows")]

    operations = [
        migrations.RunPython(seconds_that_were_left, migrations.RunPython.noop),
        migrations.RemoveField(model_name="planning", name="until"),
        migrations.AlterField(model_name="planning", name="left_s", field=models.FloatField(default=90)),
        migrations.AddField(
            model_name="planning",
            name="counts",
            field=models.PositiveIntegerField(default=0, help_text="how often it was counted down"),
        ),
        migrations.AddField(
            model_name="player",
            name="silent_s",
            field=models.FloatField(default=0.0, help_text="without a sign of life for so long when it was noticed that they are away"),
        ),
        migrations.AddField(
            model_name="player",
            name="halted",
            field=models.BooleanField(default=False, help_text="this absence has paused the exercise, which it does once"),
        ),
        migrations.AlterField(
            model_name="player",
            name="seen_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="about when a screen of theirs last gave a sign of life, for the record",
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="covered_after",
            field=models.BigIntegerField(help_text="the last command of its run when the assistant took it", null=True),
        ),
        migrations.AddField(
            model_name="exercise",
            name="halt",
            field=models.CharField(blank=True, help_text="why it paused by itself: offline or alone; empty: it did not", max_length=8),
        ),
        migrations.AddField(
            model_name="exercise",
            name="halted",
            field=models.JSONField(blank=True, default=list, help_text="the players who vanished then"),
        ),
        migrations.AddField(
            model_name="exercise",
            name="offline_s",
            field=models.FloatField(default=0.0, help_text="for how long the room was offline in all"),
        ),
        migrations.AddField(
            model_name="exercise",
            name="offline_count",
            field=models.PositiveIntegerField(default=0, help_text="how often that was counted on"),
        ),
    ]
