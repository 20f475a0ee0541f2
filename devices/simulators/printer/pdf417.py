"""PDF417 as a printer draws it (ISO/IEC 15438): bytes to rows of modules. All data go in byte compaction."""

from dataclasses import dataclass
from functools import cache, lru_cache
from math import ceil

from devices.simulators.printer.pdf417_patterns import CODEWORDS, modules_of

_START, _STOP, _SHORT_STOP = "11111111010101000", "111111101000101001", "1"
_BYTES, _BYTES_BY_SIX, _PAD = 901, 924, 900
_ROOT = 3
_MOST = 928
_MOST_COLUMNS, _LEAST_ROWS, _MOST_ROWS = 30, 3, 90
# GS ( k fn 69, m = 49: the level for so many codewords of correction wanted, by the command reference.
_RATIO_LEVELS = ((3, 1), (10, 2), (20, 3), (45, 4), (100, 5), (200, 6), (400, 7))


@dataclass(frozen=True, slots=True)
class Wish:
    """What GS ( k set: 0 columns or rows = as fits; a level 0 to 8, or a ratio where the level is None."""

    columns: int = 0
    rows: int = 0
    level: int | None = None
    ratio_tenths: int = 1
    is_truncated: bool = False


@lru_cache(maxsize=16)
def pdf417(data: bytes, wish: Wish, width_modules: int, row_modules: int = 3) -> tuple[str, ...] | None:
    """Rows of modules; None where it does not fit the wish, the width, or any symbol.

    Args:
        data: what it holds.
        wish: form and correction.
        width_modules: the widest symbol that may be printed.
        row_modules: a row's height in modules, by which a form near 2 : 1 is chosen.
    """
    words = _compacted(data)
    level = wish.level if wish.level is not None else _level_of(len(words) + 1, wish.ratio_tenths)
    form = _form(len(words) + 1 + 2 ** (level + 1), wish, width_modules, row_modules)
    if form is None:
        return None
    columns, rows = form
    room = columns * rows - 2 ** (level + 1)
    whole = [room, *words, *[_PAD] * (room - len(words) - 1)]
    whole += _correction(whole, level)
    return tuple(
        _row(
            whole[row * columns : (row + 1) * columns],
            row,
            (columns, rows, level),
            is_truncated=wish.is_truncated,
        )
        for row in range(rows)
    )


def _compacted(data: bytes) -> list[int]:
    """Six bytes as five codewords of base 900; bytes left over one each."""
    words = [_BYTES_BY_SIX if len(data) % 6 == 0 else _BYTES]
    whole = len(data) - len(data) % 6
    for at in range(0, whole, 6):
        value = int.from_bytes(data[at : at + 6], "big")
        words += [value // 900**power % 900 for power in (4, 3, 2, 1, 0)]
    return words + list(data[whole:])


def _level_of(words: int, tenths: int) -> int:
    wanted = (words * tenths + 5) // 10
    return next((level for most, level in _RATIO_LEVELS if wanted <= most), 8)


def _form(total: int, wish: Wish, width_modules: int, row_modules: int) -> tuple[int, int] | None:
    """Columns and rows for so many codewords."""
    ends = 35 if wish.is_truncated else 69
    choices = range(1, _MOST_COLUMNS + 1) if not wish.columns else (wish.columns,)
    forms = []
    for columns in choices:
        rows = wish.rows or max(_LEAST_ROWS, ceil(total / columns))
        fits = total <= columns * rows <= _MOST and rows <= _MOST_ROWS
        if fits and 17 * columns + ends <= width_modules:
            forms.append((columns, rows))
    return min(forms, key=lambda form: abs(17 * form[0] + ends - 2 * row_modules * form[1]), default=None)


@cache
def _generator(count: int) -> tuple[int, ...]:
    """The polynomial with so many powers of 3 as its roots, its highest term first."""
    generator = [1]
    for power in range(1, count + 1):
        root = pow(_ROOT, power, CODEWORDS)
        shifted, scaled = [*generator, 0], [0, *(term * -root for term in generator)]
        generator = [(one + other) % CODEWORDS for one, other in zip(shifted, scaled, strict=True)]
    return tuple(generator)


def _correction(words: list[int], level: int) -> list[int]:
    """Reed-Solomon codewords over GF(929)."""
    generator = _generator(2 ** (level + 1))
    rest = [0] * (len(generator) - 1)
    for word in words:
        lead = (word + rest[0]) % CODEWORDS
        rest = [
            (one - lead * term) % CODEWORDS for one, term in zip([*rest[1:], 0], generator[1:], strict=True)
        ]
    return [-word % CODEWORDS for word in rest]


def _row(words: list[int], row: int, form: tuple[int, int, int], *, is_truncated: bool) -> str:
    """A row: start, left indicator, data and, unless it is truncated, right indicator and stop."""
    columns, rows, level = form
    cluster, base = row % 3, row // 3 * 30
    told = ((rows - 1) // 3, level * 3 + (rows - 1) % 3, columns - 1)
    left, right = base + told[cluster], base + told[(cluster + 2) % 3]
    body = "".join(modules_of(word, cluster) for word in (left, *words))
    end = _SHORT_STOP if is_truncated else modules_of(right, cluster) + _STOP
    return _START + body + end
