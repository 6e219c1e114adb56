"""Search in the person's own conversations."""

from html import unescape
from typing import Annotated, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from chat.search import Group, Hit, search

from .tool import Context, tool


@tool(_("Search my conversations"))
def search_conversations(
    context: Context,
    words: Annotated[str, Field(min_length=1, max_length=200)],
    limit: Annotated[int, Field(ge=1, le=20)] = 5,
) -> list[dict[str, Any]]:
    """Search the person's earlier conversations; gives titles, addresses and excerpts.

    Args:
        words: Words that all occur in a message, or in the title of a conversation.
        limit: How many conversations to give at most, the best first.
    """
    person = get_user_model()(pk=context.user_id)
    # What is being said here is known to the model.
    found = [each for each in search(person, words).groups if each.id != context.conversation_id]
    return [_told(group) for group in found[:limit]]


def _told(group: Group) -> dict[str, Any]:
    return {
        "title": group.title,
        "address": f"{settings.PUBLIC_URL}{group.url}",
        "updated": group.updated_at.date().isoformat(),
        "messages": [_message(hit) for hit in group.hits],
    }


def _message(hit: Hit) -> dict[str, str]:
    return {
        "said_by": hit.role,
        "at": hit.at.date().isoformat(),
        "excerpt": unescape(strip_tags(hit.snippet)),
    }
