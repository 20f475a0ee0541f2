"""The sanitiser: what stays, what goes, and that hostile text costs no more than its length."""

import pytest

from hub.catalogue.parse_html import safe_text


@pytest.mark.parametrize(
    ("source", "html", "text"),
    [
        ("plain", "<p>plain</p>", "plain"),
        ("one\n\ntwo", "<p>one</p><p>two</p>", "one\ntwo"),
        ("a & b", "<p>a &amp; b</p>", "a & b"),
        ("5 < 6 > 4", "<p>5 &lt; 6 &gt; 4</p>", "5 < 6 > 4"),
        ('<p onclick="x()">a <b class="y">b</b> c</p>', "<p>a <b>b</b> c</p>", "a b c"),
        ("<div>one<br><br/>two</div>", "<p>one<br>two</p>", "one\ntwo"),
        ("<h1>T</h1><h6>u</h6>text", "<h3>T</h3><h4>u</h4><p>text</p>", "T\nu\ntext"),
        ("<ul><li>x<li>y</ul>", "<ul><li>x</li><li>y</li></ul>", "• x\n• y"),
        (
            "<ul><li>x<ul><li>y</ul><li>z</ul>tail",
            "<ul><li>x<ul><li>y</li></ul></li><li>z</li></ul><p>tail</p>",
            "• x\n• y\n• z\ntail",
        ),
        ("<ul>bare<p>next</ul>", "<ul><li>bare<br>next</li></ul>", "• bare\nnext"),
        ("<li>alone", "<ul><li>alone</li></ul>", "• alone"),
        ("<b>bold <i>both</b> rest</i>", "<p><b>bold <i>both</i></b> rest</p>", "bold both rest"),
        ("<p> </p><p></p>x", "<p>x</p>", "x"),
        ('<a href="javascript:x">link</a>', "<p>link</p>", "link"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "<p>1 2</p><p>3</p>", "1 2\n3"),
        ("&lt;script&gt;x&lt;/script&gt;", "<p>&lt;script&gt;x&lt;/script&gt;</p>", "<script>x</script>"),
        ("a<!-- secret -->b<!DOCTYPE x>c<?php d ?>e", "<p>abce</p>", "abce"),
        ("a<!-- never closed <p>b", "<p>a</p>", "a"),
        ("a <b", "<p>a &lt;b</p>", "a <b"),
    ],
)
def test_what_stays(source: str, html: str, text: str) -> None:
    safe = safe_text(source)

    assert (safe.html, safe.text) == (html, text)


@pytest.mark.parametrize(
    ("source", "html", "removed"),
    [
        ("<script>alert(1)</script>a", "<p>a</p>", ("script",)),
        ("<style>p{}</style>a", "<p>a</p>", ("style",)),
        ("<svg onload=x><p>no</p></svg>a", "<p>a</p>", ("svg",)),
        ("<iframe src=x>no</iframe>a", "<p>a</p>", ("iframe",)),
        ("<object><embed>no</object>a", "<p>a</p>", ("embed", "object")),
        ("<form><input value=x>a</form>", "<p>a</p>", ("form", "input")),
        ("a<script>never closed <p>b", "<p>a</p>", ("script",)),
        ("<img src=x onerror=y>a", "<p>a</p>", ()),
        ("<scr<script>ipt>x</script>", "<p>ipt&gt;x</p>", ()),
    ],
)
def test_what_goes(source: str, html: str, removed: tuple[str, ...]) -> None:
    safe = safe_text(source)

    assert (safe.html, safe.removed) == (html, removed)


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<!--", '<a x="', "<p>", "<ul><li>", "<b>", "<a b='\"", "</", "<!-- -->x"]
)
@pytest.mark.timeout(20)
def test_hostile_text_ends(piece: str) -> None:
    source = (piece * 60_000)[:60_000]

    assert len(safe_text(source).html) <= 6 * len(source)
    assert len(safe_text(source + ">").html) <= 6 * len(source)
