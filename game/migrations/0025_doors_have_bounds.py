"""How many may come in is bounded by the database as well. Rows from before that lie outside are brought to the nearest bound."""

import django.core.validators
from django.conf import settings
from django.db import migrations, models

BOUNDED = {"exercise": ("joins_a_minute",), "defaults": ("plays_a_minute", "solo_places")}
LEAST, MOST = 1, 5000


def mend(apps, schema_editor):
    """Zero lets nobody in, and was accepted."""
    for name, fields in BOUNDED.items():
        rows = apps.get_model("game", name)._base_manager.using(schema_editor.connection.alias)
        for field in fields:
            rows.filter(**{f"{field}__lt": LEAST}).update(**{field: LEAST})
            rows.filter(**{f"{field}__gt": MOST}).update(**{field: MOST})


class Migration(migrations.Migration):

    dependencies = [
        ('game', '0024_pinned_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(mend, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='defaults',
            name='plays_a_minute',
            field=models.PositiveSmallIntegerField(default=30, help_text='games for one that can be begun from one address in a minute', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5000)]),
        ),
        migrations.AlterField(
            model_name='defaults',
            name='solo_places',
            field=models.PositiveSmallIntegerField(default=40, help_text='games for one that this machine plays at once; one address has half of them at most', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5000)]),
        ),
        migrations.AddConstraint(
            model_name='defaults',
            constraint=models.CheckConstraint(condition=models.Q(('plays_a_minute__range', (1, 5000)), ('solo_places__range', (1, 5000))), name='somebody_may_play_alone', violation_error_message='Expected plays_a_minute from 1 to 5000; solo_places from 1 to 5000.'),
        ),
        migrations.AddConstraint(
            model_name='exercise',
            constraint=models.CheckConstraint(condition=models.Q(('joins_a_minute__range', (1, 5000))), name='a_door_lets_somebody_in', violation_error_message='Expected joins_a_minute from 1 to 5000.'),
        ),
    ]
