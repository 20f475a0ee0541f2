"""What somebody typed into the search, as patterns for LIKE. Pure; any text is safe."""

import re
import unicodedata
from typing import Final

MOST_CHARACTERS: Final = 80
MOST_WORDS: Final = 6
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\ud800-\udfff\ufeff]+")
_SPECIAL: Final = re.compile(r"([\\%_])")


def cleaned(text: str) -> str:
    """The query as it is shown again: full-width characters made plain, one space between words, cut."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub(" ", text[: MOST_CHARACTERS * 4]))
    return " ".join(plain.split())[:MOST_CHARACTERS].strip()


def patterns(query: str) -> list[str]:
    r"""One pattern a word for `LIKE ? ESCAPE '\'`: each must be found somewhere; in lower case."""
    words = query.lower().split()[:MOST_WORDS]
    return ["%" + _SPECIAL.sub(r"\\\1", word) + "%" for word in words]


def page_number(text: str | None) -> int:
    """The page that an address asks for; 1 for anything that is none."""
    return max(1, int(text)) if text is not None and re.fullmatch(r"[0-9]{1,5}", text) else 1
