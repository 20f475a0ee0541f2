"""Bytes as a table: encoding, delimiter, heading row, rows with their numbers. Knows nothing of products.

Nothing in here raises on any bytes: what cannot be read is said as errors of the file or of a row.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.catalogue.parse_text import clean_line
from hub.catalogue.rules import Said

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 1_000
_MOST_FIELD: Final = 8 * 1024 * 1024
"""The most characters of one field the parser holds: a lost quotation mark swallows no more than this."""
_DELIMITERS: Final = (",", ";", "\t", "|")

# The standard parser's limit is one number per process, 128 KiB by default. It is only ever raised, so
# that a long field costs its row and not the file.
csv.field_size_limit(max(csv.field_size_limit(), _MOST_FIELD))


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its number in a spreadsheet, and its cells found by column name."""

    number: int
    cells: tuple[str, ...]
    columns: Mapping[str, int]

    def raw(self, column: str) -> str:
        """The cell as it stands, or empty text where the column or the cell is missing."""
        place = self.columns.get(column)
        return "" if place is None or place >= len(self.cells) else self.cells[place]


@dataclass(frozen=True, slots=True)
class Table:
    """A file read: its headings as written, and all its rows that are not blank."""

    titles: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings in lower case, by which columns are found."""
        return tuple(title.lower() for title in self.titles)

    def named(self, names: Mapping[str, str], said: Said) -> dict[str, int]:
        """Where each known column stands: `names` gives the name of ours for a heading. The first wins."""
        places: dict[str, int] = {}
        for place, heading in enumerate(self.headings):
            if heading in names and places.setdefault(names[heading], place) != place:
                said.warn(1, self.titles[place], "column_twice")
        return places


def read_table(data: bytes, known: frozenset[str], said: Said) -> Table | None:
    """The table in a CSV file, or None where the file as a whole cannot be taken (said says why).

    Args:
        data: the file; UTF-8 with or without a mark, UTF-16 with one, else GB18030.
        known: headings in lower case, by which the delimiter is found.
        said: takes errors and warnings.
    """
    if len(data) > MOST_BYTES:
        said.error(0, "", "file_too_large", bytes=len(data), most=MOST_BYTES)
        return None
    text = _decoded(data, said)
    if text is None:
        return None
    if not text.strip():
        said.error(0, "", "file_empty")
        return None
    return _table(_Records(text, _delimiter(text, known)), said)


def _decoded(data: bytes, said: Said) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        names = ["utf-16"]
    else:
        names = ["utf-8-sig", "gb18030"]
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "gb18030":
            said.warn(0, "", "encoding_guessed")
        return text
    said.error(0, "", "encoding_unknown")
    return None


def _delimiter(text: str, known: frozenset[str]) -> str:
    """The delimiter that gives the most known headings; the comma where none does."""
    head = text[:65_536]
    if head[:4].lower() == "sep=" and head[4:5] in _DELIMITERS:
        return head[4]

    def hits(delimiter: str) -> int:
        first = next((cells for _, cells in _Records(head, delimiter).rows() if any(cells)), [])
        return len({clean_line(cell)[0].lower() for cell in first} & known)

    return max(_DELIMITERS, key=hits)


class _Records:
    """The records of a text, each with its number, and how the last one ended."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._delimiter = delimiter
        self._quotes = 0
        self.is_broken = False
        """Whether the parser gave up: what followed is lost."""
        self.is_open = False
        """Whether the record just given ran into the file's end inside quotation marks."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number (the first record is 1) and cells of each record, blank ones included."""
        reader = csv.reader(self._counted(), delimiter=self._delimiter)
        number = 0
        while True:
            self._quotes, number, line = 0, number + 1, reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self.is_broken = True
                yield number, []
                return
            runs_on = reader.line_num > line + 1 or (cells[-1:] and cells[-1].endswith(("\n", "\r")))
            self.is_open = bool(runs_on and self._quotes % 2)
            yield number, cells

    def _counted(self) -> Iterator[str]:
        for line in self._lines:
            self._quotes += line.count('"')
            yield line


def _table(records: _Records, said: Said) -> Table | None:
    headings: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in records.rows():
        if records.is_broken:
            said.error(number, "", "csv_broken")
            return None
        if records.is_open:
            said.error(number, "", "quote_open")
        elif not any(map(str.strip, cells)) or (number == 1 and _is_separator_line(cells)):
            continue
        elif not headings:
            headings = tuple(clean_line(cell)[0] for cell in cells)
        elif len(rows) == MOST_ROWS:
            said.error(0, "", "too_many_rows", most=MOST_ROWS)
            return None
        elif len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
            said.error(number, "", "row_too_long")
        else:
            # Tuples of text are dropped by the garbage collector's books; 100,000 lists cost it seconds.
            rows.append((number, tuple(cells)))
    if len(headings) > MOST_COLUMNS:
        said.error(0, "", "too_many_columns", columns=len(headings), most=MOST_COLUMNS)
        return None
    return Table(headings, rows)


def _is_separator_line(cells: list[str]) -> bool:
    """Whether this is a spreadsheet's `sep=;` line; its delimiter is eaten by the split."""
    return cells[0].strip().lower() == "sep=" or cells[0].strip().lower() in {
        f"sep={one}" for one in _DELIMITERS
    }
