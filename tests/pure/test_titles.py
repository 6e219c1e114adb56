"""What becomes a title of a model's answer to the wish for one."""

import pytest

from chat.titles import title_in


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("Crossing the Alps", "Crossing the Alps"),
        ('"Crossing the Alps."', "Crossing the Alps"),
        ("**Title: Crossing the Alps**\n\nI chose this because …", "Crossing the Alps"),
        ("# Crossing `the` Alps", "Crossing the Alps"),
        ("\n\n  - „Über die Alpen“  \n", "Über die Alpen"),
        ("《翻越阿尔卑斯山》。", "翻越阿尔卑斯山"),
        ("「アルプスを越えて」", "アルプスを越えて"),
        ("« Traverser les Alpes »", "Traverser les Alpes"),
        ("عبور جبال الألب", "عبور جبال الألب"),
        ("What is “snake_case”?", "What is “snake_case”?"),
        ("Why C# is not C", "Why C# is not C"),
        ("a\u202eb\tc\x00d\u2028e", "a b c d"),
        ("***", ""),
        ('""', ""),
        ("", ""),
        ("word " * 40, "word " * 14 + "word…"),
    ],
)
def test_a_title_is_one_bare_line(answer: str, title: str) -> None:
    assert title_in(answer) == title
    assert len(title) <= 80
