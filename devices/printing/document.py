"""A receipt: blocks and a language. It says what stands on the paper, never how a printer is told so.

A document is plain data: it is stored as JSON in the print journal and laid out when it is printed, so the
same document fits an 80 mm and a 58 mm printer.
"""

import json
import re
from dataclasses import dataclass

from devices.errors import DocumentError
from devices.printing.block_json import as_mapping, block_from_entry, entry_of
from devices.printing.blocks import (
    Align,
    Barcode,
    Block,
    Cell,
    Columns,
    Cut,
    Feed,
    Logo,
    Qr,
    Row,
    Rule,
    Style,
    Symbology,
    Text,
)

__all__ = [
    "Align",
    "Barcode",
    "Block",
    "Cell",
    "Columns",
    "Cut",
    "Document",
    "Feed",
    "Logo",
    "Qr",
    "Row",
    "Rule",
    "Style",
    "Symbology",
    "Text",
]

VERSION = 1
MAX_BLOCKS = 2000
MAX_JSON = 1_000_000
_LOCALE = re.compile(r"[A-Za-z0-9_-]{2,35}")


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks from top to bottom, and the language of those who read them (``zh-CN`` or ``en``)."""

    blocks: tuple[Block, ...]
    locale: str = "zh-CN"

    def __post_init__(self) -> None:
        if not 1 <= len(self.blocks) <= MAX_BLOCKS:
            raise DocumentError(f"a document has 1 to {MAX_BLOCKS} blocks")
        if not _LOCALE.fullmatch(self.locale):
            raise DocumentError("a document's locale is a language tag such as zh-CN or en")

    def to_json(self) -> str:
        """``{"v":1,"locale":…,"blocks":[{"type":"text",…},…]}``; equal documents give equal text."""
        entries = [entry_of(block) for block in self.blocks]
        whole = {"v": VERSION, "locale": self.locale, "blocks": entries}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "Document":
        """The document in ``text``, which may come from a database another version wrote.

        Raises:
            DocumentError: the text is no JSON or holds anything a document cannot.
        """
        if len(text) > MAX_JSON:
            raise DocumentError(f"a stored document has at most {MAX_JSON} characters")
        try:
            whole = as_mapping(json.loads(text), {"v", "locale", "blocks"})
        except (ValueError, RecursionError) as error:
            raise DocumentError(f"a stored document is no JSON: {error}") from error
        if whole.get("v") != VERSION:
            raise DocumentError(f"a stored document has another version than {VERSION}")
        entries, locale = whole.get("blocks"), whole.get("locale")
        if not isinstance(entries, list) or not isinstance(locale, str):
            raise DocumentError("a stored document has no blocks or no locale")
        return Document(tuple(map(block_from_entry, entries)), locale)
