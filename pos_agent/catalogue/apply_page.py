"""Apply a page of the catalogue or of the store's settings: entries are staged until a run is whole.

A till serves from the old version until then; the swap is one transaction.
"""

from dataclasses import dataclass, replace
from typing import Literal

from pos_agent.catalogue.price_changes import forget_undone, note_changes
from pos_agent.catalogue.rules import SeriesState, ask_from, judge_page, parse_entry
from sync.rules.errors import Unbookable
from sync.rules.streams import Page
from sync.storage.writer import Transaction

_PUT_PRODUCTS = """
INSERT INTO product
    (sku, version, names, search, price_minor, per, currency, unit, status, shelf, category, image)
SELECT key, version, body -> '$.names', body ->> '$.search', body ->> '$.price_minor', body ->> '$.per',
    body ->> '$.currency', body ->> '$.unit', body ->> '$.status', body ->> '$.shelf', body -> '$.category',
    body ->> '$.image'
FROM staged_entry WHERE name = 'catalog'
ON CONFLICT (sku) DO UPDATE SET version = excluded.version, names = excluded.names, search = excluded.search,
    price_minor = excluded.price_minor, per = excluded.per, currency = excluded.currency,
    unit = excluded.unit, status = excluded.status, shelf = excluded.shelf,
    category = excluded.category, image = excluded.image
"""
_SWITCH_OFF = """
UPDATE product SET status = 'off' WHERE status = 'on'
    AND sku NOT IN (SELECT key FROM staged_entry WHERE name = 'catalog')
"""
_DROP_GTINS = "DELETE FROM gtin WHERE sku IN (SELECT key FROM staged_entry WHERE name = 'catalog')"
_PUT_GTINS = """
INSERT OR REPLACE INTO gtin (gtin, sku, pieces, place)
SELECT g.value ->> 0, s.key, g.value ->> 1, g.key FROM staged_entry s, json_each(s.body, '$.codes') g
WHERE s.name = 'catalog' ORDER BY s.version
"""
_PUT_SETTINGS = """
INSERT INTO setting (key, version, body)
SELECT key, version, body -> '$.body' FROM staged_entry WHERE name = 'store'
ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body
"""
_PUT_SERIES = (
    "INSERT INTO series (name, hinc, version, run_hinc, run_since, run_to) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET hinc = excluded.hinc, version = excluded.version,"
    " run_hinc = excluded.run_hinc, run_since = excluded.run_since, run_to = excluded.run_to"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What a page came to: whether a version became whole, what to ask for, entries that were refused."""

    is_whole: bool = False
    ask_since: int | None = None
    refused: tuple[str, ...] = ()


def read_series(tx: Transaction, name: Literal["catalog", "store"]) -> SeriesState:
    """How far a series is known."""
    row = tx.one("SELECT hinc, version, run_hinc, run_since, run_to FROM series WHERE name = ?", (name,))
    if row is None:
        return SeriesState(name=name)
    hinc, version, run_hinc, run_since, run_to = row
    return SeriesState(
        name=name, hinc=hinc, version=version, run_hinc=run_hinc, run_since=run_since, run_to=run_to
    )


def apply_page(tx: Transaction, page: Page, at: str) -> PageResult:
    """Apply one page; an entry that makes no sense is left out and named, the rest is kept.

    Args:
        tx: the page's transaction.
        page: it.
        at: the present instant; prices that change do so since then.
    """
    state = read_series(tx, page.name)
    verdict = judge_page(state, page)
    if verdict == "old":
        return PageResult()
    if verdict == "gap":
        return PageResult(ask_since=ask_from(state, page.hinc))
    if verdict == "restart" or not state.is_running:
        state = _begin(tx, state, page)
    refused = _stage(tx, page)
    state = replace(state, run_to=page.to)
    is_whole = page.to >= page.top
    if is_whole:
        state = _swap(tx, state, at)
    _put_series(tx, state)
    return PageResult(is_whole=is_whole, refused=refused)


def _begin(tx: Transaction, state: SeriesState, page: Page) -> SeriesState:
    """A new run; what an abandoned one staged is forgotten."""
    tx.execute("DELETE FROM staged_entry WHERE name = ?", (state.name,))
    since = 0 if page.hinc != state.hinc else state.version
    return replace(state, run_hinc=page.hinc, run_since=since, run_to=since)


def _stage(tx: Transaction, page: Page) -> tuple[str, ...]:
    """Keep a page's entries aside; returns what was wrong with the others."""
    rows, refused = [], []
    for raw in page.entries:
        try:
            rows.append((page.name, *parse_entry(page.name, raw)))
        except Unbookable as error:
            refused.append(str(error))
    tx.connection.executemany(
        "INSERT OR REPLACE INTO staged_entry (name, version, key, body) VALUES (?, ?, ?, ?)", rows
    )
    return tuple(refused)


def _swap(tx: Transaction, state: SeriesState, at: str) -> SeriesState:
    """The run is whole: its entries become what is served. Plain SQL, so that a till hardly waits for it."""
    if state.name == "catalog":
        note_changes(tx, at)
        _swap_products(tx, is_all=state.run_since == 0)
        forget_undone(tx)
    else:
        _swap_settings(tx, is_all=state.run_since == 0)
    tx.execute("DELETE FROM staged_entry WHERE name = ?", (state.name,))
    return SeriesState(name=state.name, hinc=state.run_hinc, version=state.run_to)


def _swap_products(tx: Transaction, *, is_all: bool) -> None:
    """Put products in place; one that a whole series does not name any more is switched off."""
    if is_all:
        tx.execute(_SWITCH_OFF)
    tx.execute(_PUT_PRODUCTS)
    tx.execute(_DROP_GTINS)
    tx.execute(_PUT_GTINS)


def _swap_settings(tx: Transaction, *, is_all: bool) -> None:
    """Put settings in place; a whole series replaces all that was known."""
    if is_all:
        tx.execute("DELETE FROM setting")
    tx.execute(_PUT_SETTINGS)


def _put_series(tx: Transaction, state: SeriesState) -> None:
    tx.execute(
        _PUT_SERIES,
        (state.name, state.hinc, state.version, state.run_hinc, state.run_since, state.run_to),
    )
