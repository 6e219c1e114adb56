"""The demo model's words and what it says, asked with the real client over a real socket."""

import openai
import pytest

from chat.demo import expected
from chat.demo.answer import Fault
from chat.demo.asked import of
from chat.demo.words import PHRASES, WORDS, again, answer, normal, welcome
from tests.pure.asking import ask, hear

WHOLE = [
    word.phrase
    for word in WORDS
    if word.phrase != "echo …"
    and answer(of(word.phrase)).refusal is None
    and answer(of(word.phrase)).fault in (None, Fault.NO_DONE)
]


async def test_the_models_are_listed_and_can_be_asked_for(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["demo", "demo-thinker"]
    assert (await client.models.retrieve("demo")).id == "demo"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("gpt")


@pytest.mark.parametrize("phrase", WHOLE)
async def test_every_word_says_the_same_streamed_and_whole(
    client: openai.AsyncOpenAI, phrase: str
) -> None:
    heard, whole = await hear(client, phrase), await ask(client, phrase)
    message = whole.choices[0].message
    assert heard.text == message.content == expected(phrase)
    assert heard.reasoning == (message.model_extra or {}).get("reasoning_content", "")
    assert heard.finish == whole.choices[0].finish_reason
    assert heard.usage is not None
    assert heard.usage["completion_tokens"] == whole.usage.completion_tokens
    calls = [
        (call.id, call.function.name, call.function.arguments) for call in message.tool_calls or []
    ]
    assert [tuple(call.values()) for call in heard.calls.values()] == calls


async def test_the_last_message_alone_is_obeyed_and_case_and_courtesy_do_not_matter(
    client: openai.AsyncOpenAI,
) -> None:
    history = [
        {"role": "system", "content": "error"},
        {"role": "user", "content": "error"},
        {"role": "assistant", "content": "error"},
        {"role": "user", "content": [{"type": "text", "text": "Please show me a TABLE!"}]},
    ]
    assert (await hear(client, history)).text == expected("table")


@pytest.mark.parametrize(
    "sentence",
    [
        "What is an error?",
        "Write a long story about a table",
        "code a slow list in Python",
        "echoes of the past",
        "How do I cut a stall in the middle?",
        "",
        "!?",
        "long " * 40,
    ],
)
def test_an_ordinary_sentence_is_no_word(sentence: str) -> None:
    assert expected(sentence) == welcome()


def test_the_help_names_every_word_for_people_and_how_to_connect_a_real_model() -> None:
    for word in WORDS:
        assert (word.group == "test") or (
            f"`{word.phrase}`" in welcome() and word.says in welcome()
        )
    for name in (
        "demonstration",
        "OPENAI_BASE_URL",
        "OPENAI_API_KEY",
        "Ollama",
        "llama.cpp",
        "vLLM",
    ):
        assert name in welcome()
    assert "{" + "show}" not in welcome()


def test_no_phrase_means_two_things() -> None:
    phrases = [normal(phrase) for word in WORDS for phrase in (word.phrase, *word.also)]
    assert len(phrases) == len(set(phrases)) == len(PHRASES)


def test_a_second_question_gets_a_shorter_answer() -> None:
    first = {"role": "user", "content": "Hello"}
    messages = [first, {"role": "assistant", "content": "…"}, first]
    assert expected(messages) == again()
    assert len(again()) < len(welcome())


@pytest.mark.parametrize(
    "text", ["hi", " two  spaces\n\nand lines ", "⟦1:2⟧ rate=5 <b>&", "שלום 👨‍👩‍👧"]
)
async def test_echo_repeats_the_text_exactly(client: openai.AsyncOpenAI, text: str) -> None:
    assert (await hear(client, f"echo {text}")).text == text
    assert (await hear(client, f"tag=x echo {text}")).text == text
