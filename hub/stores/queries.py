"""Reading stores."""

import json
from collections.abc import Sequence
from typing import Any

from hub.directory import StoreFacts
from hub.kernel import Kernel
from sync.storage.reader import Reader

_FACTS = (
    "SELECT s.id, s.names, s.address, s.phone, s.tz, s.locale, s.currency, s.hours, s.settings, s.position,"
    " t.sinc FROM store s JOIN store_stream t ON t.store = s.id"
)


def _facts(row: Sequence[Any]) -> StoreFacts:
    """A store from its row."""
    hours = {day: (span[0], span[1]) for day, span in json.loads(row[7]).items()}
    return StoreFacts(
        id=row[0],
        names=json.loads(row[1]),
        address=json.loads(row[2]),
        phone=row[3],
        tz=row[4],
        locale=row[5],
        currency=row[6],
        hours=hours,
        settings=json.loads(row[8]),
        position=row[9],
        sinc=row[10],
    )


async def load_directory(kernel: Kernel) -> None:
    """Fill the directory from the database: at start and after each change of a store."""
    kernel.directory.replace([_facts(row) for row in await kernel.reader.all(_FACTS)])


async def stream_states(reader: Reader) -> dict[str, tuple[str, int]]:
    """By store: `whole`, `replaying`, `rebuilding` or `stopped`, and the last event that was applied."""
    rows = await reader.all(
        "SELECT store, CASE WHEN stopped THEN 'stopped' ELSE state END, app FROM store_stream"
    )
    return {str(store): (str(state), int(app)) for store, state, app in rows}


async def secret_hashes(reader: Reader) -> dict[str, str]:
    """The broker's hash of every enrolled store's secret."""
    rows = await reader.all("SELECT store, secret_hash FROM store_stream WHERE secret_hash IS NOT NULL")
    return {str(store): str(hashed) for store, hashed in rows}


async def entries_after(reader: Reader, store: str, version: int, limit: int) -> list[dict[str, Any]]:
    """A store's entries above a version, in order of version."""
    rows = await reader.all(
        "SELECT version, key, body FROM store_entry WHERE store = ? AND version > ? ORDER BY version LIMIT ?",
        (store, version, limit),
    )
    return [{"version": row[0], "key": row[1], "body": json.loads(row[2])} for row in rows]


async def newest_entry(reader: Reader, store: str) -> int:
    """The version of a store's newest entry; 0 without any."""
    row = await reader.one("SELECT entry_ver FROM store WHERE id = ?", (store,))
    return int(row[0]) if row else 0
