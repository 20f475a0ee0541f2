"""Bounds: written once beside the type, enforced wherever bytes become values."""

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sync.rules import compact
from sync.values.bounds import (
    MOST_SKU_BYTES,
    Bound,
    Chars,
    Currency,
    Id,
    Instant,
    Items,
    Line,
    Sku,
    StoreId,
    Units,
)


@dataclass(frozen=True)
class Sample:
    """One field of each kind of bound."""

    number: Annotated[int, Bound(1, 3)] = 1
    text: Annotated[str, Chars(1, 2)] = "a"
    letters: Annotated[str, Chars(1, 2, "^[a-c]+$")] = "a"
    many: Annotated[tuple[int, ...], Items(1, 2)] = (1,)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("number", [1, 3], [0, 4, "2", 1.0, True, None]),
        ("text", ["a", "中文"], ["", "abc", 1]),
        ("letters", ["a", "bc"], ["d", "", "a\n"]),
        ("many", [(1,), (1, 2)], [(), (1, 2, 3)]),
    ],
)
def test_values_within_a_bound_pass_and_others_do_not(
    field: str, good: list[object], bad: list[object]
) -> None:
    adapter = TypeAdapter(Sample)
    for value in good:
        assert getattr(adapter.validate_python({field: value}), field) == value
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python({field: value})


def test_the_longest_sku_fits_a_pickup_token() -> None:
    assert compact.text("😀" * (MOST_SKU_BYTES // 4))
    assert MOST_SKU_BYTES == compact.MOST_TEXT_BYTES


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Units, [1, 1_000_000_000], [0, 1_000_000_001]),
        (Sku, ["面膜 30ml", "A", "面" * 64, "😀" * 63], ["", "a\nb", "a\x7f", "x" * 65, "😀" * 64, "\ud800"]),
        (StoreId, ["shanghai-1", "9"], ["", "Shanghai", "a/b", "+", "#", "-a", "a" * 33]),
        (Id, ["0192f0c1-2345", "a:b.c_d"], ["", "a b", "中"]),
        (
            Instant,
            ["2026-05-01T10:00:00Z", "2026-05-01T10:00:00.123Z"],
            [
                "2026-05-01",
                "2026-05-01T10:00:00+08:00",
                "2026-02-30T10:00:00Z",
                "2026-99-99T99:99:99.999Z",
                "2026-05-01T24:30:00Z",
                "1999-12-31T23:59:59Z",
                "9999-12-31T23:59:59Z",
            ],
        ),
        (Line, ["", "好"], ["a\tb", "x" * 201]),
        (Currency, ["CNY"], ["cny", "RMBY", ""]),
    ],
)
def test_the_house_types_hold_their_bounds(kind: Any, good: list[object], bad: list[object]) -> None:
    adapter = TypeAdapter(kind)
    for value in good:
        assert adapter.validate_python(value) == value
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)
