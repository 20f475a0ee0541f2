"""Text to the bytes a Chinese receipt printer understands, one cell after the other.

Only one- and two-byte codes leave this module: the four-byte half of GB18030 prints as rubbish on the GBK
fonts most printers have. What the font lacks is written in other characters where that keeps the meaning
(¥ -> ￥, ½ -> 1/2, é stays, ñ -> n) and else becomes 〓, the printers' sign for a missing character. That
cell remembers what it stands for, so that a printer which takes pictures can be sent the line as one.
A cell's width on paper in half-width characters is its length in bytes: one or two.
"""

import unicodedata
from functools import lru_cache

import structlog

_log = structlog.get_logger(__name__)

MISSING = "〓".encode("gbk")


class Missing(bytes):
    """The code of 〓 in the place of a character that the font lacks."""

    character: str

    @classmethod
    def of(cls, character: str) -> "Missing":
        """The cell of a character."""
        cell = cls(MISSING)
        cell.character = character
        return cell


def text_of(line: list[bytes]) -> str:
    """What stands on a line of cells, with the characters that the font lacks."""
    return "".join(cell.character if isinstance(cell, Missing) else cell.decode("gbk") for cell in line)


# Same meaning, another character. Keys are not in the GBK font, or only in some printers' copies of it.
_INSTEAD = {
    "\u00a5": "￥",
    "\u00a3": "￡",
    "\u00a2": "￠",
    "\u20ac": "EUR",
    "\u20a9": "KRW",
    "\u20bd": "RUB",
    "\u00a9": "(C)",
    "\u00ae": "(R)",
    "\u2122": "(TM)",
    "\u2022": "·",
    "\u2027": "·",
    "\u30fb": "·",
    "\u2212": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2044": "/",
    "\u2713": "√",
    "\u2714": "√",
    "\u2717": "×",
    "\u2718": "×",
    "\u301c": "～",
    "\u00b4": "'",
    "\u02bc": "'",
    "\u2032": "'",
    "\u2033": '"',
    "\u00ab": "《",
    "\u00bb": "》",
    "\u00d8": "O",
    "\u00f8": "o",
    "\u00df": "ss",
    "\u00c6": "AE",
    "\u00e6": "ae",
}
# Typographic marks are full-width in the font: right among Chinese, gaps in the middle of English words.
_AMONG_LATIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u2014": "-",
        "\u2015": "-",
    }
)
_SPACES = frozenset("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f")


def cells(text: str) -> list[bytes]:
    """The characters of one line as printer codes of one or two bytes.

    Control characters, bidirectional marks, joiners and variation selectors vanish; a tab becomes a space.
    What cannot be written becomes 〓 and one log entry names the code points (never the text).
    """
    if text.isascii() and text.isprintable():
        return [bytes((code,)) for code in text.encode()]
    composed = unicodedata.normalize("NFC", text)
    if not any(map(_is_cjk, composed)):
        composed = composed.translate(_AMONG_LATIN)
    coded = [code for character in composed for code in _code(character)]
    if MISSING in coded:
        _report(composed)
    return coded


def columns_of(character: str) -> int:
    """What a character takes of a line, in half-width characters, as ``cells`` counts it."""
    return 1 if character.isascii() or len(_code(character)[0]) == 1 else 2


def encode(text: str) -> bytes:
    """The same as one byte string; its length is the text's width in half-width characters."""
    return b"".join(cells(text))


def _report(text: str) -> None:
    lost = sorted({f"U+{ord(character):04X}" for character in text if MISSING in _code(character)})
    if lost := [name for name in lost if name != "U+3013"]:
        _log.warning("printing.characters_replaced", code_points=lost[:20], count=len(lost))


def _is_cjk(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


@lru_cache(maxsize=16_384)
def _code(character: str) -> tuple[bytes, ...]:
    """The codes of one character: usually one, none for what never reaches paper, several for a spelling."""
    if character in _SPACES:
        return (b" ",)
    if unicodedata.category(character) in {"Cc", "Cf", "Mn", "Me", "Zl", "Zp"}:
        return ()
    if character in _INSTEAD:
        return tuple(code for other in _INSTEAD[character] for code in _code(other))
    if direct := _direct(character):
        return (direct,)
    return _spelled(character) or (Missing.of(character),)


def _direct(character: str) -> bytes:
    """The font's own code, or nothing."""
    try:
        code = character.encode("gbk")
    except UnicodeEncodeError:
        return b""
    # The user-defined area encodes too, but holds no character.
    return b"" if unicodedata.category(character) == "Co" else code


def _spelled(character: str) -> tuple[bytes, ...]:
    """A compatible spelling: ½ is 1/2, ① has its own code, ñ is n, ﬁ is fi."""
    parts = unicodedata.normalize("NFKD", character)
    if parts == character:
        return ()
    return tuple(code for part in parts for code in _code(part) if code != MISSING)
