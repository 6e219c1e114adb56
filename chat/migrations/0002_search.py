from django.db import migrations

from chat.search import index


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: index.install(editor.connection),
            lambda apps, editor: index.remove(editor.connection),
        ),
    ]
