"""One call of a tool, within its limits: whatever goes wrong becomes a result."""

import asyncio
import logging
from dataclasses import dataclass

from django.conf import settings

from .tool import Context, Tool, ToolError

logger = logging.getLogger(__name__)

NO_ANSWER = "The tool did not answer within {seconds:g} s."
CUT = "\n… (cut: the result has {length:,} characters, of which these are the first {limit:,})"


@dataclass(frozen=True)
class Result:
    """What the model and the person are told."""

    text: str
    error: bool = False


async def run(tool: Tool, arguments: str, context: Context) -> Result:
    """Call a tool; one that raises, hangs or says too much gives a result all the same."""
    limits = settings.LIMITS
    try:
        async with asyncio.timeout(limits.tool_seconds):
            text = await tool.call(arguments, context)
    except TimeoutError:
        return Result(NO_ANSWER.format(seconds=limits.tool_seconds), error=True)
    except ToolError as error:
        return Result(cut(str(error), limits.tool_result_chars), error=True)
    except Exception as error:
        # Tools are anybody's code: a bug in one is told to the model, and to the log.
        logger.exception("the tool %s failed", tool.name)
        return Result(f"The tool failed ({type(error).__name__}).", error=True)
    return Result(cut(text, limits.tool_result_chars))


def cut(text: str, limit: int) -> str:
    """The text, or as much of it as may be, with a word that it was more."""
    return text if len(text) <= limit else text[:limit] + CUT.format(length=len(text), limit=limit)
