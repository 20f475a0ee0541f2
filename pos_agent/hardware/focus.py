"""Where the next scan goes: the till, or the order that is being picked. One scanner serves both."""

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Focus:
    """Kept in memory: after a restart the till listens, and a clerk taps the order once more."""

    picking: str | None = None
    actor: str = ""

    @property
    def place(self) -> Literal["till", "counter"]:
        """Who listens."""
        return "counter" if self.picking else "till"

    def on_order(self, order: str, actor: str) -> None:
        """Scans pick this order from now on, in the name of the clerk who began."""
        self.picking, self.actor = order, actor

    def leave(self, order: str | None = None) -> None:
        """Scans go to the till again; with `order`, only if they went to that one."""
        if order is None or self.picking == order:
            self.picking, self.actor = None, ""
