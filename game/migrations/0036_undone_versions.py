"""A version says which earlier one it brought back, so that an undo goes on from there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column."""

    dependencies = [
        ("game", "0035_kept_scenarios"),
    ]

    operations = [
        migrations.AddField(
            model_name="scenarioversion",
            name="same_as",
            field=models.PositiveIntegerField(help_text="the number of the version that it brought back", null=True),
        ),
    ]
