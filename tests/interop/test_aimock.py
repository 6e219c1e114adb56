"""The page on another server than the demo model; see conftest.py for how it is installed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.person import Tab

from .conftest import LONG, MARKDOWN

pytestmark = pytest.mark.interop


def test_an_answer_arrives_as_rendered_markdown(alice: Tab) -> None:
    alice.ask("Markdown.")
    alice.ended()
    assert alice.row["text"] == MARKDOWN
    alice.shows_the_row()
    for selector in ("h2", "strong", "li", "pre code", "table td"):
        expect(alice.answer.locator(".parts").locator(selector).first).to_be_visible()
    expect(alice.answer).to_contain_text("Vec<T> & ünïcödé 你好 👋🏽")


def test_its_models_are_offered_and_one_is_asked(alice: Tab) -> None:
    model = alice.page.get_by_label("Model")
    expect(model.locator("option")).not_to_have_count(0)
    model.select_option("gpt-4o")
    alice.ask("Hello.")
    alice.ended()
    assert alice.generation["model"] == "gpt-4o"
    assert alice.row["text"] == "Hello! How can I help you today?"


def test_usage_is_the_providers_or_says_that_it_is_an_estimate(alice: Tab) -> None:
    alice.ask("Hello.")
    alice.ended()
    generation = alice.generation
    assert generation["usage_source"] in ("provider", "estimated")
    assert generation["completion_tokens"] > 0
    usage = alice.answer.locator(".usage")
    expect(usage).to_contain_text(f"{generation['completion_tokens']} token")
    if generation["usage_source"] == "estimated":
        expect(usage).to_contain_text("(estimated)")


def test_stop_keeps_what_came_and_closes_the_connection(alice: Tab) -> None:
    alice.ask("Long.")
    alice.writing("Paragraph 2 of a long answer")
    alice.page.keyboard.press("Escape")
    alice.ended("stopped")
    text = alice.row["text"]
    assert text and LONG.startswith(text) and len(text) < len(LONG)
    assert alice.generation["upstream_closed_ms"] < 1000
    alice.shows_the_row()
    alice.ask("Hello.")
    expect(alice.answers).to_have_count(2)
    alice.ended()


def test_a_reload_in_the_middle_loses_nothing(alice: Tab) -> None:
    alice.ask("Long.")
    alice.writing("Paragraph 2 of a long answer")
    alice.page.reload()
    alice.ended()
    assert alice.row["text"] == LONG
    alice.shows_the_row()


def test_reasoning_and_tool_calls_are_shown(alice: Tab) -> None:
    alice.ask("Think.")
    alice.ended()
    expect(alice.answer.locator(".reasoning summary")).to_contain_text("Reasoned")
    expect(alice.answer).to_contain_text("It is 4.")
    alice.ask("Tool.")
    expect(alice.answers).to_have_count(2)
    alice.ended()
    card = alice.answer.locator(".tool-call")
    expect(card.locator("summary")).to_contain_text("get_weather")
    card.locator("summary").click()
    expect(card.locator("pre").first).to_have_text(re.compile(r'\{"city":\s*"Paris"\}'))


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("Limit.", "truncated", "Cut short."),
        ("Filter.", "filtered", "Filtered."),
        ("Limited.", "failed", "Failed."),
        ("Broken.", "failed", "Failed."),
        ("Something it has no answer for.", "failed", "Failed."),
    ],
)
def test_other_endings_are_named(alice: Tab, words: str, status: str, said: str) -> None:
    alice.ask(words)
    alice.ended(status)
    expect(alice.answer.locator(".ending")).to_contain_text(said)
    expect(alice.answer).not_to_contain_text("/srv/")
    alice.shows_the_row()


def test_a_connection_that_drops_keeps_the_text_and_offers_retry(alice: Tab) -> None:
    alice.ask("Drop.")
    expect(alice.answer.locator(".ending")).to_be_visible()
    assert alice.generation["status"] in ("failed", "interrupted")
    text = alice.row["text"]
    assert text and MARKDOWN.startswith(text)
    expect(alice.action("Retry")).to_be_visible()
    alice.shows_the_row()


def test_a_silence_can_be_stopped(alice: Tab) -> None:
    alice.ask("Slow.")
    expect(alice.progress).to_contain_text("Waiting for the model")
    alice.page.keyboard.press("Escape")
    alice.ended("stopped")
