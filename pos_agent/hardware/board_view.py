"""The board as pages are told it: each device's state, and why it is so in the reader's language."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from devices.ports.trouble import group_of
from pos_agent.hardware.board import DeviceBoard, Shown
from pos_agent.hardware.look_words import tell_cause


def board_json(board: DeviceBoard, gettext: Callable[..., str]) -> dict[str, list[dict[str, Any]]]:
    """All devices; `why` is empty where the state says all, and for a cause that nobody foresaw `text` is."""

    def told(devices: Iterable[Shown]) -> list[dict[str, Any]]:
        return [
            {"id": one.id, "role": one.role, "state": one.state, "why": why(one, gettext)} for one in devices
        ]

    return {
        "printers": told(board.printers.values()),
        "scanners": told(board.scanners.values()),
        "displays": told(board.displays.values()),
    }


def why(one: Shown, gettext: Callable[..., str]) -> str:
    """Why a device is as it is; the driver's own English words for what has no translation."""
    path = Path(one.place.partition(":")[2])
    facts = {"place": one.place, "group": group_of(path) or "dialout"}
    return tell_cause(one.cause, facts, one.text, gettext)
