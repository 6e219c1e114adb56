"""Code blocks: our own frame around the model's text."""

import re

from chat.rendering.colours import coloured
from chat.rendering.markup import escape

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")


def code_block(info: str, text: str) -> str:
    """Return the HTML of a finished code block; `info` is what follows the opening fence."""
    return framed(info, coloured(language(info), text))


def open_code_block(info: str, text: str) -> str:
    """Return the HTML of a code block that is still being written: without colours."""
    return framed(info, escape(text))


def language(info: str) -> str:
    """Return the language that `info` names, "" if it names none that could be one."""
    words = info.split(maxsplit=1)
    return words[0] if words and _LANGUAGE.fullmatch(words[0]) else ""


def framed(info: str, code: str) -> str:
    """Return a code block around `code`, which is HTML."""
    name = language(info)
    label = f' class="language-{name}"' if name else ""
    return (
        f'<div class="code"><div class="code-head"><span class="code-lang">{name}</span>'
        '<button type="button" class="copy">Copy</button></div>'
        f'<pre tabindex="0"><code{label}>{code}</code></pre></div>'
    )
