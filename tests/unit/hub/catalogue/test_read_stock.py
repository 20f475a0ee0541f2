"""Opening stock files: lines taken, faults said by row."""

from hub.catalogue.read_stock import StockLine, read_stock


def test_lines_are_read() -> None:
    read = read_stock("门店;商品编码;数量\nrenmin;A1;20\nrenmin;A2;０\n".encode("gb18030"))

    assert read.lines == (StockLine("renmin", "A1", 20, 2), StockLine("renmin", "A2", 0, 3))
    assert read.errors == ()


def test_each_fault_is_said_and_the_rest_is_taken() -> None:
    rows = "Renmin,A1,1\nrenmin,,1\nrenmin,=1,1\nrenmin,A1,-1\nrenmin,A1,1.5\nrenmin,A1,1000000001\n"
    read = read_stock(b"store,sku,qty\n" + rows.encode() + b"renmin,A1,3\nrenmin,A1,4\n")

    assert [(error.row, error.code) for error in read.errors] == [
        (2, "store_invalid"),
        (3, "sku_missing"),
        (4, "sku_invalid"),
        (5, "qty_invalid"),
        (6, "qty_invalid"),
        (7, "qty_invalid"),
        (9, "stock_twice"),
    ]
    assert read.lines == (StockLine("renmin", "A1", 3, 8),)


def test_a_missing_column_is_named() -> None:
    read = read_stock(b"store,sku\nrenmin,A1\n")

    assert [(error.row, error.column, error.code) for error in read.errors] == [(1, "qty", "column_missing")]
    assert read.lines == ()
