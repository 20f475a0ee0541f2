"""Our own product file: what is taken, and what each fault in it says."""

from pathlib import Path

import pytest

from hub.catalogue import read_messages
from hub.catalogue.read_messages import MESSAGES
from hub.catalogue.read_products import read_products
from hub.catalogue.rules import LocalText, ReadResult, Status, Unit

HEAD = "sku,gtin,name_zh,name_en,category_zh,category_en,price_minor,currency,unit,tax_bp,image,status"
GOOD = {
    "sku": "A1",
    "gtin": "6901234567892",
    "name_zh": "面膜",
    "name_en": "Mask",
    "category_zh": "美妆 > 护肤",
    "category_en": "Beauty > Skin care",
    "price_minor": "1290",
    "currency": "CNY",
    "unit": "pcs",
    "tax_bp": "1300",
    "image": "a1.svg",
    "status": "active",
}


def row(**changes: str) -> str:
    return ",".join({**GOOD, **changes}.values())


def read(*rows: str, head: str = HEAD) -> ReadResult:
    return read_products("\n".join([head, *rows]).encode(), currency="CNY")


def codes(result: ReadResult) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.code) for error in result.errors]


def test_a_good_row_becomes_one_product() -> None:
    result = read(row())

    (product,) = result.products
    (variant,) = product.variants
    assert (result.kind, result.rows, result.errors, result.warnings) == ("own", 1, (), ())
    assert product.name == LocalText("面膜", "Mask")
    assert product.category == (LocalText("美妆", "Beauty"), LocalText("护肤", "Skin care"))
    assert (variant.sku, variant.gtin, variant.price_minor) == ("A1", "6901234567892", 1290)
    assert (variant.unit, variant.tax_bp, variant.image) == (Unit.PIECE, 1300, "a1.svg")
    assert (product.status, product.row, variant.row) == (Status.ACTIVE, 2, 2)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"sku": ""}, "sku", "sku_missing"),
        ({"sku": "=1+1"}, "sku", "sku_invalid"),
        ({"sku": "@SUM(A1)"}, "sku", "sku_invalid"),
        ({"sku": "A/1"}, "sku", "sku_invalid"),
        ({"sku": "A\\1"}, "sku", "sku_invalid"),
        ({"sku": "."}, "sku", "sku_invalid"),
        ({"sku": ".."}, "sku", "sku_invalid"),
        ({"sku": "x" * 65}, "sku", "sku_invalid"),
        ({"sku": "😀" * 64}, "sku", "sku_invalid"),
        ({"gtin": "6901234567893"}, "gtin", "gtin_check_digit"),
        ({"gtin": "690123456789"}, "gtin", "gtin_check_digit"),
        ({"gtin": "69012"}, "gtin", "gtin_length"),
        ({"gtin": "6.90123E+12"}, "gtin", "gtin_not_digits"),
        ({"gtin": "00000000"}, "gtin", "gtin_not_digits"),
        ({"name_zh": "", "name_en": ""}, "name_zh", "name_missing"),
        ({"category_zh": "", "category_en": ""}, "category_zh", "category_missing"),
        ({"category_en": "Beauty"}, "category_en", "category_levels_differ"),
        ({"category_zh": "a>b>c>d>e", "category_en": "a>b>c>d>e"}, "category_zh", "category_depth"),
        ({"price_minor": ""}, "price_minor", "price_missing"),
        ({"price_minor": "0"}, "price_minor", "price_not_positive"),
        ({"price_minor": "-5"}, "price_minor", "price_not_positive"),
        ({"price_minor": "12.5"}, "price_minor", "price_invalid"),
        ({"price_minor": "abc"}, "price_minor", "price_invalid"),
        ({"price_minor": "9999999999999"}, "price_minor", "price_too_large"),
        ({"currency": "USD"}, "currency", "currency_other"),
        ({"unit": "box"}, "unit", "unit_unknown"),
        ({"tax_bp": "10001"}, "tax_bp", "tax_invalid"),
        ({"tax_bp": "1.3"}, "tax_bp", "tax_invalid"),
        ({"status": "gone"}, "status", "status_unknown"),
    ],
)
def test_a_fault_leaves_its_row_out_and_says_so(change: dict[str, str], column: str, code: str) -> None:
    result = read(row(**change), row(sku="A2", gtin=""))

    want = column if column != "price_minor" or change["price_minor"] else "price"
    assert codes(result) == [(2, want, code)]
    assert [product.variants[0].sku for product in result.products] == ["A2"]
    assert "{" not in result.errors[0].message


def test_all_faults_of_a_row_are_said_at_once() -> None:
    result = read(row(sku="", gtin="1", price_minor="0", unit="box"))

    assert [code for _, _, code in codes(result)] == [
        "sku_missing",
        "gtin_length",
        "price_not_positive",
        "unit_unknown",
    ]
    assert result.left_out == result.rows_left_out == 1


def test_second_use_of_a_sku_or_barcode_is_refused_with_the_first_row() -> None:
    result = read(row(), row(gtin=""), row(sku="A2"), row(sku="A3", gtin=""))

    assert codes(result) == [(3, "sku", "sku_twice"), (4, "gtin", "gtin_twice")]
    assert [dict(error.params)["first"] for error in result.errors] == ["2", "2"]
    assert [product.variants[0].sku for product in result.products] == ["A1", "A3"]


def test_codes_that_differ_in_case_only_get_handles_of_their_own() -> None:
    result = read(row(), row(sku="a1", gtin=""), row(sku="!!", gtin=""))

    handles = [product.handle for product in result.products]
    assert handles[0] == "a1"
    assert handles[1].startswith("a1-")
    assert len(set(handles)) == 3
    assert all(handles)


def test_a_row_left_out_does_not_block_its_codes() -> None:
    result = read(row(price_minor="0"), row())

    assert codes(result) == [(2, "price_minor", "price_not_positive")]
    assert [product.row for product in result.products] == [3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(encoding: str, delimiter: str, line_end: str) -> None:
    text = (HEAD + line_end + row() + line_end).replace(",", delimiter)

    result = read_products(text.encode(encoding))

    assert [product.name.zh for product in result.products] == ["面膜"]
    assert result.errors == ()
    assert [word.code for word in result.warnings] == (["encoding_guessed"] if encoding == "gb18030" else [])


def test_chinese_headings_and_a_decimal_price() -> None:
    result = read("A1,面膜,美妆,12.9", head="商品编码,中文名称,中文分类,价格")

    (product,) = result.products
    assert (product.name, product.variants[0].price_minor) == (LocalText.both("面膜"), 1290)
    assert [(word.row, word.code) for word in result.warnings] == [(2, "image_missing")]


def test_a_decimal_price_finer_than_the_currency_is_refused() -> None:
    result = read("A1,面膜,美妆,12.905", head="sku,name_zh,category_zh,price")

    assert (codes(result), result.products) == ([(2, "price", "price_decimals")], ())


def test_text_is_cleaned_and_the_change_is_said() -> None:
    result = read(row(name_zh="=HYPERLINK(1)", name_en="Ma\x07sk\u202e", image="../../etc/passwd"))

    (product,) = result.products
    assert product.name == LocalText("HYPERLINK(1)", "Mask")
    assert product.images == ()
    assert [(word.column, word.code) for word in result.warnings] == [
        ("name_zh", "formula_removed"),
        ("name_en", "controls_removed"),
        ("image", "image_invalid"),
    ]


def test_missing_columns_are_named_and_nothing_is_taken() -> None:
    result = read("A1,面膜", head="sku,name_zh")

    assert codes(result) == [(1, "category_zh", "column_missing"), (1, "price_minor", "column_missing")]
    assert result.products == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \n\n", "file_empty"),
        (b"\xff\xfe\x00", "encoding_unknown"),
        (b"caf\xe9 bar\n", "encoding_unknown"),
        (b"a,b,c\n1,2,3\n", "kind_unknown"),
        (b"x" * (64 * 1024 * 1024 + 1), "file_too_large"),
        ((HEAD + "\n" + "a\n" * 200_001).encode(), "too_many_rows"),
        ((HEAD + ",x" * 1_000 + "\n").encode(), "too_many_columns"),
        ((HEAD + '\n"' + "x" * 8_400_000).encode(), "csv_broken"),
    ],
)
def test_a_file_that_cannot_be_taken_gives_nothing_and_says_why(data: bytes, code: str) -> None:
    result = read_products(data)

    assert [error.code for error in result.errors] == [code]
    assert (result.products, "{" in result.errors[0].message) == ((), False)


def test_a_quotation_mark_left_open_costs_what_it_swallowed_and_no_more() -> None:
    result = read(row(), 'A2,"open', row(sku="A3", gtin=""))

    assert codes(result) == [(3, "", "quote_open")]
    assert [product.variants[0].sku for product in result.products] == ["A1"]


def test_a_row_longer_than_the_heading_is_refused() -> None:
    result = read(row() + ",surplus", row(sku="A2", gtin="") + ",,")

    assert codes(result) == [(2, "", "row_too_long")]
    assert [product.variants[0].sku for product in result.products] == ["A2"]


def test_a_long_field_costs_its_length_not_the_file() -> None:
    result = read(row(name_en="x" * 200_000), row(sku="A2", gtin=""))

    assert [len(product.name.en) for product in result.products] == [200, 4]
    assert [(word.row, word.code) for word in result.warnings] == [(2, "text_cut")]


def test_a_spreadsheet_separator_line_is_no_heading() -> None:
    text = "sep=;\n" + HEAD.replace(",", ";") + "\n" + row().replace(",", ";")

    result = read_products(text.encode())

    assert [product.row for product in result.products] == [3]


def test_every_message_is_a_sentence_that_can_be_filled() -> None:
    for code, text in MESSAGES.items():
        assert code.replace("_", "").isalpha(), code
        assert text[0].isupper() or text[0] == "{", code
        assert text.endswith("."), code


def test_every_code_is_said_somewhere_and_has_its_text() -> None:
    files = [
        path for path in Path(read_messages.__file__).parent.glob("*.py") if path.name != "read_messages.py"
    ]
    source = "\n".join(path.read_text("utf-8") for path in files)
    built = {
        f"gtin_{kind}{fault}"
        for kind in ("", "dropped_")
        for fault in ("not_digits", "length", "check_digit")
    }

    assert built <= MESSAGES.keys()
    assert [code for code in MESSAGES if code not in built and f'"{code}"' not in source] == []


def test_an_unknown_currency_is_refused() -> None:
    result = read_products(row().encode(), currency="yuan")

    assert [(error.row, error.code) for error in result.errors] == [(0, "currency_unknown")]
