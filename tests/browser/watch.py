"""What must not happen in a browser while a person uses the page."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, WebError

TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) => {
  console.error(`Content-Security-Policy: ${event.violatedDirective} ${event.blockedURI}`);
});"""
# Chromium itself says these when a server is not there, whatever the page does.
LOST = (
    r"WebSocket connection to '.*' failed|Failed to load resource: net::ERR_|"
    r"htmx:ws:error|htmx:error: Failed to fetch"
)
# And this when a page is left while it connects.
LEFT = "WebSocket is closed before the connection is established"


class Watch:
    """Collects console complaints, page errors, dialogs and requests to other hosts."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._expected = [LEFT]

    def over(self, context: BrowserContext, host: str) -> None:
        """Watch everything in a browser context whose pages are of `host`."""
        self._hosts = {*getattr(self, "_hosts", ()), host}
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)
        context.on("request", self._request)

    def expect(self, pattern: str) -> None:
        """Allow complaints that match: the test provokes them."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        """The problems that no test asked for."""
        return [p for p in self.problems if not any(re.search(e, p) for e in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self.problems.append(f"console: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self.problems.append(f"page: {error.error}")

    def _dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.netloc not in self._hosts:
            self.problems.append(f"request: {request.url}")
