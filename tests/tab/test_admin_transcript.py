"""Reading a conversation in the admin: all of it, as its owner saw it, with how it came to be."""

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from chat.admin.tree import Tree
from chat.live.turn import turns_of
from chat.models import Conversation, Generation, Process

from .answered import command, conversation, end, person, reviewer, say

pytestmark = pytest.mark.django_db
# Session, person and permissions; the conversation; its tree; messages; generations; feedback.
QUERIES = 10


@pytest.fixture
def staff(client: Client) -> Client:
    """A reviewer's browser."""
    client.force_login(reviewer())
    return client


@pytest.fixture
def alice() -> User:
    return person("alice")


def address(conversation: Conversation) -> str:
    return reverse("admin:chat_conversation_change", args=[conversation.pk])


def read(client: Client, conversation: Conversation, **params: str | int) -> str:
    """The page of a transcript."""
    page = client.get(address(conversation), params)
    assert page.status_code == 200
    return page.content.decode()


def bubbles(page: str) -> list[str]:
    """What the turns on a page say, prompts and answers in order, as plain text."""
    turns = re.findall(r'<article id="m\d+" class="turn.*?</article>', page, re.DOTALL)
    plain = (re.sub(r"<footer.*?</footer>|<[^>]+>", "", turn, flags=re.DOTALL) for turn in turns)
    return [" ".join(turn.split()) for turn in plain]


def facts(page: str) -> list[dict[str, str]]:
    """What is told of each command, by its names."""
    told = []
    for facts in re.findall(r'<dl class="facts">(.*?)</dl>', page, re.DOTALL):
        pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", facts, re.DOTALL)
        told.append({name: " ".join(re.sub("<[^>]+>", "", fact).split()) for name, fact in pairs})
    return told[1:]


def test_answers_look_as_on_the_page_of_their_owner(staff: Client, alice: User) -> None:
    answer = "# Hello\n\n- `Vec<T>` is *code*\n\n```python\nprint(1)\n```\n\n<script>no</script>"
    made = conversation(alice, "Say <b>hello</b>\nto me", answer)
    page = read(staff, made)
    staff.force_login(alice)
    owners = staff.get(made.get_absolute_url()).content.decode()
    for turn in turns_of(made.path()):
        assert turn.parts_html in page and turn.parts_html in owners
    bubble = '<div class="bubble" dir="auto">Say &lt;b&gt;hello&lt;/b&gt;\nto me</div>'
    assert bubble in page and bubble in owners
    assert "<script>no" not in page


def test_nothing_can_be_done_to_a_turn(staff: Client, alice: User) -> None:
    made = conversation(alice, status="interrupted")
    page = read(staff, made)
    assert 'data-command="' not in page and "copy-answer" not in page
    staff.force_login(alice)
    assert 'data-command="' in staff.get(made.get_absolute_url()).content.decode()


def test_the_facts_of_an_answer(staff: Client, alice: User) -> None:
    made = conversation(alice, model="gpt-5.2", finish_reason="stop")
    (answer,) = facts(read(staff, made))
    assert answer == {
        "Status": "complete",
        "Model": "gpt-5.2",
        "First token": "250 ms",
        "Duration": "2.2 s",
        "Speed": "170.0 tokens/s",
        "Tokens": "120 prompt, 340 completion (provider)",
        "Finish reason": "stop",
        "Details": str(made.generations.get().pk),
    }


def test_who_stopped_an_answer_and_what_went_on(staff: Client, alice: User) -> None:
    made = Conversation.objects.create(owner=alice)
    stopped = made.send(command(), "Count")
    Generation.objects.filter(pk=stopped.generation.pk).update(
        stop_requested_at=timezone.now(), stop_requested_by=alice
    )
    estimate = {"kind": "usage", "prompt_tokens": None, "completion_tokens": 3}
    estimate |= {"reasoning_tokens": None, "source": "estimated"}
    end(stopped, "1 2", "stopped", usage=estimate, upstream_closed_ms=0.8)
    end(made.continue_(command("llama"), stopped.message.pk), "1 2 3", usage=None)
    first, second = facts(read(staff, made))
    assert first["Stopped by"].startswith("alice") and "closed after 0.8 ms" in first["Stopped by"]
    assert first["Tokens"] == "3 completion (estimated)"
    assert (second["Status"], second["Model"]) == ("complete", "llama")
    assert second["Tokens"] == "not known"
    assert bubbles(read(staff, made)) == ["Count", "1 2 3"]


def test_an_error_says_its_code_and_its_sentence(staff: Client, alice: User) -> None:
    error: dict[str, Any] = {"error_code": "timeout", "error_text": "Too <slow>."}
    made = conversation(alice, "?", "", status="failed", error_retryable=True, **error)
    page = read(staff, made)
    assert facts(page)[0]["Error"] == f"timeout {escape('Too <slow>.')} (worth a retry)"


def test_reasoning_and_tool_calls_are_there(staff: Client, alice: User) -> None:
    call = {"type": "tool_call", "id": "1", "name": "search", "arguments": '{"q": 1}'}
    parts = [
        {"type": "reasoning", "text": "Let me look it up.", "ms": 3000},
        {**call, "result": "three results", "error": False},
        {"type": "text", "text": "Three."},
    ]
    (_, answer) = bubbles(read(staff, conversation(alice, "How many?", "Three.", parts=parts)))
    for words in ("Let me look it up.", "search", "{&quot;q&quot;: 1}", "three results", "Three."):
        assert words in answer


def test_an_answer_that_is_being_written_shows_what_is_saved(staff: Client, alice: User) -> None:
    made = Conversation.objects.create(owner=alice)
    running = made.send(command(), "Go").generation
    Process.objects.get().beat({running.pk: (0, [{"kind": "text", "text": "So **far**"}])})
    page = read(staff, made)
    assert bubbles(page) == ["Go", "So far"]
    assert facts(page)[0]["Status"] == "running"


@pytest.fixture
def branched(alice: User) -> Conversation:
    """A question with three answers, the first one with a sequel; and an edited beginning."""
    made = Conversation.objects.create(owner=alice)
    first = say(made, "Question", "one").message
    say(made, "Sequel", "of one")
    for answer in ("two", "three"):
        end(made.regenerate(command(), first.pk), answer)
    end(made.send(command(), "Edited", parent=None), "four")
    return made


def id_of(conversation: Conversation, text: str) -> int:
    return int(conversation.messages.get(text=text).pk)


def test_every_version_can_be_read(staff: Client, branched: Conversation) -> None:
    assert bubbles(read(staff, branched)) == ["Edited", "four"]
    everything = ["Question", "one", "Sequel", "of one", "two", "three", "Edited", "four"]
    page = read(staff, branched, all=1)
    assert bubbles(page) == everything
    assert page.count("not shown") == 6
    at_one = read(staff, branched, at=id_of(branched, "one"))
    assert bubbles(at_one) == ["Question", "one", "Sequel", "of one"]
    assert bubbles(read(staff, branched, at=id_of(branched, "three"))) == ["Question", "three"]


def test_versions_lead_to_each_other(staff: Client, branched: Conversation) -> None:
    page = read(staff, branched, at=id_of(branched, "two"))
    heads = re.findall(r'class="versions">(.*?)</span>', page, re.DOTALL)
    one, three = id_of(branched, "one"), id_of(branched, "three")
    assert re.findall(r"\?at=(\d+)#", heads[1]) == [str(one), str(three)]
    assert re.findall(r"<strong[^>]*>(\d)<", heads[1]) == ["2"]
    assert f'id="turn-{id_of(branched, "two")}"' in page


def test_words_are_found_in_any_version(staff: Client, branched: Conversation) -> None:
    assert bubbles(read(staff, branched, words="one")) == ["one", "of one"]
    assert bubbles(read(staff, branched, words="two FOUR")) == ["two", "four"]
    assert "No message says this." in read(staff, branched, words="five")
    list_filters = "_changelist_filters"
    assert 'name="words" value="&quot;of one&quot;"' in read(
        staff, branched, **{list_filters: "q=%22of+one%22"}
    )


def test_a_path_that_ends_nowhere_says_so(staff: Client, branched: Conversation) -> None:
    Conversation.objects.filter(pk=branched.pk).update(leaf=None)
    assert "see all messages" in read(staff, branched)
    assert len(bubbles(read(staff, branched, all=1))) == 8


def test_long_transcripts_have_pages_of_a_hundred(staff: Client, alice: User) -> None:
    made = conversation(alice, "ask", "answer", turns=51)
    first, second = read(staff, made), read(staff, made, page=2)
    assert (len(bubbles(first)), len(bubbles(second))) == (100, 2)
    assert 'rel="next"' in first and 'rel="next"' not in second
    last = made.messages.latest("pk").pk
    assert f'id="turn-{last}"' in read(staff, made, at=last)


@pytest.mark.parametrize(
    "params",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "99999999999999999999"},
        {"page": "x"},
        {"at": "1"},
        {"at": "²"},
        {"at": "9" * 40},
        {"at": "-5"},
        {"all": ""},
        {"words": "\0"},
        {"words": "'\""},
        {"_changelist_filters": "%%%"},
        {"unknown": "1"},
    ],
    ids=str,
)
def test_a_senseless_address_still_shows_it(
    staff: Client, alice: User, params: dict[str, str]
) -> None:
    read(staff, conversation(alice), **params)


@pytest.mark.parametrize("id", [str(uuid.UUID(int=1, version=4)), "1", "x", "add2", "_5F"])
def test_an_unknown_conversation_is_not_found(staff: Client, id: str) -> None:
    page: HttpResponse = staff.get(f"/admin/chat/conversation/{id}/change/")  # type: ignore[assignment]
    assert page.status_code == 404


@pytest.mark.parametrize("turns", [3, 60])
def test_a_transcript_takes_few_queries(
    staff: Client,
    alice: User,
    turns: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    made = conversation(alice, turns=turns, status="stopped")
    made.generations.update(stop_requested_by=alice, stop_requested_at=timezone.now())
    for params in ({}, {"all": 1}, {"words": "H"}, {"at": made.leaf_id}):
        with django_assert_max_num_queries(QUERIES):
            read(staff, made, **params)


def test_a_tree_knows_its_paths_and_versions() -> None:
    tree = Tree([(1, None), (2, 1), (3, 1), (4, 2), (5, None), (6, 3)])
    assert (len(tree), 4 in tree, 7 in tree) == (6, True, False)
    assert tree.path_to(4) == [1, 2, 4] and tree.path_to(None) == []
    assert tree.path_through(1) == [1, 3, 6] and tree.path_through(2) == [1, 2, 4]
    assert tree.versions(2) == [2, 3] and tree.versions(5) == [1, 5]
    assert tree.in_order() == [1, 2, 4, 3, 6, 5]


def test_a_deep_tree_needs_no_deep_stack() -> None:
    deep = Tree([(1, None), *((n, n - 1) for n in range(2, 20_001))])
    assert len(deep.in_order()) == len(deep.path_through(1)) == len(deep.path_to(20_000)) == 20_000
