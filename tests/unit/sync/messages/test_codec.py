"""The codec's form on the wire, its limits, and its words."""

import json
import zlib
from hashlib import sha512
from typing import Any

import pytest

from sync.messages.codec import (
    MOST_JSON_BYTES,
    MOST_WIRE_BYTES,
    decode,
    encode,
    parse_fact,
    parse_item,
)
from sync.messages.errors import NewerVersion, Undecodable
from sync.rules.canonical import GENESIS, canonical, link_chain
from sync.rules.errors import Unbookable
from sync.rules.streams import Ask, Up

ASK = Ask(store="s1", sinc=2, name="catalog", since=7)
AT = "2026-05-01T10:00:00.000Z"
UP = Up(store="s1", sinc=2, hinc=3, first=1, chain_before="0" * 16, head=1, dver=0)
MOST_DIGITS = 4_300
GRANT = {"kind": "grant", "sku": "茶", "granted": 4, "at": AT}


def with_events(*events: dict[str, Any]) -> Up:
    """An UP with these events."""
    return Up(store="s1", sinc=2, hinc=3, first=1, chain_before="0" * 16, head=1, dver=0, events=events)


def test_a_small_message_is_plain_json_after_one_byte() -> None:
    assert encode(ASK) == b'j{"kind":"ask","store":"s1","sinc":2,"name":"catalog","since":7,"v":1}'


def test_a_large_message_is_packed_and_smaller() -> None:
    up = with_events(*[GRANT] * 100)
    payload = encode(up)
    assert payload[:1] == b"z"
    assert len(payload) < 1000
    assert decode(payload) == up


def test_a_message_beyond_the_limit_is_never_sent() -> None:
    noise = with_events(*[{"kind": sha512(bytes([n, m])).hexdigest()} for n in range(200) for m in range(9)])
    with pytest.raises(ValueError, match="larger than 65536"):
        encode(noise)


def test_both_forms_are_read_whatever_the_size() -> None:
    body = encode(ASK)[1:]
    assert decode(b"z" + zlib.compress(body)) == ASK
    assert decode(b"j" + body + b" " * 2000) == ASK


def test_an_event_with_an_absurd_number_gets_through_to_become_a_dead_letter() -> None:
    absurd = with_events({**GRANT, "granted": 10**MOST_DIGITS - 1})
    decoded = decode(encode(absurd))
    assert decoded == absurd
    assert link_chain(GENESIS, absurd.events[0]) == "b624f4849070f154"
    with pytest.raises(Unbookable) as refused:
        parse_fact(absurd.events[0])
    assert (refused.value.code, refused.value.facts["field"]) == ("bad_event", "granted")


def test_a_number_that_no_reader_takes_is_one_that_no_ledger_can_hold() -> None:
    body = encode(with_events({**GRANT, "granted": 7})).replace(
        b'"granted":7', b'"granted":1' + b"0" * MOST_DIGITS
    )
    with pytest.raises(Undecodable, match="number out of range"):
        decode(body)
    with pytest.raises(ValueError, match="limit"):
        canonical({**GRANT, "granted": 10**MOST_DIGITS})


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "unknown encoding byte"),
        (b"x{}", "unknown encoding byte b'x'"),
        (b"j", "Invalid JSON"),
        (b"j{}", "kind"),
        (b'j{"kind":"spell"}', "spell"),
        (b'j{"kind":"ask","store":"s1","sinc":2,"name":"catalog","since":7,"v":2}', "v"),
        (b'j{"kind":"ask","store":"S1","sinc":2,"name":"catalog","since":7}', "ask.store"),
        (b'j{"kind":"ask","store":"s1","sinc":2,"name":"catalog","since":"7"}', "ask.since"),
        (b'j{"kind":"ask","store":"s1","sinc":2,"name":"catalog","since":7,"more":1}', "ask.more"),
        (b'j{"kind":"ask","store":"s1","sinc":-1,"name":"catalog","since":7}', "ask.sinc"),
        (b'j{"kind":"ask","store":"s1","sinc":true,"name":"catalog","since":7}', "ask.sinc"),
        (b"znot packed", "broken packing"),
        (b"z" + zlib.compress(b"{}")[:-1], "cut off"),
        (b"z" + zlib.compress(encode(ASK)[1:]) + b"tail", "goes on"),
        (b"z" + zlib.compress(b" " * (MOST_JSON_BYTES + 1)), "unpacks to more"),
        (b"j" + b" " * MOST_WIRE_BYTES, "more than 65536"),
        (b'j{"kind":"up","events":' + b"[" * 5000 + b"]" * 5000 + b"}", "Invalid JSON"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(payload: bytes, says: str) -> None:
    with pytest.raises(Undecodable, match=says):
        decode(payload)


@pytest.mark.parametrize("body", [b'{"kind":"ask","v":2}', b'{"v":3,"kind":"spell","more":[]}'])
def test_a_message_of_a_newer_version_is_told_from_garbage(body: bytes) -> None:
    for payload in (b"j" + body, b"z" + zlib.compress(body)):
        with pytest.raises(NewerVersion, match=r"of version \d; this program speaks 1 at most"):
            decode(payload)


@pytest.mark.parametrize(
    "body", [b'{"v":true}', b'{"v":0}', b'{"v":"2"}', b"[2]", b'{"v":9000000000}', b'{"v":2']
)
def test_what_only_looks_like_a_newer_version_is_garbage(body: bytes) -> None:
    with pytest.raises(Undecodable) as refused:
        decode(b"j" + body)
    assert type(refused.value) is Undecodable


def test_an_up_holds_200_events_at_most() -> None:
    payload = encode(with_events(*[GRANT] * 200))
    assert len(getattr(decode(payload), "events", ())) == 200
    with pytest.raises(Undecodable, match="events"):
        decode(encode(with_events(*[GRANT] * 201)))


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        ({}, "unknown_event", None),
        ({"kind": "spell"}, "unknown_event", None),
        ({"kind": ["grant"]}, "unknown_event", None),
        ({"kind": "grant"}, "bad_event", "sku"),
        ({**GRANT, "granted": "4"}, "bad_event", "granted"),
        ({**GRANT, "granted": 2**53}, "bad_event", "granted"),
        ({**GRANT, "more": 1}, "bad_event", "more"),
        ({**GRANT, "at": "today"}, "bad_event", "at"),
        ({"kind": "move", "reason": "sale", "lines": [], "at": AT}, "bad_event", "lines"),
        (
            {"kind": "move", "reason": "sale", "lines": [{"sku": "a", "qty": 0}], "at": AT},
            "bad_event",
            "lines.0.qty",
        ),
    ],
)
def test_an_event_that_cannot_be_read_says_which_field(
    raw: dict[str, Any], code: str, field: str | None
) -> None:
    with pytest.raises(Unbookable) as unbookable:
        parse_fact(raw)
    assert unbookable.value.code == code
    assert unbookable.value.facts.get("field") == field


def test_an_item_that_cannot_be_read_says_so() -> None:
    for raw, code in (({"kind": "grant"}, "unknown_item"), ({"kind": "want"}, "bad_item")):
        with pytest.raises(Unbookable) as unbookable:
            parse_item(raw)
        assert unbookable.value.code == code


def test_the_wire_writes_no_field_that_says_nothing() -> None:
    assert json.loads(encode(UP)[1:]) == {
        "kind": "up", "v": 1, "store": "s1", "sinc": 2, "hinc": 3, "first": 1,
        "chain_before": "0" * 16, "head": 1, "dver": 0,
    }  # fmt: skip
