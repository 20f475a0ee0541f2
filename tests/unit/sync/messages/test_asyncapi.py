"""The AsyncAPI document says what runs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from sync.messages.asyncapi import document, text
from sync.rules.streams import Message

KEPT = Path(__file__).parents[4] / "docs" / "asyncapi.json"


def references(value: Any) -> Iterator[str]:
    """Every reference in the document."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_kept_document_is_up_to_date() -> None:
    assert KEPT.read_text() == text(), "run: python -m sync.messages > docs/asyncapi.json"


def test_every_message_travels_on_a_channel_and_every_reference_leads_somewhere() -> None:
    found = document()
    for reference in references(found):
        place: Any = found
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]
    carried = {name for channel in found["channels"].values() for name in channel["messages"]}
    kinds = {kind.__name__ for kind in get_args(Message)} | {"Health"}
    assert carried == kinds == set(found["components"]["messages"])


def test_the_bounds_of_the_models_are_in_the_schemas() -> None:
    schemas = json.loads(text())["components"]["schemas"]
    assert schemas["Up"]["properties"]["events"]["maxItems"] == 200
    assert schemas["MoveLine"]["properties"]["qty"] == {
        "maximum": 1_000_000_000, "minimum": 1, "title": "Qty", "type": "integer",
    }  # fmt: skip
