"""Shopify product exports: rows joined by handle, loose codes taken with care, every row accounted for."""

import csv
import io

import pytest

from hub.catalogue.read_products import read_products
from hub.catalogue.rules import ImageDraft, LocalText, ReadResult, Status

_HEADINGS = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name
Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Price,Variant Compare At Price,Variant Barcode
Image Src,Image Position,Image Alt Text,Gift Card
Google Shopping / Google Product Category,Variant Image,Status
Product Category"""
OLD = _HEADINGS.replace("\n", ",").split(",")
NEW = {
    "Handle": "URL handle",
    "Body (HTML)": "Description",
    "Published": "Published on online store",
    "Option1 Name": "Option1 name",
    "Option1 Value": "Option1 value",
    "Variant SKU": "SKU",
    "Variant Price": "Price",
    "Variant Compare At Price": "Compare-at price",
    "Variant Barcode": "Barcode",
    "Image Src": "Product image URL",
    "Variant Image": "Variant image URL",
    "Product Category": "Product category",
}
HEAD = {
    "Handle": "kettle",
    "Title": "Kettle",
    "Body (HTML)": "<p>Boils <b>fast</b></p><script>steal()</script>",
    "Vendor": "Ember",
    "Type": "Kitchen",
    "Tags": "Tea, Coffee , Tea",
    "Published": "true",
    "Option1 Name": "Colour",
    "Option1 Value": "Red",
    "Variant SKU": "KET-R",
    "Variant Price": "24.90",
    "Variant Barcode": "'012345678905",
    "Image Src": "https://shop.example/kettle-red.jpg?v=1",
    "Image Alt Text": "Red kettle",
}


def read(*rows: dict[str, str], headings: list[str] | None = None) -> ReadResult:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings or OLD)
    writer.writerows([[row.get(column, "") for column in OLD] for row in rows])
    return read_products(text.getvalue().encode(), currency="CNY")


def more(**changes: str) -> dict[str, str]:
    """A later row of the same product: only its handle and what is given (`Option1_Value="Blue"`)."""
    return {"Handle": "kettle", **{name.replace("_", " "): value for name, value in changes.items()}}


IMPORTED = LocalText("导入的商品", "Imported")


def said(result: ReadResult) -> list[tuple[int, str]]:
    return [(word.row, word.code) for word in result.warnings]


def test_rows_of_a_handle_become_one_product() -> None:
    result = read(
        HEAD,
        more(Option1_Value="Blue", Variant_SKU="KET-B", Variant_Price="25"),
        more(Image_Src="//shop.example/kettle-back.jpg"),
    )

    (product,) = result.products
    assert (result.kind, result.rows, result.errors) == ("shopify", 3, ())
    assert (product.handle, product.name, product.brand) == ("kettle", LocalText.both("Kettle"), "Ember")
    assert product.description_html.en == "<p>Boils <b>fast</b></p>"
    assert product.description_text.zh == "Boils fast"
    assert (product.tags, product.category) == (("Tea", "Coffee"), (IMPORTED, LocalText.both("Kitchen")))
    assert product.images == (
        ImageDraft("https://shop.example/kettle-red.jpg?v=1", "Red kettle"),
        ImageDraft("https://shop.example/kettle-back.jpg"),
    )
    assert [(v.sku, v.options, v.price_minor, v.gtin) for v in product.variants] == [
        ("KET-R", (("Colour", "Red"),), 2490, "0012345678905"),
        ("KET-B", (("Colour", "Blue"),), 2500, None),
    ]
    assert said(result) == [(2, "html_removed")]


def test_newer_headings_read_the_same() -> None:
    old = read(HEAD, more(Option1_Value="Blue", Variant_SKU="KET-B", Variant_Price="25"))

    new = read(
        HEAD,
        more(Option1_Value="Blue", Variant_SKU="KET-B", Variant_Price="25"),
        headings=[NEW.get(name, name) for name in OLD],
    )

    assert new.products == old.products
    assert new.kind == "shopify"


def test_three_options_and_rows_far_apart() -> None:
    first = {
        **HEAD,
        "Option2 Name": "Size",
        "Option2 Value": "1 l",
        "Option3 Name": "Plug",
        "Option3 Value": "CN",
    }
    other = {**HEAD, "Handle": "cup", "Title": "Cup", "Variant SKU": "CUP", "Variant Barcode": ""}
    last = more(
        Option1_Value="Red", Option2_Value="2 l", Option3_Value="CN", Variant_SKU="K2", Variant_Price="30"
    )

    result = read(first, other, last)

    assert [product.handle for product in result.products] == ["kettle", "cup"]
    assert [variant.options for variant in result.products[0].variants] == [
        (("Colour", "Red"), ("Size", "1 l"), ("Plug", "CN")),
        (("Colour", "Red"), ("Size", "2 l"), ("Plug", "CN")),
    ]


@pytest.mark.parametrize("value", ["Default Title", "Kettle"])
def test_a_single_option_named_title_is_no_option(value: str) -> None:
    result = read({**HEAD, "Option1 Name": "Title", "Option1 Value": value})

    assert result.products[0].variants[0].options == ()


def test_variants_without_a_code_get_one_that_stays() -> None:
    rows = ({**HEAD, "Variant SKU": ""}, more(Option1_Value="Blue", Variant_Price="25"))

    result = read(*rows)
    again = read({**HEAD, "Handle": "cup", "Title": "Cup", "Variant Barcode": ""}, *rows)

    skus = [variant.sku for variant in result.products[0].variants]
    assert skus == [variant.sku for variant in again.products[1].variants]
    assert [sku.rsplit("-", 1)[0] for sku in skus] == ["KETTLE-RED", "KETTLE-BLUE"]
    assert all(variant.sku_is_generated for variant in result.products[0].variants)
    assert said(result) == [(2, "sku_generated"), (2, "html_removed"), (3, "sku_generated")]


def test_a_code_used_twice_goes_to_the_first_and_nothing_is_lost() -> None:
    blue = more(Option1_Value="Blue", Variant_SKU="KET-R", Variant_Price="25", Variant_Barcode="012345678905")
    odd = more(Option1_Value="Green", Variant_SKU="=cmd|x", Variant_Price="25")

    result = read({**HEAD, "Body (HTML)": ""}, blue, odd)

    variants = result.products[0].variants
    assert variants[0].sku == "KET-R"
    assert [v.gtin for v in variants] == ["0012345678905", None, None]
    assert [v.sku_is_generated for v in variants] == [False, True, True]
    assert len({v.sku for v in variants}) == 3
    assert said(result) == [(3, "sku_replaced_twice"), (3, "gtin_dropped_twice"), (4, "sku_replaced_invalid")]


@pytest.mark.parametrize(
    ("written", "gtin", "codes"),
    [
        ("'012345678905", "0012345678905", []),
        ('="012345678905"', "0012345678905", []),
        ("012345678905", "0012345678905", []),
        ("12345678905", "0012345678905", ["gtin_padded"]),
        ("96385074", "96385074", []),
        ("690 1234 567892", "6901234567892", []),
        ("６９０１２３４５６７８９２", "6901234567892", []),
        ("16901234567899", "16901234567899", []),
        ("012345678904", None, ["gtin_dropped_check_digit"]),
        ("63810-1000", None, ["gtin_dropped_length"]),
        ("KET-R-1", None, ["gtin_dropped_not_digits"]),
        ("6.90E+12", None, ["gtin_dropped_not_digits"]),
    ],
)
def test_barcodes_are_normalised_or_left_out(written: str, gtin: str | None, codes: list[str]) -> None:
    result = read({**HEAD, "Body (HTML)": "", "Variant Barcode": written})

    assert result.products[0].variants[0].gtin == gtin
    assert [code for _, code in said(result)] == codes
    assert result.errors == ()


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("", "price_missing"),
        ("-1", "price_not_positive"),
        ("1.234", "price_decimals"),
        ("12,34", "price_invalid"),
        ("1e3", "price_invalid"),
        ("99999999999999", "price_too_large"),
    ],
)
def test_a_variant_without_a_price_is_left_out_alone(price: str, code: str) -> None:
    result = read(HEAD, more(Option1_Value="Blue", Variant_SKU="KET-B", Variant_Price=price))

    assert [(error.row, error.column, error.code) for error in result.errors] == [(3, "Variant Price", code)]
    assert [variant.sku for variant in result.products[0].variants] == ["KET-R"]
    assert (result.rows_left_out, result.left_out) == (1, 0)


def test_a_price_of_zero_is_taken_as_a_draft() -> None:
    result = read({**HEAD, "Body (HTML)": "", "Variant Price": "0.00"})

    assert result.products[0].variants[0].status is Status.DRAFT
    assert said(result) == [(2, "price_zero_draft")]


@pytest.mark.parametrize(
    ("before", "kept"), [("30", 3000), ("24.90", None), ("20", None), ("", None), ("x", None)]
)
def test_a_compare_at_price_counts_only_above_the_price(before: str, kept: int | None) -> None:
    result = read({**HEAD, "Variant Compare At Price": before})

    assert result.products[0].variants[0].compare_at_minor == kept
    assert ((2, "compare_at_dropped") in said(result)) is (before == "x")


@pytest.mark.parametrize(
    ("status", "published", "want", "online", "word"),
    [
        ("", "true", Status.ACTIVE, True, None),
        ("", "", Status.ACTIVE, True, None),
        ("", "FALSE", Status.ACTIVE, False, None),
        ("active", "false", Status.ACTIVE, False, None),
        ("Draft", "true", Status.DRAFT, True, None),
        ("archived", "true", Status.ARCHIVED, True, None),
        ("unlisted", "true", Status.ACTIVE, False, None),
        ("later", "true", Status.DRAFT, True, "status_assumed"),
        ("active", "maybe", Status.ACTIVE, False, "published_assumed"),
    ],
)
def test_status_and_published(
    status: str, published: str, want: Status, online: bool, word: str | None
) -> None:
    result = read({**HEAD, "Body (HTML)": "", "Status": status, "Published": published})

    assert (result.products[0].status, result.products[0].is_online) == (want, online)
    assert [code for _, code in said(result)] == ([word] if word else [])


def test_a_gift_card_is_taken_as_a_draft() -> None:
    result = read({**HEAD, "Gift Card": "true"})

    assert result.products[0].status is Status.DRAFT
    assert (2, "gift_card_draft") in said(result)


@pytest.mark.parametrize(
    ("cells", "levels"),
    [
        ({"Product Category": "Home > Kitchen > Kettles"}, ["Home", "Kitchen", "Kettles"]),
        ({"Product Category": "A > B > C > D > E"}, ["A", "B", "C", "D"]),
        ({"Type": "Kitchen"}, ["Imported", "Kitchen"]),
        ({"Type": "A > B > C > D"}, ["Imported", "A", "B", "C"]),
        ({"Type": "", "Google Shopping / Google Product Category": "home > tea"}, ["home", "tea"]),
        ({"Type": ""}, ["Imported", "Tea"]),
        ({"Type": "", "Tags": ""}, ["Uncategorised"]),
    ],
)
def test_the_category_is_found_where_it_stands(cells: dict[str, str], levels: list[str]) -> None:
    result = read({**HEAD, **cells})

    assert [level.en for level in result.products[0].category] == levels


def test_rows_that_belong_nowhere_are_said() -> None:
    result = read(
        more(Image_Src="https://shop.example/a.jpg"),
        {"Variant Price": "3"},
        {**HEAD, "Handle": "cup", "Title": "Cup", "Body (HTML)": ""},
        {"Handle": "cup", "Vendor": "Ember"},
        {"Handle": "cup", "Option1 Value": "Red", "Variant Price": "5", "Variant SKU": "CUP-2"},
        {
            "Handle": "cup",
            "Title": "Mug",
            "Option1 Value": "Blue",
            "Variant Price": "5",
            "Variant SKU": "CUP-3",
        },
    )

    assert [(error.row, error.code) for error in result.errors] == [
        (2, "title_missing"),
        (3, "handle_missing"),
        (6, "variant_twice"),
    ]
    assert said(result) == [(5, "row_without_use"), (7, "title_differs")]
    assert [variant.sku for variant in result.products[0].variants] == ["KET-R", "CUP-3"]
    assert result.left_out == 1


def test_pictures_follow_their_positions() -> None:
    first = {**HEAD, "Image Position": "2", "Variant Image": "https://shop.example/v.jpg"}

    result = read(first, more(Image_Src="https://shop.example/first.jpg", Image_Position="1"))

    assert [image.src.rsplit("/", 1)[1] for image in result.products[0].images] == [
        "first.jpg",
        "kettle-red.jpg?v=1",
        "v.jpg",
    ]


def test_a_handle_is_made_from_the_title_where_there_is_none() -> None:
    result = read({**HEAD, "Handle": "", "Title": "Le Thé: 100 g"})

    assert result.products[0].handle == "le-thé-100-g"


@pytest.mark.parametrize(
    "script", ["javascript:alert(1)", "data:text/html,x", "ftp://a/b.jpg", "https://a b/c"]
)
def test_only_web_addresses_are_pictures(script: str) -> None:
    result = read({**HEAD, "Image Src": script})

    assert result.products[0].images == ()
    assert (2, "image_invalid") in said(result)


def test_an_export_without_prices_is_refused_whole() -> None:
    result = read_products(b"Handle,Title,Vendor,Published\nkettle,Kettle,Ember,true\n")

    assert [(error.row, error.column, error.code) for error in result.errors] == [
        (1, "Variant Price", "column_missing")
    ]
    assert result.products == ()
