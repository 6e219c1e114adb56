"""Search finds what is one's own, in any script, whatever was typed, as rows come and go."""

from time import process_time

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from chat.models import Conversation, Message
from chat.search import Page, index, search
from chat.search.snippets import snippet

pytestmark = pytest.mark.django_db

HOSTILE = [
    '"', '""', '"""', "*", "a*", "NEAR", "NEAR(a b)", "a AND", "OR", "NOT a", "text:a", "^a", "-a",
    "(", ")", "a OR (b", "'", "\\", "%", "_", "\0", "a\0b", "x" * 10_000, "a " * 5_000, "\ud800",
    "中", "中文", ":*", "& |", "<->", "a:*", "' OR 1=1 --", "{}", "%s", "😀", "ﷺ", "\u202e", "++",
]  # fmt: skip


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice")


@pytest.fixture
def bob() -> User:
    return User.objects.create(username="bob")


def said(user: User, *texts: str, title: str = "A title", **fields: bool) -> Conversation:
    """A conversation in which these texts were said, one after the other."""
    conversation: Conversation = Conversation.objects.create(owner=user, title=title, **fields)
    parent = None
    for number, text in enumerate(texts):
        role = "assistant" if number % 2 else "user"
        parent = conversation.messages.create(parent=parent, role=role, text=text)
    conversation.leaf = parent
    conversation.save()
    return conversation


def texts(page: Page) -> list[str]:
    return [hit.text for group in page.groups for hit in group.hits]


def titles(page: Page) -> list[str]:
    return [group.title for group in page.groups]


def test_a_message_is_found_by_a_word_whatever_its_case(alice: User) -> None:
    said(alice, "How do I bake Sourdough?", "With patience.")
    assert texts(search(alice, "sourdough")) == ["How do I bake Sourdough?"]
    assert texts(search(alice, "SOUR")) == ["How do I bake Sourdough?"]
    assert texts(search(alice, "patience bake")) == [], "all words, in one message"
    assert texts(search(alice, "dough")) == ["How do I bake Sourdough?"], "inside of a word, too"


def test_other_people_find_nothing_of_it(alice: User, bob: User) -> None:
    said(alice, "the secret is safe", title="A secret")
    assert search(bob, "secret") == Page(["secret"])


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("我们今天学习中文", "中文"),
        ("我们今天学习中文", "学习中文"),
        ("我们今天学习中文", "今"),
        ("日本語のテストです", "テスト"),
        ("한국어를 배웁니다", "한국"),
        ("ภาษาไทยง่าย", "ไทย"),
        ("Über Äpfel", "äpfel"),
        ("Привет, мир", "привет"),
        ("call foo_bar(x) in /etc/hosts", "foo_bar"),
        ("call foo_bar(x) in /etc/hosts", "hosts"),
        ("see https://example.org/a/page?b=1", "page"),
        ("an apple a day", '"a day"'),
        ("Go is fun", "go"),
        ("it rains 😀 today", "😀"),
        ("Question 4771 of MAXIMA", "uestion 77"),
        ("Question 4771 of MAXIMA", "ax uestio 77 im"),
        ("a rate of 77% in 2%7", "ate 7% %7"),
        ("Größe XÄL", "röße äl"),
    ],
)
def test_every_script_is_searched(alice: User, text: str, query: str) -> None:
    said(alice, "something else", text)
    assert texts(search(alice, query)) == [text]


@pytest.mark.parametrize("query", ["uestion iz", "uestion mi", "uestion zmi"])
def test_the_capitals_of_turkish_are_those_that_the_database_knows(alice: User, query: str) -> None:
    said(alice, "Question about İZMİR")
    assert len(texts(search(alice, query))) == (connection.vendor == "postgresql")


@pytest.mark.parametrize("query", ["zq", "99", "ÿÿ", "''", "zq plain", "plain zq"])
def test_what_no_text_has_is_not_found(alice: User, query: str) -> None:
    said(alice, "a plain text\n", "another plain one\n\n\nwith lines between")
    assert texts(search(alice, query)) == []


def test_a_phrase_in_quotation_marks_is_found_as_it_is(alice: User) -> None:
    said(alice, "red green blue", "green red blue")
    assert texts(search(alice, '"red green"')) == ["red green blue"]
    assert (
        texts(search(alice, "“red green”"))
        == texts(search(alice, "„red green“"))
        == ["red green blue"]
    )
    assert len(texts(search(alice, "red green"))) == 2


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_typed_is_never_an_operator_or_an_error(alice: User, query: str) -> None:
    said(alice, "a plain text", "another one OR two", title="NEAR a title")
    page = search(alice, query)
    assert page.count <= 3
    search(alice, query, before="w5.20")
    search(alice, f"plain {query}", before=query[:40])


def test_titles_come_first_and_a_letter_is_looked_for_there_only(alice: User) -> None:
    said(alice, "about cheese", title="Old letters")
    said(alice, "nothing", title="Cheese")
    assert titles(search(alice, "cheese")) == ["Cheese", "Old letters"]
    assert titles(search(alice, "é")) == []
    assert titles(search(alice, "o")) == ["Old letters"]
    assert search(alice, "cheese").groups[0].title_html == "<mark>Cheese</mark>"


def test_archived_conversations_are_found_and_marked(alice: User) -> None:
    said(alice, "an old recipe", archived=True)
    assert [group.archived for group in search(alice, "recipe").groups] == [True]


def test_deleted_and_temporary_conversations_are_not_found(alice: User) -> None:
    said(alice, "a fleeting word", temporary=True)
    gone = said(alice, "a regretted word")
    assert texts(search(alice, "word")) == ["a regretted word"]
    gone.discard()
    assert search(alice, "word").groups == []
    gone.restore()
    assert texts(search(alice, "word")) == ["a regretted word"]


def test_whole_words_and_frequent_ones_rank_higher(alice: User) -> None:
    said(alice, "cat cat cat")
    said(alice, "concatenate, category")
    said(alice, "one cat")
    found = texts(search(alice, "cat"))
    assert found[0] == "cat cat cat"
    assert found[1] == "one cat"


def test_a_snippet_of_a_strange_text_holds_up_nobody() -> None:
    began = process_time()
    assert snippet("\n" * 100_000 + "a needle", ["needle"]) == "a <mark>needle</mark>"
    assert snippet("| a |\n|---|\n| b |", ["b"]) == "| a | | <mark>b</mark> |"
    assert "<mark>aa</mark>" in snippet("aa " * 500_000, ["aa"])
    assert process_time() - began < 5


def test_snippets_are_safe_and_mark_the_words(alice: User) -> None:
    said(alice, "x " * 300 + "<script>alert('needle')</script> & **more** needle" + " y" * 300)
    (hit,) = search(alice, "needle").groups[0].hits
    assert (
        "&lt;script&gt;alert(&#x27;<mark>needle</mark>&#x27;)&lt;/script&gt; &amp;" in hit.snippet
    )
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert hit.snippet.count("<mark>") == 2


def test_the_index_follows_every_way_of_writing(alice: User) -> None:
    conversation = said(alice, "first")
    message = conversation.messages.get()
    Message.objects.filter(pk=message.pk).update(text="second")
    assert texts(search(alice, "second")) == ["second"]
    assert texts(search(alice, "first")) == []
    Message.objects.bulk_create(
        Message(conversation=conversation, role="user", text=f"bulk {n}") for n in range(3)
    )
    assert len(texts(search(alice, "bulk"))) == 3
    Message.objects.filter(text="bulk 1").delete()
    assert len(texts(search(alice, "bulk"))) == 2
    message.text = ""
    message.save()
    assert texts(search(alice, "second")) == []
    conversation.delete()
    assert search(alice, "bulk") == Page(["bulk"])


def test_all_that_was_found_comes_in_pages_each_once(alice: User) -> None:
    for number in range(15):
        said(alice, *(f"needle {number} {n}" for n in range(30)))
    seen: list[str] = []
    page = search(alice, "needle")
    while True:
        seen += texts(page)
        if not page.next:
            break
        page = search(alice, "needle", page.next)
    assert len(seen) == len(set(seen)) == 450


def test_the_longest_texts_can_be_written(alice: User) -> None:
    every = "".join(map(chr, [*range(33, 0xD800), *range(0xE000, 0x1B000)]))
    said(alice, every, "word " * 30_000, "x" * 110_000)
    assert len(texts(search(alice, "word"))) == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has triggers")
def test_triggers_that_a_migration_lost_are_made_again(alice: User) -> None:
    conversation = said(alice, "before")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER chat_search_added")
    conversation.messages.create(role="user", text="meanwhile")
    assert texts(search(alice, "meanwhile")) == []
    index.mend(connection)
    conversation.messages.create(role="user", text="afterwards")
    for word in ("before", "meanwhile", "afterwards"):
        assert texts(search(alice, word)) == [word]


def test_the_index_can_be_taken_away_and_made_again(alice: User) -> None:
    said(alice, "still here")
    connection.check_constraints()
    index.remove(connection)
    index.install(connection)
    assert texts(search(alice, "still")) == ["still here"]
    assert MigrationExecutor(connection).loader.graph.leaf_nodes("chat")
