"""The HTML of the Bot API: what is taken, what is refused."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botapi.html import parse, units
from botapi.refusal import Refusal


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("marked", "plain", "entities"),
    [
        ("无标记", "无标记", []),
        ("<b>粗</b>体", "粗体", [entity("bold", 0, 1)]),
        ("<strong>a</strong>", "a", [entity("bold", 0, 1)]),
        ("<B>a</b>", "a", [entity("bold", 0, 1)]),
        ("<i>a</i><em>b</em>", "ab", [entity("italic", 0, 1), entity("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        ("<s>a</s>", "a", [entity("strikethrough", 0, 1)]),
        ("<strike>a</strike><del >b</del >", "ab", [entity("strikethrough", n, 1) for n in (0, 1)]),
        ("<code>a</code>", "a", [entity("code", 0, 1)]),
        ("<pre>a</pre>", "a", [entity("pre", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [entity("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [entity("spoiler", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [entity("expandable_blockquote", 0, 1)]),
        (
            '<a href="https://a.cn/?x=1&amp;y=2">见此</a>',
            "见此",
            [entity("text_link", 0, 2, url="https://a.cn/?x=1&y=2")],
        ),
        ("<a href='javascript:x'>a</a>", "a", []),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("😀<b>a</b>", "😀a", [entity("bold", 2, 1)]),
        ("  \n<b> a </b>\n", "a", [entity("bold", 0, 1)]),
        ("<b></b>a", "a", []),
        ("&lt;&gt;&amp;&quot;&#39;&#x27;&#20013;", "<>&\"''中", []),
        ("a & b &", "a & b &", []),
        ("1 > 0", "1 > 0", []),
        ("&amp;lt;", "&lt;", []),
    ],
)
def test_taken(marked: str, plain: str, entities: list[dict[str, Any]]) -> None:
    assert parse(marked) == (plain, entities)


@pytest.mark.parametrize(
    ("marked", "why"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("中<div>a</div>", 'Unsupported start tag "div" at byte offset 3'),
        ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("a<br/>b", 'Unsupported start tag "br" at byte offset 1'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<", 'Unsupported start tag "" at byte offset 0'),
        ("<<b>a</b>", 'Unsupported start tag "" at byte offset 0'),
        ("<b", 'Unclosed start tag "b" at byte offset 0'),
        ('<a href="x>a</a>', 'Unclosed start tag "a" at byte offset 0'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("a&nbsp;b", 'Unsupported entity "&nbsp;" at byte offset 1'),
        ("&apos;", 'Unsupported entity "&apos;" at byte offset 0'),
    ],
)
def test_refused(marked: str, why: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse(marked)
    assert caught.value.code == 400
    assert caught.value.description == f"Bad Request: can't parse entities: {why}"


@given(st.text())
def test_what_is_escaped_comes_back_as_it_was(text: str) -> None:
    assert parse(escape(text))[0] == text.strip()


@given(st.text(st.sampled_from("ab 中😀<>/&;#1=\"'biu")))
def test_anything_is_taken_or_refused(text: str) -> None:
    try:
        plain, entities = parse(text)
    except Refusal:  # anything else that is raised fails here
        return
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= units(plain) for e in entities)


@given(st.text(st.sampled_from("ab 中😀<>/&;biu")), st.sampled_from(["b", "i", "u"]))
def test_a_tag_around_a_text_covers_it_whole(text: str, tag: str) -> None:
    plain, entities = parse(f"<{tag}>{escape(text)}</{tag}>")
    assert [(e["offset"], e["length"]) for e in entities] == ([(0, units(plain))] if plain else [])
