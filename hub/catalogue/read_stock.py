"""An opening stock file: store, SKU and quantity by row. Columns `store`, `sku`, `qty`, in any order."""

import re
from dataclasses import dataclass
from typing import Final

from hub.catalogue.parse_cells import Cells, is_sku
from hub.catalogue.parse_csv import Row, read_table
from hub.catalogue.parse_text import plain_digits
from hub.catalogue.rules import RowError, Said, in_row_order
from sync.values.bounds import MOST_UNITS

NAMES: Final = {
    "store": "store",
    "sku": "sku",
    "qty": "qty",
    "quantity": "qty",
    "门店": "store",
    "单品编码": "sku",
    "商品编码": "sku",
    "数量": "qty",
}
"""The column of ours for each heading we know."""
_STORE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_WHOLE: Final = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class StockLine:
    """Units of a SKU physically in a store, in the SKU's stock unit; zero is a count too."""

    store: str
    sku: str
    qty: int
    row: int


@dataclass(frozen=True, slots=True)
class StockRead:
    """The lines of a stock file, and what was said by row."""

    lines: tuple[StockLine, ...] = ()
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()


def read_stock(data: bytes) -> StockRead:
    """The stock lines in a file; any bytes give a result, a row that cannot be taken says why."""
    said = Said()
    table = read_table(data, frozenset(NAMES), said)
    lines: list[StockLine] = []
    if table is not None:
        columns = table.named(NAMES, said)
        missing = [name for name in ("store", "sku", "qty") if name not in columns]
        for name in missing:
            said.error(1, name, "column_missing")
        if not missing:
            titles = {ours: table.titles[place] for ours, place in columns.items()}
            lines = _lines([Cells(Row(number, cells, columns), titles, said) for number, cells in table.rows])
    return StockRead(tuple(lines), in_row_order(said.errors), in_row_order(said.warnings))


def _lines(rows: list[Cells]) -> list[StockLine]:
    taken: dict[tuple[str, str], StockLine] = {}
    for cells in rows:
        line = _line(cells)
        if line is None:
            continue
        first = taken.setdefault((line.store, line.sku), line)
        if first is not line:
            cells.error("sku", "stock_twice", store=line.store, sku=line.sku, first=first.row)
    return list(taken.values())


def _line(cells: Cells) -> StockLine | None:
    store, sku, qty = cells.code("store"), cells.code("sku"), plain_digits(cells.code("qty"))
    if not _STORE.fullmatch(store):
        cells.error("store", "store_invalid", value=store)
    elif not sku:
        cells.error("sku", "sku_missing")
    elif not is_sku(sku):
        cells.error("sku", "sku_invalid", value=sku)
    elif not _WHOLE.fullmatch(qty) or int(qty) > MOST_UNITS:
        cells.error("qty", "qty_invalid", value=qty, most=MOST_UNITS)
    else:
        return StockLine(store, sku, int(qty), cells.number)
    return None
