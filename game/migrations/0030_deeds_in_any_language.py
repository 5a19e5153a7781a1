"""What was done to an exercise is a sentence that has words in every language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows of before have their words, and keep them."""

    dependencies = [("game", "0029_held_back")]
    operations = [
        migrations.AlterField("deed", "text", models.TextField(help_text="a sentence, see game.spoken.to_row; an older row holds words")),
    ]
