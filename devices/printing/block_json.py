"""Blocks to plain objects for JSON and back.

Strict on the way in: unknown block types, unknown or missing keys and wrong types are refused.
"""

from dataclasses import fields
from enum import StrEnum
from typing import Any

from devices.errors import DocumentError
from devices.printing.blocks import (
    Align,
    Barcode,
    Block,
    Cell,
    Columns,
    Cut,
    Feed,
    Logo,
    Qr,
    Row,
    Rule,
    Style,
    Symbology,
    Text,
)

_BLOCKS: dict[str, type[Block]] = {
    "text": Text,
    "row": Row,
    "columns": Columns,
    "rule": Rule,
    "barcode": Barcode,
    "qr": Qr,
    "logo": Logo,
    "feed": Feed,
    "cut": Cut,
}
_NAMES = {block: name for name, block in _BLOCKS.items()}
_ENUMS: dict[str, type[StrEnum]] = {"style": Style, "align": Align, "symbology": Symbology}
_PLAIN: dict[str, type] = {
    "text": str,
    "left": str,
    "right": str,
    "data": str,
    "double": bool,
    "height_dots": int,
    "module_dots": int,
    "lines": int,
}


def entry_of(block: Block) -> dict[str, Any]:
    """The block as ``{"type": …, …}``; values equal to their default are left out."""
    return {"type": _NAMES[type(block)], **_fields_of(block)}


def _fields_of(value: Block | Cell) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(value):
        content = getattr(value, field.name)
        if field.name == "cells":
            values["cells"] = [_fields_of(cell) for cell in content]
        elif content != field.default:
            values[field.name] = content
    return values


def as_mapping(value: object, allowed: set[str]) -> dict[str, Any]:
    """The value as a JSON object with no key but those allowed, else a DocumentError."""
    if not isinstance(value, dict):
        raise DocumentError("a stored document holds a value where an object belongs")
    if unknown := sorted(set(value) - allowed):
        raise DocumentError(f"a stored document holds unknown keys: {', '.join(unknown)[:200]}")
    return value


def block_from_entry(entry: object) -> Block:
    """The block an object describes.

    Raises:
        DocumentError: it describes none.
    """
    kind = entry.get("type") if isinstance(entry, dict) else None
    block = _BLOCKS.get(kind) if isinstance(kind, str) else None
    if block is None:
        raise DocumentError(f"a stored document holds an unknown block: {str(kind)[:40]!r}")
    names = {field.name for field in fields(block)}
    built: Block = _build(block, as_mapping(entry, {"type", *names}))
    return built


def _build(kind: Any, entry: dict[str, Any]) -> Any:
    values = {name: _value(kind, name, content) for name, content in entry.items() if name != "type"}
    try:
        return kind(**values)
    except TypeError as error:
        raise DocumentError(f"a stored {kind.__name__} block is incomplete") from error


def _value(kind: Any, name: str, content: object) -> object:
    if name == "cells" and isinstance(content, list):
        return tuple(_build(Cell, as_mapping(cell, {"text", "width", "align"})) for cell in content)
    if name in _ENUMS and isinstance(content, str):
        try:
            return _ENUMS[name](content)
        except ValueError as error:
            raise DocumentError(f"a stored document holds {name} = {content[:40]!r}") from error
    if name == "width" and (content is None or type(content) is int):
        return content
    if name in _PLAIN and type(content) is _PLAIN[name]:
        return content
    raise DocumentError(f"a stored {kind.__name__} block holds a wrong {name}")
