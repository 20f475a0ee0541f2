"""Drops the second of two equal codes that come faster than a hand can scan."""


class BounceFilter:
    """Remembers the last code only. ``debounce_ms`` 0 lets everything through."""

    def __init__(self, debounce_ms: int) -> None:
        self._window_s = debounce_ms / 1000
        self._last_code = ""
        self._last_at = 0.0

    def accepts(self, code: str, at_s: float) -> bool:
        """Whether the code counts.

        Args:
            code: as scanned.
            at_s: a monotonic time in seconds.
        """
        is_echo = code == self._last_code and at_s - self._last_at < self._window_s
        if not is_echo and self._window_s:
            self._last_code, self._last_at = code, at_s
        return not is_echo
