"""Messages to bytes and back: UTF-8 JSON, its first byte tells whether zlib is around it.

    b"j" + JSON            up to 1 KiB
    b"z" + zlib(JSON)      above

At most 64 KiB on the wire; a message claims at most 1 MiB once unpacked, so no few bytes can fill
the memory. Every value is checked by the rules' own types and bounds before anything reads it.
"""

import json
import zlib
from functools import cache
from typing import Annotated, Any, Final, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from sync.messages.errors import NewerVersion, Undecodable
from sync.rules.canonical import Raw, to_raw
from sync.rules.digest import Compare, Digest, Rows
from sync.rules.errors import Unbookable
from sync.rules.facts import FACTS, Fact
from sync.rules.items import ITEMS, Item
from sync.rules.streams import PROTOCOL_MAX, Ask, Down, Hello, Message, Page, Up
from sync.values.bounds import MOST_UNITS

PACK_FROM_BYTES = 1024
MOST_WIRE_BYTES = 64 * 1024
MOST_JSON_BYTES = 1024 * 1024
PLAIN: Final = b"j"
PACKED: Final = b"z"
UP_KINDS = (Up, Hello, Ask, Digest, Rows)
DOWN_KINDS = (Down, Hello, Page, Compare)


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The validator of one dataclass: unknown keys refused, built once."""
    kind.__pydantic_config__ = ConfigDict(extra="forbid", strict=False)
    return TypeAdapter(kind)


@cache
def message_adapter() -> TypeAdapter[Message]:
    """The validator of any message, told apart by `kind`."""
    for kind in get_args(Message):
        kind.__pydantic_config__ = ConfigDict(extra="forbid")
    return TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def encode(message: Message) -> bytes:
    """The message as wire bytes.

    Raises:
        ValueError: it would exceed MOST_WIRE_BYTES: the caller's pages are too large.
    """
    body = json.dumps(to_raw_message(message), ensure_ascii=False, separators=(",", ":")).encode()
    payload = PLAIN + body if len(body) < PACK_FROM_BYTES else PACKED + zlib.compress(body, 1)
    if len(payload) > MOST_WIRE_BYTES:
        msg = f"a {message.kind} of {len(payload)} bytes is larger than {MOST_WIRE_BYTES}"
        raise ValueError(msg)
    return payload


def to_raw_message(message: Message) -> Raw:
    """A message as a JSON object; events and items are JSON objects already."""
    return {**to_raw(message), "kind": message.kind, "v": message.v}


def decode(payload: bytes) -> Message:
    """The message in wire bytes.

    An event that is JSON but can never be booked gets through, for it to become a dead letter. What
    the chain could not be reckoned over does not: an integer of more than 4,300 digits is neither read
    here nor written by `canonical`, so no ledger holds one.

    Raises:
        NewerVersion: whatever it says, it says it in a version that this program does not know.
        Undecodable: too large, broken packing, no JSON, or not a message of this version.
    """
    if len(payload) > MOST_WIRE_BYTES:
        msg = f"{len(payload)} bytes are more than {MOST_WIRE_BYTES}"
        raise Undecodable(msg)
    body = _unpack(payload)
    try:
        return message_adapter().validate_json(body)
    except ValidationError as error:
        _refuse_newer(body)
        first = error.errors(include_url=False, include_input=False)[0]
        msg = f"{'.'.join(map(str, first['loc'][:4]))}: {first['msg']}"
        raise Undecodable(msg) from error
    except RecursionError as error:
        msg = "nested too deeply"
        raise Undecodable(msg) from error


def _refuse_newer(body: bytes) -> None:
    """Tell a message of a newer version from garbage: its `v` says so, whatever else it holds.

    Raises:
        NewerVersion: `v` is above what this program speaks.
    """
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return
    version = raw.get("v") if isinstance(raw, dict) else None
    if type(version) is int and PROTOCOL_MAX < version <= MOST_UNITS:
        msg = f"a message of version {version}; this program speaks {PROTOCOL_MAX} at most"
        raise NewerVersion(msg)


def _unpack(payload: bytes) -> bytes:
    """The JSON bytes inside a payload."""
    form, body = payload[:1], payload[1:]
    if form == PLAIN:
        return body
    if form != PACKED:
        msg = f"unknown encoding byte {form!r}"
        raise Undecodable(msg)
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(body, MOST_JSON_BYTES)
    except zlib.error as error:
        msg = f"broken packing: {error}"
        raise Undecodable(msg) from error
    if stream.unconsumed_tail or stream.unused_data or not stream.eof:
        msg = f"unpacks to more than {MOST_JSON_BYTES} bytes, is cut off, or goes on after its end"
        raise Undecodable(msg)
    return unpacked


def parse_fact(raw: Raw) -> Fact:
    """One event's value.

    Raises:
        Unbookable: `unknown_event` or `bad_event`, with the field.
    """
    return _parse(raw, FACTS, "event")  # type: ignore[no-any-return]


def parse_item(raw: Raw) -> Item:
    """One item's value.

    Raises:
        Unbookable: `unknown_item` or `bad_item`, with the field.
    """
    return _parse(raw, ITEMS, "item")  # type: ignore[no-any-return]


def _parse(raw: Raw, kinds: Any, what: str) -> Any:
    """The value of one tagged object, checked by its own class."""
    kind = kinds.get(raw.get("kind")) if isinstance(raw.get("kind"), str) else None
    if kind is None:
        raise Unbookable(f"unknown_{what}", kind=str(raw.get("kind"))[:40])
    try:
        return adapter(kind).validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Unbookable(
            f"bad_{what}", field=".".join(map(str, first["loc"][:4])), problem=first["msg"]
        ) from error
