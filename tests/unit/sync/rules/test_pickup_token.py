"""The pickup token's claims: one encoding, strict reading, judged by incarnation."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.rules import compact
from sync.rules.books import HubPosition, StorePosition
from sync.rules.errors import TokenRefused
from sync.rules.items import HoldItem, HoldLine
from sync.rules.pickup_token import (
    MOST_CHARACTERS,
    MOST_CLAIM_BYTES,
    PREFIX,
    Claims,
    TokenLine,
    claims_of,
    decode_claims,
    digest_of,
    encode_claims,
    fitted,
    from_text,
    hold_from_claims,
    judge,
    to_text,
)

CLAIMS = Claims(
    key_id="0badcafe",
    order="0192f0c1-2345-7abc-8def-0123456789ab",
    number="A-1042",
    store="shanghai-1",
    hinc=3,
    sinc=2,
    expires=1_800_000_000,
    pay_at="counter",
    due_minor=12_900,
    currency="CNY",
    code_hash="00112233445566778899aabbccddeeff",
    lines=(
        TokenLine(line=1, sku="LIP-01", qty=2, price_minor=4500),
        TokenLine(line=2, sku="面膜", qty=300, price_minor=13),
    ),
    line_count=2,
    locale="zh-CN",
)
HERE = StorePosition(store="shanghai-1", sinc=2, hinc=3)
LARGE = replace(
    CLAIMS,
    lines=tuple(TokenLine(line=n, sku=f"SKU-{n:08}", qty=n, price_minor=n) for n in range(1, 41)),
    line_count=40,
)


def refusal(call: object, *args: object, **named: object) -> str:
    """The code with which a call refuses."""
    with pytest.raises(TokenRefused) as refused:
        call(*args, **named)  # type: ignore[operator]
    return refused.value.code


def read_or_code(data: bytes) -> Claims | str:
    """What bytes say, or the code with which they are refused."""
    try:
        return decode_claims(data)
    except TokenRefused as error:
        return error.code


def test_claims_come_back_as_they_were() -> None:
    assert decode_claims(encode_claims(CLAIMS)) == CLAIMS
    online = replace(CLAIMS, pay_at="online", locale="")
    assert decode_claims(encode_claims(online)) == online


def test_the_encoding_stays_what_stores_have_learned_to_read() -> None:
    assert encode_claims(CLAIMS).hex() == (
        "01000badcafe0192f0c123457abc8def0123456789ab00112233445566778899aabbccddeeff434e59"
        "06412d31303432" "0a7368616e676861692d31" "057a682d434e" "0302" "80a4a7da06" "e46402"
        "01064c49502d3031029423" "0206e99da2e8869cac020d"
    )  # fmt: skip


def test_a_small_order_carries_its_lines_and_a_large_one_their_digest() -> None:
    assert fitted(CLAIMS) is CLAIMS
    small = fitted(LARGE)
    assert (small.lines, small.lines_digest, small.line_count) == ((), digest_of(LARGE.lines), 40)
    assert fitted(small) is small
    assert decode_claims(encode_claims(small)) == small


def test_the_largest_token_with_lines_fills_a_version_15_code() -> None:
    room = MOST_CLAIM_BYTES - len(encode_claims(replace(CLAIMS, number="")))
    full = replace(CLAIMS, number="9" * room)
    assert fitted(full) is full
    assert MOST_CHARACTERS - 3 < len(to_text(encode_claims(full), bytes(64))) <= MOST_CHARACTERS
    over = replace(CLAIMS, number="9" * (room + 1))
    assert fitted(over).lines == ()


def test_a_token_that_no_code_could_show_is_not_made() -> None:
    with pytest.raises(ValueError, match="larger than 600"):
        to_text(bytes(MOST_CLAIM_BYTES + 1), bytes(64))


def test_text_and_bytes_are_two_ways_to_write_one_token() -> None:
    data = encode_claims(CLAIMS)
    text = to_text(data, bytes(range(64)))
    assert text.startswith(PREFIX)
    assert from_text(f" {text}\r\n") == (data, bytes(range(64)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_token"),
        ("6901234567892", "not_a_token"),
        ("omo1:ABC", "not_a_token"),
        ("OMO1:", "damaged"),
        ("OMO1:a", "damaged"),
        ("OMO1:" + "0" * 96, "damaged"),
        ("OMO1:" + "0" * 596, "damaged"),
    ],
)
def test_other_scans_and_damaged_tokens_are_told_apart(text: str, code: str) -> None:
    assert refusal(from_text, text) == code


def test_every_truncation_and_every_flipped_bit_of_the_layout_is_refused_or_reads_as_itself() -> None:
    data = encode_claims(CLAIMS)
    assert {refusal(decode_claims, data[:size]) for size in range(len(data))} == {"damaged"}
    assert refusal(decode_claims, data + b"\0") == "damaged"
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        claims = read_or_code(bytes(changed))
        assert claims == "damaged" or (
            isinstance(claims, Claims) and claims != CLAIMS and encode_claims(claims) == changed
        )


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: encode_claims(CLAIMS)[:60] + tail))
def test_any_bytes_are_claims_or_damaged(data: bytes) -> None:
    claims = read_or_code(data)
    assert claims == "damaged" or (isinstance(claims, Claims) and encode_claims(claims) == data)


@given(st.text(max_size=100) | st.binary(max_size=90).map(lambda data: PREFIX + data.hex().upper()))
def test_any_text_is_refused_in_one_of_two_ways_or_has_bytes(text: str) -> None:
    try:
        data, signature = from_text(text)
    except TokenRefused as error:
        code = error.code
    else:
        code = "read"
        assert to_text(data, signature) == text.strip()
    assert code in {"read", "not_a_token", "damaged"}


@pytest.mark.parametrize(
    "changes",
    [
        {"key_id": "0bad"},
        {"currency": "RMBY"},
        {"currency": "人民"},
        {"code_hash": "00"},
        {"due_minor": -1},
        {"expires": 2**53 - 1},
        {"lines": (), "lines_digest": "00" * 16, "line_count": 0},
        {"lines": CLAIMS.lines * 51},
        {"number": "9" * 256},
        {"order": "not-a-uuid"},
    ],
)
def test_claims_that_cannot_be_written_are_never_half_written(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the caller's bug, whichever claim it is
        encode_claims(replace(CLAIMS, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("line", [b"\0\1A\1\0", b"\1\0\1\0", b"\1\1A\0\0"])
def test_a_line_without_number_sku_or_units_is_damaged(line: bytes) -> None:
    head = encode_claims(replace(CLAIMS, lines=CLAIMS.lines[:1]))
    cut = head.rindex(b"\1\6LIP-01")
    assert refusal(decode_claims, head[:cut] + line) == "damaged"


def test_a_number_written_longer_than_it_needs_to_be_is_damaged() -> None:
    data = encode_claims(CLAIMS)
    head, tail = data[:-1], data[-1]
    assert refusal(decode_claims, head + bytes([tail | 0x80, 0])) == "damaged"


def test_numbers_have_a_limit_and_an_end() -> None:
    assert compact.Reader(compact.number(compact.MOST_NUMBER)).number() == compact.MOST_NUMBER
    for data in (b"\xff" * 12, compact.number(2**53 - 1)[:-1] + b"\x7f", b""):
        with pytest.raises(compact.Broken):
            compact.Reader(data).number()


@pytest.mark.parametrize(
    ("position", "known", "now", "code"),
    [
        (replace(HERE, store="shanghai-2"), False, 0, "wrong_store"),
        (replace(HERE, store="shanghai-2"), True, 0, "wrong_store"),
        (replace(HERE, hinc=4), False, 0, "other_incarnation"),
        (replace(HERE, sinc=3), False, 0, "other_incarnation"),
        (replace(HERE, fenced=True), False, 0, "other_incarnation"),
        (HERE, False, CLAIMS.expires, "expired"),
    ],
)
def test_a_token_of_elsewhere_or_of_another_time_is_refused(
    position: StorePosition, known: bool, now: int, code: str
) -> None:
    assert refusal(judge, CLAIMS, position, known=known, now_unix=now) == code


def test_a_valid_token_is_served_and_a_known_order_is_the_ledgers_matter() -> None:
    judge(CLAIMS, HERE, known=False, now_unix=CLAIMS.expires - 1)
    judge(CLAIMS, replace(HERE, hinc=9, sinc=9), known=True, now_unix=CLAIMS.expires + 1)
    judge(fitted(LARGE), HERE, known=True, now_unix=0)


def test_a_digest_of_lines_needs_the_line() -> None:
    assert refusal(judge, fitted(LARGE), HERE, known=False, now_unix=0) == "needs_line"
    assert refusal(hold_from_claims, fitted(LARGE)) == "needs_line"


def test_claims_carry_the_hold_to_a_store_that_never_heard_of_it() -> None:
    hold = hold_from_claims(CLAIMS)

    assert hold == HoldItem(
        order=CLAIMS.order,
        number="A-1042",
        code_hash=CLAIMS.code_hash,
        pay_at="counter",
        due_minor=12_900,
        currency="CNY",
        placed_at="2024-11-03T06:40:42.000Z",
        ready_by="2027-01-15T08:00:00.000Z",
        expires_at="2027-01-15T08:00:00.000Z",
        lines=(
            HoldLine(line=1, sku="LIP-01", qty=2, names={}, price_minor=4500),
            HoldLine(line=2, sku="面膜", qty=300, names={}, price_minor=13),
        ),
    )
    position = HubPosition(store="shanghai-1", sinc=2, hinc=3)
    assert claims_of(hold, position, "0badcafe") == CLAIMS


@pytest.mark.parametrize(
    "order", ["00000000-0000-4000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"]
)
def test_an_order_id_without_a_time_takes_the_expiry_as_its_own(order: str) -> None:
    assert hold_from_claims(replace(CLAIMS, order=order)).placed_at == "2027-01-15T08:00:00.000Z"
