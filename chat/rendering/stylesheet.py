"""The colours of highlighted code: `python -m chat.rendering.stylesheet` writes highlight.css."""

from pathlib import Path

from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, _TokenType

from chat.rendering.colours import CLASS_PREFIX, PLAIN

FILE = Path(__file__).parents[2] / "static" / "css" / "highlight.css"
LIGHT_BACKGROUND, DARK_BACKGROUND = "#f6f8fa", "#161b22"  # --code-bg

_LIGHT, _DARK = get_style_by_name("default"), get_style_by_name("github-dark")


def stylesheet() -> str:
    """Return the rules for all token classes, in colours for light and for dark pages."""
    colours: dict[str, list[str]] = {}
    for token, short in STANDARD_TYPES.items():
        if short and token not in PLAIN:
            colours.setdefault(_colours(token), []).append(f".{CLASS_PREFIX}{short}")
    rules = "".join(
        f"  :is({', '.join(names)}) {{\n    color: {pair};\n  }}\n\n"
        for pair, names in colours.items()
    )
    return (
        "/* Written by `python -m chat.rendering.stylesheet`; do not edit. */\n"
        f"@layer parts {{\n{rules}"
        f"  .{CLASS_PREFIX}ge {{\n    font-style: italic;\n  }}\n\n"
        f"  .{CLASS_PREFIX}gs {{\n    font-weight: bold;\n  }}\n}}\n"
    )


def _colours(token: _TokenType) -> str:
    light, dark = (style.style_for_token(token)["color"] for style in (_LIGHT, _DARK))
    return f"light-dark({_css(light)}, {_css(dark)})"


def _css(colour: str | None) -> str:
    return f"#{colour.lower()}" if colour else "currentcolor"


if __name__ == "__main__":
    FILE.write_text(stylesheet())
