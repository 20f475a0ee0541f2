"""Presence and health: small JSON objects and nothing else, of any bytes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.link.read_state import MOST_BYTES, is_live, is_of, read_object
from sync.link.port import Message


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"1",
        b"{",
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":"\\ud800"}',
        b"\xff",
        b"[" * 10_000,
        b'{"a":"' + b"x" * MOST_BYTES + b'"}',
        b'{"a":' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_no_small_object_is_nothing(payload: bytes) -> None:
    assert read_object(payload) is None


def test_an_object_is_read() -> None:
    assert read_object('{"state":"在线","n":1}'.encode()) == {"state": "在线", "n": 1}


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_give_an_object_that_can_be_written_or_nothing(payload: bytes) -> None:
    found = read_object(payload)
    if found is not None:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("said", "known"),
    [({"sinc": 2}, True), ({"sinc": 3}, True), ({"sinc": 1}, False), ({}, True), ({"sinc": "1"}, True)],
)
def test_an_earlier_incarnations_word_does_not_count(said: dict[str, object], known: bool) -> None:
    assert is_of(said, 2) is known


@pytest.mark.parametrize(
    ("said", "retained", "lives"),
    [
        ({"sinc": 2}, False, True),
        ({"sinc": 2}, True, False),
        ({"sinc": 1}, False, False),
        ({"sinc": 3}, False, False),
        ({}, False, False),
    ],
)
def test_only_what_the_present_incarnation_says_now_is_a_sign_of_life(
    said: dict[str, object], retained: bool, lives: bool
) -> None:
    assert is_live(said, 2, Message("t", b"", retained)) is lives
