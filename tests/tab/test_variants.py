"""Variants, forks, cuts and opinions: what the rows say, and the pages without scripts."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.live import paging, turns
from chat.models import Busy, Conversation, Feedback, Message, NotPossible, branches

from .answered import command, conversation, end, person, reviewer, say
from .dom import Dom

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return person("alice")


def regenerate(made: Conversation, message: int, text: str = "Another") -> int:
    """A second answer beside one; gives its id."""
    accepted = end(made.regenerate(command(), message), text)
    return int(accepted.message.pk)


def words(made: Conversation) -> list[str]:
    """What the messages of the path say."""
    made.refresh_from_db()
    return [message.text for message in made.path()]


def forest(owner: User) -> tuple[Conversation, list[int]]:
    """Hello → Hi → More → Yes, with a second answer to Hello; gives the ids of the first path."""
    made = conversation(owner)
    say(made, "More", "Yes")
    ids = [message.pk for message in made.path()]
    regenerate(made, ids[1])
    return made, ids


def test_a_variant_is_shown_with_the_newest_that_follows_it(alice: User) -> None:
    made, ids = forest(alice)
    assert words(made) == ["Hello", "Another"]
    newest = made.updated_at
    assert branches.show(made, ids[1]) == ids[-1]
    assert words(made) == ["Hello", "Hi", "More", "Yes"]
    assert made.updated_at == newest, "looking is not saying"


def test_every_turn_knows_its_variants(alice: User) -> None:
    made, ids = forest(alice)
    say(made, "Even more", "Well")
    other = end(made.send(command(), "Or rather this", None), "That")
    branches.show(made, ids[0])
    shown = turns.shown_of(made)
    numbers = [(turn.number, len(turn.variants)) for turn in shown.turns]
    assert numbers == [(1, 2), (2, 2), (1, 1), (1, 1)]
    assert shown.turns[0].after == other.prompt.pk and shown.turns[0].before is None  # type: ignore[union-attr]
    assert shown.turns[1].before == ids[1] and shown.turns[1].after is None


def test_a_fork_has_the_same_words_and_goes_its_own_way(alice: User) -> None:
    made, ids = forest(alice)
    made.system_prompt, made.params = "Be kind.", {"seed": 1}
    branches.show(made, ids[1])
    copy = branches.fork(made, ids[2])
    assert words(copy) == ["Hello", "Hi", "More"]
    assert (copy.title, copy.owner) == ("Hello (fork)", alice)
    assert (copy.system_prompt, copy.params) == ("Be kind.", {"seed": 1})
    say(copy, "And then", "This")
    assert words(copy)[-1] == "This" and words(made)[-1] == "Yes"
    assert not copy.generations.filter(message__text="Hi"), "no answer is paid for twice"


@pytest.mark.parametrize(
    ("at", "left"),
    [(1, ["Hello", "Another"]), (2, ["Hello", "Hi"]), (3, ["Hello", "Hi", "More"])],
)
def test_what_is_cut_takes_all_that_follows_and_shows_what_is_beside_or_before(
    at: int, left: list[str], alice: User
) -> None:
    made, ids = forest(alice)
    branches.show(made, ids[1])
    branches.prune(made, ids[at])
    assert words(made) == left
    assert not made.messages.filter(pk__in=ids[at:]).exists()


def test_a_prompt_without_an_answer_is_answered(alice: User) -> None:
    made = conversation(alice)
    prompt, answer = made.path()
    branches.prune(made, answer.pk)
    assert turns.shown_of(made).turns[-1].unanswered
    regenerate(made, prompt.pk, "At last")
    assert words(made) == ["Hello", "At last"]
    with pytest.raises(NotPossible):
        made.regenerate(command(), prompt.pk)


def test_a_cut_that_would_leave_nothing_deletes_the_conversation_which_can_be_undone(
    alice: User,
) -> None:
    made = branches.fork(conversation(alice), Message.objects.latest("pk").pk)
    assert branches.prune(made, made.path()[0].pk)
    assert not Conversation.objects.for_user(alice).filter(pk=made.pk).exists()
    assert made.restore() and words(made) == ["Hello", "Hi"]


def test_a_first_prompt_with_another_beside_it_is_cut_alone(alice: User) -> None:
    made = conversation(alice)
    end(made.send(command(), "Edited", None), "Again")
    assert not branches.prune(made, made.path()[0].pk)
    assert words(made) == ["Hello", "Hi"]


@pytest.mark.parametrize("verb", [branches.show, branches.prune, branches.fork])
def test_messages_of_others_are_not_here(verb: Any, alice: User) -> None:
    made, theirs = conversation(alice), conversation(person("bob"))
    for id in (theirs.path()[0].pk, 2**62, 0):
        with pytest.raises(NotPossible):
            verb(made, id)
    assert words(theirs) == ["Hello", "Hi"]


def test_an_answer_that_is_being_written_is_not_forked(alice: User) -> None:
    made = conversation(alice)
    running = made.send(command(), "More")
    with pytest.raises(Busy):
        branches.fork(made, running.message.pk)
    assert words(branches.fork(made, running.prompt.pk)) == ["Hello", "Hi", "More"]  # type: ignore[union-attr]


def test_fifty_branches_deep_every_variant_is_reached(alice: User) -> None:
    made: Conversation = Conversation.objects.create(owner=alice)
    firsts = []
    for number in range(50):
        say(made, f"Prompt {number}", "First")
        firsts.append(made.leaf_id or 0)
        regenerate(made, made.leaf_id or 0, "Second")
    for first in firsts[::-1]:
        branches.show(made, first)
        shown = turns.shown_of(made)
        assert [turn.message.pk for turn in shown.turns][-1] == first
        assert shown.turns[-1].number == 1 and len(shown.turns[-1].variants) == 2
        branches.show(made, shown.turns[-1].after or 0)
    assert len(words(made)) == 100


def long(owner: User, messages: int) -> Conversation:
    """A conversation of so many messages, without the commands that wrote them."""
    made = conversation(owner)
    rows = [
        made.messages.model(conversation=made, role="assistant" if n % 2 else "user", text=f"#{n}")
        for n in range(messages - 2)
    ]
    made.messages.bulk_create(rows)
    branches._chain(made.messages.all())
    branches._set_leaf(made, made.messages.order_by("pk").values_list("pk", flat=True).last())
    return made


def test_a_page_and_its_parts_cost_as_much_for_300_messages_as_for_60(
    alice: User, client: Client
) -> None:
    client.force_login(alice)
    counted = []
    for many in (60, 300):
        made = long(alice, many)
        ids = list(made.messages.order_by("pk").values_list("pk", flat=True))
        addresses = [
            f"/c/{made.pk}/",
            f"/c/{made.pk}/?message={ids[3]}",
            f"/conversations/{made.pk}/turns?before={ids[40]}",
            f"/conversations/{made.pk}/turns?after={ids[3]}&until={ids[-1]}",
        ]
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                dom = Dom(client.get(address).content.decode())
            counted.append((len(queries), len(dom._document.css("article.turn"))))
    assert counted[:4] == counted[4:]
    assert all(shown <= turns.SCREEN + paging.LIVE for _, shown in counted)


def test_the_start_of_a_live_end_costs_no_history(alice: User) -> None:
    made = long(alice, 400)
    ids = list(made.messages.order_by("pk").values_list("pk", flat=True))
    assert [turn.message.pk for turn in turns.shown_of(made, ids[-4]).turns] == ids[-4:]
    far = turns.shown_of(made, ids[0])
    assert far.whole and len(far.turns) == turns.SCREEN


def test_pages_of_turns_meet_without_a_gap_and_without_a_double(alice: User) -> None:
    made = long(alice, 100)
    ids = list(made.messages.order_by("pk").values_list("pk", flat=True))
    shown = turns.shown_of(made)
    seen = [turn.message.pk for turn in shown.turns]
    while seen[0] != ids[0]:
        page = paging.before(made, seen[0])
        assert (page.first is None) == (page.turns[0].message.pk == ids[0])
        seen = [turn.message.pk for turn in page.turns] + seen
    assert seen == ids
    earlier, live = paging.around(made, shown, ids[10])
    here = [turn.message.pk for turn in earlier.turns]
    assert ids[10] in here and earlier.turns[-1].gap == live[0].message.pk
    after = paging.after(made, here[-1], live[0].message.pk)
    assert after.turns[0].message.pk == ids[ids.index(here[-1]) + 1]
    from_below = paging.before(made, live[0].message.pk, after.turns[-1].message.pk)
    whole = here + [t.message.pk for t in (*after.turns, *from_below.turns, *live)]
    missing = len(set(ids[ids.index(here[0]) :]) - set(whole))
    assert len(whole) == len(set(whole)) and (missing == 0) == (from_below.after is None)


def test_an_address_of_a_message_opens_its_branch(alice: User, client: Client) -> None:
    client.force_login(alice)
    made, ids = forest(alice)
    page = Dom(client.get(f"/c/{made.pk}/?message={ids[3]}").content.decode())
    assert page.has(f"#m{ids[3]}") and page.attribute("#chat", "data-jump") == str(ids[3])
    assert words(made)[-1] == "Yes"
    theirs = conversation(person("bob"))
    strange = theirs.path()[0].pk
    assert client.get(f"/c/{made.pk}/?message={strange}").status_code == 404
    assert client.get(f"/c/{theirs.pk}/?message={strange}").status_code == 404
    assert client.get(f"/c/{made.pk}/?message=x").status_code == 200


def test_an_opinion_is_kept_changed_and_taken_back(alice: User, client: Client) -> None:
    client.force_login(alice)
    made = conversation(alice)
    prompt, answer = (message.pk for message in made.path())
    address = f"/conversations/{made.pk}/m/{answer}/feedback"
    client.post(address, {"verdict": "up"})
    client.post(address, {"verdict": "down", "reason": "wrong", "text": "Not so."})
    kept = Feedback.objects.get()
    assert (kept.verdict, kept.reason, kept.text, kept.person) == (
        "down",
        "wrong",
        "Not so.",
        alice,
    )
    page = Dom(client.get(f"/c/{made.pk}/").content.decode())
    assert page.attribute(f"#m{answer}-down", "aria-pressed") == "true"
    for wrong in ({"verdict": "so-so"}, {"verdict": "up", "text": "x" * 2001}, {"reason": "x"}):
        assert client.post(address, wrong).status_code == 400
    about_prompt = f"/conversations/{made.pk}/m/{prompt}/feedback"
    assert client.post(about_prompt, {"verdict": "up"}).status_code == 400
    client.post(address, {"verdict": ""})
    assert not Feedback.objects.exists()


def test_strangers_find_no_message_of_mine(alice: User, client: Client) -> None:
    made = conversation(alice)
    answer = made.leaf_id
    client.force_login(person("charlie"))
    assert client.get(f"/c/{made.pk}/m/{answer}/").status_code == 404
    assert client.get(f"/conversations/{made.pk}/turns?before={answer}").status_code == 404
    opinion = {"verdict": "up"}
    assert client.post(f"/conversations/{made.pk}/m/{answer}/feedback", opinion).status_code == 404
    assert client.get(f"/c/{uuid.uuid4()}/m/{answer}/").status_code == 404


def test_an_administrator_reads_opinions_in_a_list_and_beside_the_answer(
    alice: User, client: Client
) -> None:
    made = conversation(alice)
    liked = conversation(alice)
    for answer, verdict, text in (
        (made.leaf_id, "down", "Beside the point"),
        (liked.leaf_id, "up", ""),
    ):
        Feedback.objects.create(message_id=answer or 0, person=alice, verdict=verdict, text=text)
    client.force_login(reviewer())
    every = client.get("/admin/chat/feedback/").content.decode()
    bad = client.get("/admin/chat/feedback/?verdict__exact=down").content.decode()
    assert f"{made.pk}" in every and f"{liked.pk}" in every and "Beside the point" in every
    assert f"{made.pk}" in bad and f"{liked.pk}" not in bad
    transcript = client.get(f"/admin/chat/conversation/{made.pk}/change/").content.decode()
    assert "Beside the point" in transcript
    client.force_login(alice)
    assert client.get("/admin/chat/feedback/").status_code == 302
