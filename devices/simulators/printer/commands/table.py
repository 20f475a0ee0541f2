"""What a table of commands is, and how numbers stand in their bytes."""

from collections.abc import Callable

from devices.simulators.printer.carriage import Carriage

Command = Callable[[Carriage, bytes], None]
Table = dict[bytes, Command]


def number(args: bytes) -> int:
    """Two bytes, the low one first."""
    return args[0] + args[1] * 256


def signed(args: bytes) -> int:
    """Two bytes as a number that may be negative."""
    return int.from_bytes(args[:2], "little", signed=True)


def digit(value: int) -> int:
    """A parameter that may be given as a number or as the digit's character."""
    return value - 48 if 48 <= value <= 57 else value
