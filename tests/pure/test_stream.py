"""The pure core: entries, fold, log and beat."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.stream import entries
from chat.stream.beat import FULL_READ, LONG, LONGEST, SHORTEST, SMOOTH, Load, beat, pause_after
from chat.stream.entries import Entry, Part
from chat.stream.fold import Answer, fold
from chat.stream.log import Log, LogClosed


def call(index: int, id: str = "", name: str = "", arguments: str = "") -> Entry:
    return {"kind": "tool_call", "index": index, "id": id, "name": name, "arguments": arguments}


def result(id: str, text: str, error: bool = False) -> Entry:
    return {"kind": "tool_result", "id": id, "text": text, "error": error}


def reasoning(text: str, ms: int | None = None) -> Entry:
    return {"kind": "reasoning", "text": text} | ({} if ms is None else {"ms": ms})  # type: ignore[return-value]


some_text = st.text(max_size=8)
some_call = st.builds(
    call,
    st.integers(0, 3),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["", "clock"]),
    some_text,
)
some_entry = st.one_of(
    st.builds(entries.text, some_text),
    st.builds(reasoning, some_text, st.none() | st.integers(0, 9999)),
    some_call,
    st.builds(result, st.sampled_from(["a", "b", "z"]), some_text, st.booleans()),
    st.builds(entries.status, st.sampled_from(["waiting", "writing"]), st.integers(0, 10)),
)


def test_text_entries_become_one_part() -> None:
    answer = fold([entries.text("Hel"), entries.text("lo")])
    assert answer.parts == [{"type": "text", "text": "Hello"}]
    assert answer.text == "Hello"


def test_an_empty_text_opens_no_part() -> None:
    assert fold([entries.text("")]).parts == []


def test_reasoning_keeps_its_last_known_duration() -> None:
    answer = fold([reasoning("a", 5), reasoning("b", 9), reasoning("c"), entries.text("x")])
    assert answer.parts[0] == {"type": "reasoning", "text": "abc", "ms": 9}
    assert answer.text == "x"


def test_tool_calls_are_accumulated_by_index_with_repeated_names() -> None:
    answer = fold(
        [
            call(0, "a", "clock", '{"zo'),
            call(1, "b", "sum", "{}"),
            call(0, "a", "clock", 'ne":'),
            call(0, "", "", '"UTC"}'),
            result("a", "12:00"),
            result("b", "boom", error=True),
            result("gone", "ignored"),
        ]
    )
    assert [(p["name"], p["arguments"], p["result"], p["error"]) for p in answer.parts] == [  # type: ignore[typeddict-item]
        ("clock", '{"zone":"UTC"}', "12:00", False),
        ("sum", "{}", "boom", True),
    ]


def test_a_second_round_of_calls_counts_from_zero_again() -> None:
    answer = fold([call(0, "a", "x", "1"), result("a", "r"), call(0, "", "y", "2")])
    assert [p["name"] for p in answer.parts] == ["x", "y"]  # type: ignore[typeddict-item]


def test_another_id_at_the_same_index_is_another_call() -> None:
    answer = fold([call(0, "a", "x", "1"), call(0, "b", "y", "2")])
    assert [p["arguments"] for p in answer.parts] == ["1", "2"]  # type: ignore[typeddict-item]


def test_a_base_replaces_everything_and_is_not_shared() -> None:
    parts: list[Part] = [{"type": "text", "text": "kept"}]
    answer = fold([entries.text("lost"), entries.base(parts), entries.text(" on")])
    assert answer.text == "kept on"
    assert parts == [{"type": "text", "text": "kept"}]


def test_usage_status_and_end_are_kept_apart_from_the_parts() -> None:
    usage: Entry = {
        "kind": "usage",
        "prompt_tokens": 1,
        "completion_tokens": 2,
        "reasoning_tokens": None,
        "source": "provider",
    }
    answer = fold([usage, entries.status("writing", 7, 3), entries.end("complete")])
    assert answer.usage == usage
    assert answer.status is not None and answer.status["tokens"] == 3
    assert answer.end is not None and answer.end["status"] == "complete"
    assert answer.parts == []


@given(st.lists(some_entry), st.integers(0, 30))
def test_folding_in_two_sittings_and_through_json_changes_nothing(
    log: list[Entry], cut: int
) -> None:
    answer = Answer()
    for entry in [*log[:cut], *json.loads(json.dumps(log[cut:]))]:
        answer.add(entry)
    assert answer.parts == fold(log).parts


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("plain", "plain"),
        ("größer 🙂", "größer 🙂"),
        ("a\x00b", "a\N{REPLACEMENT CHARACTER}b"),
        ("ü\x00", "ü\N{REPLACEMENT CHARACTER}"),
        ("\ud83d\ude42", "🙂"),
        ("half \ud83d", "half \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_no_database_stores_is_replaced_wherever_it_is_said(said: str, kept: str) -> None:
    entry: Entry = {"kind": "tool_call", "index": 0, "id": "1", "name": said, "arguments": said}
    entries.storable(entry)
    assert entry == {"kind": "tool_call", "index": 0, "id": "1", "name": kept, "arguments": kept}


@given(st.lists(some_entry))
def test_joined_entries_amount_to_the_same(log: list[Entry]) -> None:
    kept = json.dumps(log)
    fewer = entries.joined(log)
    kinds = [entry["kind"] for entry in fewer]
    assert ("text", "text") not in pairwise(kinds)
    assert fold(fewer).parts == fold(log).parts
    assert json.dumps(log) == kept


@given(st.lists(some_entry), st.lists(some_entry))
def test_a_base_of_the_parts_stands_for_the_entries(
    before: list[Entry], after: list[Entry]
) -> None:
    texts = [entry for entry in after if entry["kind"] in ("text", "reasoning")]
    whole = fold([*before, *texts])
    assert fold([entries.base(fold(before).parts), *texts]).parts == whole.parts


def test_a_log_gives_what_follows_a_position() -> None:
    log = Log()
    log.append(entries.text("a"), entries.text("b"))
    assert len(log) == 2
    assert log.read(1) == [entries.text("b")]
    assert log.read(2) == []


@given(st.lists(st.integers(0, 4)))
def test_a_copy_of_a_log_taken_by_pieces_is_the_log_with_its_ending(until: list[int]) -> None:
    log, copy, woken = Log(), Log(), []
    copy.subscribe(lambda: woken.append(len(copy)))
    log.append(entries.text("one "), entries.text("two "), entries.text("three"))
    log.close(entries.end("complete"))
    for each in until:
        copy.copy(log.read(len(copy), each))
        assert len(copy) == max(woken, default=0) <= max(until) and copy.closed == (len(copy) == 4)
    copy.copy(log.read(len(copy)))
    copy.copy(log.read(0))
    assert copy.read(0) == log.read(0) and copy.closed


def test_a_log_wakes_its_readers_until_they_leave() -> None:
    log, woken = Log(), []

    def wake() -> None:
        woken.append(len(log))

    log.subscribe(wake)
    log.append(entries.text("a"))
    log.close(entries.end("complete"))
    log.unsubscribe(wake)
    log.unsubscribe(wake)
    assert woken == [1, 2]


def test_the_first_ending_wins_and_nothing_follows_it() -> None:
    log = Log()
    log.close(entries.end("stopped"))
    log.close(entries.end("complete"))
    with pytest.raises(LogClosed):
        log.append(entries.text("late"))
    assert log.read(0) == [entries.end("stopped")]


def test_estimates_say_that_they_are_estimates_and_nothing_is_not_estimated() -> None:
    assert entries.estimated_usage(9, 0) is None
    usage = entries.estimated_usage(9, 7)
    assert usage is not None
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (3, 7)
    assert usage["source"] == "estimated"
    unknown = entries.estimated_usage(None, 7)
    assert unknown is not None and unknown["prompt_tokens"] is None


def test_the_beat_is_a_frame_while_calm_and_stretches_with_the_load() -> None:
    assert beat(0.0) == beat(0.1) == SHORTEST
    assert beat(0.5) == pytest.approx(LONG)
    assert beat(0.8) == pytest.approx(LONG)
    assert beat(1.0) == pytest.approx(LONGEST)
    assert SHORTEST < beat(0.3) < LONG


@pytest.mark.parametrize(
    ("rate", "pause"), [(50, SHORTEST), (120, SHORTEST), (200, SMOOTH), (1500, SMOOTH)]
)
def test_an_answer_faster_than_one_reads_grows_25_times_a_second(rate: int, pause: float) -> None:
    now = beat(0.0)
    for _ in range(30):
        now = beat(0.0, round(rate * now))
    assert now == pytest.approx(pause)


def test_a_fast_answer_keeps_the_beat_of_a_busy_loop() -> None:
    assert beat(0.5, 20) == beat(0.5) > SMOOTH


def test_a_flood_is_read_on_at_once() -> None:
    assert beat(0.9, FULL_READ) == 0.0 < beat(0.0, FULL_READ - 1)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_beat_never_shortens_under_more_load(a: float, b: float) -> None:
    assert beat(min(a, b)) <= beat(max(a, b))


def test_repeated_bytes_are_bounded_per_second() -> None:
    assert pause_after(64_000) == 1.0
    assert pause_after(0) == 0.0


class Clocks:
    """A wall clock and a thread's CPU clock that are set by hand."""

    wall = cpu = 0.0

    def load(self) -> Load:
        return Load(lambda: self.wall, lambda: self.cpu, window=0.25)

    def sample(self, load: Load, wall: float, cpu: float) -> float:
        self.wall, self.cpu = wall, cpu
        return load.sample()


def test_load_is_cpu_over_wall_window_by_window_and_smoothed() -> None:
    clocks = Clocks()
    load = clocks.load()
    assert clocks.sample(load, 10.0, 1.0) == 0.0
    assert clocks.sample(load, 10.1, 1.1) == 0.0
    assert clocks.sample(load, 10.25, 1.125) == pytest.approx(0.125)
    assert clocks.sample(load, 10.5, 9.0) == pytest.approx(0.125 + 0.25 * (1 - 0.125))


def test_load_is_forgotten_in_a_rest() -> None:
    clocks = Clocks()
    load = clocks.load()
    for quarter in range(40):
        clocks.sample(load, quarter / 4, quarter / 4)
    assert load.busy > 0.9
    assert clocks.sample(load, 20.0, 9.75) < 0.05


def test_load_comes_close_to_a_steady_share() -> None:
    clocks = Clocks()
    load = clocks.load()
    for second in range(20):
        clocks.sample(load, second, second * 0.4)
    assert load.busy == pytest.approx(0.4, abs=0.01)
