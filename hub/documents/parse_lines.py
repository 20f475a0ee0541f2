"""Lines as people paste or upload them: `sku,qty` rows. Pure; every fault is told with its row."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hub.documents.rules import MOST_ROWS, Asked, Fault, faults_of_lines
from sync.rules.facts import Bucket
from sync.values.bounds import MOST_SKU_BYTES, MOST_SKU_CHARS

MOST_BYTES: Final = 1024 * 1024
MOST_FAULTS: Final = 200
_CELL: Final = re.compile(r'[^\S\t]*(?:"((?:[^"]|"")*)"[^\S\t]*(?=[,;\t，；]|$)|([^,;\t，；]*))')
_IN_QUOTES: Final = re.compile(r"[,;\t，；\"]")
_HEADING: Final = frozenset(
    {"sku", "sku编号", "sku编码", "barcode", "gtin", "单品", "单品编号", "单品编码", "编号", "编码", "货号",
     "商品货号",
     "商品", "商品编号", "商品编码", "条码", "商品条码"}
)  # fmt: skip
_BUCKETS: Final[dict[str, Bucket]] = {
    "": "floor",
    "floor": "floor",
    "damaged": "damaged",
    "货架": "floor",
    "残损": "damaged",
}
_NUMBER: Final = re.compile(r"[+\-−]?[0-9]{1,12}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row, counted from 1 as a spreadsheet does; 0 for the whole text."""

    row: int
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReadLines:
    """The lines of a text with their rows, and all its faults: with one of them nothing may be used."""

    lines: tuple[Asked, ...]
    rows: tuple[int, ...]
    faults: tuple[RowFault, ...]


def decoded(content: bytes) -> str | None:
    """A file's text: UTF-8, else GB18030 as spreadsheets in China write it; None for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def read_lines(text: str, task: str) -> ReadLines:
    """Read rows of SKU and quantity for a task; a count's rows may leave the quantity out.

    A heading row is left out, so are empty rows. Columns are divided by comma, semicolon or tab; a third one
    may say `damaged`. A cell in quotes may hold any of them, a quote written twice (RFC 4180, section 2).
    """
    lines: list[Asked] = []
    rows: list[int] = []
    faults: list[RowFault] = []
    for row, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        cells = _cells(raw)
        if not any(cells) or (
            not lines and not faults and "".join(cells[0].lower().lstrip("\ufeff").split()) in _HEADING
        ):
            continue
        read = _line(cells, task)
        if isinstance(read, Asked):
            lines.append(read)
            rows.append(row)
        else:
            faults.append(RowFault(row, read.code, read.value))
        if len(lines) + len(faults) > MOST_ROWS:
            return ReadLines((), (), (RowFault(0, "too_many_lines", str(MOST_ROWS)),))
    faults += [_at_row(fault, rows) for fault in faults_of_lines(task, lines)]
    faults.sort(key=lambda fault: fault.row)
    return ReadLines(tuple(lines), tuple(rows), tuple(faults[:MOST_FAULTS]))


def _cells(raw: str) -> list[str]:
    """A row's cells; quotes that close nothing are left out."""
    cells, place = [], 0
    while found := _CELL.match(raw, place):
        quoted, plain = found.groups()
        cells.append(
            plain.strip().strip('"').strip() if quoted is None else quoted.replace('""', '"').strip()
        )
        place = found.end() + 1
        if place > len(raw):
            break
    return cells


def _at_row(fault: Fault, rows: list[int]) -> RowFault:
    """A line's fault at the row that said it."""
    return RowFault(rows[fault.place] if fault.place is not None else 0, fault.code, fault.value)


def _line(cells: list[str], task: str) -> Asked | Fault:
    """One row as a line, or what is wrong with it."""
    sku = cells[0]
    if not sku:
        return Fault("sku_missing", "sku")
    if not is_sku(sku):
        return Fault("sku_wrong", "sku", value=sku[:40])
    _, qty, place, *more = [*cells, "", ""]
    bucket = _BUCKETS.get(place.lower())
    if bucket is None or any(more):
        return Fault(
            "too_many_columns", "sku", value=(place if bucket is None else " ".join(more).strip())[:40]
        )
    if task == "count":
        return Asked(sku, 0, bucket) if qty in {"", "0"} else Fault("qty_of_count", "qty", value=qty[:40])
    if not qty:
        return Fault("qty_missing", "qty")
    if not _NUMBER.fullmatch(qty):
        return Fault("qty_no_number", "qty", value=qty[:40])
    return Asked(sku, int(qty.replace("−", "-")), bucket)


def written(lines: Iterable[tuple[str, int, str]], task: str) -> str:
    """Lines (sku, quantity, bucket) as rows that `read_lines` reads back."""
    rows = []
    for sku, qty, bucket in lines:
        cells = [cell_of(sku), "" if task == "count" else str(qty), "" if bucket == "floor" else bucket]
        rows.append(",".join(cells).rstrip(","))
    return "\n".join(rows)


def cell_of(sku: str) -> str:
    """A SKU as a cell that is read back as it is."""
    if not _IN_QUOTES.search(sku):
        return sku
    return '"' + sku.replace('"', '""') + '"'


def is_sku(text: str) -> bool:
    """Whether a text can be a SKU at all."""
    fits = 0 < len(text) <= MOST_SKU_CHARS and not _CONTROL.search(text)
    return fits and len(text.encode("utf-8", "surrogatepass")) <= MOST_SKU_BYTES
