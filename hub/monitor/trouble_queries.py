"""Reading troubles: the queue in pages, one with its history, whom one can be given to."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub.staff.permissions import ROLES
from hub.stock.find_goods import goods_named
from sync.storage.reader import Reader
from sync.values.clock import from_instant

PAGE: Final = 50
MOST_FACTS: Final = 8
MOST_PEOPLE: Final = 200
MOST_CHANGES_SHOWN: Final = 200
COLUMNS: Final = (
    "id, kind, store, facts, state, raised_at, times, last_at, owner, action, resolved_at, resolved_by, note"
)
_STATES: Final = {
    "": "state IN ('open', 'assigned')",
    "open": "state = 'open'",
    "assigned": "state = 'assigned'",
    "resolved": "state = 'resolved'",
}
"""SQL conditions by the state asked for; empty means all that are not resolved."""
_OF_ORDER: Final = (
    f"SELECT {COLUMNS} FROM trouble WHERE store = ?"  # noqa: S608  # our own words
    " AND CASE WHEN json_valid(facts) THEN json_extract(facts, '$.order') END IN (?, ?) LIMIT ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A business exception; `facts` are (name, text) pairs, `times` how often it was raised."""

    id: int
    kind: str
    store: str
    facts: tuple[tuple[str, str], ...]
    state: str
    raised_at: datetime
    times: int
    last_at: datetime | None
    owner: str
    action: str
    resolved_at: datetime | None
    resolved_by: str
    note: str

    def fact(self, name: str) -> str:
        """What a fact says, or nothing."""
        return next((text for known, text in self.facts if known == name), "")


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did to a trouble."""

    at: datetime | None
    by: str
    state_before: str
    owner_before: str
    state_after: str
    owner_after: str
    action: str
    note: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which troubles: empty means any store, any kind, all that are not resolved.

    `after` is the last one of the page before, 0 at the beginning.
    """

    store: str = ""
    kind: str = ""
    state: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class TroublePage:
    """A page of the queue; `after` asks for the next one, None at the end."""

    troubles: tuple[Trouble, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """What the ids among facts are called: products by SKU, orders' and documents' numbers by id."""

    goods: dict[str, dict[str, str]]
    orders: dict[str, str]
    documents: dict[str, str]


async def trouble_page(reader: Reader, asked: Asked) -> TroublePage:
    """A page of troubles: unresolved ones the oldest first, resolved ones the newest first."""
    column, way, sign = (
        ("resolved_at", "DESC", "<") if asked.state == "resolved" else ("raised_at", "ASC", ">")
    )
    where, values = [_STATES[asked.state]], list[Any]()
    for name, value in (("store", asked.store), ("kind", asked.kind)):
        if value:
            where.append(f"{name} = ?")
            values.append(value)
    if asked.after:
        where.append(f"({column}, id) {sign} (SELECT {column}, id FROM trouble WHERE id = ?)")  # noqa: S608  # our own words
        values.append(asked.after)
    order = f"{column} {way}, id {way}"
    rows = await reader.all(
        f"SELECT {COLUMNS} FROM trouble WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?",  # noqa: S608  # our own words
        [*values, PAGE + 1],
    )
    return TroublePage(tuple(map(trouble_from, rows[:PAGE])), rows[PAGE - 1][0] if len(rows) > PAGE else None)


async def one_trouble(reader: Reader, number: int) -> Trouble | None:
    """One trouble."""
    row = await reader.one(f"SELECT {COLUMNS} FROM trouble WHERE id = ?", (number,))  # noqa: S608  # our own words
    return trouble_from(row) if row else None


async def troubles_of_order(reader: Reader, store: str, order: str, number: str) -> list[Trouble]:
    """A store's troubles whose fact `order` is the id or the number of an order, the oldest first."""
    rows = await reader.all(_OF_ORDER, (store, order, number, PAGE))
    return sorted(map(trouble_from, rows), key=lambda one: (one.raised_at, one.id))


async def changes_of(reader: Reader, number: int) -> list[Change]:
    """What was done to a trouble, the first thing first."""
    rows = await reader.all(
        "SELECT at, by, state_before, owner_before, state_after, owner_after, action, note"
        " FROM trouble_change WHERE trouble = ? ORDER BY id LIMIT ?",
        (number, MOST_CHANGES_SHOWN + 1),
    )
    return [Change(moment(row[0]), *row[1:]) for row in rows]


async def unresolved_counts(reader: Reader) -> dict[str, int]:
    """How many unresolved troubles there are of each kind."""
    rows = await reader.all(
        "SELECT kind, COUNT(*) FROM trouble WHERE state IN ('open', 'assigned') GROUP BY kind"
    )
    return {str(kind): int(count) for kind, count in rows}


async def people_of_hq(reader: Reader) -> dict[str, dict[str, str]]:
    """Whom a trouble can be given to: names by locale, by login."""
    marks = ",".join("?" * len(ROLES))
    rows = await reader.all(
        f"SELECT login, names FROM staff WHERE active = 1 AND role IN ({marks}) ORDER BY login LIMIT ?",  # noqa: S608  # question marks
        [*ROLES, MOST_PEOPLE],
    )
    return {login: json.loads(names) for login, names in rows}


async def names_in(reader: Reader, troubles: Iterable[Trouble]) -> Named:
    """What the SKUs, orders and documents among the facts of a page are called."""
    listed = list(troubles)
    skus = {text for one in listed for name in ("sku", "about") if (text := one.fact(name))}
    orders = {text for one in listed if (text := one.fact("order"))}
    marks = ",".join("?" * len(orders))
    rows = await reader.all(f"SELECT id, number FROM orders WHERE id IN ({marks})", list(orders))  # noqa: S608  # question marks
    documents = {text for one in listed if (text := one.fact("document"))}
    marks = ",".join("?" * len(documents))
    papers = await reader.all(f"SELECT id, number FROM document WHERE id IN ({marks})", list(documents))  # noqa: S608  # question marks
    return Named(await goods_named(reader, list(skus)), dict(rows), dict(papers))


def trouble_from(row: tuple[Any, ...]) -> Trouble:
    """A trouble from its row."""
    number, kind, store, facts, state, raised_at, times, last_at, owner, action, resolved_at, by, note = row
    return Trouble(
        id=number,
        kind=kind,
        store=store,
        facts=facts_of(facts),
        state=state,
        raised_at=moment(raised_at) or _NEVER,
        times=times,
        last_at=moment(last_at),
        owner=owner,
        action=action,
        resolved_at=moment(resolved_at),
        resolved_by=by or "",
        note=note,
    )


_NEVER: Final = from_instant("1970-01-01T00:00:00.000Z")
"""When something happened whose instant is nonsense: so old that it stands first."""


def facts_of(text: str) -> tuple[tuple[str, str], ...]:
    """A trouble's facts as short texts; whatever stands there."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return (("", text[:120]),)
    if not isinstance(value, dict):
        return (("", _plain(value)[:120]),)
    return tuple((str(name)[:40], _plain(one)[:80]) for name, one in list(value.items())[:MOST_FACTS])


def _plain(value: Any) -> str:
    """A value in words: lists with commas, members side by side, never JSON."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in list(value.items())[:MOST_FACTS])
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value[:MOST_FACTS])
    return "" if value is None else str(value)


def moment(text: Any) -> datetime | None:
    """An instant from its column or from a store; None for none and for nonsense."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return from_instant(text)
    except (ValueError, OverflowError):
        return None
