"""Calm: faults have stopped; wait until everything that was on its way has arrived, or say what has not."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Final

import httpx

from hub.chaos.books import read_some
from hub.chaos.stage import Stage

CALM_LIMIT_S: Final = 90.0
SOON_S: Final = 5.0
"""What has not arrived by then is told while it is waited for."""
LOOK_S: Final = 0.25
CLOSED: Final = "('collected', 'short', 'cancelled', 'expired')"
_STREAMS: Final = "SELECT store, app, chain, ver, heard FROM store_stream"
_CANCELS: Final = f"SELECT number FROM orders WHERE cancel_asked_at IS NOT NULL AND stage NOT IN {CLOSED}"  # noqa: S608 - our own words
_UNHEARD: Final = "SELECT number FROM orders WHERE stage = 'pending_store'"
_JOBS: Final = "SELECT id FROM print_job WHERE state IN ('queued', 'sending')"


async def wait_for_calm(stage: Stage, say: Callable[[str], None]) -> list[str]:
    """Wait until nothing is on its way any more.

    Args:
        stage: What is waited for.
        say: Tells a person what takes long.

    Returns:
        What still was after CALM_LIMIT_S; empty when all has arrived.
    """
    loop = asyncio.get_running_loop()
    began_s, told = loop.time(), set[str]()
    while True:
        left = [*await _unready(stage), *_under_way(stage)]
        took_s = loop.time() - began_s
        if not left or took_s > CALM_LIMIT_S:
            return left
        if took_s > SOON_S:
            for text in (one for one in left if one not in told):
                say(f"after {took_s:.1f} s still: {text}")
            told |= set(left)
        await asyncio.sleep(LOOK_S)


async def _unready(stage: Stage) -> list[str]:
    """Programs that do not say that they can do their work."""
    addresses = {"hub": stage.place.hub_url} | {store.id: store.agent_url for store in stage.place.stores}
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        found = []
        for name, url in addresses.items():
            try:
                answer = await http.get(f"{url}/readyz")
            except httpx.HTTPError as error:
                found.append(f"{name} does not answer: {error!r}")
                continue
            if answer.status_code != 200:
                found.append(f"{name} is not ready: {answer.text[:300]}")
        return found


def _under_way(stage: Stage) -> list[str]:
    """What the books say is still on its way; a book that cannot be read yet is too."""
    try:
        return [*_of_hub(stage), *(text for store in stage.stores for text in _of_store(stage, store))]
    except sqlite3.Error as error:
        return [f"a book cannot be read: {error}"]


def _of_hub(stage: Stage) -> list[str]:
    """Orders that no store has heard of, and wishes to cancel that no store has answered."""
    unheard = [row["number"] for row in read_some(stage.hub_database, _UNHEARD)]
    asked = [row["number"] for row in read_some(stage.hub_database, _CANCELS)]
    return [f"order {number} waits for its store" for number in unheard] + [
        f"order {number} waits to be cancelled" for number in asked
    ]


def _of_store(stage: Stage, store: str) -> list[str]:
    """Events, items and papers of a store that have not arrived."""
    own = read_some(stage.ledger(store), "SELECT seq, chain, dver FROM position")[0]
    kept = next(row for row in read_some(stage.hub_database, _STREAMS) if row["store"] == store)
    found = []
    if (own["seq"], own["chain"]) != (kept["app"], kept["chain"]):
        found.append(f"{store} has booked {own['seq']} events, the hub has applied {kept['app']}")
    if not own["dver"] == kept["ver"] == kept["heard"]:
        versions = f"{kept['ver']} items, the store has {own['dver']}, the hub heard {kept['heard']}"
        found.append(f"the hub has {versions} of {store}")
    waiting = len(read_some(stage.ledger(store), _JOBS))
    if waiting:
        found.append(f"{waiting} papers of {store} are not printed")
    return found
