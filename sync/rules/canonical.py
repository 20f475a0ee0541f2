"""One way to write a fact down: canonical JSON, and the chain over it.

Numbers are integers only, so both sides write the same bytes for the same object.
"""

import json
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from typing import Any

Raw = dict[str, Any]
"""A fact or an item as the wire carries it: JSON object, `kind` among its keys."""

GENESIS = "0" * 16
"""The chain before the first event of an incarnation."""


def canonical(raw: Raw) -> bytes:
    """`raw` as UTF-8 JSON with sorted keys and no blanks."""
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link_chain(chain: str, raw: Raw) -> str:
    """The chain after one more event: BLAKE2b-8 over (previous chain, canonical event), in hex."""
    return blake2b(bytes.fromhex(chain) + canonical(raw), digest_size=8).hexdigest()


_PLAIN: frozenset[type] = frozenset({str, int, bool, type(None)})


_SHAPES: dict[type, tuple[tuple[str, Any], ...] | None] = {}


def _shape(kind: type) -> tuple[tuple[str, Any], ...] | None:
    """Field names and defaults of a dataclass, read once; None for any other type."""
    if kind not in _SHAPES:
        named = tuple((field.name, field.default) for field in fields(kind)) if is_dataclass(kind) else None
        _SHAPES[kind] = named
    return _SHAPES[kind]


def to_raw(value: Any) -> Any:
    """A dataclass of the rules as a JSON value; what equals its default is left out, but for `kind`."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    shape = _shape(kind)
    if shape is not None:
        raw: Raw = {}
        for name, default in shape:
            item = getattr(value, name)
            if name == "kind" or item != default:
                raw[name] = item if type(item) in _PLAIN else to_raw(item)
        return raw
    if isinstance(value, tuple | list):
        return [to_raw(item) for item in value]
    if isinstance(value, dict):
        return {key: to_raw(item) for key, item in value.items()}
    return value
