"""When to ask for pages: at once on a gap, but not again while pages keep coming. Pure."""

from typing import Final, Literal

Name = Literal["catalog", "store"]
PATIENCE_S: Final = 1.0
LONGEST_S: Final = 30.0


class Asking:
    """Remembers which series lack pages, and when each was asked for or moved last."""

    def __init__(self) -> None:
        self._gaps: dict[Name, int] = {}
        self._quiet_until_s: dict[Name, float] = {}
        self._pause_s: dict[Name, float] = {}

    def forget(self) -> None:
        """A new connection: the HELLO tells the hub what is lacking."""
        self._gaps.clear()
        self._quiet_until_s.clear()
        self._pause_s.clear()

    def gap(self, name: Name, since: int, now_s: float) -> None:
        """Pages above `since` are lacking."""
        self._gaps[name] = since
        self._quiet_until_s.setdefault(name, now_s)

    def moved(self, name: Name, now_s: float) -> None:
        """A page was of use: others may follow by themselves."""
        self._gaps.pop(name, None)
        self._pause_s.pop(name, None)
        self._quiet_until_s[name] = now_s + PATIENCE_S

    def due(self, now_s: float) -> list[tuple[Name, int]]:
        """What to ask for now; asked again after twice the pause."""
        found = []
        for name, since in self._gaps.items():
            if now_s >= self._quiet_until_s.get(name, 0.0):
                pause_s = self._pause_s.get(name, PATIENCE_S)
                self._quiet_until_s[name] = now_s + pause_s
                self._pause_s[name] = min(pause_s * 2, LONGEST_S)
                found.append((name, since))
        return found
