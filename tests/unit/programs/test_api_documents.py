"""The documents of both APIs are what the programs say of themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

import hub.app
import pos_agent.app

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(
    ("name", "described"),
    [("openapi-hub.json", hub.app.described()), ("openapi-agent.json", pos_agent.app.described())],
)
def test_the_kept_document_is_the_present_one(name: str, described: dict[str, Any]) -> None:
    kept = json.loads((DOCS / name).read_text("utf-8"))
    assert kept == json.loads(json.dumps(described)), (
        f"write it anew: ./omo {name[8:-5]} openapi > docs/{name}"
    )
    assert kept["paths"]
