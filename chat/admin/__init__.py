"""The review: an administrator finds conversations, and reads them as their owners do."""

from django.contrib import admin
from django.contrib.auth.models import User

from chat.models import (
    Conversation,
    Feedback,
    Generation,
    Invitation,
    McpServer,
    ModelPrice,
    Process,
    SavedPrompt,
    Share,
)

from .conversation import ConversationAdmin
from .feedback import FeedbackAdmin
from .generation import GenerationAdmin
from .invitation import InvitationAdmin
from .mcp_server import McpServerAdmin
from .person import PersonAdmin
from .price import ModelPriceAdmin
from .process import ProcessAdmin
from .saved_prompt import SavedPromptAdmin
from .share import ShareAdmin

admin.site.site_header = admin.site.site_title = "Chatsite"
admin.site.register(Conversation, ConversationAdmin)
admin.site.register(Feedback, FeedbackAdmin)
admin.site.register(Generation, GenerationAdmin)
admin.site.register(Invitation, InvitationAdmin)
admin.site.register(ModelPrice, ModelPriceAdmin)
admin.site.register(McpServer, McpServerAdmin)
admin.site.register(Process, ProcessAdmin)
admin.site.register(SavedPrompt, SavedPromptAdmin)
admin.site.register(Share, ShareAdmin)
admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
