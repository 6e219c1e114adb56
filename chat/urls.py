"""The addresses of the pages."""

from django.urls import path

from chat.views import (
    attachments,
    chat_settings,
    commands,
    earlier,
    exporting,
    health,
    importing,
    listing,
    messages,
    pages,
    prompts,
    search,
    settings,
    sharing,
    sidebar,
    tools,
    usage,
)

app_name = "chat"

urlpatterns = [
    path("", pages.new, name="new"),
    path("c/<uuid:conversation_id>/", pages.conversation, name="conversation"),
    path("c/<uuid:conversation_id>/allow/<str:choice>", tools.allow, name="allow"),
    path("c/<uuid:conversation_id>/settings/", chat_settings.chat_settings, name="chat-settings"),
    path("conversations/<uuid:conversation_id>/model", chat_settings.choose_model, name="model"),
    path("c/<uuid:conversation_id>/m/<int:message_id>/", messages.message, name="message"),
    path(
        "conversations/<uuid:conversation_id>/m/<int:message_id>/feedback",
        messages.feedback,
        name="feedback",
    ),
    path("conversations/<uuid:conversation_id>/prune", messages.prune, name="prune"),
    path("conversations/<uuid:conversation_id>/fork", messages.fork, name="fork"),
    path("conversations/<uuid:conversation_id>/turns", earlier.turns, name="turns"),
    path("conversations/", sidebar.conversations, name="sidebar"),
    path("archived/", sidebar.archived, name="archived"),
    path("conversations/<uuid:conversation_id>/", listing.options, name="options"),
    path("conversations/<uuid:conversation_id>/rename", listing.rename, name="rename"),
    *[
        path(f"conversations/<uuid:conversation_id>/{name}", view, {"on": on}, name)
        for name, view, on in (
            ("pin", listing.pin, True),
            ("unpin", listing.pin, False),
            ("archive", listing.archive, True),
            ("unarchive", listing.archive, False),
        )
    ],
    path("conversations/<uuid:conversation_id>/delete", listing.delete, name="delete"),
    path("conversations/<uuid:conversation_id>/restore", listing.restore, name="restore"),
    path("conversations/<uuid:conversation_id>/seen", listing.seen, name="seen"),
    *[
        path(f"conversations/<uuid:conversation_id>/{type}", commands.command, {"type": type}, type)
        for type in ("send", "stop", "regenerate", "continue", "show")
    ],
    path("conversations/<uuid:conversation_id>/share", sharing.share, name="share"),
    path("conversations/<uuid:conversation_id>/export.md", exporting.export, name="export"),
    path(
        "conversations/<uuid:conversation_id>/export.json",
        exporting.export_json,
        name="export-json",
    ),
    path("conversations/export.<str:ending>", exporting.export_all, name="export-all"),
    path("import/", importing.imports, name="import"),
    path("shares/", sharing.shares, name="shares"),
    path("shares/<int:share_id>/revoke", sharing.revoke, name="revoke"),
    path("share/<str:token>/", sharing.shared, name="shared"),
    path("search/", search.search, name="search"),
    path("settings/", settings.preferences, name="preferences"),
    path("prompts/", prompts.prompts, name="prompts"),
    path("prompts/choices", prompts.choices, name="prompt-choices"),
    path("prompts/<int:prompt_id>/", prompts.edit, name="edit-prompt"),
    path("prompts/<int:prompt_id>/delete", prompts.delete, name="delete-prompt"),
    path("prompts/<int:prompt_id>/copy", prompts.copy, name="copy-prompt"),
    path("prompts/<int:prompt_id>/text", prompts.text, name="prompt-text"),
    path("usage/", usage.usage, name="usage"),
    path("attachments/", attachments.upload, name="upload"),
    path("attachments/chips/", attachments.chips, name="chips"),
    path("attachments/<uuid:attachment_id>/", attachments.attachment, name="attachment"),
    path("attachments/<uuid:attachment_id>/preview/", attachments.preview, name="preview"),
    path("attachments/<uuid:attachment_id>/remove/", attachments.remove, name="remove"),
    path("conversations/<uuid:conversation_id>/tools", tools.choose, name="tools"),
    path("theme", commands.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
