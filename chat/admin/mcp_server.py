"""MCP servers: described here; whether this process reaches them is shown beside."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import McpServer
from chat.tools import servers

from .readonly import Admin, badge

# Generic for the type checker only.
if TYPE_CHECKING:
    Form = forms.ModelForm[McpServer]
else:
    Form = forms.ModelForm


class McpServerForm(Form):
    """A server, with what may be written where."""

    class Meta:
        model = McpServer
        fields = ("name", "enabled", "transport", "url", "headers", "command", "variables")
        widgets: ClassVar[dict[str, Any]] = {
            "url": forms.TextInput({"size": 60, "placeholder": "https://tools.example.org/mcp"}),
            "headers": forms.Textarea({"rows": 3}),
            "command": forms.TextInput({"size": 60, "placeholder": "python -m tools"}),
            "variables": forms.Textarea({"rows": 3}),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("The names of its tools begin with it."),
            "headers": _(
                "One on each line, such as Authorization: Bearer $MCP_WEATHER_TOKEN. Variables of"
                " the environment whose names begin with MCP_ are filled in, and never shown."
            ),
            "command": _("With its arguments. It runs as the user that the site runs as."),
            "variables": _(
                "Names of variables of the environment that it is given, one on each line;"
                " each begins with MCP_."
            ),
        }


class McpServerAdmin(Admin):
    form = McpServerForm
    list_display = ("name", "enabled", "transport", "state", "tools", "problem")
    readonly_fields = ("state", "tools", "problem")

    class Media:
        css: ClassVar[Any] = {"all": ["css/admin-review.css"]}

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """Enabled, as one expects of what one adds."""
        return {"enabled": True}

    @admin.display(description=_("state"))
    def state(self, server: McpServer) -> SafeString | str:
        """Whether this process is connected to it."""
        if not servers.installed():
            return gettext("The extra “mcp” is not installed.")
        connection = servers.state(server)
        if connection is None:
            return "—"
        return badge("connected" if connection.connected else "away")

    @admin.display(description=_("tools"))
    def tools(self, server: McpServer) -> str:
        """The names of its tools, as this process knows them."""
        connection = servers.state(server)
        return ", ".join(tool.called for tool in connection.tools) if connection else "—"

    @admin.display(description=_("problem"))
    def problem(self, server: McpServer) -> str:
        """Why this process is not connected to it."""
        connection = servers.state(server)
        return (connection.problem if connection else "") or "—"
