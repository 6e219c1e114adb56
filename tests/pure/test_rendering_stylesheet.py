"""The colours of code."""

import re

from chat.rendering.stylesheet import DARK_BACKGROUND, FILE, LIGHT_BACKGROUND, stylesheet


def test_the_committed_stylesheet_is_current() -> None:
    assert FILE.read_text() == stylesheet()


def test_every_token_can_be_read_on_its_background() -> None:
    pairs = re.findall(r"light-dark\((#\w{6}|currentcolor), (#\w{6}|currentcolor)\)", stylesheet())
    assert len(pairs) > 20
    for light, dark in pairs:
        assert contrast(light, LIGHT_BACKGROUND) >= 4.5, light
        assert contrast(dark, DARK_BACKGROUND) >= 4.5, dark


def contrast(colour: str, background: str) -> float:
    """WCAG 2.2, contrast ratio."""
    if colour == "currentcolor":
        return 21
    lighter, darker = sorted((luminance(colour), luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
