"""How a long chore in a thread of its own lets the others work, and ends when the program does."""

import threading
from dataclasses import dataclass, field
from typing import Final

REST_S: Final = 0.002
"""How long a chore rests between two pages, so that the program's other threads are never kept waiting."""


class ChoreCut(Exception):
    """The chore was asked to stop before its end."""


@dataclass(slots=True)
class Pace:
    """A rest after each page of a chore; ends it once `stop` is set.

    Attributes:
        stop: set it to end the chore at its next rest.
        rest_s: length of a rest, seconds.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    rest_s: float = REST_S

    def rest(self) -> None:
        """Between two pages; call it in the chore's thread.

        Raises:
            ChoreCut: the program is ending.
        """
        if self.stop.wait(self.rest_s):
            raise ChoreCut
