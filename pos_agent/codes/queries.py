"""What the page of unknown codes shows, and the same as a file."""

import csv
import io
import json
from typing import Any, Final

from pos_agent.codes.rules import MOST_ALIASES, MOST_KEPT
from sync.storage.reader import Reader
from sync.storage.writer import Transaction
from sync.values.gtin import item_in_case

_UNKNOWN: Final = (
    "SELECT id, code, seen, first_seen, last_seen, till, how FROM unknown_code"
    " ORDER BY last_seen DESC, id DESC LIMIT ?"
)
_ALIASES: Final = (
    "SELECT a.id, a.code, a.sku, a.pieces, a.at, a.actor, p.names, coalesce("
    "(SELECT json_array(q.sku, g.pieces, json(q.names)) FROM gtin g JOIN product q ON q.sku = g.sku"
    " WHERE g.gtin = a.code),"
    " (SELECT json_array(q.sku, 1, json(q.names)) FROM product q WHERE q.sku = a.code))"
    " FROM code_alias a LEFT JOIN product p ON p.sku = a.sku ORDER BY a.id DESC LIMIT ?"
)
_INSIDE: Final = (
    "SELECT k.value, p.sku, p.names FROM json_each(?) k JOIN gtin g ON g.gtin = k.value"
    " JOIN product p ON p.sku = g.sku"
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

    `inside` of an unknown one: the goods that it is probably a case of. `chain` of a named one: what the
    catalogue says of the code by now, which goes before what the store said; None where it knows none.
    """
    unknown = await reader.all(_UNKNOWN, (MOST_KEPT,))
    unkept = await reader.all("SELECT reason, seen, last_seen FROM unkept_codes ORDER BY reason")
    named = await reader.all(_ALIASES, (MOST_ALIASES,))
    return {
        "unknown": await _with_inside(reader, [dict(zip(CODE_FIELDS, row, strict=True)) for row in unknown]),
        "unkept": [{"reason": reason, "seen": seen, "last_seen": at} for reason, seen, at in unkept],
        "named": [_alias_json(row) for row in named],
        "most": MOST_KEPT,
    }


async def _with_inside(reader: Reader, unknown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Unknown codes with the goods that a case's number names."""
    items = {one["code"]: item_in_case(one["code"]) for one in unknown if one["code"].isdigit()}
    rows = await reader.all(_INSIDE, (json.dumps(sorted(filter(None, items.values()))),))
    found = {gtin: {"sku": sku, "names": json.loads(names)} for gtin, sku, names in rows}
    return [{**one, "inside": found.get(items.get(one["code"], ""))} for one in unknown]


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
    alias, code, sku, pieces, at, actor, names, told = row
    chain = dict(zip(("sku", "pieces", "names"), json.loads(told), strict=True)) if told else None
    return {
        "id": alias,
        "code": code,
        "sku": sku,
        "pieces": pieces,
        "at": at,
        "actor": actor,
        "names": json.loads(names) if names else {},
        "chain": chain,
    }
