"""The meaning of ESC/POS: what tokens write, set, place and print, and where a paper ends.

Unknown commands are counted and passed over, as printers do; ``commands`` has what the known ones do.
The bytes of a paper, the modes and the pictures that it began with give the same elements again.
"""

from devices.simulators.printer.carriage import Carriage
from devices.simulators.printer.commands import COMMANDS
from devices.simulators.printer.elements import CELL, SMALL_CELL
from devices.simulators.printer.memory import Memory
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.tokens import Token, character_length

_CODE_PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866"}
# ESC R: characters that differ from ASCII, for the countries receipts meet.
_COUNTRIES = {3: {"#": "£"}, 15: {"$": "￥"}}
_CUTS = (b"\x1dV", b"\x1bi", b"\x1bm")
_UNKNOWN_LIMIT = 32


class Interpreter(Carriage):
    """A carriage that reads tokens."""

    def __init__(self, columns: int, modes: Modes | None = None, memory: Memory | None = None) -> None:
        super().__init__(columns, modes, memory)
        self.unknown: dict[bytes, int] = {}
        """How often commands came that nobody knows; of their names the first few alone."""
        self.unknown_count = 0

    def read(self, token: Token) -> bool:
        """Obey one token.

        Returns:
            True if it cuts the paper.
        """
        if not self.modes.is_selected and token.name != b"\x1b=":
            return False
        if not token.name:
            self._write(token.args)
        elif not token.known:
            self._count_unknown(token.name)
        elif token.name in _CUTS:
            self.end_line(only_if_begun=True)
            return True
        elif (obey := COMMANDS.get(token.name)) is not None:
            obey(self, token.args)
        return False

    def _count_unknown(self, name: bytes) -> None:
        self.unknown_count += 1
        if name in self.unknown or len(self.unknown) < _UNKNOWN_LIMIT:
            self.unknown[name] = self.unknown.get(name, 0) + 1

    def _write(self, run: bytes) -> None:
        place = 0
        while place < len(run):
            step = character_length(run, place) if self.modes.kanji else 1
            code = run[place : place + step]
            cell = SMALL_CELL if self.modes.small else CELL
            self.put(self._character(code), CELL * 2 if step > 1 else cell, is_kanji=step > 1)
            place += step

    def _character(self, code: bytes) -> str:
        if len(code) > 1:
            text = code.decode("gb18030", "replace")
            return text if len(text) == 1 else "\ufffd"
        if code[0] < 0x80:
            plain = chr(code[0])
            return _COUNTRIES.get(self.modes.country, {}).get(plain, plain)
        return code.decode(_CODE_PAGES.get(self.modes.code_page, "cp437"), "replace")
