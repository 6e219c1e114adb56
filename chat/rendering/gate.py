"""The last gate: whatever the writer made, only these tags and attributes pass."""

import nh3

_TAGS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "br", "div"),
    *(
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "em",
        "strong",
        "del",
        "code",
        "sup",
        "a",
        "span",
    ),
}
_ATTRIBUTES = {
    "a": {"href"},
    "ul": {"dir"},
    "ol": {"start", "dir"},
    "blockquote": {"dir"},
    "p": {"dir"},
    "th": {"align"},
    "td": {"align"},
    "div": {"tabindex", "dir"},
}
_CLASSES = {
    "a": {"remote-image"},
    "span": {"remote-image"},
    "div": {"table", "footnote"},
    "p": {"raw", "alert-title"},
    "sup": {"footnote-ref"},
    "blockquote": {"alert", "note", "tip", "important", "warning", "caution"},
}

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


def clean(html: str) -> str:
    """Return `html` with nothing left in it but what an answer's prose may hold."""
    return _cleaner.clean(html)
