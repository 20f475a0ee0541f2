"""Hand an order over: goods, money and receipt are one commit, and it happens once.

Works with the line cut, and for an order that this store has never received, if the customer's QR is
good.
"""

import hmac
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from devices.printing.job import JobKind
from pos_agent.desk import Desk
from pos_agent.hardware.drawer import Opening
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.find_order import check_claims, read_token
from pos_agent.pickup.queries import goods_of, order_view
from pos_agent.pickup.rules import TryLimit, amounts_of
from pos_agent.staff.queries import name_of
from pos_agent.till.pay import take_money
from pos_agent.till.receipt import Receipt, ReceiptLine, keep, next_number
from pos_agent.till.receipt_document import receipt_document
from pos_agent.till.rules import change_for
from sync.rules.errors import Finished, Refused
from sync.rules.holds import StoreHold
from sync.rules.money import share_minor
from sync.rules.pickup_token import Claims, hold_from_claims
from sync.rules.store import fulfil
from sync.rules.store.prepaid import due_minor
from sync.rules.store.receive_down import accept_hold
from sync.values.pickup_code import code_hash, normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Why somebody may have the goods: exactly one of QR, code, or a manager's reason."""

    token: str | None = None
    code: str | None = None
    override: str | None = None

    @property
    def by(self) -> str:
        """The proof's kind, as the log names it."""
        return "qr" if self.token else "code" if self.code else "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What the clerk did. `given_minor` None: no money was taken."""

    order: str
    proof: Proof
    till: str
    actor: str
    tender: str = "cash"
    given_minor: int | None = None


async def hand_over(desk: Desk, limit: TryLimit, given: HandOver) -> dict[str, Any]:
    """Book the hand-over; returns the order and its receipt.

    Raises:
        Finished: it was collected before; when and where is told.
        Refused: `unknown_order`, `wrong_order`, `wrong_code`, `locked`, `payment_needed`, `nothing_due`,
            `amount_unknown`, `too_little_given`, or what the QR is refused for.
    """
    claims = read_token(desk, given.proof.token) if given.proof.token else None
    guessing = limit.trying(desk.clock.monotonic()) if given.proof.by == "code" else nullcontext()
    with guessing:
        done = await desk.ledger.run(lambda book: book_hand_over(desk, book, given, claims))
    desk.focus.leave(given.order)
    desk.screens.publish("counter", "order", done["order"])
    if given.given_minor and given.tender == "cash" and desk.drawer:
        number = done["receipt"]["number"]
        desk.drawer.open_for_cash(
            Opening(at=desk.at, till=given.till, actor=given.actor, cause="cash", receipt=number)
        )
    return done


def book_hand_over(
    desk: Desk, book: SqliteStoreBook, given: HandOver, claims: Claims | None
) -> dict[str, Any]:
    """The hand-over's one transaction."""
    at = desk.at
    hold = _entitled(desk, book, given, claims)
    due = due_minor(hold)
    receipt = _receipt(desk, book, hold, given, due)
    fulfil.hand_over(book, given.order, at, given.actor, given.proof.by)
    take_money(book, receipt)
    job = desk.papers.enqueue(book.tx, JobKind.RECEIPT, receipt_document(receipt, desk.profile))
    keep(book.tx, receipt, None, job)
    return {
        "order": order_view(book, given.order, desk.profile.currency),
        "receipt": {
            "number": receipt.number,
            "change_minor": receipt.change_minor,
            "given_minor": receipt.given_minor,
            "total_minor": receipt.total_minor,
            "tender": receipt.tender,
            "printed": "queued" if job else None,
        },
    }


def _entitled(desk: Desk, book: SqliteStoreBook, given: HandOver, claims: Claims | None) -> StoreHold:
    """The hold, if the proof is good for it and something is still owed; books one that only the QR told."""
    if claims is not None:
        if claims.order != given.order:
            raise Refused("wrong_order", order=given.order)
        known = check_claims(desk, book, claims)
        if known is None:
            accept_hold(book, hold_from_claims(claims), desk.at, by="qr")
        elif known.body is None and known.is_open:  # taken over, and not told by the hub yet
            fulfil.open_hold(book, given.order)
            book.put_hold(replace(known, body=hold_from_claims(claims)))
    elif given.proof.code is not None:
        _check_code(desk, book, given)
    try:
        hold = fulfil.open_hold(book, given.order)
    except Finished as error:
        error.facts["receipt"] = _receipt_of(book, given.order)
        raise
    if hold.body is None:  # what it costs is unknown, which is not the same as paid
        raise Refused("amount_unknown", order=given.order)
    return hold


def _check_code(desk: Desk, book: SqliteStoreBook, given: HandOver) -> None:
    """Refuse a code that is not the order's."""
    hold = book.hold(given.order)
    if hold is None:
        raise Refused("unknown_order", order=given.order)
    code = normalise(given.proof.code or "")
    hashed = code_hash(desk.enrolment.store, code) if code else ""
    if hold.body is None or not hmac.compare_digest(hashed, hold.body.code_hash):
        raise Refused("wrong_code")


def _receipt(desk: Desk, book: SqliteStoreBook, hold: StoreHold, given: HandOver, due: int) -> Receipt:
    """The receipt of all that is handed over now."""
    if due and given.given_minor is None:
        raise Refused("payment_needed", due_minor=due)
    if given.given_minor and not due:  # paid online meanwhile: nobody's cash may stay in the drawer unbooked
        raise Refused("nothing_due", given_minor=given.given_minor)
    lines = _lines(book, hold)
    taken = (given.given_minor or 0) if due else 0
    body = hold.body
    locale = (body.locale if body else "") or desk.profile.locale
    return Receipt(
        number=next_number(book.tx, book.position(), given.till),
        kind="pickup",
        till=given.till,
        at=desk.at,
        actor=given.actor,
        currency=body.currency if body else desk.profile.currency,
        lines=lines,
        total_minor=due or sum(line.amount_minor for line in lines),
        paid_minor=due,
        given_minor=taken,
        change_minor=change_for(due, taken),
        tender=given.tender if due else "online",
        order=hold.order,
        order_number=body.number if body else hold.order,
        locale=locale,
        clerk=name_of(book.tx, given.actor, locale),
    )


def _lines(book: SqliteStoreBook, hold: StoreHold) -> tuple[ReceiptLine, ...]:
    """The goods that are still owed, at the order's amounts."""
    amounts = amounts_of(hold.body)
    told = {line.line: line for line in hold.body.lines} if hold.body else {}
    goods = goods_of(book, {line.sku for line in hold.lines})
    found = []
    for line in hold.lines:
        if not line.open:
            continue
        names = (told[line.line].names if line.line in told else {}) or goods[line.sku].names
        gtin = (told[line.line].gtin if line.line in told else "") or goods[line.sku].gtin
        amount = amounts.get(line.line, 0)
        unit, per = (amount // line.qty, 1) if amount % line.qty == 0 else (amount, line.qty)
        found.append(
            ReceiptLine(
                sku=line.sku,
                gtin=gtin,
                names=dict(names),
                qty=line.open,
                unit_minor=unit,
                per=per,
                amount_minor=amount - share_minor(amount, line.qty - line.open, line.qty),
                unit=goods[line.sku].unit,
            )
        )
    return tuple(found)


def _receipt_of(book: SqliteStoreBook, order: str) -> str | None:
    """The receipt that an order was handed over on."""
    row = book.tx.one("SELECT number FROM receipt WHERE order_id = ? ORDER BY at LIMIT 1", (order,))
    return str(row[0]) if row else None
