"""Usage of an answer that took several rounds."""

from .entries import Usage

MOST_TOKENS = 1_000_000_000


def plausible(usage: Usage | None) -> bool:
    """Whether the numbers that a provider told can be true, and be stored."""
    if usage is None:
        return False
    told = usage["prompt_tokens"], usage["completion_tokens"], usage["reasoning_tokens"]
    return all(0 <= (tokens or 0) < MOST_TOKENS for tokens in told)


def added(before: Usage | None, usage: Usage | None) -> Usage | None:
    """The sum; an estimate if either is one."""
    if before is None or usage is None:
        return before or usage
    told = before["source"] == usage["source"] == "provider"
    return {
        "kind": "usage",
        "prompt_tokens": _sum(before["prompt_tokens"], usage["prompt_tokens"]),
        "completion_tokens": _sum(before["completion_tokens"], usage["completion_tokens"]),
        "reasoning_tokens": _sum(before["reasoning_tokens"], usage["reasoning_tokens"]),
        "source": "provider" if told else "estimated",
    }


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
