"""The words of the virtual printer's control port and what each does."""

import json
from typing import Protocol

from devices.simulators.control import Refused
from devices.simulators.printer.machine import Condition

_MAX_RESET = 1_000_000_000
_SETTINGS: dict[str, tuple[str, object]] = {
    "paper-out": ("paper", "out"),
    "paper-low": ("paper", "low"),
    "paper-ok": ("paper", "ok"),
    "offline": ("is_offline", True),
    "online": ("is_offline", False),
    "cover-open": ("is_cover_open", True),
    "cover-closed": ("is_cover_open", False),
    "cutter-stuck": ("is_cutter_stuck", True),
    "cutter-ok": ("is_cutter_stuck", False),
    "mute": ("is_mute", True),
    "unmute": ("is_mute", False),
}
_WORDS = (*_SETTINGS, "reset-after N", "paper-out-after N", "unplug", "plug", "power-cycle", "state")


class Faulty(Protocol):
    """What the control port moves."""

    reset_after: int | None

    @property
    def condition(self) -> Condition:
        """What is right or wrong with the machine."""
        ...

    def condition_changed(self) -> None:
        """Print what waited, if the machine prints again."""

    def power_cycle(self) -> None:
        """Off and on."""

    async def plug(self) -> None:
        """Listen again."""

    async def unplug(self) -> None:
        """Take the network cable out."""

    def facts(self) -> dict[str, object]:
        """The state for people and tests."""


async def obey(printer: Faulty, line: str) -> str:
    """Carry out one control line.

    Returns:
        What to say after ``ok``.

    Raises:
        Refused: the line is no such word; nothing was changed.
    """
    words = line.split()
    word = words[0] if words else ""
    if word == "reset-after" and len(words) == 2:
        printer.reset_after = _bytes(words[1])
        return ""
    if word == "paper-out-after" and len(words) == 2:
        printer.condition.paper_left = _bytes(words[1])
        return ""
    if len(words) != 1:
        raise Refused(f"write one of: {', '.join(_WORDS)}")
    return await _obey_word(printer, word)


async def _obey_word(printer: Faulty, word: str) -> str:

    if word in _SETTINGS:
        setattr(printer.condition, *_SETTINGS[word])
        printer.condition_changed()
    elif word == "power-cycle":
        printer.power_cycle()
    elif word == "plug":
        await printer.plug()
    elif word == "unplug":
        await printer.unplug()
    elif word == "state":
        return json.dumps(printer.facts())
    else:
        raise Refused(f"unknown word {word[:40]!r}; write one of: {', '.join(_WORDS)}")
    return ""


def _bytes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _MAX_RESET:
        raise Refused("reset-after and paper-out-after take a number of bytes")
    return int(text)
