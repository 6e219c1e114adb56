from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0003_preferences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="conversation",
            name="conversation_newest",
        ),
        migrations.AddField(
            model_name="conversation",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="temporary",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="conversation",
            name="title_source",
            field=models.CharField(
                choices=[("prompt", "Prompt"), ("model", "Model"), ("person", "Person")],
                db_default="prompt",
                default="prompt",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="unseen",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(
                    ("archived", False), ("deleted_at__isnull", True), ("temporary", False)
                ),
                fields=["owner", "-pinned", "-updated_at", "-id"],
                name="conversation_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["deleted_at"],
                name="conversation_deleted",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("temporary", True)),
                fields=["created_at"],
                name="conversation_temporary",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["-updated_at", "-id"], name="conversation_updated"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["created_at"], name="conversation_created"),
        ),
    ]
