"""Which shelf labels tell an old price: noted when the catalogue changes it, until the new label hangs.

New goods are not noted: they have no label that could be wrong. It prints nothing.
"""

from typing import Final

from sync.storage.writer import Transaction

_DIFFERS: Final = (
    "(p.price_minor, p.per, p.currency, p.unit)"
    " IS NOT (s.body ->> '$.price_minor', s.body ->> '$.per', s.body ->> '$.currency', s.body ->> '$.unit')"
)
_NOTE: Final = f"""
INSERT INTO price_change (sku, old_minor, old_per, old_currency, old_unit, since, has_other)
SELECT p.sku, p.price_minor, p.per, p.currency, p.unit, ?, 0
FROM staged_entry s JOIN product p ON p.sku = s.key
WHERE s.name = 'catalog' AND p.price_minor IS NOT NULL AND {_DIFFERS}
ON CONFLICT (sku) DO UPDATE SET has_other = has_other OR job_id IS NOT NULL, job_id = NULL
"""  # noqa: S608  # joins constants
_RIGHT_AGAIN: Final = """
DELETE FROM price_change WHERE job_id IS NULL AND NOT has_other AND EXISTS (
    SELECT 1 FROM product p WHERE p.sku = price_change.sku AND p.price_minor = old_minor AND p.per = old_per
        AND p.currency = old_currency AND p.unit = old_unit)
"""


def note_changes(tx: Transaction, at: str) -> None:
    """Note whose price the staged entries change. Call it before they take their place.

    What stands on the shelf is the first price since the last label: a second change keeps it, and drops
    the label that was printed in between.

    Args:
        tx: the transaction that swaps the catalogue.
        at: the present instant.
    """
    tx.execute(_NOTE, (at,))


def forget_undone(tx: Transaction) -> None:
    """Forget changes that were taken back before a label was printed. Call it after the swap."""
    tx.execute(_RIGHT_AGAIN)
