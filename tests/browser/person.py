"""People with their browsers, and a tab as they see it."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from chat.rendering import render
from tests.tab.served import PASSWORD, Served

from .watch import Watch

DESKTOP = {"width": 1440, "height": 900}
# Text content of the parts on the page, and of the HTML that the renderer makes of the row's text.
SHOWN = """([id, html]) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  const clean = (node) => {
    const copy = node.cloneNode(true);
    for (const button of copy.querySelectorAll("button")) button.remove();
    return copy.textContent.replace(/\\s+/g, " ").trim();
  };
  const shown = [...document.querySelectorAll(`#m${id}-parts > .text`)].map(clean).join(" ");
  return [shown, clean(template.content)];
}"""


@dataclass
class Person:
    """Somebody with an account on one site."""

    served: Served
    id: int
    name: str
    cookies: list[Any] = field(default_factory=list)

    def sign_in(self, page: Page, name: str | None = None) -> None:
        """Use the sign-in page."""
        page.goto(f"{self.served.server.url}/accounts/login/")
        page.locator("[name=login]").fill(name or self.name)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()


class Tab:
    """One tab of a person's browser on the chat."""

    def __init__(self, page: Page, person: Person) -> None:
        self.page, self.person = page, person
        self.text = page.locator("#text")
        self.button = page.locator("#send")
        self.progress = page.locator("#progress")
        self.link = page.locator("#link")
        self.toast = page.locator("#toast")
        self.echo = page.locator("#echo .turn")
        self.prompts = page.locator(".turns:not(#echo) .prompt")
        self.answers = page.locator(".answer")
        self.answer = self.answers.last
        self.stopped = page.get_by_role("button", name="Stopped")
        self.list = page.locator("#conversations")

    def open(self, path: str = "/", origin: str = "") -> "Tab":
        """Go to an address and wait until the page is connected."""
        self.page.goto((origin or self.person.served.server.url) + path)
        return self.connected()

    def connected(self) -> "Tab":
        """Wait for the first snapshot of a connection."""
        self.page.wait_for_function("() => window.snapshots > 0")
        return self

    def another(self, path: str | None = None) -> "Tab":
        """A second tab of the same browser, on the same conversation unless told otherwise."""
        tab = Tab(self.page.context.new_page(), self.person)
        origin = re.sub(r"^(https?://[^/]+).*", r"\1", self.page.url)
        return tab.open(path or f"/c/{self.conversation}/", origin)

    @property
    def conversation(self) -> str:
        return str(self.page.locator("#chat").get_attribute("data-conversation"))

    @property
    def message(self) -> int:
        """The message that the last answer is."""
        return int(str(self.answer.get_attribute("data-message")))

    @property
    def generation(self) -> dict[str, Any]:
        """The row of the last answer's generation."""
        return self.person.served.generation(int(str(self.answer.get_attribute("data-generation"))))

    @property
    def row(self) -> dict[str, Any]:
        """The row of the last answer."""
        return self.person.served.message(self.message)

    def ask(self, words: str) -> None:
        """Type a prompt and press Enter."""
        self.text.fill(words)
        self.text.press("Enter")

    def ended(self, status: str = "complete") -> None:
        """Wait until nothing is under way and the last answer ended so, as its row must say too."""
        # An answer of before has ended too: what was just asked for shows here until its own end.
        expect(self.progress).to_be_hidden()
        expect(self.answer).to_have_attribute("data-status", status)
        expect(self.answer).not_to_have_attribute("aria-busy", "true")
        assert self.generation["status"] == status

    def writing(self, *texts: str) -> None:
        """Wait until an answer is being written and shows these texts."""
        expect(self.answer).to_have_attribute("aria-busy", "true")
        for text in texts:
            expect(self.answer).to_contain_text(text)

    def shows_the_row(self, answer: Locator | None = None) -> None:
        """Check that an answer (the last) is the row's text: nothing lost, nothing doubled."""
        message = int(str((answer or self.answer).get_attribute("data-message")))
        row = self.person.served.message(message)
        shown, meant = self.page.evaluate(SHOWN, [row["id"], render(row["text"])])
        assert shown == meant

    def action(self, name: str) -> Locator:
        """A button below the last answer."""
        return self.answer.get_by_role("button", name=name, exact=True)


COUNT_SNAPSHOTS = """
window.snapshots = 0;
addEventListener("chat:swapped", ({ detail }) => {
  if (detail.type === "snapshot") window.snapshots += 1;
}, true);
"""


class Browsers:
    """Opens browsers for people, all of them watched; closed at the end of a test."""

    def __init__(self, chromium: Browser) -> None:
        self.chromium = chromium
        self.watch = Watch()
        self._contexts: list[BrowserContext] = []

    def context(self, host: str, **options: Any) -> BrowserContext:
        """A fresh browser, without cookies unless they are given."""
        context = self.chromium.new_context(**{"viewport": DESKTOP, **options})
        context.set_default_timeout(15_000)
        context.add_init_script(COUNT_SNAPSHOTS)
        self.watch.over(context, host)
        self._contexts.append(context)
        return context

    def of(self, person: Person, host: str = "", **options: Any) -> Tab:
        """A person's browser with one empty tab; they have signed in by the form before."""
        site = host or person.served.server.url.removeprefix("http://")
        if not person.cookies:
            context = self.context(person.served.server.url.removeprefix("http://"))
            page = context.new_page()
            person.sign_in(page)
            expect(page.locator("#text")).to_be_visible()
            person.cookies = context.storage_state()["cookies"]
            context.close()
        name = site.partition(":")[0]
        cookies = [{**cookie, "domain": name} for cookie in person.cookies]
        state = {"cookies": cookies, "origins": []}
        context = self.context(site, storage_state=state, **options)
        return Tab(context.new_page(), person)

    def close(self) -> None:
        for context in self._contexts:
            context.close()
