"""What stands on a pole display after the bytes it was sent.

Two rows of 20 characters by Epson's DM-D command reference, or eight digits by the LED8 makers' sheets; both
are read from the makers' documents, not from the driver. Unknown commands are passed over.
"""

from typing import Final

ROWS: Final = 2
COLUMNS: Final = 20
_LAMPS: Final = {0x30: "dark", 0x31: "price", 0x32: "total", 0x33: "given", 0x34: "change"}
_MOST_NUMBER: Final = 15
_MOST_WAITING: Final = 64
# Bytes after a command's two: what the references give for the commands with arguments
_ESC_ARGUMENTS: Final = {0x52: 1, 0x74: 1, 0x3D: 1, 0x57: 5, 0x25: 1, 0x3F: 1}
_US_ARGUMENTS: Final = {0x24: 2, 0x43: 1, 0x45: 1, 0x58: 1, 0x72: 1, 0x54: 2, 0x3A: 0, 0x5E: 2}


class Sign:
    """The glass. ``feed`` takes any bytes, split anywhere."""

    def __init__(self) -> None:
        self._waiting = b""
        self._reset()

    def _reset(self) -> None:
        self._cells = [[b" "] * COLUMNS for _ in range(ROWS)]
        self._at = (0, 0)
        self.number = ""
        self.lamp = "dark"

    @property
    def rows(self) -> tuple[str, str]:
        """Both rows as text."""
        upper, lower = (b"".join(row).decode("gb18030", "replace") for row in self._cells)
        return upper, lower

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        waiting = self._waiting + data
        while waiting and (taken := self._step(waiting)):
            waiting = waiting[taken:]
        # no command is longer: what never ends is noise
        self._waiting = waiting if len(waiting) <= _MOST_WAITING else b""

    def _step(self, data: bytes) -> int:
        """Obey what comes first; how many bytes it was, 0 while its rest is missing."""
        first = data[0]
        if first == 0x1B:
            return self._escape(data)
        if first == 0x1F:
            return self._unit(data)
        if first == 0x1C:
            return 2 if len(data) >= 2 else 0
        if first < 0x20:
            self._control(first)
            return 1
        return self._character(data)

    def _control(self, code: int) -> None:
        if code == 0x0C:
            lamp = self.lamp
            self._reset()
            self.lamp = lamp
        elif code == 0x0B:
            self._at = (0, 0)

    def _escape(self, data: bytes) -> int:
        if len(data) < 2:
            return 0
        if data[1] == 0x40:
            self._reset()
            return 2
        if data[1] == 0x51:
            return self._show_number(data)
        if data[1] == 0x73:
            if len(data) < 3:
                return 0
            self.lamp = _LAMPS.get(data[2], self.lamp)
            return 3
        length = 2 + _ESC_ARGUMENTS.get(data[1], 0)
        return length if len(data) >= length else 0

    def _show_number(self, data: bytes) -> int:
        end = data.find(b"\r")
        if end < 0:
            return 0 if len(data) <= _MOST_NUMBER + 3 else 2
        digits = data[3:end].decode("ascii", "replace")
        if all(character in "0123456789.-" for character in digits):
            self.number = digits
        return end + 1

    def _unit(self, data: bytes) -> int:
        if len(data) < 2:
            return 0
        length = 2 + _US_ARGUMENTS.get(data[1], 0)
        if len(data) < length:
            return 0
        if data[1] == 0x24 and 1 <= data[2] <= COLUMNS and 1 <= data[3] <= ROWS:
            self._at = (data[3] - 1, data[2] - 1)
        return length

    def _character(self, data: bytes) -> int:
        width = 2 if data[0] >= 0x81 else 1
        if len(data) < width:
            return 0
        row, column = self._at
        if column + width > COLUMNS:
            row, column = (row + 1) % ROWS, 0
        cell = self._cells[row]
        self._clear_half(cell, column)
        if width == 2:
            self._clear_half(cell, column + 1)
            cell[column + 1] = b""
        cell[column] = data[:width]
        column += width
        self._at = ((row + 1) % ROWS, 0) if column >= COLUMNS else (row, column)
        return width

    @staticmethod
    def _clear_half(cell: list[bytes], column: int) -> None:
        """A character written over half of a wide one leaves a blank in the other half."""
        if cell[column] == b"":
            cell[column - 1] = b" "
        elif len(cell[column]) == 2:
            cell[column + 1] = b" "
        cell[column] = b" "
