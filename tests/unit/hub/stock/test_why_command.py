"""`omo-hub why`: in words, as JSON, and what it says where there is nothing."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.commands import application
from hub.start import KEY_FILE
from sync.keys.signing import SigningKey
from sync.storage.incarnations import Incarnations
from tests.unit.hub.stock.small_chain import enrol, exchange, small_hub

run = CliRunner().invoke


@pytest.fixture
def config(tmp_path: Path, schema: Path) -> Path:
    """Settings of a hub whose store s1 has received twenty teas."""
    folder = tmp_path / "hub"

    async def fill() -> None:
        async with small_hub(folder, schema) as hub:
            store = await enrol(hub)
            store.receive("tea", 20)
            await exchange(hub, store)

    asyncio.run(fill())
    Incarnations(folder).issue("hub")
    SigningKey.create(folder / KEY_FILE)
    path = tmp_path / "hub.toml"
    path.write_text(f'data_dir = "{folder}"\n', "utf-8")
    return path


def test_the_number_is_told_in_words_and_as_json(config: Path) -> None:
    told = run(application, ["why", "s1", "tea", "--config", str(config)])
    data = run(application, ["why", "s1", "tea", "--json", "--config", str(config)])

    assert told.exit_code == 0, told.output
    assert "tea at s1: 20 in the store (floor 20, staged 0), damaged 0" in told.output
    assert "the 1 movements sum to 20: ● agrees" in told.output
    assert json.loads(data.output)["now"]["on_hand"] == 20


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["s9", "tea"], "there is no SKU 'tea' at a store 's9'"),
        (["s1", "tea", "--before", "x"], "is no page"),
    ],
)
def test_what_cannot_be_explained_is_told(config: Path, words: list[str], said: str) -> None:
    told = run(application, ["why", *words, "--config", str(config)])

    assert told.exit_code == 1
    assert said in told.output
