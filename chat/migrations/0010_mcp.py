import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0009_tools"),
    ]

    operations = [
        migrations.CreateModel(
            name="McpServer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.SlugField(max_length=20, unique=True, verbose_name="name")),
                (
                    "transport",
                    models.CharField(
                        choices=[
                            ("http", "address (streamable HTTP)"),
                            ("stdio", "command on this machine"),
                        ],
                        default="http",
                        max_length=5,
                        verbose_name="transport",
                    ),
                ),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="address")),
                ("headers", models.TextField(blank=True, max_length=5000, verbose_name="headers")),
                ("command", models.CharField(blank=True, max_length=1000, verbose_name="command")),
                (
                    "variables",
                    models.TextField(blank=True, max_length=2000, verbose_name="variables"),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "MCP server",
                "verbose_name_plural": "MCP servers",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="ToolPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ask", models.UUIDField(unique=True)),
                (
                    "choice",
                    models.CharField(
                        choices=[("once", "Once"), ("always", "Always"), ("deny", "Deny")],
                        max_length=6,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tool_permissions",
                        to="chat.generation",
                    ),
                ),
            ],
        ),
    ]
