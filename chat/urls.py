"""The addresses of the pages."""

from django.urls import path

from chat.views import chat_settings, commands, health, pages, search, sidebar

app_name = "chat"

urlpatterns = [
    path("", pages.new, name="new"),
    path("c/<uuid:conversation_id>/", pages.conversation, name="conversation"),
    path("c/<uuid:conversation_id>/settings/", chat_settings.chat_settings, name="chat-settings"),
    path("conversations/<uuid:conversation_id>/model", chat_settings.choose_model, name="model"),
    path("conversations/", sidebar.conversations, name="sidebar"),
    path("conversations/<uuid:conversation_id>/rename", commands.rename, name="rename"),
    path("conversations/<uuid:conversation_id>/delete", commands.delete, name="delete"),
    *[
        path(f"conversations/<uuid:conversation_id>/{type}", commands.command, {"type": type}, type)
        for type in ("send", "stop", "regenerate", "continue")
    ],
    path("search/", search.search, name="search"),
    path("theme", commands.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
