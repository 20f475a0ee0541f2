"""The pickup token's claims: the hold as the customer carries it to the store, in a QR code.

The hub signs the claims; a store that never received the hold can still hand the goods over. This
module writes, reads and judges claims; signing and verifying live with the keys.

    "OMO1:" + base45(claims + signature)        at most a version 15 code at level M: 600 characters

    version 1 byte | flags 1 | key id 4 | order 16 | code hash 16 | currency 3 | number | store |
    locale | hinc | sinc | expires | due_minor | how many lines | lines, or their digest (16)

Numbers and texts as in `compact`; flag 1 = paid online, flag 2 = a digest stands for the lines. Each
claim has one encoding only, so a token cannot be altered and stay readable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final, Literal
from uuid import UUID

from sync.rules import compact
from sync.rules.books import HubPosition, StorePosition
from sync.rules.errors import TokenRefused
from sync.rules.items import MOST_LINES, HoldItem, HoldLine
from sync.values.base45 import InvalidBase45, decode_base45, encode_base45
from sync.values.clock import from_instant, to_instant

PREFIX: Final = "OMO1:"
VERSION: Final = 1
SIGNATURE_BYTES: Final = 64
MOST_CHARACTERS: Final = 600
"""Alphanumeric capacity of a QR code version 15 at level M (ISO/IEC 18004, table 7)."""
MOST_CLAIM_BYTES: Final = (MOST_CHARACTERS - len(PREFIX)) // 3 * 2 - SIGNATURE_BYTES
_ONLINE = 1
_DIGEST = 2
_LATEST_UNIX = 253_402_300_799


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """One line of the hold: its number, `qty` stock units of `sku`, the line's amount in minor units."""

    line: int
    sku: str
    qty: int
    price_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says.

    Args:
        key_id: the signing key's id: 8 hex characters.
        order: the order's UUID as text.
        number: the order's number for people.
        store: the store that owes the goods.
        hinc: the hub incarnation that dispatched the hold.
        sinc: the store incarnation it was dispatched to.
        expires: unix seconds.
        pay_at: where the money is taken.
        due_minor: what is to pay, minor units.
        currency: ISO 4217.
        code_hash: the pickup code's hash: 32 hex characters.
        lines: the units owed; empty where only `lines_digest` fits.
        lines_digest: 32 hex characters in the place of lines.
        line_count: how many lines the order has.
        locale: the customer's language, empty if unknown.
    """

    key_id: str
    order: str
    number: str
    store: str
    hinc: int
    sinc: int
    expires: int
    pay_at: Literal["counter", "online"]
    due_minor: int
    currency: str
    code_hash: str
    lines: tuple[TokenLine, ...]
    lines_digest: str = ""
    line_count: int = 0
    locale: str = ""


def claims_of(item: HoldItem, position: HubPosition, key_id: str = "00000000") -> Claims:
    """The claims about a dispatched hold.

    Args:
        item: the hold as the store is told.
        position: the hub's with the store at dispatch: store, hinc, sinc.
        key_id: the signing key; the signer puts its own.
    """
    lines = tuple(
        TokenLine(line=line.line, sku=line.sku, qty=line.qty, price_minor=line.price_minor)
        for line in item.lines
    )
    return Claims(
        key_id=key_id,
        order=item.order,
        number=item.number,
        store=position.store,
        hinc=position.hinc,
        sinc=position.sinc,
        expires=int(from_instant(item.expires_at).timestamp()),
        pay_at=item.pay_at,
        due_minor=item.due_minor,
        currency=item.currency,
        code_hash=item.code_hash,
        lines=lines,
        line_count=len(lines),
        locale=item.locale,
    )


def digest_of(lines: Sequence[TokenLine]) -> str:
    """BLAKE2b-16 of the lines as a token writes them, in hex."""
    return blake2b(b"".join(map(_line_bytes, lines)), digest_size=16).hexdigest()


def fitted(claims: Claims, most_bytes: int = MOST_CLAIM_BYTES) -> Claims:
    """The claims as they fit a code: a larger order carries the digest of its lines instead."""
    if not claims.lines or len(encode_claims(claims)) <= most_bytes:
        return claims
    return replace(claims, lines=(), lines_digest=digest_of(claims.lines), line_count=len(claims.lines))


def encode_claims(claims: Claims) -> bytes:
    """The claims as bytes: what is signed.

    Raises:
        ValueError: a claim that cannot be written (no UUID, negative number, text too long).
    """
    flags = (_ONLINE if claims.pay_at == "online" else 0) | (0 if claims.lines else _DIGEST)
    fixed = (
        bytes([VERSION, flags])
        + _exactly(bytes.fromhex(claims.key_id), 4)
        + UUID(claims.order).bytes
        + _exactly(bytes.fromhex(claims.code_hash), 16)
        + _exactly(claims.currency.encode("ascii"), 3)
    )
    texts = map(compact.text, (claims.number, claims.store, claims.locale))
    count = len(claims.lines) or claims.line_count
    numbers = map(
        compact.number, (claims.hinc, claims.sinc, _unix(claims.expires), claims.due_minor, _count(count))
    )
    tail = map(_line_bytes, claims.lines) if claims.lines else (bytes.fromhex(claims.lines_digest),)
    return b"".join((fixed, *texts, *numbers, *tail))


def decode_claims(data: bytes) -> Claims:
    """The claims in `data`.

    Raises:
        TokenRefused: `damaged`: anything that `encode_claims` does not write.
    """
    reader = compact.Reader(data)
    try:
        claims = _read(reader)
        reader.finish()
        is_canonical = encode_claims(claims) == data
    except ValueError as error:
        raise TokenRefused("damaged", problem=str(error)[:120]) from error
    if not is_canonical:
        raise TokenRefused("damaged", problem="not in its one form")
    return claims


def to_text(claims: bytes, signature: bytes) -> str:
    """Encoded claims and their signature as the text of a QR code.

    Raises:
        ValueError: larger than a version 15 code; `fitted` claims with usual texts never are.
    """
    text = PREFIX + encode_base45(claims + _exactly(signature, SIGNATURE_BYTES))
    if len(text) > MOST_CHARACTERS:
        msg = f"a token of {len(text)} characters is larger than {MOST_CHARACTERS}"
        raise ValueError(msg)
    return text


def from_text(text: str) -> tuple[bytes, bytes]:
    """The encoded claims and the signature in a scanned text; nothing is verified yet.

    Raises:
        TokenRefused: `not_a_token`, another code; `damaged`.
    """
    text = text.strip()
    if not text.startswith(PREFIX):
        raise TokenRefused("not_a_token")
    if len(text) > MOST_CHARACTERS:
        raise TokenRefused("damaged", problem="too long")
    try:
        data = decode_base45(text[len(PREFIX) :])
    except InvalidBase45 as error:
        raise TokenRefused("damaged", problem=str(error)[:120]) from error
    if len(data) <= SIGNATURE_BYTES:
        raise TokenRefused("damaged", problem="too short")
    return data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]


def judge(claims: Claims, position: StorePosition, *, known: bool, now_unix: int) -> None:
    """Whether this store may serve verified claims.

    A hold that the ledger knows is served (or refused as finished) by the ledger, whatever the
    incarnations; an unknown one is accepted only where nothing can have been forgotten.

    Raises:
        TokenRefused: `wrong_store`; for an order unknown here also `other_incarnation`, `expired`
            and `needs_line` (the code is too small for its lines: ask the hub).
    """
    if claims.store != position.store:
        raise TokenRefused("wrong_store", store=claims.store)
    if known:
        return
    if not same_incarnations(claims, position):
        raise TokenRefused("other_incarnation", hinc=claims.hinc, sinc=claims.sinc)
    if now_unix >= claims.expires:
        raise TokenRefused("expired", expires=claims.expires)
    if not claims.lines:
        raise TokenRefused("needs_line", lines=claims.line_count)


def same_incarnations(claims: Claims, position: StorePosition) -> bool:
    """Whether the hold was dispatched by this hub to this very ledger, which still serves."""
    return (claims.hinc, claims.sinc, False) == (position.hinc, position.sinc, position.fenced)


def hold_from_claims(claims: Claims) -> HoldItem:
    """The hold that claims carry, for a ledger that never received it.

    Raises:
        TokenRefused: `needs_line`, only a digest of the lines is there.
    """
    if not claims.lines:
        raise TokenRefused("needs_line", lines=claims.line_count)
    expires_at = to_instant(datetime.fromtimestamp(claims.expires, UTC))
    return HoldItem(
        order=claims.order,
        number=claims.number,
        code_hash=claims.code_hash,
        pay_at=claims.pay_at,
        due_minor=claims.due_minor,
        currency=claims.currency,
        placed_at=_made_at(UUID(claims.order)) or expires_at,
        ready_by=expires_at,
        expires_at=expires_at,
        lines=tuple(
            HoldLine(line=line.line, sku=line.sku, qty=line.qty, names={}, price_minor=line.price_minor)
            for line in claims.lines
        ),
        locale=claims.locale,
    )


def _made_at(order: UUID) -> str | None:
    """When a UUIDv7 was made (RFC 9562, section 5.7: 48 bits of milliseconds); None for other kinds."""
    milliseconds = order.int >> 80
    if order.version != 7 or milliseconds > _LATEST_UNIX * 1000:
        return None
    return to_instant(datetime.fromtimestamp(milliseconds // 1000, UTC))


def _read(reader: compact.Reader) -> Claims:
    """All claims, in their order."""
    version, flags = reader.take(2)
    if version != VERSION or flags & ~(_ONLINE | _DIGEST):
        msg = f"version {version} with flags {flags} is not known"
        raise compact.Broken(msg)
    key_id, order, code_hash = reader.take(4).hex(), str(UUID(bytes=reader.take(16))), reader.take(16).hex()
    currency = reader.take(3).decode("ascii")
    number, store, locale = reader.text(), reader.text(), reader.text()
    hinc, sinc, expires, due_minor, count = (reader.number() for _ in range(5))
    is_digest = bool(flags & _DIGEST)
    lines = () if is_digest else tuple(_read_line(reader) for _ in range(_count(count)))
    return Claims(
        key_id=key_id,
        order=order,
        number=number,
        store=store,
        hinc=hinc,
        sinc=sinc,
        expires=expires,
        pay_at="online" if flags & _ONLINE else "counter",
        due_minor=due_minor,
        currency=currency,
        code_hash=code_hash,
        lines=lines,
        lines_digest=reader.take(16).hex() if is_digest else "",
        line_count=count,
        locale=locale,
    )


def _line_bytes(line: TokenLine) -> bytes:
    """One line as a token writes it."""
    return b"".join(
        (
            compact.number(line.line),
            compact.text(line.sku),
            compact.number(line.qty),
            compact.number(line.price_minor),
        )
    )


def _read_line(reader: compact.Reader) -> TokenLine:
    """The next line: a number and at least one unit."""
    number, sku, qty, price_minor = reader.number(), reader.text(), reader.number(), reader.number()
    if not number or not qty or not sku:
        msg = "a line without number, SKU or units"
        raise compact.Broken(msg)
    return TokenLine(line=number, sku=sku, qty=qty, price_minor=price_minor)


def _exactly(data: bytes, size: int) -> bytes:
    """`data` if it has `size` bytes."""
    if len(data) != size:
        msg = f"{len(data)} bytes where {size} belong"
        raise ValueError(msg)
    return data


def _count(count: int) -> int:
    """A number of lines that an order can have."""
    if not 1 <= count <= MOST_LINES:
        msg = f"{count} lines are not between 1 and {MOST_LINES}"
        raise ValueError(msg)
    return count


def _unix(seconds: int) -> int:
    """Unix seconds within the years that a date can name."""
    if seconds > _LATEST_UNIX:
        msg = f"{seconds} lies beyond the year 9999"
        raise ValueError(msg)
    return seconds
