"""Documents survive storage, and refuse what no printer could print."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import DocumentError
from devices.printing.document import (
    Align,
    Barcode,
    Block,
    Cell,
    Columns,
    Cut,
    Document,
    Feed,
    Qr,
    Row,
    Rule,
    Style,
    Symbology,
    Text,
)
from devices.printing.reprint import as_reprint
from tests.unit.devices.example_documents import PICK_SLIP, RECEIPT_EN, RECEIPT_ZH

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
STYLES = st.sampled_from(Style)
ALIGNS = st.sampled_from(Align)
CELLS = st.builds(Cell, TEXTS, st.integers(2, 20), ALIGNS)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Text, TEXTS, STYLES, ALIGNS),
    st.builds(Row, TEXTS, TEXTS, STYLES),
    st.builds(
        lambda main, others, style: Columns((Cell(main), *others), style),
        TEXTS,
        st.lists(CELLS, max_size=4),
        STYLES,
    ),
    st.builds(Rule, st.booleans()),
    st.builds(Barcode, st.from_regex(r"[\x20-\x7e]{1,40}", fullmatch=True)),
    st.just(Barcode("6901234567892", Symbology.EAN13)),
    st.builds(Qr, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)),
    st.builds(Feed, st.integers(1, 5)),
    st.just(Cut()),
)
DOCUMENTS = st.builds(
    lambda blocks, locale: Document(tuple(blocks), locale),
    st.lists(BLOCKS, min_size=1, max_size=12),
    st.sampled_from(["zh-CN", "en"]),
)


@given(DOCUMENTS)
def test_a_document_comes_back_from_json_as_it_was(document: Document) -> None:
    assert Document.from_json(document.to_json()) == document


@pytest.mark.parametrize("document", [RECEIPT_ZH, RECEIPT_EN, PICK_SLIP])
def test_real_documents_come_back_from_json(document: Document) -> None:
    assert Document.from_json(document.to_json()) == document


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"v":2,"locale":"en","blocks":[{"type":"cut"}]}',
        '{"v":1,"locale":"en","blocks":[]}',
        '{"v":1,"locale":"en","blocks":"cut"}',
        '{"v":1,"locale":7,"blocks":[{"type":"cut"}]}',
        '{"v":1,"locale":"en","blocks":[{"type":"drawer"}]}',
        '{"v":1,"locale":"en","blocks":[{"type":["cut"]}]}',
        '{"v":1,"locale":"en","blocks":["cut"]}',
        '{"v":1,"locale":"en","blocks":[{"type":"text"}]}',
        '{"v":1,"locale":"en","blocks":[{"type":"text","text":5}]}',
        '{"v":1,"locale":"en","blocks":[{"type":"text","text":"a","colour":"red"}]}',
        '{"v":1,"locale":"en","blocks":[{"type":"text","text":"a","style":"enormous"}]}',
        '{"v":1,"locale":"en","blocks":[{"type":"feed","lines":true}]}',
        '{"v":1,"locale":"en","blocks":[{"type":"feed","lines":0}]}',
        '{"v":1,"locale":"en","blocks":[{"type":"columns","cells":[{"text":"a","width":"2"}]}]}',
        '{"v":1,"locale":"en","blocks":[{"type":"text","text":"\\ud800"}]}',
    ],
)
def test_what_is_no_document_is_refused_in_words(text: str) -> None:
    with pytest.raises(DocumentError, match=r"."):
        Document.from_json(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_json_is_a_document_or_refused(value: object) -> None:
    whole = {"v": 1, "locale": "en", "blocks": [{"type": "text", "text": value}, value]}
    with pytest.raises(DocumentError):
        Document.from_json(json.dumps(whole))


def test_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(DocumentError, match="should be 2"):
        Barcode("6901234567893", Symbology.EAN13)


@pytest.mark.parametrize("data", ["", "é", "a\n", "x" * 81])
def test_what_code128_cannot_hold_is_refused(data: str) -> None:
    with pytest.raises(DocumentError):
        Barcode(data)


def test_columns_have_one_open_cell() -> None:
    with pytest.raises(DocumentError):
        Columns((Cell("a"), Cell("b")))


@pytest.mark.parametrize(
    ("document", "mark"),
    [(RECEIPT_ZH, "*** 重打 COPY 2 ***"), (RECEIPT_EN, "*** REPRINT 重打 COPY 2 ***")],
)
def test_a_reprint_says_so_first_and_last(document: Document, mark: str) -> None:
    marked = as_reprint(document, 2)
    line = Text(mark, Style.BOLD, Align.CENTRE)
    assert marked.blocks == (line, *document.blocks, line, Cut())
    assert marked.locale == document.locale
