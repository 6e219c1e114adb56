"""Search over the titles and the text of all messages of a person's conversations."""

from .finding import Group, Hit, Page, search
from .words import QUERY_CHARACTERS

__all__ = ["QUERY_CHARACTERS", "Group", "Hit", "Page", "search"]
