"""Titles by the model: asked for beside everything else once a conversation has its first answer.

Whatever goes wrong, the title made of the first prompt stays.
"""

import asyncio
import logging
import re
import uuid

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from chat.database import in_database, writing
from chat.live import news
from chat.models import Conversation, Generation
from chat.models.conversation import title_of
from chat.models.told import told_to
from chat.upstream import ChatRequest, Limits, UpstreamError, get_upstream

logger = logging.getLogger(__name__)

WISH = (
    "Write a title for this conversation: at most six words, in the language that I write in."
    " No quotation marks, no Markdown, no full stop: nothing but the title."
)
# With reasoning, which some models cannot leave.
MOST_TOKENS = 1000
MOST_CHARACTERS = 300
MOST_SAID = 2000
# A first answer that failed is asked for again; after some more nobody waits for a title.
FIRST_MESSAGES = 6
QUOTES = {
    '"': '"',
    "'": "'",
    "“": "”",
    "„": "“”",
    "‘": "’",
    "«": "»",
    "‹": "›",
    "「": "」",
    "《": "》",
}
MARKS = re.compile(r"^\s*(?:#+|[-*>]|\d+\.)\s+|\*\*|__|`")
LABEL = re.compile(r"^title\s*[:：]\s*", re.IGNORECASE)

_asking: dict[uuid.UUID, asyncio.Task[None]] = {}
_slots: asyncio.Semaphore | None = None


def begin(generation: Generation) -> None:
    """Ask for a title of the conversation whose answer has ended, if it wants one; do not wait."""
    conversation = generation.conversation
    wanted = settings.ENVIRONMENT.titles == "model" and not settings.ENVIRONMENT.demo
    untitled = conversation.title_source == "prompt" and not conversation.temporary
    if wanted and untitled and conversation.pk not in _asking:
        task = _asking[conversation.pk] = asyncio.create_task(_entitle(generation))
        task.add_done_callback(lambda _: _asking.pop(conversation.pk))


async def cease() -> None:
    """Leave every conversation that still waits for one with the title it has."""
    asking = list(_asking.values())
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


async def _entitle(generation: Generation) -> None:
    global _slots
    _slots = _slots or asyncio.Semaphore(settings.LIMITS.titles_per_process)
    conversation = generation.conversation
    try:
        async with asyncio.timeout(settings.LIMITS.title_seconds), _slots:
            request = await in_database(_request, generation)
            title = title_in(await _answer(request)) if request else ""
        given = bool(title) and await writing(conversation.entitle, title)
        if given:
            await news.say_title(conversation.owner_id, conversation.pk, title)
    except (TimeoutError, UpstreamError, DatabaseError, InterfaceError) as error:
        why = error.code if isinstance(error, UpstreamError) else type(error).__name__
        logger.info("conversation %s keeps its prompt for a title: %s", conversation.pk, why)


def _request(generation: Generation) -> ChatRequest | None:
    """What to ask; None if the conversation is too long for it, or nothing was answered."""
    found = Conversation.objects.filter(pk=generation.conversation_id, title_source="prompt")
    conversation = found.filter(deleted_at__isnull=True).first()
    if conversation is None or conversation.messages.all()[FIRST_MESSAGES:].exists():
        return None
    said = told_to(generation.message_id)
    if not said or not said[-1].text:
        return None
    messages = [{"role": each.role, "content": each.text[:MOST_SAID]} for each in said if each.text]
    messages.append({"role": "user", "content": WISH})
    return ChatRequest(generation.model, messages, {"max_tokens": MOST_TOKENS})


async def _answer(request: ChatRequest) -> str:
    """The beginning of the model's answer, which is left as soon as it holds a line."""
    seconds = settings.LIMITS.title_seconds
    limits = Limits(settings.LIMITS.connect_seconds, seconds, seconds, seconds)
    text = ""
    async with get_upstream().stream(request, limits) as stream:
        async for batch in stream:
            text += "".join(entry["text"] for entry in batch.entries if entry["kind"] == "text")
            if "\n" in text.lstrip() or len(text) > MOST_CHARACTERS:
                break
    return text


def title_in(answer: str) -> str:
    """The first line that says something, without marks and quotes; at most 80 characters."""
    lines = (_bare(line) for line in answer.splitlines())
    return title_of(next((line for line in lines if line), ""))


def _bare(line: str) -> str:
    line = "".join(each if each.isprintable() else " " for each in line)
    line = LABEL.sub("", MARKS.sub("", line).strip(" *_")).strip()
    line = _ended(line)
    while len(line) > 1 and line[-1] in QUOTES.get(line[0], ""):
        line = _ended(line[1:-1].strip())
    return line


def _ended(line: str) -> str:
    """Without its full stop."""
    return line if line.endswith("...") else line.rstrip(".。 ")
