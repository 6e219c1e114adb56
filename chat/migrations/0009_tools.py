from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0008_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="tools",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="conversation",
            name="tools_allowed",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="generation",
            name="paused_ms",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="generation",
            name="without_tools",
            field=models.BooleanField(default=False),
        ),
    ]
