"""The cells of one row as values, saying what was changed on the way. Used by every reader of products."""

import re
from dataclasses import dataclass
from typing import Final

from hub.catalogue.parse_csv import Row
from hub.catalogue.parse_html import SafeText, safe_text
from hub.catalogue.parse_text import clean_block, clean_line, without_formula, without_text_mark
from hub.catalogue.rules import Said
from sync.values.bounds import MOST_SKU_BYTES, MOST_SKU_CHARS

MOST_LINE: Final = 200
"""The most characters of a name: what the wire carries as a line."""
MOST_BODY: Final = 60_000
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,98}\.(?:svg|png|jpe?g|webp|avif|gif)", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[^\s\"'<>\\]{1,2000}")
_FORMULA_STARTS: Final = ("=", "+", "-", "@")
_DOTS: Final = frozenset({".", ".."})
_SLASHES: Final = frozenset("/\\")


@dataclass(frozen=True, slots=True)
class Cells:
    """One row, its column headings as people know them, and the place where words about it go."""

    row: Row
    titles: dict[str, str]
    said: Said

    @property
    def number(self) -> int:
        """The spreadsheet row."""
        return self.row.number

    def title(self, column: str) -> str:
        """The heading a person finds in the file for a column of ours."""
        return self.titles.get(column, column)

    def knows(self, column: str) -> bool:
        """Whether the file has the column at all."""
        return column in self.row.columns

    def has(self, column: str) -> bool:
        """Whether the cell holds anything but blanks."""
        return bool(self.row.raw(column).strip())

    def warn(self, column: str, code: str, **params: object) -> None:
        """Note a change in this row."""
        self.said.warn(self.number, self.title(column), code, **params)

    def error(self, column: str, code: str, **params: object) -> None:
        """Note that this row is left out."""
        self.said.error(self.number, self.title(column), code, **params)

    def line(self, column: str, most: int = MOST_LINE) -> str:
        """Text on one line: controls and formula prefixes removed and, above `most` characters, cut."""
        raw = self.row.raw(column)
        if not raw:
            return ""
        cleaned, had_controls = clean_line(raw)
        if had_controls:
            self.warn(column, "controls_removed")
        text, removed = without_formula(cleaned)
        if removed:
            self.warn(column, "formula_removed", removed=removed)
        if len(text) > most:
            self.warn(column, "text_cut", length=len(text), most=most)
            text = text[:most].rstrip()
        return text

    def code(self, column: str) -> str:
        """A code or number as text, without blanks and spreadsheets' text marks around it; nothing is cut."""
        raw = self.row.raw(column)
        return without_text_mark(clean_line(raw)[0]) if raw else ""

    def body(self, column: str) -> SafeText:
        """A description as safe HTML and plain text; above `MOST_BODY` characters it is cut."""
        raw = self.row.raw(column)
        if not raw:
            return _NO_TEXT
        text, had_controls = clean_block(raw)
        if had_controls:
            self.warn(column, "controls_removed")
        if len(text) > MOST_BODY:
            self.warn(column, "text_cut", length=len(text), most=MOST_BODY)
        safe = safe_text(text[:MOST_BODY])
        if safe.removed:
            self.warn(column, "html_removed", tags=", ".join(safe.removed))
        return safe

    def image(self, column: str) -> str | None:
        """A picture's file name or address; one without a scheme is read as https."""
        raw = self.row.raw(column).strip()
        if not raw:
            return None
        address = "https:" + raw if raw.startswith("//") else raw
        if _FILE.fullmatch(address) or _URL.fullmatch(address):
            return address
        self.warn(column, "image_invalid", value=raw)
        return None


_NO_TEXT: Final = SafeText("", "")


def is_sku(text: str) -> bool:
    """Whether a code can be a SKU, for which a page has an address.

    1 to 64 printable characters, 255 bytes at most, the first none that starts a formula; no slash, and not
    dots alone: browsers and proxies read those as a way through folders (RFC 3986, section 5.2.4).
    """
    return (
        0 < len(text) <= MOST_SKU_CHARS
        and text.isprintable()
        and len(text.encode("utf-8", "surrogatepass")) <= MOST_SKU_BYTES
        and not text.startswith(_FORMULA_STARTS)
        and text not in _DOTS
        and not _SLASHES & set(text)
    )
