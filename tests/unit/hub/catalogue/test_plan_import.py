"""The plan of an import: new, changed, unchanged, left out, and never a barcode given away twice."""

from hub.catalogue.read_products import plan_import, read_products
from hub.catalogue.rules import ExistingProduct, ReadResult

HEAD = "sku,gtin,name_zh,category_zh,price_minor,image\n"
FIRST = "A1,6901234567892,面膜,美妆,1290,a.svg\n"
SECOND = "A2,,口红,美妆,8900,b.svg\n"


def read(*rows: str) -> ReadResult:
    return read_products((HEAD + "".join(rows)).encode())


def catalogue(result: ReadResult) -> dict[str, ExistingProduct]:
    return {
        variant.sku: ExistingProduct(product.content_hash(), variant.gtin)
        for product in result.products
        for variant in product.variants
    }


def test_all_is_new_to_an_empty_catalogue() -> None:
    plan = plan_import(read(FIRST, SECOND), {})

    assert (plan.new, plan.changed, plan.unchanged, plan.left_out, len(plan.drafts)) == (2, 0, 0, 0, 2)


def test_the_same_file_again_changes_nothing() -> None:
    result = read(FIRST, SECOND)

    plan = plan_import(read(FIRST, SECOND), catalogue(result))

    assert (plan.new, plan.changed, plan.unchanged, plan.left_out) == (0, 0, 2, 0)
    assert plan.is_empty


def test_other_row_order_is_no_change() -> None:
    assert plan_import(read(SECOND, FIRST), catalogue(read(FIRST, SECOND))).is_empty


def test_one_changed_price_is_one_changed_product() -> None:
    plan = plan_import(read(FIRST.replace("1290", "1390"), SECOND), catalogue(read(FIRST, SECOND)))

    assert (plan.new, plan.changed, plan.unchanged) == (0, 1, 1)
    assert [draft.variants[0].price_minor for draft in plan.drafts] == [1390]


def test_a_barcode_of_another_product_leaves_the_product_out() -> None:
    existing = {"B9": ExistingProduct("other", "6901234567892")}

    plan = plan_import(read(FIRST, SECOND), existing)

    assert [(error.row, error.code) for error in plan.errors] == [(2, "gtin_taken")]
    assert plan.errors[0].message == (
        "The barcode 6901234567892 belongs to the product B9. Correct it or change that product first."
    )
    assert [draft.variants[0].sku for draft in plan.drafts] == ["A2"]
    assert (plan.new, plan.left_out) == (1, 1)


def test_a_barcode_may_move_when_the_file_rewrites_its_holder() -> None:
    existing = {"A2": ExistingProduct("old", "6901234567892")}

    plan = plan_import(read(FIRST, SECOND), existing)

    assert (plan.errors, plan.new, plan.changed) == ((), 1, 1)


def test_rows_left_out_are_counted_with_the_plan() -> None:
    plan = plan_import(read(FIRST, SECOND.replace("8900", "0")), {})

    assert (plan.new, plan.left_out) == (1, 1)
    assert [error.code for error in plan.errors] == ["price_not_positive"]
