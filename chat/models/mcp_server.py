"""A server of tools that speaks the Model Context Protocol, as an administrator describes it."""

import re
import shlex
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

VARIABLE = re.compile(r"\$(MCP_[A-Z0-9_]+)")
HEADER = re.compile(r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(?P<value>[^\r\n\x00]*)")


class McpServer(models.Model):
    """Where it is, and what it is given; secrets are named, and stay in the environment."""

    class Transport(models.TextChoices):
        """How it is spoken to."""

        HTTP = "http", _("address (streamable HTTP)")
        STDIO = "stdio", _("command on this machine")

    name = models.SlugField(_("name"), max_length=20, unique=True)
    transport = models.CharField(
        _("transport"), max_length=5, choices=Transport.choices, default=Transport.HTTP
    )
    url = models.CharField(_("address"), max_length=500, blank=True)
    headers = models.TextField(_("headers"), blank=True, max_length=5000)
    command = models.CharField(_("command"), max_length=1000, blank=True)
    variables = models.TextField(_("variables"), blank=True, max_length=2000)
    enabled = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("MCP server")
        verbose_name_plural = _("MCP servers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what could not be connected to, with a sentence at the field."""
        super().clean()
        problems = self._of_http() if self.transport == self.Transport.HTTP else self._of_command()
        if problems:
            raise ValidationError(problems)

    def _of_http(self) -> dict[str, Any]:
        problems: dict[str, Any] = {}
        if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s#]*)?", self.url):
            problems["url"] = _("An address like https://tools.example.org/mcp is needed.")
        wrong = [line for line in _lines(self.headers) if not HEADER.fullmatch(line)]
        if wrong:
            problems["headers"] = _("A header is a name, a colon and a value.")
        return problems

    def _of_command(self) -> dict[str, Any]:
        problems: dict[str, Any] = {}
        if not settings.MCP_COMMANDS:
            problems["transport"] = _(
                "Commands on this machine are allowed by whoever runs the server:"
                " MCP_COMMANDS=true in its environment."
            )
        try:
            if not shlex.split(self.command):
                problems["command"] = _("A command is needed.")
        except ValueError:
            problems["command"] = _("The quotes in this command do not match.")
        if any(not VARIABLE.fullmatch(f"${name}") for name in _lines(self.variables)):
            problems["variables"] = _("Only variables whose names begin with MCP_ can be given.")
        return problems

    def filled_headers(self, environment: dict[str, str]) -> dict[str, str]:
        """The headers with the variables of the environment in them."""
        found = (HEADER.fullmatch(line) for line in _lines(self.headers))
        return {
            match["name"]: VARIABLE.sub(lambda name: environment.get(name[1], ""), match["value"])
            for match in found
            if match
        }

    def given_variables(self, environment: dict[str, str]) -> dict[str, str]:
        """The variables that the command is given, as far as they are set."""
        names = (name for name in _lines(self.variables) if VARIABLE.fullmatch(f"${name}"))
        return {name: environment[name] for name in names if name in environment}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
