"""Pure decisions of the counter: which line a scan picks, how often a code may be tried."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sync.rules.errors import Refused
from sync.rules.holds import StoreHold
from sync.rules.items import HoldItem

TRIES: Final = 5
TRIES_WITHIN_S: Final = 60.0


def lines_to_pick(hold: StoreHold, sku: str, pieces: int = 1) -> list[int]:
    """The lines that scanned units are picked for, a number for each unit: the first that still lack some.

    Raises:
        Refused: `wrong_item`, the order has no such goods; `already_picked`, all of them lie ready;
            `case_too_big`, fewer are still to pick than a case holds: it is opened, or goes back whole.
    """
    lines = [line for line in hold.lines if line.sku == sku]
    if not lines:
        raise Refused("wrong_item", order=hold.order, sku=sku)
    lacking = [line.line for line in lines for _ in range(line.open - line.staged)]
    if not lacking:
        raise Refused("already_picked", order=hold.order, sku=sku)
    if pieces > len(lacking):
        raise Refused("case_too_big", order=hold.order, sku=sku, pieces=pieces, left=len(lacking))
    return lacking[:pieces]


def amounts_of(body: HoldItem | None) -> dict[int, int]:
    """The whole amount of each line by its number, minor units."""
    return {line.line: line.price_minor for line in body.lines} if body else {}


class TryLimit:
    """How often wrong codes may be typed: five within a minute, for the store as a whole."""

    def __init__(self) -> None:
        self._failures: deque[float] = deque(maxlen=TRIES)

    @contextmanager
    def trying(self, now_s: float) -> Iterator[None]:
        """Let a try happen inside; it counts from before it starts, so that many at once count as many.

        What ends otherwise than with `wrong_code` is given back.

        Raises:
            Refused: `locked`, and what is raised inside.
        """
        self._take(now_s)
        try:
            yield
        except Refused as error:
            if error.code != "wrong_code":
                self._give_back(now_s)
            raise
        self._give_back(now_s)

    def _take(self, now_s: float) -> None:
        """Count a try.

        Raises:
            Refused: `locked`, with the seconds until the next try.
        """
        if len(self._failures) == TRIES and now_s - self._failures[0] < TRIES_WITHIN_S:
            wait_s = int(TRIES_WITHIN_S - (now_s - self._failures[0])) + 1
            raise Refused("locked", wait_s=wait_s)
        self._failures.append(now_s)

    def _give_back(self, now_s: float) -> None:
        """A try of this time was no wrong code; one that others have pushed out already is gone."""
        with suppress(ValueError):
            self._failures.remove(now_s)
