"""Scenarios that facilitators brought along, and their versions."""

import django.db.models.deletion
import django.utils.timezone
import game.models.kept
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [
        ("game", "0034_runs_by_state"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptScenario",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="its id", max_length=31)),
                ("label", models.CharField(help_text="what lists call it", max_length=80)),
                ("house", models.BooleanField(default=False, help_text="every facilitator may choose it")),
                ("gone", models.BooleanField(default=False, help_text="deleted, but for the versions that exercises are played on")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="kept_scenarios", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["label", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ScenarioVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(default=game.models.kept.new_key, max_length=8, unique=True)),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("files", models.JSONField()),
                ("code", models.CharField(blank=True, help_text="SHA-256 of the module of what it is based on; empty: there is none", max_length=64)),
                ("deck", models.BooleanField(default=False, help_text="the seed draws what is wrong")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "previewed",
                    models.JSONField(help_text="what autopilots made of the seeds so far, in their order; null: nobody asked for it", null=True),
                ),
                ("preview_problem", models.CharField(blank=True, help_text="why autopilots stopped", max_length=300)),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("scenario", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="game.keptscenario")),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.AddConstraint(
            model_name="keptscenario",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("label", ""), _negated=True)),
                name="a_kept_scenario_is_named",
                violation_error_message="Expected something in name, label.",
            ),
        ),
        migrations.AddConstraint(
            model_name="keptscenario",
            constraint=models.UniqueConstraint(condition=models.Q(("gone", False)), fields=("owner", "name"), name="one_of_an_id_each"),
        ),
        migrations.AddConstraint(
            model_name="scenarioversion",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("key", ""), _negated=True), models.Q(("title", ""), _negated=True)),
                name="a_version_has_a_key",
                violation_error_message="Expected something in key, title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scenarioversion",
            constraint=models.UniqueConstraint(fields=("scenario", "number"), name="one_version_of_a_number"),
        ),
    ]
