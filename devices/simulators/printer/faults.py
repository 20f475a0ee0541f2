"""The words of the virtual printer's control port and what each does."""

import json
from typing import Protocol

from devices.simulators.control import Refused
from devices.simulators.printer.condition import Condition
from devices.simulators.printer.plans import Plans, read_plan
from devices.simulators.revision import Revision, whole_number

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
    "garbage": ("is_babbling", True),
    "no-garbage": ("is_babbling", False),
    "push-in": ("is_drawer_open", False),
}
_NUMBERS = {
    "paper-out-after": ("paper_left", _MAX_RESET),
    "late": ("late_ms", 60_000),
    "slow": ("bytes_per_s", 10**7),
}
_MOVES = ("unplug", "power-cycle", "reset")
_CURES = ("paper-ok", "online", "cover-closed", "cutter-ok", "unmute", "no-garbage")
WORDS = (
    *_SETTINGS,
    *("reset-after N", "paper-out-after N", "slow BYTES_PER_S", "late MS"),
    *("FAULT after N lines|bytes|papers", "well"),
    *(*_MOVES, "plug", "state", "wait REVISION"),
)
_NO_NUMBER = "reset-after, paper-out-after, slow, late and wait take a number"


class Faulty(Protocol):
    """What the control port moves."""

    reset_after: int | None
    revision: Revision

    @property
    def condition(self) -> Condition:
        """What is right or wrong with the machine."""
        ...

    @property
    def plans(self) -> Plans:
        """Faults to come."""
        ...

    def condition_changed(self) -> None:
        """Print what waited, if the machine prints again."""

    def power_cycle(self) -> None:
        """Off and on."""

    def break_off(self) -> None:
        """Break the line now."""

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
    plan = read_plan(words)
    if plan is not None:
        _check_fault(plan.fault)
        printer.plans.add(plan)
        printer.revision.grow()
        return ""
    if len(words) == 2:
        return await _obey_number(printer, words[0], words[1])
    if len(words) != 1:
        raise Refused(f"write one of: {', '.join(WORDS)}")
    return await _obey_word(printer, words[0])


def _check_fault(fault: str) -> None:
    """Refuse to plan what is no fault.

    Raises:
        Refused: it is none.
    """
    word, _, number = fault.partition(" ")
    if number and word in {"late", "slow"}:
        whole_number(number, _NUMBERS[word][1], _NO_NUMBER)
    elif fault not in _SETTINGS and fault not in _MOVES:
        raise Refused(f"{fault[:40]!r} cannot be planned; write one of: {', '.join((*_SETTINGS, *_MOVES))}")


async def _plug(printer: Faulty) -> None:
    try:
        await printer.plug()
    except OSError as error:
        raise Refused(f"it cannot be plugged in: {error}") from error


async def _make_well(printer: Faulty) -> None:
    """Whatever is wrong or to come is over; the drawer stays as it is."""
    printer.plans.forget()
    printer.reset_after = None
    it = printer.condition
    it.paper_left, it.late_ms, it.bytes_per_s = None, 0, 0
    for word in _CURES:
        setattr(it, *_SETTINGS[word])
    await _plug(printer)
    printer.condition_changed()


async def _obey_number(printer: Faulty, word: str, text: str) -> str:
    if word == "wait":
        await printer.revision.wait(whole_number(text, 10**12, _NO_NUMBER))
        return json.dumps(printer.facts())
    if word == "reset-after":
        printer.reset_after = whole_number(text, _MAX_RESET, _NO_NUMBER)
    elif word in _NUMBERS:
        name, most = _NUMBERS[word]
        setattr(printer.condition, name, whole_number(text, most, _NO_NUMBER))
    else:
        raise Refused(f"unknown word {word[:40]!r}; write one of: {', '.join(WORDS)}")
    printer.condition_changed()
    return ""


async def _obey_word(printer: Faulty, word: str) -> str:
    if word in _SETTINGS:
        setattr(printer.condition, *_SETTINGS[word])
        printer.condition_changed()
    elif word == "power-cycle":
        printer.power_cycle()
    elif word == "reset":
        printer.break_off()
    elif word == "plug":
        await _plug(printer)
    elif word == "well":
        await _make_well(printer)
    elif word == "unplug":
        await printer.unplug()
    elif word == "state":
        return json.dumps(printer.facts())
    else:
        raise Refused(f"unknown word {word[:40]!r}; write one of: {', '.join(WORDS)}")
    return ""
