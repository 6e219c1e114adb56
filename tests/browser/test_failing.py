"""What goes wrong with a model is a sentence, the text so far is kept, and Retry asks again."""

import pytest
from playwright.sync_api import expect

from chat.demo import expected

from .person import Tab

FAILED = {
    "an error instead of an answer": ("error", "problem"),
    "an error in the middle": ("error in the middle", ""),
    "too many requests": ("error 429", ""),
    "a page instead of JSON": ("error 502", ""),
    "an error with a path in it": ("error message", ""),
    "a response without an answer": ("empty", ""),
    "garbage in the stream": ("garbage", ""),
}
BEYOND_RETRY = {
    "a bad key": ("error 401", "Please tell the administrator."),
    "an unknown model": ("error 404", "Choose another model."),
    "a request that it does not like": ("error 422", "Other settings or another model may help."),
    "a context that is too long": ("error context", "Shorten the message, begin a new chat"),
    "a used-up quota": ("error quota", "Please tell the administrator."),
}
SECRETS = ("secret.gguf", "/srv/models", "nginx", "Traceback", "top_k", "httpx", "<html")


def failed(tab: Tab, words: str, said: str) -> None:
    """Ask for a fault, whose ending says this and no secret."""
    tab.ask(f"{words} rate=0")
    tab.ended("failed")
    ending = tab.answer.locator(".ending")
    expect(ending).to_contain_text("Failed.")
    expect(ending).to_contain_text(said)
    sentence = ending.inner_text()
    assert not [secret for secret in SECRETS if secret in sentence]
    assert tab.generation["error_text"] in sentence


@pytest.mark.parametrize(("words", "said"), FAILED.values(), ids=FAILED)
def test_a_fault_is_a_sentence_with_retry(alice: Tab, words: str, said: str) -> None:
    failed(alice, words, said)
    expect(alice.action("Retry")).to_be_visible()
    expect(alice.progress).to_be_hidden()
    expect(alice.button).to_have_accessible_name("Send")
    alice.shows_the_row()


@pytest.mark.parametrize(("words", "said"), BEYOND_RETRY.values(), ids=BEYOND_RETRY)
def test_where_retry_cannot_help_the_page_says_what_may(alice: Tab, words: str, said: str) -> None:
    failed(alice, words, said)
    expect(alice.action("Retry")).to_have_count(0)
    expect(alice.action("Regenerate")).to_be_visible()
    alice.page.reload()
    expect(alice.answer.locator(".ending")).to_contain_text(said)


def test_an_answer_without_a_word_says_so(alice: Tab) -> None:
    alice.ask("blank rate=0")
    alice.ended()
    expect(alice.answer.locator(".ending")).to_have_text("The model server sent an empty answer.")
    alice.page.reload()
    expect(alice.answer.locator(".ending")).to_be_visible()
    alice.ask("tool whole rate=0")
    alice.ended()
    expect(alice.answer.locator(".ending")).to_have_count(0)


def test_retry_asks_again_in_the_same_place(alice: Tab) -> None:
    alice.ask("error once rate=0")
    alice.ended("failed")
    alice.action("Retry").click()
    expect(alice.answer).to_have_attribute("data-status", "complete")
    alice.ended()
    assert alice.row["text"] == expected("error once")
    expect(alice.prompts).to_have_count(1)
    expect(alice.answers).to_have_count(1)
    alice.page.reload()
    expect(alice.answers).to_have_count(1)
    alice.shows_the_row()


KEPT = {
    "a broken connection": ("cut", ("failed", "interrupted")),
    "a connection that hangs up": ("hang up", ("failed", "interrupted")),
    "an error in the middle": ("error in the middle", ("failed",)),
    "an end without a reason": ("no finish", ("interrupted",)),
    "a limit of tokens": ("truncate", ("truncated",)),
    "a filter": ("filter", ("filtered",)),
}


@pytest.mark.parametrize(("words", "endings"), KEPT.values(), ids=KEPT)
def test_the_text_before_a_fault_is_kept(alice: Tab, words: str, endings: tuple[str, ...]) -> None:
    alice.ask(f"{words} rate=0")
    expect(alice.answer.locator(".ending")).to_be_visible()
    status = alice.generation["status"]
    assert status in endings
    alice.ended(status)
    text = alice.row["text"]
    assert text and expected(words).startswith(text)
    alice.shows_the_row()
    again = alice.answer.locator(".command")
    expect(again.first).to_be_visible()
    alice.page.reload()
    alice.shows_the_row()
    expect(alice.answer.locator(".ending")).to_be_visible()


def test_a_blank_answer_does_not_leave_the_page_waiting(alice: Tab) -> None:
    alice.ask("blank rate=0")
    alice.ended()
    expect(alice.progress).to_be_hidden()
    expect(alice.action("Regenerate")).to_be_visible()


def test_a_prompt_that_is_refused_stays_with_the_reason(alice: Tab) -> None:
    other = alice.another("/")
    alice.ask("silence")
    alice.writing()
    other.open(f"/c/{alice.conversation}/")
    # The page itself does not send while it shows an answer being written; a program may.
    other.page.evaluate("""() => {
      document.querySelector('.answer').removeAttribute('aria-busy');
      document.dispatchEvent(new CustomEvent("chat:swapped", {detail: {type: "end", message: 0}}));
    }""")
    other.ask("echo too early")
    expect(other.echo).to_have_class("turn prompt echo failed")
    expect(other.text).to_have_value("echo too early")
    alice.page.keyboard.press("Escape")
    alice.ended("stopped")
    other.echo.get_by_role("button", name="Retry").click()
    expect(other.answers).to_have_count(2)
    other.ended()
    assert other.row["text"] == "too early"
    expect(other.echo).to_have_count(0)
