"""One cell of a file as clean text: characters, blanks, formula prefixes. Knows nothing of products."""

import re
import unicodedata
from typing import Final

_CONTROLS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+"
)
"""C0 and C1 controls but for line breaks and tabs, marks that turn the writing direction, no characters."""
_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff\u00ad]+")
_FORMULA: Final = re.compile(r"^(?:[=@＝＠]+|[+\-](?=.*[|(!]))[=@＝＠+\-\s]*")
"""What makes a spreadsheet calculate a cell; `+` and `-` only before a call or link, names may begin so."""
_EXCEL_TEXT: Final = re.compile(r'^="([^"]*)"$')


def clean_block(raw: str) -> tuple[str, bool]:
    r"""Text of several lines without control characters, and whether any were removed.

    Invisible characters go without a word; line breaks become `\n`, composed form is NFC.
    """
    if raw.isprintable():
        return (raw if raw.isascii() else unicodedata.normalize("NFC", raw)), False
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = _CONTROLS.sub("", text)
    visible = _INVISIBLE.sub("", cleaned)
    return (visible if visible.isascii() else unicodedata.normalize("NFC", visible)), len(cleaned) != len(
        text
    )


def clean_line(raw: str) -> tuple[str, bool]:
    """The text on one line, blanks collapsed to single spaces, and whether controls were removed."""
    text, had_controls = clean_block(raw)
    return " ".join(text.split()), had_controls


def without_formula(text: str) -> tuple[str, str]:
    """The text without a spreadsheet formula's prefix, and the prefix removed.

    An apostrophe in front of such a prefix is a spreadsheet's own way to say "this is text": the
    apostrophe goes, the text stays as it is.
    """
    if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"}:
        return text[1:], ""
    found = _FORMULA.match(text)
    return (text[found.end() :], found.group().strip()) if found else (text, "")


def without_text_mark(text: str) -> str:
    """A code without what spreadsheets put around digits to keep them text: `'0123` and `="0123"`."""
    if text.isalnum():
        return text
    found = _EXCEL_TEXT.match(text)
    return found.group(1).strip() if found else text.lstrip("'").strip()


def plain_digits(text: str) -> str:
    """The text with full-width digits, points and signs as ASCII (NFKC), blanks stripped."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()
