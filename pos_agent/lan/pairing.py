"""The one-time code that pairs a browser: five minutes, one browser, few tries. Lives in memory alone.

A manager opens it at the store's own machine; the phone brings it over HTTPS. A restart ends it.
"""

import hmac
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final, Literal

from sync.rules.errors import Refused

DIGITS: Final = 8
LIFE_S: Final = 300.0
MOST_TRIES: Final = 20
"""Wrong tries, from all addresses, after which a code is dead: 20 in 100 millions find one."""
TRIES: Final = 5
WITHIN_S: Final = 60.0
MOST_ADDRESSES: Final = 1_000
PairingState = Literal["open", "spent", "over", "blocked"]


@dataclass(slots=True)
class OpenPairing:
    """A code, and what became of it.

    Attributes:
        code: eight digits.
        name: what the manager calls the browser.
        till: the till it works at; empty for a phone of the pickup counter.
        opened_by: login of the manager.
        ends_s: when it is over, on the monotonic clock.
        wrong: tries that were wrong.
        spent: whether a browser was paired by it.
    """

    code: str
    name: str
    till: str
    opened_by: str
    ends_s: float
    wrong: int = 0
    spent: bool = False

    def state(self, now_s: float) -> PairingState:
        """What can be done with it now."""
        if self.spent:
            return "spent"
        if self.wrong >= MOST_TRIES:
            return "blocked"
        return "open" if now_s < self.ends_s else "over"


@dataclass(slots=True)
class Pairing:
    """At most one code at a time, and how often each address may try."""

    current: OpenPairing | None = None
    _tries: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def begin(self, name: str, till: str, opened_by: str, now_s: float) -> OpenPairing:
        """A new code; the one before it is dead."""
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        self.current = OpenPairing(code, name, till, opened_by, now_s + LIFE_S)
        return self.current

    def cancel(self) -> None:
        """No code is open any more."""
        self.current = None

    def spend(self, code: str, address: str, now_s: float) -> OpenPairing:
        """The pairing that a code opens; from here on it opens no other.

        Args:
            code: as typed: spaces and hyphens do not count.
            address: of the browser.
            now_s: monotonic seconds.

        Raises:
            Refused: `pair_locked` after five tries of an address within a minute, with the seconds to wait;
                `wrong_pair_code` for a code that is wrong, over, spent or tried too often.
        """
        self._take(address, now_s)
        found = self.current
        if found is None or found.state(now_s) != "open":
            raise Refused("wrong_pair_code")
        typed = code.replace(" ", "").replace("-", "")
        if not hmac.compare_digest(typed.encode(), found.code.encode()):
            found.wrong += 1
            raise Refused("wrong_pair_code")
        found.spent = True
        self._tries.pop(address, None)
        return found

    def _take(self, address: str, now_s: float) -> None:
        tries = self._tries.setdefault(address, deque(maxlen=TRIES))
        self._tries.move_to_end(address)
        if len(tries) == TRIES and now_s - tries[0] < WITHIN_S:
            raise Refused("pair_locked", wait_s=int(WITHIN_S - (now_s - tries[0])) + 1)
        tries.append(now_s)
        if len(self._tries) > MOST_ADDRESSES:
            self._tries.popitem(last=False)
