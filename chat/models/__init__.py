"""The data: who said what in which conversation, and how each answer came to be."""

from . import branches, walks
from .asking import LEAF, UNFINISHED, Accepted, Ask, Busy, NotPossible
from .attachment import Attachment
from .conversation import Conversation, title_of
from .feedback import Feedback
from .generation import Generation, Outcome
from .imports import Import, Origin
from .invitation import Invitation
from .mcp_server import McpServer
from .message import Message
from .preferences import Preferences
from .price import ModelPrice
from .process import DEAD_AFTER, Checkpoint, Process, Progress
from .saved_prompt import SavedPrompt
from .share import Share
from .tool_permission import ToolPermission
from .usage import UsedTokens

__all__ = [
    "DEAD_AFTER",
    "LEAF",
    "UNFINISHED",
    "Accepted",
    "Ask",
    "Attachment",
    "Busy",
    "Checkpoint",
    "Conversation",
    "Feedback",
    "Generation",
    "Import",
    "Invitation",
    "McpServer",
    "Message",
    "ModelPrice",
    "NotPossible",
    "Origin",
    "Outcome",
    "Preferences",
    "Process",
    "Progress",
    "SavedPrompt",
    "Share",
    "ToolPermission",
    "UsedTokens",
    "branches",
    "title_of",
    "walks",
]
