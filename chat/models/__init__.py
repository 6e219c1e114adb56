"""The data: who said what in which conversation, and how each answer came to be."""

from .asking import LEAF, UNFINISHED, Accepted, Ask, Busy, NotPossible
from .attachment import Attachment
from .conversation import Conversation
from .generation import Generation, Outcome
from .invitation import Invitation
from .message import Message
from .preferences import Preferences
from .price import ModelPrice
from .process import DEAD_AFTER, Checkpoint, Process, Progress
from .saved_prompt import SavedPrompt

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
    "Generation",
    "Invitation",
    "Message",
    "ModelPrice",
    "NotPossible",
    "Outcome",
    "Preferences",
    "Process",
    "Progress",
    "SavedPrompt",
]
