"""Apply a page of the catalogue or of the store's settings: entries are staged until a run is whole.

A till serves from the old version until then; the swap is one transaction.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from pos_agent.catalogue.rules import (
    SeriesState,
    ask_from,
    gtins_of,
    judge_page,
    parse_entry,
    product_row,
)
from sync.rules.errors import Unbookable
from sync.rules.streams import Page
from sync.storage.writer import Transaction

_PUT_PRODUCT = (
    "INSERT INTO product (sku, version, names, search, price_minor, per, currency, unit, status, shelf,"
    " category, image) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sku) DO UPDATE SET"
    " version = excluded.version, names = excluded.names, search = excluded.search,"
    " price_minor = excluded.price_minor, per = excluded.per, currency = excluded.currency,"
    " unit = excluded.unit, status = excluded.status, shelf = excluded.shelf,"
    " category = excluded.category, image = excluded.image"
)
_PUT_SETTING = (
    "INSERT INTO setting (key, version, body) VALUES (?, ?, ?)"
    " ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body"
)
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


def apply_page(tx: Transaction, page: Page) -> PageResult:
    """Apply one page; an entry that makes no sense is left out and named, the rest is kept."""
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
        state = _swap(tx, state)
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


def _swap(tx: Transaction, state: SeriesState) -> SeriesState:
    """The run is whole: its entries become what is served."""
    entries = (
        json.loads(body)
        for (body,) in tx.execute(
            "SELECT body FROM staged_entry WHERE name = ? ORDER BY version, key", (state.name,)
        ).fetchall()
    )
    if state.name == "catalog":
        _swap_products(tx, state, entries)
    else:
        _swap_settings(tx, state, entries)
    tx.execute("DELETE FROM staged_entry WHERE name = ?", (state.name,))
    return SeriesState(name=state.name, hinc=state.run_hinc, version=state.run_to)


def _swap_products(tx: Transaction, state: SeriesState, entries: Iterable[dict[str, Any]]) -> None:
    """Put products in place; one that a whole series does not name any more is switched off."""
    if state.run_since == 0:
        tx.execute("UPDATE product SET status = 'off'")
    for body in entries:
        tx.execute(_PUT_PRODUCT, product_row(body))
        tx.execute("DELETE FROM gtin WHERE sku = ?", (body["sku"],))
        for gtin in gtins_of(body):
            tx.execute("INSERT OR REPLACE INTO gtin (gtin, sku) VALUES (?, ?)", (gtin, body["sku"]))


def _swap_settings(tx: Transaction, state: SeriesState, entries: Iterable[dict[str, Any]]) -> None:
    """Put settings in place; a whole series replaces all that was known."""
    if state.run_since == 0:
        tx.execute("DELETE FROM setting")
    for body in entries:
        tx.execute(_PUT_SETTING, (body["key"], body["version"], json.dumps(body["body"], ensure_ascii=False)))


def _put_series(tx: Transaction, state: SeriesState) -> None:
    tx.execute(
        _PUT_SERIES,
        (state.name, state.hinc, state.version, state.run_hinc, state.run_since, state.run_to),
    )
