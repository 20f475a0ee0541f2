"""Base45 against the examples of RFC 9285 and against everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.values.base45 import ALPHABET, InvalidBase45, decode_base45, encode_base45


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_the_examples_of_the_standard(data: bytes, text: str) -> None:
    assert encode_base45(data) == text
    assert decode_base45(text) == data


@pytest.mark.parametrize("text", ["GGW", "::", ":::", "A", "BB8A", "bb8", "AÄA", "BB8\n0"])
def test_no_encoding_of_anything_is_refused(text: str) -> None:
    with pytest.raises(InvalidBase45):
        decode_base45(text)


@given(st.binary(max_size=80))
def test_any_bytes_come_back(data: bytes) -> None:
    text = encode_base45(data)
    assert decode_base45(text) == data
    assert text == text.strip(" ") or text.startswith(" ")


@given(st.text(ALPHABET, max_size=40))
def test_a_text_has_bytes_of_its_own_or_none(text: str) -> None:
    try:
        data = decode_base45(text)
    except InvalidBase45:
        return
    assert encode_base45(data) == text
