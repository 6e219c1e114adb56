"""Makes many conversations: `python -m bench.archive USER 10000`.

Run in the environment of a site; a prompt and an answer in each, ten of them an hour.
"""

import os
import sys
from datetime import timedelta

import django

SEEDS = 24
AN_HOUR = 10


def conversations(user_id: int, count: int) -> None:
    """So many conversations, each with words of its own and words that others have too."""
    from django.db.models import OuterRef, Subquery
    from django.utils import timezone

    from chat.demo.generated import expected_text
    from chat.models import Conversation, Message

    made = Conversation.objects.bulk_create(
        Conversation(owner_id=user_id, title=f"Question {number}") for number in range(count)
    )
    prompts = Message.objects.bulk_create(
        Message(conversation=each, role="user", text=f"Question {number}: why?")
        for number, each in enumerate(made)
    )
    texts = [expected_text(120, seed) for seed in range(SEEDS)]
    Message.objects.bulk_create(
        Message(
            conversation=prompt.conversation,
            parent=prompt,
            role="assistant",
            text=(text := texts[number % SEEDS]),
            parts=[{"type": "text", "text": text}],
        )
        for number, prompt in enumerate(prompts)
    )
    answers = Message.objects.filter(conversation=OuterRef("pk"), role="assistant")
    mine = Conversation.objects.filter(owner=user_id, leaf=None)
    mine.update(leaf=Subquery(answers.values("pk")[:1]))
    now = timezone.now()
    for start in range(0, count, AN_HOUR):
        hour = [each.pk for each in made[start : start + AN_HOUR]]
        at = now - timedelta(hours=start // AN_HOUR)
        Conversation.objects.filter(pk__in=hour).update(updated_at=at)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    from django.db import connection, transaction

    with transaction.atomic():
        conversations(int(sys.argv[1]), int(sys.argv[2]))
    # PostgreSQL does so by itself within a minute.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
