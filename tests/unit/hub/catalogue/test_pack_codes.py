"""Further barcodes of a SKU: read from a cell, refused by row, kept where a file says nothing of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.catalogue_rows import search_text
from hub.catalogue.pack_codes import MOST_PACKS, MOST_PIECES, PackCode, packs_from, written_packs
from hub.catalogue.read_products import plan_import, read_products
from hub.catalogue.rules import ExistingProduct, ReadResult
from sync.values.gtin import check_digit

HEAD = "sku,gtin,more_gtins,name_zh,category_zh,price_minor,image\n"
PLAIN = "sku,gtin,name_zh,category_zh,price_minor,image\n"
UNIT, OTHER, CASE, SIX = "6901234567892", "4006381333931", "16901234567899", "6990110990053"

TOO_MANY = ";".join(f"{stem}{check_digit(str(stem))}" for stem in range(10**12, 10**12 + MOST_PACKS + 1))


def row(sku: str, gtin: str, more: str) -> str:
    return f'{sku},{gtin},"{more}",面膜,美妆,1290,a.svg\n'


def read(*rows: str, head: str = HEAD) -> ReadResult:
    return read_products((head + "".join(rows)).encode())


def catalogue(result: ReadResult) -> dict[str, ExistingProduct]:
    return {
        one.sku: ExistingProduct(product.content_hash(), one.gtin, one.packs or ())
        for product in result.products
        for one in product.variants
    }


@pytest.mark.parametrize(
    ("cell", "packs"),
    [
        ("", ()),
        (f"{CASE}*24", (PackCode(24, CASE),)),
        (f"{CASE} x 24；{SIX}×6、{OTHER}", (PackCode(1, OTHER), PackCode(6, SIX), PackCode(24, CASE))),
        (
            "１６９０１２３４５６７８９９＊２４",
            (PackCode(24, CASE),),
        ),  # full-width, as input methods write it
        (f"'{OTHER}", (PackCode(1, OTHER),)),
        (f"{CASE}*{MOST_PIECES};", (PackCode(MOST_PIECES, CASE),)),
        ("0 16901 23456 7899 *24"[2:], (PackCode(24, CASE),)),
    ],
)
def test_a_cell_holds_codes_with_the_units_of_a_scan(cell: str, packs: tuple[PackCode, ...]) -> None:
    result = read(row("A1", UNIT, cell))

    assert result.errors == ()
    assert result.products[0].variants[0].packs == packs


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (f"{CASE}*0", "pieces_invalid"),
        (f"{CASE}*10000", "pieces_invalid"),
        (f"{CASE}*", "pieces_invalid"),
        (f"{CASE}*2*3", "pieces_invalid"),
        (f"{CASE}*1.5", "pieces_invalid"),
        ("16901234567890*24", "gtin_check_digit"),
        ("169012345*24", "gtin_length"),
        ("box*24", "gtin_not_digits"),
        ("*24", "gtin_not_digits"),
        (f"{CASE}*24;{CASE}*12", "gtin_twice"),
        (f"{UNIT}*24", "gtin_twice"),
        (TOO_MANY, "too_many_packs"),
        (f"{CASE}{' ' * 200_000}*24", "gtin_not_digits"),  # blanks enough to keep a slow reader for an hour
    ],
    ids=lambda value: value[:40],
)  # fmt: skip
def test_a_wrong_code_leaves_its_row_out_and_says_why(cell: str, code: str) -> None:
    result = read(row("A1", UNIT, cell), row("A2", OTHER, ""))

    assert [(one.row, one.column, one.code) for one in result.errors] == [(2, "more_gtins", code)]
    assert [product.variants[0].sku for product in result.products] == ["A2"]


def test_a_cell_of_countless_wrong_codes_is_not_told_code_by_code() -> None:
    result = read(row("A1", UNIT, "box*24;" * 50_000), row("A2", OTHER, ""))

    assert [one.code for one in result.errors] == ["gtin_not_digits"] * MOST_PACKS + ["too_many_packs"]
    assert [product.variants[0].sku for product in result.products] == ["A2"]


def test_no_code_stands_on_two_skus_of_a_file() -> None:
    result = read(row("A1", UNIT, f"{CASE}*24"), row("A2", OTHER, f"{CASE}*12"), row("A3", CASE, ""))

    assert [(one.row, one.column, one.code) for one in result.errors] == [
        (3, "more_gtins", "gtin_twice"),
        (4, "gtin", "gtin_twice"),
    ]
    assert "stands in row 2 already" in result.errors[0].message


def test_a_code_of_another_product_leaves_the_product_out() -> None:
    existing = catalogue(read(row("B9", OTHER, f"{CASE}*24")))

    taken = plan_import(read(row("A1", UNIT, f"{CASE}*24")), existing)
    as_unit = plan_import(read(row("A1", CASE, "")), existing)
    as_case = plan_import(read(row("A1", UNIT, f"{OTHER}*6")), existing)

    assert [(one.column, one.code) for one in taken.errors] == [("more_gtins", "gtin_taken")]
    assert [(one.column, one.code) for one in as_unit.errors] == [("gtin", "gtin_taken")]
    assert [(one.column, one.code) for one in as_case.errors] == [("more_gtins", "gtin_taken")]
    assert taken.drafts == as_unit.drafts == as_case.drafts == ()


def test_codes_may_move_within_one_file_and_a_changed_number_of_units_is_a_change() -> None:
    before = catalogue(read(row("A1", UNIT, f"{CASE}*24"), row("A2", OTHER, "")))

    moved = plan_import(read(row("A1", UNIT, ""), row("A2", OTHER, f"{CASE}*24")), before)
    same = plan_import(read(row("A1", UNIT, f"{CASE} * 24"), row("A2", OTHER, "")), before)
    twelve = plan_import(read(row("A1", UNIT, f"{CASE}*12"), row("A2", OTHER, "")), before)

    assert (moved.errors, moved.changed) == ((), 2)
    assert same.is_empty
    assert [draft.variants[0].packs for draft in twelve.drafts] == [(PackCode(12, CASE),)]


def test_a_file_without_the_column_keeps_what_the_catalogue_has() -> None:
    before = catalogue(read(row("A1", UNIT, f"{CASE}*24"), row("A2", OTHER, "")))
    first = f"A1,{UNIT},面膜,美妆,1290,a.svg\n"

    same = plan_import(read(first, head=PLAIN), before)
    dearer = plan_import(read(first.replace("1290", "1390"), head=PLAIN), before)
    clash = plan_import(read(f"A2,{CASE},面膜,美妆,1290,a.svg\n", head=PLAIN), before)
    promoted = plan_import(read(first.replace(UNIT, CASE), head=PLAIN), before)

    assert (same.unchanged, same.is_empty) == (1, True)
    assert [draft.variants[0].packs for draft in dearer.drafts] == [(PackCode(24, CASE),)]
    assert [one.code for one in clash.errors] == ["gtin_taken"]
    assert [draft.variants[0].packs for draft in promoted.drafts] == [()]


def test_an_empty_cell_takes_the_codes_away() -> None:
    before = catalogue(read(row("A1", UNIT, f"{CASE}*24")))

    plan = plan_import(read(row("A1", UNIT, "")), before)

    assert [draft.variants[0].packs for draft in plan.drafts] == [()]


def test_a_search_finds_a_product_by_the_code_of_its_case() -> None:
    (product,) = read(row("A1", UNIT, f"{CASE}*24; {SIX}")).products

    assert {UNIT, CASE, SIX} <= set(search_text(product).split())


@given(
    st.dictionaries(
        st.text("0123456789", min_size=12, max_size=13).filter(lambda text: text[0] != "0"),
        st.integers(1, MOST_PIECES),
        max_size=MOST_PACKS,
    )
)
def test_what_is_written_reads_back(codes: dict[str, int]) -> None:
    packs = tuple(sorted(PackCode(pieces, digits + check_digit(digits)) for digits, pieces in codes.items()))

    result = read(row("A1", "", written_packs(packs)))

    assert (result.errors, result.products[0].variants[0].packs) == ((), packs)


def test_what_a_query_gathers_comes_in_order() -> None:
    assert packs_from(f'[["{CASE}",24],["{OTHER}",1]]') == (PackCode(1, OTHER), PackCode(24, CASE))
    assert packs_from(None) == ()
