"""Pure decisions about who may do what, and how often a PIN may be tried."""

from collections import OrderedDict, deque
from typing import Final

from sync.rules.errors import Refused
from sync.web.permissions import Permission

CLERK: Final = Permission("clerk", by_machine=True)
"""Everybody who works in the store, by a page or by a token."""
MANAGER: Final = Permission("manager", by_machine=True)
"""Who may take in goods and overrule."""
PERMISSIONS: Final = {
    "clerk": frozenset({"clerk"}),
    "manager": frozenset({"clerk", "manager"}),
}
TRIES: Final = 5
WITHIN_S: Final = 60.0
MOST_LOGINS: Final = 1_000


class PinLimit:
    """How often wrong PINs may be typed for one login: five within a minute."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, login: str, now_s: float) -> None:
        """Let a try happen, and count it as wrong until it `passed`: many tries at once count as many.

        The logins that were tried longest ago are forgotten first.

        Raises:
            Refused: `locked`, with the seconds until the next try.
        """
        failures = self._failures.get(login)
        if failures is not None and len(failures) == TRIES and now_s - failures[0] < WITHIN_S:
            raise Refused("locked", wait_s=int(WITHIN_S - (now_s - failures[0])) + 1)
        self._failures.setdefault(login, deque(maxlen=TRIES)).append(now_s)
        self._failures.move_to_end(login)
        if len(self._failures) > MOST_LOGINS:
            self._failures.popitem(last=False)

    def passed(self, login: str) -> None:
        """A right PIN ends the counting."""
        self._failures.pop(login, None)
