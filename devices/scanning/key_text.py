"""Key presses of a scanner that plays keyboard, as the text it meant: US layout, shift, caps lock, keypad.

Scanners are told in their manual to send US keys; one set to another country sends other characters, and
then its manual's "US keyboard" code has to be scanned. Numbers are those of Linux' ``input-event-codes.h``.
"""

from typing import Final

DOWN: Final = 1
"""A key event's value for a press; 0 is its release, 2 its repetition."""
_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
_PLAIN: Final = {first + at: c for first, plain, _ in _ROWS for at, c in enumerate(plain)}
_SHIFTED: Final = {first + at: c for first, _, shifted in _ROWS for at, c in enumerate(shifted)}
_KEYPAD: Final = {
    **dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82, 83), "7894561230.", strict=True)),
    55: "*",
    74: "-",
    78: "+",
    98: "/",
}
_ENDS: Final = {28: "\r", 96: "\r", 15: "\t"}
_SHIFTS: Final = frozenset((42, 54))
_CONTROLS: Final = frozenset((29, 97))
_CAPS_LOCK: Final = 58


class KeyText:
    """Turns key events into text, one at a time. Keys that write nothing write nothing."""

    def __init__(self) -> None:
        self._held: set[int] = set()
        self._is_caps = False

    def take(self, key: int, value: int) -> str:
        """What a key event writes.

        Args:
            key: its number.
            value: 1 pressed, 0 released, 2 repeated (which a scanner never means).

        Returns:
            A character or nothing; Enter is CR, Ctrl with ``]`` is GS (U+001D), as scanners send FNC1.
        """
        if key in _SHIFTS | _CONTROLS:
            (self._held.add if value else self._held.discard)(key)
            return ""
        if value != DOWN:
            return ""
        if key == _CAPS_LOCK:
            self._is_caps = not self._is_caps
            return ""
        return self._written(key)

    def _written(self, key: int) -> str:
        if self._held & _CONTROLS:
            return "\x1d" if _PLAIN.get(key) == "]" else ""
        plain = _PLAIN.get(key, "")
        is_shifted = bool(self._held & _SHIFTS) != (self._is_caps and plain.isalpha())
        return _SHIFTED[key] if plain and is_shifted else plain or _KEYPAD.get(key) or _ENDS.get(key, "")
