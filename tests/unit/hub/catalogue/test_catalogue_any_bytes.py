"""Whatever the bytes, reading ends with a result whose drafts are whole and whose words can be said."""

import csv
import io
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue import own_csv, shopify
from hub.catalogue.parse_cells import is_sku
from hub.catalogue.parse_html import safe_text
from hub.catalogue.parse_price import PriceFault, parse_price
from hub.catalogue.read_products import Kind, plan_import, read_products
from hub.catalogue.read_stock import read_stock
from hub.catalogue.rules import ExistingProduct, ReadResult
from sync.values.gtin import parse_gtin

KINDS: st.SearchStrategy[Kind] = st.sampled_from(["auto", "own", "shopify"])
CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "0", "12.34", "-1", "=1+1", "'012345678905", "a > b", "true", "draft", "pcs", "<p>x", '"', "\n"]
    ),
)


def whole(result: ReadResult) -> None:
    """Every draft may be written as it is, and every word can be shown."""
    variants = [variant for product in result.products for variant in product.variants]
    assert len({variant.sku for variant in variants}) == len(variants)
    assert all(is_sku(variant.sku) and variant.price_minor >= 0 for variant in variants)
    assert len({product.handle for product in result.products}) == len(result.products)
    gtins = [variant.gtin for variant in variants if variant.gtin]
    assert [parse_gtin(gtin) for gtin in gtins] == gtins
    assert len(set(gtins)) == len(gtins)
    for product in result.products:
        assert product.variants
        assert product.name.zh
        assert product.name.en
        assert 1 <= len(product.category) <= 4
    assert all(word.message for word in (*result.errors, *result.warnings))
    existing = {v.sku: ExistingProduct(p.content_hash(), v.gtin) for p in result.products for v in p.variants}
    assert plan_import(result, existing).is_empty


@given(data=st.binary(max_size=400), kind=KINDS)
def test_any_bytes_give_a_result(data: bytes, kind: Kind) -> None:
    whole(read_products(data, kind=kind))
    assert read_stock(data).lines == ()


@settings(max_examples=150)
@given(st.data())
def test_any_cells_under_known_headings_give_whole_drafts(data: st.DataObject) -> None:
    names = data.draw(st.sampled_from([tuple(own_csv.COLUMNS), tuple(shopify.NAMES)]))
    rows = data.draw(st.lists(st.lists(CELL, min_size=1, max_size=len(names)), max_size=6))
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])

    whole(read_products(text.getvalue().encode("utf-8", "surrogatepass")))


@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "handle": st.sampled_from(["a", "b", "A"]),
                "title": st.sampled_from(["", "One", "Two"]),
                "option1 value": st.sampled_from(["", "x", "y"]),
                "variant sku": st.sampled_from(["", "S1", "S2", "=S"]),
                "variant price": st.sampled_from(["", "0", "1", "2.50", "x"]),
                "variant barcode": st.sampled_from(["", "96385074", "012345678905", "1"]),
                "image src": st.sampled_from(["", "https://a.example/1.jpg"]),
            }
        ),
        max_size=8,
    )
)
def test_every_row_of_an_export_is_accounted_for(rows: list[dict[str, str]]) -> None:
    names = [
        "handle",
        "title",
        "option1 value",
        "variant sku",
        "variant price",
        "variant barcode",
        "image src",
    ]
    text = io.StringIO()
    csv.writer(text).writerows([names, *([row[name] for name in names] for row in rows)])

    result = read_products(text.getvalue().encode(), kind="shopify")

    whole(result)
    taken = {variant.row for product in result.products for variant in product.variants}
    said = {word.row for word in (*result.errors, *result.warnings)}
    for number, row in enumerate(rows, start=2):
        assert number in taken | said or row["image src"], row


@given(st.text(alphabet=st.sampled_from(list("<>/!-&;\"'= \nabpliu")), max_size=80))
def test_safe_html_is_safe_whatever_went_in(source: str) -> None:
    safe = safe_text(source)

    assert set(re.findall(r"<(/?[^>]*)>", safe.html)) <= {
        f"{slash}{name}"
        for slash in ("", "/")
        for name in ("p", "br", "ul", "ol", "li", "b", "strong", "i", "em", "h3", "h4")
    }
    assert _is_balanced(safe.html)


def _is_balanced(html: str) -> bool:
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert not attrs
            if tag != "br":
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    checker = Checker()
    checker.feed(html)
    checker.close()
    return not open_tags


@given(minor=st.integers(0, 10**12), digits=st.sampled_from([0, 2, 3]))
def test_a_written_price_reads_back_exactly(minor: int, digits: int) -> None:
    text = str(minor).rjust(digits + 1, "0")
    written = f"{text[:-digits]}.{text[-digits:]}" if digits else text

    assert parse_price(written, digits) == minor
    assert parse_price("-" + written, digits) == (PriceFault.NEGATIVE if minor else 0)
