"""What is asked of generations while somebody waits for the model or for its first word.

In SQL, because the ORM takes several times longer to say it than the database to answer.
"""

import uuid

from django.db import connection

from .asking import UNFINISHED

# No parameters, else SQLite would use no partial index; a tuple of words looks the same in SQL.
IS_UNFINISHED = f"chat_generation.status IN {UNFINISHED}"
RUNNING_IN = f"""
SELECT COUNT(*) FROM chat_generation WHERE conversation_id = %s AND {IS_UNFINISHED}
"""  # noqa: S608 (nobody's words are in it)
# The unfinished ones of everybody are few, the conversations of one person many: to SQLite, CROSS
# says which to read first.
RUNNING_OF = f"""
SELECT COUNT(*) FROM chat_generation CROSS JOIN chat_conversation
WHERE {IS_UNFINISHED} AND chat_conversation.id = chat_generation.conversation_id
    AND chat_conversation.owner_id = %s
"""  # noqa: S608 (the same)
ASKED_BY = "SELECT MAX(id) FROM chat_generation WHERE conversation_id = %s AND key = %s"
BEFORE = """
SELECT MAX(id) FROM chat_generation WHERE id < %s AND conversation_id =
    (SELECT conversation_id FROM chat_generation WHERE id = %s)
"""


def is_running(conversation_id: uuid.UUID) -> bool:
    """Whether a conversation has an unfinished generation."""
    return _number(RUNNING_IN, conversation_id.hex) > 0


def running_of(user_id: int) -> int:
    """How many unfinished generations a person has."""
    return _number(RUNNING_OF, user_id)


def asked_by(conversation_id: uuid.UUID, key: uuid.UUID) -> int:
    """The generation that the command with this key made; 0 if there is none."""
    return _number(ASKED_BY, conversation_id.hex, key.hex)


def before(generation_id: int) -> int:
    """The newest generation of the same conversation before this one; 0 if it is the first."""
    return _number(BEFORE, generation_id, generation_id)


def _number(query: str, *parameters: str | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0] or 0
