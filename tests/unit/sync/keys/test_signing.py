"""Signing and verifying pickup tokens, and the files that keys live in."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.keys.errors import KeyFileBroken, KeyFileMissing, KeyFileUnsafe
from sync.keys.signing import KeyRing, SigningKey, key_id_of
from sync.rules.errors import TokenRefused
from sync.rules.pickup_token import MOST_CHARACTERS, PREFIX, Claims, TokenLine
from sync.values.base45 import ALPHABET, decode_base45, encode_base45

KEY = SigningKey.from_bytes(bytes(range(32)))
RING = KeyRing.of(KEY.public)
CLAIMS = Claims(
    key_id=KEY.key_id,
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
    lines=(TokenLine(line=1, sku="LIP-01", qty=2, price_minor=4500),),
    line_count=1,
    locale="en",
)
TOKEN = KEY.sign(replace(CLAIMS, key_id="00000000"))


def test_a_signed_token_is_read_back_with_the_signers_key_id() -> None:
    assert RING.verify(TOKEN) == CLAIMS


def test_a_token_is_alphanumeric_and_small_enough_for_a_till_scanner() -> None:
    lines = tuple(TokenLine(line=n, sku=f"SKU-{n:08}", qty=n) for n in range(1, 101))
    large = KEY.sign(replace(CLAIMS, lines=lines, line_count=100))
    assert set(TOKEN + large) <= set(ALPHABET)
    assert max(len(TOKEN), len(large)) <= MOST_CHARACTERS
    assert RING.verify(large).lines == ()


def test_a_token_of_an_unknown_key_is_refused() -> None:
    with pytest.raises(TokenRefused) as refused:
        KeyRing.of(SigningKey.generate().public).verify(TOKEN)
    assert refused.value.code == "unknown_key"


@given(st.data())
def test_no_bit_of_a_token_can_be_changed(data: st.DataObject) -> None:
    body = bytearray(decode_base45(TOKEN.removeprefix(PREFIX)))
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    body[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TokenRefused) as refused:
        RING.verify(PREFIX + encode_base45(bytes(body)))
    assert refused.value.code in {"damaged", "unknown_key", "forged"}


@given(st.text(max_size=60) | st.binary(max_size=300).map(lambda data: PREFIX + encode_base45(data)))
def test_any_scan_is_a_token_or_a_refusal(text: str) -> None:
    with pytest.raises(TokenRefused):
        RING.verify(text)


def test_a_key_file_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    key = SigningKey.create(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SigningKey.load(path).public == key.public
    with pytest.raises(FileExistsError):
        SigningKey.create(path)
    assert SigningKey.load(path).to_bytes() == key.to_bytes()


def test_a_key_file_that_is_missing_readable_by_others_or_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing):
        SigningKey.load(tmp_path / "none.key")
    path = tmp_path / "signing.key"
    SigningKey.create(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileUnsafe):
        SigningKey.load(path)
    path.chmod(0o600)
    for content in (b"", b"abcd", b"no hex", b"\xff" * 32, b"0" * 5000):
        path.write_bytes(content)
        with pytest.raises(KeyFileBroken):
            SigningKey.load(path)


def test_a_ring_holds_each_key_under_its_own_id_only() -> None:
    assert KeyRing({key_id_of(KEY.public): KEY.public}).verify(TOKEN) == CLAIMS
    with pytest.raises(ValueError, match="is not the id"):
        KeyRing({"00000000": KEY.public})
    with pytest.raises(ValueError, match="32"):
        SigningKey.from_bytes(b"short")


def test_a_secret_never_shows() -> None:
    assert KEY.to_bytes().hex() not in repr(KEY)
    assert repr(KEY) == f"SigningKey({KEY.key_id})"
