"""Webhooks and their deliveries."""

import django.db.models.deletion
import django.utils.timezone
import game.tokens
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [
        ("game", "0044_incident_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=500)),
                (
                    "nonce",
                    models.CharField(default=game.tokens.new_token, help_text="what its secret is made of, beside the server's key", max_length=32),
                ),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("since", models.DateTimeField(default=django.utils.timezone.now, help_text="told of exercises that start after it")),
                ("off_at", models.DateTimeField(help_text="when it was switched off", null=True)),
                ("off_because", models.CharField(blank=True, max_length=200)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="webhooks", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("key", models.CharField(help_text="what happened, once for each webhook: found a second time it is not told again", max_length=80)),
                ("message", models.UUIDField(default=uuid.uuid4, help_text="webhook-id: the same in every attempt", unique=True)),
                ("body", models.TextField(help_text="JSON, as it is sent")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("trying", "On its way"), ("delivered", "Delivered"), ("given-up", "Given up")],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, help_text="of one that is open: its next attempt")),
                ("tried_at", models.DateTimeField(help_text="when the last attempt began", null=True)),
                ("status", models.PositiveSmallIntegerField(help_text="of the last answer", null=True)),
                ("said", models.CharField(blank=True, help_text="how the last answer began, in the receiver's words", max_length=300)),
                ("problem", models.TextField(blank=True, help_text="why there was none")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "exercise",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="webhook_deliveries", to="game.exercise"),
                ),
                ("webhook", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="game.webhook")),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("address", ""), _negated=True), models.Q(("nonce", ""), _negated=True)),
                name="a_webhook_has_an_address",
                violation_error_message="Expected something in address, nonce.",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(condition=models.Q(("state__in", ("trying", "waiting"))), fields=["due_at"], name="deliveries_that_are_open"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", ""), _negated=True), models.Q(("key", ""), _negated=True), models.Q(("body", ""), _negated=True)
                ),
                name="a_delivery_tells_something",
                violation_error_message="Expected something in kind, key, body.",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["delivered", "given-up", "trying", "waiting"])),
                name="a_delivery_stands_somehow",
                violation_error_message="Expected state as one of delivered, given-up, trying, waiting.",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(fields=("webhook", "exercise", "key"), name="a_webhook_is_told_once"),
        ),
    ]
