"""What the page of unknown codes shows, and the same as a file."""

import csv
import io
import json
from typing import Any, Final

from pos_agent.codes.rules import MOST_ALIASES, MOST_KEPT
from sync.storage.reader import Reader
from sync.storage.writer import Transaction

_UNKNOWN: Final = (
    "SELECT id, code, seen, first_seen, last_seen, till, how FROM unknown_code"
    " ORDER BY last_seen DESC, id DESC LIMIT ?"
)
_ALIASES: Final = (
    "SELECT a.id, a.code, a.sku, a.pieces, a.at, a.actor, p.names,"
    " EXISTS (SELECT 1 FROM gtin g WHERE g.gtin = a.code)"
    " OR EXISTS (SELECT 1 FROM product q WHERE q.sku = a.code)"
    " FROM code_alias a LEFT JOIN product p ON p.sku = a.sku ORDER BY a.id DESC LIMIT ?"
)
_ALIAS: Final = "SELECT sku, pieces FROM code_alias WHERE code = ?"
CODE_FIELDS: Final = ("id", "code", "seen", "first_seen", "last_seen", "till", "how")
CSV_FIELDS: Final = ("code", "seen", "first_seen", "last_seen", "till", "how", "sku", "pieces", "by")
_FORMULA: Final = ("=", "+", "-", "@")


def alias_of(tx: Transaction, code: str) -> tuple[str, int] | None:
    """The SKU that this store gave to a code, and how many units it stands for."""
    row = tx.one(_ALIAS, (code,))
    return None if row is None else (str(row[0]), int(row[1]))


async def codes_json(reader: Reader) -> dict[str, Any]:
    """Unknown codes, the newest first; how many were only counted; what this store named.

    `known` of a named one: the catalogue has the code by now and goes before what the store said.
    """
    unknown = await reader.all(_UNKNOWN, (MOST_KEPT,))
    unkept = await reader.all("SELECT reason, seen, last_seen FROM unkept_codes ORDER BY reason")
    named = await reader.all(_ALIASES, (MOST_ALIASES,))
    return {
        "unknown": [dict(zip(CODE_FIELDS, row, strict=True)) for row in unknown],
        "unkept": [{"reason": reason, "seen": seen, "last_seen": at} for reason, seen, at in unkept],
        "named": [_alias_json(row) for row in named],
        "most": MOST_KEPT,
    }


async def codes_csv(reader: Reader) -> str:
    """The unknown and the named codes as CSV for a spreadsheet, with a byte order mark; instants in UTC."""
    shown = await codes_json(reader)
    out = io.StringIO()
    out.write("\ufeff")
    rows = csv.writer(out, quoting=csv.QUOTE_ALL)  # else a sign that splits cells elsewhere begins a formula
    rows.writerow(CSV_FIELDS)
    for one in shown["unknown"]:
        rows.writerow(_cell(one.get(name, "")) for name in CSV_FIELDS)
    for one in shown["named"]:
        told = {**one, "by": one["actor"], "first_seen": one["at"]}
        rows.writerow(_cell(told.get(name, "")) for name in CSV_FIELDS)
    return out.getvalue()


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: whoever scans must not run anything at a desk."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _alias_json(row: tuple[Any, ...]) -> dict[str, Any]:
    alias, code, sku, pieces, at, actor, names, known = row
    return {
        "id": alias,
        "code": code,
        "sku": sku,
        "pieces": pieces,
        "at": at,
        "actor": actor,
        "names": json.loads(names) if names else {},
        "known": bool(known),
    }
