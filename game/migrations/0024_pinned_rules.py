import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

CONTENT = {"null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "game.scenariocontent"}


class Migration(migrations.Migration):
    """Runs that ended before this keep the name of their engine as it was; what follows from them is put down when it is asked for."""

    dependencies = [("game", "0023_own_time")]

    operations = [
        migrations.CreateModel(
            name="ScenarioContent",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("scenario", models.CharField(max_length=40)),
                ("files", models.JSONField()),
                ("code", models.CharField(blank=True, help_text="SHA-256 of its module, which is not kept; empty: it has none", max_length=64)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Finished",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told", models.JSONField(help_text="ledger, week, story, given, opened: see told_of")),
                ("controls", models.JSONField(default=dict, help_text="the scenario's barriers that the survey asks about: id -> label")),
                ("worth", models.JSONField(default=dict)),
                ("done", models.IntegerField(default=-1)),
                (
                    "run",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="finished", to="game.run"),
                ),
            ],
        ),
        migrations.RenameField("course", "engine_version", "made_by"),
        migrations.RenameField("ghost", "engine_version", "made_by"),
        migrations.RenameField("experiment", "engine_version", "made_by"),
        migrations.RenameField("run", "engine_version", "played_by"),
        migrations.RemoveField("checkpoint", "engine_version"),
        migrations.AlterField("course", "made_by", models.CharField(help_text="see game.contents", max_length=40)),
        migrations.AlterField("ghost", "made_by", models.CharField(help_text="see game.contents", max_length=40)),
        migrations.AlterField(
            "run", "played_by", models.CharField(blank=True, help_text="the engine, where rules had no number yet", max_length=40)
        ),
        migrations.AlterField(
            "run", "digest", models.CharField(blank=True, help_text="of the outcome, see engine.outcome_digest", max_length=64)
        ),
        migrations.AlterField(
            "run",
            "state",
            models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("running", "Running"),
                    ("standing", "Standing: something else is here than it was begun on"),
                    ("ended", "Ended"),
                    ("failed", "Failed"),
                ],
                default="pending",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "run", "rules", models.PositiveIntegerField(help_text="it is played by; empty: begun before they had a number", null=True)
        ),
        migrations.AddField("run", "content", models.ForeignKey(help_text="the data it is played on", **CONTENT)),
        migrations.AddField("run", "own_data", models.BooleanField(default=False, help_text="it goes on with that data though other data is here")),
        migrations.AddField("run", "may_play_on", models.BooleanField(default=False, help_text="of one that stands: its checkpoint can be read here")),
        migrations.AddField(
            "run", "seq", models.PositiveIntegerField(help_text="of one that has ended: the last command that belongs to it", null=True)
        ),
        migrations.AddField(
            "run", "events_told", models.PositiveIntegerField(help_text="of one that has ended: how many events belong to it", null=True)
        ),
        migrations.AddField("run", "note", models.TextField(blank=True, help_text="what is to be known about how it was played or ended")),
        migrations.AddField("run", "interrupted", models.BooleanField(default=False, help_text="it ended at its last checkpoint, by an upgrade")),
        migrations.AddField(
            "checkpoint",
            "score",
            models.JSONField(default=dict, help_text="as it stood: what the run is scored by where it cannot go on from here"),
        ),
        migrations.AddField("checkpoint", "executions", models.CharField(blank=True, help_text="their digest, see engine.executed", max_length=64)),
        migrations.AddField("fork", "seq", models.PositiveIntegerField(default=0, help_text="the last command of the log that it begins with")),
        migrations.AddField("fork", "rules", models.PositiveIntegerField(help_text="the source was played by", null=True)),
        migrations.AddField("fork", "content", models.ForeignKey(help_text="the source was played on", **CONTENT)),
    ]
