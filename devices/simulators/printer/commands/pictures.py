"""Commands that bring pictures: as they come (ESC *, GS v 0), or stored first (FS q, GS *, GS ( L)."""

from devices.simulators.printer.carriage import Carriage
from devices.simulators.printer.commands.codes import two_dimensional
from devices.simulators.printer.commands.table import Table, digit, number
from devices.simulators.printer.elements import Raster
from devices.simulators.printer.memory import Picture
from devices.simulators.printer.pictures import (
    SIZES,
    from_columns,
    kept_pictures,
    read_dots,
    read_strip,
)

_STORE_ROWS, _STORE_COLUMNS, _PRINT_STORED = 112, 113, (2, 50)
_CLEAR = b"CLR"


def columns(carriage: Carriage, args: bytes) -> None:
    """ESC * m nL nH d…: columns, printed with the line."""
    strip = read_strip(args)
    if strip is not None:
        carriage.add_columns(strip)


def raster(carriage: Carriage, args: bytes) -> None:
    """GS v 0 m xL xH yL yH d…: print a picture."""
    if not carriage.modes.is_page:
        carriage.end_line(only_if_begun=True)
    row_bytes = number(args[2:])
    if args[0] == ord("0") and row_bytes and len(args) > 6:
        wide, high = SIZES[args[1] & 3]
        carriage.add(Raster(row_bytes, args[6:], wide, high, carriage.span))


def keep_pictures(carriage: Carriage, args: bytes) -> None:
    """FS q n […]…: all lasting pictures anew; the printer starts afresh then, as real ones do."""
    if not carriage.modes.is_page and carriage.is_at_start:
        carriage.memory = carriage.memory.with_bits(kept_pictures(args))
        carriage.reset()


def print_kept(carriage: Carriage, args: bytes) -> None:
    """FS p n m: print one of them; on paper alone, and not behind text."""
    if not carriage.modes.is_page and carriage.is_at_start:
        _print(carriage, carriage.memory.bits.get(str(args[0])), digit(args[1]))


def download(carriage: Carriage, args: bytes) -> None:
    """GS * x y d…: a picture of 8 x by 8 y dots, column by column, until ESC @."""
    if args[0] and args[1]:
        carriage.memory = carriage.memory.with_bit(from_columns(args[2:], args[1]))


def print_download(carriage: Carriage, args: bytes) -> None:
    """GS / m: print it."""
    if carriage.modes.is_page or carriage.is_at_start:
        _print(carriage, carriage.memory.bit, digit(args[0]))


def _print(carriage: Carriage, picture: Picture | None, mode: int) -> None:
    if picture is not None and mode in SIZES:
        wide, high = SIZES[mode]
        carriage.add(Raster(picture.row_bytes, picture.data, wide, high, carriage.span))


def of_functions(carriage: Carriage, args: bytes) -> None:
    """GS ( k: two-dimensional codes; GS ( L: graphics; others are passed over."""
    if args[:1] == b"L":
        _graphics(carriage, args[3:])
    elif args[:1] == b"k":
        two_dimensional(carriage, args)


def long_graphics(carriage: Carriage, args: bytes) -> None:
    """GS 8 L p1 p2 p3 p4 m fn …: graphics of any length."""
    _graphics(carriage, args[5:])


def _graphics(carriage: Carriage, args: bytes) -> None:
    """GS ( L … m fn …, from m on."""
    if len(args) < 2 or args[0] != 48:
        return
    function, rest = args[1], args[2:]
    if function in (_STORE_ROWS, _STORE_COLUMNS):
        carriage.stored = _to_store(function, rest, carriage) or carriage.stored
    elif function in _PRINT_STORED:
        _print_stored(carriage)
    elif function in (65, 81) and rest[:3] == _CLEAR:
        _forget_all(carriage, is_lasting=function == 65)
    elif function in (66, 67, 68):
        key, picture = _defined(rest, deletes=function == 66, in_columns=function == 68)
        carriage.memory = carriage.memory.with_nv(key, picture) if key else carriage.memory
    elif function in (82, 83, 84):
        key, picture = _defined(rest, deletes=function == 82, in_columns=function == 84)
        carriage.memory = carriage.memory.with_download(key, picture) if key else carriage.memory
    elif function in (69, 85) and len(rest) >= 4:
        store = carriage.memory.nv if function == 69 else carriage.memory.download
        _print_keyed(carriage, store.get(_key(rest)), rest[2], rest[3])


def _to_store(function: int, rest: bytes, carriage: Carriage) -> Raster | None:
    """A bx by c xL xH yL yH d…: one picture for the print buffer."""
    if len(rest) < 9 or rest[0] != 48:
        return None
    picture = read_dots(rest[4:8], rest[8:], in_columns=function == _STORE_COLUMNS)
    if picture is None:
        return None
    wide, high = (2 if rest[1] == 2 else 1), (2 if rest[2] == 2 else 1)
    return Raster(picture.row_bytes, picture.data, wide, high, carriage.span)


def _print_stored(carriage: Carriage) -> None:
    stored, carriage.stored = carriage.stored, None
    if stored is not None:
        carriage.add(stored)


def _forget_all(carriage: Carriage, *, is_lasting: bool) -> None:
    memory = carriage.memory
    for key in tuple(memory.nv if is_lasting else memory.download):
        memory = memory.with_nv(key, None) if is_lasting else memory.with_download(key, None)
    carriage.memory = memory


def _defined(rest: bytes, *, deletes: bool, in_columns: bool) -> tuple[str, Picture | None]:
    """The key, and the picture of: a kc1 kc2 b xL xH yL yH c d…, one colour; no key where it is wrong."""
    if deletes:
        return _key(rest), None
    if len(rest) < 10 or rest[0] != 48 or rest[3] != 1:
        return "", None
    picture = read_dots(rest[4:8], rest[9:], in_columns=in_columns)
    return (_key(rest[1:]), picture) if picture is not None else ("", None)


def _key(args: bytes) -> str:
    """Two characters from 32 to 126; empty where they are others."""
    is_right = len(args) >= 2 and all(32 <= one <= 126 for one in args[:2])
    return args[:2].decode("ascii") if is_right else ""


def _print_keyed(carriage: Carriage, picture: Picture | None, wide: int, high: int) -> None:
    if picture is not None and wide in (1, 2) and high in (1, 2):
        carriage.add(Raster(picture.row_bytes, picture.data, wide, high, carriage.span))


PICTURES: Table = {
    b"\x1b*": columns,
    b"\x1dv": raster,
    b"\x1cq": keep_pictures,
    b"\x1cp": print_kept,
    b"\x1d*": download,
    b"\x1d/": print_download,
    b"\x1d(": of_functions,
    b"\x1d8": long_graphics,
}
