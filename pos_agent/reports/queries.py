"""Reads what reports are made of: the receipts that no Z has counted, the drawer's openings, past reports."""

import json
from dataclasses import dataclass
from typing import Any, Final

from pos_agent.hardware.papers import FATE
from pos_agent.reports.rules import Taken
from sync.rules.errors import Refused
from sync.storage.reader import Reader

MOST_LISTED: Final = 60
UNCOUNTED: Final = """
SELECT r.number, r.kind, r.at, r.tender, json_extract(r.content, '$.currency'),
    r.total_minor, r.paid_minor, r.given_minor, r.change_minor,
    (SELECT coalesce(sum(l.value ->> 'qty'), 0) FROM json_each(r.content, '$.lines') l
        WHERE l.value ->> 'unit' NOT IN ('g', 'ml')),
    (SELECT count(*) FROM json_each(r.content, '$.lines') l WHERE l.value ->> 'unit' IN ('g', 'ml'))
FROM receipt r WHERE r.till = ? AND r.z_id IS NULL ORDER BY r.rowid
"""
"""The receipts of a till that no Z has counted, in the order in which they were given."""

LAST_Z: Final = "SELECT at, drawer_through FROM z_report WHERE till = ? ORDER BY rowid DESC LIMIT 1"
OPENINGS: Final = (
    "SELECT count(CASE WHEN cause = 'no_sale' AND outcome <> 'failed' THEN 1 END), coalesce(max(id), ?)"
    " FROM drawer_opening WHERE till = ? AND id > ?"
)
"""How often a till's drawer was opened without a sale since an opening, and the last one there is."""

_Z: Final = (
    f"SELECT z.id, z.till, z.at, z.actor, z.receipts, z.job_id, z.content, {FATE}"  # noqa: S608  # joins constants
    " FROM z_report z LEFT JOIN print_job j ON j.id = z.job_id"
)
_ONE: Final = f"{_Z} WHERE z.id = ?"
_LATEST: Final = f"{_Z} ORDER BY z.rowid DESC LIMIT ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReport:
    """A Z report as it was kept; `state` is how far its paper has come (None: it has none)."""

    id: str
    till: str
    at: str
    actor: str
    receipts: int
    job: str | None
    document: str
    state: str | None

    def as_json(self) -> dict[str, Any]:
        """As a list shows it."""
        return {
            "id": self.id,
            "till": self.till,
            "at": self.at,
            "actor": self.actor,
            "receipts": self.receipts,
        }


def taken_from(rows: list[tuple[Any, ...]]) -> list[Taken]:
    """Rows of `UNCOUNTED` as values."""
    names = tuple(Taken.__dataclass_fields__)
    return [Taken(**dict(zip(names, row, strict=True))) for row in rows]


async def report_of(reader: Reader, report: str) -> KeptReport:
    """A Z report.

    Raises:
        Refused: `unknown_report`.
    """
    row = await reader.one(_ONE, (report,))
    if row is None:
        raise Refused("unknown_report")
    return _kept(row)


async def latest_reports(reader: Reader) -> list[KeptReport]:
    """The store's newest Z reports, newest first."""
    return [_kept(row) for row in await reader.all(_LATEST, (MOST_LISTED,))]


def _kept(row: tuple[Any, ...]) -> KeptReport:
    report, till, at, actor, receipts, job, content, state = row
    return KeptReport(
        id=report,
        till=till,
        at=at,
        actor=actor,
        receipts=receipts,
        job=job,
        document=json.dumps(json.loads(content)["document"]),
        state=state,
    )
