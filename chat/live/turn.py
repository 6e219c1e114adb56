"""A turn of a conversation as the page shows it: a message with how it came to be."""

from dataclasses import dataclass, field
from functools import cached_property

from django.utils.safestring import SafeString

from chat.models import Generation, Message
from chat.models.message import siblings

from .parts import part_prefix, render_part, safe


@dataclass
class Turn:
    """One message on the page, with the ids of its variants: itself and its siblings.

    `key` is that of the command that brought a prompt; `gap` the turn after one, if others that are
    between them are not on the page.
    """

    message: Message
    generation: Generation | None
    parts_html: SafeString
    key: str = ""
    variants: list[int] = field(default_factory=list)
    gap: int | None = None
    last: bool = False

    @cached_property
    def id(self) -> str:
        """That of its message. As text: a template would ask what numbers look like here."""
        return str(self.message.pk)

    @cached_property
    def anchor(self) -> str:
        """The id of its element, with which those in it begin."""
        return f"m{self.id}"

    @property
    def varied(self) -> bool:
        """Whether it has siblings."""
        return len(self.variants) > 1

    @property
    def number(self) -> int:
        """Which of its variants it is, from 1."""
        return self.variants.index(self.message.pk) + 1

    @property
    def before(self) -> int | None:
        """The variant before it."""
        return self.variants[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The variant after it."""
        return self.variants[self.number] if self.number < len(self.variants) else None

    @property
    def unanswered(self) -> bool:
        """Whether it is a prompt at the end of the path: its answers were deleted."""
        return self.last and self.message.role == Message.Role.USER

    @property
    def running(self) -> bool:
        """Whether the answer may still grow."""
        return self.generation is not None and self.generation.is_unfinished


def parts_html(message: Message) -> SafeString:
    """The parts of a saved answer as canonical HTML; those of a prompt are files beside it."""
    if message.role == "user":
        return safe("")
    htmls = zip(message.parts, message.part_htmls, strict=True)
    return safe(
        "".join(
            render_part(part_prefix(message.pk, index), part, sealed=html)
            for index, (part, html) in enumerate(htmls)
        )
    )


def turns_of(messages: list[Message]) -> list[Turn]:
    """The turns of consecutive messages of one path."""
    turns: list[Turn] = []
    for message in messages:
        generation = message.generation
        if generation is not None and turns and turns[-1].message.role == "user":
            turns[-1].key = str(generation.key)
        turns.append(Turn(message, generation, parts_html(message)))
    return turns


def with_variants(turns: list[Turn]) -> list[Turn]:
    """The same turns, which now know their variants: one query for all."""
    beside = siblings([turn.message for turn in turns])
    for turn in turns:
        turn.variants = beside[turn.message.parent_id]
    return turns
