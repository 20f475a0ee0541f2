"""What the hub is told of this store's devices: states, since when, and counts. No code and no paper."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from pos_agent.hardware.board import Shown
from pos_agent.hardware.drawer import Drawer
from sync.storage.reader import Reader
from sync.values.clock import to_instant

MOST: Final = 16
"""So many of a kind are told; the hub reads no more."""
_LAST_OPENING: Final = "SELECT outcome, at FROM drawer_opening ORDER BY id DESC LIMIT 1"
_OUTCOMES: Final = {"sent": "opened", "failed": "failed"}


def tell(devices: Iterable[Shown]) -> list[dict[str, Any]]:
    """Each device as the report says it; counts that are 0 are left out."""
    return [_told(one) for one in list(devices)[:MOST]]


def _told(one: Shown) -> dict[str, Any]:
    counts = {name: value for name, value in asdict(one.tally).items() if value}
    since = {"since": to_instant(one.since)} if one.since is not None else {}
    why = {"cause": one.cause, "place": one.place} if one.cause else {}
    return {"id": one.id, "role": one.role, "state": one.state, "text": one.text, **why, **since, **counts}


async def tell_drawers(reader: Reader, drawer: Drawer | None) -> list[dict[str, Any]]:
    """The store's drawer, by what became of its last pulse; nothing where there is none."""
    if drawer is None or not drawer.is_there:
        return []
    row = await reader.one(_LAST_OPENING)
    state = _OUTCOMES.get(row[0], "unknown") if row else "unknown"
    return [{"id": "drawer", "state": state, **({"since": row[1]} if row else {})}]
