"""The wire under any bytes: a message, or Undecodable; an event, or Unbookable; nothing else."""

import json
import zlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.messages.codec import decode, encode, parse_fact, parse_item, to_raw_message
from sync.messages.errors import Undecodable
from sync.rules.canonical import Raw, canonical, to_raw
from sync.rules.errors import Unbookable
from sync.rules.facts import FACTS as FACT_KINDS
from sync.rules.facts import Fact
from sync.rules.items import ITEMS as ITEM_KINDS
from sync.rules.items import Item
from sync.rules.streams import Message
from tests.property.sync.wire_values import ANY_JSON, FACTS, ITEMS, MESSAGES


def decoded(payload: bytes) -> Message | None:
    """The message in a payload; None where it is refused."""
    try:
        return decode(payload)
    except Undecodable:
        return None


@given(MESSAGES)
def test_every_message_comes_back_as_it_was(message: Message) -> None:
    assert decode(encode(message)) == message


@given(FACTS)
def test_every_fact_comes_back_as_it_was(fact: Fact) -> None:
    assert parse_fact(json.loads(canonical(to_raw(fact)))) == fact


@given(ITEMS)
def test_every_item_comes_back_as_it_was(item: Item) -> None:
    assert parse_item(json.loads(canonical(to_raw(item)))) == item


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=300).map(lambda data: b"j" + data),
        st.binary(max_size=300).map(lambda data: b"z" + data),
        st.binary(max_size=300).map(lambda data: b"z" + zlib.compress(data)),
        ANY_JSON.map(lambda value: b"j" + json.dumps(value).encode()),
    )
)
def test_any_bytes_are_refused(payload: bytes) -> None:
    assert decoded(payload) is None


@given(MESSAGES, st.data())
@settings(max_examples=200)
def test_a_message_with_anything_in_one_field_is_read_or_refused(
    message: Message, data: st.DataObject
) -> None:
    raw = to_raw_message(message)
    raw[data.draw(st.sampled_from(sorted(raw)) | st.text(max_size=5))] = data.draw(ANY_JSON)
    found = decoded(b"j" + json.dumps(raw).encode())
    assert found is None or decode(encode(found)) == found


@given(MESSAGES, st.data())
def test_a_torn_message_is_refused(message: Message, data: st.DataObject) -> None:
    payload = encode(message)
    assert decoded(payload[: data.draw(st.integers(0, len(payload) - 1))]) is None
    assert decoded(payload + b"}") is None


@given(ANY_JSON, st.sampled_from([*FACT_KINDS, "spell", 7, None]), st.data())
@settings(max_examples=300)
def test_any_event_and_any_item_is_a_value_or_a_reason(body: Any, kind: object, data: st.DataObject) -> None:
    raw: Raw = body if isinstance(body, dict) else {"body": body}
    raw = {**raw, "kind": kind}
    for parse in (parse_fact, parse_item):
        try:
            parse(raw)
        except Unbookable as error:
            code = error.code
        else:
            code = "read"
        assert code in {"unknown_event", "bad_event", "unknown_item", "bad_item"}


@given(FACTS | ITEMS, st.data())
@settings(max_examples=300)
def test_one_wrong_field_makes_an_event_or_item_read_or_refused(
    value: Fact | Item, data: st.DataObject
) -> None:
    raw = to_raw(value)
    raw[data.draw(st.sampled_from(sorted(raw)))] = data.draw(ANY_JSON)
    kinds = {**FACT_KINDS, **ITEM_KINDS}
    for parse in (parse_fact, parse_item):
        try:
            found: object = parse(raw)
        except Unbookable as error:
            found = error
        assert isinstance(found, (Unbookable, *kinds.values()))
