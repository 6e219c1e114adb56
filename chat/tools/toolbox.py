"""The tools that are offered in one conversation."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from chat.models import Conversation

from .registry import known
from .running import Result, run
from .tool import Context, Tool, spec

UNKNOWN = "There is no tool of this name here."


@dataclass(frozen=True)
class Toolbox:
    """Tools by name, for whom they are called, and which the person always allows here."""

    context: Context
    tools: dict[str, Tool] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()

    @property
    def specs(self) -> list[dict[str, Any]]:
        """What the model is told of them."""
        return [spec(tool) for tool in self.tools.values()]

    def asks(self, name: str) -> bool:
        """Whether the person has to be asked before a call of this tool."""
        tool = self.tools.get(name)
        return tool is not None and tool.asks and name not in self.allowed

    async def call(self, name: str, arguments: str) -> Result:
        """Call a tool by name; gives an error for one that is not here."""
        tool = self.tools.get(name)
        return await run(tool, arguments, self.context) if tool else Result(UNKNOWN, error=True)


@dataclass(frozen=True)
class Switch:
    """A tool as the person switches it: `allowed` says that it need not ask here any more."""

    tool: Tool
    on: bool
    allowed: bool = False


def switches(conversation: Conversation | None) -> list[Switch]:
    """Every tool, as it stands in a conversation; all are on in a new one."""
    if conversation is None:
        return [Switch(tool, on=True) for tool in known()]
    on, allowed = conversation.tools, conversation.tools_allowed
    return [Switch(tool, on.get(tool.name, True), tool.name in allowed) for tool in known()]


def toolbox(conversation: Conversation) -> Toolbox:
    """The tools that are switched on in a conversation."""
    on = {switch.tool.name: switch.tool for switch in switches(conversation) if switch.on}
    context = Context(conversation.owner_id, conversation.pk)
    return Toolbox(context, on, frozenset(conversation.tools_allowed))


@transaction.atomic
def allow_always(conversation_id: uuid.UUID, name: str) -> None:
    """Ask no more before a tool runs in a conversation."""
    locked = Conversation.objects.select_for_update(of=("self",))
    for conversation in locked.filter(pk=conversation_id):
        allowed = sorted({*conversation.tools_allowed, name})
        Conversation.objects.filter(pk=conversation_id).update(tools_allowed=allowed)


@transaction.atomic
def switch(conversation: Conversation, on: dict[str, bool], ask_again: set[str]) -> None:
    """Switch tools on or off in a conversation, and let some ask again; knows what tools exist."""
    names = {tool.name for tool in known()}
    locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    locked.switch_tools({name: value for name, value in on.items() if name in names})
    allowed = [name for name in locked.tools_allowed if name not in ask_again]
    Conversation.objects.filter(pk=locked.pk).update(tools_allowed=allowed)
