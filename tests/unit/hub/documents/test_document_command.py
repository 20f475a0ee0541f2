"""`omo-hub document give`: rows of a file become documents, or every wrong row is told."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.db.open import FILE_NAME
from hub.document_command import application
from hub.start import KEY_FILE
from sync.keys.signing import SigningKey
from sync.storage.incarnations import Incarnations
from tests.unit.hub.stock.small_chain import enrol, everything, small_hub

run = CliRunner().invoke
DELIVERY = ["--store", "s1", "--task", "receiving", "--number", "D-1", "--key", "k1"]


@pytest.fixture
def config(tmp_path: Path, schema: Path) -> Path:
    """Settings of a hub whose store s1 has an agent."""
    folder = tmp_path / "hub"

    async def fill() -> None:
        async with small_hub(folder, schema) as hub:
            await enrol(hub)

    asyncio.run(fill())
    Incarnations(folder).issue("hub")
    SigningKey.create(folder / KEY_FILE)
    path = tmp_path / "hub.toml"
    path.write_text(f'data_dir = "{folder}"\n', "utf-8")
    return path


def rows_in(folder: Path) -> list[tuple[object, ...]]:
    """The documents and their outbox."""
    kept = everything(folder / "hub" / FILE_NAME)
    return [*kept["document"], *kept["document_line"], *kept["request"]]


def test_a_file_is_given_once(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("sku,qty\ntea,10\nsoap,4\n", "utf-8")
    first = run(application, ["document", "give", str(file), *DELIVERY, "--config", str(config)])
    again = run(application, ["document", "give", str(file), *DELIVERY, "--config", str(config)])

    assert first.exit_code == 0, first.output
    assert first.output == again.output
    assert ".receiving  D-1  2 lines for s1" in first.output


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("tea,x\nsoap,1\nsoap,2", DELIVERY, ["row 1: x is no whole number.", "row 3: The SKU soap"]),
        (
            "odd,1\ntea,x\neven,2",
            DELIVERY,
            ["row 1: The catalogue has no SKU odd", "row 2: x", "row 3: The catal"],
        ),
        ("tea,1", ["--store", "s1", "--task", "transfer"], ["Name it with --to."]),
        ("tea,1\nodd,2", DELIVERY, ["The catalogue has no SKU odd."]),
        ("tea,1", [*DELIVERY, "--number", ""], ["Write the number of the delivery"]),
        ("tea,1", [*DELIVERY, "--store", "s2"], ["s2 has no agent yet"]),
        ("tea,1", [*DELIVERY, "--store", "s9"], ["there is no store 's9'"]),
        ("tea,1", [*DELIVERY, "--task", "odd"], ["there is no task 'odd'"]),
        ("", DELIVERY, ["Name at least one product."]),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_given(
    config: Path, tmp_path: Path, text: str, options: list[str], said: list[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, "utf-8")
    told = run(application, ["document", "give", str(file), *options, "--config", str(config)])
    assert told.exit_code == 1
    assert [one for one in said if one not in told.output] == []
    assert rows_in(tmp_path) == []


def test_a_file_that_is_not_there_is_told(config: Path, tmp_path: Path) -> None:
    told = run(application, ["document", "give", str(tmp_path / "no"), *DELIVERY, "--config", str(config)])
    assert (told.exit_code, "could not be read" in told.output) == (1, True)


def test_a_delivery_that_was_given_already_is_told_in_words(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("tea,10\n", "utf-8")
    assert (
        run(application, ["document", "give", str(file), *DELIVERY, "--config", str(config)]).exit_code == 0
    )
    before = rows_in(tmp_path)
    again = run(
        application, ["document", "give", str(file), *DELIVERY, "--key", "k2", "--config", str(config)]
    )
    assert again.exit_code == 1
    assert "Delivery D-1 was given to this store already. Open it" in " ".join(again.output.split())
    assert rows_in(tmp_path) == before
