"""Bounds that stand beside a type and are enforced wherever bytes become values.

`Annotated[int, Bound(0, 10)]` costs nothing in the rules; the wire's validator (pydantic) reads the
bound through its hook methods, so a limit is written once and shows in the AsyncAPI document. This
module does not import pydantic: the floor stays standard library only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from sync.values.clock import from_instant


@dataclass(frozen=True, slots=True)
class Bound:
    """An integer's inclusive range."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Any]) -> Any:
        """The inner schema with this range."""
        return {**handler(source), "ge": self.least, "le": self.most, "strict": True}


@dataclass(frozen=True, slots=True)
class Chars:
    """A text's inclusive length in characters and, where given, the pattern it must match whole."""

    least: int
    most: int
    pattern: str | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Any]) -> Any:
        """The inner schema with this length and pattern."""
        schema = {**handler(source), "min_length": self.least, "max_length": self.most}
        return {**schema, "pattern": self.pattern} if self.pattern else schema


@dataclass(frozen=True, slots=True)
class Utf8:
    """The most bytes that a text may have in UTF-8; characters are counted by `Chars`."""

    most: int

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Any]) -> Any:
        """The inner schema, then the bytes."""
        check = {"type": "no-info", "function": self._within}
        return {"type": "function-after", "function": check, "schema": handler(source)}

    def _within(self, text: str) -> str:
        """The text itself.

        Raises:
            ValueError: it is too long, or holds half a character (UnicodeEncodeError).
        """
        size = len(text.encode())
        if size > self.most:
            msg = f"{size} bytes in UTF-8 are more than {self.most}"
            raise ValueError(msg)
        return text


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence's inclusive length."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Any]) -> Any:
        """The inner schema with this length."""
        return {**handler(source), "min_length": self.least, "max_length": self.most}


@dataclass(frozen=True, slots=True)
class OnTheCalendar:
    """A text that a pattern lets through must also be a moment that exists: no 31 February, no 25:00."""

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Any]) -> Any:
        """The inner schema, then the calendar."""
        check = {"type": "no-info", "function": _existing}
        return {"type": "function-after", "function": check, "schema": handler(source)}


def _existing(text: str) -> str:
    """The text itself.

    Raises:
        ValueError: There is no such moment.
    """
    from_instant(text)
    return text


MOST_UNITS = 1_000_000_000
"""The most units one balance or line may hold: a billion grams is a thousand tonnes."""
MOST_COUNTER = 2**53 - 1
"""The most a cumulative counter may reach: what every JSON reader keeps exactly."""

Units = Annotated[int, Bound(1, MOST_UNITS)]
"""A quantity in the SKU's stock unit (1 piece, or 1 g, 1 ml), at least one."""
Delta = Annotated[int, Bound(-MOST_UNITS, MOST_UNITS)]
"""A signed number of units: what a correction adds to a balance."""
Counter = Annotated[int, Bound(0, MOST_COUNTER)]
"""A counter that only rises."""
MOST_SKU_CHARS = 64
MOST_SKU_BYTES = 255
"""What the pickup token has room for (`compact.text`): one byte counts them."""
Sku = Annotated[str, Chars(1, MOST_SKU_CHARS, r"^[^\x00-\x1f\x7f]+$"), Utf8(MOST_SKU_BYTES)]
"""A stock keeping unit's id."""
StoreId = Annotated[str, Chars(1, 32, r"^[a-z0-9][a-z0-9-]*$")]
"""A store's id: also its MQTT user name, so never a wildcard or a slash."""
Id = Annotated[str, Chars(1, 64, r"^[A-Za-z0-9._:-]+$")]
"""An id made where the thing happens, a UUIDv7 by custom."""
Instant = Annotated[str, Chars(20, 32, r"^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"), OnTheCalendar()]
"""An aware instant as text: UTC with a trailing Z, years 2000 to 2999 so that every zone shows it."""
Line = Annotated[str, Chars(0, 200, r"^[^\x00-\x1f\x7f]*$")]
"""A short text without control characters."""
Minor = Annotated[int, Bound(-MOST_COUNTER, MOST_COUNTER)]
"""Money in the currency's minor unit (fen)."""
Currency = Annotated[str, Chars(3, 3, r"^[A-Z]{3}$")]
"""An ISO 4217 code."""
Chain = Annotated[str, Chars(16, 16, r"^[0-9a-f]{16}$")]
"""The chain after an event, in hex."""
