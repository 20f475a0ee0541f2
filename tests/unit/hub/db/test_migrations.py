"""The migrations make what the tables say; what cannot be migrated is told in words."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from hub.db.migrate import check, migrate
from hub.db.open import FILE_NAME, REVISION, SchemaTrouble, open_database, prepare, revision_of
from hub.db.schema import whole_schema
from sync.storage.errors import StorageError
from tests.unit.hub.stock.small_chain import everything


def test_the_migrations_make_what_the_tables_say(schema: Path, tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(schema.read_bytes())
    check(path)
    names = {name for name in everything(path) if not name.startswith("sqlite_")}
    assert names == set(whole_schema().tables) | {"alembic_version"}


def test_migrating_again_changes_nothing(schema: Path, tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(schema.read_bytes())
    before = (everything(path), revision_of(path))
    migrate(path)
    assert (everything(path), revision_of(path)) == before
    assert before[1] == REVISION


async def test_a_new_folder_gets_the_whole_schema_and_both_ends(tmp_path: Path) -> None:
    writer, reader = await open_database(tmp_path)
    assert await reader.all("SELECT COUNT(*) FROM orders") == [(0,)]
    assert await writer.run(lambda transaction: transaction.one("PRAGMA synchronous")) == (2,)
    await reader.close()
    await writer.close()
    assert revision_of(tmp_path / FILE_NAME) == REVISION


def test_a_file_that_is_not_there_or_empty_has_no_revision(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    assert revision_of(path) is None
    sqlite3.connect(path).close()
    assert revision_of(path) is None


async def test_a_file_that_is_no_database_is_told_plainly_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(SchemaTrouble, match="is damaged"):
        await prepare(path)
    assert path.read_bytes() == b"this is no database" * 100


@pytest.fixture
def copied(schema: Path, tmp_path: Path) -> Path:
    path = tmp_path / FILE_NAME
    path.write_bytes(schema.read_bytes())
    return path


async def test_a_schema_of_a_later_version_is_told_plainly_and_left_alone(copied: Path) -> None:
    path = copied
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = everything(path)
    with pytest.raises(SchemaTrouble, match="could not be migrated") as trouble:
        await open_database(path.parent)
    assert isinstance(trouble.value, StorageError)
    assert everything(path) == before


def test_serving_imports_no_migration_library() -> None:
    code = "import sys, hub.serve; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
