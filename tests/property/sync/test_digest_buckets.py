"""The digest over any balances: a changed row changes exactly its bucket."""

from hypothesis import given
from hypothesis import strategies as st

from sync.rules.digest import Row, bucket_of, differing, fingerprint
from tests.property.sync.wire_values import COUNTERS, MINOR, SKUS

NUMBERS = st.tuples(MINOR, MINOR, MINOR, COUNTERS, COUNTERS, COUNTERS)
BOOKS = st.dictionaries(SKUS, NUMBERS, max_size=12)


def told(books: dict[str, tuple[int, int, int, int, int, int]]) -> str:
    """The fingerprint of balances by SKU."""
    rows: list[Row] = [(sku, *books[sku]) for sku in sorted(books)]
    return fingerprint(rows)


@given(BOOKS, SKUS, NUMBERS)
def test_a_changed_row_changes_exactly_its_bucket(
    books: dict[str, tuple[int, int, int, int, int, int]],
    sku: str,
    numbers: tuple[int, int, int, int, int, int],
) -> None:
    before = books.get(sku, (0,) * 6)
    expected = () if numbers == before else (bucket_of(sku),)
    assert differing(told(books), told({**books, sku: numbers})) == expected
