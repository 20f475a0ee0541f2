"""A wish for paper is printed once, however often the network asks: the same request gets the same jobs.

Asking for the same paper again on purpose is another request. It knows no documents and no printers.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from devices.printing.job import fingerprint
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

_KNOWN: Final = "SELECT wish, jobs FROM print_request WHERE id = ?"
_KEEP: Final = "INSERT INTO print_request (id, wish, jobs, at) VALUES (?, ?, ?, ?)"
_FORGET: Final = (
    "DELETE FROM print_request WHERE id IN (SELECT id FROM print_request WHERE at < ? ORDER BY at LIMIT ?)"
)


@dataclass(frozen=True, slots=True)
class PrintWish:
    """What somebody wants printed.

    Attributes:
        request: made by who asks: the same for each try, another for each wish.
        what: names the wish whole, in plain values that JSON has.
        at: the present instant.
    """

    request: str
    what: Any
    at: str

    @property
    def sha256(self) -> str:
        """Equal for equal wishes, as 64 hex digits."""
        return fingerprint(json.dumps(self.what, ensure_ascii=False, sort_keys=True))


def print_once(tx: Transaction, wish: PrintWish, put: Callable[[], Sequence[str]]) -> list[str]:
    """The jobs of a wish: those of its first try, or those that `put` queues now.

    Args:
        tx: the transaction in which `put` queues.
        wish: what is wanted.
        put: queues the papers and returns their jobs; not called for a wish that was granted.

    Raises:
        Refused: `other_paper`, this request printed something else; whatever `put` refuses. Nothing is
            printed then, and the request may be used again.
    """
    known = tx.one(_KNOWN, (wish.request,))
    if known is not None:
        if known[0] != wish.sha256:
            raise Refused("other_paper")
        return [str(job) for job in json.loads(known[1])]
    jobs = list(put())
    tx.execute(_KEEP, (wish.request, wish.sha256, json.dumps(jobs), wish.at))
    return jobs


def forget_requests(tx: Transaction, before: str, most: int) -> int:
    """Forget wishes that nobody tries again; returns how many.

    Args:
        tx: in the caller's transaction.
        before: the instant; younger ones are kept.
        most: how many at once.
    """
    return tx.execute(_FORGET, (before, most)).rowcount
