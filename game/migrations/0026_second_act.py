"""Whether a smaller event comes beside the morning's own. Exercises from before had none."""

from django.db import migrations, models

HELP = "a smaller event comes beside the morning's own, the same for every team"


class Migration(migrations.Migration):
    """A column that is off in the rows there are, and on in new ones."""

    dependencies = [("game", "0025_doors_have_bounds")]
    operations = [
        migrations.AddField("exercise", "second_act", models.BooleanField(default=False, help_text=HELP)),
        migrations.AlterField("exercise", "second_act", models.BooleanField(default=True, help_text=HELP)),
    ]
