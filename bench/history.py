"""Makes a long conversation: `python -m bench.history USER 1000` prints its id.

Run in the environment of a site; prompts and answers in turns, of real length.
"""

import os
import sys

import django


def conversation(user_id: int, messages: int) -> str:
    """The id of a new conversation of so many messages."""
    from chat.demo.generated import expected_text
    from chat.models import Conversation
    from chat.models.message import render_parts
    from chat.rendering import VERSION

    made = Conversation.objects.create(owner_id=user_id, title="A long conversation")
    for number in range(messages // 2):
        prompt = made.messages.create(parent=made.leaf, role="user", text=f"Question {number}?")
        parts = [{"type": "text", "text": expected_text(120 + number % 7 * 40, number % 24)}]
        made.leaf = made.messages.create(
            parent=prompt,
            role="assistant",
            text=parts[0]["text"],
            parts=parts,
            rendered=render_parts(parts),  # type: ignore[arg-type]
            rendered_by=VERSION,
        )
    made.save()
    return str(made.pk)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        print(conversation(int(sys.argv[1]), int(sys.argv[2])))
