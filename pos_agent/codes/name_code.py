"""A manager says what an unknown code is, that it is nothing, or takes back what was said."""

from typing import Final

from pos_agent.catalogue.queries import goods_by_gtin, product_by_sku
from pos_agent.codes.rules import MOST_ALIASES, why_private
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

_PUT: Final = (
    "INSERT INTO code_alias (code, sku, pieces, at, actor) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (code) DO UPDATE SET sku = excluded.sku, pieces = excluded.pieces, at = excluded.at,"
    " actor = excluded.actor"
)


def name_code(tx: Transaction, code: int, meaning: tuple[str, int], at: str, actor: str) -> None:
    """From now on this store sells the goods when the code is scanned.

    Args:
        tx: the command's transaction.
        code: the unknown code's id.
        meaning: the SKU, and how many of its stock units the code stands for (a case of 12).
        at: now.
        actor: who says so.

    Raises:
        Refused: `unknown_listed_code`, it is not on the list any more; `unknown_sku`; `code_is_known`, the
            catalogue has it by now; `aliases_full`.
    """
    digits = _code_of(tx, code)
    sku, pieces = meaning
    if product_by_sku(tx, sku) is None:
        raise Refused("unknown_sku", sku=sku)
    if goods_by_gtin(tx, digits) is not None or product_by_sku(tx, digits) is not None:
        raise Refused("code_is_known")
    if (tx.one("SELECT count(*) FROM code_alias") or (0,))[0] >= MOST_ALIASES:
        raise Refused("aliases_full", most=MOST_ALIASES)
    assert why_private(digits) is None, "a private code was never kept"
    tx.execute(_PUT, (digits, sku, pieces, at, actor))
    tx.execute("DELETE FROM unknown_code WHERE id = ?", (code,))


def dismiss(tx: Transaction, code: int) -> None:
    """The code is nothing of ours; scanned again, it is on the list again.

    Raises:
        Refused: `unknown_listed_code`.
    """
    _code_of(tx, code)
    tx.execute("DELETE FROM unknown_code WHERE id = ?", (code,))


def take_back(tx: Transaction, alias: int) -> None:
    """What was said of a code does not hold any more; tickets that it made stay as they are.

    Raises:
        Refused: `unknown_listed_code`.
    """
    if not tx.execute("DELETE FROM code_alias WHERE id = ?", (alias,)).rowcount:
        raise Refused("unknown_listed_code")


def _code_of(tx: Transaction, code: int) -> str:
    row = tx.one("SELECT code FROM unknown_code WHERE id = ?", (code,))
    if row is None:
        raise Refused("unknown_listed_code")
    return str(row[0])
