"""What a process may show of an answer that another process has taken over."""

import pytest
from redis.asyncio import Redis

from chat.live.shared.publisher import Publisher
from chat.live.shared.records import FENCED
from chat.stream import entries
from chat.stream.log import Log


@pytest.mark.parametrize("ended_before", [True, False])
async def test_an_answer_that_was_fenced_off_shows_that_it_ended_and_no_word_more(
    ended_before: bool,
) -> None:
    log, fenced = Log(), []
    publisher = Publisher(Redis())
    shown = publisher.publish(1, 1, log, lambda: fenced.append(True))
    log.append(entries.text("nobody finds this again"))
    if ended_before:
        log.close(entries.end("complete"))
    publisher._answered(publisher._changed[1], FENCED)
    log.close(entries.end("complete"))
    assert fenced and shown.read(0) == [entries.end("complete")]
