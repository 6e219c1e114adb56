"""What was used outlives the conversations in which it was: the answers so far are noted here."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Answers that came in from an export file were never begun here.
NOTE_ALL = """
INSERT INTO chat_usedtokens (owner_id, at, model, prompt_tokens, completion_tokens, estimated)
SELECT conversation.owner_id, answer.created_at, answer.model,
    COALESCE(answer.prompt_tokens, 0), COALESCE(answer.completion_tokens, 0),
    answer.usage_source = 'estimated'
FROM chat_generation AS answer
JOIN chat_conversation AS conversation ON conversation.id = answer.conversation_id
WHERE answer.status NOT IN ('queued', 'running') AND NOT (answer.started_at IS NULL
    AND EXISTS (SELECT 1 FROM chat_origin WHERE conversation_id = conversation.id))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0011_feedback"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UsedTokens",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("model", models.CharField(max_length=200)),
                ("prompt_tokens", models.PositiveIntegerField(default=0)),
                ("completion_tokens", models.PositiveIntegerField(default=0)),
                ("estimated", models.BooleanField(default=False)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "used tokens",
                "indexes": [models.Index(fields=["owner", "at"], name="used_by_owner")],
            },
        ),
        migrations.RunSQL(NOTE_ALL, migrations.RunSQL.noop),
    ]
