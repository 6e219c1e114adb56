"""Highlighting by Pygments, into classes; the colours themselves are in the stylesheet."""

from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from time import thread_time

from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import STANDARD_TYPES, Error, Text, Token, Whitespace, _TokenType

from chat.rendering.markup import escape

CLASS_PREFIX = "hl-"
# Models write pieces, not programs: what a lexer calls an error is mostly none.
PLAIN = {Token, Text, Whitespace, Error}

# Lexers are made of backtracking expressions, and a model can be talked into writing what they
# choke on: seconds, for a few thousand line ends in Matlab. So only lexers that bore such shapes,
# within these limits; what exceeds them is shown without colours.
_LARGEST = 20_000  # characters
_LONGEST_LINE = 1_000  # characters
_BUDGET = 0.05  # seconds of this thread
_LANGUAGES = {
    *("python", "pycon", "javascript", "typescript", "jsx", "tsx", "json", "html", "xml", "css"),
    *("scss", "less", "bash", "console", "powershell", "batch", "sql", "postgresql", "java"),
    *("kotlin", "scala", "groovy", "c", "cpp", "csharp", "objective-c", "go", "rust", "swift"),
    *("ruby", "perl", "php", "lua", "r", "julia", "haskell", "ocaml", "elixir", "erlang"),
    *("clojure", "scheme", "common-lisp", "fsharp", "dart", "zig", "nim", "yaml", "toml", "ini"),
    *("docker", "make", "cmake", "nginx", "apacheconf", "diff", "markdown", "latex", "graphql"),
    *("protobuf", "terraform", "vim", "elm", "solidity", "django", "http", "vbnet", "nasm", "llvm"),
    *("awk", "tcl", "crystal", "d", "cobol", "prolog", "fortran", "pascal", "properties"),
}
_LIKE = {"jsonc": "json", "json5": "json", "vue": "html", "svelte": "html", "asm": "nasm"}


@lru_cache(maxsize=128)
def coloured(language: str, text: str) -> str:
    """Return `text` as HTML with a `<span>` for each token, plain if it cannot be done quickly."""
    name = language.lower()
    name = _LIKE.get(name, name)
    if name not in _known() or len(text) > _LARGEST or _longest_line(text) > _LONGEST_LINE:
        return escape(text)
    tokens = _tokens(get_lexer_by_name(name), text)
    # A lexer may drop or change a character; what a person copies must be what the model wrote.
    if "".join(value for _, value in tokens) != text:
        return escape(text)
    runs = groupby(tokens, key=itemgetter(0))
    return "".join(_span(name, "".join(value for _, value in run)) for name, run in runs)


def _tokens(lexer: Lexer, text: str) -> list[tuple[str, str]]:
    tokens = []
    end = thread_time() + _BUDGET
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        if thread_time() > end:
            return []
        tokens.append((_class(kind), value))
    return tokens


def _longest_line(text: str) -> int:
    return max(map(len, text.split("\n")))


def _span(name: str, text: str) -> str:
    return f'<span class="{CLASS_PREFIX}{name}">{escape(text)}</span>' if name else escape(text)


@cache
def _class(kind: _TokenType) -> str:
    known = next(parent for parent in reversed(kind.split()) if parent in STANDARD_TYPES)
    return "" if known in PLAIN else STANDARD_TYPES[known]


@cache
def _known() -> set[str]:
    names = ({*aliases} for _, aliases, _, _ in get_all_lexers(plugins=False))
    return {name for aliases in names if _LANGUAGES & aliases for name in aliases}
