"""Read a delivery from a CSV file: columns `sku` and `qty`, one line each, UTF-8."""

import csv
import io
from pathlib import Path

from pos_agent.errors import BadFile
from sync.values.bounds import MOST_UNITS

MOST_BYTES = 4 * 1024 * 1024


def read_delivery(path: Path) -> list[tuple[str, int]]:
    """The lines of a delivery.

    Raises:
        BadFile: it cannot be read, or a row is wrong; nothing else was done.
    """
    try:
        data = path.read_bytes()
        text = data[: MOST_BYTES + 1].decode("utf-8-sig")
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is not UTF-8 text") from error
    if len(data) > MOST_BYTES:
        raise BadFile(f"{path} is larger than {MOST_BYTES} bytes")
    return parse_delivery(text)


def parse_delivery(text: str) -> list[tuple[str, int]]:
    """The lines in a CSV text.

    Raises:
        BadFile: naming the row.
    """
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        missing = {"sku", "qty"} - {(name or "").strip() for name in reader.fieldnames or ()}
        if missing:
            raise BadFile(f"the first row lacks the column {', '.join(sorted(missing))}")
        return [_line(number, row) for number, row in enumerate(reader, start=2)]
    except csv.Error as error:
        raise BadFile(f"this is no CSV: {error}") from error


def _line(number: int, row: dict[str, str | None]) -> tuple[str, int]:
    sku, qty = (row.get("sku") or "").strip(), (row.get("qty") or "").strip()
    if not 0 < len(sku) <= 64 or not sku.isprintable():
        raise BadFile(f"row {number}: the sku is missing or too long")
    if not (qty.isascii() and qty.isdigit()) or len(qty) > 10 or not 0 < int(qty) <= MOST_UNITS:
        raise BadFile(f"row {number}: qty {qty[:20]!r} is no whole number from 1")
    return sku, int(qty)
