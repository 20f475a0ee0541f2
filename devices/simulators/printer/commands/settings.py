"""Commands that set how characters look, and ESC @ that takes all settings back."""

from collections.abc import Callable

from devices.simulators.printer.carriage import Carriage
from devices.simulators.printer.commands.table import Command, Table


def initialise(carriage: Carriage, _args: bytes) -> None:
    """ESC @: all modes as at power-up; a line begun, the page and downloaded pictures are lost."""
    carriage.reset()


def print_mode(carriage: Carriage, args: bytes) -> None:
    """ESC ! n: font, bold, underline and size at once."""
    bits, modes = args[0], carriage.modes
    modes.small = bool(bits & 0x01)
    modes.bold, modes.underlined = bool(bits & 0x08), bool(bits & 0x80)
    _set_size(carriage, 2 if bits & 0x20 else 1, 2 if bits & 0x10 else 1)


def kanji_print_mode(carriage: Carriage, args: bytes) -> None:
    """FS ! n: the size of Chinese characters alone."""
    bits = args[0]
    carriage.modes.kanji_wide = 2 if bits & 0x04 else 1
    carriage.modes.kanji_high = 2 if bits & 0x08 else 1


def kanji_quadruple(carriage: Carriage, args: bytes) -> None:
    """FS W n: Chinese characters twice as wide and high."""
    carriage.modes.kanji_wide = carriage.modes.kanji_high = 2 if args[0] & 1 else 1


def size(carriage: Carriage, args: bytes) -> None:
    """GS ! n: the size of all characters."""
    _set_size(carriage, (args[0] >> 4 & 7) + 1, (args[0] & 7) + 1)


def line_spacing(carriage: Carriage, args: bytes) -> None:
    """ESC 3 n: dots of a line; on the page and on paper apart."""
    _set_pitch(carriage, args[0])


def usual_spacing(carriage: Carriage, _args: bytes) -> None:
    """ESC 2: 30 dots."""
    _set_pitch(carriage, 30)


def _set_pitch(carriage: Carriage, dots: int) -> None:
    if carriage.modes.is_page:
        carriage.modes.page_pitch = dots
    else:
        carriage.modes.pitch = dots


def _set_size(carriage: Carriage, wide: int, high: int) -> None:
    modes = carriage.modes
    modes.wide = modes.kanji_wide = wide
    modes.high = modes.kanji_high = high


def setting(name: str, convert: Callable[[int], object]) -> Command:
    """A command whose one argument sets one mode."""

    def obey(carriage: Carriage, args: bytes) -> None:
        setattr(carriage.modes, name, convert(args[0]))

    return obey


def _constant(name: str, value: object) -> Command:
    def obey(carriage: Carriage, _args: bytes) -> None:
        setattr(carriage.modes, name, value)

    return obey


def _lowest_bit(value: int) -> bool:
    return bool(value & 1)


SETTINGS: Table = {
    b"\x1b@": initialise,
    b"\x1b=": setting("is_selected", _lowest_bit),
    b"\x1b!": print_mode,
    b"\x1bE": setting("bold", _lowest_bit),
    b"\x1bG": setting("bold", _lowest_bit),
    b"\x1bM": setting("small", _lowest_bit),
    b"\x1b-": setting("underlined", lambda value: value in (1, 2, 49, 50)),
    b"\x1b3": line_spacing,
    b"\x1b2": usual_spacing,
    b"\x1bt": setting("code_page", int),
    b"\x1bR": setting("country", int),
    b"\x1c&": _constant("kanji", value=True),
    b"\x1c.": _constant("kanji", value=False),
    b"\x1c!": kanji_print_mode,
    b"\x1cW": kanji_quadruple,
    b"\x1d!": size,
    b"\x1dB": setting("inverted", _lowest_bit),
}
