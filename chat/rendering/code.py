"""Code blocks: our own frame around the model's text."""

import re
from functools import lru_cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from chat.rendering.markup import escape

CLASS_PREFIX = "hl-"
LARGEST_HIGHLIGHTED = 20_000  # characters; above that a person would wait for the colours

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True, classprefix=CLASS_PREFIX)


def code_block(info: str, text: str) -> str:
    """Return the HTML of a finished code block; `info` is what follows the opening fence."""
    name = language(info)
    if name and len(text) <= LARGEST_HIGHLIGHTED:
        return _framed(name, _highlighted(name.lower(), text))
    return _framed(name, escape(text))


def open_code_block(info: str, text: str) -> str:
    """Return the HTML of a code block that is still being written: without colours."""
    return _framed(language(info), escape(text))


def language(info: str) -> str:
    """Return the language that `info` names, "" if it names none that could be one."""
    words = info.split(maxsplit=1)
    return words[0] if words and _LANGUAGE.fullmatch(words[0]) else ""


def _framed(name: str, code: str) -> str:
    label = f' class="language-{name}"' if name else ""
    return (
        f'<div class="code"><div class="code-head"><span class="code-lang">{name}</span>'
        '<button type="button" class="copy">Copy</button></div>'
        f'<pre tabindex="0"><code{label}>{code}</code></pre></div>'
    )


@lru_cache(maxsize=128)
def _highlighted(name: str, text: str) -> str:
    lexer = _lexer(name)
    return highlight(text, lexer, _FORMATTER) if lexer else escape(text)


@lru_cache(maxsize=128)
def _lexer(name: str) -> Lexer | None:
    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
