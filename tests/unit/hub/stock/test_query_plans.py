"""Hot statements use an index: none reads a whole table that grows."""

import re
from pathlib import Path

from hub.monitor import order_detail, order_search, trouble_queries
from hub.orders import change_order, place_order, sweep
from hub.orders import queries as orders
from hub.stock import book, deficits, queries
from tests.unit.hub.stock.small_chain import plans

HOT = [
    book._POSITION,
    book._STOCK,
    f"{book._LINE} AND store = ? ORDER BY line",
    f"{book._LINE} AND line = ? AND store = ?",
    book._REQUESTS,
    book._ITEM,
    deficits._KNOWN,
    place_order._SKU,
    change_order._ORDER,
    f"{queries._SHELVES} WHERE sku IN (?, ?)",
    f"{queries._SHELVES} WHERE sku IN (?) AND store = ?",
    "SELECT request_hash, answer FROM idempotency_key WHERE key = ?",
    "SELECT 1 FROM orders WHERE store = ? AND code_hash = ?",
    "SELECT 1 FROM orders WHERE number = ?",
    "SELECT id FROM orders WHERE token = ?",
    orders.BY_TOKEN,
    orders.BY_NUMBER,
    orders.BY_ID,
    order_search._LINES.format(marks="?, ?"),
    order_search._PAID.format(marks="?, ?"),
    order_detail._PAYMENTS,
    trouble_queries._OF_ORDER,
    sweep._DUE,
    "SELECT key FROM idempotency_key WHERE at < ? LIMIT ?",
    "DELETE FROM request WHERE store = ? AND kind = 'rejected' AND ver <= ?",
    "DELETE FROM request WHERE store = ? AND kind = 'order' AND item = ?",
    "SELECT 1 FROM trouble WHERE store = ? AND kind = ? AND facts = ? AND state = 'open'",
    "SELECT MAX(version) FROM sku",
    "SELECT version, sku FROM sku WHERE version > ? ORDER BY version LIMIT ?",
    "SELECT version, key, body FROM store_entry WHERE store = ? AND version > ? ORDER BY version LIMIT ?",
    "SELECT seq, kind, raw FROM event WHERE store = ? AND sinc = ? AND seq > ? ORDER BY seq LIMIT ?",
]


def test_no_hot_statement_reads_a_whole_table_or_sorts(schema: Path) -> None:
    found = plans(schema, [(sql, sql.count("?")) for sql in HOT])
    slow = {
        sql: plan
        for sql, plan in found.items()
        if re.search(r"\bSCAN (?!CONSTANT)", plan) or "TEMP B-TREE" in plan
    }
    assert slow == {}
