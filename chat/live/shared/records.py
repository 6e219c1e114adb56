"""Records of a shared log: what one append holds, and the rules by which Redis takes it.

A record's id is `<attempt>-<n>`: the attempt of the generation fences off older writers, n counts
the writer's own records. Ids are explicit, so that a command sent twice is no doubled text.
"""

from typing import Any, Final

import orjson

from chat.stream import entries
from chat.stream.entries import Entry
from chat.stream.fold import fold

FIELD: Final = b"e"
WRITING_SECONDS: Final = 3600
ENDED_SECONDS: Final = 60

OK, KNOWN, BEHIND, FENCED = b"ok", b"known", b"behind", b"fenced"

APPEND: Final = """
local attempt, n, whole = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local follows = n == 0
if last then
  local last_attempt, last_n = string.match(last[1], '(%d+)-(%d+)')
  last_attempt, last_n = tonumber(last_attempt), tonumber(last_n)
  if last_attempt > attempt then return 'fenced' end
  if last_attempt == attempt and last_n >= n then return 'known' end
  follows = last_attempt == attempt and last_n == n - 1
end
if not follows and not whole then return 'behind' end
redis.call('XADD', KEYS[1], ARGV[1] .. '-' .. ARGV[2], 'e', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 'ok'
"""
"""Takes a record if it follows the last one, or if it holds the whole answer so far."""


def key_of(generation_id: int) -> str:
    """The key of a generation's log."""
    return f"chatsite:log:{generation_id}"


def arguments(attempt: int, n: int, record: list[Entry], *, whole: bool) -> list[Any]:
    """The arguments of APPEND for the n-th record of an attempt."""
    ended = any(entry["kind"] == "end" for entry in record)
    seconds = ENDED_SECONDS if ended else WRITING_SECONDS
    return [attempt, n, int(whole), seconds, orjson.dumps(record)]


def decode(fields: dict[bytes, bytes]) -> list[Entry]:
    """The entries of a record."""
    record: list[Entry] = orjson.loads(fields[FIELD])
    return record


def restored(log: list[Entry]) -> list[Entry]:
    """A record that stands for the whole log: what is appended after Redis lost some of it."""
    answer = fold(log)
    record: list[Entry] = [entries.base(answer.parts)]
    record += [entry for entry in (answer.status, answer.usage, answer.end) if entry is not None]
    return record
