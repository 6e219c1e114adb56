"""What an element says over time: what stands there for a moment only is not missed."""

from playwright.sync_api import Locator

RECORD = """(element) => {
  element.said = [element.textContent];
  new MutationObserver(() => element.said.push(element.textContent))
    .observe(element, {childList: true, characterData: true, subtree: true});
}"""
HAS = "([element, pattern]) => element.said.some((each) => RegExp(pattern).test(each))"


class Said:
    """All texts of an element from now on, the present one included."""

    def __init__(self, element: Locator) -> None:
        self._page = element.page
        self._element = element.element_handle()
        self._element.evaluate(RECORD)

    def wait_for(self, pattern: str) -> None:
        """Wait until it has said something like this, even if it says something else by now."""
        self._page.wait_for_function(HAS, arg=[self._element, pattern])

    @property
    def texts(self) -> list[str]:
        """What it has said so far, in order."""
        texts: list[str] = self._element.evaluate("(element) => element.said")
        return texts
