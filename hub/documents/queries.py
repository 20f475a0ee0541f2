"""Reading documents: the list in pages, one with its lines and history, transfers and what is on the road."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hub.documents.rules import OPEN
from sync.storage.reader import Reader, Snapshot

PAGE: Final = 50
MOST_LINES_SHOWN: Final = 500
MOST_DEEDS: Final = 200
MOST_ON_THE_ROAD: Final = 500
_HEAD: Final = (
    "SELECT d.id, d.number, d.task, d.store, d.rev, d.state, d.origin, d.transfer, d.partner, d.note,"
    " d.given_at, d.given_by, d.withdraw_asked_at, d.received_at, d.ended_at, d.ended_by, d.why,"
    " d.booked_rev,"
    " COALESCE(t.state, ''), (SELECT COUNT(*) FROM document_line l WHERE l.document = d.id),"
    " (SELECT COUNT(*) FROM document_line l WHERE l.document = d.id AND l.found <> l.asked)"
    " FROM document d LEFT JOIN transfer t ON t.id = d.transfer"
)
_LINES: Final = (
    "SELECT l.sku, l.bucket, l.qty, l.asked, l.found, COALESCE(k.name_zh, ''), COALESCE(k.name_en, '')"
    " FROM document_line l LEFT JOIN sku k ON k.sku = l.sku WHERE l.document = ? ORDER BY l.place LIMIT ?"
)
_DEEDS: Final = (
    "SELECT kind, rev, at, heard_at, by, why, told FROM document_history WHERE document = ?"
    " ORDER BY id LIMIT ?"
)
_TRANSFER: Final = (
    "SELECT id, number, source, target, state, note, closed_at, closed_by, closed_why FROM transfer"
    " WHERE id = ?"
)
_ROAD: Final = (
    "WITH moved AS (SELECT d.transfer, l.sku, l.bucket,"
    " CASE d.task WHEN 'transfer_out' THEN l.found ELSE 0 END AS went,"
    " CASE d.task WHEN 'transfer_in' THEN l.found ELSE 0 END AS came, 0 AS closed"
    " FROM transfer t JOIN document d ON d.transfer = t.id AND d.state = 'booked'"
    " JOIN document_line l ON l.document = d.id AND l.found IS NOT NULL WHERE {0}"
    " UNION ALL SELECT c.transfer, c.sku, c.bucket, 0, 0, c.qty FROM transfer t"
    " JOIN transfer_closed c ON c.transfer = t.id WHERE {0})"
    " SELECT m.transfer, m.sku, m.bucket, SUM(m.went), SUM(m.came), SUM(m.closed), t.number, t.source,"
    " t.target, t.state, COALESCE(k.name_zh, ''), COALESCE(k.name_en, ''),"
    " (SELECT MAX(d.id) FROM document d WHERE d.transfer = t.id)"
    " FROM moved m JOIN transfer t ON t.id = m.transfer LEFT JOIN sku k ON k.sku = m.sku"
    " GROUP BY m.transfer, m.sku, m.bucket ORDER BY m.sku, m.transfer LIMIT ?"
)
ON_THE_ROAD: Final = _ROAD.format("t.state IN ('in_transit', 'partly_received')")
OF_TRANSFER: Final = _ROAD.format("t.id = :id").replace("LIMIT ?", "LIMIT :most")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A document without its lines; instants as text. `lines` counts them, `differ` those found otherwise."""

    id: str
    number: str
    task: str
    store: str
    rev: int
    state: str
    origin: str
    transfer: str
    partner: str
    note: str
    given_at: str
    given_by: str
    withdraw_asked_at: str | None
    received_at: str | None
    ended_at: str | None
    ended_by: str
    why: str
    booked_rev: int
    transfer_state: str
    lines: int
    differ: int

    @property
    def is_open(self) -> bool:
        """Whether its store may still book it."""
        return self.state in OPEN

    @property
    def may_change(self) -> bool:
        """Whether HQ may still revise it."""
        is_free = self.withdraw_asked_at is None and self.task != "transfer_in"
        return self.is_open and self.origin == "hq" and is_free


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line: `qty` as HQ asks for it now, `asked` and `found` as the store booked it."""

    sku: str
    bucket: str
    qty: int
    asked: int | None
    found: int | None
    names: Mapping[str, str]

    @property
    def gap(self) -> int:
        """Units found beyond those asked for; below zero where some are missing."""
        return (self.found or 0) - (self.asked or 0) if self.found is not None else 0

    def name(self, tag: str) -> str:
        """The name for a language tag."""
        return self.names["zh-CN" if tag.startswith("zh") else "en"] or self.sku


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedView:
    """What was done, by whom; `told` are the lines as they were given or booked."""

    kind: str
    rev: int
    at: str
    heard_at: str
    by: str
    why: str
    told: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadLine:
    """A SKU of a transfer: units that went, came and were closed."""

    transfer: str
    sku: str
    bucket: str
    went: int
    came: int
    closed: int
    number: str
    source: str
    target: str
    state: str
    names: Mapping[str, str]
    document: str

    @property
    def units(self) -> int:
        """Units on the road; below zero where more came than went."""
        return self.went - self.came - self.closed

    def name(self, tag: str) -> str:
        """The name for a language tag."""
        return self.names["zh-CN" if tag.startswith("zh") else "en"] or self.sku


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferView:
    """A transfer with its documents and its units."""

    id: str
    number: str
    source: str
    target: str
    state: str
    note: str
    closed_at: str | None
    closed_by: str
    closed_why: str
    legs: tuple[Head, ...]
    road: tuple[RoadLine, ...]

    @property
    def in_transit(self) -> int:
        """Units on the road, missing and extra ones added up by SKU."""
        return sum(line.units for line in self.road)

    @property
    def is_stranded(self) -> bool:
        """Whether units are on the road that no open document brings in."""
        waits = any(leg.task == "transfer_in" and leg.is_open for leg in self.legs)
        return any(line.units for line in self.road) and not waits


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with all that belongs to it."""

    head: Head
    lines: tuple[LineView, ...]
    deeds: tuple[DeedView, ...]
    transfer: TransferView | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents; empty means any. State `open`: not ended; `after`: the last id of the page before."""

    store: str = ""
    task: str = ""
    state: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page, the newest first; `after` asks for the next one, empty at the end."""

    heads: tuple[Head, ...]
    after: str


async def document_page(reader: Reader, wanted: Wanted) -> DocumentPage:
    """A page of documents."""
    where, values = ["1 = 1"], list[Any]()
    for name, value in (("store", wanted.store), ("task", wanted.task)):
        if value:
            where.append(f"d.{name} = ?")
            values.append(value)
    if wanted.task == "transfer":
        where[-1], values[-1] = "d.transfer <> ?", ""
    if wanted.state == "open":
        where.append("d.state IN ('asked', 'received')")
    elif wanted.state == "on_the_road":
        where.append("t.state IN ('in_transit', 'partly_received')")
    elif wanted.state:
        where.append("d.state = ?")
        values.append(wanted.state)
    if wanted.after:
        where.append("(d.given_at, d.id) < (SELECT given_at, id FROM document WHERE id = ?)")
        values.append(wanted.after)
    sql = f"{_HEAD} WHERE {' AND '.join(where)} ORDER BY d.given_at DESC, d.id DESC LIMIT ?"
    heads = [_head(row) for row in await reader.all(sql, [*values, PAGE + 1])]
    return DocumentPage(tuple(heads[:PAGE]), heads[PAGE - 1].id if len(heads) > PAGE else "")


async def read_document(reader: Reader, document: str) -> DocumentView | None:
    """One document as one state of the database; None for an unknown id."""
    async with reader.snapshot() as state:
        row = await state.one(f"{_HEAD} WHERE d.id = ?", (document,))
        if row is None:
            return None
        head = _head(row)
        lines = [_line(one) for one in await state.all(_LINES, (document, MOST_LINES_SHOWN))]
        deeds = [_deed(one) for one in await state.all(_DEEDS, (document, MOST_DEEDS))]
        transfer = await _read_transfer(state, head.transfer) if head.transfer else None
    return DocumentView(head, tuple(lines), tuple(deeds), transfer)


async def _read_transfer(state: Snapshot, transfer: str) -> TransferView | None:
    """One transfer with both its ends."""
    row = await state.one(_TRANSFER, (transfer,))
    if row is None:
        return None
    legs = await state.all(
        f"{_HEAD} WHERE d.transfer = ? ORDER BY d.given_at, d.task DESC, d.id", (transfer,)
    )
    road = await state.all(OF_TRANSFER, {"id": transfer, "most": MOST_LINES_SHOWN})
    names = ("id", "number", "source", "target", "state", "note", "closed_at", "closed_by", "closed_why")
    return TransferView(
        **dict(zip(names, row, strict=True)),
        legs=tuple(_head(one) for one in legs),
        road=tuple(_road(one) for one in road),
    )


async def on_the_road_now(reader: Reader) -> list[RoadLine]:
    """All units in transit by SKU and transfer, at most MOST_ON_THE_ROAD lines."""
    rows = await reader.all(ON_THE_ROAD, (MOST_ON_THE_ROAD,))
    return [line for line in map(_road, rows) if line.units]


async def heads_of(reader: Reader, documents: list[str]) -> list[Head]:
    """Some documents in the order given."""
    marks = ",".join("?" * len(documents))
    rows = await reader.all(f"{_HEAD} WHERE d.id IN ({marks})", documents)
    found = {head.id: head for head in map(_head, rows)}
    return [found[one] for one in documents if one in found]


def _head(row: tuple[Any, ...]) -> Head:
    """A row of _HEAD."""
    return Head(**dict(zip(Head.__slots__, row, strict=True)))


def _line(row: tuple[Any, ...]) -> LineView:
    """A row of _LINES."""
    sku, bucket, qty, asked, found, zh, en = row
    return LineView(sku=sku, bucket=bucket, qty=qty, asked=asked, found=found, names={"zh-CN": zh, "en": en})


def _deed(row: tuple[Any, ...]) -> DeedView:
    """A row of _DEEDS."""
    kind, rev, at, heard_at, by, why, told = row
    lines = tuple(json.loads(told))
    return DeedView(kind=kind, rev=rev, at=at, heard_at=heard_at, by=by, why=why, told=lines)


def _road(row: tuple[Any, ...]) -> RoadLine:
    """A row of _ROAD."""
    transfer, sku, bucket, went, came, closed, number, source, target, state, zh, en, document = row
    return RoadLine(
        transfer=transfer,
        sku=sku,
        bucket=bucket,
        went=went,
        came=came,
        closed=closed,
        number=number,
        source=source,
        target=target,
        state=state,
        names={"zh-CN": zh, "en": en},
        document=document,
    )
