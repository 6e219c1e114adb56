r"""Display formulas over several lines, between `$$` or `\[` and their ends.

To Markdown a line of a formula such as `+ b`, `- c` or a lone `=` begins a list or makes a heading.
From the line that opens a formula to the one that ends it, or to a blank line or a fence, the one
character that would do so is replaced by a control character; so the parser sees a paragraph.
"""

import re

_OPENING = re.compile(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)?(\$\$|\\\[)(.*)")
_ENDS = {"$$": "$$", r"\[": r"\]"}
_OUTSIDE = re.compile(r"[ \t>]*(?:$|```|~~~)")
_MARKER = re.compile(r"([ \t>]*(?:[-+*]|#{1,6}|\d{1,9}[.)]))[ \t]")
_UNDERLINE = re.compile(r"([ \t>]*)([-=])([ \t]*)$")
_SHIELDS = {"=": "\x06", "-": "\x07"}
_CODE = re.compile(r"(?<![`\\])(`{1,2})(?!`)([^`$\n]*\$[^`\n]*)\1(?!`)")
SHIELDED = {"\x05": " ", "\x06": "=", "\x07": "-", "\x0e": "$"}
_PLAIN = str.maketrans(SHIELDED)


def shielded(source: str) -> tuple[str, list[tuple[int, int]]]:
    """Return `source` with its equations shielded, as long as before, and their places (bytes).

    Strictly inside such a place the source cannot be cut without changing what it means.
    """
    if "$$" not in source and r"\[" not in source:
        return source, []
    lines = source.split("\n")
    places: list[tuple[int, int]] = []
    position = start = 0
    end = ""
    for number, line in enumerate(lines):
        behind = position + len(line.encode()) + 1
        if end and _OUTSIDE.match(line):
            places.append((start, position))
            end = ""
        elif end:
            lines[number] = _shielded(line)
            if end in line:
                places.append((start, behind))
                end = ""
        elif end := _opened(line):
            start = position
        position = behind
    if end:
        places.append((start, position))
    return "\n".join(lines), places


def without_dollars_in_code(source: str) -> str:
    """Return `source` with the dollars of code spans shielded: they open and close no formula."""
    if "`" not in source or "$" not in source:
        return source
    return _CODE.sub(lambda span: span[0].replace("$", "\x0e"), source)


def unshielded(text: str) -> str:
    """Return `text` as it was before."""
    return text.translate(_PLAIN)


def _opened(line: str) -> str:
    """Return what will end the formula that `line` leaves open, "" if it opens none."""
    match = _OPENING.match(line) if "$$" in line or r"\[" in line else None
    end = _ENDS[match[1]] if match else ""
    return "" if match and end in match[2] else end


def _shielded(line: str) -> str:
    if match := _MARKER.match(line):
        line = match[1] + "\x05" + line[match.end() :]
    return _UNDERLINE.sub(lambda match: match[1] + _SHIELDS[match[2]] + match[3], line)
