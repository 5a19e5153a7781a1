"""Exercises belong to a facilitator. Those there are belong to nobody yet: staff sees them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def make_group(apps, _editor):
    apps.get_model("auth", "Group").objects.get_or_create(name="facilitators")


class Migration(migrations.Migration):
    dependencies = [
        ("game", "0008_frozen_board"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="exercise",
            name="facilitator",
            field=models.ForeignKey(
                blank=True,
                help_text="who runs it; without one, staff does",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="exercises",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(make_group, migrations.RunPython.noop),
    ]
