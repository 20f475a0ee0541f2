"""A printer's answers, told apart by their fixed bits, however they arrive. Anything else is no answer.

From Epson's ESC/POS reference: DLE EOT answers one byte 0xx1xx10; GS r one byte 0xx0xxxx; automatic status
back (GS a) four bytes 0xx1xx00, 0xx0xxxx, 0xx0xxxx, 0xx0xxxx; a process id (GS ( H, function 48) 37h 22h,
four characters from 20h to 7Eh, 00h. XON and XOFF (11h, 13h) fit none of them and may stand in the middle of
one, where a printer is set to stop the line by them: they are passed over.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_PROCESS: Final = 0x37
_PROCESS_FLAG: Final = 0x22
_PROCESS_LENGTH: Final = 7
_ASB_LENGTH: Final = 4
_FLOW: Final = frozenset((0x11, 0x13))


class AnswerKind(StrEnum):
    """What an answer answers."""

    REAL_TIME = "real_time"
    SENSOR = "sensor"
    AUTOMATIC = "automatic"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer: one byte of ``REAL_TIME`` or ``SENSOR``, four of ``AUTOMATIC`` or ``PROCESS``."""

    kind: AnswerKind
    data: bytes


class AnswerReader:
    """Feed it what arrives; it gives whole answers and counts the bytes that belong to none."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self.garbage = 0

    def feed(self, data: bytes) -> list[Answer]:
        """Take in what arrived.

        Returns:
            The answers that ended in it, oldest first.
        """
        found: list[Answer] = []
        for byte in data:
            if byte not in _FLOW:
                found += self._take(byte)
        return found

    def _take(self, byte: int) -> list[Answer]:
        if self._begun and not self._goes_on(byte):
            self.garbage += len(self._begun)
            self._begun.clear()
        if self._begun:
            self._begun.append(byte)
            return self._ended()
        if byte == _PROCESS or _is_automatic(byte):
            self._begun.append(byte)
            return []
        if is_real_time(byte):
            return [Answer(AnswerKind.REAL_TIME, bytes((byte,)))]
        if _is_plain(byte):
            return [Answer(AnswerKind.SENSOR, bytes((byte,)))]
        self.garbage += 1
        return []

    def _goes_on(self, byte: int) -> bool:
        if self._begun[0] != _PROCESS:
            return _is_plain(byte)
        place = len(self._begun)
        if place == 1:
            return byte == _PROCESS_FLAG
        return byte == 0 if place == _PROCESS_LENGTH - 1 else 0x20 <= byte <= 0x7E

    def _ended(self) -> list[Answer]:
        is_process = self._begun[0] == _PROCESS
        if len(self._begun) < (_PROCESS_LENGTH if is_process else _ASB_LENGTH):
            return []
        data = bytes(self._begun)
        self._begun.clear()
        return [Answer(AnswerKind.PROCESS, data[2:6]) if is_process else Answer(AnswerKind.AUTOMATIC, data)]


def is_real_time(byte: int) -> bool:
    """Whether the byte can be an answer to DLE EOT: bits 1 and 4 set, bits 0 and 7 clear."""
    return byte & 0x93 == 0x12


def _is_automatic(byte: int) -> bool:
    """Whether the byte can begin an automatic status: bit 4 set, bits 0, 1 and 7 clear."""
    return byte & 0x93 == 0x10


def _is_plain(byte: int) -> bool:
    """Whether the byte can be GS r's answer or go on an automatic status: bits 4 and 7 clear."""
    return byte & 0x90 == 0
