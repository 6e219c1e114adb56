"""What axe-core finds on a page."""

from typing import Any

from playwright.sync_api import Page

from tests.servers import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RUN = """async (within) => {
  const found = await axe.run(within, {
    preload: false,  // it would try an inline style, which the policy forbids
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    // A model may well write a table whose corner is empty.
    rules: {"empty-table-header": {enabled: false}},
  });
  return found.violations.map(({ id, help, nodes }) =>
    [id, help, nodes.map(({ html, failureSummary }) => [html.slice(0, 200), failureSummary])]);
}"""

REST = """() => Promise.allSettled(document.getAnimations()
  .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime))
  .map((each) => each.finished)).then(() => null)"""


def violations(page: Page, within: str = "html") -> list[Any]:
    """What axe finds on the page, or in one element of it, as it is now, in light and in dark."""
    # A page that was just gone to is whole, with its styles.
    page.wait_for_load_state()
    # Evaluated by the debugger, so that the page's policy stays as strict as it is.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(REST)
        found += [(scheme, *each) for each in page.evaluate(RUN, within)]
    return found
