"""TeX to MathML."""

import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element

import nh3
from latex2mathml.converter import Converter

from chat.rendering.markup import escape

_LONGEST = 2000  # characters
_DEEPEST = 40  # nested groups

_TAGS = {
    *(
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
    ),
    *(
        "msqrt",
        "mroot",
        "mover",
        "munder",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mstyle",
        "mpadded",
    ),
    *("mphantom", "menclose", "mmultiscripts", "mprescripts", "none"),
}
_ATTRIBUTES = {
    *("display", "displaystyle", "scriptlevel", "stretchy", "fence", "form", "separator", "accent"),
    *(
        "movablelimits",
        "largeop",
        "lspace",
        "rspace",
        "minsize",
        "maxsize",
        "linethickness",
        "width",
    ),
    *("height", "depth", "columnalign", "columnspacing", "rowspacing", "columnlines", "rowlines"),
    *("notation", "mathvariant", "linebreak", "accentunder"),
}
_VALUE = re.compile(r"[\w.,%+ -]{1,60}")

# Environments that the converter does not know, and those that look the same.
_KNOWN_AS = {"aligned": "align*", "alignedat": "align*", "gathered": "align*", "gather": "align*"}
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(aligned|gathered|gather)\*?\}")

_cleaner = nh3.Cleaner(
    tags=_TAGS, attributes=dict.fromkeys(_TAGS, _ATTRIBUTES), link_rel=None, url_schemes=set()
)


@lru_cache(maxsize=1024)
def formula(tex: str, display: bool) -> str:
    """Return `tex` as MathML, or as visible TeX if it cannot be converted."""
    try:
        return _cleaner.clean(_serialised(_converted(tex, display)))
    # The converter raises whatever its code stumbles over (IndexError, StopIteration, its own
    # kinds); a formula must never cost the answer.
    except Exception:  # noqa: BLE001
        return f'<code class="math">{escape(tex)}</code>'


def _converted(tex: str, display: bool) -> Element:
    if len(tex) > _LONGEST or _depth(tex) > _DEEPEST:
        raise ValueError("too large to convert")
    tex = _ENVIRONMENT.sub(lambda m: rf"\{m[1]}{{{_KNOWN_AS[m[2]]}}}", tex)
    return Converter(display="block" if display else "inline").convert_to_element(tex)


def _depth(tex: str) -> int:
    depth = deepest = 0
    for character in tex:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest + tex.count(r"\left") + tex.count(r"\begin")


def _serialised(element: Element) -> str:
    """Write `element`; the converter's own writer leaves the model's text unescaped."""
    inside = _text(element.text) + "".join(
        _serialised(child) + _text(child.tail) for child in element
    )
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _text(text: str | None) -> str:
    return escape(html.unescape(text or ""))
